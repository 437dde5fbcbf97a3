//! The short way to a value.
//!
//! A read that is answered from memory takes less time than Node-API takes to hand over three strings. So JavaScript
//! writes the names into a buffer that both sides know, the letter, and calls a function without arguments.
//!
//! ```text
//! u8 x 3  lengths of the namespace, the key and the moment (0: now)
//! bytes   the three, one after the other, in ASCII
//! ```

use std::sync::Arc;

use koru_delta::door::Door;
use napi::bindgen_prelude::{FunctionCallContext, JsValue, Uint8Array};
use napi::sys::napi_value;

use crate::exact::may_round;
use crate::failure::guarded;

/// What the letter asks for: a namespace, a key and a moment.
type Question<'a> = (&'a str, &'a str, Option<&'a str>);

/// A function that answers the letter: the text of the value, null when there is none, and an empty string for what
/// has to go the long way, `getSync`: a text that is not plain ASCII, and one that may hold a number which
/// JavaScript would round.
pub(crate) fn reader(
    door: Arc<Door>,
    letter: Uint8Array,
) -> impl Fn(FunctionCallContext<'_>) -> napi::Result<Option<napi_value>> {
    move |context| {
        let Some((namespace, key, moment)) = question(&letter) else {
            return string(&context, b"").map(Some);
        };
        let answer = |text: &[u8]| string(&context, if text.is_ascii() && !may_round(text) { text } else { b"" });
        guarded(|| door.lend_value(namespace, key, moment, answer))?.transpose()
    }
}

fn string(context: &FunctionCallContext<'_>, text: &[u8]) -> napi::Result<napi_value> {
    context.env.create_string_latin1(text).map(|text| text.raw())
}

/// Reads a letter; `None` when it was not filled in as it should be.
fn question(letter: &[u8]) -> Option<Question<'_>> {
    let (lengths, mut rest) = letter.split_first_chunk::<3>()?;
    let mut parts = [""; 3];
    for (part, length) in parts.iter_mut().zip(lengths) {
        let (text, after) = rest.split_at_checked(usize::from(*length))?;
        *part = std::str::from_utf8(text).ok()?;
        rest = after;
    }
    let [namespace, key, moment] = parts;
    Some((namespace, key, (!moment.is_empty()).then_some(moment)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_read_and_a_torn_one_is_not() {
        let letter = b"\x05\x03\x02usersbob-1and what was there before";
        assert_eq!(question(letter), Some(("users", "bob", Some("-1"))));
        assert_eq!(question(b"\x01\x01\x00ab"), Some(("a", "b", None)));
        for torn in [&b""[..], b"\x01\x01", b"\x01\x01\x00a", b"\x01\x01\xFFab", b"\x01\x01\x00\xFFb"] {
            assert_eq!(question(torn), None, "{torn:?}");
        }
    }
}
