//! Putting a block together. `block.rs` says how it is laid out.

use super::bits::{self, BitWriter};
use super::block::{ANNOTATED, APART, Coordinates, DELETED, ENDED, FLAGGED, PLAIN_LONG, Widths};
use super::fields::put_bytes;
use super::ranges::Ranges;
use super::varint;
use crate::entry::{Content, Entry, OPEN_END};
use crate::extent::Class;

/// Versions between two restarts: with more, blocks are smaller and a point read walks further.
const INTERVAL: u8 = 16;
/// What a version takes in the columns, as a guess for deciding when a block is full.
const COLUMNS_GUESS: usize = 4;

/// The versions of the block being filled.
pub(crate) struct BlockBuilder {
    plain: u8,
    stream: Vec<u8>,
    restarts: Vec<u32>,
    versions: Vec<Written>,
    ranges: Ranges,
    commits: Vec<(u64, u64)>,
}

struct Written {
    first: u64,
    stamp: u64,
    index: u32,
}

impl BlockBuilder {
    pub(crate) fn new(class: Class) -> Self {
        Self {
            plain: if class == Class::History { ENDED } else { 0 },
            stream: Vec::new(),
            restarts: Vec::new(),
            versions: Vec::new(),
            ranges: Ranges::NONE,
            commits: Vec::new(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.versions.is_empty()
    }

    pub(crate) fn count(&self) -> u32 {
        self.versions.len() as u32
    }

    /// What its versions span.
    pub(crate) fn ranges(&self) -> &Ranges {
        &self.ranges
    }

    /// About how many bytes the block has.
    pub(crate) fn length(&self) -> usize {
        self.stream.len() + self.versions.len() * COLUMNS_GUESS
    }

    /// Where and when the last version was written.
    pub(crate) fn last(&self) -> Coordinates {
        self.versions
            .last()
            .map_or_else(Coordinates::default, |last| Coordinates {
                seq: last.first + u64::from(last.index),
                stamp: last.stamp,
                index: last.index,
            })
    }

    /// About how many bytes `entry` adds when its key shares `shared` bytes with the one before.
    pub(crate) fn cost(entry: &Entry<'_>, shared: usize) -> usize {
        let content = match entry.content {
            Content::Inline(bytes) => bytes.len(),
            Content::Apart(_) => 32,
        };
        entry.key.len() - shared + entry.meta.len() + content + 4 + COLUMNS_GUESS
    }

    /// Adds a version whose key shares `shared` bytes with the one before. The writer has checked its order.
    #[inline]
    pub(crate) fn push(&mut self, entry: &Entry<'_>, shared: usize) {
        let shared = if self.versions.len().is_multiple_of(usize::from(INTERVAL)) {
            self.restarts.push(self.stream.len() as u32);
            0
        } else {
            shared
        };
        let flags = flags_of(entry);
        let out = &mut self.stream;
        if flags != self.plain {
            out.push(FLAGGED | flags);
            varint::put(out, shared as u64);
        } else if shared < usize::from(PLAIN_LONG) {
            out.push(shared as u8);
        } else {
            out.push(PLAIN_LONG);
            varint::put(out, shared as u64);
        }
        put_bytes(out, &entry.key[shared..]);
        if flags & ENDED != 0 {
            varint::put(out, entry.ended - entry.stamp);
        }
        if flags & ANNOTATED != 0 {
            put_bytes(out, entry.meta);
        }
        match entry.content {
            Content::Apart(place) => {
                for number in [
                    place.file,
                    place.offset,
                    u64::from(place.stored),
                    u64::from(place.raw),
                ] {
                    varint::put(out, number);
                }
                out.extend_from_slice(&place.tag);
            }
            Content::Inline(_) if entry.deleted => {}
            Content::Inline(bytes) => put_bytes(out, bytes),
        }
        self.versions.push(Written {
            first: entry.seq - u64::from(entry.index),
            stamp: entry.stamp,
            index: entry.index,
        });
        self.ranges.add(entry);
    }

    /// Writes the block into `out`, which is cleared, and starts the next one.
    pub(crate) fn finish(&mut self, out: &mut Vec<u8>) {
        out.clear();
        self.tabulate();
        let (base_first, base_stamp) = (self.commits[0].0, self.ranges.min_stamp);
        let top = |values: &mut dyn Iterator<Item = u64>| bits::width(values.max().unwrap_or(0));
        let widths = Widths {
            restart: top(&mut self.restarts.iter().map(|start| u64::from(*start))),
            first: top(&mut self.commits.iter().map(|commit| commit.0 - base_first)),
            stamp: bits::width(self.ranges.max_stamp - base_stamp),
            commit: bits::width(self.commits.len() as u64 - 1),
            index: top(&mut self.versions.iter().map(|version| u64::from(version.index))),
        };
        varint::put(out, self.versions.len() as u64);
        varint::put(out, self.commits.len() as u64);
        out.extend_from_slice(&[INTERVAL, u8::from(self.plain == ENDED)]);
        out.extend_from_slice(&[
            widths.restart,
            widths.first,
            widths.stamp,
            widths.commit,
            widths.index,
        ]);
        varint::put(out, base_first);
        varint::put(out, base_stamp);
        varint::put(out, self.stream.len() as u64);
        self.write_columns(out, widths, base_first, base_stamp);
        out.extend_from_slice(&self.stream);
        self.clear();
    }

    /// Collects the different commits, in order.
    fn tabulate(&mut self) {
        self.commits.clear();
        self.commits.extend(
            self.versions
                .iter()
                .map(|version| (version.first, version.stamp)),
        );
        self.commits.sort_unstable();
        self.commits.dedup();
    }

    fn write_columns(&self, out: &mut Vec<u8>, widths: Widths, base_first: u64, base_stamp: u64) {
        let mut columns = BitWriter::new(out);
        for start in &self.restarts {
            columns.put(u64::from(*start), widths.restart);
        }
        for (first, stamp) in &self.commits {
            columns.put(first - base_first, widths.first);
            columns.put(stamp - base_stamp, widths.stamp);
        }
        for version in &self.versions {
            let commit = self
                .commits
                .partition_point(|commit| *commit < (version.first, version.stamp));
            columns.put(commit as u64, widths.commit);
            columns.put(u64::from(version.index), widths.index);
        }
        columns.finish();
    }

    fn clear(&mut self) {
        self.stream.clear();
        self.restarts.clear();
        self.versions.clear();
        self.ranges = Ranges::NONE;
    }
}

fn flags_of(entry: &Entry<'_>) -> u8 {
    let mut flags = 0;
    if entry.deleted {
        flags |= DELETED;
    }
    if matches!(entry.content, Content::Apart(_)) {
        flags |= APART;
    }
    if !entry.meta.is_empty() {
        flags |= ANNOTATED;
    }
    if entry.ended != OPEN_END {
        flags |= ENDED;
    }
    flags
}
