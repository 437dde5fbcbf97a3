//! Commits, flushes, merges, snapshots, power cuts and closes, interleaved by a seed.
//!
//! Each schedule is short: some writers, a reader, one who waits for changes, and one who keeps the house and closes it.
//! With memtables of a kibibyte their few acts reach every part of the engine. What comes of it must be what an oracle
//! says that was given the acknowledged commits, one after the other, in the order of their seqs: in the middle, for
//! every snapshot; after a power cut; and at the end, when the folder is opened again.
//!
//! `KORU_SEED` runs one schedule (a few times, if it went well: scheduler.rs says what is left to chance), `KORU_ROUNDS`
//! another number of them, `KORU_TORTURE` goes on for so many seconds.

use std::panic::{catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use koru_delta::host::{Crash, Host, ManualClock, MemVfs, SeededEntropy, SimVfs, Vfs};
use koru_delta::{ChangesQuery, Code, Durability, ImportOptions, Importer, KoruDelta, Options};

use crate::agreement::{all_answers, all_same, everything};
use crate::budget::{Budget, seeded};
use crate::cast::{COUNTER, Ledger, NAMESPACES, Player, key};
use crate::gated::{Cut, Gated};
use crate::oracle::{Commit, Oracle, Write, replica_of};
use crate::random::Random;
use crate::scheduler::{Draw, Scheduler, Task};
use crate::workload::BEGIN_US;

/// Seeds that once failed.
const FAILED_ONCE: &[u64] = &[];
const ROUNDS: u64 = 5_000;
/// Schedules that go on at once. Each has one thread that runs at a time.
const LANES: usize = 2;

/// What schedules reached, so that a battery that reaches nothing is found out.
#[derive(Debug, Default)]
struct Reached {
    schedules: u64,
    draws: u64,
    commits: u64,
    log_groups: u64,
    new_segments: u64,
    old_segments: u64,
    slept: u64,
    snapshots: u64,
    reread: u64,
    exports: u64,
    power_cuts: u64,
    refused_after_a_close: u64,
}

impl Reached {
    fn add(&mut self, other: &Self) {
        for (sum, one) in [
            (&mut self.schedules, other.schedules),
            (&mut self.draws, other.draws),
            (&mut self.commits, other.commits),
            (&mut self.log_groups, other.log_groups),
            (&mut self.new_segments, other.new_segments),
            (&mut self.old_segments, other.old_segments),
            (&mut self.slept, other.slept),
            (&mut self.snapshots, other.snapshots),
            (&mut self.reread, other.reread),
            (&mut self.exports, other.exports),
            (&mut self.power_cuts, other.power_cuts),
            (&mut self.refused_after_a_close, other.refused_after_a_close),
        ] {
            *sum += one;
        }
    }
}

#[test]
fn whatever_the_order_every_commit_is_there_and_every_snapshot_is_a_prefix() {
    let budget = Mutex::new(FAILED_ONCE.iter().copied().chain(Budget::from_environment("schedules", ROUNDS)));
    let started = Instant::now();
    let reached = Mutex::new(Reached::default());
    let failed = AtomicBool::new(false);
    let next = || budget.lock().unwrap().next().filter(|_| !failed.load(Ordering::Relaxed));
    std::thread::scope(|scope| {
        for _ in 0..LANES {
            scope.spawn(|| {
                while let Some(seed) = next() {
                    let one = catch_unwind(|| seeded("schedules", seed, || schedule(seed).1));
                    // When one has failed, the other lane needs not go on.
                    let one = one.inspect_err(|_| failed.store(true, Ordering::Relaxed));
                    reached.lock().unwrap().add(&one.unwrap_or_else(|panic| resume_unwind(panic)));
                }
            });
        }
    });
    let reached = reached.into_inner().unwrap();
    println!("schedules: {reached:?}, {:?}", started.elapsed());
    if reached.schedules >= 1000 {
        let Reached { schedules, commits, log_groups, .. } = reached;
        assert!(log_groups < commits, "no two commits ever shared a write");
        for often in [
            reached.new_segments,
            reached.old_segments,
            reached.slept,
            reached.snapshots,
            reached.power_cuts,
            reached.refused_after_a_close,
        ] {
            assert!(often > schedules / 4, "{reached:?}");
        }
    }
}

/// Most of them to their end: see scheduler.rs for what is left to chance.
#[test]
fn a_seed_gives_the_same_schedule_again() {
    let (mut same, mut agreed, mut all) = (0, 0, 0);
    for seed in 0..60 {
        let (one, two) = (schedule(seed).0, schedule(seed).0);
        same += u32::from(one == two);
        agreed += one.iter().zip(&two).take_while(|(a, b)| a == b).count();
        all += one.len();
    }
    println!("{same} of 60 schedules were the same again, {agreed} of {all} draws");
    assert!(agreed > all / 3, "{agreed} of {all}");
}

/// A change of the key rewrites the manifest. One that was under way while the database was closed must not rewrite that
/// of the next owner.
#[test]
fn a_change_of_the_key_beside_a_close_leaves_the_next_owner_alone() {
    let mut refused = 0;
    for seed in 0..60 {
        let options = Options { key: Some(key()), memory_bytes: 4 << 20, lock_timeout_ms: 0, ..Options::default() };
        let scheduler = Scheduler::new(seed);
        let world = Gated::new(scheduler.clone(), SimVfs::new(), BEGIN_US, Vec::new(), seed);
        let db = KoruDelta::open(world.host(false), options.clone()).unwrap();
        db.put("a", "k", &0).unwrap();
        let (other, code) = (db.clone(), Arc::new(Mutex::new(None)));
        let told = code.clone();
        let change = move || *told.lock().unwrap() = other.change_key(&key(), &key()).err().map(|error| error.code());
        let (place, settings) = (world.clone(), options.clone());
        let close = move || {
            db.close().unwrap();
            let next = KoruDelta::open(place.host(false), settings).unwrap();
            next.put("a", "k", &1).unwrap();
            place.pass("written", None);
            // It is not closed: what it wrote is in its log, and the manifest names that.
            std::mem::forget(next);
        };
        scheduler.run(vec![("change", Box::new(change)), ("close", Box::new(close))]).unwrap();
        let image = Arc::new(world.disk.crash(&Crash::AllLost));
        let left = open(&image, BEGIN_US, &options).unwrap();
        assert_eq!(left.get::<u8>("a", "k").unwrap(), Some(1), "seed {seed}");
        let code = *code.lock().unwrap();
        assert!(code.is_none_or(|code| code == Code::Closed), "seed {seed}: {code:?}");
        refused += u32::from(code.is_some());
    }
    assert!(refused > 0, "the close never came first");
}

/// Runs one schedule, and checks what came of it. Answers the draws, and what it reached.
fn schedule(seed: u64) -> (Vec<Draw>, Reached) {
    let mut random = Random::new(seed ^ 0x5c4ed);
    let options = Options {
        durability: match random.below(6) {
            0 => Durability::None,
            1 => Durability::Interval(3_600_000),
            _ => Durability::Sync,
        },
        memory_bytes: 4 << 20,
        memtable_bytes: Some(1024 << random.below(2)),
        key: random.once_in(6).then(key),
        lock_timeout_ms: 0,
        ..Options::default()
    };
    let cuts = (0..2).map(|_| Cut { after: random.below(400), way: way(&mut random) }).collect();
    let scheduler = Scheduler::new(seed);
    let world = Gated::new(scheduler.clone(), SimVfs::new(), BEGIN_US, cuts, seed);
    let ledger = Arc::new(Mutex::new(Ledger::default()));
    let mut player = Player {
        db: KoruDelta::open(world.host(false), options.clone()).unwrap(),
        world: world.clone(),
        options: options.clone(),
        ledger: ledger.clone(),
        random: random.clone(),
        name: "before",
        acts: 0,
    };
    // A few generations, so that a merge is near.
    for _ in 0..random.below(4) {
        player.write_something().unwrap();
        player.write_something().unwrap();
        player.db.flush().unwrap();
    }
    if !random.once_in(4) {
        player.db.close().unwrap();
        player.db = KoruDelta::open(world.host(true), options.clone()).unwrap();
        // The engine's thread is at work once, and is known from then on.
        player.write_something().unwrap();
        player.db.flush().unwrap();
    }

    let course = scheduler.run(cast(&player, &mut random)).unwrap_or_else(|stuck| panic!("{stuck:?}"));

    // The last handle goes.
    drop(player);
    let mut ledger = std::mem::take(&mut *ledger.lock().unwrap_or_else(PoisonError::into_inner));
    let disk = Arc::new(world.disk.clone());
    let oracle = judge(&mut ledger, &disk, &options);
    let mut power_cuts = 0;
    for (cut, image, durable) in world.take_images() {
        power_cuts += 1;
        judge_image(&oracle, image, &options, durable)
            .unwrap_or_else(|error| panic!("after {cut:?}, with {durable} durable: {error:?}"));
    }
    let count = |tally: &AtomicU64| tally.load(Ordering::Relaxed);
    let reached = Reached {
        schedules: 1,
        draws: course.draws.len() as u64,
        commits: oracle.commits().len() as u64,
        log_groups: count(&world.tally.log_groups),
        new_segments: count(&world.tally.new_segments),
        old_segments: count(&world.tally.old_segments),
        slept: course.slept,
        snapshots: ledger.seen.len() as u64,
        reread: ledger.reread,
        exports: ledger.exports.len() as u64,
        power_cuts,
        refused_after_a_close: ledger.refused,
    };
    (course.draws, reached)
}

/// Who takes part.
fn cast(player: &Player, random: &mut Random) -> Vec<Task> {
    let mut tasks: Vec<Task> = Vec::new();
    let mut join = |name, acts, random: &mut Random, play: Box<dyn FnOnce(Player) + Send>| {
        let player = Player { random: Random::new(random.word()), name, acts, ..player.clone() };
        tasks.push((name, Box::new(move || play(player))));
    };
    for name in &["anne", "bert", "carl"][..2 + random.below(2)] {
        join(name, 3 + random.below(5), random, Box::new(Player::write));
    }
    join("reader", 3 + random.below(5), random, Box::new(Player::read));
    if random.once_in(3) {
        join("waiter", 2, random, Box::new(Player::wait));
    }
    let (at_last, reopen) = (random.once_in(2), random.once_in(3));
    join("keeper", 2 + random.below(5), random, Box::new(move |player| player.keep_house(at_last, reopen)));
    if random.once_in(4) {
        join("other", 1 + random.below(4), random, Box::new(move |player| player.keep_house(at_last, false)));
    }
    tasks
}

fn way(random: &mut Random) -> Crash {
    match random.below(8) {
        0 => Crash::AllLost,
        1 => Crash::AllKept,
        2 => Crash::NamesOnly,
        3 => Crash::NamesLost,
        4 => Crash::LengthsOnly,
        5 => Crash::LengthsLost,
        _ => Crash::Subset(random.word()),
    }
}

fn open(vfs: &Arc<impl Vfs>, now_us: u64, options: &Options) -> koru_delta::Result<KoruDelta> {
    let host = Host {
        vfs: vfs.clone(),
        clock: Arc::new(ManualClock::new(now_us)),
        entropy: Arc::new(SeededEntropy::new(now_us)),
        background: false,
    };
    KoruDelta::open(host, options.clone())
}

/// Opens the folder again, and compares everything that anybody was told with what the oracle says.
fn judge(ledger: &mut Ledger, disk: &Arc<SimVfs>, options: &Options) -> Oracle {
    let db = open(disk, BEGIN_US, options).unwrap();
    let oracle = history_of(ledger, &db);
    let mut random = Random::new(oracle.newest_stamp());
    everything(&db, &oracle, 1, &mut random).unwrap();
    for seen in &ledger.seen {
        let through = seen.answers.feed.len() as u64;
        assert!(through >= seen.floor, "a snapshot of {through} versions after {} had been told of", seen.floor);
        let (namespace, key) = seen.key;
        all_same("a snapshot's feed", &seen.answers.feed, oracle.between(0, through), &oracle, true);
        for (list, namespace) in seen.answers.lists.iter().zip(NAMESPACES) {
            all_same("a snapshot's list", list, oracle.list(namespace, |_| true, through), &oracle, true);
        }
        let history = oracle.history(namespace, key, through);
        all_same("a snapshot's history", &seen.answers.history, history, &oracle, true);
        // It ends where a commit ends.
        drop(oracle.up_to(through));
    }
    for (versions, text) in &ledger.exports {
        let copy = open(&Arc::new(MemVfs::new()), oracle.newest_stamp(), &Options { key: None, ..options.clone() });
        let copy = copy.unwrap();
        let mut importer = Importer::new(&copy, &ImportOptions::default()).unwrap();
        importer.feed(text).unwrap();
        importer.finish().unwrap();
        all_answers(&copy, &oracle.up_to(*versions), 1, &mut random).unwrap();
    }
    db.close().unwrap();
    oracle
}

/// The commits in the order of their seqs. None is missing, and none is there that nobody was told of.
fn history_of(ledger: &mut Ledger, db: &KoruDelta) -> Oracle {
    // A transaction is not told its seq: its document, which is written once, tells it.
    let feed = db.changes(ChangesQuery { limit: 10_000, ..ChangesQuery::default() }).unwrap().changes;
    ledger.counted.sort_unstable();
    assert!(ledger.counted.iter().copied().eq(1..=ledger.counted.len() as u64), "{:?}", ledger.counted);
    let counter = feed.iter().filter(|version| (version.namespace.as_str(), version.key.as_str()) == COUNTER);
    for (number, version) in (1u64..).zip(counter) {
        let write =
            Write { namespace: COUNTER.0.to_owned(), key: COUNTER.1.to_owned(), text: Some(number.to_string()) };
        ledger.entries.push(crate::cast::Entry {
            first_seq: version.seq,
            stamp: version.timestamp.micros(),
            id: version.version.to_string(),
            commit: Commit { writes: vec![write], ..Commit::default() },
            floor: 0,
        });
        assert!(ledger.counted.contains(&number), "nobody was told of {version:?}");
    }
    ledger.entries.sort_by_key(|entry| entry.first_seq);
    let mut oracle = Oracle::default();
    for entry in &ledger.entries {
        assert_eq!(entry.first_seq, oracle.newest_seq() + 1, "two commits overlap, or one is missing: {entry:?}");
        assert!(entry.floor < entry.first_seq, "{entry:?} comes before what was acknowledged before it was asked for");
        oracle.commit(&entry.commit, entry.stamp, replica_of(&entry.id));
    }
    oracle
}

/// Opens what a power cut left: a prefix of the commits that has all that were durable, and goes on from there.
fn judge_image(oracle: &Oracle, image: MemVfs, options: &Options, durable: u64) -> koru_delta::Result<()> {
    let image = Arc::new(image);
    let now_us = oracle.newest_stamp();
    let db = open(&image, now_us, options)?;
    let versions = db.now()?.stats(false)?.versions;
    assert!(versions >= durable, "{versions} of {durable} durable versions are left");
    let mut left = oracle.up_to(versions);
    let mut random = Random::new(now_us);
    everything(&db, &left, 1, &mut random)?;
    let version = db.put("a", "k", &1)?;
    db.close()?;
    let write = Write { namespace: "a".to_owned(), key: "k".to_owned(), text: Some("1".to_owned()) };
    let commit = Commit { writes: vec![write], ..Commit::default() };
    left.commit(&commit, version.timestamp.micros(), replica_of(&version.version.to_string()));
    all_answers(&open(&image, now_us, options)?, &left, 1, &mut random)
}
