//! What a read costs, in pieces of segments that it reads from a cold cache.

#[path = "world/mod.rs"]
mod world;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use koru_delta::host::{File, Host, Lock, MemVfs, Vfs};
use koru_delta::{KoruDelta, ListQuery, Options};
use world::{Dice, World, options};

/// A folder that counts the reads of segments.
#[derive(Debug, Clone)]
struct Counting(MemVfs, Arc<AtomicU64>);

#[derive(Debug)]
struct CountingFile(Arc<dyn File>, Arc<AtomicU64>);

impl Vfs for Counting {
    fn open(&self, name: &str, writable: bool) -> io::Result<Arc<dyn File>> {
        let file = self.0.open(name, writable)?;
        Ok(if name.starts_with("segment") { Arc::new(CountingFile(file, self.1.clone())) } else { file })
    }
    fn create(&self, name: &str) -> io::Result<Arc<dyn File>> {
        self.0.create(name)
    }
    fn remove(&self, name: &str) -> io::Result<()> {
        self.0.remove(name)
    }
    fn list(&self) -> io::Result<Vec<String>> {
        self.0.list()
    }
    fn sync_dir(&self) -> io::Result<()> {
        self.0.sync_dir()
    }
    fn lock(&self) -> io::Result<Lock> {
        self.0.lock()
    }
    fn location(&self) -> String {
        self.0.location()
    }
}

impl File for CountingFile {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.read_at(buf, offset)
    }
    fn write_at(&self, buf: &[u8], offset: u64) -> io::Result<usize> {
        self.0.write_at(buf, offset)
    }
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }
    fn sync(&self) -> io::Result<()> {
        self.0.sync()
    }
}

/// A namespace of 40,000 keys, each written twice, in several generations; and a few later writes.
fn big() -> World {
    let world = World::new(11);
    let db = world.open(options(None)).unwrap();
    let mut dice = Dice(5);
    for round in 0..2 {
        for part in 0..8 {
            let keys: Vec<String> = (0..5_000).map(|n| format!("k{:06}", n * 8 + part)).collect();
            let values: Vec<String> = keys.iter().map(|_| format!("{round} {}", dice.letters(60))).collect();
            world.clock.advance(1_000_000);
            db.batch_put(keys.iter().zip(&values).map(|(key, value)| ("big", key.as_str(), value))).unwrap();
        }
    }
    db.flush().unwrap();
    world.clock.advance(1_000_000);
    for n in [7, 20_000, 39_999] {
        db.put("big", &format!("k{n:06}"), &"changed").unwrap();
    }
    db.delete("big", "k000100").unwrap();
    db.put("big", "k1", &"new").unwrap();
    db.flush().unwrap();
    db.close().unwrap();
    world
}

/// How many pieces `read` reads, of a database that was just opened.
fn cost<T>(world: &World, read: impl FnOnce(&KoruDelta) -> T) -> (u64, T) {
    let reads = Arc::new(AtomicU64::new(0));
    let vfs = Arc::new(Counting(world.vfs.clone(), reads.clone()));
    let host = Host { vfs, ..world.host() };
    let db = KoruDelta::open(host, Options { read_only: true, ..options(None) }).unwrap();
    let before = reads.load(Ordering::Relaxed);
    let answer = read(&db);
    (reads.load(Ordering::Relaxed) - before, answer)
}

#[test]
fn a_page_from_the_end_costs_as_much_as_one_from_the_beginning() {
    let world = big();
    let query = |reverse, limit| ListQuery { reverse, limit, ..ListQuery::default() };
    let moments = ["now", "seq:60000", "seq:3", "2026-02-06T14:30:09Z"];
    for moment in moments {
        for limit in [1, 100, 1_000] {
            let list = |reverse| {
                cost(&world, |db| db.at(moment).unwrap().list("big", query(reverse, limit)).unwrap().versions.len())
            };
            let ((forwards, some), (backwards, as_many)) = (list(false), list(true));
            println!("{moment}, {limit} keys: {forwards} pieces forwards, {backwards} backwards");
            assert_eq!(some, as_many);
            assert!(
                backwards <= forwards + forwards / 2 + 12,
                "{moment}, {limit} keys: {backwards} against {forwards}"
            );
        }
    }
    let everything = pieces_of_all(&world);
    println!("all keys: {everything} pieces");
    assert!(everything > 1_000);
}

#[test]
fn a_difference_costs_what_changed() {
    let world = big();
    let everything = pieces_of_all(&world);
    for (from, to, changes) in
        [("seq:80000", "now", 5), ("now", "seq:80000", 5), ("seq:80002", "now", 3), ("now", "now", 0)]
    {
        let check = |world: &World, kind: &str, most: u64| {
            let (pieces, differences) = cost(world, |db| {
                let earlier = db.at(from).unwrap();
                db.at(to).unwrap().diff_namespace(&earlier, "big", "", 100, None).unwrap().differences
            });
            println!("{from} to {to}, {kind}: {pieces} pieces of {everything}");
            assert_eq!(differences.len(), changes, "{from} to {to}");
            assert!(pieces <= most, "{from} to {to}, {kind}: {pieces} pieces");
        };
        check(&world, "in a generation of their own", 60);
        // Merged with everything else, the changes share their blocks with what did not change.
        let merged = merged(&world);
        check(&merged, "merged", 60);
    }
}

/// The same database after its generations became one.
fn merged(world: &World) -> World {
    let copy = World::new(12);
    let options = Options { memory_bytes: 64 << 20, ..options(None) };
    let db = copy.open(options).unwrap();
    let mut importer = koru_delta::Importer::new(&db, &koru_delta::ImportOptions::default()).unwrap();
    for piece in world.open(self::options(None)).unwrap().export().unwrap() {
        importer.feed(&piece.unwrap()).unwrap();
    }
    importer.finish().unwrap();
    copy
}

/// What it costs to list every key.
fn pieces_of_all(world: &World) -> u64 {
    let (pieces, ()) = cost(world, |db| {
        let mut cursor: Option<String> = None;
        loop {
            let query = ListQuery { limit: 10_000, cursor: cursor.as_deref(), ..ListQuery::default() };
            cursor = db.list("big", query).unwrap().cursor;
            if cursor.is_none() {
                return;
            }
        }
    });
    pieces
}
