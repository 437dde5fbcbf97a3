//! Versions and errors as JSON text, the same on every wire.

use crate::error::{Error, Fact};
use crate::json::tree::write_string;
use crate::version::Version;

/// Writes one JSON object, member by member.
pub(crate) struct Object<'a> {
    out: &'a mut Vec<u8>,
    first: bool,
}

impl<'a> Object<'a> {
    pub(crate) fn new(out: &'a mut Vec<u8>) -> Self {
        out.push(b'{');
        Self { out, first: true }
    }

    pub(crate) fn name(&mut self, name: &str) -> &mut Vec<u8> {
        if !std::mem::take(&mut self.first) {
            self.out.push(b',');
        }
        write_string(name, self.out);
        self.out.push(b':');
        self.out
    }

    pub(crate) fn text(&mut self, name: &str, value: &str) -> &mut Self {
        let out = self.name(name);
        write_string(value, out);
        self
    }

    pub(crate) fn number(&mut self, name: &str, value: u64) -> &mut Self {
        number(value, self.name(name));
        self
    }

    pub(crate) fn flag(&mut self, name: &str, value: bool) -> &mut Self {
        self.raw(name, if value { b"true" } else { b"false" })
    }

    /// A member whose value is JSON text already.
    pub(crate) fn raw(&mut self, name: &str, json: &[u8]) -> &mut Self {
        self.name(name).extend_from_slice(json);
        self
    }

    /// A member that is `null` when there is no value.
    pub(crate) fn text_or_null(&mut self, name: &str, value: Option<&str>) -> &mut Self {
        match value {
            Some(value) => self.text(name, value),
            None => self.raw(name, b"null"),
        }
    }

    pub(crate) fn end(self) {
        self.out.push(b'}');
    }
}

/// Writes a JSON array of what `each` writes for the items.
pub(crate) fn array<T>(out: &mut Vec<u8>, items: impl IntoIterator<Item = T>, mut each: impl FnMut(T, &mut Vec<u8>)) {
    out.push(b'[');
    for (at, item) in items.into_iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        each(item, out);
    }
    out.push(b']');
}

/// Writes a whole number.
pub(crate) fn number(value: u64, out: &mut Vec<u8>) {
    let mut text = [0; 20];
    let mut rest = value;
    let mut start = text.len();
    loop {
        start -= 1;
        text[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&text[start..]);
}

/// Writes a version.
pub(crate) fn version(version: &Version, out: &mut Vec<u8>) {
    let mut object = Object::new(out);
    object.text("namespace", &version.namespace).text("key", &version.key);
    object.text("version", &version.version.to_string()).number("seq", version.seq);
    let timestamp = object.name("timestamp");
    timestamp.push(b'"');
    version.timestamp.write_to(timestamp);
    timestamp.push(b'"');
    if version.deleted {
        object.flag("deleted", true);
    } else if let Some(value) = &version.value {
        object.raw("value", value.as_bytes());
    }
    object.text_or_null("previous", version.previous.map(|v| v.to_string()).as_deref());
    if let Some(actor) = &version.actor {
        object.text("actor", actor);
    }
    if let Some(reason) = &version.reason {
        object.text("reason", reason);
    }
    if let Some(origin) = version.origin {
        let mut inner = Object::new(object.name("origin"));
        inner.text("timestamp", &origin.timestamp.to_string());
        if let Some(id) = origin.version {
            inner.text("version", &id.to_string());
        }
        inner.end();
    }
    object.end();
}

/// Writes an error record.
pub(crate) fn error(error: &Error, out: &mut Vec<u8>) {
    let code = error.code();
    let mut object = Object::new(out);
    object.text("code", code.as_str()).text("title", code.title()).text("detail", error.detail());
    array(object.name("suggestions"), error.suggestions(), |suggestion, out| {
        let mut inner = Object::new(out);
        inner.text("text", &suggestion.text).text("why", &suggestion.why);
        inner.end();
    });
    array(object.name("hints"), error.hints(), |hint, out| {
        let mut inner = Object::new(out);
        inner.text("text", &hint.text);
        if let Some(command) = &hint.command {
            inner.text("command", command);
        }
        inner.end();
    });
    object
        .flag("retryable", code.retryable())
        .number("exitCode", u64::from(code.exit_code()))
        .number("httpStatus", u64::from(code.http_status()))
        .text("docs", &format!("https://korudelta.io/errors/{code}"));
    for (name, fact) in error.facts() {
        match fact {
            Fact::Text(text) => object.text(name, text),
            Fact::Number(number) => object.number(name, *number),
            Fact::Json(json) => object.raw(name, json),
        };
    }
    object.end();
}

impl Error {
    /// The error record as JSON text: code, title, detail, suggestions, hints, and the facts beside them.
    pub fn to_json(&self) -> String {
        let mut out = Vec::new();
        error(self, &mut out);
        String::from_utf8_lossy(&out).into_owned()
    }
}
