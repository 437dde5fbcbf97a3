//! A node of the index: which child holds which versions, and the children's places and tags.
//!
//! There are two levels. An index piece has the blocks as its children; the root, which is a part of the footer, has
//! the index pieces.
//!
//! ```text
//! varint  count
//! varint  base seq, base stamp    the smallest of all children
//! every child:
//!   varint  shared                bytes the last key shares with that of the child before
//!   varint  length, bytes         the rest of the last key
//!   varint  offset                less the end of the child before (of the first child: less 64)
//!   varint  stored, raw length
//!   16      tag
//!   varint  count                 of versions in a block, of blocks in an index piece
//!   varint  min seq               less the base
//!   varint  max seq               less the min
//!   varint  min stamp             less the base
//!   varint  max stamp             less the min
//!   varint  max ended             0 when one is open, else 1 more than its distance from the min stamp
//!   varint  last seq              less the min: seq, stamp and index of the last version,
//!   varint  last stamp            less the min   so that one key may go on over many blocks
//!   varint  last index
//! ```

use super::block::Coordinates;
use super::fields::{Damage, Fields, put_bytes, put_piece};
use super::ranges::Ranges;
use super::search::is_before;
use crate::entry::Horizon;
use crate::heads::{Heads, common_prefix};
use crate::piece::{MAX_PIECE, Piece};
use crate::preamble::PREAMBLE_LEN;
use crate::varint;

/// No child takes fewer bytes.
const LEAST_CHILD: usize = 28;

/// A block or an index piece, as its parent knows it. The key of its last version is kept by the node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Child {
    pub(crate) piece: Piece,
    pub(crate) ranges: Ranges,
    /// Its last version.
    pub(crate) last: Coordinates,
    /// How many versions, or blocks, it holds.
    pub(crate) count: u32,
    /// How many versions, or blocks, the children before it hold.
    pub(crate) before: u64,
}

/// An index piece or the root, decoded.
#[derive(Debug, Default)]
pub(crate) struct Node {
    keys: Vec<u8>,
    ends: Vec<u32>,
    heads: Heads,
    children: Vec<Child>,
}

impl Node {
    /// Reads a node whose children lie before `limit`.
    pub(crate) fn decode(bytes: &[u8], limit: u64) -> Result<Self, Damage> {
        let mut fields = Fields::new(bytes);
        let count = fields.count(LEAST_CHILD)?;
        let (base_seq, base_stamp) = (fields.number()?, fields.number()?);
        let mut node = Self { children: Vec::with_capacity(count), ends: Vec::with_capacity(count), ..Self::default() };
        let mut from = PREAMBLE_LEN as u64;
        let mut before = 0;
        for _ in 0..count {
            let start = node.read_key(&mut fields)?;
            let piece = fields.piece(from, limit)?;
            let count = fields.small()?;
            let ranges = Ranges::decode(&mut fields, base_seq, base_stamp)?;
            let add = |base: u64, more: u64| base.checked_add(more).ok_or(Damage("a number is too large"));
            let last = Coordinates {
                seq: add(ranges.min_seq, fields.number()?)?,
                stamp: add(ranges.min_stamp, fields.number()?)?,
                index: fields.small()?,
            };
            if last.seq < u64::from(last.index) || last.seq > ranges.max_seq || last.stamp > ranges.max_stamp {
                return Err(Damage("the last version of a child lies outside of its ranges"));
            }
            node.check_order(start, &last)?;
            node.children.push(Child { piece, ranges, last, count, before });
            before += u64::from(count);
            from = piece.end();
        }
        fields.end()?;
        node.heads = Heads::new((0..count).map(|n| node.last_key(n)));
        Ok(node)
    }

    /// Reads the last key of the next child to the end of `keys`; returns where it starts.
    fn read_key(&mut self, fields: &mut Fields<'_>) -> Result<usize, Damage> {
        let previous = self.key_start(self.ends.len().wrapping_sub(1));
        let start = self.keys.len();
        let shared = fields.small()? as usize;
        if shared > start - previous {
            return Err(Damage("a key shares more than there is"));
        }
        let rest = fields.bytes()?;
        if start + shared + rest.len() > MAX_PIECE {
            return Err(Damage("its keys are too long"));
        }
        self.keys.extend_from_within(previous..previous + shared);
        self.keys.extend_from_slice(rest);
        self.ends.push(self.keys.len() as u32);
        Ok(start)
    }

    /// Checks that the child whose key was just read comes after the one before.
    fn check_order(&self, start: usize, last: &Coordinates) -> Result<(), Damage> {
        let Some(previous) = self.children.last() else {
            return Ok(());
        };
        let before = &self.keys[self.key_start(self.children.len() - 1)..start];
        let key = &self.keys[start..];
        if before < key || (before == key && previous.last.seq > last.seq) {
            return Ok(());
        }
        Err(Damage("its keys are out of order"))
    }

    fn key_start(&self, n: usize) -> usize {
        n.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |end| *end as usize)
    }

    pub(crate) fn children(&self) -> &[Child] {
        &self.children
    }

    /// The key of the last version of child `n`.
    pub(crate) fn last_key(&self, n: usize) -> &[u8] {
        &self.keys[self.key_start(n)..self.ends[n] as usize]
    }

    /// How many versions, or blocks, all children hold.
    pub(crate) fn total(&self) -> u64 {
        self.children.last().map_or(0, |last| last.before + u64::from(last.count))
    }

    /// The first child from `from` on that does not lie before the target entirely.
    #[inline]
    pub(crate) fn find(&self, from: usize, key: &[u8], horizon: &Horizon) -> usize {
        let alike = self.heads.places(key);
        let (mut low, mut high) = (from.max(alike.start), alike.end);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.is_before(middle, key, horizon) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// Whether all of child `n` lies before the target.
    #[inline]
    pub(crate) fn is_before(&self, n: usize, key: &[u8], horizon: &Horizon) -> bool {
        is_before(self.last_key(n), || self.children[n].last, key, horizon)
    }

    /// The memory it takes.
    pub(crate) fn weight(&self) -> usize {
        self.keys.capacity()
            + self.ends.capacity() * size_of::<u32>()
            + self.children.capacity() * size_of::<Child>()
            + self.heads.weight()
            + size_of::<Self>()
    }
}

/// The children of the node being filled.
#[derive(Default)]
pub(crate) struct NodeBuilder {
    keys: Vec<u8>,
    ends: Vec<usize>,
    children: Vec<Child>,
    length: usize,
}

impl NodeBuilder {
    pub(crate) fn push(&mut self, last_key: &[u8], child: Child) {
        let previous = self.last_key().unwrap_or_default();
        self.length += last_key.len() - common_prefix(previous, last_key) + 48;
        self.keys.extend_from_slice(last_key);
        self.ends.push(self.keys.len());
        self.children.push(child);
    }

    /// About how many bytes the node has.
    pub(crate) fn length(&self) -> usize {
        self.length
    }

    pub(crate) fn len(&self) -> usize {
        self.children.len()
    }

    /// The key of the last version of all.
    pub(crate) fn last_key(&self) -> Option<&[u8]> {
        let end = *self.ends.last()?;
        let start = self.ends.len().checked_sub(2).map_or(0, |before| self.ends[before]);
        Some(&self.keys[start..end])
    }

    /// The last version of all.
    pub(crate) fn last(&self) -> Coordinates {
        self.children.last().map_or_else(Coordinates::default, |child| child.last)
    }

    /// What all children span together.
    pub(crate) fn ranges(&self) -> Ranges {
        let mut ranges = Ranges::NONE;
        for child in &self.children {
            ranges.merge(&child.ranges);
        }
        ranges
    }

    /// Writes the node into `out` and starts the next one.
    pub(crate) fn finish(&mut self, out: &mut Vec<u8>) {
        let Ranges { min_seq, min_stamp, .. } = self.ranges();
        varint::put(out, self.children.len() as u64);
        varint::put(out, min_seq);
        varint::put(out, min_stamp);
        let mut from = PREAMBLE_LEN as u64;
        let mut previous: &[u8] = &[];
        let mut start = 0;
        for (child, end) in self.children.iter().zip(&self.ends) {
            let key = &self.keys[start..*end];
            let shared = common_prefix(previous, key);
            varint::put(out, shared as u64);
            put_bytes(out, &key[shared..]);
            put_piece(out, &child.piece, from);
            varint::put(out, u64::from(child.count));
            child.ranges.encode(out, min_seq, min_stamp);
            varint::put(out, child.last.seq - child.ranges.min_seq);
            varint::put(out, child.last.stamp - child.ranges.min_stamp);
            varint::put(out, u64::from(child.last.index));
            from = child.piece.end();
            previous = key;
            start = *end;
        }
        *self = Self::default();
    }
}
