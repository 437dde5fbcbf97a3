//! A block: some dozens of neighbouring versions, the unit of reading.
//!
//! ```text
//! varint  count          versions, at least 1
//! varint  commits        different commits among them
//! u8      interval       versions between two restarts
//! u8      class          1 when the block belongs to a history segment, else 0
//! u8 x 5  widths         in bits, of: restart, first, stamp, commit, index
//! varint  base first     the smallest first seq of a commit
//! varint  base stamp     the smallest stamp
//! varint  stream length
//! columns                numbers of fixed width in bits (bits.rs), filled up to whole bytes:
//!   restart              for every interval-th version: where in the stream it begins
//!   first, stamp         for every commit, in order: its first seq and its stamp, less the base
//!   commit, index        for every version: which commit of the table, and the place within it
//! stream                 every version, in order
//! ```
//! A version's seq is the first seq of its commit plus its index; its stamp is its commit's. In the stream:
//!
//! ```text
//! u8      head           0 to 126: plain, and the key shares that many bytes with the key before
//!                        127: plain; a varint follows: how many bytes it shares
//!                        128 to 143: 128 + flags (1 deleted, 2 apart, 4 annotated, 8 ended); the varint follows
//! varint  length, bytes  the rest of the key. A restart shares nothing
//! varint  ended          when ended: less the stamp. Without it the end is open
//! varint  length, bytes  when annotated: the annotation
//! varint  length, bytes  the document, when neither deleted nor apart
//! varints                when apart: values file, offset, stored length, raw length; then the 16-byte tag
//! ```
//! Plain means: no flag but, in a history block, ended.

use std::cmp::Ordering;

use super::bits;
use super::fields::{Damage, Fields};
use super::varint;
use crate::entry::{Content, Entry, Found, Horizon, OPEN_END, ValueRef};

pub(super) const DELETED: u8 = 1;
pub(super) const APART: u8 = 2;
pub(super) const ANNOTATED: u8 = 4;
pub(super) const ENDED: u8 = 8;
/// A head of this and more carries flags.
pub(super) const FLAGGED: u8 = 0x80;
/// The head of a plain version whose shared length does not fit the head.
pub(super) const PLAIN_LONG: u8 = 0x7F;
/// No version takes fewer bytes of the stream.
const LEAST_VERSION: usize = 3;
/// Seqs stay below this, so that sums of them cannot overflow.
pub(super) const SEQ_LIMIT: u64 = 1 << 62;

const CUT: Damage = Damage("a version ends outside of its block");

/// Where a version stands in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Coordinates {
    pub(crate) seq: u64,
    pub(crate) stamp: u64,
    pub(crate) index: u32,
}

impl Coordinates {
    #[inline]
    pub(crate) fn seen_by(&self, horizon: &Horizon) -> bool {
        horizon.sees(self.seq, self.index, self.stamp)
    }
}

/// The widths of the columns, in bits.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Widths {
    pub(super) restart: u8,
    pub(super) first: u8,
    pub(super) stamp: u8,
    pub(super) commit: u8,
    pub(super) index: u8,
}

/// A block as it was read, its outline understood.
#[derive(Debug)]
pub(crate) struct Block {
    bytes: Vec<u8>,
    count: u32,
    interval: u32,
    plain: u8,
    widths: Widths,
    base_first: u64,
    base_stamp: u64,
    columns: usize,
    commits_at: u64,
    versions_at: u64,
    stream: usize,
}

/// The first part of a version in the stream.
struct Lead {
    flags: u8,
    shared: usize,
    suffix: usize,
    /// Where the rest of the version begins.
    rest: usize,
}

/// The rest of a version in the stream: where its parts are.
#[derive(Debug, Clone, Copy, Default)]
struct Rest {
    ended: Option<u64>,
    meta: (usize, usize),
    content: (usize, usize),
    apart: Option<ValueRef>,
    end: usize,
}

/// A version of a block that a reader stands at. It keeps its buffer when it moves on.
#[derive(Debug, Default)]
pub(crate) struct Spot {
    /// Counts from 1; 0 is before the first version.
    ordinal: u32,
    key: Vec<u8>,
    rest: Rest,
    at: Coordinates,
    deleted: bool,
}

impl Spot {
    /// Goes before the first version of a block.
    pub(crate) fn reset(&mut self) {
        self.ordinal = 0;
        self.key.clear();
    }

    /// The key stood at.
    pub(crate) fn key(&self) -> &[u8] {
        &self.key
    }

    /// Where and when the version stood at was written.
    pub(crate) fn coordinates(&self) -> Coordinates {
        self.at
    }

    /// Whether the version stood at comes before what a seek is looking for.
    #[inline]
    pub(crate) fn is_before(&self, key: &[u8], horizon: &Horizon) -> bool {
        is_before(&self.key, &self.at, key, horizon)
    }
}

/// Whether a version comes before the first one of a greater key, or of `key` and seen by `horizon`.
#[inline]
pub(super) fn is_before(version: &[u8], at: &Coordinates, key: &[u8], horizon: &Horizon) -> bool {
    match version.cmp(key) {
        Ordering::Less => true,
        Ordering::Equal => !at.seen_by(horizon),
        Ordering::Greater => false,
    }
}

/// How many bytes two keys have in common at their start.
#[inline]
pub(super) fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    let mut at = 0;
    for (a, b) in a.chunks_exact(8).zip(b.chunks_exact(8)) {
        let differ = word(a) ^ word(b);
        if differ != 0 {
            return at + (differ.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    at + a[at..]
        .iter()
        .zip(&b[at..])
        .take_while(|(a, b)| a == b)
        .count()
}

#[inline]
fn word(chunk: &[u8]) -> u64 {
    chunk
        .first_chunk()
        .map_or(0, |chunk| u64::from_le_bytes(*chunk))
}

impl Block {
    /// Understands the outline of a block. The versions themselves are checked as they are read.
    pub(crate) fn decode(bytes: Vec<u8>) -> Result<Self, Damage> {
        let mut fields = Fields::new(&bytes);
        let count = fields.small()?;
        let commits = fields.small()?;
        let [interval, class, restart, first, stamp, commit, index] =
            *fields.take(7)?.first_chunk::<7>().ok_or(CUT)?;
        let widths = Widths {
            restart,
            first,
            stamp,
            commit,
            index,
        };
        let (base_first, base_stamp) = (fields.number()?, fields.number()?);
        let stream_length = fields.small()? as usize;
        let columns = fields.at();
        if restart > 32
            || first > 62
            || stamp > 64
            || commit > 32
            || index > 32
            || base_first >= SEQ_LIMIT
        {
            return Err(Damage("a width or a base is impossible"));
        }
        if count == 0 || interval == 0 || class > 1 || commits > count {
            return Err(Damage("its outline is impossible"));
        }
        if count as usize > stream_length / LEAST_VERSION {
            return Err(Damage("it counts more versions than it can hold"));
        }
        let interval = u32::from(interval);
        let commits_at = u64::from(count.div_ceil(interval)) * u64::from(restart);
        let versions_at = commits_at + u64::from(commits) * (u64::from(first) + u64::from(stamp));
        let columns_end = versions_at + u64::from(count) * (u64::from(commit) + u64::from(index));
        let columns_length = columns_end.div_ceil(8);
        if columns_length + stream_length as u64 != fields.left() as u64 {
            return Err(Damage("its length is not that of its parts"));
        }
        let stream = columns + columns_length as usize;
        let plain = if class == 1 { ENDED } else { 0 };
        Ok(Self {
            bytes,
            count,
            interval,
            plain,
            widths,
            base_first,
            base_stamp,
            columns,
            commits_at,
            versions_at,
            stream,
        })
    }

    /// How many versions it holds.
    pub(crate) fn count(&self) -> u32 {
        self.count
    }

    /// Whether it was written for a history segment.
    pub(crate) fn is_history(&self) -> bool {
        self.plain == ENDED
    }

    /// The memory it takes.
    pub(crate) fn weight(&self) -> usize {
        self.bytes.capacity() + size_of::<Self>()
    }

    /// Moves to the next version; false behind the last.
    #[inline]
    pub(crate) fn step(&self, spot: &mut Spot) -> Result<bool, Damage> {
        let from = if spot.ordinal == 0 {
            self.stream
        } else {
            spot.rest.end
        };
        self.read_at(spot, spot.ordinal, from)
    }

    /// Moves to the first version that is not before the target, wherever in the block the spot stands; false when
    /// all are before it.
    pub(crate) fn seek(
        &self,
        spot: &mut Spot,
        key: &[u8],
        horizon: &Horizon,
    ) -> Result<bool, Damage> {
        spot.reset();
        self.jump(spot, 0, key, horizon)?;
        self.walk(spot, key, horizon)
    }

    /// As [`seek`](Self::seek), for a spot that stands at a version before the target.
    pub(crate) fn seek_forward(
        &self,
        spot: &mut Spot,
        key: &[u8],
        horizon: &Horizon,
    ) -> Result<bool, Damage> {
        let current = spot.ordinal.saturating_sub(1) / self.interval;
        if current + 1 < self.restarts() && self.restart_is_before(current + 1, key, horizon)? {
            self.jump(spot, current + 1, key, horizon)?;
        }
        self.walk(spot, key, horizon)
    }

    /// The version the spot stands at. The spot must have been moved by this block.
    #[inline]
    pub(crate) fn entry<'a>(&'a self, spot: &'a Spot) -> Entry<'a> {
        let rest = &spot.rest;
        Entry {
            key: &spot.key,
            seq: spot.at.seq,
            index: spot.at.index,
            stamp: spot.at.stamp,
            ended: rest
                .ended
                .map_or(OPEN_END, |after| spot.at.stamp.wrapping_add(after)),
            deleted: spot.deleted,
            meta: &self.bytes[rest.meta.0..rest.meta.1],
            content: match rest.apart {
                Some(place) => Content::Apart(place),
                None => Content::Inline(&self.bytes[rest.content.0..rest.content.1]),
            },
        }
    }

    /// The newest version of `key` that `horizon` sees, when the last version of the block is not before it.
    pub(crate) fn find(&self, key: &[u8], horizon: &Horizon) -> Result<Option<Found>, Damage> {
        let restart = self.last_restart_before(0, key, horizon)?;
        let mut ordinal = restart * self.interval;
        let mut at = self.restart(restart);
        // How many bytes of `key` the version before, which is less than the target, begins with. A version that
        // shares more than that with it is less for the same reason, and one that shares less is greater.
        let mut matched = 0;
        while ordinal < self.count {
            let lead = self.lead(at)?;
            if ordinal.is_multiple_of(self.interval) {
                matched = 0;
            }
            match lead.shared.cmp(&matched) {
                Ordering::Less => return Ok(None),
                Ordering::Greater => {}
                Ordering::Equal => {
                    let suffix = self.bytes.get(lead.suffix..lead.rest).ok_or(CUT)?;
                    let wanted = &key[matched..];
                    let same = common_prefix(suffix, wanted);
                    if same < suffix.len() {
                        if same == wanted.len() || suffix[same] > wanted[same] {
                            return Ok(None);
                        }
                    } else if same == wanted.len() {
                        let coordinates = self.coordinates(ordinal);
                        if coordinates.seen_by(horizon) {
                            return self.found(&lead, coordinates).map(Some);
                        }
                    }
                    matched += same;
                }
            }
            at = self.rest(&lead)?.end;
            ordinal += 1;
        }
        Ok(None)
    }

    fn found(&self, lead: &Lead, at: Coordinates) -> Result<Found, Damage> {
        let spot = Spot {
            ordinal: 0,
            key: Vec::new(),
            rest: self.rest(lead)?,
            at,
            deleted: lead.flags & DELETED != 0,
        };
        Ok(Found::from_entry(&self.entry(&spot)))
    }

    /// Steps until the version stood at is not before the target.
    fn walk(&self, spot: &mut Spot, key: &[u8], horizon: &Horizon) -> Result<bool, Damage> {
        while self.step(spot)? {
            if !spot.is_before(key, horizon) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Goes just before the last restart from `from` on that is before the target.
    fn jump(
        &self,
        spot: &mut Spot,
        from: u32,
        key: &[u8],
        horizon: &Horizon,
    ) -> Result<(), Damage> {
        let restart = self.last_restart_before(from, key, horizon)?;
        if restart > 0 {
            spot.ordinal = restart * self.interval;
            spot.rest.end = self.restart(restart);
        }
        Ok(())
    }

    #[inline]
    fn read_at(&self, spot: &mut Spot, ordinal: u32, from: usize) -> Result<bool, Damage> {
        if ordinal >= self.count {
            return Ok(false);
        }
        let lead = self.lead(from)?;
        let shared = if ordinal.is_multiple_of(self.interval) {
            0
        } else {
            lead.shared
        };
        if shared != lead.shared || shared > spot.key.len() {
            return Err(Damage("a key shares more than there is"));
        }
        spot.key.truncate(shared);
        spot.key
            .extend_from_slice(&self.bytes[lead.suffix..lead.rest]);
        spot.rest = self.rest(&lead)?;
        spot.at = self.coordinates(ordinal);
        spot.deleted = lead.flags & DELETED != 0;
        spot.ordinal = ordinal + 1;
        Ok(true)
    }

    /// Reads the first part of the version at `at`; its suffix is certain to lie within the block.
    #[inline]
    fn lead(&self, mut at: usize) -> Result<Lead, Damage> {
        let bytes = self.bytes.as_slice();
        let head = *bytes.get(at).ok_or(CUT)?;
        at += 1;
        let (flags, shared) = if head < PLAIN_LONG {
            (self.plain, usize::from(head))
        } else {
            let flags = if head == PLAIN_LONG {
                self.plain
            } else {
                head - FLAGGED
            };
            (flags, varint::read(bytes, &mut at).ok_or(CUT)? as usize)
        };
        if flags > DELETED | APART | ANNOTATED | ENDED
            || flags & (DELETED | APART) == DELETED | APART
        {
            return Err(Damage("a version has an unknown form"));
        }
        let length = varint::read(bytes, &mut at).ok_or(CUT)? as usize;
        if length > bytes.len() - at {
            return Err(CUT);
        }
        Ok(Lead {
            flags,
            shared,
            suffix: at,
            rest: at + length,
        })
    }

    /// Reads the rest of a version; its parts are certain to lie within the block.
    #[inline]
    fn rest(&self, lead: &Lead) -> Result<Rest, Damage> {
        let mut at = lead.rest;
        let mut rest = Rest::default();
        if lead.flags & ENDED != 0 {
            rest.ended = Some(varint::read(&self.bytes, &mut at).ok_or(CUT)?);
        }
        if lead.flags & ANNOTATED != 0 {
            rest.meta = self.part(&mut at)?;
        }
        if lead.flags & APART != 0 {
            rest.apart = Some(self.place(&mut at)?);
        } else if lead.flags & DELETED == 0 {
            rest.content = self.part(&mut at)?;
        }
        rest.end = at;
        Ok(rest)
    }

    /// Reads a length and steps over as many bytes.
    #[inline]
    fn part(&self, at: &mut usize) -> Result<(usize, usize), Damage> {
        let length = varint::read(&self.bytes, at).ok_or(CUT)? as usize;
        let start = *at;
        if length > self.bytes.len() - start {
            return Err(CUT);
        }
        *at = start + length;
        Ok((start, *at))
    }

    fn place(&self, at: &mut usize) -> Result<ValueRef, Damage> {
        let mut fields = Fields::new(&self.bytes[*at..]);
        let place = ValueRef {
            file: fields.number()?,
            offset: fields.number()?,
            stored: fields.small()?,
            raw: fields.small()?,
            tag: fields.tag()?,
        };
        *at += fields.at();
        Ok(place)
    }

    /// Where and when version `ordinal` was written.
    #[inline]
    fn coordinates(&self, ordinal: u32) -> Coordinates {
        let columns = &self.bytes[self.columns..];
        let widths = &self.widths;
        let stride = u64::from(widths.commit) + u64::from(widths.index);
        let at = self.versions_at + u64::from(ordinal) * stride;
        let commit = bits::read(columns, at, widths.commit);
        let index = bits::read(columns, at + u64::from(widths.commit), widths.index);
        let stride = u64::from(widths.first) + u64::from(widths.stamp);
        // A commit behind the table reads other columns: wrong numbers, as any forged block may hold, but no panic.
        let at = self.commits_at + commit * stride;
        let first = self.base_first + bits::read(columns, at, widths.first);
        let stamp = bits::read(columns, at + u64::from(widths.first), widths.stamp);
        Coordinates {
            seq: first + index,
            stamp: self.base_stamp.wrapping_add(stamp),
            index: index as u32,
        }
    }

    fn restarts(&self) -> u32 {
        self.count.div_ceil(self.interval)
    }

    /// Where restart `n` begins.
    #[inline]
    fn restart(&self, n: u32) -> usize {
        let width = self.widths.restart;
        self.stream
            + bits::read(
                &self.bytes[self.columns..],
                u64::from(n) * u64::from(width),
                width,
            ) as usize
    }

    fn restart_is_before(&self, n: u32, key: &[u8], horizon: &Horizon) -> Result<bool, Damage> {
        let lead = self.lead(self.restart(n))?;
        if lead.shared != 0 {
            return Err(Damage("a restart shares a key"));
        }
        Ok(match self.bytes[lead.suffix..lead.rest].cmp(key) {
            Ordering::Less => true,
            Ordering::Equal => !self.coordinates(n * self.interval).seen_by(horizon),
            Ordering::Greater => false,
        })
    }

    /// The last restart from `from` on that is before the target; `from` itself when none is.
    fn last_restart_before(&self, from: u32, key: &[u8], horizon: &Horizon) -> Result<u32, Damage> {
        let (mut low, mut high) = (from, self.restarts());
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if self.restart_is_before(middle, key, horizon)? {
                low = middle;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }
}
