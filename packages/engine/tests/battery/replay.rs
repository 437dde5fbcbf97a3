//! Crash images of what the operating system was asked to do.
//!
//! A process of this binary leads the real engine over a real folder, under strace. From the recorded calls the disk
//! is made again, the power is cut at many places, and each image is written to a folder and opened there.

use std::collections::HashMap;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use koru_delta::host::{Crash, MemVfs, SimVfs, StdVfs, Vfs};

use crate::budget::torture;
use crate::child::{Folder, has_strace, say, skipped, this_binary};
use crate::crash::{named, recovers};
use crate::random::Random;
use crate::scripts::{Script, all, mixture};
use crate::trace::{CALLS, Event, events};
use crate::workload::Run;

/// Tell a process of this binary that it is to follow a script, and where.
const FOLDER: &str = "KORU_REPLAY_FOLDER";
const SCRIPT: &str = "KORU_REPLAY_SCRIPT";
/// Said after each step that was acknowledged.
const ACK: &str = "koru has done";
/// The scripts to follow, and how many images of each are looked at.
const SCRIPTS: [&str; 3] = ["mixture of 12", "all acts, sealed", "large documents"];
const IMAGES: usize = 150;

fn script(name: &str) -> Script {
    all(0..0).into_iter().chain([mixture(12)]).find(|script| script.name == name).expect("there is such a script")
}

/// Whether a script is followed with a thread for flushes and merges.
fn in_background(name: &str) -> bool {
    name == SCRIPTS[0]
}

/// Does nothing in a usual run. Under strace it follows a script, and says after each step that it has.
#[test]
fn follows_a_script_and_says_so() {
    let (Ok(folder), Ok(name)) = (std::env::var(FOLDER), std::env::var(SCRIPT)) else { return };
    let vfs = StdVfs::new(folder);
    vfs.create_folder().unwrap();
    let script = script(&name);
    let mut run = Run::new(script.setup.clone(), Arc::new(vfs));
    run.background = in_background(&name);
    run.open().unwrap();
    for (n, step) in script.steps.iter().enumerate() {
        run.step(step).unwrap();
        say(&format!("{ACK} {}", n + 1));
    }
    run.close().unwrap();
}

#[test]
fn a_power_cut_between_the_recorded_calls_loses_nothing_acknowledged() {
    if !has_strace() {
        return skipped("replay", "there is no strace here (apt-get install strace)");
    }
    for name in SCRIPTS {
        let started = Instant::now();
        let events = match record(name) {
            Ok(events) => events,
            Err(why) => return skipped("replay", &format!("strace may not trace here: {why}")),
        };
        let made = events.iter().position(|event| *event == Event::MakeFolder);
        let kept = events.iter().position(|event| *event == Event::SyncParent);
        let said = events.iter().position(|event| matches!(event, Event::Said(line) if line.contains(ACK)));
        assert!(made < kept && kept < said && made.is_some(), "the folder's own name was not made durable");
        let mut images = Images { tried: 0, points: 0, folder: Folder::in_memory("replay-image") };
        images.cut(&events, name, IMAGES, 1);
        let mut seed = 2;
        while torture().is_some_and(|time| started.elapsed() < time / SCRIPTS.len() as u32) {
            images.cut(&events, name, 10 * IMAGES, seed);
            seed += 1;
        }
        let calls = events.len();
        let Images { tried, points, .. } = images;
        println!("replay: {name}, {tried} images at {points} places of {calls} calls, {:?}", started.elapsed());
        assert!(tried >= IMAGES * 8 / 10, "too little was tried");
    }
}

/// Follows a script under strace.
fn record(name: &str) -> Result<Vec<Event>, String> {
    let folder = Folder::new("replay");
    let trace = folder.0.with_extension("strace");
    let child = this_binary("replay::follows_a_script_and_says_so", FOLDER, &folder.0);
    let ran = Command::new("strace")
        .args(["-f", "-xx", "-s", "100000000", "-e", CALLS, "-e", "signal=none", "-o"])
        .arg(&trace)
        .arg(child.get_program())
        .args(child.get_args())
        .env(FOLDER, &folder.0)
        .env(SCRIPT, name)
        .stdout(Stdio::null())
        .output()
        .unwrap();
    let text = std::fs::read_to_string(&trace).unwrap_or_default();
    let _ = std::fs::remove_file(&trace);
    let events = events(&text, &folder.0);
    let told = String::from_utf8_lossy(&ran.stderr).into_owned();
    if events.is_empty() {
        return Err(told);
    }
    assert!(ran.status.success(), "{told}");
    Ok(events)
}

struct Images {
    tried: usize,
    points: usize,
    folder: Folder,
}

impl Images {
    /// Does everything again on a simulated disk, and cuts the power about `wanted` times, evenly over all changes.
    fn cut(&mut self, events: &[Event], name: &str, wanted: usize, seed: u64) {
        let ledger = ledger(&script(name));
        let mut random = Random::new(seed);
        let changes = events.iter().filter(|event| is_change(event)).count();
        let (disk, mut files) = (SimVfs::new(), HashMap::new());
        let (mut done, mut at, mut has_lock) = (0, 0, false);
        for event in events {
            apply(event, &disk, &mut files);
            has_lock |= *event == Event::Create("lock".into());
            match event {
                Event::Said(line) if line.contains(ACK) => done += 1,
                event if is_change(event) => at += 1,
                _ => continue,
            }
            let due = at * wanted / changes - (at - usize::from(is_change(event))) * wanted / changes;
            let mut ways = Crash::all(&disk, random.word(), 8);
            self.points += usize::from(due > 0);
            for _ in 0..due.min(ways.len()) {
                let crash = ways.swap_remove(random.below(ways.len()));
                let mut left = what_is_due(&ledger, done);
                left.vfs = Arc::new(self.write(&disk.crash(&crash), has_lock));
                left.background = random.once_in(2);
                let place = || format!("{name}, seed {seed}, change {at} of {changes}, step {done}, {crash:?}");
                named(place, || recovers_whole(&mut left, &ledger, done, &mut random));
                self.tried += 1;
            }
        }
        assert_eq!(done, ledger.len() - 1, "every step was acknowledged");
    }

    /// Writes an image to a real folder.
    fn write(&self, image: &MemVfs, has_lock: bool) -> StdVfs {
        let folder = &self.folder.0;
        let _ = std::fs::remove_dir_all(folder);
        std::fs::create_dir_all(folder).unwrap();
        for (name, bytes) in image.snapshot() {
            std::fs::write(folder.join(name), bytes).unwrap();
        }
        if has_lock {
            std::fs::write(folder.join("lock"), "4194304\n").unwrap();
        }
        StdVfs::new(folder)
    }
}

/// Whether an event changes what a power cut may leave.
fn is_change(event: &Event) -> bool {
    match event {
        Event::Create(name) | Event::Sync(name) | Event::Remove(name) | Event::Write { name, .. } => name != "lock",
        Event::SyncNames => true,
        Event::MakeFolder | Event::SyncParent | Event::Said(_) => false,
    }
}

fn apply(event: &Event, disk: &SimVfs, files: &mut HashMap<String, Arc<dyn koru_delta::host::File>>) {
    if !is_change(event) {
        return;
    }
    match event {
        Event::Create(name) => drop(files.insert(name.clone(), disk.create(name).unwrap())),
        Event::Write { name, offset, bytes } => files[name].write_all_at(bytes, *offset).unwrap(),
        Event::Sync(name) => files[name].sync().unwrap(),
        Event::Remove(name) => disk.remove(name).unwrap(),
        Event::SyncNames => disk.sync_dir().unwrap(),
        Event::MakeFolder | Event::SyncParent | Event::Said(_) => {}
    }
}

/// What is known after no step, after the first, and so on: clock and randomness of the child are those of here.
fn ledger(script: &Script) -> Vec<Run> {
    let mut run = Run::new(script.setup.clone(), Arc::new(MemVfs::new()));
    run.open().unwrap();
    let known = |run: &Run| run.in_folder(Arc::new(MemVfs::new()));
    let mut ledger = vec![known(&run)];
    for step in &script.steps {
        run.step(step).unwrap();
        ledger.push(known(&run));
    }
    ledger
}

/// The database after so many acknowledged steps, while the next may have been made or not.
fn what_is_due(ledger: &[Run], done: usize) -> Run {
    let mut left = ledger[done].in_folder(Arc::new(MemVfs::new()));
    if let Some(next) = ledger.get(done + 1) {
        left.oracle = next.oracle.clone();
    }
    left
}

fn recovers_whole(left: &mut Run, ledger: &[Run], done: usize, random: &mut Random) {
    left.open().unwrap_or_else(|error| panic!("it does not open: {error:?}"));
    let versions = left.db().now().unwrap().stats(false).unwrap().versions;
    let (before, after) = (ledger[done].oracle.newest_seq(), left.oracle.newest_seq());
    assert!(versions == after || versions == before, "{versions} versions after {before} and perhaps {after}");
    left.close().unwrap();
    recovers(left, random);
}
