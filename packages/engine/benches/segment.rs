//! How fast segments are written and read, in memory: `cargo bench --bench segment`.
//!
//! The modules of the engine are compiled into this program, because what it measures is not public.

// Only a part of the engine is called here, and its tests are compiled without the functions that are tests.
#![allow(dead_code, missing_docs, unreachable_pub, unused_imports)]

#[path = "../src"]
mod engine {
    pub(crate) mod cache;
    pub(crate) mod code;
    pub(crate) mod entry;
    pub(crate) mod error;
    pub(crate) mod extent;
    pub(crate) mod files;
    pub(crate) mod host;
    pub(crate) mod piece;
    pub(crate) mod preamble;
    pub(crate) mod seal;
    pub(crate) mod segment;
}

// The modules know each other by their places in the crate.
use engine::{cache, code, entry, error, extent, files, host, piece, preamble, seal, segment};

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use cache::Cache;
use entry::{Content, Entry, Horizon, OPEN_END, Source};
use extent::{Class, Extent};
use files::Files;
use host::{MemVfs, SeededEntropy, Vfs};
use seal::DataKey;
use segment::{Segment, SegmentOptions, SegmentWriter, hash_key};

const VERSIONS: u64 = 500_000;

/// The same sequence on every run (splitmix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

/// The versions of one segment, in its order.
struct Load {
    name: &'static str,
    rows: Vec<Row>,
    /// How many bytes the keys and documents have.
    bytes: usize,
}

struct Row {
    key: Vec<u8>,
    seq: u64,
    index: u32,
    stamp: u64,
    document: Vec<u8>,
}

/// Keys of 22 bytes in random order of writing, in commits of `batch`, 100 us apart.
fn load(name: &'static str, batch: u64, sequential: bool, document: impl Fn(&mut Random, u64) -> Vec<u8>) -> Load {
    let mut random = Random(1);
    let mut ids: Vec<u64> = (0..VERSIONS).collect();
    if !sequential {
        ids.sort_by_cached_key(|_| random.next());
    }
    let mut rows: Vec<Row> = ids
        .iter()
        .enumerate()
        .map(|(n, id)| {
            let n = n as u64;
            Row {
                key: format!("users\0user-{id:011}").into_bytes(),
                seq: n + 1,
                index: (n % batch) as u32,
                stamp: 1_760_000_000_000_000 + n / batch * (100 + batch),
                document: document(&mut random, *id),
            }
        })
        .collect();
    rows.sort_by(|a, b| a.key.cmp(&b.key));
    let bytes = rows.iter().map(|row| row.key.len() + row.document.len()).sum();
    Load { name, rows, bytes }
}

fn noise(random: &mut Random, _: u64) -> Vec<u8> {
    (0..13).flat_map(|_| random.next().to_le_bytes()).take(100).collect()
}

fn json(random: &mut Random, id: u64) -> Vec<u8> {
    const WORDS: [&str; 8] = ["late", "gift", "call", "first", "again", "never", "blue", "window"];
    const CITIES: [&str; 5] = ["Paris", "Lagos", "Quito", "Osaka", "Oslo"];
    let mut word = || WORDS[random.next() as usize % WORDS.len()];
    let note = [word(), word(), word(), word()].join(" ");
    let (city, score) = (CITIES[random.next() as usize % CITIES.len()], random.next() % 1_000);
    let active = random.next().is_multiple_of(2);
    format!(
        r#"{{"id":{id},"name":"user-{id}","city":"{city}","score":{}.{},"active":{active},"note":"{note}"}}"#,
        score / 10,
        score % 10
    )
    .into_bytes()
}

fn entry(row: &Row) -> Entry<'_> {
    Entry {
        key: &row.key,
        seq: row.seq,
        index: row.index,
        stamp: row.stamp,
        ended: OPEN_END,
        deleted: false,
        meta: b"",
        content: Content::Inline(&row.document),
    }
}

fn folder(sealed: bool) -> Files {
    Files {
        vfs: Arc::new(MemVfs::new()) as Arc<dyn Vfs>,
        entropy: Arc::new(SeededEntropy::new(1)),
        database: [1; 16],
        data_key: sealed.then(|| DataKey::new([7; 32])),
    }
}

fn write(files: &Files, load: &Load) -> Extent {
    let mut writer =
        SegmentWriter::create(files, 1, Class::Current, SegmentOptions::default()).expect("an empty folder");
    for row in &load.rows {
        writer.add(&entry(row)).expect("rows in order");
    }
    writer.finish().expect("memory does not fail")
}

/// Writes a segment several times; tells the speed of the fastest.
fn bench_write(load: &Load, sealed: bool) -> (Files, Extent) {
    let mut best = f64::MAX;
    let mut last = None;
    for _ in 0..3 {
        let files = folder(sealed);
        let start = Instant::now();
        let extent = write(&files, load);
        best = best.min(start.elapsed().as_secs_f64());
        last = Some((files, extent));
    }
    let (files, extent) = last.expect("three were written");
    let versions = load.rows.len() as f64;
    println!(
        "{:<28} write {:>5.0} MB/s {:>5.2} M/s | {:>6.1} B/version in, {:>6.1} stored",
        load.name,
        load.bytes as f64 / best / 1e6,
        versions / best / 1e6,
        load.bytes as f64 / versions,
        extent.length as f64 / versions
    );
    (files, extent)
}

/// Looks keys up that lie anywhere in the first `span` versions.
fn bench_find(load: &Load, segment: &Segment, span: usize) {
    let horizon = Horizon::at_seq(u64::MAX);
    let mut random = Random(5);
    let keys: Vec<Vec<u8>> = (0..200_000).map(|_| load.rows[random.next() as usize % span].key.clone()).collect();
    let absent: Vec<Vec<u8>> = keys.iter().map(|key| [key.as_slice(), b"x"].concat()).collect();
    let find = |keys: &[Vec<u8>], is_there: bool| {
        let start = Instant::now();
        for key in keys {
            let found = segment.find(key, Some(hash_key(key)), &horizon).expect("memory does not fail");
            assert_eq!(black_box(found).is_some(), is_there);
        }
        start.elapsed().as_nanos() as f64 / keys.len() as f64
    };
    let best = |keys: &[Vec<u8>], is_there| (0..7).map(|_| find(keys, is_there)).fold(f64::MAX, f64::min);
    let (present, absent) = (best(&keys, true), best(&absent, false));
    println!("{:<28} find of {span:>6} {:>5.0} ns, absent {:>4.0} ns", load.name, present, absent);
}

fn bench_scan(load: &Load, segment: &Arc<Segment>) {
    for (how, fill) in [("from the file", false), ("into the cache", true), ("from the cache", true)] {
        let start = Instant::now();
        let mut cursor = segment.cursor().fill_cache(fill);
        let mut bytes = 0;
        cursor.advance().expect("memory does not fail");
        while let Some(entry) = cursor.entry() {
            if let Content::Inline(document) = entry.content {
                bytes += entry.key.len() + document.len();
            }
            cursor.advance().expect("memory does not fail");
        }
        let took = start.elapsed().as_secs_f64();
        assert_eq!(bytes, load.bytes);
        println!(
            "{:<28} scan {how} {:>5.1} M/s {:>5.0} MB/s",
            load.name,
            load.rows.len() as f64 / took / 1e6,
            bytes as f64 / took / 1e6
        );
    }
}

fn bench_seek(load: &Load, segment: &Arc<Segment>) {
    let horizon = Horizon::at_seq(u64::MAX);
    let mut cursor = segment.cursor();
    let start = Instant::now();
    let mut seeks = 0;
    for row in load.rows.iter().step_by(3) {
        cursor.seek(&row.key, &horizon).expect("memory does not fail");
        assert_eq!(cursor.entry().map(|entry| entry.seq), Some(row.seq));
        seeks += 1;
    }
    println!("{:<28} seek ahead {:>4.0} ns", load.name, start.elapsed().as_nanos() as f64 / f64::from(seeks));
}

fn bench_timeline(load: &Load, segment: &Segment) {
    let start = Instant::now();
    let mut met = 0;
    for page in 0..200 {
        let from = page * 2_000 + 1;
        segment
            .versions_by_seq(from..=from + 99, &mut |entry| {
                met += black_box(entry.seq) - entry.seq + 1;
                Ok(())
            })
            .expect("memory does not fail");
    }
    println!("{:<28} 100 seqs {:>6.1} us", load.name, start.elapsed().as_micros() as f64 / 200.0);
    assert_eq!(met, 20_000);
}

fn main() {
    let loads = [
        load("noise, commits of 1", 1, false, noise),
        load("json, commits of 1", 1, false, json),
        load("json, commits of 1, ordered", 1, true, json),
        load("json, commits of 1000", 1_000, false, json),
        load("empty, commits of 1", 1, false, |_, _| Vec::new()),
        load("empty, commits of 10000", 10_000, false, |_, _| Vec::new()),
    ];
    for sealed in [false, true] {
        println!("{}", if sealed { "sealed" } else { "plain" });
        for load in loads.iter().take(if sealed { 2 } else { loads.len() }) {
            let (files, extent) = bench_write(load, sealed);
            let cache = Arc::new(Cache::new(1 << 30));
            let segment = Segment::open(&files, extent, Arc::clone(&cache)).expect("it was just written");
            bench_scan(load, &segment);
            for span in [20_000, 100_000, load.rows.len()] {
                bench_find(load, &segment, span);
            }
            bench_seek(load, &segment);
            bench_timeline(load, &segment);
            println!(
                "{:<28} cache {:.0} MB, segment {:.1} KB",
                load.name,
                cache.used() as f64 / 1e6,
                segment.weight() as f64 / 1e3
            );
        }
    }
}
