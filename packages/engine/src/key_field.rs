//! Finds the member of a document that is its key.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::code::Code;
use crate::error::{Error, Result};
use crate::loader::not_a_line;

/// The text of the member called `field`: a string as it is, a whole number in digits.
pub(crate) fn find(document: &[u8], field: &str) -> Result<String> {
    let mut reader = serde_json::Deserializer::from_slice(document);
    let found = Finder(field).deserialize(&mut reader).and_then(|found| reader.end().map(|()| found));
    let found = found.map_err(|e| not_a_line(&e))?;
    let Some(text) = found else {
        return Err(Error::new(Code::InvalidKey, format!("it has no member '{field}' to be its key")));
    };
    let raw = text.get();
    if raw.starts_with('"') {
        return serde_json::from_str(raw).map_err(|e| not_a_line(&e));
    }
    if raw.trim_start_matches('-').bytes().all(|b| b.is_ascii_digit()) {
        return Ok(raw.to_owned());
    }
    Err(Error::new(Code::InvalidKey, format!("its member '{field}' is {raw:.40}; a key is a string or a whole number")))
}

struct Finder<'f>(&'f str);

impl<'de> DeserializeSeed<'de> for Finder<'_> {
    type Value = Option<&'de RawValue>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Finder<'_> {
    type Value = Option<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            if name == self.0 {
                found = Some(map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_whole_numbers_are_keys_and_nothing_else_is() {
        for (document, key) in [
            (r#"{"id":"a\u0062c"}"#, Some("abc")),
            (r#"{"x":{"id":1},"id":-12345678901234567890}"#, Some("-12345678901234567890")),
            (r#"{"id":1.5}"#, None),
            (r#"{"id":null}"#, None),
            (r#"{"id":["a"]}"#, None),
            (r#"{"other":1}"#, None),
            ("[1]", None),
            (r#"{"id":1"#, None),
            (r#"{"id":1} x"#, None),
        ] {
            assert_eq!(find(document.as_bytes(), "id").ok().as_deref(), key, "{document}");
        }
    }
}
