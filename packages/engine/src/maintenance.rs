//! Flushes and merges: from memory to generations, and from many generations to few.
//!
//! Nothing is ever overwritten, so a merge frees no space; it buys fewer places to look. Four neighbouring generations
//! of about the same size become one, so a version is moved about log4(data / memtable) times.

use core::time::Duration;
use std::cell::RefCell;
use std::sync::{Arc, Condvar, Mutex, PoisonError, Weak};

use crate::code::Code;
use crate::error::{Error, Result};
use crate::levels::{Generation, Levels, TierCursor};
use crate::memtable::Memtable;
use crate::merged::{Cursor, Merged};
use crate::options::Durability;
use crate::preamble::Kind;
use crate::run::RunCursor;
use crate::segment::Segment;
use crate::state::Frozen;
use crate::store::{Store, lock};
use crate::stray;
use crate::tier_writer::{Output, TierWriter};

/// Generations of one rank that are merged, and the most at once.
const FAN_IN: usize = 4;
const MAX_FAN_IN: usize = 8;
/// A close flushes a memtable that would take long to replay.
const REPLAY_BYTES: usize = 1 << 20;
/// How many versions a merge moves before it looks whether a flush is waiting.
const MERGE_STRIDE: usize = 4096;

/// The background thread as the store sees it.
#[derive(Default)]
pub(crate) struct Worker {
    state: Mutex<WorkerState>,
    changed: Condvar,
}

#[derive(Default)]
struct WorkerState {
    wanted: bool,
    stopping: bool,
    stopped: bool,
    rounds: u64,
    failure: Option<Error>,
}

impl Worker {
    /// Starts the thread. It ends with the store, or when it is told to stop.
    pub(crate) fn start(self: &Arc<Self>, store: &Arc<Store>) -> Result<()> {
        let (worker, weak) = (self.clone(), Arc::downgrade(store));
        let interval = match store.options.durability {
            Durability::Interval(ms) => Some(Duration::from_millis(ms.max(1))),
            _ => None,
        };
        std::thread::Builder::new()
            .name("koru-delta".into())
            .spawn(move || worker.run(&weak, interval))
            .map(drop)
            .map_err(|e| Error::io(e, "start a thread for", &store.files.vfs.location()))
    }

    /// Asks for a round of work.
    fn want(&self) {
        lock(&self.state).wanted = true;
        self.changed.notify_all();
    }

    /// Asks for a round of work, waits for its end, and tells how it failed.
    fn want_and_wait(&self) -> Result<()> {
        let mut state = lock(&self.state);
        let round = state.rounds;
        state.wanted = true;
        self.changed.notify_all();
        while state.rounds == round && !state.stopped {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.rounds == round {
            return Err(Error::new(Code::Internal, "The thread that flushes and merges has ended.")
                .hint("Close the database and open it again. Nothing that was acknowledged is lost", None));
        }
        state.failure.clone().map_or(Ok(()), Err)
    }

    /// Ends the thread and waits until it has ended.
    pub(crate) fn stop(&self) {
        let mut state = lock(&self.state);
        state.stopping = true;
        self.changed.notify_all();
        while !state.stopped {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn run(&self, store: &Weak<Store>, interval: Option<Duration>) {
        let _ended = EndedOnDrop(self);
        loop {
            let mut state = lock(&self.state);
            while !state.wanted && !state.stopping {
                let Some(interval) = interval else {
                    state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                    continue;
                };
                let (next, waited) = self.changed.wait_timeout(state, interval).unwrap_or_else(PoisonError::into_inner);
                state = next;
                if waited.timed_out() {
                    break;
                }
            }
            if state.stopping {
                return;
            }
            let wanted = std::mem::take(&mut state.wanted);
            drop(state);
            let Some(store) = store.upgrade() else { return };
            // A failed sync has poisoned the store, which tells every later write.
            let synced = if interval.is_some() { store.sync_log_when_idle() } else { Ok(()) };
            let result = if wanted { synced.and_then(|()| store.do_work()) } else { synced };
            drop(store);
            let mut state = lock(&self.state);
            state.rounds += 1;
            state.failure = result.err();
            self.changed.notify_all();
        }
    }
}

/// Tells those who wait that the thread has ended, also when it ended by a panic.
struct EndedOnDrop<'a>(&'a Worker);

impl Drop for EndedOnDrop<'_> {
    fn drop(&mut self) {
        let mut state = lock(&self.0.state);
        state.stopped = true;
        self.0.changed.notify_all();
    }
}

impl Store {
    /// Called after a memtable was frozen.
    pub(crate) fn work_arrived(&self) {
        match &self.worker {
            Some(worker) => worker.want(),
            // The commit is safe in its log. If the flush fails, the next write tries it again and tells.
            None => drop(self.do_work()),
        }
    }

    /// Makes room for a writer: does a round of work, or waits for one.
    pub(crate) fn help_or_wait(&self) -> Result<()> {
        match &self.worker {
            // A thread that has ended because the database was closed is no mistake.
            Some(worker) => worker.want_and_wait().or_else(|error| self.check_open().and(Err(error))),
            None => self.do_work(),
        }
    }

    /// Flushes and merges until there is nothing left to do. Once the database is closed, the close has done what is
    /// left, and the folder may be somebody else's.
    pub(crate) fn do_work(&self) -> Result<()> {
        let _alone = lock(&self.working);
        self.check_open()?;
        loop {
            if self.flush_oldest()? {
                continue;
            }
            match self.pick_merge() {
                Some(generations) if !self.is_closed() => self.merge(&generations)?,
                _ => return Ok(()),
            }
        }
    }

    /// Writes everything in memory to tiers, and merges what is due.
    pub(crate) fn flush(&self) -> Result<()> {
        self.check_writable()?;
        self.freeze_now()?;
        while !self.state().frozen.is_empty() {
            self.help_or_wait()?;
            self.check_writable()?;
        }
        self.help_or_wait()
    }

    /// The last act of an orderly close.
    pub(crate) fn settle(&self) -> Result<()> {
        {
            let mut writer = lock(&self.writer);
            self.end_log(&mut writer)?;
        }
        if self.state().active.bytes > REPLAY_BYTES {
            self.freeze_now()?;
        }
        let flushed = {
            let _alone = lock(&self.working);
            self.flush_all()
        };
        // Where the log ended can be written down even when there is no room for a flush.
        let stored = self.ensure_stored();
        flushed.and(stored)
    }

    /// Flushes all frozen memtables. The caller holds `working`.
    fn flush_all(&self) -> Result<()> {
        while self.flush_oldest()? {}
        Ok(())
    }

    /// Flushes the oldest frozen memtable; false when there is none. The caller holds `working`.
    fn flush_oldest(&self) -> Result<bool> {
        let Some(frozen) = self.state().frozen.first().cloned() else { return Ok(false) };
        let runs = frozen.memtable.runs.iter();
        let merged = Merged::new(runs.map(|run| Cursor::Run(RunCursor::new(run.clone()))).collect());
        let output = self.write_tiers(merged, &|| Ok(()))?;
        self.install(&output, &[], Some(&frozen))?;
        Ok(true)
    }

    /// Neighbouring generations that are due to become one, oldest first.
    ///
    /// As in a counter of base four: a generation ranks by its size, or as the largest of those after it; four of one
    /// rank make one of the next.
    fn pick_merge(&self) -> Option<Vec<Arc<Generation>>> {
        let levels = self.state().levels.clone();
        let mut rank = 0;
        let ranked = levels.generations.iter().map(|generation| {
            rank = rank.max(self.size_rank(generation));
            (rank, generation)
        });
        let ranked: Vec<_> = ranked.collect();
        let due = ranked.chunk_by(|a, b| a.0 == b.0).find(|same| same.len() >= FAN_IN)?;
        Some(due.iter().rev().take(MAX_FAN_IN).map(|(_, generation)| Arc::clone(generation)).collect())
    }

    fn size_rank(&self, generation: &Generation) -> u32 {
        let unit = (self.sizes.memtable_bytes as u64 / 8).max(1);
        (generation.bytes / unit).checked_ilog(FAN_IN as u64).map_or(0, |log| log + 1)
    }

    fn merge(&self, generations: &[Arc<Generation>]) -> Result<()> {
        let mut cursors = Vec::with_capacity(2 * generations.len());
        for tier in generations.iter().flat_map(|g| [&g.current, &g.history]) {
            let mut cursor = TierCursor::new(tier.clone(), None, false);
            cursor.rewind()?;
            cursors.push(Cursor::Tier(cursor));
        }
        let output = self.write_tiers(Merged::new(cursors), &|| {
            if self.is_closed() {
                return Err(Error::new(Code::Closed, "The database was closed during a merge."));
            }
            self.flush_all()
        });
        match output {
            // The inputs are still there; the merge starts again when the database is next open.
            Err(error) if error.code() == Code::Closed => Ok(()),
            Err(error) => Err(error),
            Ok(output) => self.install(&output, generations, None),
        }
    }

    /// Writes a sorted source to new files. When that fails, they are removed again.
    pub(crate) fn write_tiers(&self, mut merged: Merged, between: &dyn Fn() -> Result<()>) -> Result<Output> {
        let used = RefCell::new(Vec::new());
        let numbers = || {
            let number = self.next_file();
            used.borrow_mut().push(number);
            number
        };
        let mut write = || -> Result<Output> {
            let mut writer = TierWriter::new(&self.files, &numbers, self.sizes.writer);
            let mut moved = 0;
            while let Some(entry) = merged.entry() {
                writer.add(&entry)?;
                merged.advance()?;
                moved += 1;
                if moved % MERGE_STRIDE == 0 {
                    between()?;
                }
            }
            writer.finish()
        };
        write().inspect_err(|_| {
            for number in used.borrow().iter() {
                for kind in [Kind::Segment, Kind::Values] {
                    // What led here may be that somebody else has a file under that name.
                    if stray::is_removable(&*self.files.vfs, kind, *number, &self.files.database) {
                        // The first failure is the one to report; what stays behind, the next open removes.
                        let _ = self.files.remove(kind, *number);
                    }
                }
            }
        })
    }

    /// Makes tiers that were written past the log part of the database. The caller holds the writer's lock, and no
    /// memtable holds anything.
    pub(crate) fn adopt(&self, output: &Output, seq: u64, stamp: u64) -> Result<()> {
        let newest = Arc::new(Frozen { memtable: Memtable::default(), logs: Vec::new(), seq, stamp });
        self.install(output, &[], Some(&newest))?;
        self.update_state(|state| {
            state.seq = seq;
            state.stamp = stamp;
        });
        self.publish(seq);
        self.work_arrived();
        Ok(())
    }

    /// Removes files that will not become part of the database. What cannot be removed, the next open removes; after a
    /// close, files of the same names may be the next owner's.
    pub(crate) fn discard(&self, output: &Output) {
        let _alone = lock(&self.working);
        if self.is_closed() {
            return;
        }
        for extent in &output.segments {
            let _ = self.files.remove(Kind::Segment, extent.number);
        }
        for values in &output.values {
            let _ = self.files.remove(Kind::Values, values.number);
        }
    }

    /// Puts a new generation in the place of old ones, or of a frozen memtable and its logs.
    fn install(&self, output: &Output, replaced: &[Arc<Generation>], flushed: Option<&Arc<Frozen>>) -> Result<()> {
        let old: Vec<u64> = replaced.iter().map(|generation| generation.number).collect();
        let logs: &[u64] = flushed.map_or(&[], |frozen| &frozen.logs);
        let mut opened = Vec::with_capacity(output.segments.len());
        for extent in &output.segments {
            opened.push(Segment::open(&self.files, extent.clone(), self.cache.clone())?);
        }
        self.amend(|manifest| {
            manifest.segments.retain(|extent| !old.contains(&extent.generation));
            manifest.segments.extend(output.segments.iter().cloned());
            manifest.values.extend(output.values.iter().copied());
            manifest.logs.retain(|log| !logs.contains(&log.number));
            if let Some(frozen) = flushed {
                manifest.last_seq = manifest.last_seq.max(frozen.seq);
                manifest.last_stamp = manifest.last_stamp.max(frozen.stamp);
            }
        })?;
        let added = Levels::new(&opened);
        self.update_state(|state| {
            let mut levels = Levels::clone(&state.levels);
            levels.remove(&old);
            for generation in &added.generations {
                levels.insert(generation.clone());
            }
            state.levels = Arc::new(levels);
            if let Some(flushed) = flushed {
                state.frozen.retain(|frozen| !Arc::ptr_eq(frozen, flushed));
            }
        });
        for segment in replaced.iter().flat_map(|generation| generation.segments()) {
            segment.mark_obsolete();
        }
        for number in logs {
            self.files.remove(Kind::Log, *number)?;
        }
        Ok(())
    }
}
