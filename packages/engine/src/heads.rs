//! Sorted keys by their heads, so that a search reads one small array and no keys.

use std::cmp::Ordering;
use std::ops::Range;

/// For each of some sorted keys, the eight bytes that follow what all of them have in common.
#[derive(Debug, Default)]
pub(crate) struct Heads {
    common: Box<[u8]>,
    heads: Box<[u64]>,
}

impl Heads {
    /// The heads of `keys`, which are sorted: what the first and the last have in common, all have.
    pub(crate) fn new<'a>(keys: impl DoubleEndedIterator<Item = &'a [u8]> + Clone) -> Self {
        let (Some(first), Some(last)) = (keys.clone().next(), keys.clone().next_back()) else {
            return Self::default();
        };
        let common = common_prefix(first, last);
        Self { common: first[..common].into(), heads: keys.map(|key| head(key, common)).collect() }
    }

    /// The places of the keys that the heads cannot tell from `key`: all before them are less, all behind them greater.
    #[inline]
    pub(crate) fn places(&self, key: &[u8]) -> Range<usize> {
        let common = self.common.len();
        let start = key.get(..common).unwrap_or(key).cmp(&self.common);
        match start {
            Ordering::Less => 0..0,
            Ordering::Greater => self.heads.len()..self.heads.len(),
            Ordering::Equal => {
                let wanted = head(key, common);
                let low = self.heads.partition_point(|head| *head < wanted);
                let rest = &self.heads[low..];
                let alike = match rest {
                    [first, second, ..] if *first == wanted && *second == wanted => {
                        rest.partition_point(|head| *head == wanted)
                    }
                    [first, ..] => usize::from(*first == wanted),
                    [] => 0,
                };
                low..low + alike
            }
        }
    }

    /// The memory it takes.
    pub(crate) fn weight(&self) -> usize {
        self.common.len() + size_of_val(&*self.heads)
    }
}

/// The eight bytes of `key` after the first `common`, as a number that sorts as they do.
#[inline]
pub(crate) fn head(key: &[u8], common: usize) -> u64 {
    let tail = &key[common.min(key.len())..];
    if let Some(eight) = tail.first_chunk::<8>() {
        return u64::from_be_bytes(*eight);
    }
    let mut eight = [0; 8];
    eight[..tail.len()].copy_from_slice(tail);
    u64::from_be_bytes(eight)
}

/// How many bytes two keys have in common at their start.
#[inline]
pub(crate) fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    let mut at = 0;
    for (a, b) in a.chunks_exact(8).zip(b.chunks_exact(8)) {
        let differ = word(a) ^ word(b);
        if differ != 0 {
            return at + (differ.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    at + a[at..].iter().zip(&b[at..]).take_while(|(a, b)| a == b).count()
}

#[inline]
fn word(chunk: &[u8]) -> u64 {
    chunk.first_chunk().map_or(0, |chunk| u64::from_le_bytes(*chunk))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_before_is_less_and_what_lies_behind_is_greater() {
        let sets: [&[&[u8]]; 6] = [
            &[],
            &[b"n\0user/1"],
            &[b"n\0user/1", b"n\0user/1", b"n\0user/1\0", b"n\0user/10", b"n\0user/2"],
            &[b"", b"\0", b"\0\0", b"\0\0\0\0\0\0\0\0\0", b"\x01"],
            &[b"a", b"n\0user/1", b"zzzzzzzzzzzzzzzz", b"zzzzzzzzzzzzzzzzz"],
            &[b"n\0aaaaaaaa", b"n\0aaaaaaaaa", b"n\0aaaaaaaab"],
        ];
        for keys in sets {
            let heads = Heads::new(keys.iter().copied());
            for wanted in sets.iter().copied().flatten().chain(&[&b"n\0"[..], b"n\0user/1\0\0", b"\xff"]) {
                let places = heads.places(wanted);
                assert!(places.end <= keys.len());
                assert!(keys[..places.start].iter().all(|key| key < wanted), "{wanted:?} in {keys:?}: {places:?}");
                assert!(keys[places.end..].iter().all(|key| key > wanted), "{wanted:?} in {keys:?}: {places:?}");
            }
        }
    }

    #[test]
    fn keys_that_differ_within_their_heads_are_told_apart() {
        let keys: Vec<String> = (0..500).map(|n| format!("users\0user-{n:09}")).collect();
        let heads = Heads::new(keys.iter().map(String::as_bytes));
        for (n, key) in keys.iter().enumerate() {
            assert_eq!(heads.places(key.as_bytes()), n..n + 1);
        }
    }
}
