//! Which versions were met, one bit for each seq.

use std::collections::BTreeMap;

/// Seqs in one chunk of bits. A seq that damage made up costs one chunk, however large it is.
const CHUNK: u64 = 1 << 16;
/// No more stretches are named; there may be one for every other version.
const MOST_STRETCHES: usize = 100;

/// Seqs that were met.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    chunks: BTreeMap<u64, Box<[u64]>>,
    count: u64,
    twice: Option<u64>,
}

impl Seen {
    pub(crate) fn add(&mut self, seq: u64) {
        if seq == 0 {
            return;
        }
        let words = self.chunks.entry(seq / CHUNK).or_insert_with(|| vec![0; (CHUNK / 64) as usize].into_boxed_slice());
        let (word, bit) = (&mut words[(seq % CHUNK / 64) as usize], 1 << (seq % 64));
        if *word & bit != 0 {
            self.twice = Some(seq);
            return;
        }
        *word |= bit;
        self.count += 1;
    }

    /// How many different ones there were.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// One that came twice.
    pub(crate) fn twice(&self) -> Option<u64> {
        self.twice
    }

    /// The first stretches of 1 to `newest` that were not met, each with its first and its last seq.
    pub(crate) fn missing(&self, newest: u64) -> Vec<(u64, u64)> {
        let (mut missing, mut next) = (Vec::new(), 1);
        for seq in self.seqs() {
            if seq > newest || missing.len() == MOST_STRETCHES {
                break;
            }
            if seq > next {
                missing.push((next, seq - 1));
            }
            next = seq.saturating_add(1);
        }
        if next <= newest && missing.len() < MOST_STRETCHES {
            missing.push((next, newest));
        }
        missing
    }

    fn seqs(&self) -> impl Iterator<Item = u64> + '_ {
        self.chunks.iter().flat_map(|(chunk, words)| {
            words.iter().enumerate().flat_map(move |(at, word)| {
                let base = chunk * CHUNK + at as u64 * 64;
                let word = *word;
                (0..64).filter(move |bit| word & (1 << bit) != 0).map(move |bit| base + bit)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(seqs: &[u64]) -> Seen {
        let mut seen = Seen::default();
        for seq in seqs {
            seen.add(*seq);
        }
        seen
    }

    #[test]
    fn what_is_missing_is_named_in_stretches() {
        let far = 5 * CHUNK + 3;
        let table = [
            (vec![], 0, vec![]),
            (vec![], 3, vec![(1, 3)]),
            (vec![1, 2, 3], 3, vec![]),
            (vec![3, 1], 3, vec![(2, 2)]),
            (vec![2], 5, vec![(1, 1), (3, 5)]),
            (vec![1, far], far, vec![(2, far - 1)]),
            (vec![0, 1, u64::MAX], 2, vec![(2, 2)]),
        ];
        for (seqs, newest, missing) in table {
            assert_eq!(of(&seqs).missing(newest), missing, "{seqs:?} of {newest}");
        }
        let odd: Vec<u64> = (0..1_000).map(|n| 2 * n + 1).collect();
        assert_eq!(of(&odd).missing(2_000).len(), MOST_STRETCHES);
    }

    #[test]
    fn a_seq_that_comes_twice_counts_once() {
        let seen = of(&[4, 7, 4]);
        assert_eq!((seen.count(), seen.twice()), (2, Some(4)));
        assert_eq!(of(&[64, 128]).twice(), None);
    }
}
