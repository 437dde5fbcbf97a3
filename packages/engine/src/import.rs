//! A history from text: all of it or nothing.
//!
//! Takes what `export.rs` writes, and histories made by hand: lines with a key, a value and a timestamp in the order of
//! time, without a first and a last line. Neighbouring lines with one stamp are one commit.
//!
//! The versions keep their stamps, and those that have an id keep it. That needs a database that is empty or ends
//! before the first of them; stamped anew, they go after whatever is there and remember what they were called.
//!
//! What is read goes to segments that no manifest names yet. Once the last line was read and found right, one manifest
//! makes all of them part of the database. A crash before leaves files that the next open removes.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::address::write_address;
use crate::annotation::{Annotation, MAX_ANNOTATION_BYTES};
use crate::code::Code;
use crate::database::KoruDelta;
use crate::document::{present, refusal};
use crate::error::{Error, Fact, Result};
use crate::export::hex;
use crate::ingest::Ingest;
use crate::json::Minifier;
use crate::loader::{MAX_LINE_BYTES, check_object, not_a_line, too_long};
use crate::op::Op;
use crate::stamp::Stamp;
use crate::version_id::{MAX_COMMIT_VERSIONS, VersionId};

/// A history that claims to come from later than this after now is refused: every later write would follow it.
const MAX_AHEAD_US: u64 = 24 * 3_600 * 1_000_000;

/// How an import is done.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// Gives new stamps and ids, and keeps the old ones with the versions.
    pub restamp: bool,
}

/// What an import wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportReport {
    /// Versions, deletes included.
    pub versions: u64,
    /// Commits.
    pub commits: u64,
    /// The stamp of the first version.
    pub first_timestamp: Option<Stamp>,
    /// The stamp of the last version.
    pub last_timestamp: Option<Stamp>,
}

/// Reads a history, however it is cut into pieces.
pub struct Importer {
    db: KoruDelta,
    restamp: bool,
    ingest: Ingest,
    minifier: Minifier,
    digest: Sha256,
    partial: Vec<u8>,
    line: u64,
    /// Whether there was a first line, so that a last one must come.
    framed: bool,
    ended: bool,
    /// The stamp in the text of the commit that is being read.
    text_stamp: Option<u64>,
    commits: u64,
    key: Vec<u8>,
    document: Vec<u8>,
    first: Option<u64>,
    failure: Option<Error>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    #[serde(borrow)]
    namespace: Option<Cow<'a, str>>,
    #[serde(borrow)]
    key: Option<Cow<'a, str>>,
    #[serde(borrow)]
    version: Option<Cow<'a, str>>,
    #[serde(default)]
    seq: Option<u64>,
    #[serde(borrow)]
    timestamp: Option<Cow<'a, str>>,
    #[serde(default, borrow, deserialize_with = "present")]
    value: Option<&'a RawValue>,
    #[serde(default)]
    deleted: bool,
    #[serde(default, borrow)]
    previous: Option<Cow<'a, str>>,
    #[serde(borrow)]
    actor: Option<Cow<'a, str>>,
    #[serde(borrow)]
    reason: Option<Cow<'a, str>>,
    #[serde(borrow)]
    origin: Option<OriginLine<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OriginLine<'a> {
    #[serde(borrow)]
    timestamp: Cow<'a, str>,
    #[serde(borrow)]
    version: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct Frame<'a> {
    #[serde(borrow)]
    korudelta: Cow<'a, str>,
    format: Option<u64>,
    versions: Option<u64>,
    #[serde(borrow)]
    sha256: Option<Cow<'a, str>>,
}

impl Importer {
    /// An import into an open database. Nothing else may be written to it until the import is finished.
    pub fn new(db: &KoruDelta, options: &ImportOptions) -> Result<Self> {
        Ok(Self {
            ingest: Ingest::begin(&db.store)?,
            db: db.clone(),
            restamp: options.restamp,
            minifier: Minifier::new(),
            digest: Sha256::new(),
            partial: Vec::new(),
            line: 0,
            framed: false,
            ended: false,
            text_stamp: None,
            commits: 0,
            key: Vec::new(),
            document: Vec::new(),
            first: None,
            failure: None,
        })
    }

    /// Takes a piece of the text. After an error the import is over, and nothing was written.
    pub fn feed(&mut self, chunk: &[u8]) -> Result<()> {
        self.check_going()?;
        self.take(chunk).inspect_err(|error| self.failure = Some(error.clone()))
    }

    /// What was left out by a failure must not be missing from what is written, so a failure is final.
    fn check_going(&self) -> Result<()> {
        self.failure.as_ref().map_or(Ok(()), |failure| Err(failure.clone()))
    }

    fn take(&mut self, mut chunk: &[u8]) -> Result<()> {
        while let Some(end) = memchr::memchr(b'\n', chunk) {
            let (line, rest) = chunk.split_at(end + 1);
            if self.partial.is_empty() {
                self.take_line(line)?;
            } else {
                self.partial.extend_from_slice(line);
                let line = std::mem::take(&mut self.partial);
                self.take_line(&line)?;
            }
            chunk = rest;
        }
        if self.partial.len() + chunk.len() > MAX_LINE_BYTES {
            return Err(self.refuse(&too_long()));
        }
        self.partial.extend_from_slice(chunk);
        Ok(())
    }

    /// How many versions were read so far.
    pub fn versions(&self) -> u64 {
        self.ingest.versions()
    }

    /// Makes everything that was read part of the database, in one act.
    pub fn finish(mut self) -> Result<ImportReport> {
        self.check_going()?;
        if !self.partial.is_empty() {
            let line = std::mem::take(&mut self.partial);
            let cut = self.framed && !self.ended;
            // A last line that cannot be taken is the first half of a whole one more likely than a mistake of its own.
            self.take_line(&line).map_err(|error| if cut { self.cut_short() } else { error })?;
        }
        if self.framed && !self.ended {
            return Err(self.cut_short());
        }
        let (versions, commits, first) = (self.ingest.versions(), self.commits, self.first);
        let last = self.ingest.finish()?;
        Ok(ImportReport {
            versions,
            commits,
            first_timestamp: first.map(Stamp::from_micros),
            last_timestamp: first.map(|_| Stamp::from_micros(last)),
        })
    }

    fn cut_short(&self) -> Error {
        Error::new(
            Code::ExportDamaged,
            format!(
                "The export ends after line {} without its last line: it was cut short. Nothing was written.",
                self.line
            ),
        )
        .fact("line", Fact::Number(self.line))
        .hint("Make the export again, or take another copy of it", None)
    }

    fn take_line(&mut self, whole: &[u8]) -> Result<()> {
        self.line += 1;
        if whole.len() > MAX_LINE_BYTES + 1 {
            return Err(self.refuse(&too_long()));
        }
        let line = whole.trim_ascii_end();
        let line = if self.line == 1 { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) } else { line };
        if line.starts_with(b"{\"korudelta\"") {
            self.take_frame(line)?;
            self.digest.update(whole);
            return Ok(());
        }
        self.digest.update(whole);
        if line.is_empty() {
            return Ok(());
        }
        if self.ended {
            return Err(self.refuse(&Error::new(Code::ExportDamaged, "it comes after the last line of an export")));
        }
        self.add(line).map_err(|error| self.refuse(&error))
    }

    fn take_frame(&mut self, line: &[u8]) -> Result<()> {
        let frame: Frame<'_> = serde_json::from_slice(line).map_err(|e| self.refuse(&not_a_line(&e)))?;
        if frame.korudelta == "export" && self.line == 1 {
            if frame.format != Some(1) {
                let error = Error::new(
                    Code::NewerFormat,
                    format!("The export is in format {}; this version reads format 1.", frame.format.unwrap_or(0)),
                );
                return Err(error.hint("Update KoruDelta, then import it again", None));
            }
            self.framed = true;
            return Ok(());
        }
        if frame.korudelta != "end" || !self.framed || self.ended {
            return Err(self.refuse(&Error::new(Code::ExportDamaged, "a frame of an export stands where none belongs")));
        }
        let digest = hex(&self.digest.clone().finalize());
        if frame.sha256.as_deref() != Some(&digest) || frame.versions != Some(self.ingest.versions()) {
            return Err(Error::new(
                Code::ExportDamaged,
                format!(
                    "The export does not match its last line ({} versions were read, {} were written): it was altered. Nothing was written.",
                    self.ingest.versions(),
                    frame.versions.unwrap_or(0)
                ),
            )
            .hint("Make the export again, or take another copy of it", None));
        }
        self.ended = true;
        Ok(())
    }

    fn add(&mut self, line: &[u8]) -> Result<()> {
        check_object(line)?;
        let parsed: Line<'_> = serde_json::from_slice(line).map_err(|e| not_a_line(&e))?;
        let missing = |what: &str| Error::new(Code::InvalidParams, format!("it has no {what}"));
        let key = parsed.key.as_deref().ok_or_else(|| missing("key"))?;
        let (namespace, key) = match parsed.namespace.as_deref() {
            Some(namespace) => (namespace, key),
            None => key.split_once('/').ok_or_else(|| missing("namespace: write NAMESPACE/KEY"))?,
        };
        self.key.clear();
        write_address(namespace, key, &mut self.key)?;
        let id: Option<VersionId> = parse_id(parsed.version.as_deref())?;
        parse_id(parsed.previous.as_deref())?;
        let text_stamp = match (id, parsed.timestamp.as_deref()) {
            (Some(id), None) => id.stamp_us(),
            (None, None) => return Err(missing("timestamp")),
            (id, Some(text)) => {
                let stamp = parse_stamp(text)?;
                if id.is_some_and(|id| id.stamp_us() != stamp) {
                    return Err(Error::new(Code::ImportRefused, "its timestamp is not the one in its version id"));
                }
                stamp
            }
        };
        let continues = self.text_stamp == Some(text_stamp);
        if continues && self.ingest.commit_len() >= MAX_COMMIT_VERSIONS {
            return Err(Error::new(
                Code::ImportRefused,
                format!("more than {MAX_COMMIT_VERSIONS} lines have one timestamp"),
            ));
        }
        if !continues {
            let stamp = self.next_stamp(text_stamp)?;
            self.ingest.begin_commit(stamp)?;
            self.text_stamp = Some(text_stamp);
            self.commits += 1;
            self.first.get_or_insert(stamp);
        }
        self.check_place(id, parsed.seq)?;
        let annotation = self.annotate(&parsed, id, text_stamp)?;
        self.document.clear();
        let content = match (parsed.value, parsed.deleted) {
            (Some(value), false) => {
                let text = value.get().as_bytes();
                self.minifier.minify(text, &mut self.document).map_err(|e| refusal(&e, text))?;
                Some(&self.document[..])
            }
            (None, true) => None,
            (Some(_), true) => return Err(Error::new(Code::InvalidParams, "it has a value and is a delete")),
            (None, false) => return Err(missing("value; a delete says \"deleted\":true")),
        };
        self.ingest.add(&Op { key: &self.key, meta: &annotation, content })
    }

    /// The stamp of a commit that begins with a new timestamp in the text.
    fn next_stamp(&self, text_stamp: u64) -> Result<u64> {
        let (now, last) = (self.db.store.clock.now_us(), self.ingest.last_stamp());
        if self.restamp {
            return Ok(now.max(last + 1));
        }
        if text_stamp <= last {
            let (is, after) = (Stamp::from_micros(text_stamp), Stamp::from_micros(last));
            let what =
                if self.ingest.versions() == 0 { "the database already goes to" } else { "the line before it is from" };
            return Err(Error::new(
                Code::ImportRefused,
                format!("it is from {is}, and {what} {after}; history is written in the order of time"),
            )
            .hint(
                "To give new timestamps and keep the old ones with the versions",
                Some("kdelta import FILE --restamp".into()),
            ));
        }
        if text_stamp > now.saturating_add(MAX_AHEAD_US) {
            return Err(Error::new(
                Code::ImportRefused,
                format!("it is from {}, which is in the future", Stamp::from_micros(text_stamp)),
            )
            .hint(
                "To give new timestamps and keep the old ones with the versions",
                Some("kdelta import FILE --restamp".into()),
            ));
        }
        Ok(text_stamp)
    }

    /// An id says the place in the commit; versions that keep their id must stand at that place.
    fn check_place(&self, id: Option<VersionId>, seq: Option<u64>) -> Result<()> {
        if seq == Some(0) {
            return Err(Error::new(Code::ImportRefused, "its seq is 0; seqs begin with 1"));
        }
        match id {
            Some(id) if !self.restamp && id.index() as usize != self.ingest.commit_len() => Err(Error::new(
                Code::ImportRefused,
                format!(
                    "it is version {} of its commit, and {} was to come: lines are missing",
                    id.index(),
                    self.ingest.commit_len()
                ),
            )),
            _ => Ok(()),
        }
    }

    fn annotate(&self, line: &Line<'_>, id: Option<VersionId>, text_stamp: u64) -> Result<Vec<u8>> {
        for text in [&line.actor, &line.reason].into_iter().flatten() {
            if text.len() > MAX_ANNOTATION_BYTES {
                return Err(Error::new(
                    Code::InvalidParams,
                    format!("its actor or reason is longer than {MAX_ANNOTATION_BYTES} bytes"),
                ));
            }
        }
        let mut annotation =
            Annotation { actor: line.actor.as_deref(), reason: line.reason.as_deref(), ..Annotation::default() };
        if self.restamp {
            annotation.origin_stamp = Some(text_stamp);
            annotation.origin_id = id;
        } else {
            annotation.replica = id.map(VersionId::replica).filter(|replica| *replica != self.db.store.replica);
            if let Some(origin) = &line.origin {
                let stamp = parse_stamp(&origin.timestamp)?;
                annotation.origin_stamp = Some(stamp);
                annotation.origin_id = parse_id(origin.version.as_deref())?.filter(|id| id.stamp_us() == stamp);
            }
        }
        Ok(annotation.encode())
    }

    fn refuse(&self, reason: &Error) -> Error {
        let code = match reason.code() {
            Code::ImportRefused
            | Code::ExportDamaged
            | Code::DiskFull
            | Code::IoError
            | Code::Poisoned
            | Code::Closed => reason.code(),
            _ => Code::InvalidLine,
        };
        let detail = reason.detail().trim_end_matches('.');
        let mut error =
            Error::new(code, format!("Line {} cannot be imported: {detail}. Nothing was written.", self.line))
                .fact("line", Fact::Number(self.line));
        for hint in reason.hints() {
            error = error.hint(hint.text.clone(), hint.command.clone());
        }
        if reason.hints().is_empty() {
            error = error.hint("Mend the line, or make the export again; then import all of it", None);
        }
        error
    }
}

fn parse_id(text: Option<&str>) -> Result<Option<VersionId>> {
    text.map(str::parse).transpose().map_err(|e| {
        Error::new(Code::InvalidParams, format!("'{:.40}' is not a version: {e}", text.unwrap_or_default()))
    })
}

fn parse_stamp(text: &str) -> Result<u64> {
    Stamp::parse_exact(text)
        .map(Stamp::micros)
        .map_err(|e| Error::new(Code::InvalidMoment, format!("its timestamp '{text:.40}' cannot be read: {e}")))
}

impl std::fmt::Debug for Importer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Importer").field("line", &self.line).finish_non_exhaustive()
    }
}
