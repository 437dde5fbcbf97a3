//! The 26-character name of a version.

use std::fmt;
use std::str::FromStr;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Bits of the place of a version within its commit; a commit holds at most this many versions less one.
const INDEX_BITS: u32 = 24;
const REPLICA_BITS: u32 = 46;
const MICRO_BITS: u32 = 10;

/// The most versions that one commit (one batch) can hold.
pub const MAX_COMMIT_VERSIONS: usize = 1 << INDEX_BITS;

/// A globally unique, sortable name of a version, written as 26 characters of Crockford base32.
///
/// 128 bits, highest first: 48 of milliseconds since 1970 and 10 of microseconds (together the commit's stamp), 24 of
/// the version's place in its commit, 46 of the replica that wrote it. Ids of one database sort in commit order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VersionId(u128);

impl VersionId {
    pub(crate) fn new(stamp_us: u64, index: u32, replica: u64) -> Self {
        debug_assert!(index < 1 << INDEX_BITS && replica < 1 << REPLICA_BITS);
        let (ms, us) = (u128::from(stamp_us / 1000), u128::from(stamp_us % 1000));
        Self((((ms << MICRO_BITS | us) << INDEX_BITS) | u128::from(index)) << REPLICA_BITS | u128::from(replica))
    }

    /// The commit's stamp in microseconds since 1970.
    pub fn stamp_us(self) -> u64 {
        let stamp = (self.0 >> (INDEX_BITS + REPLICA_BITS)) as u64;
        (stamp >> MICRO_BITS) * 1000 + (stamp & ((1 << MICRO_BITS) - 1))
    }

    pub(crate) fn index(self) -> u32 {
        (self.0 >> REPLICA_BITS) as u32 & ((1 << INDEX_BITS) - 1)
    }

    pub(crate) fn replica(self) -> u64 {
        self.0 as u64 & ((1 << REPLICA_BITS) - 1)
    }

    /// Its 26 characters, which are ASCII.
    pub(crate) fn text(self) -> [u8; 26] {
        let mut text = [0u8; 26];
        for (at, byte) in text.iter_mut().enumerate() {
            *byte = ALPHABET[(self.0 >> (5 * (25 - at))) as usize & 31];
        }
        text
    }

    /// Keeps the bits of a random number that make a replica's identity.
    pub(crate) fn replica_from(random: u64) -> u64 {
        random & ((1 << REPLICA_BITS) - 1)
    }
}

/// The text is not a version id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidVersionId;

impl fmt::Display for InvalidVersionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a version id is 26 characters of 0-9 and A-Z without I, L, O, U, the first at most 7")
    }
}

impl std::error::Error for InvalidVersionId {}

impl FromStr for VersionId {
    type Err = InvalidVersionId;

    /// Upper and lower case are the same.
    fn from_str(text: &str) -> Result<Self, InvalidVersionId> {
        let bytes = text.as_bytes();
        if bytes.len() != 26 || !(b'0'..=b'7').contains(&bytes[0]) {
            return Err(InvalidVersionId);
        }
        let mut bits = 0u128;
        for byte in bytes {
            let digit = ALPHABET.iter().position(|c| *c == byte.to_ascii_uppercase()).ok_or(InvalidVersionId)?;
            bits = bits << 5 | digit as u128;
        }
        let id = Self(bits);
        // The ten bits of microseconds hold 0 to 999; anything else was never made by `new`.
        if (bits >> (INDEX_BITS + REPLICA_BITS)) as u64 & ((1 << MICRO_BITS) - 1) > 999 {
            return Err(InvalidVersionId);
        }
        Ok(id)
    }
}

impl fmt::Display for VersionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.text()).expect("the alphabet is ASCII"))
    }
}

impl fmt::Debug for VersionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_tells_its_parts_and_comes_back_from_its_text() {
        let largest = (1u64 << 48) * 1000 - 1;
        for (stamp, index, replica) in [
            (0, 0, 0),
            (1_790_000_000_123_456, 7, 99),
            (largest, (1 << 24) - 1, (1 << 46) - 1),
            (999, 1, 1),
            (1000, 0, 2),
        ] {
            let id = VersionId::new(stamp, index, replica);
            assert_eq!((id.stamp_us(), id.index(), id.replica()), (stamp, index, replica));
            let text = id.to_string();
            assert_eq!(text.len(), 26);
            assert_eq!(text.parse(), Ok(id));
            assert_eq!(text.to_lowercase().parse(), Ok(id));
        }
    }

    #[test]
    fn text_sorts_as_commits_do() {
        let mut last = String::new();
        for (stamp, index) in [(5, 0), (5, 1), (6, 0), (999, 3), (1000, 0), (1_000_000, 0), (u64::MAX >> 8, 0)] {
            let text = VersionId::new(stamp, index, 3).to_string();
            assert!(text > last, "{text} after {last}");
            last = text;
        }
    }

    #[test]
    fn other_text_is_refused() {
        for text in [
            "",
            "0",
            "8ZZZZZZZZZZZZZZZZZZZZZZZZZ",
            "0000000000000000000000000U",
            "00000000000000000000000000\0",
            "0000000000ZZZZZZZZZZZZZZZZ",
        ] {
            assert_eq!(text.parse::<VersionId>(), Err(InvalidVersionId), "{text:?}");
        }
    }
}
