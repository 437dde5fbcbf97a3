//! Clocks that jump, stand still and go back.

use koru_delta::{ChangesQuery, Stamp, VersionId};

use crate::world::{Dice, World, options, rounds, seed};

const YEAR_US: i64 = 365 * 86_400 * 1_000_000;

fn step(dice: &mut Dice) -> i64 {
    let size = [0, 1, 1_000, 1_000_000, 3_600_000_000, 86_400_000_000, YEAR_US, 10 * YEAR_US][dice.below(8)];
    let fraction = if size > 1 { dice.roll() as i64 % size } else { size };
    if dice.below(2) == 0 { fraction } else { -fraction }
}

#[test]
fn versions_stay_in_order_whatever_the_clock_does() {
    let seed = seed(41);
    println!("seed {seed}");
    let mut walks = 0u64;
    rounds(|round| {
        for walk in 0..10_000 {
            one_walk(seed ^ (round << 32) ^ walk);
            walks += 1;
        }
    });
    println!("{walks} walks");
}

fn one_walk(seed: u64) {
    let mut dice = Dice(seed);
    let world = World::new(seed);
    let mut now = crate::world::BEGIN_US as i64;
    let mut db = world.open(options(None)).unwrap();
    let mut written: Vec<(u64, VersionId, Stamp)> = Vec::new();
    let count = 4 + dice.below(8);
    for n in 0..count as u64 {
        now = (now + step(&mut dice)).max(0);
        world.clock.set(now as u64);
        match dice.below(6) {
            0 => {
                db.close().unwrap();
                db = world.open(options(None)).unwrap();
            }
            1 => db.flush().unwrap(),
            _ => {}
        }
        let version = db.put("users", "alice", &n).unwrap();
        written.push((n, version.version, version.timestamp));
        let drift = db.now().unwrap().stats(false).unwrap().clock_drift_us;
        assert_eq!(drift, version.timestamp.micros().saturating_sub(now as u64), "seed {seed}");
    }
    for pair in written.windows(2) {
        assert!(pair[0].2 < pair[1].2 && pair[0].1 < pair[1].1, "seed {seed}: {pair:?}");
        assert!(pair[0].1.to_string() < pair[1].1.to_string(), "seed {seed}: {pair:?}");
    }
    for (at, (n, version, stamp)) in written.iter().enumerate() {
        let before = Stamp::from_micros(stamp.micros() - 1);
        let earlier = at.checked_sub(1).map(|at| written[at].0);
        for (moment, expected) in [
            (version.to_string(), Some(*n)),
            (stamp.to_string(), Some(*n)),
            (before.to_string(), earlier),
            (format!("seq:{}", at + 1), Some(*n)),
            (format!("seq:{at}"), earlier),
        ] {
            assert_eq!(db.get_at::<u64>("users", "alice", &moment).unwrap(), expected, "at {moment}, seed {seed}");
        }
    }
    let feed = db.changes(ChangesQuery::default()).unwrap().changes;
    assert_eq!(feed.iter().map(|v| v.version).collect::<Vec<_>>(), written.iter().map(|w| w.1).collect::<Vec<_>>());
}
