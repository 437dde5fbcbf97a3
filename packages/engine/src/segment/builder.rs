//! Putting a block together. `block.rs` says how it is laid out.

use super::bits::{self, BitWriter};
use super::block::{ANNOTATED, APART, Coordinates, DELETED, ENDED, FLAGGED, PLAIN_LONG, Widths};
use super::fields::put_bytes;
use super::ranges::Ranges;
use crate::entry::{Content, Entry, OPEN_END};
use crate::extent::Class;
use crate::varint;

/// Versions between two restarts: with more, blocks are smaller and a point read walks further.
const INTERVAL: u8 = 16;
/// What a version takes in the columns, as a guess for deciding when a block is full.
const COLUMNS_GUESS: usize = 6;

/// The versions of the block being filled.
pub(crate) struct BlockBuilder {
    plain: u8,
    keys: Vec<u8>,
    bodies: Vec<u8>,
    restarts: Vec<u32>,
    versions: Vec<Written>,
    ranges: Ranges,
    commits: Vec<(u64, u64)>,
}

struct Written {
    first: u64,
    stamp: u64,
    index: u32,
    body: u32,
}

impl BlockBuilder {
    pub(crate) fn new(class: Class) -> Self {
        Self {
            plain: if class == Class::History { ENDED } else { 0 },
            keys: Vec::new(),
            bodies: Vec::new(),
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
        self.keys.len() + self.bodies.len() + self.versions.len() * COLUMNS_GUESS
    }

    /// Where and when the last version was written.
    pub(crate) fn last(&self) -> Coordinates {
        self.versions.last().map_or_else(Coordinates::default, |last| Coordinates {
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
        entry.key.len() - shared + entry.meta.len() + content + 2 + COLUMNS_GUESS
    }

    /// Adds a version whose key shares `shared` bytes with the one before. The writer has checked its order.
    #[inline]
    pub(crate) fn push(&mut self, entry: &Entry<'_>, shared: usize) {
        let shared = if self.versions.len().is_multiple_of(usize::from(INTERVAL)) {
            self.restarts.push(self.keys.len() as u32);
            0
        } else {
            shared
        };
        let flags = flags_of(entry);
        let out = &mut self.keys;
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
        let out = &mut self.bodies;
        let body = out.len() as u32;
        if flags & ENDED != 0 {
            varint::put(out, entry.ended - entry.stamp);
        }
        if flags & ANNOTATED != 0 {
            put_bytes(out, entry.meta);
        }
        match entry.content {
            Content::Apart(place) => {
                for number in [place.file, place.offset, u64::from(place.stored), u64::from(place.raw)] {
                    varint::put(out, number);
                }
                out.extend_from_slice(&place.tag);
            }
            Content::Inline(bytes) => out.extend_from_slice(bytes),
        }
        self.versions.push(Written {
            first: entry.seq - u64::from(entry.index),
            stamp: entry.stamp,
            index: entry.index,
            body,
        });
        self.ranges.add(entry);
    }

    /// Writes the block into `out`, which is cleared, and starts the next one.
    pub(crate) fn finish(&mut self, out: &mut Vec<u8>) {
        out.clear();
        let (base_first, base_stamp) = (self.tabulate(), self.ranges.min_stamp);
        let top = |values: &mut dyn Iterator<Item = u64>| bits::width(values.max().unwrap_or(0));
        let widths = Widths {
            restart: top(&mut self.restarts.iter().map(|start| u64::from(*start))),
            first: top(&mut self.commits.iter().map(|commit| commit.0 - base_first)),
            stamp: bits::width(self.ranges.max_stamp - base_stamp),
            commit: if self.is_alone() { 0 } else { bits::width(self.commits.len() as u64 - 1) },
            index: top(&mut self.versions.iter().map(|version| u64::from(version.index))),
            body: bits::width(self.last_body()),
        };
        varint::put(out, self.versions.len() as u64);
        varint::put(out, self.commits.len() as u64);
        out.extend_from_slice(&[INTERVAL, u8::from(self.plain == ENDED)]);
        out.extend_from_slice(&[widths.restart, widths.first, widths.stamp, widths.commit, widths.index, widths.body]);
        varint::put(out, base_first);
        varint::put(out, base_stamp);
        varint::put(out, self.keys.len() as u64);
        varint::put(out, self.bodies.len() as u64);
        self.write_columns(out, widths, base_first, base_stamp);
        out.extend_from_slice(&self.keys);
        out.extend_from_slice(&self.bodies);
        self.clear();
    }

    /// Where the last body begins: the greatest of the column.
    fn last_body(&self) -> u64 {
        self.versions.last().map_or(0, |last| u64::from(last.body))
    }

    /// Collects the different commits, in order; when every version has its own, in the order of the versions.
    /// Returns the smallest first seq.
    fn tabulate(&mut self) -> u64 {
        let commits = self.versions.iter().map(|version| (version.first, version.stamp));
        self.commits.clear();
        self.commits.extend(commits.clone());
        self.commits.sort_unstable();
        self.commits.dedup();
        let base_first = self.commits.first().map_or(0, |commit| commit.0);
        if self.is_alone() {
            self.commits.clear();
            self.commits.extend(commits);
        }
        base_first
    }

    /// Whether every version has a commit of its own.
    fn is_alone(&self) -> bool {
        self.commits.len() == self.versions.len()
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
            if !self.is_alone() {
                let own = (version.first, version.stamp);
                let commit = self.commits.partition_point(|commit| *commit < own);
                columns.put(commit as u64, widths.commit);
            }
            columns.put(u64::from(version.index), widths.index);
            columns.put(u64::from(version.body), widths.body);
        }
        columns.finish();
    }

    fn clear(&mut self) {
        self.keys.clear();
        self.bodies.clear();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::ValueRef;

    /// What a version adds to a block beyond its document and the part of its key that it does not share.
    fn overhead(batch: u64, scatter: u64) -> f64 {
        let mut block = BlockBuilder::new(Class::Current);
        let (mut own, mut last) = (0, String::new());
        for n in 0..140u64 {
            let key = format!("users\0user-{n:09}");
            let written = n * scatter;
            let entry = Entry {
                key: key.as_bytes(),
                seq: written + 1,
                index: (written % batch) as u32,
                stamp: 1_760_000_000_000_000 + written / batch * 150,
                ended: OPEN_END,
                deleted: false,
                meta: b"",
                content: Content::Inline(&[b'x'; 100]),
            };
            let shared = key.bytes().zip(last.bytes()).take_while(|(a, b)| a == b).count();
            own += 100 + key.len() - shared;
            block.push(&entry, shared);
            last = key;
        }
        let mut bytes = Vec::new();
        block.finish(&mut bytes);
        (bytes.len() - own) as f64 / 140.0
    }

    #[test]
    fn a_plain_version_costs_about_eight_bytes() {
        let cases = [
            ("alone, keys in order", overhead(1, 1), 8.0),
            ("alone, keys scattered", overhead(1, 3_571), 11.0),
            ("1,000 at once, keys in order", overhead(1_000, 1), 7.5),
            ("10,000 at once, keys scattered", overhead(10_000, 357), 8.0),
        ];
        for (case, bytes, most) in cases {
            println!("{case}: {bytes:.2}");
            assert!(bytes <= most, "{case}: {bytes}");
        }
    }

    #[test]
    fn the_cost_of_a_version_is_guessed_well() {
        let place = ValueRef { file: 9, offset: 1 << 30, stored: 5_000, raw: 9_000, tag: [1; 16] };
        for content in [Content::Inline(&[1; 500]), Content::Apart(place)] {
            let mut block = BlockBuilder::new(Class::History);
            let entry = Entry {
                key: b"users\0alice",
                seq: 7,
                index: 0,
                stamp: 1_760_000_000_000_000,
                ended: 1_760_000_000_500_000,
                deleted: false,
                meta: &[2; 40],
                content,
            };
            let guess = BlockBuilder::cost(&entry, 0);
            block.push(&entry, 0);
            assert!(guess.abs_diff(block.length()) < 12, "{guess} against {}", block.length());
        }
    }
}
