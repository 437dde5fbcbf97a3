//! Which keys a segment certainly does not hold: a blocked Bloom filter over its distinct keys.
//!
//! The filter is one array of 64-byte lines, ten bits for every key, cut into pieces of [`LINES`] lines (the last
//! may have fewer). A key has the hash XXH3-64 of its bytes: the upper 32 bits, scaled to the number of lines,
//! choose the line; the lower 32 bits, multiplied by 0x9E3779B9 before the first and after every probe, choose six
//! bits of the line by their upper nine bits. Bit `n` of a line is bit `n % 8` of its byte `n / 8`.

use xxhash_rust::xxh3::xxh3_64;

const LINE: usize = 64;
/// How many lines a piece has: 16 KiB.
pub(crate) const LINES: u32 = 256;
const BITS_PER_KEY: usize = 10;
const PROBES: u32 = 6;
const STEP: u32 = 0x9E37_79B9;

/// The hash by which filters know a key.
#[inline]
pub(crate) fn hash_key(key: &[u8]) -> u64 {
    xxh3_64(key)
}

/// How many lines a filter of `keys` distinct keys has.
pub(crate) fn lines_for(keys: usize) -> u32 {
    (keys * BITS_PER_KEY).div_ceil(LINE * 8).clamp(1, u32::MAX as usize) as u32
}

/// The line that a hash belongs to, of `lines`.
#[inline]
pub(crate) fn line_of(hash: u64, lines: u32) -> u32 {
    (((hash >> 32) * u64::from(lines)) >> 32) as u32
}

/// The whole filter of some keys.
pub(crate) fn build(hashes: &[u64]) -> Vec<u8> {
    let lines = lines_for(hashes.len());
    let mut bytes = vec![0; lines as usize * LINE];
    for hash in hashes {
        let start = line_of(*hash, lines) as usize * LINE;
        let line = &mut bytes[start..start + LINE];
        for bit in probes(*hash) {
            line[bit / 8] |= 1 << (bit % 8);
        }
    }
    bytes
}

/// Cuts a whole filter into the contents of its pieces.
pub(crate) fn cut(filter: &mut [u8]) -> impl Iterator<Item = &mut [u8]> {
    filter.chunks_mut(LINES as usize * LINE)
}

/// How many bytes piece `n` of a filter of `lines` has.
pub(crate) fn piece_length(n: u32, lines: u32) -> u32 {
    lines.saturating_sub(n.saturating_mul(LINES)).min(LINES) * LINE as u32
}

/// Whether the key may be among those of the filter; `line` counts from the start of this piece.
#[inline]
pub(crate) fn may_contain(piece: &[u8], line: u32, hash: u64) -> bool {
    let start = line as usize * LINE;
    let Some(line) = piece.get(start..).and_then(<[u8]>::first_chunk::<LINE>) else {
        return true;
    };
    probes(hash).all(|bit| line[bit / 8] & (1 << (bit % 8)) != 0)
}

#[inline]
fn probes(hash: u64) -> impl Iterator<Item = usize> {
    let mut word = (hash as u32).wrapping_mul(STEP);
    (0..PROBES).map(move |_| {
        let bit = (word >> 23) as usize;
        word = word.wrapping_mul(STEP);
        bit
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(filter: &[u8], hash: u64) -> bool {
        let line = line_of(hash, (filter.len() / LINE) as u32);
        may_contain(filter, line, hash)
    }

    #[test]
    fn every_key_is_found_and_few_others_are() {
        for keys in [1, 50, 1_000, 200_000] {
            let hashes: Vec<u64> = (0..keys).map(|n| hash_key(format!("users\0user-{n}").as_bytes())).collect();
            let filter = build(&hashes);
            assert!(filter.len() * 8 <= keys * BITS_PER_KEY + LINE * 8);
            assert!(hashes.iter().all(|hash| holds(&filter, *hash)));
            let others = 200_000;
            let wrong =
                (0..others).filter(|n| holds(&filter, hash_key(format!("users\0other-{n}").as_bytes()))).count();
            let rate = wrong as f64 / f64::from(others);
            assert!(rate <= 0.015, "{rate} of {keys} keys");
        }
    }

    #[test]
    fn pieces_cover_the_filter() {
        for lines in [1, 255, 256, 257, 1_000] {
            let mut filter = vec![0; lines as usize * LINE];
            let lengths: Vec<u32> = cut(&mut filter).map(|piece| piece.len() as u32).collect();
            let said: Vec<u32> = (0..lengths.len() as u32).map(|n| piece_length(n, lines)).collect();
            assert_eq!(lengths, said);
            assert_eq!(piece_length(lengths.len() as u32, lines), 0);
        }
    }
}
