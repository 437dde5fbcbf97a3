//! Clocks that jump, stand still and go back: between commits, within one, and while the database is closed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use koru_delta::host::{Clock, Host};
use koru_delta::{Batch, ChangesQuery, KoruDelta, Receipt, Stamp, VersionId};

use crate::world::{BEGIN_US, Dice, World, options, rounds, seed};

const YEAR_US: i64 = 365 * 86_400 * 1_000_000;
const KEYS: [&str; 3] = ["alice", "bob", "carol"];

fn step(dice: &mut Dice) -> i64 {
    let size = [0, 1, 1_000, 1_000_000, 3_600_000_000, 86_400_000_000, YEAR_US, 10 * YEAR_US][dice.below(8)];
    let fraction = match dice.below(4) {
        0 => size,
        _ if size > 1 => dice.roll() as i64 % size,
        _ => size,
    };
    if dice.below(2) == 0 { fraction } else { -fraction }
}

/// A clock that is set between acts, or also jumps whenever it is read.
#[derive(Debug)]
struct Jumping {
    state: Mutex<(u64, Dice)>,
    restless: AtomicBool,
}

impl Jumping {
    fn jump(&self) -> u64 {
        let (now, dice) = &mut *self.state.lock().unwrap_or_else(PoisonError::into_inner);
        *now = now.saturating_add_signed(step(dice));
        *now
    }

    fn now(&self) -> u64 {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).0
    }
}

impl Clock for Jumping {
    fn now_us(&self) -> u64 {
        if self.restless.load(Ordering::Relaxed) { self.jump() } else { self.now() }
    }

    fn sleep_ms(&self, _: u64) {}
}

#[test]
fn versions_stay_in_order_whatever_the_clock_does() {
    let seed = seed(41);
    println!("seed {seed}");
    let (mut walks, mut commits) = (0u64, 0);
    rounds(|round| {
        for walk in 0..10_000 {
            let walk = seed ^ (round << 32) ^ walk;
            commits += std::panic::catch_unwind(|| one_walk(walk)).unwrap_or_else(|panic| {
                eprintln!("walk {walk} failed");
                std::panic::resume_unwind(panic)
            });
            walks += 1;
        }
    });
    println!("{walks} walks, {commits} commits");
}

/// What one commit wrote, in its order; a key without a number was deleted.
struct Written {
    stamp: u64,
    ids: Vec<VersionId>,
    writes: Vec<(&'static str, Option<u64>)>,
}

/// One database through a few changes of its clock.
struct Walk {
    world: World,
    clock: Arc<Jumping>,
    db: KoruDelta,
    dice: Dice,
    written: Vec<Written>,
    number: u64,
}

fn open(world: &World, clock: &Arc<Jumping>) -> KoruDelta {
    KoruDelta::open(Host { clock: clock.clone(), ..world.host() }, options(None)).unwrap()
}

fn one_walk(seed: u64) -> usize {
    let mut dice = Dice(seed);
    let world = World::new(seed);
    let restless = dice.below(3) == 0;
    let clock = Arc::new(Jumping { state: Mutex::new((BEGIN_US, Dice(!seed))), restless: restless.into() });
    let db = open(&world, &clock);
    let mut walk = Walk { world, clock, db, dice, written: Vec::new(), number: 0 };
    for _ in 0..3 + walk.dice.below(6) {
        walk.clock.jump();
        match walk.dice.below(8) {
            0 => {
                walk.db.close().unwrap();
                walk.clock.jump();
                walk.db = open(&walk.world, &walk.clock);
            }
            // The process is killed, and the time is another one when the next begins.
            1 => {
                walk.world = World::of(walk.world.vfs.snapshot(), seed);
                walk.clock.jump();
                walk.db = open(&walk.world, &walk.clock);
            }
            2 => walk.db.flush().unwrap(),
            _ => {}
        }
        walk.write();
        let drift = walk.db.now().unwrap().stats(false).unwrap().clock_drift_us;
        let newest = walk.written.last().unwrap().stamp;
        if !restless {
            assert_eq!(drift, newest.saturating_sub(walk.clock.now()));
        }
        assert!(drift <= newest);
    }
    walk.clock.restless.store(false, Ordering::Relaxed);
    walk.check();
    walk.written.len()
}

impl Walk {
    fn batch(&mut self) -> (Batch, Vec<(&'static str, Option<u64>)>) {
        let (mut batch, mut writes) = (Batch::new(), Vec::new());
        let begin = self.dice.below(KEYS.len());
        for key in &KEYS[begin..] {
            self.number += 1;
            let written = (self.dice.below(5) > 0).then_some(self.number);
            match written {
                Some(number) => batch.put("users", key, &number).unwrap(),
                None => batch.delete("users", key).unwrap(),
            };
            writes.push((*key, written));
        }
        (batch, writes)
    }

    /// One document, a batch, or several batches that share a sync.
    fn write(&mut self) {
        match self.dice.below(4) {
            0 | 1 => {
                self.number += 1;
                let version = self.db.put("users", KEYS[0], &self.number).unwrap();
                let writes = vec![(KEYS[0], Some(self.number))];
                self.written.push(Written { stamp: version.timestamp.micros(), ids: vec![version.version], writes });
            }
            many => {
                let (batches, writes): (Vec<_>, Vec<_>) = (0..2 * many - 3).map(|_| self.batch()).unzip();
                let receipts = self.db.write_all(batches).into_iter().map(Result::unwrap);
                for (receipt, writes) in receipts.zip(writes) {
                    self.written.push(Written::of(&receipt, writes));
                }
            }
        }
    }

    /// Stamps and ids rise from commit to commit, and every moment answers what was there.
    fn check(&self) {
        for pair in self.written.windows(2) {
            assert!(pair[0].stamp < pair[1].stamp, "two commits at one stamp, or in the wrong order");
        }
        let ids: Vec<VersionId> = self.written.iter().flat_map(|commit| commit.ids.iter().copied()).collect();
        assert!(ids.is_sorted_by(|a, b| a < b && a.to_string() < b.to_string()), "{ids:?}");
        let feed = self.db.changes(ChangesQuery { limit: 10_000, ..ChangesQuery::default() }).unwrap().changes;
        assert!(feed.iter().map(|version| version.version).eq(ids.iter().copied()));
        let mut now = BTreeMap::new();
        let mut seq = 0;
        for commit in &self.written {
            let just_before = Stamp::from_micros(commit.stamp - 1);
            self.expect(&just_before.to_string(), &now);
            self.expect(&format!("seq:{seq}"), &now);
            now.extend(commit.writes.iter().copied());
            seq += commit.writes.len();
            self.expect(&Stamp::from_micros(commit.stamp).to_string(), &now);
            self.expect(&format!("seq:{seq}"), &now);
            for id in [commit.ids.first(), commit.ids.last()].into_iter().flatten() {
                self.expect(&id.to_string(), &now);
            }
        }
    }

    fn expect(&self, moment: &str, wanted: &BTreeMap<&str, Option<u64>>) {
        let view = self.db.at(moment).unwrap();
        for key in KEYS {
            let there = view.get::<u64>("users", key).unwrap();
            assert_eq!(there, wanted.get(key).copied().flatten(), "{key} at {moment}");
        }
    }
}

impl Written {
    fn of(receipt: &Receipt, writes: Vec<(&'static str, Option<u64>)>) -> Self {
        let versions = receipt.versions(0..u32::MAX).unwrap();
        let stamp = receipt.timestamp().unwrap();
        assert!(versions.iter().all(|version| version.timestamp == stamp), "a batch of several stamps: {versions:?}");
        Self { stamp: stamp.micros(), ids: versions.iter().map(|version| version.version).collect(), writes }
    }
}
