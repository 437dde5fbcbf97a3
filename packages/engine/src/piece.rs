//! A run of bytes in a file that is written, compressed, sealed and read as one.
//!
//! The content is kept as an LZ4 block when that saves an eighth or more, and as it is otherwise; a piece whose
//! stored and raw lengths are equal was not compressed. The seal of the file closes what is stored. Where the piece
//! is, how long it is and its tag are held by whoever points at it.

use lz4_flex::block::{CompressTable, compress_into_with_table, get_maximum_output_size};

use crate::code::Code;
use crate::error::{Error, Result};
use crate::files::Sheet;
use crate::preamble::PREAMBLE_LEN;
use crate::seal::Tag;

/// The longest content of a piece. Four times the largest document, so that only damage claims more.
pub(crate) const MAX_PIECE: usize = 64 << 20;
/// LZ4 makes at most 255 bytes out of one; a piece that claims more is damaged, and is not allocated.
const MAX_RATIO: u64 = 255;
/// How much is written before it is made durable, so that the device never has a mountain of dirty pages to write
/// while commits wait for it.
const SYNC_EVERY: u64 = 4 << 20;

/// The place of a piece in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) offset: u64,
    /// How many bytes are stored.
    pub(crate) stored: u32,
    /// How many bytes the content has.
    pub(crate) raw: u32,
    pub(crate) tag: Tag,
}

impl Piece {
    /// The offset after its last byte.
    pub(crate) fn end(&self) -> u64 {
        self.offset.saturating_add(u64::from(self.stored))
    }

    /// Whether the lengths are possible, and the piece lies after the preamble and before `limit`.
    pub(crate) fn is_plausible(&self, limit: u64) -> bool {
        let (stored, raw) = (u64::from(self.stored), u64::from(self.raw));
        self.offset >= PREAMBLE_LEN as u64
            && self.end() <= limit
            && (1..=raw).contains(&stored)
            && raw <= MAX_PIECE as u64
            && raw <= stored * MAX_RATIO
    }

    /// Reads the content. `stored` is a buffer that may be used again. The caller has checked
    /// [`is_plausible`](Self::is_plausible).
    pub(crate) fn read(&self, sheet: &Sheet, stored: &mut Vec<u8>) -> Result<Vec<u8>> {
        if self.stored == self.raw {
            let mut content = vec![0; self.raw as usize];
            sheet.read(self.offset, &mut content, &self.tag)?;
            return Ok(content);
        }
        stored.resize(self.stored as usize, 0);
        sheet.read(self.offset, stored, &self.tag)?;
        let mut content = vec![0; self.raw as usize];
        match lz4_flex::block::decompress_into(stored, &mut content) {
            Ok(length) if length == content.len() => Ok(content),
            _ => Err(Error::corrupt(&sheet.name, self.offset, "its content cannot be decompressed")),
        }
    }
}

/// Appends pieces to a new file.
///
/// No place is ever written twice: after a write that failed, every further call fails as well.
pub(crate) struct PieceWriter {
    sheet: Sheet,
    offset: u64,
    unsynced: u64,
    failed: bool,
    table: CompressTable,
    packed: Vec<u8>,
}

impl PieceWriter {
    /// Writes to a file that holds nothing but its preamble.
    pub(crate) fn new(sheet: Sheet) -> Self {
        Self {
            sheet,
            offset: PREAMBLE_LEN as u64,
            unsynced: PREAMBLE_LEN as u64,
            failed: false,
            table: CompressTable::default(),
            packed: Vec::new(),
        }
    }

    /// The name of the file.
    pub(crate) fn name(&self) -> &str {
        &self.sheet.name
    }

    /// How long the file is.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// Appends `content`, which is not empty, compressed if that is worth it. The bytes of `content` are used up.
    pub(crate) fn write_packed(&mut self, content: &mut [u8]) -> Result<Piece> {
        self.packed.resize(get_maximum_output_size(content.len()), 0);
        match compress_into_with_table(content, &mut self.packed, &mut self.table) {
            Ok(length) if length <= content.len() - content.len().div_ceil(8) => {
                let mut packed = std::mem::take(&mut self.packed);
                let piece = self.append(&mut packed[..length], content.len());
                self.packed = packed;
                piece
            }
            _ => self.write(content),
        }
    }

    /// Appends `content`, which is not empty, as it is. The bytes of `content` are used up.
    pub(crate) fn write(&mut self, content: &mut [u8]) -> Result<Piece> {
        let raw = content.len();
        self.append(content, raw)
    }

    fn append(&mut self, stored: &mut [u8], raw: usize) -> Result<Piece> {
        if raw > MAX_PIECE {
            return Err(Error::new(
                Code::ValueTooLarge,
                format!("{raw} bytes are more than the {MAX_PIECE} that a piece of a file may have."),
            ));
        }
        self.guard()?;
        let offset = self.offset;
        self.failed = true;
        let tag = self.sheet.write(offset, stored)?;
        self.offset += stored.len() as u64;
        self.unsynced += stored.len() as u64;
        if self.unsynced >= SYNC_EVERY {
            self.sheet.sync()?;
            self.unsynced = 0;
        }
        self.failed = false;
        Ok(Piece { offset, stored: stored.len() as u32, raw: raw as u32, tag })
    }

    /// Makes the file durable and returns its length.
    pub(crate) fn finish(self) -> Result<u64> {
        self.guard()?;
        self.sheet.sync()?;
        Ok(self.offset)
    }

    fn guard(&self) -> Result<()> {
        if self.failed {
            return Err(Error::new(
                Code::Poisoned,
                format!("An earlier write to {} failed; the file is given up.", self.sheet.name),
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::files::Files;
    use crate::host::{Fault, OperationKind, SeededEntropy, SimVfs};
    use crate::preamble::Kind;

    fn writer(disk: &SimVfs) -> PieceWriter {
        let files = Files {
            vfs: Arc::new(disk.clone()),
            entropy: Arc::new(SeededEntropy::new(1)),
            database: [3; 16],
            data_key: None,
            names: Mutex::default(),
        };
        PieceWriter::new(files.create(Kind::Values, 1).unwrap())
    }

    #[test]
    fn nothing_is_written_after_a_failure() {
        for kind in [OperationKind::Write, OperationKind::Sync] {
            let disk = SimVfs::new();
            let mut writer = writer(&disk);
            writer.write(&mut [1; 100]).unwrap();
            disk.fail(Fault::error(ErrorKind::Other).on(kind));
            let code = writer.write(&mut vec![2; SYNC_EVERY as usize]).unwrap_err().code();
            assert_eq!(code, Code::IoError);
            let operations = disk.operations();
            assert_eq!(writer.write(&mut [3; 100]).unwrap_err().code(), Code::Poisoned);
            assert_eq!(writer.write_packed(&mut [3; 100]).unwrap_err().code(), Code::Poisoned);
            assert_eq!(writer.finish().unwrap_err().code(), Code::Poisoned);
            assert_eq!(disk.operations(), operations);
        }
    }

    #[test]
    fn no_more_than_a_few_mib_are_ever_unsynced() {
        let disk = SimVfs::new();
        disk.record();
        let mut writer = writer(&disk);
        for _ in 0..40 {
            writer.write(&mut vec![7; 1 << 20]).unwrap();
        }
        assert_eq!(writer.finish().unwrap(), PREAMBLE_LEN as u64 + (40 << 20));
        let trace = disk.trace();
        let syncs = trace.iter().filter(|operation| operation.kind == OperationKind::Sync);
        assert_eq!(syncs.count(), 11);
    }

    #[test]
    fn a_piece_too_long_to_be_read_is_not_written() {
        let mut writer = writer(&SimVfs::new());
        let code = writer.write(&mut vec![0; MAX_PIECE + 1]).unwrap_err().code();
        assert_eq!(code, Code::ValueTooLarge);
        assert_eq!(writer.write(&mut [1; 100]).unwrap().offset, PREAMBLE_LEN as u64);
    }
}
