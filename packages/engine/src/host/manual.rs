//! A clock that goes only when told to.

use std::sync::atomic::{AtomicU64, Ordering};

use super::Clock;

/// A clock for tests and simulation: it stands still until it is set or advanced, in either direction, and a sleep
/// advances it at once by the time slept.
#[derive(Debug, Default)]
pub struct ManualClock {
    us: AtomicU64,
}

impl ManualClock {
    /// A clock that stands at `us` microseconds since 1970.
    pub fn new(us: u64) -> Self {
        Self { us: AtomicU64::new(us) }
    }

    /// Sets the clock, forward or back.
    pub fn set(&self, us: u64) {
        self.us.store(us, Ordering::SeqCst);
    }

    /// Moves the clock forward by `us` microseconds, at most to the end of its range.
    pub fn advance(&self, us: u64) {
        let mut now = self.us.load(Ordering::SeqCst);
        while let Err(seen) = self.us.compare_exchange(now, now.saturating_add(us), Ordering::SeqCst, Ordering::SeqCst)
        {
            now = seen;
        }
    }
}

impl Clock for ManualClock {
    fn now_us(&self) -> u64 {
        self.us.load(Ordering::SeqCst)
    }

    fn sleep_ms(&self, ms: u64) {
        self.advance(ms.saturating_mul(1000));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_only_when_told_to() {
        let clock = ManualClock::new(5_000);
        assert_eq!(clock.now_us(), 5_000);
        clock.advance(7);
        assert_eq!(clock.now_us(), 5_007);
        clock.sleep_ms(2);
        assert_eq!(clock.now_us(), 7_007);
        clock.set(3);
        assert_eq!(clock.now_us(), 3);
        clock.sleep_ms(u64::MAX);
        assert_eq!(clock.now_us(), u64::MAX);
    }
}
