//! Which block holds which seq, so that a range of seqs is read without a scan.
//!
//! The versions of the segment in order of seq, cut into pieces of 4,096. In a piece, for every version:
//!
//! ```text
//! varint  seq            less the one before (of the first: less the min seq, so 0)
//! varint  block          its ordinal less the one before (of the first: less 0), zigzag
//! ```
//! The table of the pieces is a part of the footer:
//!
//! ```text
//! varint  count
//! every piece:
//!   varint  offset       less the end of the piece before (of the first: less 64)
//!   varint  stored, raw length
//!   16      tag
//!   varint  versions
//!   varint  min seq      less the max of the piece before (of the first: less 0)
//!   varint  max seq      less the min
//! ```

use super::fields::{Damage, Fields, put_piece};
use crate::piece::Piece;
use crate::preamble::PREAMBLE_LEN;
use crate::varint;

/// How many versions a piece has.
const PIECE_VERSIONS: usize = 4096;
/// No piece of the table takes fewer bytes.
const LEAST_PART: usize = 22;

/// A piece of the timeline, as the footer knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) piece: Piece,
    pub(crate) versions: u32,
    pub(crate) min_seq: u64,
    pub(crate) max_seq: u64,
}

/// One version: 12 bytes, because a segment being written keeps one for every version.
#[derive(Clone, Copy)]
struct Mark {
    seq: [u32; 2],
    block: u32,
}

impl Mark {
    fn seq(self) -> u64 {
        u64::from(self.seq[0]) << 32 | u64::from(self.seq[1])
    }
}

/// Collects the timeline of a segment being written.
#[derive(Default)]
pub(crate) struct TimelineBuilder {
    marks: Vec<Mark>,
}

impl TimelineBuilder {
    #[inline]
    pub(crate) fn push(&mut self, seq: u64, block: u32) {
        self.marks.push(Mark { seq: [(seq >> 32) as u32, seq as u32], block });
    }

    pub(crate) fn len(&self) -> usize {
        self.marks.len()
    }

    /// Hands the content of every piece to `write`, and returns the table; `None` when a seq occurs twice.
    pub(crate) fn finish<E>(
        mut self,
        mut write: impl FnMut(&mut [u8]) -> Result<Piece, E>,
    ) -> Result<Option<Vec<Part>>, E> {
        self.marks.sort_unstable_by_key(|mark| mark.seq());
        if self.marks.windows(2).any(|pair| pair[0].seq() == pair[1].seq()) {
            return Ok(None);
        }
        let mut content = Vec::new();
        let mut parts = Vec::new();
        for marks in self.marks.chunks(PIECE_VERSIONS) {
            let (min_seq, max_seq) = (marks[0].seq(), marks[marks.len() - 1].seq());
            content.clear();
            let (mut seq, mut block) = (min_seq, 0);
            for mark in marks {
                varint::put(&mut content, mark.seq() - seq);
                varint::put(&mut content, zigzag(i64::from(mark.block) - block));
                (seq, block) = (mark.seq(), i64::from(mark.block));
            }
            parts.push(Part { piece: write(&mut content)?, versions: marks.len() as u32, min_seq, max_seq });
        }
        Ok(Some(parts))
    }
}

/// Calls `visit` with every seq of a piece and the ordinal of its block, and checks what the table says of the piece.
pub(crate) fn for_each(
    content: &[u8],
    part: &Part,
    blocks: u64,
    mut visit: impl FnMut(u64, u32) -> Result<(), Damage>,
) -> Result<(), Damage> {
    let mut fields = Fields::new(content);
    let (mut seq, mut block) = (part.min_seq, 0i64);
    for n in 0..part.versions {
        let step = fields.number()?;
        if (step == 0) != (n == 0) {
            return Err(Damage("its seqs are out of order"));
        }
        seq = seq.checked_add(step).ok_or(Damage("a seq is too large"))?;
        block = block.wrapping_add(unzigzag(fields.number()?));
        match u32::try_from(block) {
            Ok(block) if u64::from(block) < blocks => visit(seq, block)?,
            _ => return Err(Damage("it names a block that is not there")),
        }
    }
    if seq != part.max_seq {
        return Err(Damage("its seqs end elsewhere than the footer says"));
    }
    fields.end()
}

/// Writes the table.
pub(crate) fn put_table(out: &mut Vec<u8>, parts: &[Part]) {
    varint::put(out, parts.len() as u64);
    let (mut from, mut seq) = (PREAMBLE_LEN as u64, 0);
    for part in parts {
        put_piece(out, &part.piece, from);
        varint::put(out, u64::from(part.versions));
        varint::put(out, part.min_seq - seq);
        varint::put(out, part.max_seq - part.min_seq);
        (from, seq) = (part.piece.end(), part.max_seq);
    }
}

/// Reads the table; its pieces lie before `limit`.
pub(crate) fn read_table(fields: &mut Fields<'_>, limit: u64) -> Result<Vec<Part>, Damage> {
    let count = fields.count(LEAST_PART)?;
    let mut parts: Vec<Part> = Vec::with_capacity(count);
    let (mut from, mut seq) = (PREAMBLE_LEN as u64, 0u64);
    for _ in 0..count {
        let piece = fields.piece(from, limit)?;
        let versions = fields.small()?;
        let mut above =
            |base: u64| base.checked_add(fields.number()?).ok_or(Damage("a seq of its timeline is too large"));
        let min_seq = above(seq)?;
        let max_seq = above(min_seq)?;
        if !parts.is_empty() && min_seq == seq {
            return Err(Damage("the pieces of its timeline are out of order"));
        }
        parts.push(Part { piece, versions, min_seq, max_seq });
        (from, seq) = (piece.end(), max_seq);
    }
    Ok(parts)
}

fn zigzag(value: i64) -> u64 {
    (value << 1 ^ value >> 63) as u64
}

fn unzigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}
