//! What reaches the simulated device.

use std::fmt;
use std::sync::Arc;

/// The kinds of operation that reach the device. Asking for a length is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OperationKind {
    /// [`Vfs::create`](crate::host::Vfs::create)
    Create,
    /// [`Vfs::open`](crate::host::Vfs::open)
    Open,
    /// [`File::read_at`](crate::host::File::read_at)
    Read,
    /// [`File::write_at`](crate::host::File::write_at)
    Write,
    /// [`File::sync`](crate::host::File::sync)
    Sync,
    /// [`Vfs::remove`](crate::host::Vfs::remove)
    Remove,
    /// [`Vfs::list`](crate::host::Vfs::list)
    List,
    /// [`Vfs::sync_dir`](crate::host::Vfs::sync_dir)
    SyncDir,
    /// [`Vfs::lock`](crate::host::Vfs::lock)
    Lock,
}

impl OperationKind {
    /// Every kind, for tests that go through all of them.
    pub const ALL: [Self; 9] = [
        Self::Create,
        Self::Open,
        Self::Read,
        Self::Write,
        Self::Sync,
        Self::Remove,
        Self::List,
        Self::SyncDir,
        Self::Lock,
    ];
}

/// One operation, as it was asked for: a short or failed one shows the length that was wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// Its number, from 0.
    pub number: u64,
    /// What it was.
    pub kind: OperationKind,
    /// The file's name when it was opened; empty for an operation on the folder.
    pub file: Arc<str>,
    /// Where a read or write began; 0 otherwise.
    pub offset: u64,
    /// The bytes a read or write asked for; 0 otherwise.
    pub len: usize,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?} {}", self.number, self.kind, self.file)?;
        match self.kind {
            OperationKind::Read | OperationKind::Write => {
                write!(f, " {}+{}", self.offset, self.len)
            }
            _ => Ok(()),
        }
    }
}
