//! `kill -9` of a process that writes to a real folder, again and again.
//!
//! The writer is this test binary itself, told by an environment variable. It prints what was acknowledged; the parent
//! keeps the ledger, kills it at a moment of chance, opens the folder, and compares.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use koru_delta::{Batch, ChangesQuery, KoruDelta, Options, SealKey};

use crate::budget::torture;
use crate::child::{Folder, this_binary};
use crate::random::Random;

const KILLS: usize = 200;
/// A folder is killed so many times; what it holds by then takes long enough to compare.
const KILLS_OF_A_FOLDER: usize = 40;
/// Tells a process of this binary that it is the writer, and where to write.
const FOLDER: &str = "KORU_KILL_FOLDER";
const WRITERS: u64 = 3;

fn options() -> Options {
    Options {
        memory_bytes: 4 << 20,
        memtable_bytes: Some(32 << 10),
        key: Some(SealKey::from_bytes([9; 32])),
        ..Options::default()
    }
}

/// The document of a version, made of its writer and number: whoever reads it can tell whether it is whole.
fn document(writer: u64, number: u64) -> String {
    let mut random = Random::new(writer << 32 ^ number);
    let length = if number % 40 == 7 { 6000 } else { random.below(200) };
    let filler: String = (0..length).map(|_| char::from(b'a' + random.below(26) as u8)).collect();
    format!(r#"{{"writer":{writer},"number":{number},"filler":"{filler}"}}"#)
}

/// Does nothing in a usual run. In the child it writes until it is killed: each writer a commit of one to five
/// versions at a time, with a line for each once it is acknowledged.
#[test]
fn writes_until_it_is_killed() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let db = KoruDelta::start_with_path_and(folder, options()).unwrap();
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let db = &db;
            scope.spawn(move || write(db, writer));
        }
    });
}

fn write(db: &KoruDelta, writer: u64) {
    let namespace = format!("writer-{writer}");
    let last: Option<u64> = db.get("last", &namespace).unwrap();
    let mut number = last.map_or(0, |last| last + 1);
    loop {
        let mut batch = Batch::new();
        for _ in 0..=number % 5 {
            batch.put_json(&namespace, &format!("key-{}", number % 50), document(writer, number).as_bytes()).unwrap();
            number += 1;
        }
        batch.put("last", &namespace, &(number - 1)).unwrap();
        let seq = db.write(batch).unwrap().last_seq().unwrap();
        let line = format!("ack {writer} {} {seq}\n", number - 1);
        if std::io::stdout().write_all(line.as_bytes()).is_err() {
            return;
        }
    }
}

/// For each writer the number of its newest version, and the newest seq of all.
#[derive(Debug, Default)]
struct Ledger {
    newest: BTreeMap<u64, u64>,
    seq: u64,
}

#[test]
fn a_killed_process_loses_nothing_acknowledged() {
    let started = Instant::now();
    let mut random = Random::new(std::process::id().into());
    let (mut kills, mut acknowledged, mut versions) = (0, 0, 0);
    let until = torture().map(|time| Instant::now() + time);
    while until.map_or(kills < KILLS, |until| Instant::now() < until) {
        let (folder, mut ledger) = (Folder::new("kill"), Ledger::default());
        for _ in 0..KILLS_OF_A_FOLDER {
            acknowledged += write_and_kill(&folder.0, &mut random, &mut ledger);
            kills += 1;
            // Some kills strike a database that was never looked at in between.
            if !random.once_in(4) {
                look(&folder.0, &mut ledger);
            }
        }
        look(&folder.0, &mut ledger);
        versions += ledger.seq;
    }
    println!("kill: {kills} kills, {acknowledged} acknowledged commits, {versions} versions, {:?}", started.elapsed());
}

/// Starts a writer, kills it at a moment of chance, and enters what it said.
fn write_and_kill(folder: &Path, random: &mut Random, ledger: &mut Ledger) -> usize {
    let mut child =
        this_binary("kill::writes_until_it_is_killed", FOLDER, folder).stdout(Stdio::piped()).spawn().unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let reader = std::thread::spawn(move || output.lines().map_while(Result::ok).collect::<Vec<_>>());
    // Also during the open, and also while merges run.
    std::thread::sleep(Duration::from_micros(random.between(1_000, 250_000)));
    child.kill().unwrap();
    child.wait().unwrap();
    let mut count = 0;
    for line in reader.join().unwrap() {
        // The harness has begun the line of the first one.
        let words: Vec<&str> = line.find("ack ").map_or("", |at| &line[at..]).split(' ').collect();
        if let ["ack", writer, number, seq] = words[..] {
            // The line that the kill has cut in two is no acknowledgement that anybody could have read.
            let (Ok(writer), Ok(number), Ok(seq)) = (writer.parse(), number.parse(), seq.parse::<u64>()) else {
                continue;
            };
            let newest = ledger.newest.entry(writer).or_default();
            *newest = (*newest).max(number);
            ledger.seq = ledger.seq.max(seq);
            count += 1;
        }
    }
    count
}

/// Opens the folder and compares all of it with the ledger: every acknowledged commit is there, every commit is whole,
/// and no version was invented.
fn look(folder: &Path, ledger: &mut Ledger) {
    let db = KoruDelta::start_with_path_and(folder, options()).unwrap();
    let verified = db.now().unwrap().verify().unwrap();
    assert!(verified.is_ok(), "{verified:?}");
    assert!(verified.versions >= ledger.seq, "{} of {} versions are left", verified.versions, ledger.seq);
    let mut next: BTreeMap<u64, u64> = BTreeMap::new();
    let (mut cursor, mut seq) = (None::<String>, 0);
    loop {
        let page =
            db.changes(ChangesQuery { since: cursor.as_deref(), limit: 10_000, ..ChangesQuery::default() }).unwrap();
        for version in page.changes {
            seq += 1;
            assert_eq!(version.seq, seq);
            let value = version.value.unwrap();
            if version.namespace == "last" {
                let writer: u64 = version.key["writer-".len()..].parse().unwrap();
                assert_eq!(value.parse::<u64>().unwrap() + 1, next[&writer], "a commit is torn before seq {seq}");
                continue;
            }
            let writer: u64 = version.namespace["writer-".len()..].parse().unwrap();
            let number = next.entry(writer).or_default();
            assert_eq!(value, document(writer, *number), "version {number} of writer {writer}");
            *number += 1;
        }
        if !page.more {
            break;
        }
        cursor = Some(page.cursor);
    }
    for (writer, number) in next {
        let last: Option<u64> = db.get("last", &format!("writer-{writer}")).unwrap();
        assert_eq!(last.map(|last| last + 1), Some(number), "the last commit of writer {writer} is torn");
        let acknowledged = ledger.newest.get(&writer).copied().unwrap_or(0);
        assert!(number > acknowledged, "{number} versions of writer {writer}, {acknowledged} was acknowledged");
    }
    ledger.seq = ledger.seq.max(seq);
    db.close().unwrap();
}
