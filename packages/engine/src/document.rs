//! Documents on their way in and out.

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::code::Code;
use crate::entry::{Found, FoundContent};
use crate::error::{Error, Fact, Result};
use crate::json::{Invalid, Problem};
use crate::store::Store;

/// The error for text that is not a document.
pub(crate) fn refusal(invalid: &Invalid, text: &[u8]) -> Error {
    let (code, hint) = match invalid.problem {
        Problem::TooLong => (
            Code::ValueTooLarge,
            "A document is at most 16 MiB of JSON text. Keep larger things in files, and their names here",
        ),
        Problem::TooDeep => (Code::InvalidJson, "A document is at most 128 levels deep"),
        _ => {
            (Code::InvalidJson, "Names and strings stand in double quotes; in a shell, put single quotes around it all")
        }
    };
    let position = invalid.position(text);
    Error::new(
        code,
        format!(
            "The value is not acceptable JSON at line {}, column {}: {}.",
            position.line, position.column, invalid.problem
        ),
    )
    .fact("byte", Fact::Number(invalid.offset as u64))
    .hint(hint, None)
}

/// Why serde refused a text, without the place and without what stood there: that may be a document, or a key.
pub(crate) fn reason_of(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let reason = text.rsplit_once(" at line ").map_or(text.as_str(), |(reason, _)| reason);
    let given = ["invalid type: ", "invalid value: ", "unknown variant "].into_iter().find(|w| reason.starts_with(w));
    match (given, reason.rsplit_once(", expected ")) {
        (Some(what), Some((shown, expected))) => {
            let kind = shown[what.len()..].split(['"', '`']).next().unwrap_or_default();
            format!("{}, expected {expected}", [what, kind].concat().trim_end_matches([' ', ':']))
        }
        _ => reason.to_owned(),
    }
}

/// The text without insignificant white space, if it is a document.
pub(crate) fn check_document(text: &[u8]) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    crate::json::minify(text, &mut out).map_err(|e| refusal(&e, text))?;
    Ok(out)
}

/// Reads a member that may be missing: a value that is `null` is a value, where an `Option` alone would lose it.
pub(crate) fn present<'de: 'a, 'a, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'a RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

impl Store {
    /// The document of a version that is not a delete.
    pub(crate) fn document(&self, found: &Found) -> Result<Vec<u8>> {
        match &found.content {
            FoundContent::Inline(text) => Ok(text.to_vec()),
            FoundContent::Apart(place) => self.values.read(place),
        }
    }

    /// The same, lent to `take` without a copy.
    pub(crate) fn lend_document<R>(&self, found: &Found, take: impl FnOnce(&[u8]) -> R) -> Result<R> {
        match &found.content {
            FoundContent::Inline(text) => Ok(take(text)),
            FoundContent::Apart(place) => Ok(take(&self.values.read(place)?)),
        }
    }

    /// The same, without a copy where that can be.
    pub(crate) fn take_document(&self, found: Found) -> Result<Vec<u8>> {
        match found.content {
            FoundContent::Inline(text) => Ok(text.into_vec()),
            FoundContent::Apart(place) => self.values.read(&place),
        }
    }
}
