//! Requests as JSON-RPC 2.0, a line each, and their responses. The wire is written down in `docs/protocol.md`.
//!
//! Values go through as text, so a number of any size comes back as it went in. Neighbouring writes share one sync of the
//! disk, as in [`many`](super::many).

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::Door;
use super::many::{Many, Reply};
use super::params::WRITES;
use super::reading::Named;
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

/// Whether a method is carried out in the order of the lines. Any other may take long, or is the carrier's own.
fn is_in_line(method: &str) -> bool {
    WRITES.contains(&method) || ["many", "get"].contains(&method)
}

impl Door {
    /// Carries out requests, a line each; empty lines are passed over. Answers an array of the requests that are left to
    /// the carrier as the first line, and the responses to the others as those that follow.
    pub fn converse(&self, lines: &[u8]) -> String {
        let mut left = Vec::new();
        let mut many = Many::new(self);
        for line in lines.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty()) {
            take(&mut many, line, &mut left);
        }
        let mut out = Vec::new();
        render::array(&mut out, left, write_string);
        out.push(b'\n');
        out.append(&mut many.end());
        String::from_utf8_lossy(&out).into_owned()
    }
}

fn take<'d>(many: &mut Many<'d>, line: &'d [u8], left: &mut Vec<&'d str>) {
    match read(line) {
        Ok((text, request)) if !is_in_line(&request.method) => left.push(text),
        Ok((_, request)) => {
            let reply = request.id.map_or(Reply::Nothing, Reply::Line);
            many.take(reply, &request.method, request.params.map_or("{}", RawValue::get));
        }
        Err(error) => many.refuse(Reply::Line(RawValue::NULL), error),
    }
}

/// The request of a line, and the line as text.
fn read(line: &[u8]) -> Result<(&str, Request<'_>)> {
    let refused = |detail: String| {
        Error::new(Code::BadRequest, detail)
            .hint("A request is one JSON object a line, as docs/protocol.md has it", None)
    };
    let line = std::str::from_utf8(line).map_err(|error| refused(format!("The line is not UTF-8: {error}.")))?;
    let Named(request): Named<Request<'_>> = serde_json::from_str(line)
        .map_err(|error| refused(format!("The line is no request: {:.300}.", reason_of(&error))))?;
    if request.jsonrpc != "2.0" {
        return Err(refused(format!("The line is JSON-RPC {:.20}, and not 2.0.", request.jsonrpc)));
    }
    let id = request.id.map_or("0", RawValue::get);
    if !id.starts_with(|first: char| first == '"' || first == '-' || first.is_ascii_digit()) {
        return Err(refused(format!("The id of a request is a number or a text, not {id:.40}.")));
    }
    Ok((line, request))
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
