//! What a reader sees: an immutable picture of the store.

use std::sync::Arc;

use crate::entry::{Found, Horizon};
use crate::error::Result;
use crate::levels::{Levels, TierCursor};
use crate::memtable::Memtable;
use crate::merged::{Cursor, Merged};
use crate::run::{Run, RunCursor};
use crate::segment::hash_key;

/// How many versions of a run make one step back: about as many as a block of small documents has.
const STEP_IN_RUN: usize = 128;

/// Everything that was committed up to `seq`. Commits, flushes and merges make a new picture; a reader keeps the one
/// it has for as long as it likes.
#[derive(Clone, Default)]
pub(crate) struct State {
    /// Takes the commits.
    pub(crate) active: Memtable,
    /// Full and on their way to disk, oldest first.
    pub(crate) frozen: Vec<Arc<Frozen>>,
    pub(crate) levels: Arc<Levels>,
    /// The newest seq; 0 when nothing was ever written.
    pub(crate) seq: u64,
    /// The newest stamp.
    pub(crate) stamp: u64,
}

/// A memtable that takes no more commits, and the logs that hold the same versions until it is on disk.
pub(crate) struct Frozen {
    pub(crate) memtable: Memtable,
    pub(crate) logs: Vec<u64>,
    pub(crate) seq: u64,
    pub(crate) stamp: u64,
}

impl State {
    /// The horizon of a read of "now".
    pub(crate) fn now(&self) -> Horizon {
        Horizon::at_seq(self.seq)
    }

    /// The horizon of a read at a stamp.
    pub(crate) fn at_stamp(&self, stamp: u64) -> Horizon {
        // A stamp that nothing in the picture passes is no bound (`Horizon::is_past`).
        let stamp = if stamp >= self.stamp { u64::MAX } else { stamp };
        Horizon { stamp, ..self.now() }
    }

    /// The horizon of a read at a seq, with the whole commit that holds it.
    pub(crate) fn at_commit_of(&self, seq: u64) -> Horizon {
        Horizon { commit: seq, ..self.now() }
    }

    /// Whether every version is in a segment.
    pub(crate) fn holds_nothing_in_memory(&self) -> bool {
        self.active.is_empty() && self.frozen.is_empty()
    }

    /// The newest version of `key` that `horizon` sees, deletes included.
    pub(crate) fn find(&self, key: &[u8], horizon: &Horizon) -> Result<Option<Found>> {
        for memtable in self.memtables() {
            if let Some(entry) = memtable.find(key, horizon) {
                return Ok(Some(Found::from_entry(&entry)));
            }
        }
        self.levels.find(key, hash_key(key), horizon)
    }

    /// All versions that a read at `horizon` may need, as one sorted source that was not yet positioned. Versions that
    /// it cannot see may be among them.
    pub(crate) fn scan(&self, horizon: &Horizon) -> Merged {
        let tiers = self
            .levels
            .consulted(horizon)
            .map(|tier| Cursor::Tier(TierCursor::new(tier.clone(), Some(*horizon), true)));
        Merged::new(self.run_cursors().chain(tiers).collect())
    }

    /// As [`scan`](Self::scan) at `newer`, without most of what a read at `older` sees. Where nothing is left of a key, it did
    /// not change between the two.
    pub(crate) fn scan_beyond(&self, older: &Horizon, newer: &Horizon) -> Merged {
        let tiers = self
            .levels
            .consulted_beyond(older, newer)
            .map(|tier| Cursor::Tier(TierCursor::new(tier.clone(), Some(*newer), true).beyond(*older)));
        Merged::new(self.run_cursors().chain(tiers).collect())
    }

    /// A key before `end` such that from it to `end` there are only a few versions that a read at `horizon` needs: about a
    /// block in each source at most. The smallest key of all when no more than that lies before `end`.
    pub(crate) fn step_back(&self, end: &[u8], horizon: &Horizon) -> Result<Vec<u8>> {
        let mut from = Vec::new();
        for run in self.runs() {
            if let Some(key) = run.step_back(end, STEP_IN_RUN) {
                from = from.max(key.to_vec());
            }
        }
        for tier in self.levels.consulted(horizon) {
            // A file that was made to deceive may answer a key that is no step back.
            let step = tier.step_back(end, horizon)?.filter(|key| key.as_slice() < end);
            from = from.max(step.unwrap_or_default());
        }
        Ok(from)
    }

    /// The versions of one key that `horizon` sees, newest first, and then whatever comes after that key.
    pub(crate) fn scan_key(&self, key: &[u8], horizon: &Horizon) -> Result<Merged> {
        let hash = hash_key(key);
        let mut cursors: Vec<Cursor> = self.run_cursors().collect();
        for tier in self.levels.generations.iter().flat_map(|g| [&g.current, &g.history]) {
            if tier.may_contain(key, hash)? {
                cursors.push(Cursor::Tier(TierCursor::new(tier.clone(), None, true)));
            }
        }
        let mut merged = Merged::new(cursors);
        merged.seek(key, horizon)?;
        Ok(merged)
    }

    /// The runs of all memtables, newest first.
    pub(crate) fn runs(&self) -> impl Iterator<Item = &Arc<Run>> {
        self.memtables().flat_map(|memtable| memtable.runs.iter().rev())
    }

    fn run_cursors(&self) -> impl Iterator<Item = Cursor> {
        self.runs().map(|run| Cursor::Run(RunCursor::new(run.clone())))
    }

    fn memtables(&self) -> impl Iterator<Item = &Memtable> {
        std::iter::once(&self.active).chain(self.frozen.iter().rev().map(|frozen| &frozen.memtable))
    }

    /// Bytes of memory in memtables.
    pub(crate) fn memtable_bytes(&self) -> usize {
        self.memtables().map(|memtable| memtable.bytes).sum()
    }
}
