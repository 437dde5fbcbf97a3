//! A folder that loses power, fills up and fails on demand.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::latch::Latch;
use super::{File, Lock, MemVfs, Vfs, name};

mod crash;
mod disk;
mod fault;
mod operation;

pub use crash::Crash;
pub use fault::Fault;
pub use operation::{Operation, OperationKind};

use disk::{Disk, Node};

/// Bytes a device writes whole or not at all.
const SECTOR: u64 = 512;

/// A folder in memory that behaves like the page cache of a system over a disk. Clones share one folder.
///
/// Whoever reads through it sees every write. The disk below holds only what was synced: [`crash`](Self::crash) tells
/// what a power cut at this moment may leave of the rest, [`fail`](Self::fail) makes operations go wrong, and
/// [`halt_at`](Self::halt_at) ends the process that uses it. Nothing in it is left to chance: the same calls and the
/// same seeds give the same bytes.
///
/// Its lock is held by a process, not by the disk: it survives no crash image.
#[derive(Clone, Default)]
pub struct SimVfs {
    disk: Arc<Mutex<Disk>>,
    latch: Arc<Latch>,
}

impl SimVfs {
    /// An empty folder on a disk without faults.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many operations reached the device since the folder was made: every create, open, read, write, sync,
    /// remove, list, `sync_dir` and lock, those that failed included. Those refused before the device, for a bad name
    /// or a handle that is not writable, and those after a halt, do not count.
    pub fn operations(&self) -> u64 {
        self.disk().operations
    }

    /// Keeps a [`trace`](Self::trace) from now on.
    pub fn record(&self) {
        self.disk().trace.get_or_insert_default();
    }

    /// The operations since [`record`](Self::record), in order; empty without it.
    pub fn trace(&self) -> Vec<Operation> {
        self.disk().trace.clone().unwrap_or_default()
    }

    /// How many changes a power cut could lose now: writes not synced, and creations and removals not synced.
    /// [`Crash::Lost`] and [`Crash::Kept`] number them from 0, oldest first.
    pub fn unsynced(&self) -> usize {
        self.disk().unsynced.len()
    }

    /// The folder as it is after a power cut at this moment. The simulated folder itself goes on.
    pub fn crash(&self, crash: &Crash) -> MemVfs {
        MemVfs::from_contents(crash.image(&self.disk()))
    }

    /// The folder as a process sees it now, synced or not: what is left when the process dies and the power stays.
    pub fn snapshot(&self) -> BTreeMap<String, Vec<u8>> {
        let disk = self.disk();
        let bytes = |(name, node): (&Arc<str>, &Arc<Node>)| (name.to_string(), node.pages().volatile.to_bytes());
        disk.volatile.iter().map(bytes).collect()
    }

    /// Plans a fault. Several may wait at once; when two strike the same operation, the one planned first does.
    pub fn fail(&self, fault: Fault) {
        self.disk().faults.push(fault);
    }

    /// Limits the bytes of all files together; `None` lifts it. A write that outgrows it takes what fits, and fails
    /// with `StorageFull` when nothing does. Removing a file gives its bytes back.
    pub fn limit_bytes(&self, limit: Option<u64>) {
        self.disk().limit = limit;
    }

    /// From the operation numbered `n` on (numbered from 0, as [`operations`](Self::operations) counts), every
    /// operation fails and changes nothing: the process that ran the workload is dead.
    pub fn halt_at(&self, n: u64) {
        self.disk().halt = Some(n);
    }

    /// Takes back every planned fault, the limit and the halt. What was lost stays lost.
    pub fn heal(&self) {
        let mut disk = self.disk();
        disk.faults.clear();
        disk.limit = None;
        disk.halt = None;
    }

    /// Turns over one bit (0 to 7) of a file, in the cache, in the waiting writes and on the disk. It is no operation
    /// of the device.
    ///
    /// # Errors
    /// `NotFound` without such a file; `InvalidInput` when the file ends before `offset` or a byte has no such bit.
    pub fn flip(&self, file: &str, offset: u64, bit: u8) -> io::Result<()> {
        if bit > 7 {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        self.disk().flip(file, offset, 1 << bit)
    }

    // A poisoned lock is as good as another: the disk is changed only in whole steps, and a failed test may still
    // want to look at it.
    fn disk(&self) -> MutexGuard<'_, Disk> {
        self.disk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn handle(&self, name: &str, node: Arc<Node>, writable: bool) -> Arc<dyn File> {
        Arc::new(SimFile { vfs: self.clone(), name: name.into(), node, writable })
    }
}

/// A disk that holds the folder's files, all of them synced.
impl From<&MemVfs> for SimVfs {
    fn from(folder: &MemVfs) -> Self {
        Self { disk: Arc::new(Mutex::new(Disk::holding(folder.contents()))), latch: Arc::default() }
    }
}

impl fmt::Debug for SimVfs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let disk = self.disk();
        f.debug_struct("SimVfs")
            .field("files", &disk.volatile.keys())
            .field("unsynced", &disk.unsynced.len())
            .field("operations", &disk.operations)
            .field("faults", &disk.faults)
            .finish_non_exhaustive()
    }
}

impl Vfs for SimVfs {
    fn open(&self, name: &str, writable: bool) -> io::Result<Arc<dyn File>> {
        name::check(name)?;
        let node = self.disk().open(name)?;
        Ok(self.handle(name, node, writable))
    }

    fn create(&self, name: &str) -> io::Result<Arc<dyn File>> {
        name::check(name)?;
        let node = self.disk().create(name)?;
        Ok(self.handle(name, node, true))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        name::check(name)?;
        self.disk().remove(name)
    }

    fn list(&self) -> io::Result<Vec<String>> {
        let mut names = self.disk().list()?;
        if self.latch.has_file() {
            names.push(name::LOCK.to_owned());
        }
        Ok(names)
    }

    fn sync_dir(&self) -> io::Result<()> {
        self.disk().sync_dir()
    }

    fn lock(&self) -> io::Result<Lock> {
        self.disk().lock()?;
        Ok(self.latch.take())
    }

    fn location(&self) -> String {
        "simulated disk".to_owned()
    }
}

struct SimFile {
    vfs: SimVfs,
    name: Arc<str>,
    node: Arc<Node>,
    writable: bool,
}

impl fmt::Debug for SimFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimFile").field("name", &self.name).field("writable", &self.writable).finish_non_exhaustive()
    }
}

impl File for SimFile {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        self.vfs.disk().read(&self.name, &self.node, buf, offset)
    }

    fn write_at(&self, buf: &[u8], offset: u64) -> io::Result<usize> {
        if !self.writable {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        self.vfs.disk().write(&self.name, &self.node, buf, offset)
    }

    fn len(&self) -> io::Result<u64> {
        self.vfs.disk().len(&self.node)
    }

    fn sync(&self) -> io::Result<()> {
        self.vfs.disk().sync(&self.name, &self.node)
    }
}
