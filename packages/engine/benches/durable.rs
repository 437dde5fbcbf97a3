//! How fast durable batches are: `cargo bench --bench durable -- FOLDER DOCUMENTS [plain|sealed] [paced]`.
//!
//! Writes documents of 100 bytes under new keys in random order, in synced batches of 1,000, and prints how many it
//! wrote in a second. Paced, it writes one batch for each line it reads and prints the milliseconds that took, so that
//! the benchmarks in `packages/bench` can let others write in between. Texts are made before the clock starts; checking
//! them and making batches of them is on it.

use std::io::{self, BufRead, Write};
use std::time::Instant;

use koru_delta::{Batch, KoruDelta, Options, SealKey};

const BATCH: usize = 1_000;
/// Batches before the clock starts.
const WARM: u64 = 10;
const CITIES: [&str; 5] = ["Aachen", "Dakar", "Lima", "Quito", "Reykjavik"];

/// Looks random and is the same in every run: a step of splitmix64.
fn scramble(n: u64) -> u64 {
    let word = n.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

/// A document of 100 bytes.
fn document(n: u64) -> String {
    let word = scramble(n);
    let city = CITIES[(word % 5) as usize];
    let start = format!(r#"{{"id":{n},"score":{}.25,"active":{},"city":"{city}","name":""#, word % 1000, word & 1 == 1);
    let name = format!("{:016x}{:016x}{:016x}", scramble(word), scramble(word ^ 1), scramble(word ^ 2));
    format!(r#"{start}{}"}}"#, &name[..100_usize.saturating_sub(start.len() + 2).min(name.len())])
}

/// Writes one batch; returns the milliseconds it took.
fn write(db: &KoruDelta, rows: &[(String, String)]) -> f64 {
    let started = Instant::now();
    let mut batch = Batch::new();
    for (key, text) in rows {
        batch.put_json("bench", key, text.as_bytes()).expect("a good document");
    }
    db.write(batch).expect("a write");
    started.elapsed().as_secs_f64() * 1_000.0
}

fn main() -> io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let [folder, documents, kinds @ ..] = args.as_slice() else {
        println!("durable: FOLDER DOCUMENTS [plain|sealed] [paced]");
        return Ok(());
    };
    let is = |kind: &str| kinds.iter().any(|given| given == kind);
    let documents: u64 = documents.parse().expect("a number of documents");
    let key = is("sealed").then(|| SealKey::from_bytes([0x5a; 32]));
    let db = KoruDelta::start_with_path_and(folder, Options { key, ..Options::default() }).expect("a database");
    let warm: Vec<_> = (0..WARM * BATCH as u64).map(|n| (format!("warm{n}"), document(n))).collect();
    for rows in warm.chunks(BATCH) {
        write(&db, rows);
    }
    let mut order: Vec<u64> = (0..documents).collect();
    order.sort_unstable_by_key(|n| scramble(*n));
    let rows: Vec<_> = order.into_iter().map(|n| (format!("k{n:09}"), document(n))).collect();
    let mut batches = rows.chunks(BATCH);
    if is("paced") {
        let mut out = io::stdout();
        writeln!(out, "0")?;
        for _ in io::stdin().lock().lines() {
            let Some(rows) = batches.next() else { break };
            writeln!(out, "{:.4}", write(&db, rows))?;
        }
    } else {
        let seconds = batches.map(|rows| write(&db, rows)).sum::<f64>() / 1_000.0;
        println!("{:.0} documents/s, synced (fdatasync) in batches of {BATCH}", documents as f64 / seconds);
    }
    db.close().expect("a close");
    Ok(())
}
