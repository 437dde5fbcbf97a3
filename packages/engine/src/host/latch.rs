//! The lock of a folder that is not on a disk.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Lock, LockGuard};

/// One holder at a time; the lock file comes into being with the first holder and stays, as it does on a disk.
#[derive(Debug, Default)]
pub(super) struct Latch {
    held: AtomicBool,
    file: AtomicBool,
}

impl Latch {
    /// A latch whose lock file is there already, or not yet.
    pub(super) fn new(file: bool) -> Self {
        Self { held: AtomicBool::new(false), file: AtomicBool::new(file) }
    }

    /// Takes the lock, unless somebody has it. Who that is has no number here: the folder lives in one process.
    pub(super) fn take(self: &Arc<Self>) -> Lock {
        self.file.store(true, Ordering::Relaxed);
        if self.held.swap(true, Ordering::Acquire) {
            Lock::Taken(None)
        } else {
            Lock::Held(Box::new(Guard(Arc::clone(self))))
        }
    }

    /// Whether the folder has a lock file.
    pub(super) fn has_file(&self) -> bool {
        self.file.load(Ordering::Relaxed)
    }
}

#[derive(Debug)]
struct Guard(Arc<Latch>);

impl LockGuard for Guard {}

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.held.store(false, Ordering::Release);
    }
}
