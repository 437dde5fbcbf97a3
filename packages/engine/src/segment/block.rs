//! A block: some dozens of neighbouring versions, the unit of reading.
//!
//! ```text
//! varint  count          versions, at least 1
//! varint  commits        different commits among them
//! u8      interval       versions between two restarts
//! u8      class          1 when the block belongs to a history segment, else 0
//! u8 x 6  widths         in bits, of: restart, first, stamp, commit, index, body
//! varint  base first     the smallest first seq of a commit
//! varint  base stamp     the smallest stamp
//! varint  keys length
//! varint  bodies length
//! columns                numbers of fixed width in bits (bits.rs), filled up to whole bytes:
//!   restart              for every interval-th version: where in the keys it begins
//!   first, stamp         for every commit: its first seq and its stamp, less the base; in order of these, or, when
//!                        there are as many commits as versions, in the order of the versions
//!   commit, index, body  for every version: which commit of the table (of width 0 when there are as many commits as
//!                        versions), its place within it, where its body begins
//! keys                   of every version, in order
//! bodies                 of every version, in order, each up to the next
//! ```
//! A version's seq is the first seq of its commit plus its index; its stamp is its commit's. Keys are apart from
//! bodies so that a search touches little memory. In the keys:
//!
//! ```text
//! u8      head           0 to 126: plain, and the key shares that many bytes with the key before
//!                        127: plain; a varint follows: how many bytes it shares
//!                        128 to 143: 128 + flags (1 deleted, 2 apart, 4 annotated, 8 ended); the varint follows
//! varint  length, bytes  the rest of the key. A restart shares nothing
//! ```
//! Plain means: no flag but, in a history block, ended. A body:
//!
//! ```text
//! varint  ended          when ended: less the stamp. Without it the end is open
//! varint  length, bytes  when annotated: the annotation
//! varints                when apart: values file, offset, stored length, raw length; then the 16-byte tag
//! bytes                  when neither deleted nor apart: the document
//! ```

use std::sync::Arc;

use super::bits;
use super::fields::{Damage, Fields};
use crate::entry::{Content, Entry, Found, FoundContent, Horizon, OPEN_END, Text, ValueRef};
use crate::heads::Heads;
use crate::varint;

pub(super) const DELETED: u8 = 1;
pub(super) const APART: u8 = 2;
pub(super) const ANNOTATED: u8 = 4;
pub(super) const ENDED: u8 = 8;
/// A head of this and more carries flags.
pub(super) const FLAGGED: u8 = 0x80;
/// The head of a plain version whose shared length does not fit the head.
pub(super) const PLAIN_LONG: u8 = 0x7F;
/// No version takes fewer bytes of the keys.
const LEAST_KEY: usize = 2;
/// Seqs stay below this, so that sums of them cannot overflow.
pub(super) const SEQ_LIMIT: u64 = 1 << 62;

pub(super) const CUT: Damage = Damage("a version ends outside of its block");

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
    pub(super) body: u8,
}

/// A block as it was read, its outline understood.
#[derive(Debug)]
pub(crate) struct Block {
    bytes: Vec<u8>,
    pub(super) count: u32,
    pub(super) interval: u32,
    /// The flags of a plain version.
    plain: u8,
    /// Whether every version has a commit of its own.
    alone: bool,
    widths: Widths,
    base_first: u64,
    base_stamp: u64,
    /// Where the columns begin, in bits of the block: the restarts, the commits, the versions.
    restarts_at: u64,
    commits_at: u64,
    versions_at: u64,
    /// Where the keys and the bodies begin.
    pub(super) keys: usize,
    bodies: usize,
    /// Of the keys of the restarts.
    pub(super) heads: Heads,
}

/// A version in the keys.
pub(super) struct Lead {
    pub(super) flags: u8,
    pub(super) shared: usize,
    /// Where the rest of the key begins and ends.
    pub(super) suffix: usize,
    pub(super) end: usize,
}

/// The body of a version: where its parts are.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Body {
    ended: Option<u64>,
    meta: (usize, usize),
    content: (usize, usize),
    apart: Option<ValueRef>,
}

impl Body {
    #[inline]
    fn ended_from(&self, stamp: u64) -> u64 {
        self.ended.map_or(OPEN_END, |after| stamp.wrapping_add(after))
    }
}

impl Block {
    /// Understands the outline of a block. The versions themselves are checked as they are read.
    pub(crate) fn decode(bytes: Vec<u8>) -> Result<Self, Damage> {
        let mut fields = Fields::new(&bytes);
        let count = fields.small()?;
        let commits = fields.small()?;
        let [interval, class, restart, first, stamp, commit, index, body] = fields.array()?;
        let (base_first, base_stamp) = (fields.number()?, fields.number()?);
        let (keys_length, bodies_length) = (fields.small()?, fields.small()?);
        if restart > 32 || first > 62 || stamp > 64 || commit > 32 || index > 32 || body > 32 {
            return Err(Damage("the width of a column is impossible"));
        }
        if count == 0 || interval == 0 || class > 1 || !(1..=count).contains(&commits) || base_first >= SEQ_LIMIT {
            return Err(Damage("its outline is impossible"));
        }
        if count as usize > keys_length as usize / LEAST_KEY {
            return Err(Damage("it counts more versions than it can hold"));
        }
        let interval = u32::from(interval);
        let widths = Widths { restart, first, stamp, commit, index, body };
        let restarts_at = fields.at() as u64 * 8;
        let commits_at = restarts_at + u64::from(count.div_ceil(interval)) * u64::from(restart);
        let versions_at = commits_at + u64::from(commits) * widths.of_commit();
        let columns_end = versions_at + u64::from(count) * widths.of_version();
        let keys = columns_end.div_ceil(8);
        let bodies = keys + u64::from(keys_length);
        if bodies + u64::from(bodies_length) != bytes.len() as u64 {
            return Err(Damage("its length is not that of its parts"));
        }
        let mut block = Self {
            count,
            interval,
            plain: if class == 1 { ENDED } else { 0 },
            alone: commits == count,
            widths,
            base_first,
            base_stamp,
            restarts_at,
            commits_at,
            versions_at,
            keys: keys as usize,
            bodies: bodies as usize,
            heads: Heads::default(),
            bytes,
        };
        block.heads = block.restart_heads()?;
        Ok(block)
    }

    fn restart_heads(&self) -> Result<Heads, Damage> {
        let mut leads = Vec::with_capacity(self.restarts() as usize);
        for n in 0..self.restarts() {
            let lead = self.lead(self.restart(n))?;
            if lead.shared != 0 {
                return Err(Damage("a restart shares a key"));
            }
            leads.push(lead);
        }
        Ok(Heads::new(leads.iter().map(|lead| self.suffix(lead))))
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
        self.bytes.capacity() + self.heads.weight() + size_of::<Self>()
    }

    /// How many restarts it has.
    pub(super) fn restarts(&self) -> u32 {
        self.count.div_ceil(self.interval)
    }

    /// Where restart `n` begins.
    #[inline]
    pub(super) fn restart(&self, n: u32) -> usize {
        let width = self.widths.restart;
        let at = self.restarts_at + u64::from(n) * u64::from(width);
        self.keys + bits::read(&self.bytes, at, width) as usize
    }

    /// Reads the key at `at`.
    #[inline]
    pub(super) fn lead(&self, mut at: usize) -> Result<Lead, Damage> {
        let bytes = self.bytes.as_slice();
        let head = *bytes.get(at).ok_or(CUT)?;
        at += 1;
        let (flags, shared) = if head < PLAIN_LONG {
            (self.plain, usize::from(head))
        } else {
            let flags = if head == PLAIN_LONG { self.plain } else { head - FLAGGED };
            (flags, varint::read(bytes, &mut at).ok_or(CUT)? as usize)
        };
        let length = varint::read(bytes, &mut at).ok_or(CUT)? as usize;
        if length > bytes.len() - at {
            return Err(CUT);
        }
        Ok(Lead { flags, shared, suffix: at, end: at + length })
    }

    /// The part of a key that it does not share.
    #[inline]
    pub(super) fn suffix(&self, lead: &Lead) -> &[u8] {
        &self.bytes[lead.suffix..lead.end]
    }

    /// The commit of version `ordinal`, whose columns are at `at`.
    #[inline]
    fn commit(&self, ordinal: u32, at: u64) -> u64 {
        if self.alone { u64::from(ordinal) } else { bits::read(&self.bytes, at, self.widths.commit) }
    }

    /// Where and when version `ordinal` was written, and where its body begins.
    #[inline]
    fn record(&self, ordinal: u32) -> (Coordinates, u64) {
        let (bytes, widths) = (self.bytes.as_slice(), &self.widths);
        let at = self.versions_at + u64::from(ordinal) * widths.of_version();
        let commit = self.commit(ordinal, at);
        let at = at + u64::from(widths.commit);
        let index = bits::read(bytes, at, widths.index);
        let body = bits::read(bytes, at + u64::from(widths.index), widths.body);
        // A commit behind the table reads other columns: wrong numbers, as any forged block may hold, but no panic.
        let at = self.commits_at + commit * widths.of_commit();
        let first = self.base_first + bits::read(bytes, at, widths.first);
        let stamp = bits::read(bytes, at + u64::from(widths.first), widths.stamp);
        let stamp = self.base_stamp.wrapping_add(stamp);
        (Coordinates { seq: first + index, stamp, index: index as u32 }, body)
    }

    /// The seq of version `ordinal`.
    #[inline]
    pub(super) fn seq(&self, ordinal: u32) -> u64 {
        let (bytes, widths) = (self.bytes.as_slice(), &self.widths);
        let at = self.versions_at + u64::from(ordinal) * widths.of_version();
        let commit = self.commit(ordinal, at);
        let index = bits::read(bytes, at + u64::from(widths.commit), widths.index);
        let at = self.commits_at + commit * widths.of_commit();
        self.base_first + bits::read(bytes, at, widths.first) + index
    }

    /// Where and when version `ordinal` was written.
    pub(super) fn coordinates(&self, ordinal: u32) -> Coordinates {
        self.record(ordinal).0
    }

    /// Reads everything of version `ordinal` but its key; the parts of the body are certain to lie within the block.
    #[inline]
    pub(super) fn body(&self, ordinal: u32, flags: u8) -> Result<(Coordinates, Body), Damage> {
        let (coordinates, start) = self.record(ordinal);
        let start = self.bodies + start as usize;
        let end = if ordinal + 1 < self.count {
            let next = self.versions_at + u64::from(ordinal + 2) * self.widths.of_version();
            let width = self.widths.body;
            self.bodies + bits::read(&self.bytes, next - u64::from(width), width) as usize
        } else {
            self.bytes.len()
        };
        if start > end || end > self.bytes.len() {
            return Err(CUT);
        }
        let body = Body { content: (start, end), ..Body::default() };
        if flags == 0 { Ok((coordinates, body)) } else { Ok((coordinates, self.parts(body, flags)?)) }
    }

    /// Takes a body apart whose version is not just a document.
    fn parts(&self, mut body: Body, flags: u8) -> Result<Body, Damage> {
        if flags > DELETED | APART | ANNOTATED | ENDED || flags & (DELETED | APART) == DELETED | APART {
            return Err(Damage("a version has an unknown form"));
        }
        let (start, end) = body.content;
        let mut fields = Fields::new(&self.bytes[start..end]);
        if flags & ENDED != 0 {
            body.ended = Some(fields.number()?);
        }
        if flags & ANNOTATED != 0 {
            let length = fields.bytes()?.len();
            body.meta = (start + fields.at() - length, start + fields.at());
        }
        if flags & APART != 0 {
            body.apart = Some(ValueRef {
                file: fields.number()?,
                offset: fields.number()?,
                stored: fields.small()?,
                raw: fields.small()?,
                tag: fields.array()?,
            });
        }
        if flags & (APART | DELETED) != 0 {
            fields.end()?;
        }
        body.content.0 = start + fields.at();
        Ok(body)
    }

    /// A part of it, as [`find`](Self::find) places it.
    #[inline]
    pub(crate) fn part(&self, place: (usize, usize)) -> &[u8] {
        &self.bytes[place.0..place.1]
    }

    /// A version of this block, which it keeps in memory.
    #[inline]
    pub(super) fn found(self: Arc<Self>, at: Coordinates, deleted: bool, body: &Body) -> Found {
        Found {
            seq: at.seq,
            index: at.index,
            stamp: at.stamp,
            ended: body.ended_from(at.stamp),
            deleted,
            meta: self.part(body.meta).to_vec(),
            content: match body.apart {
                Some(place) => FoundContent::Apart(place),
                None => FoundContent::Inline(Text::Within(self, body.content)),
            },
        }
    }

    /// A version of this block.
    #[inline]
    pub(super) fn assemble<'a>(&'a self, key: &'a [u8], at: Coordinates, deleted: bool, body: &Body) -> Entry<'a> {
        Entry {
            key,
            seq: at.seq,
            index: at.index,
            stamp: at.stamp,
            ended: body.ended_from(at.stamp),
            deleted,
            meta: self.part(body.meta),
            content: match body.apart {
                Some(place) => Content::Apart(place),
                None => Content::Inline(self.part(body.content)),
            },
        }
    }
}

impl Widths {
    #[inline]
    fn of_commit(self) -> u64 {
        u64::from(self.first) + u64::from(self.stamp)
    }

    #[inline]
    fn of_version(self) -> u64 {
        u64::from(self.commit) + u64::from(self.index) + u64::from(self.body)
    }
}
