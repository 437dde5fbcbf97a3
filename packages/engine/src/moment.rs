//! A moment of the past, as a person names it: a version, a time, a time ago, or a number in the commit order.

use std::fmt;

use crate::stamp::{Instant, InvalidTime, LAST_MICROSECOND, Stamp};
use crate::version_id::VersionId;

#[cfg(test)]
mod tests;

/// Crockford's base32 digits, in their order.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The letters that Crockford's base32 leaves out.
const LEFT_OUT: &[u8] = b"ILOUilou";

const VERSION_LENGTH: usize = 26;

/// How much of a refused text an error repeats.
const SHOWN_CHARS: usize = 60;

/// A moment, not yet looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moment {
    /// A version id: 26 digits of Crockford's base32, in capitals.
    Version(String),
    /// A time.
    Time {
        /// Microseconds since 1970. Of a whole millisecond, its last.
        us: u64,
        /// Whether the time was written with at most three digits of fraction, and so names a whole millisecond.
        whole_ms: bool,
    },
    /// That long before now.
    Ago {
        /// In microseconds.
        us: u64,
    },
    /// This replica's commit order.
    Seq(u64),
}

impl Moment {
    /// Reads a version id, a date or RFC 3339 time, a time ago such as `-1h30m`, `now`, or `seq:123`.
    ///
    /// A time with at most three digits of fraction names that whole millisecond, because that is what other
    /// programs print for everything that happened in it. With four to nine digits it is exact, and what is finer
    /// than a microsecond is cut off. A date alone is its day at 00:00:00Z.
    pub fn parse(text: &str) -> Result<Self, InvalidMoment> {
        parse(text).map_err(|problem| InvalidMoment { text: shorten(text), problem })
    }
}

/// Whatever names a moment: a text, a version's id, a stamp (its whole commit), or a [`Moment`].
pub trait ToMoment {
    /// The moment, not yet looked up.
    fn to_moment(&self) -> Result<Moment, InvalidMoment>;
}

impl ToMoment for Moment {
    fn to_moment(&self) -> Result<Moment, InvalidMoment> {
        Ok(self.clone())
    }
}

impl ToMoment for str {
    fn to_moment(&self) -> Result<Moment, InvalidMoment> {
        Moment::parse(self)
    }
}

impl ToMoment for String {
    fn to_moment(&self) -> Result<Moment, InvalidMoment> {
        Moment::parse(self)
    }
}

impl ToMoment for VersionId {
    fn to_moment(&self) -> Result<Moment, InvalidMoment> {
        Ok(Moment::Version(self.to_string()))
    }
}

impl ToMoment for Stamp {
    fn to_moment(&self) -> Result<Moment, InvalidMoment> {
        Ok(Moment::Time { us: self.micros(), whole_ms: false })
    }
}

impl<T: ToMoment + ?Sized> ToMoment for &T {
    fn to_moment(&self) -> Result<Moment, InvalidMoment> {
        (**self).to_moment()
    }
}

fn parse(text: &str) -> Result<Moment, MomentProblem> {
    if text == "now" {
        return Ok(Moment::Ago { us: 0 });
    }
    if let Some(number) = text.strip_prefix("seq:") {
        return sequence(number);
    }
    if let Some(spans) = text.strip_prefix('-') {
        return ago(spans).map(|us| Moment::Ago { us });
    }
    let bytes = text.as_bytes();
    if bytes.len() == VERSION_LENGTH && bytes.iter().all(u8::is_ascii_alphanumeric) {
        return version(text);
    }
    match Instant::parse(text) {
        Ok(instant) if instant.fraction_digits > 3 => Ok(Moment::Time { us: instant.us, whole_ms: false }),
        Ok(instant) => Ok(Moment::Time { us: instant.us + 999, whole_ms: true }),
        Err(InvalidTime::NotATime) => Err(unknown(text)),
        Err(problem) => Err(MomentProblem::Time(problem)),
    }
}

/// What is wrong with a text that has none of the forms.
fn unknown(text: &str) -> MomentProblem {
    let bytes = text.as_bytes();
    let looks_like_time =
        bytes.len() >= 5 && bytes[..4].iter().all(u8::is_ascii_digit) && !bytes[4].is_ascii_alphanumeric();
    if looks_like_time {
        MomentProblem::Time(InvalidTime::NotATime)
    } else if ago(text).is_ok() {
        MomentProblem::MinusMissing
    } else {
        MomentProblem::Unknown
    }
}

fn version(text: &str) -> Result<Moment, MomentProblem> {
    let upper = text.to_ascii_uppercase();
    if let Some(letter) = text.chars().find(|&letter| LEFT_OUT.contains(&(letter as u8))) {
        return Err(MomentProblem::VersionLetter(letter));
    }
    // 26 digits of 5 bits are 130; a version has 128.
    if upper.as_bytes()[0] > b'7' {
        return Err(MomentProblem::VersionTooLarge);
    }
    debug_assert!(upper.bytes().all(|byte| DIGITS.contains(&byte)));
    Ok(Moment::Version(upper))
}

fn sequence(number: &str) -> Result<Moment, MomentProblem> {
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(MomentProblem::Sequence);
    }
    number.parse().map(Moment::Seq).map_err(|_| MomentProblem::Sequence)
}

/// The units of a time ago, largest first, in microseconds.
const UNITS: [(&str, u64); 6] = [
    ("w", 7 * 86_400_000_000),
    ("d", 86_400_000_000),
    ("h", 3_600_000_000),
    ("m", 60_000_000),
    ("s", 1_000_000),
    ("ms", 1_000),
];

/// Reads `1h30m`: whole numbers with units, each unit once and the largest first.
fn ago(spans: &str) -> Result<u64, MomentProblem> {
    if spans.is_empty() {
        return Err(MomentProblem::Ago);
    }
    let (mut rest, mut units, mut total) = (spans, &UNITS[..], 0_u64);
    while !rest.is_empty() {
        let (number, after) = split_while(rest, |byte| byte.is_ascii_digit());
        let (unit, after) = split_while(after, |byte| !byte.is_ascii_digit());
        let place = units.iter().position(|(name, _)| *name == unit).ok_or(MomentProblem::Ago)?;
        if number.is_empty() {
            return Err(MomentProblem::Ago);
        }
        let number: u64 = number.parse().map_err(|_| MomentProblem::TooLongAgo)?;
        total = number
            .checked_mul(units[place].1)
            .and_then(|span| total.checked_add(span))
            .filter(|&total| total <= LAST_MICROSECOND)
            .ok_or(MomentProblem::TooLongAgo)?;
        units = &units[place + 1..];
        rest = after;
    }
    Ok(total)
}

/// Splits a text after its first bytes that are `wanted`. Only ASCII is ever told apart, so the cut is between
/// characters.
fn split_while(text: &str, wanted: impl Fn(u8) -> bool) -> (&str, &str) {
    let end = text.bytes().position(|byte| !wanted(byte)).unwrap_or(text.len());
    text.split_at(end)
}

fn shorten(text: &str) -> Box<str> {
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]).into_boxed_str(),
        None => text.into(),
    }
}

/// A text that names no moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidMoment {
    text: Box<str>,
    problem: MomentProblem,
}

impl InvalidMoment {
    /// Why it names none.
    pub fn problem(&self) -> MomentProblem {
        self.problem
    }
}

impl fmt::Display for InvalidMoment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not a moment: {}", self.text, self.problem)
    }
}

impl std::error::Error for InvalidMoment {}

/// Why a text names no moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MomentProblem {
    /// It has none of the forms.
    Unknown,
    /// It looks like a time, but is none.
    Time(InvalidTime),
    /// It looks like a version id, but holds a letter that those never hold.
    VersionLetter(char),
    /// It looks like a version id, but begins with a digit above 7.
    VersionTooLarge,
    /// `seq:` without a number, or with one that is too large.
    Sequence,
    /// A minus sign without numbers and units.
    Ago,
    /// A time ago without its minus sign.
    MinusMissing,
    /// Longer ago than any history.
    TooLongAgo,
}

impl fmt::Display for MomentProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => {
                f.write_str("use a version id, a time like 2026-11-22T21:58:56Z, a time ago like -10m, or seq:123")
            }
            Self::Time(problem) => problem.fmt(f),
            Self::VersionLetter(letter) => {
                write!(f, "a version id never holds the letter {letter}")
            }
            Self::VersionTooLarge => f.write_str("a version id begins with a digit from 0 to 7"),
            Self::Sequence => f.write_str("seq: is followed by a whole number, as in seq:123"),
            Self::Ago => {
                f.write_str("a time ago is written like -10m or -1h30m, with w, d, h, m, s or ms, the largest first")
            }
            Self::MinusMissing => f.write_str("a time ago begins with a minus sign, as in -10m"),
            Self::TooLongAgo => f.write_str("that is longer ago than any history"),
        }
    }
}
