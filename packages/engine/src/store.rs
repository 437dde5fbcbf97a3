//! The store: one folder, one writer, any number of readers.
//!
//! Locks, in the order in which they may be taken: `writer` (a commit group), `working` (a round of flushes and merges),
//! `ledger` (the manifest), `state` (the picture readers take; held for a pointer copy only). Opening is in `recovery.rs`, writing in `commit.rs`, flushes
//! and merges in `maintenance.rs`.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};

use crate::cache::Cache;
use crate::code::Code;
use crate::commit::{Queue, Writer};
use crate::error::{Error, Result};
use crate::files::Files;
use crate::host::{Clock, LockGuard};
use crate::maintenance::Worker;
use crate::manifest::Manifest;
use crate::options::{Durability, Options};
use crate::state::State;
use crate::tier_writer::WriterLimits;
use crate::values::Values;

/// An open database, below the names and words of the public API.
pub(crate) struct Store {
    pub(crate) files: Arc<Files>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) options: Options,
    pub(crate) sizes: Sizes,
    pub(crate) cache: Arc<Cache>,
    pub(crate) values: Values,
    pub(crate) replica: u64,
    pub(crate) recovery: Recovery,
    pub(crate) queue: Mutex<Queue>,
    pub(crate) writer: Mutex<Writer>,
    /// Held while flushes and merges go on: where there is no thread for them, any call may be the one that does them.
    pub(crate) working: Mutex<()>,
    pub(crate) ledger: Mutex<Ledger>,
    /// The thread that flushes and merges; without one, the writing call does.
    pub(crate) worker: Option<Arc<Worker>>,
    pub(crate) file_numbers: AtomicU64,
    /// Numbers under which there are files of somebody else.
    taken_numbers: Vec<u64>,
    state: RwLock<Arc<State>>,
    published: (Mutex<u64>, Condvar),
    poison: OnceLock<Error>,
    closed: AtomicBool,
    lock: Mutex<Option<Box<dyn LockGuard>>>,
}

/// The manifest, and whether both of its slots hold it.
pub(crate) struct Ledger {
    pub(crate) manifest: Manifest,
    /// False after a change that could not be stored: no write is acknowledged before one is.
    pub(crate) stored: bool,
}

/// How the memory budget is divided.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    /// A memtable is frozen at this size.
    pub(crate) memtable_bytes: usize,
    pub(crate) cache_bytes: usize,
    pub(crate) writer: WriterLimits,
}

/// What opening had to do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Versions that were in the logs and not yet in a segment.
    pub replayed_versions: u64,
    /// Bytes at the end of the last log that a write left unfinished and nobody was told of.
    pub dropped_bytes: u64,
    /// Whether one of the two manifest slots had to be repaired from the other.
    pub repaired_manifest: bool,
}

/// What [`Store::assemble`] puts together.
pub(crate) struct Parts {
    pub(crate) files: Arc<Files>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) background: bool,
    pub(crate) options: Options,
    pub(crate) sizes: Sizes,
    pub(crate) cache: Arc<Cache>,
    pub(crate) manifest: Manifest,
    pub(crate) taken_numbers: Vec<u64>,
    /// Whether both slots hold the manifest.
    pub(crate) stored: bool,
    pub(crate) state: State,
    pub(crate) active_logs: Vec<u64>,
    pub(crate) recovery: Recovery,
    pub(crate) lock: Option<Box<dyn LockGuard>>,
}

impl Store {
    pub(crate) fn assemble(parts: Parts) -> Self {
        Self {
            clock: parts.clock,
            options: parts.options,
            sizes: parts.sizes,
            cache: parts.cache,
            values: Values::new(parts.files.clone()),
            replica: parts.manifest.replica,
            recovery: parts.recovery,
            queue: Mutex::default(),
            writer: Mutex::new(Writer::new(parts.active_logs)),
            file_numbers: AtomicU64::new(parts.manifest.next_file),
            working: Mutex::default(),
            taken_numbers: parts.taken_numbers,
            ledger: Mutex::new(Ledger { manifest: parts.manifest, stored: parts.stored }),
            worker: parts.background.then(Arc::default),
            published: (Mutex::new(parts.state.seq), Condvar::new()),
            state: RwLock::new(Arc::new(parts.state)),
            files: parts.files,
            poison: OnceLock::new(),
            closed: AtomicBool::new(false),
            lock: Mutex::new(parts.lock),
        }
    }

    /// The present picture.
    pub(crate) fn state(&self) -> Arc<State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Replaces the picture by what `change` makes of it.
    pub(crate) fn update_state(&self, change: impl FnOnce(&mut State)) {
        let mut guard = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let mut next = State::clone(&guard);
        change(&mut next);
        *guard = Arc::new(next);
    }

    /// The number of the next new file.
    pub(crate) fn next_file(&self) -> u64 {
        loop {
            let number = self.file_numbers.fetch_add(1, Ordering::Relaxed);
            if !self.taken_numbers.contains(&number) {
                return number;
            }
        }
    }

    /// Changes the manifest and stores it in both slots, or leaves it as it was.
    ///
    /// After a failure one slot may hold the change all the same. Both are right then: the files of either are there,
    /// and nothing is acknowledged before [`ensure_stored`](Self::ensure_stored) has made the slots agree.
    pub(crate) fn amend(&self, change: impl FnOnce(&mut Manifest)) -> Result<()> {
        let mut ledger = lock(&self.ledger);
        let before = ledger.manifest.clone();
        change(&mut ledger.manifest);
        self.store_manifest(&mut ledger).inspect_err(|_| {
            ledger.manifest = Manifest { generation: ledger.manifest.generation, ..before };
        })
    }

    /// Stores a manifest change that could not be stored when it was made.
    pub(crate) fn ensure_stored(&self) -> Result<()> {
        let mut ledger = lock(&self.ledger);
        if ledger.stored { Ok(()) } else { self.store_manifest(&mut ledger) }
    }

    fn store_manifest(&self, ledger: &mut Ledger) -> Result<()> {
        ledger.stored = false;
        ledger.manifest.generation += 1;
        ledger.manifest.next_file = self.file_numbers.load(Ordering::Relaxed);
        ledger.manifest.store(&self.files)?;
        ledger.stored = true;
        Ok(())
    }

    /// Refuses every further write: what is on disk can no longer be told from what is in memory.
    pub(crate) fn poison(&self, cause: &Error) -> Error {
        let error = Error::new(
            Code::Poisoned,
            format!(
                "An earlier write failed and left the disk in doubt. {cause} Nothing that was acknowledged as synced is lost."
            ),
        )
        .hint("Close the database and open it again; reads go on meanwhile", None);
        let _ = self.poison.set(error);
        cause.clone()
    }

    /// The reason why nothing can be written, if there is one.
    pub(crate) fn check_writable(&self) -> Result<()> {
        self.check_open()?;
        if self.options.read_only {
            return Err(Error::new(Code::ReadOnly, "The database was opened for reading only.")
                .hint("Open it without the read-only option to write", None));
        }
        self.poison.get().map_or(Ok(()), |error| Err(error.clone()))
    }

    /// Fails once the database is closed.
    pub(crate) fn check_open(&self) -> Result<()> {
        if self.closed.load(Ordering::Acquire) {
            return Err(Error::new(Code::Closed, "The database was closed.").hint("Open it again", None));
        }
        Ok(())
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// Finishes what is in progress, writes down where the log ends, and lets go of the folder. Calls after the first
    /// do nothing.
    pub(crate) fn close(&self) -> Result<()> {
        if self.closed.swap(true, Ordering::AcqRel) {
            return Ok(());
        }
        if let Some(worker) = &self.worker {
            worker.stop();
        }
        let result = match self.poison.get() {
            // What was acknowledged as synced is in the log; what was not, nobody can answer for any more.
            Some(error) if self.options.durability != Durability::Sync => Err(error.clone()),
            Some(_) => Ok(()),
            None if self.options.read_only => Ok(()),
            None => self.settle(),
        };
        self.publish(self.state().seq);
        // Whoever makes or removes files holds this, and looks first whether the folder is still ours.
        let _alone = lock(&self.working);
        drop(lock(&self.lock).take());
        result
    }

    /// Tells those who wait that versions up to `seq` are there.
    pub(crate) fn publish(&self, seq: u64) {
        *lock(&self.published.0) = seq;
        self.published.1.notify_all();
    }

    /// Waits until there is a version after `seq`, the database is closed, or the time is over; returns the newest seq.
    pub(crate) fn wait_after(&self, seq: u64, timeout: core::time::Duration) -> u64 {
        let guard = lock(&self.published.0);
        let still = |newest: &mut u64| *newest <= seq && !self.closed.load(Ordering::Acquire);
        match self.published.1.wait_timeout_while(guard, timeout, still) {
            Ok((newest, _)) => *newest,
            Err(poisoned) => *poisoned.into_inner().0,
        }
    }
}

/// Takes a lock. A thread that panicked while it held one has left no half-made change behind: every change of shared
/// data here is a single assignment, or is followed by the poison.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Sizes {
    /// Shares out a budget: a quarter at most for three memtables, half for the cache, an eighth for a merge.
    pub(crate) fn of(options: &Options) -> Self {
        let memory = options.memory_bytes.max(4 << 20);
        let usual = (memory / 12).min(16 << 20);
        let memtable_bytes = options.memtable_bytes.map_or(usual, |wanted| wanted.clamp(1 << 10, usual));
        let block_bytes = if memory < 32 << 20 { 4 << 10 } else { 16 << 10 };
        Self {
            memtable_bytes,
            cache_bytes: memory / 2,
            writer: WriterLimits {
                segment: crate::segment::SegmentOptions { block_bytes: block_bytes.min(memtable_bytes / 8) },
                versions: (memory as u64 / 8 / 20).max(50_000),
                bytes: options.memtable_bytes.map_or(256 << 20, |_| memtable_bytes as u64 * 4),
            },
        }
    }
}
