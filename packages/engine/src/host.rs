//! What the engine needs from the world, and nothing more: files in one folder, a clock, and random bytes.
//!
//! The engine calls no operating system by itself. Everything goes through [`Vfs`], [`Clock`] and [`Entropy`], so
//! the same code runs on a disk ([`StdVfs`]), in memory ([`MemVfs`]), in a simulator that loses power on demand
//! ([`SimVfs`]) and in a browser.

use std::fmt;
use std::io;
use std::sync::Arc;

mod content;
mod latch;
mod manual;
mod memory;
mod name;
mod seeded;
mod simulated;
#[cfg(not(target_arch = "wasm32"))]
mod standard;

pub use manual::ManualClock;
pub use memory::MemVfs;
pub use seeded::SeededEntropy;
pub use simulated::{Crash, Fault, Operation, OperationKind, SimVfs};
#[cfg(not(target_arch = "wasm32"))]
pub use standard::{StdVfs, SystemClock, SystemEntropy};

/// One flat folder of files, named by short ASCII names such as `wal-000007`.
///
/// Every call is synchronous. What is written is durable only after [`File::sync`]; that a file exists (or is gone)
/// is durable only after [`Vfs::sync_dir`]. An implementation may forget anything that was not synced.
///
/// A name is made of `a` to `z`, `0` to `9` and `-`; any other, the empty one and `lock` are refused with
/// `InvalidInput` by `open`, `create` and `remove`.
///
/// # Errors
/// `io::ErrorKind` carries the meaning: `NotFound`, `AlreadyExists`, `StorageFull`, `PermissionDenied`,
/// `ReadOnlyFilesystem`; anything else is a device error.
pub trait Vfs: fmt::Debug + Send + Sync + 'static {
    /// Opens an existing file. With `writable` false, writes to it fail with `PermissionDenied`.
    fn open(&self, name: &str, writable: bool) -> io::Result<Arc<dyn File>>;
    /// Creates a new, empty, writable file; `AlreadyExists` when there is one.
    fn create(&self, name: &str) -> io::Result<Arc<dyn File>>;
    /// Removes a file. Handles that are still open keep reading it.
    fn remove(&self, name: &str) -> io::Result<()>;
    /// Names of all entries in the folder (folders, the lock file and foreign files included), in no particular order.
    fn list(&self) -> io::Result<Vec<String>>;
    /// Makes creations and removals durable.
    fn sync_dir(&self) -> io::Result<()>;
    /// Takes the lock that one writer holds, or tells who has it. Dropping the guard, or the end of the process,
    /// releases it. The lock file is `lock` in the folder.
    fn lock(&self) -> io::Result<Lock>;
    /// The folder as a person would name it, for error messages: a path, or a word such as `memory`.
    fn location(&self) -> String;
}

/// What [`Vfs::lock`] answers.
#[derive(Debug)]
pub enum Lock {
    /// Ours until the guard is dropped.
    Held(Box<dyn LockGuard>),
    /// Somebody else's; the owner's process id when it is known.
    Taken(Option<u32>),
}

/// Holds a folder's lock until it is dropped.
pub trait LockGuard: fmt::Debug + Send + Sync {}

/// An open file. Reads and writes name their place; there is no cursor.
pub trait File: fmt::Debug + Send + Sync {
    /// Reads up to `buf.len()` bytes at `offset`; fewer when the file ends (0 past its end) or the device likes.
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize>;
    /// Writes up to `buf.len()` bytes at `offset`, growing the file when needed; returns how many were taken.
    fn write_at(&self, buf: &[u8], offset: u64) -> io::Result<usize>;
    /// The length of the file in bytes.
    fn len(&self) -> io::Result<u64>;
    /// Whether the file has no bytes.
    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }
    /// Makes the content and the length durable (`fdatasync`, `F_FULLFSYNC` on macOS, `flush` on OPFS).
    fn sync(&self) -> io::Result<()>;
}

impl dyn File + '_ {
    /// Reads exactly `buf.len()` bytes at `offset`; `UnexpectedEof` when the file is shorter.
    pub fn read_exact_at(&self, mut buf: &mut [u8], mut offset: u64) -> io::Result<()> {
        while !buf.is_empty() {
            match self.read_at(buf, offset) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(n) => {
                    buf = &mut buf[n..];
                    offset += n as u64;
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }

    /// Writes all of `buf` at `offset`; `WriteZero` when the device takes nothing.
    pub fn write_all_at(&self, mut buf: &[u8], mut offset: u64) -> io::Result<()> {
        while !buf.is_empty() {
            match self.write_at(buf, offset) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(n) => {
                    buf = &buf[n..];
                    offset += n as u64;
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }
}

/// Tells the wall-clock time. It may jump in either direction: the engine's stamps do not.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// Microseconds since 1970-01-01T00:00:00Z; 0 for anything earlier.
    fn now_us(&self) -> u64;
    /// Waits; a clock that cannot wait (a browser, a simulator) returns at once.
    fn sleep_ms(&self, ms: u64);
}

/// Unpredictable bytes for identities, salts and keys.
pub trait Entropy: fmt::Debug + Send + Sync + 'static {
    /// Fills `buf`, or fails when the system has no randomness to give.
    fn fill(&self, buf: &mut [u8]) -> io::Result<()>;
}

/// The world as one engine sees it.
#[derive(Debug, Clone)]
pub struct Host {
    /// The folder of the database.
    pub vfs: Arc<dyn Vfs>,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
    /// The source of randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Whether merges run on a thread of their own; if not, they run inside the writing call (browser, simulator).
    pub background: bool,
}
