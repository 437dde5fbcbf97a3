//! One writer at a time: two handles, two processes, links to one folder, a killed owner; and readers beside it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use koru_delta::error::Fact;
use koru_delta::{Batch, ChangesQuery, Code, KoruDelta, ListQuery, Options};

use crate::Folder;
use crate::world::{Dice, seed, torture};

/// Set in a process that a test started: it writes to that folder until it is killed.
const ROLE: &str = "KORU_TEST_WRITER";

fn options() -> Options {
    Options { memory_bytes: 4 << 20, memtable_bytes: Some(16 << 10), lock_timeout_ms: 100, ..Options::default() }
}

fn write_for_ever(path: &Path) -> ! {
    let db = KoruDelta::start_with_path_and(path, options()).unwrap();
    for round in db.get::<u64>("group", "k0").unwrap().map_or(0, |n| n + 1).. {
        let mut batch = Batch::new();
        for n in 0..20 {
            batch.put("group", &format!("k{n}"), &round).unwrap();
        }
        batch.put("log", &format!("{round:08}"), &"x".repeat(300)).unwrap();
        db.write(batch).unwrap();
        // What was acknowledged is told, and survives whatever happens next.
        println!("acknowledged {round}");
    }
    unreachable!()
}

/// The part of the child process; in the parent it does nothing.
#[test]
fn a_writer_in_a_process_of_its_own() {
    if let Some(path) = std::env::var_os(ROLE) {
        write_for_ever(Path::new(&path));
    }
}

/// A writing process, killed at the end.
struct Writer {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Writer {
    fn start(path: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "owners::a_writer_in_a_process_of_its_own", "--nocapture"])
            .env(ROLE, path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut writer = Self { child, lines };
        writer.acknowledged().unwrap();
        writer
    }

    /// The next round that the writer was told is safe.
    fn acknowledged(&mut self) -> Option<u64> {
        loop {
            let line = self.lines.next()?.ok()?;
            if let Some((_, round)) = line.rsplit_once("acknowledged ") {
                return round.parse().ok();
            }
        }
    }

    /// Ends it as a power cut would; answers the last round that it told of.
    fn kill(mut self) -> u64 {
        self.child.kill().unwrap();
        let mut last = 0;
        while let Some(round) = self.acknowledged() {
            last = round;
        }
        self.child.wait().unwrap();
        last
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[track_caller]
fn refused(path: &Path, pid: u32) {
    let begun = Instant::now();
    let error = KoruDelta::start_with_path_and(path, options()).unwrap_err();
    assert_eq!(error.code(), Code::DatabaseLocked, "{error:?}");
    assert_eq!(error.get_fact("pid"), Some(&Fact::Number(u64::from(pid))), "{error:?}");
    assert!(!error.hints().is_empty());
    // The wait is 100 ms; a machine that does ten other things gets a second for the rest.
    assert!(begun.elapsed() < Duration::from_millis(1_100), "{:?}", begun.elapsed());
}

#[test]
fn a_second_handle_of_the_same_process_is_refused() {
    let folder = Folder::new("handles");
    let db = KoruDelta::start_with_path_and(folder.path(), options()).unwrap();
    refused(folder.path(), std::process::id());
    #[cfg(unix)]
    {
        let link = Folder::new("link");
        std::os::unix::fs::symlink(folder.path(), link.path()).unwrap();
        refused(link.path(), std::process::id());
        refused(&link.path().join("..").join(folder.path().file_name().unwrap()), std::process::id());
        std::fs::remove_file(link.path()).unwrap();
    }
    db.put("users", "alice", &1).unwrap();
    let view = db.now().unwrap();
    drop(db);
    // A snapshot that is still held keeps no lock.
    let db = KoruDelta::start_with_path_and(folder.path(), options()).unwrap();
    assert_eq!(db.get::<u8>("users", "alice").unwrap(), Some(1));
    assert_eq!(view.get::<u8>("users", "alice").unwrap_err().code(), Code::Closed);
}

#[test]
fn of_many_that_open_at_once_one_wins() {
    for round in 0..20 {
        let folder = Folder::new("race");
        let settings = || Options { lock_timeout_ms: 0, ..options() };
        let open = || KoruDelta::start_with_path_and(folder.path(), settings());
        let opened: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(open)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let winners = opened.iter().filter(|result| result.is_ok()).count();
        assert_eq!(winners, 1, "round {round}: {opened:?}");
        assert!(opened.iter().filter_map(|r| r.as_ref().err()).all(|e| e.code() == Code::DatabaseLocked), "{opened:?}");
    }
}

#[test]
fn the_lock_of_a_killed_process_is_gone_and_what_it_told_of_is_there() {
    let folder = Folder::new("killed");
    let mut dice = Dice(seed(51));
    for round in 0..8 {
        let mut writer = Writer::start(folder.path());
        refused(folder.path(), writer.child.id());
        for _ in 0..dice.below(60) {
            writer.acknowledged().unwrap();
        }
        let last = writer.kill();
        let db = KoruDelta::start_with_path_and(folder.path(), options()).unwrap();
        let newest = db.get::<u64>("group", "k0").unwrap().unwrap();
        assert!(newest >= last, "round {round}: {last} was acknowledged and {newest} is there");
        let values = db.list("group", ListQuery::default()).unwrap().versions;
        assert_eq!(values.len(), 20);
        assert!(values.iter().all(|v| v.value.as_deref() == Some(&newest.to_string())), "half a batch");
        assert!(db.now().unwrap().verify().unwrap().is_ok());
        db.close().unwrap();
    }
}

#[test]
fn readers_beside_a_busy_writer_never_fail() {
    let folder = Folder::new("readers");
    let mut writer = Writer::start(folder.path());
    let time = torture().unwrap_or(Duration::from_secs(4));
    let opens: usize = std::thread::scope(|scope| {
        let readers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let (begun, mut opens, mut newest) = (Instant::now(), 0, 0);
                    while begun.elapsed() < time {
                        newest = read_once(folder.path(), newest);
                        opens += 1;
                    }
                    opens
                })
            })
            .collect();
        let mut told = 0;
        while !readers.iter().all(std::thread::ScopedJoinHandle::is_finished) {
            told = writer.acknowledged().unwrap();
        }
        println!("{told} commits meanwhile");
        readers.into_iter().map(|reader| reader.join().unwrap()).sum()
    });
    println!("{opens} opens for reading");
    assert!(opens >= 50, "only {opens} opens");
}

/// Opens for reading and checks that a prefix of the commits is there; answers how far it goes.
fn read_once(path: &Path, at_least: u64) -> u64 {
    let db = KoruDelta::start_with_path_and(path, Options { read_only: true, ..options() }).unwrap();
    let newest = db.get::<u64>("group", "k0").unwrap().unwrap();
    assert!(newest >= at_least, "a later reader saw less");
    let values = db.list("group", ListQuery::default()).unwrap().versions;
    assert!(values.iter().all(|v| v.value.as_deref() == Some(&newest.to_string())), "half a batch");
    let seqs = db.now().unwrap().stats(false).unwrap().versions;
    assert_eq!(seqs, (newest + 1) * 21);
    let page = db.changes(ChangesQuery { limit: 10_000, values: false, ..ChangesQuery::default() }).unwrap();
    assert!(page.changes.iter().zip(1..).all(|(v, seq)| v.seq == seq), "the feed has a gap");
    let view = db.at(format!("seq:{}", seqs / 2)).unwrap();
    assert_eq!(view.list("group", ListQuery::default()).unwrap().versions.len(), 20);
    newest
}
