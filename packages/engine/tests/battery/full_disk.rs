//! A disk that is full for real: a small tmpfs, and the database of a program that goes on all the same.
//!
//! This binary runs itself in a mount namespace of its own, so nothing stays mounted whatever happens. Where that is
//! not allowed, the test says so and proves nothing.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use koru_delta::error::Error;
use koru_delta::host::{MemVfs, StdVfs};
use koru_delta::{Code, Durability};

use crate::agreement::everything;
use crate::budget::torture;
use crate::child::{Folder, say, skipped, this_binary};
use crate::crash::recovers;
use crate::oracle::{Commit, Guard, Write};
use crate::random::Random;
use crate::workload::{Run, Setup, Step};

/// Tells a process of this binary that it is the one on the small disk, and where that is mounted.
const FOLDER: &str = "KORU_FULL_DISK_FOLDER";
/// Begins the line in which that process tells what it did.
const TOLD: &str = "koru did: ";
const DISK_BYTES: u64 = 16 << 20;
/// What is free when a database begins, and what comes back each time it has filled the disk.
const ROOM: u64 = 3 << 19;
const FREED: u64 = 2 << 20;
/// Databases, and how often each of them fills the disk.
const LIVES: u64 = 4;
const CYCLES: u64 = 5;

#[test]
fn a_full_disk_loses_nothing_and_stops_nothing_for_good() {
    let folder = Folder::new("full-disk");
    std::fs::create_dir_all(&folder.0).unwrap();
    let mount = |ways: &[&str]| {
        let mut command = Command::new("unshare");
        let script = format!("mount -t tmpfs -o size={DISK_BYTES} koru-delta \"$0\" && exec \"$@\"");
        command.args(["--mount"]).args(ways).args(["--", "sh", "-c", &script]).arg(&folder.0);
        command
    };
    // Without the rights of root a program may still be given them over a world of its own.
    let allowed = [&[][..], &["--user", "--map-root-user"]].into_iter().find(|ways| {
        let tried = mount(ways).arg("true").stdout(Stdio::null()).stderr(Stdio::null()).status();
        tried.is_ok_and(|status| status.success())
    });
    let Some(ways) = allowed else {
        return skipped("full disk", "no tmpfs may be mounted here (it takes Linux, and root or a user namespace)");
    };
    let child = this_binary("full_disk::lives_on_a_small_disk", FOLDER, &folder.0);
    let ran = mount(ways)
        .arg(child.get_program())
        .args(child.get_args())
        .env(FOLDER, &folder.0)
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success(), "{told}");
    let (_, did) = told.split_once(TOLD).expect("the child tells what it did");
    println!("full disk: {}", did.lines().next().unwrap_or_default());
}

/// Does nothing in a usual run. In the child it leads one database after the other through full disks.
#[test]
fn lives_on_a_small_disk() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let (started, mut tally) = (Instant::now(), Tally::default());
    let mut lives = 0;
    while lives < LIVES || torture().is_some_and(|time| started.elapsed() < time) {
        life(Path::new(&folder), lives, &mut tally);
        lives += 1;
    }
    say(&format!("{TOLD}{lives} databases, {tally:?}, {:?}", started.elapsed()));
}

#[derive(Debug, Default)]
struct Tally {
    cycles: u64,
    versions: u64,
    refusals: u64,
    reopened_full: u64,
}

fn life(disk: &Path, seed: u64, tally: &mut Tally) {
    let mut random = Random::new(seed);
    let folder = disk.join("database");
    std::fs::create_dir(&folder).unwrap();
    let mut ballast = Ballast::new(disk.join("ballast"));
    ballast.give_back(ROOM);
    let setup = Setup { seed, sealed: seed % 2 == 1, memtable_bytes: 64 << 10, durability: Durability::Sync };
    let mut run = Run::new(setup, Arc::new(StdVfs::new(&folder)));
    run.background = seed / 2 % 2 == 1;
    run.open().unwrap();
    for cycle in 0..CYCLES {
        fill(&mut run, &mut random, tally);
        whole(&mut run, &mut random);
        let delete = |random: &mut Random| write(name(random), None);
        for _ in 0..3 {
            tally.refusals += u64::from(refused(&run.step(&delete(&mut random))));
        }
        refused(&run.step(&Step::Flush));
        // A disk that is full leaves no write in doubt.
        run.doubts.clear();
        whole(&mut run, &mut random);
        // What a process that dies now leaves behind, on a disk with room.
        recovers(&mut run.in_folder(Arc::new(copy_of(&folder))), &mut random);
        if cycle % 2 == 1 {
            refused(&run.close());
            run.open().unwrap_or_else(|error| panic!("it does not open on a full disk: {error:?}"));
            run.resolve().unwrap();
            whole(&mut run, &mut random);
            tally.reopened_full += 1;
        }
        ballast.give_back(FREED);
        run.step(&write(name(&mut random), Some("\"there is room again\"".into()))).unwrap();
        run.step(&Step::Flush).unwrap();
        if random.once_in(2) {
            run.step(&Step::Reopen).unwrap();
        }
        whole(&mut run, &mut random);
        tally.cycles += 1;
    }
    tally.versions += run.oracle.newest_seq();
    run.close().unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    std::fs::remove_file(ballast.path).unwrap();
}

/// Writes until the disk is full, and then some more that may still fit.
fn fill(run: &mut Run, random: &mut Random, tally: &mut Tally) {
    let room = FREED + ROOM;
    let mut written = 0;
    while !refused(&run.step(&some_write(random, &mut written))) {
        assert!(written < 4 * room, "{written} bytes went into a room of {room}");
    }
    tally.refusals += 1;
    for _ in 0..20 {
        let small = write(name(random), Some(random.word().to_string()));
        let step = if random.once_in(2) { small } else { some_write(random, &mut written) };
        tally.refusals += u64::from(refused(&run.step(&step)));
    }
}

/// Nothing is missing, and nothing of what was refused is there.
fn whole(run: &mut Run, random: &mut Random) {
    let acknowledged = run.oracle.newest_seq();
    run.look().unwrap();
    assert_eq!(run.oracle.newest_seq(), acknowledged, "a refused write counts");
    everything(run.db(), &run.oracle, 0, random).unwrap();
}

/// Whether the disk was full; it must not fail in another way.
fn refused(result: &Result<(), Error>) -> bool {
    match result {
        Ok(()) => false,
        Err(error) => {
            assert_eq!(error.code(), Code::DiskFull, "{error:?}");
            true
        }
    }
}

fn name(random: &mut Random) -> String {
    format!("key-{}", random.below(60))
}

fn write(key: String, text: Option<String>) -> Step {
    // A delete of what is not there would be refused, and is not what this is about.
    let guard = Guard::Any;
    Step::Write { write: Write { namespace: "users".into(), key, text }, guard, actor: None }
}

fn some_write(random: &mut Random, written: &mut u64) -> Step {
    let text = |random: &mut Random, written: &mut u64| {
        let length = match random.below(12) {
            0 => 20_000 + random.below(40_000),
            1..=4 => 1000 + random.below(7000),
            _ => random.below(400),
        };
        *written += length as u64;
        format!("\"{}\"", (0..length).map(|_| char::from(b'!' + 2 + random.below(56) as u8)).collect::<String>())
    };
    if random.once_in(5) {
        let of = |_| Write { namespace: "bulk".into(), key: name(random), text: Some(text(random, written)) };
        Step::Batch { commit: Commit { writes: (0..6).map(of).collect(), ..Commit::default() }, guards: Vec::new() }
    } else {
        let text = text(random, written);
        write(name(random), Some(text))
    }
}

fn copy_of(folder: &Path) -> MemVfs {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        files.insert(entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap());
    }
    MemVfs::from_files(files)
}

/// A file of somebody else, which takes all the room that the database is not to have.
struct Ballast {
    path: PathBuf,
    file: File,
    bytes: u64,
}

impl Ballast {
    /// Fills the disk.
    fn new(path: PathBuf) -> Self {
        let mut file = OpenOptions::new().create_new(true).write(true).open(&path).unwrap();
        let mut bytes = 0;
        let full = loop {
            match file.write(&[0xa5; 4096]) {
                Ok(written) => bytes += written as u64,
                Err(error) => break error,
            }
            assert!(bytes <= DISK_BYTES, "this is not the small disk");
        };
        assert_eq!(full.kind(), ErrorKind::StorageFull);
        Self { path, file, bytes }
    }

    fn give_back(&mut self, bytes: u64) {
        self.bytes = self.bytes.checked_sub(bytes).expect("the ballast has as much");
        self.file.set_len(self.bytes).unwrap();
    }
}
