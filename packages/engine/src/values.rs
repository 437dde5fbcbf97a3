//! Values files: documents too long for a block, each written once and read alone.
//!
//! ```text
//! preamble               64 bytes (preamble.rs)
//! documents              one piece each (piece.rs), one behind the other
//! ```
//! The file has no footer: where a document is, how long it is and its tag are held by its version
//! ([`ValueRef`]), in a block of a segment.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::entry::ValueRef;
use crate::error::{Error, Result};
use crate::files::{Files, Sheet};
use crate::piece::{Piece, PieceWriter};
use crate::preamble::Kind;

/// Writes one values file.
pub(crate) struct ValuesWriter {
    number: u64,
    pieces: PieceWriter,
    content: Vec<u8>,
}

impl ValuesWriter {
    /// Makes values file `number`.
    pub(crate) fn create(files: &Files, number: u64) -> Result<Self> {
        Ok(Self { number, pieces: PieceWriter::new(files.create(Kind::Values, number)?), content: Vec::new() })
    }

    /// Appends a document, which is not empty.
    pub(crate) fn put(&mut self, document: &[u8]) -> Result<ValueRef> {
        self.content.clear();
        self.content.extend_from_slice(document);
        let piece = self.pieces.write_packed(&mut self.content)?;
        Ok(ValueRef { file: self.number, offset: piece.offset, stored: piece.stored, raw: piece.raw, tag: piece.tag })
    }

    /// Makes the file durable and returns its length; that it exists is for the caller to make durable.
    pub(crate) fn finish(self) -> Result<u64> {
        self.pieces.finish()
    }
}

/// The values files of a database, each opened when it is first read.
pub(crate) struct Values {
    files: Arc<Files>,
    open: Mutex<HashMap<u64, Arc<Reader>>>,
}

struct Reader {
    sheet: Sheet,
    length: u64,
}

impl Values {
    pub(crate) fn new(files: Arc<Files>) -> Self {
        Self { files, open: Mutex::new(HashMap::new()) }
    }

    /// The document at `place`. Its file must be finished: nothing refers to it earlier.
    pub(crate) fn read(&self, place: &ValueRef) -> Result<Vec<u8>> {
        let reader = self.reader(place.file)?;
        let ValueRef { offset, stored, raw, tag, .. } = *place;
        let piece = Piece { offset, stored, raw, tag };
        if !piece.is_plausible(reader.length) {
            return Err(Error::corrupt(
                &reader.sheet.name,
                offset,
                "a version places its document where there cannot be one",
            ));
        }
        piece.read(&reader.sheet, &mut Vec::new())
    }

    /// Checks that the document at `place` is there and whole.
    pub(crate) fn verify(&self, place: &ValueRef) -> Result<()> {
        self.read(place).map(drop)
    }

    fn reader(&self, number: u64) -> Result<Arc<Reader>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(reader) = open.get(&number) {
            return Ok(Arc::clone(reader));
        }
        let sheet = self.files.open(Kind::Values, number)?;
        let length = sheet.file.len().map_err(|e| Error::io(e, "measure", &sheet.name))?;
        let reader = Arc::new(Reader { sheet, length });
        open.insert(number, Arc::clone(&reader));
        Ok(reader)
    }
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Values").field("files", &self.files).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::Code;
    use crate::host::{Entropy, MemVfs, SeededEntropy, Vfs};
    use crate::seal::DataKey;

    fn files(vfs: &Arc<MemVfs>, sealed: bool) -> Arc<Files> {
        Arc::new(Files {
            vfs: Arc::clone(vfs) as Arc<dyn Vfs>,
            entropy: Arc::new(SeededEntropy::new(1)),
            database: [3; 16],
            data_key: sealed.then(|| DataKey::new([9; 32])),
            names: Mutex::default(),
        })
    }

    fn noise(length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        SeededEntropy::new(length as u64).fill(&mut bytes).unwrap();
        bytes
    }

    fn write(files: &Files) -> Vec<(ValueRef, Vec<u8>)> {
        let mut writer = ValuesWriter::create(files, 7).unwrap();
        let documents = [b"x".repeat(5_000), noise(5_000), noise(1), b"y".repeat(16 << 20), noise(6 << 20)];
        let written = documents.map(|document| (writer.put(&document).unwrap(), document));
        let length = writer.finish().unwrap();
        let (last, _) = &written[written.len() - 1];
        assert_eq!(length, last.offset + u64::from(last.stored));
        written.into()
    }

    #[test]
    fn documents_come_back_and_are_compressed_when_it_saves() {
        for sealed in [false, true] {
            let vfs = Arc::new(MemVfs::new());
            let files = files(&vfs, sealed);
            let written = write(&files);
            let values = Values::new(files);
            for (place, document) in &written {
                assert_eq!(values.read(place).unwrap(), *document);
                assert_eq!(place.raw as usize, document.len());
                values.verify(place).unwrap();
            }
            let stored: Vec<bool> = written.iter().map(|(place, _)| place.stored < place.raw).collect();
            assert_eq!(stored, [true, false, false, true, false]);
        }
    }

    #[test]
    fn places_that_cannot_be_are_refused() {
        let vfs = Arc::new(MemVfs::new());
        let files = files(&vfs, false);
        let (place, _) = write(&files)[0];
        let values = Values::new(files);
        let wrong = [
            ValueRef { file: 8, ..place },
            ValueRef { offset: place.offset + 1, ..place },
            ValueRef { offset: 0, ..place },
            ValueRef { offset: u64::MAX, ..place },
            ValueRef { raw: u32::MAX, ..place },
            ValueRef { raw: place.raw - 1, ..place },
            ValueRef { raw: place.raw + 1, ..place },
            ValueRef { raw: 0, stored: 0, ..place },
            ValueRef { stored: place.stored - 1, ..place },
            ValueRef { stored: u32::MAX, raw: u32::MAX, ..place },
            ValueRef { tag: [0; 16], ..place },
        ];
        for place in wrong {
            assert_eq!(values.read(&place).unwrap_err().code(), Code::Corrupt, "{place:?}");
        }
    }
}
