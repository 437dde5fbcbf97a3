//! One of the two files that hold the manifest; the layout is in `manifest.rs`.

use std::io;

use xxhash_rust::xxh3::Xxh3;

use super::{Manifest, body};
use crate::error::{Error, Result};
use crate::files::{Files, file_name};
use crate::host::{File, Vfs};
use crate::keyring::{KEYRING_LEN, KeyringRecord};
use crate::preamble::{Kind, PREAMBLE_LEN, Preamble};
use crate::seal::{DataKey, Tag};

/// The part between the keyring and the body.
const HEAD: usize = 40;
/// What the tag covers of it.
const HEAD_CONTEXT: usize = 16;
/// No manifest is longer: this is room for 2.5 million segments.
const MOST_BODY: u64 = 256 << 20;

/// Whether a slot was written before the other one, or after the other one was synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    First = 1,
    Second = 2,
}

/// A slot as it is stored, every byte of it proved against the checksum, and nothing against a key.
pub(super) struct Slot {
    pub(super) index: u64,
    pub(super) preamble: Preamble,
    pub(super) keyring: Option<KeyringRecord>,
    pub(super) turn: Turn,
    tag: Tag,
    /// All of it, and where the body begins.
    bytes: Vec<u8>,
    body: usize,
}

pub(super) fn name(index: u64) -> String {
    file_name(Kind::Manifest, index)
}

impl Slot {
    /// Reads a slot; `None` when there is no such file.
    pub(super) fn read(vfs: &dyn Vfs, index: u64) -> Result<Option<Self>> {
        let name = name(index);
        let file = match vfs.open(&name, false) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(Error::io(e, "open", &name)),
        };
        Self::parse(&*file, &name, index).map(Some)
    }

    fn parse(file: &dyn File, name: &str, index: u64) -> Result<Self> {
        let corrupt = |at: usize, what: &str| Error::corrupt(name, at as u64, what);
        let read =
            |into: &mut [u8], at: usize| file.read_exact_at(into, at as u64).map_err(|e| Error::io(e, "read", name));
        let mut bytes = vec![0; PREAMBLE_LEN];
        read(&mut bytes, 0)?;
        let preamble = Preamble::decode(&array(&bytes), name)?;
        if preamble.kind != Kind::Manifest {
            return Err(corrupt(8, "it is not a manifest"));
        }
        let head = PREAMBLE_LEN + if preamble.sealed { KEYRING_LEN } else { 0 };
        let start = head + HEAD;
        bytes.resize(start, 0);
        read(&mut bytes[PREAMBLE_LEN..], PREAMBLE_LEN)?;
        let number = |at: usize| u64::from_le_bytes(array(&bytes[at..at + 8]));
        let (length, turn, sum) = (number(head), number(head + 8), number(start - 8));
        let room = file.len().map_err(|e| Error::io(e, "read", name))?;
        if length > MOST_BODY || start as u64 + length > room {
            return Err(corrupt(head, "its content goes on past its end"));
        }
        bytes.resize(start + length as usize, 0);
        read(&mut bytes[start..], start)?;
        if checksum(&bytes, start) != sum {
            return Err(corrupt(PREAMBLE_LEN, "its content does not match its checksum"));
        }
        let keyring = match bytes[PREAMBLE_LEN..].first_chunk() {
            Some(record) if preamble.sealed => {
                Some(KeyringRecord::decode(record).map_err(|what| corrupt(PREAMBLE_LEN, what))?)
            }
            _ => None,
        };
        let turn = match turn {
            1 => Turn::First,
            2 => Turn::Second,
            _ => return Err(corrupt(head + 8, "it was written neither first nor second")),
        };
        Ok(Self { index, preamble, keyring, turn, tag: array(&bytes[start - 24..start - 8]), bytes, body: start })
    }

    /// The manifest in the slot.
    pub(super) fn open(&self, data_key: Option<&DataKey>) -> Result<Manifest> {
        let name = name(self.index);
        if self.preamble.sealed != data_key.is_some() {
            let what = "it is sealed and the database is not, or the reverse";
            return Err(Error::corrupt(&name, 12, what));
        }
        let context = &self.bytes[PREAMBLE_LEN..self.body - HEAD + HEAD_CONTEXT];
        let mut content = self.bytes[self.body..].to_vec();
        let at = self.body as u64;
        self.preamble
            .seal(data_key)
            .open(at, context, &mut content, &self.tag)
            .map_err(|_| Error::corrupt(&name, at, "its content does not match its tag"))?;
        body::decode(&content, &self.preamble, self.keyring.clone()).map_err(|what| Error::corrupt(&name, at, what))
    }

    /// Writes the slot's bytes back as they are and syncs them.
    pub(super) fn write_again(&self, files: &Files) -> Result<()> {
        write(files, self.index, &self.bytes)
    }
}

/// Writes a manifest into a slot, under a fresh salt, and syncs it.
pub(super) fn store(files: &Files, index: u64, turn: Turn, manifest: &Manifest) -> Result<()> {
    let sealed = files.data_key.is_some();
    assert_eq!(sealed, manifest.keyring.is_some(), "a sealed database has a keyring, and no other has");
    let preamble = Preamble::fresh(&*files.entropy, Kind::Manifest, sealed, files.database, manifest.generation)?;
    let mut content = body::encode(manifest);
    let mut bytes = preamble.encode().to_vec();
    if let Some(keyring) = &manifest.keyring {
        bytes.extend(keyring.encode());
    }
    bytes.extend((content.len() as u64).to_le_bytes());
    bytes.extend((turn as u64).to_le_bytes());
    let start = bytes.len() + HEAD - HEAD_CONTEXT;
    let seal = preamble.seal(files.data_key.as_ref());
    let tag = seal.close(start as u64, &bytes[PREAMBLE_LEN..], &mut content);
    bytes.extend(tag);
    bytes.extend([0; 8]);
    bytes.extend(content);
    let sum = checksum(&bytes, start);
    bytes[start - 8..start].copy_from_slice(&sum.to_le_bytes());
    write(files, index, &bytes)
}

/// Makes the files of slots that hold nothing of use, and their names durable.
///
/// A file that is there already is removed first. Its name may never have reached the disk, and after a failed sync
/// the system may not try again for a name it knows.
pub(super) fn make_files(files: &Files, indexes: &[u64]) -> Result<()> {
    for &index in indexes {
        files.remove(Kind::Manifest, index)?;
        let name = name(index);
        files.vfs.create(&name).map_err(|e| Error::io(e, "create", &name))?;
    }
    files.sync_dir()
}

fn write(files: &Files, index: u64, bytes: &[u8]) -> Result<()> {
    let name = name(index);
    let file = files.vfs.open(&name, true).map_err(|e| Error::io(e, "open", &name))?;
    file.write_all_at(bytes, 0).map_err(|e| Error::io(e, "write", &name))?;
    file.sync().map_err(|e| Error::io(e, "sync", &name))
}

/// Over all but the preamble, which has its own, and the checksum itself. It needs no key, so that a damaged slot is
/// never mistaken for one that is sealed with another key.
fn checksum(bytes: &[u8], start: usize) -> u64 {
    let mut hash = Xxh3::new();
    hash.update(&bytes[PREAMBLE_LEN..start - 8]);
    hash.update(&bytes[start..]);
    hash.digest()
}

fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.try_into().expect("the slice was cut to this length")
}
