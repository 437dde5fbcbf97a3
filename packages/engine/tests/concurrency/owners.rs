//! One writer at a time: two handles, threads, processes, links to one folder, a killed owner; and readers beside it.
//!
//! Without `KORU_TORTURE` there are 240 races: 40 kills of a writing process, 60 starts of three processes at once of
//! which the first owner is killed, 60 openings by threads and by several names of one folder, 40 owners in turn, and 40
//! closes while other processes are being started.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use koru_delta::error::Fact;
use koru_delta::{Batch, ChangesQuery, Code, KoruDelta, ListQuery, Options};

use crate::Folder;
use crate::world::{Dice, rounds, seed, torture};

/// Set in a process that a test started: it writes to that folder until it is killed.
const ROLE: &str = "KORU_TEST_WRITER";
/// Set in a process that a test started: it opens that folder each time it is told to.
const RIVAL: &str = "KORU_TEST_RIVAL";
/// How long a refusal may take beyond the wait that was asked for: the machine does other things as well.
const SLACK: Duration = Duration::from_secs(1);

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

/// Opens the folder for every line that tells how long to wait, and answers how that went. An owner goes on writing
/// until it is killed.
fn contend(path: &Path) {
    for line in std::io::stdin().lines() {
        let settings = Options { lock_timeout_ms: line.unwrap().parse().unwrap(), ..options() };
        let begun = Instant::now();
        match KoruDelta::start_with_path_and(path, settings) {
            Ok(db) => {
                println!("rival owns it after {:?}", begun.elapsed());
                let mine = format!("p{}", std::process::id());
                for n in 0u64.. {
                    db.put("rivals", &mine, &n).unwrap();
                    println!("rival acknowledged {n}");
                }
            }
            Err(error) => {
                assert_eq!(error.code(), Code::DatabaseLocked, "{error:?}");
                let Some(Fact::Number(pid)) = error.get_fact("pid") else { panic!("no owner is named: {error:?}") };
                println!("rival refused by {pid} after {} ms", begun.elapsed().as_millis());
            }
        }
    }
}

/// The part of the child process; in the parent it does nothing.
#[test]
fn a_rival_in_a_process_of_its_own() {
    if let Some(path) = std::env::var_os(RIVAL) {
        contend(Path::new(&path));
    }
}

/// A process that opens when it is told to, killed at the end.
struct Rival {
    child: Child,
    orders: ChildStdin,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Rival {
    fn start(path: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "owners::a_rival_in_a_process_of_its_own", "--nocapture"])
            .env(RIVAL, path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { orders: child.stdin.take().unwrap(), lines, child }
    }

    fn open(&mut self, timeout_ms: u64) {
        writeln!(self.orders, "{timeout_ms}").unwrap();
    }

    /// What it says next; nothing when it has ended.
    fn next(&mut self) -> Option<String> {
        loop {
            let line = self.lines.next()?.ok()?;
            if let Some((_, said)) = line.rsplit_once("rival ") {
                return Some(said.to_owned());
            }
        }
    }

    /// Ends it as a power cut would; answers the last number that it was told is safe.
    fn kill(mut self) -> Option<u64> {
        self.child.kill().unwrap();
        let mut last = None;
        while let Some(said) = self.next() {
            last = said.strip_prefix("acknowledged ").and_then(|number| number.parse().ok()).or(last);
        }
        last
    }
}

impl Drop for Rival {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
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
    let wait = Duration::from_millis(options().lock_timeout_ms);
    assert!((wait..wait + SLACK).contains(&begun.elapsed()), "{:?}", begun.elapsed());
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

/// Threads, each by another name of the folder.
#[test]
fn of_many_that_open_at_once_one_wins() {
    rounds(|_| {
        for race in 0..60 {
            let folder = Folder::new("race");
            let link = Folder::new("race-link");
            std::fs::create_dir(folder.path()).unwrap();
            let name = folder.path().file_name().unwrap();
            #[cfg_attr(not(unix), allow(unused_mut, reason = "links need a privilege there"))]
            let mut names = vec![folder.path().to_owned(), folder.path().join("..").join(name)];
            #[cfg(unix)]
            {
                std::os::unix::fs::symlink(folder.path(), link.path()).unwrap();
                names.extend([link.path().to_owned(), link.path().join("..").join(name)]);
            }
            let settings = || Options { lock_timeout_ms: 0, ..options() };
            let open = |name: PathBuf| KoruDelta::start_with_path_and(name, settings());
            let opened: Vec<_> = std::thread::scope(|scope| {
                let threads: Vec<_> = names.into_iter().map(|name| scope.spawn(|| open(name))).collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).collect()
            });
            let winners = opened.iter().filter(|result| result.is_ok()).count();
            assert_eq!(winners, 1, "race {race}: {opened:?}");
            let mut refusals = opened.iter().filter_map(|result| result.as_ref().err());
            assert!(refusals.all(|error| error.code() == Code::DatabaseLocked), "{opened:?}");
            drop(opened);
            let _ = std::fs::remove_file(link.path());
        }
    });
}

/// Threads that wait for the folder all get it, one after the other, and each finds what the others wrote.
#[test]
fn all_who_wait_for_the_folder_get_it_in_turn() {
    const WAITING: u64 = 5;
    rounds(|_| {
        for race in 0..40 / WAITING {
            let folder = Folder::new("turns");
            let inside = AtomicU64::new(0);
            std::thread::scope(|scope| {
                for _ in 0..WAITING {
                    scope.spawn(|| {
                        let settings = Options { lock_timeout_ms: 60_000, ..options() };
                        let db = KoruDelta::start_with_path_and(folder.path(), settings).unwrap();
                        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0, "two owners at once");
                        let before = db.get::<u64>("turns", "count").unwrap().unwrap_or(0);
                        db.put("turns", "count", &(before + 1)).unwrap();
                        inside.fetch_sub(1, Ordering::SeqCst);
                        db.close().unwrap();
                    });
                }
            });
            let db = KoruDelta::start_with_path_and(folder.path(), options()).unwrap();
            assert_eq!(db.get::<u64>("turns", "count").unwrap(), Some(WAITING), "race {race}");
        }
    });
}

/// A child that is being started holds, for a moment, copies of all that is open here, the lock included; and one that
/// lives on must hold none.
#[test]
fn a_closed_database_is_free_at_once_while_processes_are_being_started() {
    let folder = Folder::new("forks");
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut living = Vec::new();
            while !over.load(Ordering::Relaxed) {
                // It waits for an order, and never gets one.
                living.push(Rival::start(folder.path()));
                if living.len() > 3 {
                    living.remove(0);
                }
            }
        });
        let race = |n: u64| {
            let db = KoruDelta::start_with_path_and(folder.path(), Options { lock_timeout_ms: 0, ..options() });
            let db = db.unwrap_or_else(|error| panic!("race {n}: {error:?}"));
            db.put("forks", "count", &n).unwrap();
            std::thread::sleep(Duration::from_micros(n * 97 % 3_000));
            db.close().unwrap();
        };
        let raced = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| rounds(|_| (0..40).for_each(race))));
        over.store(true, Ordering::Relaxed);
        raced.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    });
}

/// Three processes open at the same moment: one owns it, and the others name it within their wait. Then the owner is
/// killed, and one of those who wait by then gets the folder at once, with all that the dead one was told is safe.
#[test]
fn of_processes_that_open_at_once_one_wins_and_the_next_follows_when_it_is_killed() {
    const WAIT_MS: u64 = 50;
    let mut longest = Duration::ZERO;
    rounds(|_| {
        for race in 0..60 {
            let folder = Folder::new("rivals");
            let mut rivals: Vec<Rival> = (0..3).map(|_| Rival::start(folder.path())).collect();
            for rival in &mut rivals {
                rival.open(WAIT_MS);
            }
            let said: Vec<String> = rivals.iter_mut().map(|rival| rival.next().expect("it lives")).collect();
            let owners: Vec<usize> = (0..3).filter(|n| said[*n].starts_with("owns")).collect();
            let [owner] = owners[..] else { panic!("race {race}: {said:?}") };
            let owner = rivals.swap_remove(owner);
            let pid = format!("refused by {} after ", owner.child.id());
            for refusal in said.iter().filter(|said| !said.starts_with("owns")) {
                let Some(after) = refusal.strip_prefix(&pid) else { panic!("race {race}: {pid}: {said:?}") };
                let after: u64 = after.trim_end_matches(" ms").parse().unwrap();
                assert!(after < WAIT_MS + SLACK.as_millis() as u64, "race {race}: {said:?}");
            }
            for rival in &mut rivals {
                rival.open(60_000);
            }
            let (dead, begun) = (owner.child.id(), Instant::now());
            let last = owner.kill();
            // One of the two goes on; which one shows when the other is killed.
            let heirs =
                rivals.into_iter().map(|mut heir| std::thread::spawn(move || heir.next().map(|said| (said, heir))));
            let heirs: Vec<_> = heirs.collect();
            let heir = loop {
                if let Some(heir) = heirs.iter().position(std::thread::JoinHandle::is_finished) {
                    break heir;
                }
                assert!(begun.elapsed() < Duration::from_secs(30), "race {race}: nobody follows the dead owner");
                std::thread::sleep(Duration::from_millis(1));
            };
            longest = longest.max(begun.elapsed());
            let mut heirs = heirs;
            let (said, heir) = heirs.swap_remove(heir).join().unwrap().expect("the heir lives");
            assert!(said.starts_with("owns"), "race {race}: {said}");
            // The last of them gets it when the heir is dead as well, and is killed with the end of this round.
            let _ = heir.kill();
            let (said, other) = heirs.remove(0).join().unwrap().expect("the last one lives");
            assert!(said.starts_with("owns"), "race {race}: {said}");
            drop(other);
            let db = KoruDelta::start_with_path_and(folder.path(), options()).unwrap();
            let kept = db.get::<u64>("rivals", &format!("p{dead}")).unwrap();
            assert!(kept >= last, "race {race}: {last:?} was acknowledged and {kept:?} is there");
        }
    });
    println!("the longest time from a death to the next owner: {longest:?}");
}

#[test]
fn the_lock_of_a_killed_process_is_gone_and_what_it_told_of_is_there() {
    let folder = Folder::new("killed");
    let mut dice = Dice(seed(51));
    for round in 0..40 {
        let mut writer = Writer::start(folder.path());
        refused(folder.path(), writer.child.id());
        for _ in 0..dice.below(40) {
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
