//! Requests as JSON-RPC 2.0, a line each, and their responses. The wire is written down in `docs/protocol.md`.
//!
//! Values go through as text, so a number of any size comes back as it went in. Neighbouring writes share one sync of the
//! disk, as in [`many`](super::many).

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::many::{Many, Reply};
use super::params::OPERATIONS;
use super::{Door, unknown_operation};
use crate::code::Code;
use crate::document::reason_of;
use crate::error::{Error, Result};
use crate::json::tree::write_string;
use crate::render::{self, Object};

/// What JSON-RPC has for a failure that it does not know.
const SERVER_ERROR: i32 = -32_000;

#[derive(Deserialize)]
struct Request<'a> {
    #[serde(borrow)]
    jsonrpc: Cow<'a, str>,
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    method: Cow<'a, str>,
    #[serde(borrow)]
    params: Option<&'a RawValue>,
}

/// What came of a piece of a conversation.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Conversed {
    /// The responses, a line each.
    pub answers: String,
    /// The requests that are none of the engine's, as they came: the carrier carries them out.
    pub control: Vec<String>,
}

impl Conversed {
    /// Both as one text: an array of the control requests as the first line, then the responses.
    pub fn into_text(self) -> String {
        let mut out = Vec::with_capacity(self.answers.len() + 16);
        render::array(&mut out, &self.control, |line, out| write_string(line, out));
        out.push(b'\n');
        out.extend_from_slice(self.answers.as_bytes());
        String::from_utf8_lossy(&out).into_owned()
    }
}

impl Door {
    /// Carries out requests, a line each; empty lines are passed over. `control` are the methods that the carrier knows
    /// beside the operations.
    pub fn converse(&self, lines: &str, control: &[&str]) -> Conversed {
        let mut kept = Vec::new();
        let mut many = Many::new(self);
        for line in lines.lines().filter(|line| !line.trim_ascii().is_empty()) {
            take(&mut many, line, control, &mut kept);
        }
        Conversed { answers: String::from_utf8_lossy(&many.end()).into_owned(), control: kept }
    }
}

fn take<'d>(many: &mut Many<'d>, line: &'d str, control: &[&str], kept: &mut Vec<String>) {
    let request: Request<'d> = match read(line) {
        Ok(request) => request,
        Err(error) => return many.refuse(Reply::Line(RawValue::NULL), error),
    };
    if control.contains(&&*request.method) {
        return kept.push(line.to_owned());
    }
    let reply = request.id.map_or(Reply::Nothing, Reply::Line);
    if !OPERATIONS.contains(&&*request.method) {
        return many.refuse(reply, unknown_operation(&request.method));
    }
    many.take(reply, &request.method, request.params.map_or("{}", RawValue::get));
}

fn read(line: &str) -> Result<Request<'_>> {
    let refused = |detail: String| {
        Error::new(Code::BadRequest, detail)
            .hint("A request is one JSON object a line, as docs/protocol.md has it", None)
    };
    let request: Request<'_> = serde_json::from_str(line)
        .map_err(|error| refused(format!("The line is no request: {:.300}.", reason_of(&error))))?;
    if request.jsonrpc != "2.0" {
        return Err(refused(format!("The line is JSON-RPC {:.20}, and not 2.0.", request.jsonrpc)));
    }
    let id = request.id.map_or("0", RawValue::get);
    if !id.starts_with(|first: char| first == '"' || first == '-' || first.is_ascii_digit()) {
        return Err(refused(format!("The id of a request is a number or a text, not {id:.40}.")));
    }
    Ok(request)
}

/// Writes a response and a line feed.
pub(super) fn response(id: &str, answer: core::result::Result<&[u8], &Error>, out: &mut Vec<u8>) {
    let mut object = Object::new(out);
    object.text("jsonrpc", "2.0").raw("id", id.as_bytes());
    match answer {
        Ok(result) => {
            object.raw("result", result);
        }
        Err(error) => {
            let mut inner = Object::new(object.name("error"));
            inner.raw("code", rpc_code(error.code()).to_string().as_bytes()).text("message", error.detail());
            render::error(error, inner.name("data"));
            inner.end();
        }
    }
    object.end();
    out.push(b'\n');
}

fn rpc_code(code: Code) -> i32 {
    match code {
        Code::BadRequest => -32_600,
        Code::UnknownOperation => -32_601,
        Code::InvalidParams => -32_602,
        _ => SERVER_ERROR,
    }
}
