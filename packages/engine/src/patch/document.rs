//! A document under change: opened only where a patch goes into it, and written back with every untouched part as it
//! was.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::pointer;
use crate::json::tree::{Node, write_string};

/// One value of the document.
#[derive(Debug, Clone)]
pub(super) enum Value<'a> {
    /// Nothing inside it has changed.
    Kept(Node<'a>),
    /// An array that was opened.
    Array(Vec<Value<'a>>),
    /// An object that was opened.
    Object(Box<Members<'a>>),
}

/// The size of a value.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Measure {
    /// Of its text.
    pub(super) bytes: usize,
    /// Levels of arrays and objects.
    pub(super) depth: usize,
}

impl Value<'_> {
    /// Makes an array's elements or an object's members reachable.
    pub(super) fn open(&mut self) {
        if let Self::Kept(node) = self {
            match std::mem::replace(node, Node::Null) {
                Node::Array(array) => {
                    *self = Self::Array(array.items.into_iter().map(Self::Kept).collect());
                }
                Node::Object(object) => {
                    let mut members = Members::default();
                    for member in object.members {
                        let spelling = Cow::Borrowed(member.name.raw());
                        members.push(member.name.value(), spelling, Self::Kept(member.value));
                    }
                    *self = Self::Object(Box::new(members));
                }
                scalar => *node = scalar,
            }
        }
    }

    /// The place one step further.
    pub(super) fn child(&mut self, token: &str) -> Option<&mut Self> {
        self.open();
        match self {
            Self::Array(items) => {
                let index = pointer::index(token, items.len())?;
                items.get_mut(index)
            }
            Self::Object(members) => members.get_mut(token),
            Self::Kept(_) => None,
        }
    }

    /// The place that `tokens` lead to.
    pub(super) fn find(&mut self, tokens: &[String]) -> Option<&mut Self> {
        tokens.iter().try_fold(self, |value, token| value.child(token))
    }

    pub(super) fn measure(&self) -> Measure {
        match self {
            Self::Kept(node) => Measure { bytes: node.raw().len(), depth: node.depth() },
            Self::Array(items) => around(items.iter().map(|item| (0, item.measure()))),
            Self::Object(members) => {
                around(members.iter().map(|(spelling, value)| (spelling.len() + 1, value.measure())))
            }
        }
    }

    /// How many values it is made of, itself included.
    pub(super) fn count(&self) -> usize {
        match self {
            Self::Kept(node) => node.count(),
            Self::Array(items) => 1 + items.iter().map(Value::count).sum::<usize>(),
            Self::Object(members) => 1 + members.iter().map(|(_, value)| value.count()).sum::<usize>(),
        }
    }

    /// Appends the value's text.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Kept(node) => out.extend_from_slice(node.raw().as_bytes()),
            Self::Array(items) => {
                out.push(b'[');
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        out.push(b',');
                    }
                    item.write(out);
                }
                out.push(b']');
            }
            Self::Object(members) => {
                out.push(b'{');
                for (at, (spelling, value)) in members.iter().enumerate() {
                    if at > 0 {
                        out.push(b',');
                    }
                    out.extend_from_slice(spelling.as_bytes());
                    out.push(b':');
                    value.write(out);
                }
                out.push(b'}');
            }
        }
    }
}

/// The measure of a container whose elements have `parts`, each with what stands before it.
fn around(parts: impl Iterator<Item = (usize, Measure)>) -> Measure {
    let mut whole = Measure::default();
    for (count, (before, part)) in parts.enumerate() {
        whole.bytes += before + part.bytes + usize::from(count > 0);
        whole.depth = whole.depth.max(part.depth);
    }
    Measure { bytes: whole.bytes + 2, depth: whole.depth + 1 }
}

/// A member of an object that was opened: its name as it is spelled, and its value.
type Slot<'a> = Option<(Cow<'a, str>, Value<'a>)>;

/// The members of an object in their order. A removed one leaves an empty slot behind, so the places stay right.
#[derive(Debug, Clone, Default)]
pub(super) struct Members<'a> {
    slots: Vec<Slot<'a>>,
    places: BTreeMap<Cow<'a, str>, usize>,
}

impl<'a> Members<'a> {
    fn push(&mut self, name: Cow<'a, str>, spelling: Cow<'a, str>, value: Value<'a>) {
        self.places.insert(name, self.slots.len());
        self.slots.push(Some((spelling, value)));
    }

    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    pub(super) fn get_mut(&mut self, name: &str) -> Option<&mut Value<'a>> {
        let place = *self.places.get(name)?;
        self.slots[place].as_mut().map(|(_, value)| value)
    }

    /// Gives a member another value in its place, or puts a new one at the end. Answers the value before.
    pub(super) fn set(&mut self, name: &str, value: Value<'a>) -> Option<Value<'a>> {
        if let Some(held) = self.get_mut(name) {
            return Some(std::mem::replace(held, value));
        }
        let mut spelling = Vec::with_capacity(name.len() + 2);
        write_string(name, &mut spelling);
        let spelling = String::from_utf8_lossy(&spelling).into_owned();
        self.push(Cow::Owned(name.to_owned()), Cow::Owned(spelling), value);
        None
    }

    pub(super) fn remove(&mut self, name: &str) -> Option<Value<'a>> {
        let place = self.places.remove(name)?;
        self.slots[place].take().map(|(_, value)| value)
    }

    /// The members with their names as they are spelled.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Value<'a>)> {
        self.slots.iter().flatten().map(|(spelling, value)| (&**spelling, value))
    }

    /// The member of that name.
    pub(super) fn get(&self, name: &str) -> Option<&Value<'a>> {
        let place = *self.places.get(name)?;
        self.slots[place].as_ref().map(|(_, value)| value)
    }
}
