//! A file seen through one buffer.

use std::io;

use crate::error::{Error, Result};
use crate::files::Sheet;

/// How much is read at once.
const CHUNK: u64 = 256 << 10;

/// Reads a file front to back in large pieces and hands out small ones.
pub(super) struct Window<'a> {
    sheet: &'a Sheet,
    length: u64,
    start: u64,
    bytes: Vec<u8>,
}

impl<'a> Window<'a> {
    pub(super) fn new(sheet: &'a Sheet) -> Result<Self> {
        let length = sheet.file.len().map_err(|e| Error::io(e, "read", &sheet.name))?;
        Ok(Self { sheet, length, start: 0, bytes: Vec::new() })
    }

    /// The length the file had when the window was opened.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// The `len` bytes at `offset`; `None` when the file ends before them.
    pub(super) fn get(&mut self, offset: u64, len: usize) -> Result<Option<&[u8]>> {
        let Some(end) = offset.checked_add(len as u64).filter(|end| *end <= self.length) else {
            return Ok(None);
        };
        if offset < self.start || end > self.start + self.bytes.len() as u64 {
            let take = (len as u64).max(CHUNK).min(self.length - offset);
            self.bytes.clear();
            self.bytes.shrink_to(take as usize);
            self.bytes.resize(take as usize, 0);
            self.start = offset;
            if let Err(e) = self.sheet.file.read_exact_at(&mut self.bytes, offset) {
                self.bytes.clear();
                return Err(match e.kind() {
                    io::ErrorKind::UnexpectedEof => {
                        Error::corrupt(&self.sheet.name, offset, "it became shorter while it was read")
                    }
                    _ => Error::io(e, "read", &self.sheet.name),
                });
            }
        }
        let at = (offset - self.start) as usize;
        Ok(Some(&self.bytes[at..at + len]))
    }
}
