//! What history costs: reads of now and of the past against the number of versions that each key has.
//!
//! Every store holds the same number of versions, cut into fewer or more keys, and is flushed and merged as it would
//! be in use. Prints a table; run it with `cargo bench --bench depth [-- VERSIONS]`.

use std::hint::black_box;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use koru_delta::{Batch, HistoryQuery, KoruDelta, ListQuery};

struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn document(n: u64) -> String {
    let word = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    format!(r#"{{"id":{n},"name":"user-{word:016x}","score":{}.25,"active":true,"city":"Reykjavik"}}"#, word % 1000)
}

fn each(count: u32, mut work: impl FnMut(u32)) -> Duration {
    for n in 0..=(count / 10) {
        work(n);
    }
    let started = Instant::now();
    for n in 0..count {
        work(n);
    }
    started.elapsed() / count
}

fn main() {
    let versions: u64 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(1_000_000);
    println!("{versions} versions of about 100 bytes in each store, every batch of 1,000 synced (fdatasync)");
    println!(
        "depth     keys   load/s  B/version  get now  get past  ratio  list now  list past  ratio  history10  open"
    );
    for depth in [1, 10, 100, 1_000, 10_000] {
        let keys = versions / depth;
        let folder = Folder(std::env::temp_dir().join(format!("koru-depth-{}-{depth}", std::process::id())));
        let db = KoruDelta::start_with_path(&folder.0).expect("a temporary folder");
        let mut order = 1u64;
        let started = Instant::now();
        for _ in 0..versions / 1000 {
            let mut batch = Batch::new();
            for _ in 0..1000 {
                // Keys in an order that is as good as random, each equally often.
                order = (order * 48_271) % 2_147_483_647;
                let key = order % keys;
                batch.put_json("bench", &format!("key-{key:08}"), document(order).as_bytes()).expect("a good document");
            }
            db.write(batch).expect("a write");
        }
        let load = versions as f64 / started.elapsed().as_secs_f64();
        db.flush().expect("a flush");
        db.close().expect("a close");
        drop(db);
        let started = Instant::now();
        let db = KoruDelta::start_with_path(&folder.0).expect("an open");
        let open = started.elapsed();
        let stats = db.now().and_then(|now| now.stats(false)).expect("figures");
        let now = db.now().expect("now");
        // The middle of the history, named by its time as a person would.
        let middle = db.at(format!("seq:{}", versions / 2)).expect("a seq").last_version().expect("a read");
        let past = db.at(middle.expect("versions")).expect("a moment");
        let key = |n: u32| format!("key-{:08}", u64::from(n).wrapping_mul(7_919) % keys);
        let get = |view: &koru_delta::View| {
            each(100_000, |n| drop(black_box(view.get_json("bench", &key(n)).expect("a read"))))
        };
        let list = |view: &koru_delta::View| {
            let query = ListQuery { limit: 1000, ..ListQuery::default() };
            each(30, |_| drop(black_box(view.list("bench", query).expect("a list")))) / keys.min(1000) as u32
        };
        let (get_now, get_past, list_now, list_past) = (get(&now), get(&past), list(&now), list(&past));
        let ten = HistoryQuery { limit: 10, ..HistoryQuery::default() };
        let history = each(2_000, |n| drop(black_box(db.history("bench", &key(n), ten).expect("a history"))));
        println!(
            "{depth:5} {keys:8} {load:8.0} {:10.1} {get_now:8.2?} {get_past:9.2?} {:6.2} {list_now:9.2?} {list_past:10.2?} {:6.2} {history:10.2?} {open:5.2?}",
            stats.bytes.total() as f64 / versions as f64,
            get_now.as_secs_f64() / get_past.as_secs_f64(),
            list_past.as_secs_f64() / list_now.as_secs_f64(),
        );
    }
}
