//! A world that a test makes and can make again: a folder in memory, a clock that stands, random bytes from a seed.
#![allow(dead_code, reason = "every battery uses another part of it")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use koru_delta::host::{Host, ManualClock, MemVfs, SeededEntropy};
use koru_delta::{KoruDelta, Options, SealKey};

/// The files of a folder.
pub(crate) type Image = BTreeMap<String, Vec<u8>>;

/// The moment at which every clock here begins: 2026-02-06T14:30:00Z.
pub(crate) const BEGIN_US: u64 = 1_770_388_200_000_000;

/// A folder, a clock and a source of randomness.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) vfs: MemVfs,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) entropy: Arc<SeededEntropy>,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        Self::of(Image::new(), seed)
    }

    pub(crate) fn of(files: Image, seed: u64) -> Self {
        Self {
            vfs: MemVfs::from_files(files),
            clock: Arc::new(ManualClock::new(BEGIN_US)),
            entropy: Arc::new(SeededEntropy::new(seed)),
        }
    }

    pub(crate) fn host(&self) -> Host {
        Host {
            vfs: Arc::new(self.vfs.clone()),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            background: false,
        }
    }

    pub(crate) fn open(&self, options: Options) -> koru_delta::Result<KoruDelta> {
        KoruDelta::open(self.host(), options)
    }
}

/// Options with a key or without, in little memory.
pub(crate) fn options(key: Option<&SealKey>) -> Options {
    Options { key: key.cloned(), memory_bytes: 4 << 20, lock_timeout_ms: 0, ..Options::default() }
}

/// Numbers from a seed (splitmix64).
#[derive(Debug)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `sides`.
    pub(crate) fn below(&mut self, sides: usize) -> usize {
        (self.roll() % sides as u64) as usize
    }

    pub(crate) fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.roll() as u8).collect()
    }

    /// Letters that no compression makes much shorter.
    pub(crate) fn letters(&mut self, length: usize) -> String {
        let alphabet = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
        (0..length).map(|_| char::from(alphabet[self.below(alphabet.len())])).collect()
    }
}

/// The seed of a run: `KORU_SEED`, or the one given.
pub(crate) fn seed(usual: u64) -> u64 {
    let asked = std::env::var("KORU_SEED").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// How long a battery may go on beyond its usual length: `KORU_TORTURE` seconds.
pub(crate) fn torture() -> Option<Duration> {
    let seconds = std::env::var("KORU_TORTURE").ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// Runs `round` once, and again with other numbers until the time of a torture is over.
pub(crate) fn rounds(mut round: impl FnMut(u64)) {
    let (begun, time) = (Instant::now(), torture().unwrap_or_default());
    let mut number = 0;
    loop {
        round(number);
        number += 1;
        if begun.elapsed() >= time {
            return;
        }
    }
}
