//! Many writes in one call, and with one sync.
//!
//! The call is a JSON array of `{"op": …, "params": …}`, the answer an array of `{"ok": …}` and `{"error": …}` in the
//! same order. Neighbouring puts and batches are written together, each on its own all or none; any other operation
//! looks at what is there, so it waits for the writes before it.
//!
//! `puts` is an operation of this call alone: many puts as [`BatchColumns`], each on its own all or none. Its result has
//! columns, too; at the place of a put that failed they hold `null`, and `errors` has its record:
//! ```text
//! { "versions": [id …], "seqs": [number …], "timestamps": [text …], "previous": [id or null …],
//!   "errors": [[place, record] …] }
//! ```

use serde::Deserialize;
use serde_json::value::RawValue;

use super::params::{BatchColumns, PutParams};
use super::reading::{Named, expect};
use super::{Door, parse, read, results, rpc};
use crate::batch::Batch;
use crate::code::Code;
use crate::error::{Error, Result};
use crate::receipt::Receipt;
use crate::render::{self, Object, array};
use crate::stamp::Stamp;
use crate::version_id::VersionId;

/// How an answer is wrapped.
#[derive(Clone, Copy)]
pub(super) enum Reply<'a> {
    /// `{"ok": …}` or `{"error": …}`, with commas between.
    Item,
    /// A JSON-RPC response to the request of this id, and a line feed.
    Line(&'a RawValue),
    /// Nobody wants to know.
    Nothing,
}

/// One of many calls.
#[derive(Deserialize)]
struct Call<'a> {
    op: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    params: &'a RawValue,
}

/// What `many` takes as a request of JSON-RPC.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ManyParams<'a> {
    #[serde(borrow)]
    calls: &'a RawValue,
}

/// A call whose batches wait to be written, and what its answer needs beside their receipts.
enum Waiting {
    Refused(Error),
    Put { address: Vec<u8>, meta: Vec<u8> },
    Batch,
    Puts(Vec<Result<Vec<u8>>>),
}

/// The calls that are written together next, and the answers to those before.
pub(super) struct Many<'d> {
    door: &'d Door,
    waiting: Vec<(Reply<'d>, Waiting)>,
    batches: Vec<Batch>,
    out: Vec<u8>,
}

/// Carries out many calls.
pub(super) fn call_many(door: &Door, calls: &str) -> Vec<u8> {
    let mut many = Many::new(door);
    match read::<Vec<Named<Call<'_>>>>(calls) {
        Ok(calls) => calls.iter().for_each(|call| many.take(Reply::Item, &call.op, call.params.get())),
        Err(error) => many.refuse(Reply::Item, error),
    }
    let answers = many.end();
    [b"[", answers.as_slice(), b"]"].concat()
}

impl<'d> Many<'d> {
    pub(super) fn new(door: &'d Door) -> Self {
        Self { door, waiting: Vec::new(), batches: Vec::new(), out: Vec::new() }
    }

    /// Takes the next call; it is carried out now or with those that follow.
    pub(super) fn take(&mut self, reply: Reply<'d>, operation: &str, params: &str) {
        let waiting = match operation {
            "put" => self.put(params),
            "puts" => self.puts(params),
            "batch" => self.batch(params),
            "many" => {
                self.write();
                let result = parse(params).map(|ManyParams { calls }| call_many(self.door, calls.get()));
                return self.answer(reply, result.as_deref());
            }
            other => {
                self.write();
                let result = self.door.call(other, params);
                return self.answer(reply, result.as_ref().map(String::as_bytes));
            }
        };
        self.waiting.push((reply, waiting.unwrap_or_else(Waiting::Refused)));
    }

    /// Answers a call that cannot be taken, in its turn.
    pub(super) fn refuse(&mut self, reply: Reply<'d>, error: Error) {
        self.waiting.push((reply, Waiting::Refused(error)));
    }

    /// Carries out what waits, and gives the answers to all calls in their order.
    pub(super) fn end(mut self) -> Vec<u8> {
        self.write();
        self.out
    }

    fn put(&mut self, params: &str) -> Result<Waiting> {
        let p: PutParams<'_> = parse(params)?;
        let mut one = Batch::within(self.door.realm());
        one.annotate(p.actor.as_deref(), p.reason.as_deref())?;
        one.idempotency_key(p.idempotency_key.as_deref())?;
        expect(&mut one, &p.namespace, &p.key, p.if_version)?;
        one.put_json(&p.namespace, &p.key, p.value.get().as_bytes())?;
        let waiting = Waiting::Put { address: one.key.clone(), meta: one.meta.clone() };
        self.batches.push(one);
        Ok(waiting)
    }

    fn puts(&mut self, params: &str) -> Result<Waiting> {
        let columns: BatchColumns<'_> = parse(params)?;
        let mut builder = Batch::within(self.door.realm());
        let mut addresses = Vec::new();
        for row in columns.rows()? {
            addresses.push(row.add_to(&mut builder).map(|()| {
                self.batches.push(builder.split());
                builder.key.clone()
            }));
        }
        Ok(Waiting::Puts(addresses))
    }

    fn batch(&mut self, params: &str) -> Result<Waiting> {
        self.batches.push(self.door.batch_of(&parse(params)?)?);
        Ok(Waiting::Batch)
    }

    /// Writes what waits, and answers it.
    fn write(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        let door = self.door;
        let mut receipts = door.db.write_all(std::mem::take(&mut self.batches)).into_iter();
        let mut receipt = || {
            let receipt = receipts.next().unwrap_or_else(|| Err(unanswered()));
            receipt.map_err(|error| door.discreet(error, None))
        };
        for (reply, waiting) in std::mem::take(&mut self.waiting) {
            let mut result = Vec::new();
            let answer = match waiting {
                Waiting::Refused(error) => Err(error),
                Waiting::Put { address, meta } => receipt()
                    .and_then(|receipt| receipt.record(&address, meta, false))
                    .map(|version| render::version(&version, &mut result)),
                Waiting::Batch => receipt().map(|receipt| results::receipt(&receipt, &mut result)),
                Waiting::Puts(addresses) => {
                    let written = addresses
                        .into_iter()
                        .map(|added| added.and_then(|address| Written::new(&receipt()?, &address)));
                    put_columns(written, &mut result);
                    Ok(())
                }
            };
            self.answer(reply, answer.as_ref().map(|()| result.as_slice()));
        }
    }

    fn answer(&mut self, reply: Reply<'_>, answer: core::result::Result<&[u8], &Error>) {
        match reply {
            Reply::Item => {
                if !self.out.is_empty() {
                    self.out.push(b',');
                }
                let mut object = Object::new(&mut self.out);
                match answer {
                    Ok(result) => object.raw("ok", result),
                    Err(error) => object.raw("error", error.to_json().as_bytes()),
                };
                object.end();
            }
            Reply::Line(id) => rpc::response(id.get(), answer, &mut self.out),
            Reply::Nothing => {}
        }
    }
}

/// What the answer tells of one put.
struct Written {
    id: VersionId,
    seq: u64,
    stamp: Stamp,
    previous: Option<VersionId>,
}

impl Written {
    fn new(receipt: &Receipt, address: &[u8]) -> Result<Self> {
        let (Some(id), Some(seq), Some(stamp)) = (receipt.first(), receipt.first_seq(), receipt.timestamp()) else {
            return Err(unanswered());
        };
        Ok(Self { id, seq, stamp, previous: receipt.superseded(address)? })
    }
}

/// Writes the result of `puts`.
fn put_columns(written: impl Iterator<Item = Result<Written>>, out: &mut Vec<u8>) {
    let mut rows = Vec::new();
    let mut errors = Vec::new();
    for (place, one) in written.enumerate() {
        rows.push(one.map_err(|error| errors.push((place, error))).ok());
    }
    let mut object = Object::new(out);
    let mut column = |name: &str, cell: fn(&Written, &mut Vec<u8>)| {
        array(object.name(name), &rows, |row, out| match row {
            Some(row) => cell(row, out),
            None => out.extend_from_slice(b"null"),
        });
    };
    column("versions", |row, out| quoted(out, |out| out.extend_from_slice(&row.id.text())));
    column("seqs", |row, out| render::number(row.seq, out));
    column("timestamps", |row, out| quoted(out, |out| row.stamp.write_to(out)));
    column("previous", |row, out| match row.previous {
        Some(id) => quoted(out, |out| out.extend_from_slice(&id.text())),
        None => out.extend_from_slice(b"null"),
    });
    array(object.name("errors"), &errors, |(place, error), out| {
        out.push(b'[');
        render::number(*place as u64, out);
        out.push(b',');
        render::error(error, out);
        out.push(b']');
    });
    object.end();
}

/// A text that needs no escapes.
fn quoted(out: &mut Vec<u8>, text: impl FnOnce(&mut Vec<u8>)) {
    out.push(b'"');
    text(out);
    out.push(b'"');
}

fn unanswered() -> Error {
    Error::new(Code::Closed, "The write got no answer.")
}
