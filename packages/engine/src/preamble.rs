//! The first 64 bytes of every file.
//!
//! ```text
//!  0  8  "KORU\xCE\x94\r\n"   CR LF shows a transfer in text mode, as in PNG
//!  8  2  kind: 1 manifest, 2 log, 3 segment, 4 values
//! 10  2  format: 1
//! 12  4  features a reader must know: bit 0 sealed
//! 16 16  the database's identity
//! 32  8  the file's number (in a manifest: its generation)
//! 40 16  salt, random for every file (and for every write of a manifest)
//! 56  4  zero
//! 60  4  the low half of XXH3-64 over bytes 0 to 59
//! ```
//! Integers are little-endian here and in every file. The preamble is readable without a key; the seal of every
//! piece of the file covers it.

use xxhash_rust::xxh3::xxh3_64;

use crate::code::Code;
use crate::error::{Error, Result};
use crate::host::Entropy;
use crate::seal::{DataKey, Seal};

/// The length of a preamble, and the offset of the first piece.
pub(crate) const PREAMBLE_LEN: usize = 64;
/// The format this build writes, and the newest it reads.
pub(crate) const FORMAT: u16 = 1;
/// What every file begins with.
pub(crate) const MAGIC: &[u8; 8] = b"KORU\xCE\x94\r\n";
const SEALED: u32 = 1;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u16)]
pub(crate) enum Kind {
    Manifest = 1,
    Log = 2,
    Segment = 3,
    Values = 4,
}

/// A file's identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Preamble {
    pub(crate) kind: Kind,
    pub(crate) sealed: bool,
    pub(crate) database: [u8; 16],
    pub(crate) number: u64,
    pub(crate) salt: [u8; 16],
}

impl Preamble {
    /// The identity of a new file, with a salt of its own.
    pub(crate) fn fresh(
        entropy: &dyn Entropy,
        kind: Kind,
        sealed: bool,
        database: [u8; 16],
        number: u64,
    ) -> Result<Self> {
        let mut salt = [0; 16];
        entropy.fill(&mut salt).map_err(|e| Error::io(e, "draw random bytes for", "a new file"))?;
        Ok(Self { kind, sealed, database, number, salt })
    }

    /// The seal of the file.
    pub(crate) fn seal(&self, data_key: Option<&DataKey>) -> Seal {
        Seal::new(data_key, &self.salt, &self.encode())
    }

    /// The 64 bytes.
    pub(crate) fn encode(&self) -> [u8; PREAMBLE_LEN] {
        let mut bytes = [0; PREAMBLE_LEN];
        bytes[..8].copy_from_slice(MAGIC);
        bytes[8..10].copy_from_slice(&(self.kind as u16).to_le_bytes());
        bytes[10..12].copy_from_slice(&FORMAT.to_le_bytes());
        bytes[12..16].copy_from_slice(&u32::from(self.sealed).to_le_bytes());
        bytes[16..32].copy_from_slice(&self.database);
        bytes[32..40].copy_from_slice(&self.number.to_le_bytes());
        bytes[40..56].copy_from_slice(&self.salt);
        let sum = xxh3_64(&bytes[..60]) as u32;
        bytes[60..].copy_from_slice(&sum.to_le_bytes());
        bytes
    }

    /// Reads the 64 bytes of the file called `name`.
    pub(crate) fn decode(bytes: &[u8; PREAMBLE_LEN], name: &str) -> Result<Self> {
        if &bytes[..8] != MAGIC {
            return Err(Error::corrupt(name, 0, "it does not begin as a file of KoruDelta does"));
        }
        let u16_at = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        let u32_at = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        if u32_at(60) != xxh3_64(&bytes[..60]) as u32 {
            return Err(Error::corrupt(name, 0, "its preamble does not match its checksum"));
        }
        let (format, features) = (u16_at(10), u32_at(12));
        if format > FORMAT || features & !SEALED != 0 {
            return Err(Error::new(
                Code::NewerFormat,
                format!(
                    "{name} was written in format {format} (features {features:#x}); this version reads format {FORMAT}."
                ),
            )
            .hint("Update KoruDelta, then open it again. Nothing was changed", Some("npm install koru-delta@latest".into())));
        }
        let kind = match u16_at(8) {
            1 => Kind::Manifest,
            2 => Kind::Log,
            3 => Kind::Segment,
            4 => Kind::Values,
            other => return Err(Error::corrupt(name, 8, format_args!("there is no kind of file {other}"))),
        };
        let mut preamble = Self { kind, sealed: features & SEALED != 0, database: [0; 16], number: 0, salt: [0; 16] };
        preamble.database.copy_from_slice(&bytes[16..32]);
        preamble.number = u64::from_le_bytes(bytes[32..40].try_into().expect("eight bytes"));
        preamble.salt.copy_from_slice(&bytes[40..56]);
        Ok(preamble)
    }

    /// Reads a preamble and checks that it is the file the caller means.
    pub(crate) fn expect(
        bytes: &[u8; PREAMBLE_LEN],
        name: &str,
        kind: Kind,
        database: [u8; 16],
        number: u64,
    ) -> Result<Self> {
        let found = Self::decode(bytes, name)?;
        if found.database != database {
            return Err(Error::corrupt(name, 16, "it belongs to another database"));
        }
        if found.kind != kind || found.number != number {
            return Err(Error::corrupt(
                name,
                8,
                format_args!("it is {:?} {}, not {kind:?} {number}: files were swapped", found.kind, found.number),
            ));
        }
        Ok(found)
    }
}
