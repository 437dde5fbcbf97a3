//! Applying a patch.

use super::document::{Measure, Value};
use super::equal::is_equal;
use super::error::{PatchError, PatchProblem};
use super::pointer::{self, Pointer};
use crate::json::tree::{Member, Node, parse_within};
use crate::json::{Limits, MAX_DEPTH, MAX_VALUE_BYTES, Minifier};

/// What a patch may hold: any that [`diff`](super::diff) makes, for which twice the longest value and a little more is
/// enough. A value lies two levels deep in it.
const PATCH_LIMITS: Limits = Limits { bytes: 2 * MAX_VALUE_BYTES + 4096, depth: MAX_DEPTH + 2 };

/// How long the document may be on the way to the result.
const LONGEST_ON_THE_WAY: usize = 4 * MAX_VALUE_BYTES;

/// How many bytes a patch may copy, compare and measure, and how many elements it may shift along, all told.
const WORK: usize = 1 << 30;

/// How many values a patch may copy; each takes more memory than its text.
const COPIES: usize = 1 << 21;

/// Applies a JSON Patch to a document; both are JSON texts. Answers the new document's minified text.
///
/// All six operations are known. New members come last in their object. Members of an operation that RFC 6902 does
/// not name are ignored.
pub fn apply(patch: &[u8], document: &[u8]) -> Result<Vec<u8>, PatchError> {
    let mut minifier = Minifier::new();
    let mut document_text = Vec::new();
    minifier.minify(document, &mut document_text).map_err(PatchError::Document)?;
    let mut patch_text = Vec::new();
    minifier.minify_within(PATCH_LIMITS, patch, &mut patch_text).map_err(PatchError::Patch)?;
    let document = parse_within(MAX_DEPTH, &document_text).map_err(PatchError::Document)?;
    let patch = parse_within(PATCH_LIMITS.depth, &patch_text).map_err(PatchError::Patch)?;
    let Node::Array(operations) = patch else {
        return Err(PatchError::NotAnArray);
    };

    let mut patching =
        Patching { root: Value::Kept(document), bytes: document_text.len(), work_left: WORK, copies_left: COPIES };
    for (index, operation) in operations.items.into_iter().enumerate() {
        patching.operation(operation).map_err(|problem| PatchError::Operation { index, problem })?;
    }
    let mut out = Vec::with_capacity(document_text.len() + patch_text.len());
    patching.root.write(&mut out);
    if out.len() > MAX_VALUE_BYTES {
        return Err(PatchError::TooLong);
    }
    Ok(out)
}

type Step<T = ()> = Result<T, PatchProblem>;

struct Patching<'a> {
    root: Value<'a>,
    /// The document's length, or somewhat more.
    bytes: usize,
    work_left: usize,
    copies_left: usize,
}

impl<'a> Patching<'a> {
    fn operation(&mut self, operation: Node<'a>) -> Step {
        let Node::Object(object) = operation else {
            return Err(PatchProblem::NotAnObject);
        };
        let mut parts = Parts(object.members);
        let name = parts.string("op")?;
        let path = parts.pointer("path")?;
        match name.as_str() {
            "add" => {
                let value = Value::Kept(parts.value()?);
                self.add(&path, value)
            }
            "remove" => self.remove(&path).map(drop),
            "replace" => {
                let value = Value::Kept(parts.value()?);
                self.replace(&path, value)
            }
            "move" => {
                let from = parts.pointer("from")?;
                self.r#move(&from, &path)
            }
            "copy" => {
                let from = parts.pointer("from")?;
                self.copy(&from, &path)
            }
            "test" => {
                let expected = parts.value()?;
                self.test(&path, &expected)
            }
            _ => Err(PatchProblem::UnknownOperation),
        }
    }

    fn add(&mut self, path: &Pointer, value: Value<'a>) -> Step {
        self.arrives(path, &value)?;
        let Some((last, parents)) = path.tokens().split_last() else {
            let before = std::mem::replace(&mut self.root, value);
            return self.leaves(&before);
        };
        let parent = self.root.find(parents).ok_or_else(|| nothing_at(path))?;
        parent.open();
        match parent {
            Value::Array(items) => {
                let place = pointer::index(last, items.len())
                    .filter(|&index| index <= items.len())
                    .ok_or_else(|| PatchProblem::BadIndex(path.shown()))?;
                let shifted = items.len() - place;
                items.insert(place, value);
                self.work(shifted)
            }
            Value::Object(members) => match members.set(last, value) {
                Some(before) => self.leaves(&before),
                None => Ok(()),
            },
            Value::Kept(_) => Err(nothing_at(path)),
        }
    }

    fn remove(&mut self, path: &Pointer) -> Step<Value<'a>> {
        let Some((last, parents)) = path.tokens().split_last() else {
            return Err(PatchProblem::RemovesDocument);
        };
        let parent = self.root.find(parents).ok_or_else(|| nothing_at(path))?;
        parent.open();
        let (value, shifted) = match parent {
            Value::Array(items) => {
                let place = pointer::index(last, items.len())
                    .filter(|&index| index < items.len())
                    .ok_or_else(|| nothing_at(path))?;
                (items.remove(place), items.len() - place)
            }
            Value::Object(members) => (members.remove(last).ok_or_else(|| nothing_at(path))?, 0),
            Value::Kept(_) => return Err(nothing_at(path)),
        };
        self.work(shifted)?;
        self.leaves(&value)?;
        Ok(value)
    }

    fn replace(&mut self, path: &Pointer, value: Value<'a>) -> Step {
        self.arrives(path, &value)?;
        let place = self.root.find(path.tokens()).ok_or_else(|| nothing_at(path))?;
        let before = std::mem::replace(place, value);
        self.leaves(&before)
    }

    fn r#move(&mut self, from: &Pointer, path: &Pointer) -> Step {
        if path.is_inside(from) {
            return Err(PatchProblem::IntoItself);
        }
        if from == path {
            // To its own place: nothing moves, but there must be something.
            return self.root.find(path.tokens()).map(drop).ok_or_else(|| nothing_at(from));
        }
        let value = self.remove(from)?;
        self.add(path, value)
    }

    fn copy(&mut self, from: &Pointer, path: &Pointer) -> Step {
        let source = self.root.find(from.tokens()).ok_or_else(|| nothing_at(from))?;
        // Measured before it is copied, so that copies of copies cannot fill the memory.
        let (bytes, count) = (source.measure().bytes, source.count());
        self.work(bytes)?;
        self.copies_left = self.copies_left.checked_sub(count).ok_or(PatchProblem::TooMuchWork)?;
        if self.bytes + bytes > LONGEST_ON_THE_WAY {
            return Err(PatchProblem::TooLong);
        }
        let source = self.root.find(from.tokens()).ok_or_else(|| nothing_at(from))?;
        let value = source.clone();
        self.add(path, value)
    }

    fn test(&mut self, path: &Pointer, expected: &Node<'a>) -> Step {
        let value = self.root.find(path.tokens()).ok_or_else(|| nothing_at(path))?;
        let equal = is_equal(value, expected);
        // A comparison looks at the document's value at most once and at the expected one, whose bytes are the patch's.
        let bytes = value.measure().bytes;
        self.work(bytes)?;
        if equal { Ok(()) } else { Err(PatchProblem::TestFailed(path.shown())) }
    }

    /// Accounts for a value that comes to lie at `path`.
    fn arrives(&mut self, path: &Pointer, value: &Value<'a>) -> Step {
        let Measure { bytes, depth } = value.measure();
        self.work(bytes)?;
        if path.tokens().len() + depth > MAX_DEPTH {
            return Err(PatchProblem::TooDeep);
        }
        self.bytes += bytes;
        if self.bytes > LONGEST_ON_THE_WAY { Err(PatchProblem::TooLong) } else { Ok(()) }
    }

    /// Accounts for a value that left the document.
    fn leaves(&mut self, value: &Value<'a>) -> Step {
        let Measure { bytes, .. } = value.measure();
        self.bytes = self.bytes.saturating_sub(bytes);
        self.work(bytes)
    }

    fn work(&mut self, amount: usize) -> Step {
        self.work_left = self.work_left.checked_sub(amount).ok_or(PatchProblem::TooMuchWork)?;
        Ok(())
    }
}

fn nothing_at(path: &Pointer) -> PatchProblem {
    PatchProblem::NothingThere(path.shown())
}

/// The members of one operation.
struct Parts<'a>(Vec<Member<'a>>);

impl<'a> Parts<'a> {
    fn take(&mut self, name: &'static str) -> Step<Node<'a>> {
        let place = self.0.iter().position(|member| member.name.value() == name);
        let place = place.ok_or(PatchProblem::Missing(name))?;
        Ok(self.0.swap_remove(place).value)
    }

    fn value(&mut self) -> Step<Node<'a>> {
        self.take("value")
    }

    fn string(&mut self, name: &'static str) -> Step<String> {
        match self.take(name)? {
            Node::String(text) => Ok(text.value().into_owned()),
            _ => Err(PatchProblem::Missing(name)),
        }
    }

    fn pointer(&mut self, name: &'static str) -> Step<Pointer> {
        let text = self.string(name)?;
        Pointer::parse(&text).ok_or_else(|| PatchProblem::BadPointer(pointer::shorten(&text)))
    }
}
