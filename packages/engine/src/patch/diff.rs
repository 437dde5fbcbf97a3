//! The patch that leads from one value to another.

use std::collections::BTreeSet;

use super::{lcs, pointer};
use crate::json::tree::{Array, Member, Node, Object, parse, write_string};

/// A container's operations may take twice its new text and this much; beyond that it is replaced whole. So neither
/// a patch nor the time to make it can grow out of proportion, however long the names on the way are.
const ROOM: usize = 1024;

/// How many elements the operations on arrays may shift along, all told; the patch can then be applied quickly.
const SHIFTS: usize = 1 << 28;

/// The JSON Patch that makes `from` into `to`, both minified texts, as a minified text.
///
/// It holds `add`, `remove` and `replace` only, and is `[]` when nothing changed. Texts that are not minified JSON are
/// not looked into: they give one `replace` of the whole document.
pub fn diff(from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut differ = Differ { path: Vec::new(), out: b"[".to_vec(), shifts_left: SHIFTS };
    if from != to {
        match (parse(from), parse(to)) {
            (Ok(from), Ok(to)) => differ.value(&from, &to),
            _ => differ.operation(b"replace", Some(to)),
        }
    }
    differ.out.push(b']');
    differ.out
}

struct Differ {
    /// The pointer to the current place, escaped as the inside of a JSON string.
    path: Vec<u8>,
    out: Vec<u8>,
    shifts_left: usize,
}

impl Differ {
    fn value(&mut self, from: &Node<'_>, to: &Node<'_>) {
        if from == to {
            return;
        }
        let mark = self.out.len();
        let limit = mark + 2 * to.raw().len() + self.path.len() + ROOM;
        let fits = match (from, to) {
            (Node::Object(from), Node::Object(to)) => self.object(from, to, limit),
            (Node::Array(from), Node::Array(to)) => self.array(from, to, limit),
            _ => false,
        };
        if !fits {
            self.out.truncate(mark);
            self.operation(b"replace", Some(to.raw().as_bytes()));
        }
    }

    /// False when the object is to be replaced whole.
    fn object(&mut self, from: &Object<'_>, to: &Object<'_>, limit: usize) -> bool {
        let Some(plan) = plan(&from.members, &to.members) else {
            return false;
        };
        for change in plan {
            match change {
                Change::Keep(old, new) => {
                    self.at_name(new, |differ| differ.value(&old.value, &new.value));
                }
                Change::Remove(old) => {
                    self.at_name(old, |differ| differ.operation(b"remove", None));
                }
                Change::Add(new) => {
                    let value = new.value.raw().as_bytes();
                    self.at_name(new, |differ| differ.operation(b"add", Some(value)));
                }
            }
            if self.out.len() > limit {
                return false;
            }
        }
        true
    }

    /// False when the array is to be replaced whole.
    fn array(&mut self, from: &Array<'_>, to: &Array<'_>, limit: usize) -> bool {
        let (from, to) = (&from.items[..], &to.items[..]);
        let head = from.iter().zip(to).take_while(|(a, b)| a == b).count();
        let (from_rest, to_rest) = (&from[head..], &to[head..]);
        let tail = from_rest.iter().rev().zip(to_rest.iter().rev()).take_while(|(a, b)| a == b);
        let tail = tail.count();
        let from_middle = &from_rest[..from_rest.len() - tail];
        let to_middle = &to_rest[..to_rest.len() - tail];

        let mut pairs = lcs::matches(from_middle, to_middle);
        pairs.push((from_middle.len(), to_middle.len()));
        if !self.pay_shifts(&pairs, from.len().max(to.len())) {
            return false;
        }
        let (mut x, mut y) = (0, 0);
        for (next_x, next_y) in pairs {
            if !self.gap(&from_middle[x..next_x], &to_middle[y..next_y], head + y, limit) {
                return false;
            }
            (x, y) = (next_x + 1, next_y + 1);
        }
        true
    }

    /// Takes what the insertions and removals between `pairs` may shift off the account; false when that is too much.
    fn pay_shifts(&mut self, pairs: &[(usize, usize)], length: usize) -> bool {
        let (mut x, mut y, mut moves) = (0, 0, 0_usize);
        for &(next_x, next_y) in pairs {
            moves += (next_x - x).abs_diff(next_y - y);
            (x, y) = (next_x + 1, next_y + 1);
        }
        match self.shifts_left.checked_sub(moves.saturating_mul(length)) {
            Some(left) => {
                self.shifts_left = left;
                true
            }
            None => false,
        }
    }

    /// Makes the elements `old` into `new`, which begin at index `start`: as many as can be in place, then the others
    /// away or in.
    fn gap(&mut self, old: &[Node<'_>], new: &[Node<'_>], start: usize, limit: usize) -> bool {
        let both = old.len().min(new.len());
        for (at, (old, new)) in old.iter().zip(new).enumerate() {
            self.at_index(start + at, |differ| differ.value(old, new));
            if self.out.len() > limit {
                return false;
            }
        }
        for _ in &old[both..] {
            self.at_index(start + both, |differ| differ.operation(b"remove", None));
            if self.out.len() > limit {
                return false;
            }
        }
        for (at, node) in new.iter().enumerate().skip(both) {
            let value = node.raw().as_bytes();
            self.at_index(start + at, |differ| differ.operation(b"add", Some(value)));
            if self.out.len() > limit {
                return false;
            }
        }
        true
    }

    fn at_name(&mut self, member: &Member<'_>, work: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        pointer::push_name(&member.name.value(), &mut self.path);
        work(self);
        self.path.truncate(length);
    }

    fn at_index(&mut self, index: usize, work: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        pointer::push_index(index, &mut self.path);
        work(self);
        self.path.truncate(length);
    }

    fn operation(&mut self, name: &[u8], value: Option<&[u8]>) {
        if self.out.len() > 1 {
            self.out.push(b',');
        }
        self.out.extend_from_slice(b"{\"op\":\"");
        self.out.extend_from_slice(name);
        self.out.extend_from_slice(b"\",\"path\":\"");
        self.out.extend_from_slice(&self.path);
        self.out.push(b'"');
        if let Some(value) = value {
            self.out.extend_from_slice(b",\"value\":");
            self.out.extend_from_slice(value);
        }
        self.out.push(b'}');
    }
}

/// What becomes of a member.
enum Change<'n, 'a> {
    Keep(&'n Member<'a>, &'n Member<'a>),
    Remove(&'n Member<'a>),
    Add(&'n Member<'a>),
}

/// How to make the members `from` into `to`, or nothing when that cannot be done with their order and spelling kept.
///
/// A patch can take members away anywhere, but put new ones at the end only. So `to` must be members of `from` in
/// their order, then members that `from` has not.
fn plan<'n, 'a>(from: &'n [Member<'a>], to: &'n [Member<'a>]) -> Option<Vec<Change<'n, 'a>>> {
    let mut changes = Vec::with_capacity(from.len().max(to.len()));
    let mut removed = BTreeSet::new();
    let mut rest = to.iter().peekable();
    for old in from {
        if let Some(new) = rest.next_if(|new| new.name == old.name) {
            changes.push(Change::Keep(old, new));
        } else {
            removed.insert(old.name.value());
            changes.push(Change::Remove(old));
        }
    }
    let mut plain = Vec::new();
    for new in rest {
        let name = new.name.value();
        plain.clear();
        write_string(&name, &mut plain);
        if removed.contains(&name) || plain != new.name.raw().as_bytes() {
            return None;
        }
        changes.push(Change::Add(new));
    }
    Some(changes)
}
