//! Reading everything there is, to find what is damaged before somebody needs it.

use crate::code::Code;
use crate::entry::{Content, Entry, ValueRef};
use crate::error::{Error, Result};
use crate::files::file_name;
use crate::log;
use crate::manifest::{Manifest, ValuesRecord};
use crate::preamble::Kind;
use crate::seen::Seen;
use crate::segment::Segment;
use crate::stamp::Stamp;
use crate::store::lock;
use crate::values::Values;
use crate::view::View;

/// What a verification found.
#[derive(Debug, Clone)]
pub struct Verification {
    /// How many versions were read and found right.
    pub versions: u64,
    /// Every file of the database.
    pub files: Vec<VerifiedFile>,
    /// What is wrong across files: a version that is missing, or there twice.
    pub failures: Vec<Error>,
    /// How much of the history that is.
    pub reach: Reach,
}

/// How much of the history can be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    /// The newest seq that is known of, readable or not.
    pub newest: u64,
    /// Every version up to this seq can be read; 0 when the first cannot.
    pub complete_through: u64,
    /// The first and the last seq of the stretches that cannot be read; no more than the first hundred.
    pub missing: Vec<(u64, u64)>,
    /// When the oldest version that can be read was written, and the newest.
    pub times: Option<(Stamp, Stamp)>,
}

/// One file of a verification.
#[derive(Debug, Clone)]
pub struct VerifiedFile {
    /// Its name.
    pub name: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// What is wrong with it.
    pub failure: Option<Error>,
}

impl Verification {
    /// Whether nothing is wrong.
    pub fn is_ok(&self) -> bool {
        self.failures.is_empty() && self.files.iter().all(|file| file.failure.is_none())
    }
}

/// What has been found so far.
#[derive(Default)]
pub(crate) struct Findings {
    pub(crate) files: Vec<VerifiedFile>,
    pub(crate) failures: Vec<Error>,
    seen: Seen,
    newest: u64,
    stamps: Option<(u64, u64)>,
    /// Versions that are right if their documents are.
    apart: Vec<(ValueRef, u64, u64)>,
}

/// The versions that were read from one segment.
#[derive(Default)]
struct Readable {
    inline: Vec<(u64, u64)>,
    apart: Vec<(ValueRef, u64, u64)>,
}

impl Readable {
    fn keep(&mut self, entry: &Entry<'_>) {
        match entry.content {
            Content::Inline(_) => self.inline.push((entry.seq, entry.stamp)),
            Content::Apart(place) => self.apart.push((place, entry.seq, entry.stamp)),
        }
    }
}

impl Findings {
    /// Counts a version that can be read.
    pub(crate) fn add(&mut self, seq: u64, stamp: u64) {
        self.seen.add(seq);
        self.newest = self.newest.max(seq);
        let (first, last) = self.stamps.unwrap_or((stamp, stamp));
        self.stamps = Some((first.min(stamp), last.max(stamp)));
    }

    /// Knows of versions up to a seq.
    pub(crate) fn expect(&mut self, newest: u64) {
        self.newest = self.newest.max(newest);
    }

    pub(crate) fn file(&mut self, kind: Kind, number: u64, bytes: u64, failure: Option<Error>) {
        self.files.push(VerifiedFile { name: file_name(kind, number), bytes, failure });
    }

    /// Checks a segment; of a damaged one, the versions count that can be read all the same.
    pub(crate) fn segment(&mut self, segment: &Segment) {
        let mut found = Readable::default();
        let failure = segment
            .verify(&mut |entry| {
                found.keep(entry);
                Ok(())
            })
            .err();
        if failure.is_some() {
            found = Readable::default();
            segment.salvage(&mut |entry| found.keep(entry));
        }
        for (seq, stamp) in found.inline {
            self.add(seq, stamp);
        }
        self.apart.extend(found.apart);
        self.file(Kind::Segment, segment.extent().number, segment.extent().length, failure);
    }

    /// Checks the documents that the segments keep in values files.
    pub(crate) fn values(&mut self, values: &Values, records: &[ValuesRecord]) {
        let mut apart = std::mem::take(&mut self.apart);
        apart.sort_unstable_by_key(|(place, ..)| (place.file, place.offset));
        for record in records {
            let start = apart.partition_point(|(place, ..)| place.file < record.number);
            let end = apart.partition_point(|(place, ..)| place.file <= record.number);
            let mut failure = None;
            for (place, seq, stamp) in &apart[start..end] {
                match values.verify(place) {
                    Ok(()) => self.add(*seq, *stamp),
                    Err(error) => failure = failure.or(Some(error)),
                }
            }
            self.file(Kind::Values, record.number, record.length, failure);
        }
    }

    pub(crate) fn finish(mut self) -> Verification {
        let missing = self.seen.missing(self.newest);
        let lost = self.newest.saturating_sub(self.seen.count());
        // Where a file is damaged, that is why versions are missing.
        if self.failures.is_empty() && self.files.iter().all(|file| file.failure.is_none()) {
            let error = |what: String| {
                Error::new(Code::Corrupt, what)
                    .hint("Bring back a copy of the folder, or import an export made earlier", None)
            };
            if let Some((first, _)) = missing.first() {
                self.failures.push(error(format!("{lost} versions are missing; the first has seq {first}.")));
            }
            if let Some(seq) = self.seen.twice() {
                self.failures.push(error(format!("The version with seq {seq} is there twice.")));
            }
        }
        let reach = Reach {
            newest: self.newest,
            complete_through: missing.first().map_or(self.newest, |(first, _)| first - 1),
            missing,
            times: self.stamps.map(|(first, last)| (Stamp::from_micros(first), Stamp::from_micros(last))),
        };
        Verification { versions: self.seen.count(), files: self.files, failures: self.failures, reach }
    }
}

impl View {
    /// Reads every byte of every file, checks all checksums and orders, and that every version is there exactly once.
    pub fn verify(&self) -> Result<Verification> {
        self.store.check_open()?;
        let mut findings = Findings::default();
        findings.expect(self.state.seq);
        let manifest = self.verify_manifest(&mut findings);
        for segment in self.state.levels.segments() {
            findings.segment(segment);
        }
        findings.values(&self.store.values, &manifest.values);
        {
            // No write goes on meanwhile, so that the log being written is seen whole.
            let _writer = lock(&self.store.writer);
            let logs = lock(&self.store.ledger).manifest.logs.clone();
            for record in logs {
                let result = log::replay(&self.store.files, record.number, record.end.as_ref(), &mut |_| Ok(()));
                let flushed = || !lock(&self.store.ledger).manifest.logs.iter().any(|log| log.number == record.number);
                if result.is_err() && flushed() {
                    continue;
                }
                let bytes = result.as_ref().map_or(0, |replayed| replayed.end.offset);
                findings.file(Kind::Log, record.number, bytes, result.err());
            }
        }
        for run in self.state.runs() {
            run.visit_seqs(&(0..=u64::MAX), &mut |entry| {
                findings.add(entry.seq, entry.stamp);
                Ok(())
            })?;
        }
        Ok(findings.finish())
    }

    /// Checks both slots, and answers what they hold.
    fn verify_manifest(&self, findings: &mut Findings) -> Manifest {
        let store = &self.store;
        {
            // Nobody closes the database meanwhile: after that the slots are the next owner's.
            let _writer = lock(&store.writer);
            if store.check_writable().is_ok() {
                // A change that could not be stored when it was made. If it still cannot be, the slots show it.
                let _ = store.ensure_stored();
            }
        }
        let ledger = lock(&store.ledger);
        // Slots that differ are right while a change waits to be stored, and beside a writer that goes on.
        let settled = ledger.stored && !store.options.read_only;
        let expected = settled.then_some(ledger.manifest.generation);
        for slot in 0..2 {
            let name = file_name(Kind::Manifest, slot);
            let opened = store.files.vfs.open(&name, false).map_err(|e| Error::io(e, "open", &name));
            let bytes = opened.as_ref().ok().and_then(|file| file.len().ok()).unwrap_or(0);
            let failure = Manifest::verify_slot(&store.files, slot, expected).err();
            findings.file(Kind::Manifest, slot, bytes, failure);
        }
        ledger.manifest.clone()
    }
}
