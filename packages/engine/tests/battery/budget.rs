//! How long a battery goes on, and which seed it was that failed.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::{Duration, Instant};

/// Seeds one after the other: one alone, a number of them, or as many as fit a time.
pub(crate) struct Budget {
    next: u64,
    end: u64,
    until: Option<Instant>,
}

impl Budget {
    /// `KORU_SEED` gives one seed, `KORU_ROUNDS` a number of them, `KORU_TORTURE` a number of seconds; without any of
    /// them there are `rounds`. The seeds of a torture begin where the clock says, so that each run has new ones.
    pub(crate) fn from_environment(name: &str, rounds: u64) -> Self {
        let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().expect("a whole number"));
        if let Some(seed) = number("KORU_SEED") {
            return Self { next: seed, end: seed + 1, until: None };
        }
        if let Some(seconds) = torture() {
            let begin =
                std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |now| now.as_secs()) << 20;
            println!("{name}: torture from seed {begin}");
            return Self { next: begin, end: u64::MAX, until: Some(Instant::now() + seconds) };
        }
        Self { next: 1, end: 1 + number("KORU_ROUNDS").unwrap_or(rounds), until: None }
    }
}

impl Budget {
    /// The seeds as a list, for several threads; of a torture as many as will last about as long as was asked.
    pub(crate) fn collect_for_threads(self) -> Vec<u64> {
        const LIVES_A_SECOND: u64 = 200;
        let many = self.until.map_or(u64::MAX, |until| (until - Instant::now()).as_secs() * LIVES_A_SECOND);
        (self.next..self.end).take(usize::try_from(many).unwrap_or(usize::MAX)).collect()
    }
}

/// How long a torture goes on, where one was asked for.
pub(crate) fn torture() -> Option<Duration> {
    let text = std::env::var("KORU_TORTURE").ok()?;
    Some(Duration::from_secs(text.parse().expect("KORU_TORTURE is a number of seconds")))
}

impl Iterator for Budget {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        if self.next == self.end || self.until.is_some_and(|until| Instant::now() >= until) {
            return None;
        }
        self.next += 1;
        Some(self.next - 1)
    }
}

/// Runs something that depends on a seed, and names the seed when it panics.
pub(crate) fn seeded<T>(name: &str, seed: u64, body: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|panic| {
        eprintln!("{name}: seed {seed} failed; run it again with KORU_SEED={seed}");
        resume_unwind(panic)
    })
}
