//! Many documents: batches, lines of JSON, and what a batch promises.
//!
//! `cargo run --release -p koru-delta --example bulk_load -- ./data`

use std::path::PathBuf;
use std::time::Instant;

use koru_delta::{Batch, KoruDelta, LineOptions, Loader};
use serde_json::json;

const BATCHES: u32 = 100;
const BATCH_SIZE: u32 = 1_000;

fn main() -> koru_delta::Result<()> {
    let folder = std::env::args_os().nth(1).map_or_else(|| PathBuf::from("./data"), PathBuf::from);
    let db = KoruDelta::start_with_path(folder)?;

    // A batch is written whole or not at all, with one sync of the disk.
    let started = Instant::now();
    for n in 0..BATCHES {
        let mut batch = Batch::new();
        for reading in n * BATCH_SIZE..(n + 1) * BATCH_SIZE {
            let value = json!({"sensor": reading % 16, "celsius": f64::from(reading % 400) / 10.0});
            batch.put("readings", &format!("{reading:08}"), &value)?;
        }
        let receipt = db.write(batch)?;
        assert_eq!(receipt.count(), u64::from(BATCH_SIZE));
    }
    let rate = f64::from(BATCHES * BATCH_SIZE) / started.elapsed().as_secs_f64();
    println!("{} documents, {rate:.0} a second, durability {}", BATCHES * BATCH_SIZE, db.durability().as_str());

    // Lines of JSON are read in pieces of any size and become one batch.
    let people = "{\"id\":1,\"name\":\"Ann\"}\n{\"id\":2,\"name\":\"Bob\"}\nnot a line\n";
    let options = LineOptions {
        namespace: Some("people".into()),
        key_field: Some("id".into()),
        skip_bad: true,
        ..LineOptions::default()
    };
    let mut loader = Loader::new(&db, options)?;
    for piece in people.as_bytes().chunks(7) {
        loader.feed(piece)?;
    }
    let receipt = loader.commit()?;
    println!("{} lines taken", receipt.count());
    for reject in loader.take_rejects() {
        println!("line {} left out: {}", reject.line, reject.text);
    }

    // The last handle that goes closes the database; this call tells whether that succeeded.
    db.close()
}
