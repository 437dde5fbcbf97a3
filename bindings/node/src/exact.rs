//! Numbers that JavaScript cannot carry.

/// Fifteen digits always survive a JavaScript number.
const LONG: usize = 16;

/// Whether a JSON text may hold a number that `JSON.parse` would round: one of 16 digits and points or more, or with
/// an exponent.
pub(crate) fn may_round(text: &[u8]) -> bool {
    // Most texts have nothing that looks like it, not even in their strings, and that is seen many bytes at a time.
    (has_exponent(text) || has_long_run(text)) && has_doubtful_number(text)
}

/// Whether an `e` follows a digit somewhere.
fn has_exponent(text: &[u8]) -> bool {
    // Without a way out of the loop it takes many bytes at a time.
    text.iter().zip(text.iter().skip(1)).fold(false, |found, (digit, e)| found | e_after(*digit, *e))
}

#[inline]
#[allow(clippy::needless_bitwise_bool, reason = "a branch would keep the loop from taking many bytes at a time")]
fn e_after(digit: u8, e: u8) -> bool {
    is_digit(digit) & (e | 0x20 == b'e')
}

/// Whether so many digits and points stand in a row somewhere. Such a row has one of every 16th byte.
fn has_long_run(text: &[u8]) -> bool {
    (LONG - 1..text.len()).step_by(LONG).any(|at| {
        of_number(text[at]) && {
            let before = text[..at].iter().rev().take_while(|byte| of_number(**byte)).count();
            before + text[at..].iter().take_while(|byte| of_number(**byte)).count() >= LONG
        }
    })
}

/// Whether one of the numbers outside of strings is long, or has an exponent.
fn has_doubtful_number(text: &[u8]) -> bool {
    let mut rest = text;
    while let Some(at) = rest.iter().position(|byte| *byte == b'"' || is_digit(*byte)) {
        let (first, after) = (rest[at], &rest[at + 1..]);
        if first == b'"' {
            rest = after_string(after);
            continue;
        }
        let length = after.iter().take_while(|byte| of_number(**byte)).count();
        if length + 1 >= LONG || after.get(length).is_some_and(|end| end | 0x20 == b'e') {
            return true;
        }
        rest = &after[length..];
    }
    false
}

/// What follows the end of a string.
fn after_string(text: &[u8]) -> &[u8] {
    let mut rest = text;
    while let Some(at) = rest.iter().position(|byte| *byte == b'"' || *byte == b'\\') {
        let behind = if rest[at] == b'"' { 1 } else { 2 };
        rest = rest.get(at + behind..).unwrap_or_default();
        if behind == 1 {
            return rest;
        }
    }
    b""
}

fn is_digit(byte: u8) -> bool {
    byte.wrapping_sub(b'0') < 10
}

fn of_number(byte: u8) -> bool {
    is_digit(byte) || byte == b'.'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_that_may_be_rounded_is_seen_wherever_it_stands() {
        for number in ["1234567890123456", "0.12345678901234", "1e3", "1E3", "-2.5e-7", "9007199254740993"] {
            for pad in 0..40 {
                let pad = " ".repeat(pad);
                let name = pad.replace(' ', r#"\""#);
                for text in [format!("{pad}{number}"), format!(r#"{{"{name}\\":{pad}[{number},1]}}"#)] {
                    assert!(may_round(text.as_bytes()), "{text}");
                }
            }
        }
    }

    #[test]
    fn other_numbers_and_strings_pass() {
        let texts = [
            "",
            "1",
            "123456789012345",
            r#"{"a":0.1234567890123,"b":-0.1234567890123}"#,
            "[1,22,333,4444,55555]",
            r#""1e3""#,
            r#"{"1e3\"1e3":"12345678901234567890","\\":"3e\\3e","e":[1,true,false,{"1e3":"7e"}]}"#,
        ];
        for text in texts {
            assert!(!may_round(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn a_torn_text_is_no_danger() {
        for text in [r#""1e3"#, r#""1e3\"#, "\"1e3\\\"", "1e", "-"] {
            may_round(text.as_bytes());
        }
    }
}
