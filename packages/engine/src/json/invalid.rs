//! What is wrong with a JSON text, and where.

use std::fmt;

use super::{MAX_DEPTH, MAX_VALUE_BYTES};

/// How much of a member's name an error repeats.
const SHOWN_NAME_CHARS: usize = 64;

/// A text that was refused: the byte at which the trouble shows, and the trouble.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// Byte offset into the text that was given, white space included.
    pub offset: usize,
    /// What is wrong there.
    pub problem: Problem,
}

impl Invalid {
    #[cold]
    pub(crate) fn new(offset: usize, problem: Problem) -> Self {
        Self { offset, problem }
    }

    /// The line and column of the trouble in `text`, the text that was refused.
    pub fn position(&self, text: &[u8]) -> Position {
        let before = &text[..self.offset.min(text.len())];
        let mut lines = before.rsplit(|&byte| byte == b'\n');
        let line = lines.next().unwrap_or_default();
        // A continuation byte belongs to the character before it.
        let is_start = |byte: &&u8| **byte & 0xc0 != 0x80;
        Position { line: lines.count() + 1, column: line.iter().filter(is_start).count() + 1 }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at byte {})", self.problem, self.offset)
    }
}

impl std::error::Error for Invalid {}

/// A place in a text as an editor counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// What the text was in the middle of when it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inside {
    /// An array that was not closed.
    Array,
    /// An object that was not closed.
    Object,
    /// A string without its closing quote.
    String,
    /// A number that needs another digit.
    Number,
}

impl fmt::Display for Inside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Array => "an array",
            Self::Object => "an object",
            Self::String => "a string",
            Self::Number => "a number",
        })
    }
}

/// Every reason to refuse a JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// Nothing but white space, or nothing at all.
    Empty,
    /// The text begins with a byte order mark.
    ByteOrderMark,
    /// The text stops too early.
    EndsInside(Inside),
    /// Something else stands where a value should be.
    ValueExpected,
    /// Something else stands where a member's name should be.
    NameExpected,
    /// No colon after a member's name.
    ColonExpected,
    /// Neither a comma nor a closing bracket after an element.
    CommaOrBracketExpected,
    /// Neither a comma nor a closing brace after a member.
    CommaOrBraceExpected,
    /// A comma with nothing after it.
    TrailingComma,
    /// Something follows the value.
    TrailingText,
    /// A number such as `01`.
    LeadingZero,
    /// A number lacks a digit: `-`, `1.`, `1e`.
    DigitExpected,
    /// `NaN` or `Infinity`.
    NotFinite,
    /// A raw control character inside a string.
    ControlCharacter(u8),
    /// A backslash followed by something that is no escape.
    UnknownEscape,
    /// `\u` without four hexadecimal digits.
    UnicodeEscape,
    /// Half of a surrogate pair in `\u` escapes.
    LoneSurrogate,
    /// Bytes that are not UTF-8.
    InvalidUtf8,
    /// One object names a member twice; the name, shortened when it is long.
    DuplicateMember(Box<str>),
    /// More than [`MAX_DEPTH`] levels.
    TooDeep,
    /// More than [`MAX_VALUE_BYTES`] bytes.
    TooLong,
}

impl Problem {
    #[cold]
    pub(crate) fn duplicate(name: &str) -> Self {
        let mut shown: String = name.chars().take(SHOWN_NAME_CHARS).collect();
        if shown.len() < name.len() {
            shown.push('…');
        }
        Self::DuplicateMember(shown.into_boxed_str())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the text is empty"),
            Self::ByteOrderMark => f.write_str("the text begins with a byte order mark"),
            Self::EndsInside(part) => write!(f, "the text ends inside {part}"),
            Self::ValueExpected => f.write_str("a value was expected here"),
            Self::NameExpected => f.write_str("a member's name in double quotes was expected here"),
            Self::ColonExpected => f.write_str("a colon was expected after the member's name"),
            Self::CommaOrBracketExpected => f.write_str("a comma or ] was expected here"),
            Self::CommaOrBraceExpected => f.write_str("a comma or } was expected here"),
            Self::TrailingComma => f.write_str("nothing follows the comma"),
            Self::TrailingText => f.write_str("there is more text after the value"),
            Self::LeadingZero => f.write_str("a number has a needless leading zero"),
            Self::DigitExpected => f.write_str("a number lacks a digit here"),
            Self::NotFinite => f.write_str("NaN and Infinity are not JSON numbers"),
            Self::ControlCharacter(byte) => {
                write!(f, "a string holds the control character \\u{byte:04x} unescaped")
            }
            Self::UnknownEscape => f.write_str("a string holds an unknown escape"),
            Self::UnicodeEscape => f.write_str("\\u needs four hexadecimal digits"),
            Self::LoneSurrogate => f.write_str("a string holds half of a surrogate pair"),
            Self::InvalidUtf8 => f.write_str("a string is not valid UTF-8"),
            Self::DuplicateMember(name) => write!(f, "duplicate member {name:?}"),
            Self::TooDeep => write!(f, "the value is nested deeper than {MAX_DEPTH} levels"),
            Self::TooLong => write!(f, "the value is longer than {MAX_VALUE_BYTES} bytes"),
        }
    }
}
