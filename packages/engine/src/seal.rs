//! Integrity and secrecy of everything the engine writes.
//!
//! Each file has its own [`Seal`], made from the database's key (or from nothing, when the database is plain) and the
//! file's [`Preamble`](crate::preamble::Preamble). Every piece of a file (a log frame, a block, a footer, a manifest)
//! is closed by it into the stored bytes and a 16-byte [`Tag`]; the tag is kept by whoever points at the piece, so a
//! piece that was lost, misplaced, or swapped with an older copy of itself does not match.
//!
//! | | plain | sealed |
//! |---|---|---|
//! | stored bytes | the content | AES-256-GCM ciphertext, same length |
//! | tag | XXH3-128 over context, place, content | the GCM tag, with context and place as associated data |
//! | key | seed from the preamble | HKDF-SHA256(data key, salt = the file's 16 random bytes, info = the preamble) |
//! | nonce | | the piece's offset in its file, 8 bytes little-endian, then 4 zero bytes |
//!
//! A (key, nonce) pair is never used twice: every file draws a fresh salt when it is made, no place of a file is
//! written twice, and a file that was opened again, or whose last write failed, is never appended to.

use aes_gcm::Aes256Gcm;
use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::aead::{AeadInOut, KeyInit};
use hkdf::Hkdf;
use sha2::Sha256;
use xxhash_rust::xxh3::Xxh3;
use zeroize::Zeroizing;

/// Proves a piece's content and place.
pub(crate) type Tag = [u8; 16];

/// The secret all files of a sealed database derive their own keys from.
pub(crate) type DataKey = Zeroizing<[u8; 32]>;

/// Closes and opens the pieces of one file.
pub(crate) enum Seal {
    /// Checksums only.
    Plain {
        /// Mixes the file's identity into every checksum.
        seed: u64,
    },
    /// Authenticated encryption under the file's own key.
    Sealed(Box<Aes256Gcm>),
}

/// The tag did not match: the bytes are not the ones that were written at that place.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mismatch;

impl Seal {
    /// The seal of the file whose identity is `info` (its preamble) and whose random salt is `salt`.
    pub(crate) fn new(data_key: Option<&DataKey>, salt: &[u8; 16], info: &[u8]) -> Self {
        let Some(data_key) = data_key else {
            let mut hash = Xxh3::with_seed(0);
            hash.update(salt);
            hash.update(info);
            return Self::Plain { seed: hash.digest() };
        };
        let mut key = Zeroizing::new([0u8; 32]);
        Hkdf::<Sha256>::new(Some(salt), data_key.as_slice())
            .expand(info, key.as_mut_slice())
            .expect("32 bytes are fewer than the 8,160 that HKDF-SHA256 can make");
        Self::Sealed(Box::new(Aes256Gcm::new((&*key).into())))
    }

    /// Whether content is encrypted.
    pub(crate) fn is_sealed(&self) -> bool {
        matches!(self, Self::Sealed(_))
    }

    /// Turns the content in `bytes` into what is stored at `offset`, and returns its tag. `context` is proved as well
    /// but not stored.
    pub(crate) fn close(&self, offset: u64, context: &[u8], bytes: &mut [u8]) -> Tag {
        match self {
            Self::Plain { seed } => checksum(*seed, offset, context, bytes),
            Self::Sealed(cipher) => cipher
                .encrypt_inout_detached(&nonce(offset).into(), context, InOutBuf::from(bytes))
                .expect("a piece is far shorter than the 64 GiB that one GCM nonce may cover")
                .into(),
        }
    }

    /// Turns stored `bytes` back into the content, if they are what [`close`](Self::close) made for this place.
    /// On a mismatch the bytes are left in an unspecified state.
    pub(crate) fn open(&self, offset: u64, context: &[u8], bytes: &mut [u8], tag: &Tag) -> Result<(), Mismatch> {
        match self {
            Self::Plain { seed } => {
                if checksum(*seed, offset, context, bytes) == *tag {
                    Ok(())
                } else {
                    Err(Mismatch)
                }
            }
            Self::Sealed(cipher) => cipher
                .decrypt_inout_detached(&nonce(offset).into(), context, InOutBuf::from(bytes), tag.into())
                .map_err(|_| Mismatch),
        }
    }
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.is_sealed() { "Sealed" } else { "Plain" })
    }
}

fn nonce(offset: u64) -> [u8; 12] {
    let mut nonce = [0; 12];
    nonce[..8].copy_from_slice(&offset.to_le_bytes());
    nonce
}

fn checksum(seed: u64, offset: u64, context: &[u8], bytes: &[u8]) -> Tag {
    let seed = seed ^ offset.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    if context.is_empty() {
        return xxhash_rust::xxh3::xxh3_128_with_seed(bytes, seed).to_le_bytes();
    }
    let mut hash = Xxh3::with_seed(seed);
    hash.update(&(context.len() as u64).to_le_bytes());
    hash.update(context);
    hash.update(bytes);
    hash.digest128().to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seals() -> [Seal; 2] {
        let key = DataKey::new([7; 32]);
        [Seal::new(None, &[1; 16], b"file"), Seal::new(Some(&key), &[1; 16], b"file")]
    }

    #[test]
    fn a_piece_comes_back_only_from_its_own_place_and_content() {
        for seal in seals() {
            let mut bytes = *b"some content";
            let tag = seal.close(64, b"context", &mut bytes);
            let stored = bytes;
            assert_eq!(seal.open(64, b"context", &mut bytes, &tag), Ok(()));
            assert_eq!(&bytes, b"some content");
            for bit in 0..stored.len() * 8 {
                let mut flipped = stored;
                flipped[bit / 8] ^= 1 << (bit % 8);
                assert_eq!(seal.open(64, b"context", &mut flipped, &tag), Err(Mismatch), "bit {bit}");
            }
            for (offset, context) in [(65, &b"context"[..]), (64, b"contexT"), (64, b"")] {
                assert_eq!(seal.open(offset, context, &mut stored.clone(), &tag), Err(Mismatch));
            }
        }
    }

    #[test]
    fn two_files_share_nothing() {
        let key = DataKey::new([7; 32]);
        for key in [None, Some(&key)] {
            let mut a = *b"some content";
            let tag = Seal::new(key, &[1; 16], b"file 1").close(0, b"", &mut a);
            for other in [Seal::new(key, &[2; 16], b"file 1"), Seal::new(key, &[1; 16], b"file 2")] {
                assert_eq!(other.open(0, b"", &mut a.clone(), &tag), Err(Mismatch));
            }
        }
    }

    #[test]
    fn sealed_bytes_are_not_the_content() {
        let mut bytes = *b"some content";
        seals()[1].close(0, b"", &mut bytes);
        assert_ne!(&bytes, b"some content");
    }
}
