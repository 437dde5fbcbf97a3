//! One database, many threads, with the real thread for flushes and merges.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use koru_delta::{
    Batch, ChangesQuery, Code, Durability, HistoryQuery, KoruDelta, ListQuery, Options, Version, WriteOptions,
};

use crate::Folder;
use crate::world::{Dice, World, rounds, seed};

/// How many keys one batch writes, all with the same number: a reader who sees two numbers has seen half a batch.
const TOGETHER: usize = 5;
const GROUPS: usize = 4;

fn options(durability: Durability) -> Options {
    Options { memory_bytes: 4 << 20, memtable_bytes: Some(16 << 10), durability, ..Options::default() }
}

fn group(db: &KoruDelta, group: usize, number: u64) -> koru_delta::Result<koru_delta::Receipt> {
    let mut batch = Batch::new();
    for n in 0..TOGETHER {
        batch.put(&format!("group{group}"), &format!("k{n}"), &(number, "x".repeat(100)))?;
    }
    db.write(batch)
}

fn numbers(versions: &[Version]) -> Vec<u64> {
    versions.iter().map(|v| v.value_as::<(u64, String)>().unwrap().unwrap().0).collect()
}

/// What a reader may see at any moment.
fn check_views(db: &KoruDelta, dice: &mut Dice) -> koru_delta::Result<()> {
    let view = db.now()?;
    let space = format!("group{}", dice.below(GROUPS));
    let first = view.list(&space, ListQuery { limit: 2, ..ListQuery::default() })?;
    std::thread::sleep(Duration::from_micros(dice.roll() % 500));
    // The rest of the page, taken from the database of now, belongs to the same moment.
    let mut all = first.versions.clone();
    let mut cursor = first.cursor;
    while let Some(text) = cursor {
        let page = db.list(&space, ListQuery { limit: 2, cursor: Some(&text), ..ListQuery::default() })?;
        all.extend(page.versions);
        cursor = page.cursor;
    }
    let seen = numbers(&all);
    assert!(seen.is_empty() || seen.len() == TOGETHER, "a list of {seen:?}");
    assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "half a batch in {seen:?}");
    let again = view.list(&space, ListQuery::default())?.versions;
    assert_eq!(again, all, "a snapshot changed");
    if let Some(version) = again.first() {
        let history =
            view.history(&space, &version.key, HistoryQuery { limit: 20, ..HistoryQuery::default() })?.versions;
        assert_eq!(history[0], *version);
        for pair in history.windows(2) {
            assert_eq!(pair[0].previous, Some(pair[1].version), "the chain of {space}/{} is broken", version.key);
            assert!(pair[0].timestamp > pair[1].timestamp && pair[0].seq > pair[1].seq);
        }
        let past = db.at(history[history.len() - 1].version)?;
        let then = numbers(&past.list(&space, ListQuery::default())?.versions);
        assert!(
            then.len() == TOGETHER && then.windows(2).all(|pair| pair[0] == pair[1]),
            "half a batch at a past moment"
        );
    }
    Ok(())
}

/// The feed of a database is gapless, in order, and its chains are right.
fn check_feed(db: &KoruDelta, from: u64) -> u64 {
    let (mut since, mut expected): (Option<String>, u64) = (None, from);
    let mut newest: BTreeMap<(String, String), Version> = BTreeMap::new();
    let mut last_stamp = None;
    loop {
        let page =
            db.changes(ChangesQuery { since: since.as_deref(), limit: 5_000, ..ChangesQuery::default() }).unwrap();
        for version in page.changes {
            expected += 1;
            assert_eq!(version.seq, expected, "the feed has a gap");
            assert!(last_stamp.is_none_or(|last| last <= version.timestamp));
            last_stamp = Some(version.timestamp);
            let name = (version.namespace.clone(), version.key.clone());
            let before = newest.insert(name, version.clone());
            assert_eq!(version.previous, before.map(|v| v.version), "seq {expected}");
        }
        since = Some(page.cursor);
        if !page.more {
            return expected;
        }
    }
}

#[test]
fn writers_readers_flushes_and_a_close_at_once() {
    let seed = seed(31);
    println!("seed {seed}");
    let (mut commits, mut views, mut schedules) = (0, 0, 0);
    rounds(|round| {
        for schedule in 0..40 {
            let mut dice = Dice(seed ^ round << 32 ^ schedule);
            let durability = [Durability::Sync, Durability::Interval(1), Durability::None][dice.below(3)];
            let db = KoruDelta::start_with(options(durability)).unwrap();
            let (written, looked) = (AtomicU64::new(0), AtomicU64::new(0));
            let over = AtomicBool::new(false);
            let counter = AtomicU64::new(0);
            std::thread::scope(|scope| {
                for thread in 0..GROUPS {
                    let (db, written, counter, seed) = (&db, &written, &counter, dice.roll());
                    scope.spawn(move || {
                        let mut dice = Dice(seed);
                        loop {
                            let result = match dice.below(8) {
                                0 => db.put("alone", &format!("t{thread}"), &dice.roll()).map(|_| 1),
                                1 => {
                                    let increment = |t: &mut koru_delta::Transaction| {
                                        let now: u64 = t.get("shared", "counter")?.unwrap_or(0);
                                        t.put("shared", "counter", &(now + 1))
                                    };
                                    match db.transact(increment) {
                                        Err(error) if error.code() == Code::Conflict => Ok(0),
                                        other => other.map(|()| {
                                            counter.fetch_add(1, Ordering::Relaxed);
                                            1
                                        }),
                                    }
                                }
                                _ => group(db, thread, dice.roll()).map(|receipt| receipt.count()),
                            };
                            match result {
                                Ok(count) => written.fetch_add(count, Ordering::Relaxed),
                                Err(error) => {
                                    assert_eq!(error.code(), Code::Closed, "{error:?}");
                                    return;
                                }
                            };
                        }
                    });
                }
                for _ in 0..2 {
                    let (db, looked, seed) = (&db, &looked, dice.roll());
                    scope.spawn(move || {
                        let mut dice = Dice(seed);
                        loop {
                            match check_views(db, &mut dice) {
                                Ok(()) => looked.fetch_add(1, Ordering::Relaxed),
                                Err(error) => {
                                    assert_eq!(error.code(), Code::Closed, "{error:?}");
                                    return;
                                }
                            };
                        }
                    });
                }
                let (flusher, over) = (&db, &over);
                let pause = 1 + dice.roll() % 9;
                scope.spawn(move || {
                    while !over.load(Ordering::Relaxed) {
                        if let Err(error) = flusher.flush().and_then(|()| flusher.sync()) {
                            assert_eq!(error.code(), Code::Closed, "{error:?}");
                        }
                        std::thread::sleep(Duration::from_millis(pause));
                    }
                });
                std::thread::sleep(Duration::from_millis(20 + dice.roll() % 100));
                let seqs = check_feed(&db, 0);
                if dice.below(2) == 0 {
                    let verified = db.now().unwrap().verify().unwrap();
                    assert!(verified.is_ok(), "verify beside writers: {verified:?}");
                }
                assert!(seqs <= db.now().unwrap().stats(false).unwrap().versions);
                if dice.below(2) == 0 {
                    let other = db.clone();
                    scope.spawn(move || other.close().unwrap());
                }
                db.close().unwrap();
                over.store(true, Ordering::Relaxed);
            });
            assert_eq!(db.put("a", "b", &1).unwrap_err().code(), Code::Closed);
            commits += written.load(Ordering::Relaxed);
            views += looked.load(Ordering::Relaxed);
            schedules += 1;
        }
    });
    println!("{schedules} schedules, {commits} versions, {views} views");
}

#[test]
fn nothing_acknowledged_is_missing_after_a_close_among_writers() {
    let seed = seed(32);
    println!("seed {seed}");
    for schedule in 0..20 {
        let mut dice = Dice(seed + schedule);
        let folder = Folder::new("close");
        let db = KoruDelta::start_with_path_and(folder.path(), options(Durability::Sync)).unwrap();
        let counter = AtomicU64::new(0);
        let acknowledged: Vec<Vec<String>> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..6)
                .map(|thread| {
                    let (db, counter) = (&db, &counter);
                    scope.spawn(move || {
                        let mut mine = Vec::new();
                        for n in 0.. {
                            let key = format!("t{thread}-{n:06}");
                            match db.put_json("users", &key, b"1", WriteOptions::default()) {
                                Ok(_) => mine.push(key),
                                Err(error) => {
                                    assert_eq!(error.code(), Code::Closed, "{error:?}");
                                    break;
                                }
                            }
                            if n % 10 == 0 {
                                db.transact(|t| {
                                    let now: u64 = t.get("shared", "counter")?.unwrap_or(0);
                                    t.put("shared", "counter", &(now + 1))
                                })
                                .map(|()| counter.fetch_add(1, Ordering::Relaxed))
                                .ok();
                            }
                        }
                        mine
                    })
                })
                .collect();
            std::thread::sleep(Duration::from_millis(5 + dice.roll() % 60));
            db.close().unwrap();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        drop(db);
        let db = KoruDelta::start_with_path_and(folder.path(), options(Durability::Sync)).unwrap();
        assert_eq!(db.now().unwrap().stats(false).unwrap().recovery.dropped_bytes, 0);
        let mut kept = 0;
        for key in acknowledged.iter().flatten() {
            assert!(db.get_json("users", key).unwrap().is_some(), "{key} was acknowledged, schedule {schedule}");
            kept += 1;
        }
        assert_eq!(db.get::<u64>("shared", "counter").unwrap().unwrap_or(0), counter.load(Ordering::Relaxed));
        check_feed(&db, 0);
        assert!(kept > 0 || schedule > 0);
        assert!(db.now().unwrap().verify().unwrap().is_ok());
    }
}

/// Where the engine may have no thread (`Host::background`), the calls flush and merge themselves: several at once.
#[test]
fn calls_that_flush_and_merge_themselves_do_not_do_it_twice() {
    for round in 0..20 {
        let world = World::new(round);
        let settings = Options { durability: Durability::None, ..options(Durability::None) };
        let settings = Options { memtable_bytes: Some(1 << 10), ..settings };
        let db = world.open(settings.clone()).unwrap();
        std::thread::scope(|scope| {
            for thread in 0..3 {
                let db = &db;
                scope.spawn(move || {
                    for n in 0..150 {
                        db.put(&format!("n{thread}"), &format!("k{}", n % 7), &"x".repeat(90)).unwrap();
                    }
                });
            }
            for _ in 0..2 {
                scope.spawn(|| (0..60).for_each(|_| db.flush().unwrap()));
            }
        });
        assert_eq!(check_feed(&db, 0), 450, "round {round}");
        let verified = db.now().unwrap().verify().unwrap();
        assert!(verified.is_ok(), "round {round}: {verified:?}");
        db.close().unwrap();
        let db = world.open(settings).unwrap();
        assert_eq!(check_feed(&db, 0), 450, "round {round}");
        let verified = db.now().unwrap().verify().unwrap();
        assert!(verified.is_ok(), "round {round}: {verified:?}");
    }
}
