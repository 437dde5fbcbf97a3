//! The scanners for strings, numbers and words: each takes the offset of a token's first byte and answers where the
//! token ends.

use super::invalid::{Inside, Invalid, Problem};

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Marks the bytes that end a plain run inside a string: `"`, `\` and control characters.
///
/// A borrow can set marks above the first true one, never below it, so the lowest mark is always right.
#[inline]
fn stops(word: u64) -> u64 {
    let quote = word ^ (ONES * u64::from(b'"'));
    let backslash = word ^ (ONES * u64::from(b'\\'));
    let found = (quote.wrapping_sub(ONES) & !quote)
        | (backslash.wrapping_sub(ONES) & !backslash)
        | (word.wrapping_sub(ONES * 0x20) & !word);
    found & HIGH
}

/// A string token that was found to be valid.
#[derive(Debug, Clone, Copy)]
pub(super) struct StringToken {
    /// Just after the closing quote.
    pub(super) end: usize,
    /// Whether it holds a backslash.
    pub(super) escaped: bool,
}

/// Scans the string whose opening quote is at `open`.
#[inline]
pub(super) fn string(text: &[u8], open: usize) -> Result<StringToken, Invalid> {
    let mut at = open + 1;
    let mut high = 0;
    let mut escaped = false;
    loop {
        while let Some(chunk) = text.get(at..).and_then(<[u8]>::first_chunk::<8>) {
            let word = u64::from_le_bytes(*chunk);
            let stop = stops(word);
            if stop != 0 {
                // The bits below the lowest mark are the bytes before the stop.
                high |= word & (stop & stop.wrapping_neg()).wrapping_sub(1);
                at += (stop.trailing_zeros() / 8) as usize;
                break;
            }
            high |= word;
            at += 8;
        }
        match text.get(at) {
            Some(b'"') => break,
            Some(b'\\') => {
                escaped = true;
                at = escape(text, at)?;
            }
            Some(&byte @ ..0x20) => {
                return Err(Invalid::new(at, Problem::ControlCharacter(byte)));
            }
            Some(&byte) => {
                high |= u64::from(byte);
                at += 1;
            }
            None => return Err(Invalid::new(at, Problem::EndsInside(Inside::String))),
        }
    }
    if high & HIGH != 0 {
        utf8(text, open + 1, at)?;
    }
    Ok(StringToken { end: at + 1, escaped })
}

fn utf8(text: &[u8], start: usize, end: usize) -> Result<(), Invalid> {
    std::str::from_utf8(&text[start..end])
        .map(drop)
        .map_err(|error| Invalid::new(start + error.valid_up_to(), Problem::InvalidUtf8))
}

/// Checks the escape whose backslash is at `at`; answers where it ends.
fn escape(text: &[u8], at: usize) -> Result<usize, Invalid> {
    match text.get(at + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
        Some(b'u') => match unit(text, at)? {
            0xd800..=0xdbff => {
                if text.get(at + 6) != Some(&b'\\') || text.get(at + 7) != Some(&b'u') {
                    return Err(Invalid::new(at, Problem::LoneSurrogate));
                }
                match unit(text, at + 6)? {
                    0xdc00..=0xdfff => Ok(at + 12),
                    _ => Err(Invalid::new(at, Problem::LoneSurrogate)),
                }
            }
            0xdc00..=0xdfff => Err(Invalid::new(at, Problem::LoneSurrogate)),
            _ => Ok(at + 6),
        },
        Some(_) => Err(Invalid::new(at, Problem::UnknownEscape)),
        None => Err(Invalid::new(at + 1, Problem::EndsInside(Inside::String))),
    }
}

/// The UTF-16 unit of the `\uXXXX` whose backslash is at `at`.
fn unit(text: &[u8], at: usize) -> Result<u32, Invalid> {
    let mut unit = 0;
    for place in at + 2..at + 6 {
        let Some(&byte) = text.get(place) else {
            return Err(Invalid::new(place, Problem::EndsInside(Inside::String)));
        };
        let Some(digit) = char::from(byte).to_digit(16) else {
            return Err(Invalid::new(at, Problem::UnicodeEscape));
        };
        unit = unit << 4 | digit;
    }
    Ok(unit)
}

/// Appends the characters that `raw`, the inside of a valid string token, stands for.
pub(super) fn unescape(raw: &str, out: &mut String) {
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let (character, length) = escaped_char(rest.as_bytes(), at);
        out.push(character);
        rest = &rest[at + length..];
    }
    out.push_str(rest);
}

/// The character of the escape at `at`, and the escape's length. A half pair cannot be in a valid token; were it, it
/// would read as U+FFFD.
fn escaped_char(text: &[u8], at: usize) -> (char, usize) {
    let simple = match text.get(at + 1) {
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => {
            let first = unit(text, at).unwrap_or(0xfffd);
            if (0xd800..0xdc00).contains(&first) {
                let second = unit(text, at + 6).unwrap_or(0xdc00).wrapping_sub(0xdc00) & 0x3ff;
                let scalar = 0x1_0000 + ((first - 0xd800) << 10) + second;
                return (char::from_u32(scalar).unwrap_or(char::REPLACEMENT_CHARACTER), 12);
            }
            return (char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER), 6);
        }
        Some(&byte) => char::from(byte),
        None => return (char::REPLACEMENT_CHARACTER, 1),
    };
    (simple, 2)
}

/// Scans the number that begins at `start` with a digit or a minus sign.
#[inline]
pub(super) fn number(text: &[u8], start: usize) -> Result<usize, Invalid> {
    let mut at = start + usize::from(text[start] == b'-');
    match text.get(at) {
        Some(b'0') => {
            at += 1;
            if text.get(at).is_some_and(u8::is_ascii_digit) {
                return Err(Invalid::new(at - 1, Problem::LeadingZero));
            }
        }
        Some(b'1'..=b'9') => at = digits(text, at + 1),
        _ => return Err(digit_expected(text, at)),
    }
    if text.get(at) == Some(&b'.') {
        at = some_digits(text, at + 1)?;
    }
    if let Some(b'e' | b'E') = text.get(at) {
        at += 1;
        if let Some(b'+' | b'-') = text.get(at) {
            at += 1;
        }
        at = some_digits(text, at)?;
    }
    Ok(at)
}

#[inline]
fn digits(text: &[u8], mut at: usize) -> usize {
    while text.get(at).is_some_and(u8::is_ascii_digit) {
        at += 1;
    }
    at
}

#[inline]
fn some_digits(text: &[u8], at: usize) -> Result<usize, Invalid> {
    let end = digits(text, at);
    if end == at { Err(digit_expected(text, at)) } else { Ok(end) }
}

#[cold]
fn digit_expected(text: &[u8], at: usize) -> Invalid {
    let problem = match text.get(at) {
        None => Problem::EndsInside(Inside::Number),
        Some(b'I') => Problem::NotFinite,
        Some(_) => Problem::DigitExpected,
    };
    Invalid::new(at, problem)
}

/// Scans `true`, `false` or `null` at `start`; answers where it ends.
#[inline]
pub(super) fn word(text: &[u8], start: usize) -> Option<usize> {
    let rest = &text[start..];
    if rest.starts_with(b"true") || rest.starts_with(b"null") {
        Some(start + 4)
    } else if rest.starts_with(b"false") {
        Some(start + 5)
    } else {
        None
    }
}

/// Whether a byte is white space that JSON ignores.
#[inline]
pub(super) fn is_space(byte: u8) -> bool {
    byte <= b' ' && matches!(byte, b' ' | b'\n' | b'\r' | b'\t')
}
