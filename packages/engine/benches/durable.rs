//! How fast durable batches are: `cargo bench --bench durable -- FOLDER DOCUMENTS MILLISECONDS [plain|sealed]`.
//!
//! Writes documents of 100 bytes under new keys in random order, in synced batches of 1,000, until all are written or
//! the time is over, and prints how many it wrote in a second. The benchmarks in `packages/bench` set that beside the
//! other stores. Texts are made before the clock starts; checking them and making batches of them is on it.

use std::time::{Duration, Instant};

use koru_delta::{Batch, KoruDelta, Options, SealKey};

const BATCH: usize = 1_000;
const CITIES: [&str; 5] = ["Aachen", "Dakar", "Lima", "Quito", "Reykjavik"];

/// Looks random and is the same in every run: a step of splitmix64.
fn scramble(n: u64) -> u64 {
    let word = n.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

fn document(n: u64) -> String {
    let word = scramble(n);
    let city = CITIES[(word % 5) as usize];
    let start = format!(r#"{{"id":{n},"score":{}.25,"active":{},"city":"{city}","name":""#, word % 1000, word & 1 == 1);
    let name = format!("{:016x}{:016x}{:016x}", scramble(word), scramble(word + 1), scramble(word + 2));
    format!(r#"{start}{}"}}"#, &name[..100_usize.saturating_sub(start.len() + 2).min(name.len())])
}

fn load(db: &KoruDelta, rows: &[(String, String)], limit: Duration) -> f64 {
    let started = Instant::now();
    let mut written = 0;
    for some in rows.chunks(BATCH) {
        let mut batch = Batch::new();
        for (key, text) in some {
            batch.put_json("bench", key, text.as_bytes()).expect("a good document");
        }
        db.write(batch).expect("a write");
        written += some.len();
        if started.elapsed() > limit {
            break;
        }
    }
    written as f64 / started.elapsed().as_secs_f64()
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let [folder, documents, milliseconds, rest @ ..] = args.as_slice() else {
        println!("durable: FOLDER DOCUMENTS MILLISECONDS [plain|sealed]");
        return;
    };
    let documents: u64 = documents.parse().expect("a number of documents");
    let limit = Duration::from_millis(milliseconds.parse().expect("a number of milliseconds"));
    let sealed = rest.first().is_some_and(|kind| kind == "sealed");
    let key = sealed.then(|| SealKey::from_bytes([0x5a; 32]));
    let db = KoruDelta::start_with_path_and(folder, Options { key, ..Options::default() }).expect("a database");
    let warm: Vec<_> = (0..BATCH as u64).map(|n| (format!("warm{n}"), document(n))).collect();
    load(&db, &warm, limit);
    let mut order: Vec<u64> = (0..documents).collect();
    order.sort_unstable_by_key(|n| scramble(*n));
    let rows: Vec<_> = order.into_iter().map(|n| (format!("k{n:09}"), document(n))).collect();
    println!("{:.0}", load(&db, &rows, limit));
    db.close().expect("a close");
}
