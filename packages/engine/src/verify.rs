//! Reading everything there is, to find what is damaged before somebody needs it.

use crate::code::Code;
use crate::entry::{Content, Entry};
use crate::error::{Error, Result};
use crate::files::file_name;
use crate::log;
use crate::manifest::Manifest;
use crate::preamble::Kind;
use crate::store::lock;
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

/// One bit for every seq.
struct Seen {
    bits: Vec<u64>,
    count: u64,
    newest: u64,
    twice: Option<u64>,
}

impl Seen {
    fn new(newest: u64) -> Self {
        Self { bits: vec![0; (newest as usize >> 6) + 1], count: 0, newest, twice: None }
    }

    fn add(&mut self, seq: u64) {
        if seq == 0 || seq > self.newest {
            return;
        }
        let (word, bit) = (&mut self.bits[seq as usize >> 6], 1 << (seq & 63));
        if *word & bit != 0 {
            self.twice = Some(seq);
            return;
        }
        *word |= bit;
        self.count += 1;
    }

    fn failures(&self) -> Vec<Error> {
        let error = |what: String| {
            Error::new(Code::Corrupt, what)
                .hint("Bring back a copy of the folder, or import an export made earlier", None)
        };
        let mut failures = Vec::new();
        if self.count < self.newest {
            let missing = (1..=self.newest).find(|seq| self.bits[*seq as usize >> 6] & (1 << (seq & 63)) == 0);
            failures.push(error(format!(
                "{} versions are missing; the first has seq {}.",
                self.newest - self.count,
                missing.unwrap_or(0)
            )));
        }
        if let Some(seq) = self.twice {
            failures.push(error(format!("The version with seq {seq} is there twice.")));
        }
        failures
    }
}

impl View {
    /// Reads every byte of every file, checks all checksums and orders, and that every version is there exactly once.
    pub fn verify(&self) -> Result<Verification> {
        self.store.check_open()?;
        let mut files = Vec::new();
        let mut seen = Seen::new(self.state.seq);
        let manifest = self.verify_manifest(&mut files);
        let mut apart = Vec::new();
        for segment in self.state.levels.segments() {
            let mut visit = |entry: &Entry<'_>| -> Result<()> {
                seen.add(entry.seq);
                if let Content::Apart(place) = entry.content {
                    apart.push(place);
                }
                Ok(())
            };
            let failure = segment.verify(&mut visit).err();
            let name = file_name(Kind::Segment, segment.extent().number);
            files.push(VerifiedFile { name, bytes: segment.extent().length, failure });
        }
        apart.sort_unstable_by_key(|place| (place.file, place.offset));
        for values in &manifest.values {
            let mine = apart.iter().filter(|place| place.file == values.number);
            let failure = mine.map(|place| self.store.values.verify(place)).find_map(Result::err);
            files.push(VerifiedFile { name: file_name(Kind::Values, values.number), bytes: values.length, failure });
        }
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
                files.push(VerifiedFile { name: file_name(Kind::Log, record.number), bytes, failure: result.err() });
            }
        }
        for run in self.state.runs() {
            run.visit_seqs(&(0..=u64::MAX), &mut |entry| {
                seen.add(entry.seq);
                Ok(())
            })?;
        }
        let damaged = files.iter().any(|file| file.failure.is_some());
        let failures = if damaged { Vec::new() } else { seen.failures() };
        Ok(Verification { versions: seen.count, files, failures })
    }

    /// Checks both slots, and answers what they hold.
    fn verify_manifest(&self, files: &mut Vec<VerifiedFile>) -> Manifest {
        let store = &self.store;
        if store.check_writable().is_ok() {
            // A change that could not be stored when it was made. If it still cannot be, the slots show it.
            let _ = store.ensure_stored();
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
            files.push(VerifiedFile { name, bytes, failure });
        }
        ledger.manifest.clone()
    }
}
