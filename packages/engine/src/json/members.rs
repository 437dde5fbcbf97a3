//! Finding a member that is named twice, without an allocation per object.
//!
//! The names of all open objects lie on one stack. When an object closes, its names are on top; they are compared
//! and popped. Few names are compared with one another by a cheap tag first. Many are sorted by hash and then by their
//! characters, so no choice of names, colliding or not, costs more than a sort.

use std::borrow::Cow;
use std::cmp::Ordering;

use xxhash_rust::xxh3::xxh3_64;

use super::invalid::{Invalid, Problem};
use super::scan;

/// Up to this many names every pair is looked at.
const FEW: usize = 24;

/// Names that the stack keeps room for between texts.
const KEPT: usize = 4096;

/// In [`Name::length`]: the name holds a backslash. Texts are shorter than this.
const ESCAPED: u32 = 1 << 31;

/// A name between its quotes in the text.
#[derive(Debug, Clone, Copy)]
struct Name {
    tag: u32,
    start: u32,
    length: u32,
}

impl Name {
    fn raw(self, text: &[u8]) -> &[u8] {
        let start = self.start as usize;
        &text[start..start + (self.length & !ESCAPED) as usize]
    }

    fn is_escaped(self) -> bool {
        self.length & ESCAPED != 0
    }

    fn value(self, text: &[u8]) -> Cow<'_, [u8]> {
        let raw = self.raw(text);
        if self.is_escaped() { Cow::Owned(unescaped(raw)) } else { Cow::Borrowed(raw) }
    }
}

fn unescaped(raw: &[u8]) -> Vec<u8> {
    let raw = std::str::from_utf8(raw).expect("the scanner checked the name's UTF-8");
    let mut value = String::with_capacity(raw.len());
    scan::unescape(raw, &mut value);
    value.into_bytes()
}

/// The stack of names.
#[derive(Debug, Default)]
pub(super) struct Members {
    names: Vec<Name>,
}

impl Members {
    /// Longest text whose offsets fit a [`Name`].
    pub(super) const LONGEST_TEXT: usize = (ESCAPED - 1) as usize;

    /// Forgets everything, and gives back room that only an unusual text needed.
    pub(super) fn reset(&mut self) {
        self.names.clear();
        self.names.shrink_to(KEPT);
    }

    /// How many names are on the stack: where the names of an object that opens now will begin.
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// Puts a name on the stack, given the offsets between its quotes.
    #[inline]
    pub(super) fn push(&mut self, text: &[u8], start: usize, end: usize, escaped: bool) {
        let raw = &text[start..end];
        let (tag, flag) = if escaped { (tag(&unescaped(raw)), ESCAPED) } else { (tag(raw), 0) };
        self.names.push(Name { tag, start: start as u32, length: (end - start) as u32 | flag });
    }

    /// Compares the names from `base` on with one another, then takes them off the stack.
    #[inline]
    pub(super) fn close(&mut self, text: &[u8], base: usize) -> Result<(), Invalid> {
        let names = &mut self.names[base..];
        let second = match names.len() {
            0 | 1 => None,
            2..=FEW => among_few(text, names),
            _ => among_many(text, names),
        };
        if let Some(name) = second {
            return Err(duplicate(text, name));
        }
        self.names.truncate(base);
        Ok(())
    }
}

#[cold]
fn duplicate(text: &[u8], name: Name) -> Invalid {
    let value = name.value(text);
    // The offset is that of the opening quote.
    Invalid::new(name.start as usize - 1, Problem::duplicate(&String::from_utf8_lossy(&value)))
}

/// The first name that repeats an earlier one.
#[inline]
fn among_few(text: &[u8], names: &[Name]) -> Option<Name> {
    for (count, &name) in names.iter().enumerate() {
        for &earlier in &names[..count] {
            if earlier.tag == name.tag && earlier.value(text) == name.value(text) {
                return Some(name);
            }
        }
    }
    None
}

/// The first name that repeats an earlier one, for an object with many.
#[cold]
fn among_many(text: &[u8], names: &mut [Name]) -> Option<Name> {
    for name in names.iter_mut() {
        name.tag = xxh3_64(&name.value(text)) as u32;
    }
    let by_value =
        |a: &Name, b: &Name| -> Ordering { a.tag.cmp(&b.tag).then_with(|| a.value(text).cmp(&b.value(text))) };
    names.sort_unstable_by(|a, b| by_value(a, b).then(a.start.cmp(&b.start)));
    names
        .windows(2)
        .filter(|pair| by_value(&pair[0], &pair[1]).is_eq())
        .map(|pair| pair[1])
        .min_by_key(|name| name.start)
}

/// A cheap fingerprint: different tags mean different names. Equal tags mean nothing, so the names are compared.
#[inline]
fn tag(name: &[u8]) -> u32 {
    let mixed = if let (Some(head), Some(tail)) = (name.first_chunk::<8>(), name.last_chunk::<8>()) {
        u64::from_le_bytes(*head) ^ u64::from_le_bytes(*tail).rotate_left(29)
    } else if let (Some(head), Some(tail)) = (name.first_chunk::<4>(), name.last_chunk::<4>()) {
        u64::from(u32::from_le_bytes(*head)) << 32 | u64::from(u32::from_le_bytes(*tail))
    } else {
        name.iter().fold(0, |word, &byte| word << 8 | u64::from(byte))
    };
    let spread = (mixed ^ name.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (spread >> 32) as u32
}
