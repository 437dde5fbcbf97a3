//! A power cut at every operation, and another one at every operation of the recovery.
//!
//! After each the database opens by itself; its state is an exact beginning of the commits that holds all that were
//! acknowledged as durable, and of those asked for and never answered at most one, whole; and it takes new writes.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use koru_delta::host::{Crash, MemVfs, OperationKind, SimVfs};
use xxhash_rust::xxh3::Xxh3Default;

use crate::agreement::{changes, everything, key_at, verified};
use crate::budget::torture;
use crate::oracle::{Guard, When, Write};
use crate::random::Random;
use crate::scripts::{Script, all, by_chance, mixture, two_frames};
use crate::workload::{Run, Step};

/// Images of the first crash in a usual run, unless `KORU_IMAGES` says otherwise.
const IMAGES: usize = 50_000;
/// So many images are the most of one point, for each that there would be if all points had as many: some have few.
const SPARE: f64 = 2.5;
/// Ways that are tried for each image wanted of a point, until they are different enough.
const TRIES: usize = 4;
const THREADS: usize = 2;
/// One image in so many has its recovery crashed again.
const SECOND_EVERY: usize = 360;

/// What was tried.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) images: usize,
    pub(crate) second_images: usize,
    pub(crate) points: usize,
    pub(crate) operations: u64,
    /// The ways in which the power was cut, twins included.
    pub(crate) kinds: BTreeMap<&'static str, usize>,
    /// Ways that left what another way had left already; they are not looked at again.
    pub(crate) twins: usize,
}

/// The images of one script that were looked at, each with what was due of it.
#[derive(Default)]
struct Seen {
    hashes: Mutex<HashSet<u128>>,
    /// How many of them were left by a first crash.
    first: AtomicUsize,
}

impl Seen {
    /// Whether nobody has looked at this image before, for a database of which the same was known.
    fn is_new(&self, run: &Run, image: &MemVfs) -> bool {
        let mut hash = Xxh3Default::new();
        let newest = run.oracle.newest_seq();
        for number in [run.durable, newest, run.doubts.len() as u64] {
            hash.update(&number.to_le_bytes());
        }
        for (name, bytes) in image.snapshot() {
            hash.update(name.as_bytes());
            hash.update(&bytes.len().to_le_bytes());
            hash.update(&bytes);
        }
        self.hashes.lock().unwrap().insert(hash.digest128())
    }

    /// Counts an image of a first crash; true for one in so many.
    fn is_due(&self, every: usize) -> bool {
        self.first.fetch_add(1, Ordering::Relaxed) % every == every / 2
    }
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.images += other.images;
        self.second_images += other.second_images;
        self.points += other.points;
        self.operations += other.operations;
        self.twins += other.twins;
        for (kind, count) in &other.kinds {
            *self.kinds.entry(kind).or_default() += count;
        }
    }

    fn report(&self, name: &str, started: Instant) {
        println!(
            "{name}: {} images at {} crash points of {} operations, {} images of a second crash, {} twins passed over, \
             {:?}; {:?}",
            self.images,
            self.points,
            self.operations,
            self.second_images,
            self.twins,
            started.elapsed(),
            self.kinds
        );
    }
}

#[test]
fn a_power_cut_at_any_operation_loses_nothing_acknowledged() {
    let started = Instant::now();
    let mut scripts = all(1..13);
    scripts.push(mixture(4));
    let points: Vec<(usize, u64)> = scripts
        .iter()
        .enumerate()
        .flat_map(|(at, script)| crash_points(script).into_iter().map(move |n| (at, n)))
        .collect();
    let wanted = std::env::var("KORU_IMAGES").map_or(IMAGES, |text| text.parse().expect("a number"));
    let seen: Vec<Seen> = scripts.iter().map(|_| Seen::default()).collect();
    let each = (wanted as f64 * SPARE / points.len() as f64).ceil() as usize;
    let mut tally = in_parallel(&points, |(at, point), tally| {
        crash_at(&scripts[*at], *point, each, SECOND_EVERY, &seen[*at], tally);
    });
    tally.operations = scripts.iter().map(operations).sum();
    tally.report("crash", started);
    assert!(tally.images >= wanted && tally.second_images >= wanted * 2 / 5, "too little was tried");
    for kind in [
        "AllLost",
        "AllKept",
        "NamesOnly",
        "NamesLost",
        "LengthsOnly",
        "LengthsLost",
        "Lost",
        "Kept",
        "TornPrefix",
        "TornSuffix",
        "Subset",
    ] {
        assert!(tally.kinds.contains_key(kind), "no crash was a {kind}");
    }
    if let Some(time) = torture() {
        go_on(time);
    }
}

/// Scripts by chance for as long as asked.
fn go_on(time: Duration) {
    let (started, mut tally) = (Instant::now(), Tally::default());
    let mut seed =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |now| now.as_secs()) << 16;
    while started.elapsed() < time {
        let script = by_chance(seed, 40);
        let points = crash_points(&script);
        tally.operations += operations(&script);
        let seen = Seen::default();
        tally.add(&in_parallel(&points, |point, tally| crash_at(&script, *point, 40, SECOND_EVERY, &seen, tally)));
        seed += 1;
    }
    tally.report("crash torture", started);
}

#[test]
fn a_batch_of_two_frames_is_whole_or_not_at_all() {
    let script = two_frames();
    let points = crash_points(&script);
    let mut tally = Tally::default();
    let (started, seen) = (Instant::now(), Seen::default());
    for point in &points {
        crash_at(&script, *point, 2, usize::MAX, &seen, &mut tally);
    }
    tally.operations = operations(&script);
    tally.report("two frames", started);
}

/// How many operations a script takes when nothing fails.
fn operations(script: &Script) -> u64 {
    let vfs = SimVfs::new();
    script.run(&vfs).1.unwrap();
    vfs.operations()
}

/// The operations before which a crash is tried: those that change something, and the end. Between two of them the
/// disk stays as it is, and the last place between two is the one at which most was acknowledged.
fn crash_points(script: &Script) -> Vec<u64> {
    let vfs = SimVfs::new();
    vfs.record();
    script.run(&vfs).1.unwrap();
    let reads = [OperationKind::Open, OperationKind::Read, OperationKind::List, OperationKind::Lock];
    let trace = vfs.trace();
    let changes = trace.iter().filter(|operation| !reads.contains(&operation.kind)).map(|operation| operation.number);
    changes.chain([vfs.operations()]).collect()
}

/// Gives all items to the threads, and adds up what they tried.
pub(crate) fn in_parallel<T: Sync>(items: &[T], work: impl Fn(&T, &mut Tally) + Sync) -> Tally {
    let (next, total) = (AtomicUsize::new(0), Mutex::new(Tally::default()));
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let mut tally = Tally::default();
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    work(item, &mut tally);
                }
                total.lock().unwrap().add(&tally);
            });
        }
    });
    total.into_inner().unwrap()
}

/// Runs a script up to an operation, cuts the power in ways that leave up to `most` different images, and looks at each.
fn crash_at(script: &Script, point: u64, most: usize, second_every: usize, seen: &Seen, tally: &mut Tally) {
    let vfs = SimVfs::new();
    vfs.halt_at(point);
    let (mut run, result) = script.run(&vfs);
    drop(run.db.take());
    let seed = script.setup.seed << 32 ^ point;
    let mut random = Random::new(seed);
    tally.points += 1;
    let mut left = most;
    for crash in shuffled(Crash::all(&vfs, seed, most.max(16)), &mut random).into_iter().take(TRIES * most) {
        if left == 0 {
            break;
        }
        *tally.kinds.entry(kind_of(&crash)).or_default() += 1;
        let image = vfs.crash(&crash);
        if !seen.is_new(&run, &image) {
            tally.twins += 1;
            continue;
        }
        left -= 1;
        tally.images += 1;
        let again = seen.is_due(second_every);
        let look = || {
            let before = SimVfs::from(&image);
            let mut left = run.in_folder(Arc::new(image));
            recovers(&mut left, &mut random);
            if again { crash_again(&run, &before, seen, &mut random) } else { 0 }
        };
        tally.second_images += named(|| format!("{}, halt_at({point}), {crash:?}, {result:?}", script.name), look);
    }
}

/// The first two ways, and then the others by chance.
fn shuffled(mut ways: Vec<Crash>, random: &mut Random) -> Vec<Crash> {
    for at in 2..ways.len() {
        let other = at + random.below(ways.len() - at);
        ways.swap(at, other);
    }
    ways
}

/// Opens what is left, and sees whether it is as it must be.
pub(crate) fn recovers(run: &mut Run, random: &mut Random) {
    run.open().unwrap_or_else(|error| panic!("it does not open: {error:?}"));
    run.resolve().unwrap();
    everything(run.db(), &run.oracle, 1, random).unwrap();
    let text = format!("[{}]", random.word());
    let write = Write { namespace: "users".into(), key: "after the crash".into(), text: Some(text) };
    run.step(&Step::Write { write, guard: Guard::Any, actor: None }).unwrap();
    run.step(&Step::Reopen).unwrap();
    key_at(run.db(), &run.oracle, "users", "after the crash", When::Now).unwrap();
    changes(run.db(), &run.oracle, None, When::Now, 1000).unwrap();
    verified(run.db(), &run.oracle).unwrap();
    run.close().unwrap();
}

/// Crashes the recovery at each of its operations, and looks what two crashes have left.
fn crash_again(first: &Run, folder: &SimVfs, seen: &Seen, random: &mut Random) -> usize {
    let image = folder.crash(&Crash::AllKept);
    let write = Write { namespace: "users".into(), key: "k".into(), text: Some("true".into()) };
    let recovery = |vfs: &SimVfs| {
        let mut run = first.in_folder(Arc::new(vfs.clone()));
        let go = |run: &mut Run| {
            run.open()?;
            run.resolve()?;
            run.step(&Step::Write { write: write.clone(), guard: Guard::Any, actor: None })?;
            run.step(&Step::Flush)?;
            run.close()
        };
        let result = go(&mut run);
        drop(run.db.take());
        (run, result)
    };
    let whole = SimVfs::from(&image);
    whole.record();
    recovery(&whole).1.unwrap();
    let mut images = 0;
    for operation in whole.trace() {
        let vfs = SimVfs::from(&image);
        vfs.halt_at(operation.number);
        let (run, result) = recovery(&vfs);
        if matches!(
            operation.kind,
            OperationKind::Open | OperationKind::Read | OperationKind::List | OperationKind::Lock
        ) {
            continue;
        }
        let mut most = 3 + random.below(3);
        for crash in shuffled(Crash::all(&vfs, random.word(), 4), random) {
            let image = vfs.crash(&crash);
            if most == 0 || !seen.is_new(&run, &image) {
                continue;
            }
            (most, images) = (most - 1, images + 1);
            let mut left = run.in_folder(Arc::new(image));
            named(|| format!("second crash, {operation}, {crash:?}, {result:?}"), || recovers(&mut left, random));
        }
    }
    images
}

fn kind_of(crash: &Crash) -> &'static str {
    match crash {
        Crash::AllLost => "AllLost",
        Crash::AllKept => "AllKept",
        Crash::NamesOnly => "NamesOnly",
        Crash::NamesLost => "NamesLost",
        Crash::LengthsOnly => "LengthsOnly",
        Crash::LengthsLost => "LengthsLost",
        Crash::Lost(_) => "Lost",
        Crash::Kept(_) => "Kept",
        Crash::TornPrefix(_) => "TornPrefix",
        Crash::TornSuffix(_) => "TornSuffix",
        Crash::Subset(_) => "Subset",
    }
}

/// Says where it was when it panics.
pub(crate) fn named<T>(what: impl Fn() -> String, body: impl FnOnce() -> T) -> T {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(body)).unwrap_or_else(|panic| {
        eprintln!("{}", what());
        std::panic::resume_unwind(panic)
    })
}
