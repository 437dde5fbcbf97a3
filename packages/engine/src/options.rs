//! How a database is opened.

use crate::keyring::SealKey;

/// When an acknowledged write is on stable storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// Before it is acknowledged. The default, and the only level at which a power cut loses nothing.
    #[default]
    Sync,
    /// At the latest this many milliseconds after it was acknowledged.
    Interval(u64),
    /// When the operating system likes; at a clean close at the latest.
    None,
}

impl Durability {
    /// The name in receipts: `sync`, `interval`, `none`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sync => "sync",
            Self::Interval(_) => "interval",
            Self::None => "none",
        }
    }
}

/// Everything that can be chosen when a database is opened. The default is right for nearly everybody.
#[derive(Debug, Clone)]
pub struct Options {
    /// When a write is acknowledged.
    pub durability: Durability,
    /// Opens for reading alone: takes no lock, changes no file, sees what was committed when it was opened.
    pub read_only: bool,
    /// Makes the database when there is none. Read-only never does.
    pub create: bool,
    /// Memory for memtables, caches and merges together, in bytes; at least 4 MiB. A Pi does well with 24 MiB.
    pub memory_bytes: usize,
    /// Writes a memtable to disk once it holds this many bytes, instead of a twelfth of the memory; blocks and segments
    /// shrink with it. For tiny devices, and for tests that want many files from little data.
    pub memtable_bytes: Option<usize>,
    /// Opens a sealed database, and seals a new one.
    pub key: Option<SealKey>,
    /// How long to wait for another process to let go of the folder.
    pub lock_timeout_ms: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            durability: Durability::Sync,
            read_only: false,
            create: true,
            memory_bytes: 256 << 20,
            memtable_bytes: None,
            key: None,
            lock_timeout_ms: 2000,
        }
    }
}
