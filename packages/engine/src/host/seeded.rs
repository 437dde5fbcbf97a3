//! Bytes that look random and are the same on every run.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Entropy;

/// The step of the splitmix64 sequence.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// Entropy for tests and simulation ONLY: whoever knows the seed knows every key made from it.
///
/// The same seed gives the same bytes to the same sequence of calls, on every machine (splitmix64, little-endian, a
/// new word for every call).
#[derive(Debug)]
pub struct SeededEntropy {
    state: AtomicU64,
}

impl SeededEntropy {
    /// Starts the sequence of `seed`.
    pub fn new(seed: u64) -> Self {
        Self { state: AtomicU64::new(seed) }
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, buf: &mut [u8]) -> io::Result<()> {
        for piece in buf.chunks_mut(8) {
            let word = mix(self.state.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP));
            piece.copy_from_slice(&word.to_le_bytes()[..piece.len()]);
        }
        Ok(())
    }
}

/// The same sequence for one owner, who draws numbers from it.
#[derive(Debug)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0)
    }

    /// A number below `sides`, which is not 0. The bias of the remainder does not matter to a choice of faults.
    pub(super) fn below(&mut self, sides: usize) -> usize {
        (self.next() % sides as u64) as usize
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_the_published_sequence() {
        // The first outputs of splitmix64 for the seed 1234567, as its author's program prints them.
        let published = [6_457_827_717_110_365_317_u64, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        let mut bytes = [0; 24];
        SeededEntropy::new(1_234_567).fill(&mut bytes).unwrap();
        let mut dice = Dice::new(1_234_567);
        for (piece, word) in bytes.chunks(8).zip(published) {
            assert_eq!(piece, word.to_le_bytes());
            assert_eq!(dice.next(), word);
        }
    }

    #[test]
    fn fills_any_length_and_never_repeats() {
        let entropy = SeededEntropy::new(1);
        let mut seen = std::collections::BTreeSet::new();
        for len in 0..40 {
            let mut buf = vec![0; len];
            entropy.fill(&mut buf).unwrap();
            assert!(len < 9 || seen.insert(buf), "a repeated answer at length {len}");
        }
    }
}
