//! Newline-delimited JSON into one atomic batch.
//!
//! A line is `{"key":"users/alice","value":…}`, or with a namespace of its own
//! `{"namespace":"users","key":"alice","value":…}`; with `"delete":true` in the place of the value it is a delete. With
//! [`LineOptions::key_field`] a line is a document by itself, and one of its members is its key. Empty lines are passed
//! over, as are a byte order mark at the beginning and a carriage return at the end of a line.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::address::check_namespace;
use crate::batch::Batch;
use crate::code::Code;
use crate::database::KoruDelta;
use crate::document::{present, reason_of};
use crate::error::{Error, Fact, Result};
use crate::key_field;
use crate::receipt::Receipt;

/// The longest line: the largest document, its key, and room for white space.
pub const MAX_LINE_BYTES: usize = 64 << 20;
/// What is kept of a rejected line's text.
const SHOWN_BYTES: usize = 64 << 10;

/// How lines are read.
#[derive(Debug, Clone, Default)]
pub struct LineOptions {
    /// The namespace of lines that name none.
    pub namespace: Option<String>,
    /// Lines are documents, and this member is their key: a string or a whole number.
    pub key_field: Option<String>,
    /// Who writes.
    pub actor: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Names the first batch: see [`Batch::idempotency_key`].
    pub idempotency_key: Option<String>,
    /// Leaves bad lines out instead of refusing everything; [`Loader::take_rejects`] tells which.
    pub skip_bad: bool,
}

/// A line that was left out.
#[derive(Debug, Clone)]
pub struct Reject {
    /// Its number, from 1.
    pub line: u64,
    /// Why.
    pub error: Error,
    /// Its text, as far as it is text, cut after 64 KiB.
    pub text: String,
}

/// Collects lines, however they are cut into pieces, and writes them as one commit.
pub struct Loader {
    db: KoruDelta,
    options: LineOptions,
    batch: Batch,
    /// The beginning of a line whose end has not come yet.
    partial: Vec<u8>,
    line: u64,
    rejected: u64,
    rejects: Vec<Reject>,
    failure: Option<Error>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    #[serde(borrow)]
    namespace: Option<Cow<'a, str>>,
    #[serde(borrow)]
    key: Cow<'a, str>,
    #[serde(default, borrow, deserialize_with = "present")]
    value: Option<&'a RawValue>,
    #[serde(default)]
    delete: bool,
}

/// A line as programs write it: the names first, in plain characters, and the value last.
struct PlainLine<'a> {
    namespace: Option<&'a str>,
    key: &'a str,
    /// From the value's first character up to the brace that ends the line. When that is one value, the line has no
    /// other members.
    value: &'a [u8],
}

impl<'a> PlainLine<'a> {
    /// Finds the parts of a plain line without a look at the value. `None` says nothing about a line.
    #[inline]
    fn find(line: &'a [u8]) -> Option<Self> {
        let mut rest = line.strip_prefix(b"{")?.strip_suffix(b"}")?;
        let mut namespace = None;
        let mut key = None;
        loop {
            let (name, after) = plain_string(rest)?;
            let after = after_space(after_space(after).strip_prefix(b":")?);
            let taken = match name {
                b"value" => {
                    let utf8 = |text: &'a [u8]| std::str::from_utf8(text).ok();
                    let namespace = namespace.map_or(Some(None), |text| utf8(text).map(Some))?;
                    return Some(Self { namespace, key: utf8(key?)?, value: after });
                }
                b"key" => &mut key,
                b"namespace" => &mut namespace,
                _ => return None,
            };
            let (text, after) = plain_string(after)?;
            if taken.replace(text).is_some() {
                return None;
            }
            rest = after_space(after).strip_prefix(b",")?;
        }
    }
}

#[inline]
fn after_space(text: &[u8]) -> &[u8] {
    let space = text.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).count();
    &text[space..]
}

/// The inside of the string that `text` begins with, if it has no escapes, and what follows the string.
#[inline]
fn plain_string(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let inside = after_space(text).strip_prefix(b"\"")?;
    let end = inside.iter().position(|&byte| byte == b'"' || byte == b'\\' || byte < b' ')?;
    let (string, after) = inside.split_at(end);
    after.strip_prefix(b"\"").map(|after| (string, after))
}

impl Loader {
    /// A loader of an open database.
    pub fn new(db: &KoruDelta, options: LineOptions) -> Result<Self> {
        Self::onto(Batch::new(), db, options)
    }

    /// The same, onto a batch that may not write everything.
    pub(crate) fn onto(mut batch: Batch, db: &KoruDelta, options: LineOptions) -> Result<Self> {
        db.store.check_writable()?;
        if options.key_field.is_some() && options.namespace.is_none() {
            return Err(Error::new(
                Code::InvalidParams,
                "A key field was named, and no namespace to put the documents in.",
            )
            .hint("Name the namespace too", None));
        }
        if let Some(namespace) = &options.namespace {
            check_namespace(namespace)?;
        }
        batch.annotate(options.actor.as_deref(), options.reason.as_deref())?;
        batch.idempotency_key(options.idempotency_key.as_deref())?;
        Ok(Self {
            db: db.clone(),
            options,
            batch,
            partial: Vec::new(),
            line: 0,
            rejected: 0,
            rejects: Vec::new(),
            failure: None,
        })
    }

    /// Takes a piece of the text. After an error nothing of it all will be written.
    pub fn feed(&mut self, mut chunk: &[u8]) -> Result<()> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        while let Some(end) = memchr::memchr(b'\n', chunk) {
            let (line, rest) = (&chunk[..end], &chunk[end + 1..]);
            if self.partial.is_empty() {
                self.take_line(line)?;
            } else {
                self.gather(line)?;
                let line = std::mem::take(&mut self.partial);
                self.take_line(&line)?;
            }
            chunk = rest;
        }
        self.gather(chunk)
    }

    /// How many lines were read so far.
    pub fn lines(&self) -> u64 {
        self.line
    }

    /// How many lines were left out so far.
    pub fn rejected(&self) -> u64 {
        self.rejected
    }

    /// How many versions are waiting to be written.
    pub fn pending(&self) -> usize {
        self.batch.len()
    }

    /// The lines that were left out since the last call.
    pub fn take_rejects(&mut self) -> Vec<Reject> {
        std::mem::take(&mut self.rejects)
    }

    /// Writes everything as one commit, and is ready for more.
    pub fn commit(&mut self) -> Result<Receipt> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        if !self.partial.is_empty() {
            let line = std::mem::take(&mut self.partial);
            self.take_line(&line)?;
        }
        let next = self.batch.fresh();
        self.db.write(std::mem::replace(&mut self.batch, next))
    }

    fn gather(&mut self, piece: &[u8]) -> Result<()> {
        if self.partial.len() + piece.len() > MAX_LINE_BYTES {
            self.line += 1;
            return self.refuse(&too_long(), b"", true);
        }
        self.partial.extend_from_slice(piece);
        Ok(())
    }

    fn take_line(&mut self, line: &[u8]) -> Result<()> {
        self.line += 1;
        if line.len() > MAX_LINE_BYTES {
            return self.refuse(&too_long(), b"", true);
        }
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let line = if self.line == 1 { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) } else { line };
        if line.iter().all(u8::is_ascii_whitespace) {
            return Ok(());
        }
        match self.add(line) {
            Ok(()) => Ok(()),
            // What may not be written is no mistake of the line.
            Err(error) if error.code() == Code::Forbidden => {
                self.failure = Some(error.clone());
                Err(error)
            }
            Err(error) => {
                // Lines can be left out; a batch that is full cannot be mended by that.
                let fatal = !self.options.skip_bad || error.code() == Code::BatchTooLarge;
                self.refuse(&error, line, fatal)
            }
        }
    }

    fn add(&mut self, line: &[u8]) -> Result<()> {
        if let (Some(field), Some(namespace)) = (&self.options.key_field, &self.options.namespace) {
            let key = key_field::find(line, field)?;
            self.batch.put_json(namespace, &key, line)?;
            return Ok(());
        }
        if let Some(PlainLine { namespace, key, value }) = PlainLine::find(line)
            && let Some((namespace, key)) = match namespace.or(self.options.namespace.as_deref()) {
                Some(namespace) => Some((namespace, key)),
                None => key.split_once('/'),
            }
            && self.batch.put_json(namespace, key, value).is_ok()
        {
            return Ok(());
        }
        check_object(line)?;
        let parsed: Line<'_> = serde_json::from_slice(line).map_err(|e| not_a_line(&e))?;
        let (namespace, key) = match (&parsed.namespace, &self.options.namespace) {
            (Some(namespace), _) => (&**namespace, &*parsed.key),
            (None, Some(namespace)) => (namespace.as_str(), &*parsed.key),
            (None, None) => parsed.key.split_once('/').ok_or_else(|| {
                Error::new(
                    Code::InvalidKey,
                    format!("the key '{:.100}' names no namespace: write NAMESPACE/KEY", parsed.key),
                )
            })?,
        };
        match (parsed.value, parsed.delete) {
            (Some(value), false) => self.batch.put_json(namespace, key, value.get().as_bytes())?,
            (None, true) => self.batch.delete(namespace, key)?,
            (Some(_), true) => return Err(Error::new(Code::InvalidParams, "it has a value and is a delete")),
            (None, false) => {
                return Err(Error::new(Code::InvalidParams, "it has no value; a delete says \"delete\":true"));
            }
        };
        Ok(())
    }

    fn refuse(&mut self, reason: &Error, text: &[u8], fatal: bool) -> Result<()> {
        if fatal {
            let error = line_error(self.line, reason);
            self.failure = Some(error.clone());
            return Err(error);
        }
        let detail = format!("Line {} was left out: {}.", self.line, reason.detail().trim_end_matches('.'));
        let error = Error::new(Code::InvalidLine, detail)
            .fact("line", Fact::Number(self.line))
            .fact("reason", Fact::Text(reason.code().as_str().to_owned()));
        self.rejected += 1;
        let shown = &text[..text.len().min(SHOWN_BYTES)];
        self.rejects.push(Reject { line: self.line, error, text: String::from_utf8_lossy(shown).into_owned() });
        Ok(())
    }
}

impl KoruDelta {
    /// Writes newline-delimited JSON as one batch, all or none. The layout of a line is in [`Loader`]'s module.
    pub fn batch_lines(&self, text: &[u8], options: LineOptions) -> Result<Receipt> {
        let mut loader = Loader::new(self, options)?;
        loader.feed(text)?;
        loader.commit()
    }
}

/// Refuses a line that begins no object: serde would take an array of the members' values as well.
pub(crate) fn check_object(line: &[u8]) -> Result<()> {
    let begins = match line.trim_ascii_start().first() {
        Some(b'{') => return Ok(()),
        Some(b'[') => "it begins an array",
        _ => "it begins no object",
    };
    Err(Error::new(Code::InvalidJson, format!("{begins}; each line is a JSON object of its own")))
}

/// A line's length does not depend on how the text is cut.
pub(crate) fn too_long() -> Error {
    Error::new(Code::ValueTooLarge, format!("the line is longer than {MAX_LINE_BYTES} bytes"))
}

pub(crate) fn not_a_line(error: &serde_json::Error) -> Error {
    // The position is within the line, whose number is told apart.
    let reason = reason_of(error);
    Error::new(Code::InvalidJson, format!("{reason} (column {})", error.column()))
}

/// A failure as one of a numbered line.
pub(crate) fn line_error(line: u64, reason: &Error) -> Error {
    let detail = reason.detail().trim_end_matches('.');
    Error::new(Code::InvalidLine, format!("Line {line} cannot be taken: {detail}. Nothing was written."))
        .fact("line", Fact::Number(line))
        .fact("reason", Fact::Text(reason.code().as_str().to_owned()))
        .hint("Mend the line, or have bad lines left out, which tells them one by one", None)
}

impl std::fmt::Debug for Loader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Loader").field("line", &self.line).field("pending", &self.batch.len()).finish_non_exhaustive()
    }
}
