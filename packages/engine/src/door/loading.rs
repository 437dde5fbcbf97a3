//! Long work that goes through the door piece by piece.

use super::Door;
use super::params::BatchParams;
use crate::batch::Batch;
use crate::code::Code;
use crate::database::KoruDelta;
use crate::error::{Error, Result};
use crate::export::Exporter;
use crate::import::{ImportOptions, Importer};
use crate::loader::Loader;
use crate::render::{self, Object, array};

/// A batch on its way: add to it, then commit it.
#[derive(Debug)]
pub struct DoorBatch {
    door: Door,
    batch: Batch,
    failure: Option<Error>,
}

impl DoorBatch {
    pub(super) fn new(door: Door, options: &BatchParams<'_>) -> Result<Self> {
        let mut batch = Batch::within(door.realm());
        super::add(&mut batch, options)?;
        Ok(Self { door, batch, failure: None })
    }

    /// Takes the next writes, as the params of the operation `batch`. After an error nothing of it all will be written.
    pub fn add(&mut self, params: &str) -> Result<()> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        let added = super::parse(params).and_then(|params| super::add(&mut self.batch, &params));
        added.inspect_err(|error| self.failure = Some(error.clone()))
    }

    /// Writes everything; answers the receipt.
    pub fn commit(self) -> Result<String> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        let mut out = Vec::new();
        let receipt = self.door.db.write(self.batch).map_err(|error| self.door.discreet(error, None))?;
        super::results::receipt(&receipt, &mut out);
        super::text(out)
    }
}

/// A loader of lines: feed it, then commit it.
#[derive(Debug)]
pub struct DoorLoader {
    loader: Loader,
    bytes: u64,
}

impl DoorLoader {
    pub(super) fn new(loader: Loader) -> Self {
        Self { loader, bytes: 0 }
    }

    /// Takes a piece; answers `{lines, bytes, rejected, pending}`.
    pub fn feed(&mut self, chunk: &[u8]) -> Result<String> {
        self.loader.feed(chunk)?;
        self.bytes += chunk.len() as u64;
        let mut out = Vec::new();
        let mut object = Object::new(&mut out);
        object
            .number("lines", self.loader.lines())
            .number("bytes", self.bytes)
            .number("rejected", self.loader.rejected())
            .number("pending", self.loader.pending() as u64);
        object.end();
        super::text(out)
    }

    /// Writes what was fed; answers the receipt with the number of rejected lines.
    pub fn commit(&mut self) -> Result<String> {
        let receipt = self.loader.commit()?;
        let mut out = Vec::new();
        super::results::receipt(&receipt, &mut out);
        out.pop();
        out.extend_from_slice(format!(",\"rejected\":{}}}", self.loader.rejected()).as_bytes());
        super::text(out)
    }

    /// The rejected lines since the last call: `[{line, reason, text, error}]`.
    pub fn rejects(&mut self) -> Result<String> {
        let mut out = Vec::new();
        array(&mut out, self.loader.take_rejects(), |reject, out| {
            let mut object = Object::new(out);
            object.number("line", reject.line).text("reason", reject.error.detail()).text("text", &reject.text);
            render::error(&reject.error, object.name("error"));
            object.end();
        });
        super::text(out)
    }
}

/// An export.
#[derive(Debug)]
pub struct DoorExporter {
    exporter: Exporter,
}

impl DoorExporter {
    pub(super) fn new(exporter: Exporter) -> Self {
        Self { exporter }
    }

    /// The next piece of the text; `None` after the last.
    pub fn next_piece(&mut self) -> Result<Option<Vec<u8>>> {
        self.exporter.next_piece()
    }

    /// How many versions were written out, and how many there are.
    pub fn progress(&self) -> (u64, u64) {
        (self.exporter.written(), self.exporter.versions())
    }
}

/// An import: feed it, then finish it.
#[derive(Debug)]
pub struct DoorImporter {
    importer: Option<Importer>,
}

impl DoorImporter {
    pub(super) fn new(db: &KoruDelta, restamp: bool) -> Result<Self> {
        Ok(Self { importer: Some(Importer::new(db, &ImportOptions { restamp })?) })
    }

    /// Takes a piece; answers how many versions were read so far.
    pub fn feed(&mut self, chunk: &[u8]) -> Result<u64> {
        let importer = self.importer.as_mut().ok_or_else(over)?;
        let fed = importer.feed(chunk).map(|()| importer.versions());
        if fed.is_err() {
            self.importer = None;
        }
        fed
    }

    /// Makes what was read part of the database; answers `{versions, commits, firstTimestamp, lastTimestamp}`.
    pub fn finish(&mut self) -> Result<String> {
        let report = self.importer.take().ok_or_else(over)?.finish()?;
        let mut out = Vec::new();
        let mut object = Object::new(&mut out);
        object
            .number("versions", report.versions)
            .number("commits", report.commits)
            .text_or_null("firstTimestamp", report.first_timestamp.map(|t| t.to_string()).as_deref())
            .text_or_null("lastTimestamp", report.last_timestamp.map(|t| t.to_string()).as_deref());
        object.end();
        super::text(out)
    }

    /// Gives up: nothing is written.
    pub fn abort(&mut self) {
        self.importer = None;
    }
}

fn over() -> Error {
    Error::new(Code::Closed, "The import is over.").hint("Begin another one", None)
}
