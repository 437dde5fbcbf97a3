//! The last piece of a segment, from which everything else is found.
//!
//! ```text
//! u8      class          0 current, 1 history
//! varint  versions, deletes, keys (distinct), blocks
//! varint  min seq; max seq less min; min stamp; max stamp less min; max ended (as in a node)
//! varint  length, bytes  the smallest key
//! varint  length, bytes  the greatest key
//! varint  length, bytes  the root of the index (index.rs)
//! varint  lines          of the filter (filter.rs); its pieces follow, the first 64 after the start of the file
//!   varint  offset       less the end of the piece before
//!   varint  stored, raw length
//!   16      tag
//! table of the timeline  (timeline.rs)
//! ```

use super::fields::{Damage, Fields, put_bytes, put_piece};
use super::filter;
use super::index::Node;
use super::ranges::Ranges;
use super::timeline::{self, Part};
use crate::extent::{Class, Extent};
use crate::piece::Piece;
use crate::preamble::PREAMBLE_LEN;
use crate::varint;

/// What a segment's footer says.
#[derive(Debug)]
pub(crate) struct Footer {
    pub(crate) class: Class,
    pub(crate) versions: u64,
    pub(crate) deletes: u64,
    pub(crate) keys: u64,
    pub(crate) blocks: u64,
    pub(crate) ranges: Ranges,
    pub(crate) min_key: Vec<u8>,
    pub(crate) max_key: Vec<u8>,
    pub(crate) root: Node,
    pub(crate) filter_lines: u32,
    pub(crate) filter: Vec<Piece>,
    pub(crate) timeline: Vec<Part>,
}

/// What a writer knows at the end; the root is encoded already.
pub(crate) struct FooterParts<'a> {
    pub(crate) class: Class,
    pub(crate) versions: u64,
    pub(crate) deletes: u64,
    pub(crate) keys: u64,
    pub(crate) blocks: u64,
    pub(crate) ranges: &'a Ranges,
    pub(crate) min_key: &'a [u8],
    pub(crate) max_key: &'a [u8],
    pub(crate) root: &'a [u8],
    pub(crate) filter_lines: u32,
    pub(crate) filter: &'a [Piece],
    pub(crate) timeline: &'a [Part],
}

impl FooterParts<'_> {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = vec![u8::from(self.class == Class::History)];
        for number in [self.versions, self.deletes, self.keys, self.blocks] {
            varint::put(&mut out, number);
        }
        self.ranges.encode(&mut out, 0, 0);
        put_bytes(&mut out, self.min_key);
        put_bytes(&mut out, self.max_key);
        put_bytes(&mut out, self.root);
        varint::put(&mut out, u64::from(self.filter_lines));
        let mut from = PREAMBLE_LEN as u64;
        for piece in self.filter {
            put_piece(&mut out, piece, from);
            from = piece.end();
        }
        timeline::put_table(&mut out, self.timeline);
        out
    }
}

impl Footer {
    /// Reads the footer that `extent` points at, and checks that they speak of the same segment.
    pub(crate) fn decode(bytes: &[u8], extent: &Extent) -> Result<Self, Damage> {
        let limit = extent.footer;
        let mut fields = Fields::new(bytes);
        let class = match fields.take(1)? {
            [0] => Class::Current,
            [1] => Class::History,
            _ => return Err(Damage("its class is unknown")),
        };
        let (versions, deletes) = (fields.number()?, fields.number()?);
        let (keys, blocks) = (fields.number()?, fields.number()?);
        let ranges = Ranges::decode(&mut fields, 0, 0)?;
        let (min_key, max_key) = (fields.bytes()?.to_vec(), fields.bytes()?.to_vec());
        let root = Node::decode(fields.bytes()?, limit)?;
        let filter_lines = fields.small()?;
        let filter = read_filter(&mut fields, filter_lines, limit)?;
        let timeline = timeline::read_table(&mut fields, limit)?;
        fields.end()?;
        let footer = Self {
            class,
            versions,
            deletes,
            keys,
            blocks,
            ranges,
            min_key,
            max_key,
            root,
            filter_lines,
            filter,
            timeline,
        };
        footer.check(extent)?;
        Ok(footer)
    }

    fn check(&self, extent: &Extent) -> Result<(), Damage> {
        let said = Ranges {
            min_seq: extent.min_seq,
            max_seq: extent.max_seq,
            min_stamp: extent.min_stamp,
            max_stamp: extent.max_stamp,
            max_ended: extent.max_ended,
        };
        if (self.class, self.versions, self.deletes, self.ranges)
            != (extent.class, extent.versions, extent.deletes, said)
        {
            return Err(Damage("it describes another segment than the manifest does"));
        }
        let in_timeline: u64 = self.timeline.iter().map(|part| u64::from(part.versions)).sum();
        if self.root.total() != self.blocks || in_timeline != self.versions {
            return Err(Damage("its counts contradict each other"));
        }
        let last = self.root.children().len().checked_sub(1).ok_or(Damage("it holds nothing"))?;
        if self.root.last_key(last) != self.max_key || self.min_key > self.max_key {
            return Err(Damage("its keys contradict each other"));
        }
        Ok(())
    }

    /// The memory it takes for as long as the segment is open.
    pub(crate) fn weight(&self) -> usize {
        self.root.weight()
            + self.min_key.capacity()
            + self.max_key.capacity()
            + self.filter.capacity() * size_of::<Piece>()
            + self.timeline.capacity() * size_of::<Part>()
            + size_of::<Self>()
    }
}

fn read_filter(fields: &mut Fields<'_>, lines: u32, limit: u64) -> Result<Vec<Piece>, Damage> {
    let mut pieces = Vec::new();
    let mut from = PREAMBLE_LEN as u64;
    for n in 0..lines.div_ceil(filter::LINES) {
        let piece = fields.piece(from, limit)?;
        if piece.raw != filter::piece_length(n, lines) {
            return Err(Damage("a piece of its filter has a wrong length"));
        }
        from = piece.end();
        pieces.push(piece);
    }
    if pieces.is_empty() {
        return Err(Damage("it has no filter"));
    }
    Ok(pieces)
}
