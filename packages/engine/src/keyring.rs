//! How a sealed database keeps its own key: wrapped by the key that a person holds.
//!
//! Everything is sealed under a random data key (`seal.rs`). The keyring record in each manifest slot holds it,
//! encrypted by AES-256-GCM under the key-encryption key: the person's raw key as it is, or Argon2id of the
//! passphrase. Another key for the same data is another record; no data is touched.
//!
//! ```text
//!  0  2  kind: 1 raw key, 2 passphrase
//!  2  2  zero
//!  4  4  Argon2id: memory in KiB
//!  8  4  Argon2id: passes
//! 12  4  Argon2id: lanes
//! 16 16  Argon2id: salt
//! 32 12  nonce, random
//! 44  4  zero
//! 48 32  the data key, encrypted, with bytes 0 to 31 as associated data
//! 80 16  the GCM tag
//! ```
//!
//! For a raw key the Argon2id fields are zero. A record carries no checksum: the slot around it does.

use std::fmt;

use aes_gcm::Aes256Gcm;
use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::aead::{AeadInOut, KeyInit};
use argon2::{Algorithm, Argon2, Params, Version};
use zeroize::Zeroizing;

mod seal_key;
#[cfg(test)]
mod tests;

pub use seal_key::SealKey;

use crate::error::{Code, Error, Result};
use crate::host::Entropy;
use crate::seal::DataKey;
use seal_key::Secret;

/// The length of an encoded record.
pub(crate) const KEYRING_LEN: usize = 96;
/// What the tag covers besides the data key.
const CONTEXT: std::ops::Range<usize> = 0..32;
/// No record may ask for more than this: it is read before anything proves who wrote it.
const MOST_MEMORY_KIB: u32 = 1 << 20;
const MOST_PASSES: u32 = 64;
const MOST_LANES: u32 = 64;

/// What makes the key-encryption key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Derivation {
    /// The person's key itself.
    Raw,
    /// Argon2id of the person's passphrase.
    Passphrase { salt: [u8; 16], cost: Cost },
}

/// What one guess at a passphrase costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cost {
    pub(crate) memory_kib: u32,
    pub(crate) passes: u32,
    pub(crate) lanes: u32,
}

impl Cost {
    /// The second recommendation of RFC 9106, with one lane: a browser has one thread.
    pub(crate) const DEFAULT: Self = Self { memory_kib: 64 << 10, passes: 3, lanes: 1 };
}

/// The data key, wrapped.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct KeyringRecord {
    derivation: Derivation,
    nonce: [u8; 12],
    wrapped: [u8; 32],
    tag: [u8; 16],
}

impl KeyringRecord {
    /// A new data key, and its record under `key`.
    pub(crate) fn create(entropy: &dyn Entropy, key: &SealKey) -> Result<(Self, DataKey)> {
        let mut data_key = DataKey::default();
        fill(entropy, data_key.as_mut_slice())?;
        Ok((Self::wrap(entropy, key, &data_key)?, data_key))
    }

    /// The record of a data key under `key`.
    pub(crate) fn wrap(entropy: &dyn Entropy, key: &SealKey, data_key: &DataKey) -> Result<Self> {
        Self::wrap_at_cost(entropy, key, data_key, Cost::DEFAULT)
    }

    /// The record of the same data key under another key. When it has been stored, `old` opens nothing any more.
    pub(crate) fn rewrap(&self, entropy: &dyn Entropy, old: &SealKey, new: &SealKey) -> Result<Self> {
        Self::wrap(entropy, new, &self.unwrap(old)?)
    }

    fn wrap_at_cost(entropy: &dyn Entropy, key: &SealKey, data_key: &DataKey, cost: Cost) -> Result<Self> {
        let derivation = match &key.0 {
            Secret::Raw(_) => Derivation::Raw,
            Secret::Passphrase(_) => {
                let mut salt = [0; 16];
                fill(entropy, &mut salt)?;
                Derivation::Passphrase { salt, cost }
            }
        };
        let mut record = Self { derivation, nonce: [0; 12], wrapped: **data_key, tag: [0; 16] };
        fill(entropy, &mut record.nonce)?;
        let context = record.encode();
        let buffer = InOutBuf::from(record.wrapped.as_mut_slice());
        record.tag = cipher(&derivation, key)?
            .encrypt_inout_detached(&record.nonce.into(), &context[CONTEXT], buffer)
            .expect("32 bytes are far fewer than one GCM nonce may cover")
            .into();
        Ok(record)
    }

    /// The data key.
    pub(crate) fn unwrap(&self, key: &SealKey) -> Result<DataKey> {
        let mut data_key = DataKey::new(self.wrapped);
        let context = self.encode();
        let buffer = InOutBuf::from(data_key.as_mut_slice());
        cipher(&self.derivation, key)?
            .decrypt_inout_detached(&self.nonce.into(), &context[CONTEXT], buffer, &self.tag.into())
            .map_err(|_| wrong_key("The key given is not the one that the database is sealed with."))?;
        Ok(data_key)
    }

    /// The 96 bytes.
    pub(crate) fn encode(&self) -> [u8; KEYRING_LEN] {
        let mut bytes = [0; KEYRING_LEN];
        let kind: u16 = match self.derivation {
            Derivation::Raw => 1,
            Derivation::Passphrase { salt, cost } => {
                bytes[4..8].copy_from_slice(&cost.memory_kib.to_le_bytes());
                bytes[8..12].copy_from_slice(&cost.passes.to_le_bytes());
                bytes[12..16].copy_from_slice(&cost.lanes.to_le_bytes());
                bytes[16..32].copy_from_slice(&salt);
                2
            }
        };
        bytes[..2].copy_from_slice(&kind.to_le_bytes());
        bytes[32..44].copy_from_slice(&self.nonce);
        bytes[48..80].copy_from_slice(&self.wrapped);
        bytes[80..].copy_from_slice(&self.tag);
        bytes
    }

    /// Reads the 96 bytes; the answer to a record that no build ever wrote is what is wrong with it.
    pub(crate) fn decode(bytes: &[u8; KEYRING_LEN]) -> Result<Self, &'static str> {
        let u32_at = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let cost = Cost { memory_kib: u32_at(4), passes: u32_at(8), lanes: u32_at(12) };
        let derivation = match u16::from_le_bytes([bytes[0], bytes[1]]) {
            1 => Derivation::Raw,
            2 => Derivation::Passphrase {
                salt: array(&bytes[16..32]),
                cost: cost.within_bounds().ok_or("its keyring asks for too much memory or time")?,
            },
            _ => return Err("its keyring is of no known kind"),
        };
        let record =
            Self { derivation, nonce: array(&bytes[32..44]), wrapped: array(&bytes[48..80]), tag: array(&bytes[80..]) };
        if record.encode() == *bytes { Ok(record) } else { Err("its keyring has bytes where there should be none") }
    }
}

impl Cost {
    fn within_bounds(self) -> Option<Self> {
        let lanes = (1..=MOST_LANES).contains(&self.lanes);
        let passes = (1..=MOST_PASSES).contains(&self.passes);
        (lanes && passes && (8 * self.lanes..=MOST_MEMORY_KIB).contains(&self.memory_kib)).then_some(self)
    }
}

impl fmt::Debug for KeyringRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyringRecord").field("derivation", &self.derivation).finish_non_exhaustive()
    }
}

/// The data key of a sealed database, for somebody who gave `key`, or gave none.
pub(crate) fn unlock(record: &KeyringRecord, key: Option<&SealKey>) -> Result<DataKey> {
    let key = key.ok_or_else(|| {
        Error::new(Code::SealKeyRequired, "The database is sealed, and no key was given.")
            .hint("Give the key it was sealed with: a key file, the key's text, or the passphrase", None)
    })?;
    record.unwrap(key)
}

/// The error for somebody who gives a key to a database that has none.
pub(crate) fn not_sealed() -> Error {
    Error::new(
        Code::NotSealed,
        "A key was given, and the database is not sealed: what it holds can be read by anybody.",
    )
    .hint("Open it without a key", None)
    .hint("To have it sealed, export it, and import that into a new database with the key", None)
}

fn cipher(derivation: &Derivation, key: &SealKey) -> Result<Aes256Gcm> {
    match (derivation, &key.0) {
        (Derivation::Raw, Secret::Raw(bytes)) => Ok(Aes256Gcm::new((&**bytes).into())),
        (Derivation::Passphrase { salt, cost }, Secret::Passphrase(passphrase)) => {
            let mut bytes = Zeroizing::new([0; 32]);
            let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(bytes.len()))
                .expect("the bounds of a cost are within those of Argon2");
            Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
                .hash_password_into(passphrase.as_bytes(), salt, bytes.as_mut_slice())
                .map_err(|e| Error::new(Code::InvalidSealKey, format!("Cannot make a key of the passphrase: {e}.")))?;
            Ok(Aes256Gcm::new((&*bytes).into()))
        }
        (Derivation::Raw, Secret::Passphrase(_)) => {
            Err(wrong_key("The database is sealed with a key, and a passphrase was given."))
        }
        (Derivation::Passphrase { .. }, Secret::Raw(_)) => {
            Err(wrong_key("The database is sealed with a passphrase, and a key was given."))
        }
    }
}

fn wrong_key(detail: &str) -> Error {
    Error::new(Code::WrongSealKey, detail).hint("Give the key it was sealed with. Nothing was changed", None)
}

fn fill(entropy: &dyn Entropy, bytes: &mut [u8]) -> Result<()> {
    entropy.fill(bytes).map_err(|e| Error::io(e, "draw random bytes for", "the keyring"))
}

fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.try_into().expect("the slice was cut to this length")
}
