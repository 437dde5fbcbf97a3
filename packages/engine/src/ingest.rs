//! Versions that become part of the database all at once, past the log.

use std::sync::Arc;

use crate::code::Code;
use crate::error::{Error, Result};
use crate::memtable::Memtable;
use crate::merged::{Cursor, Merged};
use crate::op::Op;
use crate::run::{Run, RunCommit, RunCursor};
use crate::state::State;
use crate::store::{Store, lock};
use crate::tier_writer::Output;

/// Bytes that are sorted into one run.
const RUN_BYTES: usize = 4 << 20;
/// How often what others write meanwhile is flushed as well before an import gives up.
const FLUSHES: usize = 4;

/// Segments in the making that no manifest names.
pub(crate) struct Ingest {
    store: Arc<Store>,
    /// The newest seq of the database when it began, which must still be so when it ends.
    base: u64,
    seq: u64,
    stamp: u64,
    data: Vec<u8>,
    commits: Vec<RunCommit>,
    /// How many versions the last commit has in runs that were made already.
    earlier: usize,
    memtable: Memtable,
    output: Output,
    finished: bool,
}

impl Ingest {
    pub(crate) fn begin(store: &Arc<Store>) -> Result<Self> {
        store.check_writable()?;
        let state = Self::settled(store)?;
        Ok(Self {
            store: store.clone(),
            base: state.seq,
            seq: state.seq,
            stamp: state.stamp,
            data: Vec::new(),
            commits: Vec::new(),
            earlier: 0,
            memtable: Memtable::default(),
            output: Output::default(),
            finished: false,
        })
    }

    /// The state with nothing in memory. A read looks into memtables first and takes what it finds there for the newest; so
    /// they must be empty when newer versions arrive below them. A write may come between the flush and the look.
    fn settled(store: &Store) -> Result<Arc<State>> {
        for _ in 0..FLUSHES {
            store.flush()?;
            let state = store.state();
            if state.holds_nothing_in_memory() {
                return Ok(state);
            }
        }
        Err(refused("Others keep writing to the database."))
    }

    /// How many versions were added.
    pub(crate) fn versions(&self) -> u64 {
        self.seq - self.base
    }

    /// The newest stamp.
    pub(crate) fn last_stamp(&self) -> u64 {
        self.stamp
    }

    /// How many versions the present commit has so far.
    pub(crate) fn commit_len(&self) -> usize {
        self.earlier + self.commits.last().map_or(0, |commit| commit.offsets.len())
    }

    /// The versions that follow are one commit.
    pub(crate) fn begin_commit(&mut self, stamp: u64) -> Result<()> {
        debug_assert!(stamp > self.stamp || self.base == 0);
        if self.data.len() >= RUN_BYTES {
            self.end_run()?;
        }
        self.earlier = 0;
        self.stamp = stamp;
        self.commits.push(RunCommit { first_seq: self.seq + 1, stamp, first_index: 0, offsets: Vec::new() });
        Ok(())
    }

    pub(crate) fn add(&mut self, op: &Op<'_>) -> Result<()> {
        if self.data.len() >= RUN_BYTES {
            // A commit may be as large as it likes: it goes on in another run, and perhaps in another generation. Its
            // versions know their places in it, and one manifest makes all of them part of the database.
            let begun = self.commit_len();
            self.end_run()?;
            self.earlier = begun;
            let commit = RunCommit {
                first_seq: self.seq + 1,
                stamp: self.stamp,
                first_index: begun as u32,
                offsets: Vec::new(),
            };
            self.commits.push(commit);
        }
        let Some(commit) = self.commits.last_mut() else {
            return Err(Error::new(Code::ImportRefused, "A version came before its commit."));
        };
        commit.offsets.push(self.data.len() as u32);
        op.encode(&mut self.data);
        self.seq += 1;
        Ok(())
    }

    /// Makes all versions part of the database; returns the newest stamp.
    pub(crate) fn finish(mut self) -> Result<u64> {
        self.end_run()?;
        self.spill()?;
        if self.seq == self.base {
            return Ok(self.stamp);
        }
        let _writer = lock(&self.store.writer);
        self.store.check_writable()?;
        let state = self.store.state();
        if state.seq != self.base || !state.holds_nothing_in_memory() {
            return Err(refused("Something else was written to the database during the import."));
        }
        let output = std::mem::take(&mut self.output);
        self.store.adopt(&output, self.seq, self.stamp)?;
        self.finished = true;
        Ok(self.stamp)
    }

    fn end_run(&mut self) -> Result<()> {
        if !self.data.is_empty() {
            self.commits.retain(|commit| !commit.offsets.is_empty());
            let run = Run::new(std::mem::take(&mut self.data), std::mem::take(&mut self.commits));
            self.memtable = self.memtable.with(run);
        }
        if self.memtable.bytes >= self.store.sizes.memtable_bytes {
            self.spill()?;
        }
        Ok(())
    }

    fn spill(&mut self) -> Result<()> {
        let memtable = std::mem::take(&mut self.memtable);
        if memtable.is_empty() {
            return Ok(());
        }
        // A close waits for it: after one, the names of files are the next owner's to give.
        let _alone = lock(&self.store.working);
        self.store.check_open()?;
        let cursors = memtable.runs.iter().map(|run| Cursor::Run(RunCursor::new(run.clone()))).collect();
        let output = self.store.write_tiers(Merged::new(cursors), &|| Ok(()))?;
        self.output.segments.extend(output.segments);
        self.output.values.extend(output.values);
        Ok(())
    }
}

fn refused(why: &str) -> Error {
    Error::new(Code::ImportRefused, format!("{why} Nothing was imported."))
        .hint("Import again while nobody writes", None)
}

impl Drop for Ingest {
    fn drop(&mut self) {
        if !self.finished {
            self.store.discard(&self.output);
        }
    }
}
