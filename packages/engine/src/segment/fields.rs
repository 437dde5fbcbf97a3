//! Reading a piece field by field when it may be damaged.

use crate::piece::Piece;
use crate::varint;

/// What is wrong with a piece. The reader adds the file and the place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Damage(pub(crate) &'static str);

const SHORT: Damage = Damage("it ends in the middle of a field");

/// The bytes that are still to be read.
pub(crate) struct Fields<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Fields<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// How many bytes were read.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// How many bytes are left.
    pub(crate) fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    pub(crate) fn number(&mut self) -> Result<u64, Damage> {
        varint::read(self.bytes, &mut self.at).ok_or(SHORT)
    }

    /// A number that fits 32 bits.
    pub(crate) fn small(&mut self) -> Result<u32, Damage> {
        u32::try_from(self.number()?).map_err(|_| Damage("a number is too large"))
    }

    /// A count of things that take at least `least` bytes each: never more than the bytes left can hold.
    pub(crate) fn count(&mut self, least: usize) -> Result<usize, Damage> {
        let count = self.small()? as usize;
        if count > self.left() / least {
            return Err(Damage("it counts more than it can hold"));
        }
        Ok(count)
    }

    pub(crate) fn take(&mut self, length: usize) -> Result<&'a [u8], Damage> {
        let bytes = self.bytes.get(self.at..).and_then(|left| left.get(..length)).ok_or(SHORT)?;
        self.at += length;
        Ok(bytes)
    }

    /// A length and as many bytes.
    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], Damage> {
        let length = self.small()? as usize;
        self.take(length)
    }

    pub(crate) fn array<const LENGTH: usize>(&mut self) -> Result<[u8; LENGTH], Damage> {
        self.take(LENGTH)?.try_into().map_err(|_| SHORT)
    }

    /// A piece that begins at or after `from` and ends at or before `limit`.
    pub(crate) fn piece(&mut self, from: u64, limit: u64) -> Result<Piece, Damage> {
        let offset = from.checked_add(self.number()?).ok_or(Damage("a place is too large"))?;
        let piece = Piece { offset, stored: self.small()?, raw: self.small()?, tag: self.array()? };
        if !piece.is_plausible(limit) {
            return Err(Damage("it points at a piece that cannot be"));
        }
        Ok(piece)
    }

    /// Checks that nothing is left.
    pub(crate) fn end(&self) -> Result<(), Damage> {
        if self.left() == 0 { Ok(()) } else { Err(Damage("it is longer than its content")) }
    }
}

/// Appends what [`Fields::bytes`] reads.
pub(crate) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    varint::put(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Appends what [`Fields::piece`] reads.
pub(crate) fn put_piece(out: &mut Vec<u8>, piece: &Piece, from: u64) {
    varint::put(out, piece.offset - from);
    varint::put(out, u64::from(piece.stored));
    varint::put(out, u64::from(piece.raw));
    out.extend_from_slice(&piece.tag);
}
