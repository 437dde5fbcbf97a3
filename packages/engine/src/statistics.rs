//! What a database holds and takes.

use crate::error::Result;
use crate::files::file_name;
use crate::host::Vfs;
use crate::options::Durability;
use crate::preamble::Kind;
use crate::stamp::Stamp;
use crate::store::{Recovery, lock};
use crate::version_id::VersionId;
use crate::view::View;

/// Figures about an open database.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statistics {
    /// The folder, or `memory`.
    pub location: String,
    /// The format of the files.
    pub format: u16,
    /// Whether everything on disk is encrypted.
    pub sealed: bool,
    /// Whether it was opened for reading alone.
    pub read_only: bool,
    /// Whether it takes writes: not when opened for reading alone, nor after a sync that failed.
    pub writable: bool,
    /// When a write is acknowledged.
    pub durability: Durability,
    /// How many versions there are, deletes included.
    pub versions: u64,
    /// The newest version.
    pub last_version: Option<VersionId>,
    /// When the oldest version was written.
    pub first_timestamp: Option<Stamp>,
    /// When the newest version was written.
    pub last_timestamp: Option<Stamp>,
    /// How many keys have a document, and in how many namespaces; where counting was asked for.
    pub counts: Option<Counts>,
    /// Bytes on disk.
    pub bytes: Bytes,
    /// Numbers of files.
    pub files: Files,
    /// Bytes of memory.
    pub memory: Memory,
    /// What opening had to do.
    pub recovery: Recovery,
    /// How far the newest stamp is ahead of the wall clock, in microseconds: more than 0 after the clock was set back.
    pub clock_drift_us: u64,
}

/// Counted keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Namespaces that have a document.
    pub namespaces: u64,
    /// Keys that have a document.
    pub keys: u64,
}

/// Bytes on disk, by kind of file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bytes {
    /// Logs: what was not yet moved to segments, and zeros ahead of it.
    pub log: u64,
    /// Sorted versions.
    pub segments: u64,
    /// Large documents.
    pub values: u64,
    /// The two manifest slots.
    pub manifest: u64,
}

/// Numbers of files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Files {
    /// Logs.
    pub logs: u64,
    /// Segments.
    pub segments: u64,
    /// Files of large documents.
    pub values: u64,
}

/// Bytes of memory.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Memory {
    /// What may be used.
    pub budget: u64,
    /// Versions that were not yet moved to segments.
    pub memtable: u64,
    /// Cached pieces of segments.
    pub cache: u64,
    /// What every open segment keeps at hand beside the cache.
    pub segments: u64,
}

impl Bytes {
    /// All of them.
    pub fn total(&self) -> u64 {
        self.log + self.segments + self.values + self.manifest
    }
}

impl View {
    /// Figures about the database. Counting keys reads all of them; everything else is at hand.
    pub fn stats(&self, count: bool) -> Result<Statistics> {
        self.store.check_open()?;
        let store = &self.store;
        let (first, last) = (self.state.versions_between(1, 1, &|_| true)?, self.newest_seq()?);
        let newest = if last == 0 { None } else { self.state.versions_between(last, last, &|_| true)?.pop() };
        let counts = if count {
            let namespaces = self.namespaces(true)?;
            let keys = namespaces.iter().filter_map(|n| n.keys).sum();
            Some(Counts { namespaces: namespaces.len() as u64, keys })
        } else {
            None
        };
        let (bytes, files) = self.disk();
        Ok(Statistics {
            location: store.files.vfs.location(),
            format: crate::preamble::FORMAT,
            sealed: store.files.data_key.is_some(),
            writable: store.check_writable().is_ok(),
            read_only: store.options.read_only,
            durability: store.options.durability,
            versions: last,
            last_version: newest.as_ref().map(|(_, found)| store.version_id_of(found)).transpose()?,
            first_timestamp: first.first().map(|(_, found)| Stamp::from_micros(found.stamp)),
            last_timestamp: newest.map(|(_, found)| Stamp::from_micros(found.stamp)),
            counts,
            bytes,
            files,
            memory: Memory {
                budget: store.options.memory_bytes as u64,
                memtable: self.state.memtable_bytes() as u64,
                cache: store.cache.used(),
                segments: self.state.levels.segments().map(|segment| segment.weight() as u64).sum(),
            },
            recovery: store.recovery,
            clock_drift_us: self.state.stamp.saturating_sub(store.clock.now_us()),
        })
    }

    fn disk(&self) -> (Bytes, Files) {
        let ledger = lock(&self.store.ledger);
        let manifest = &ledger.manifest;
        let length = |kind, number| length_of(&*self.store.files.vfs, kind, number);
        let bytes = Bytes {
            log: manifest.logs.iter().map(|log| length(Kind::Log, log.number)).sum(),
            segments: manifest.segments.iter().map(|extent| extent.length).sum(),
            values: manifest.values.iter().map(|values| values.length).sum(),
            manifest: (0..2).map(|slot| length(Kind::Manifest, slot)).sum(),
        };
        let files = Files {
            logs: manifest.logs.len() as u64,
            segments: manifest.segments.len() as u64,
            values: manifest.values.len() as u64,
        };
        (bytes, files)
    }
}

/// The length of a file; 0 for one that a flush removes at this moment.
fn length_of(vfs: &dyn Vfs, kind: Kind, number: u64) -> u64 {
    vfs.open(&file_name(kind, number), false).and_then(|file| file.len()).unwrap_or(0)
}
