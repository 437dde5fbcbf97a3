//! A history with dates of its own, and reads at any moment of it.
//!
//! `cargo run -p koru-delta --example time_travel`

use koru_delta::{ImportOptions, Importer, KoruDelta, ListQuery};
use serde_json::Value;

/// Observations in the order of time; each becomes a version of its key, stamped with its own date.
const PRICES: &str = r#"
{"key":"stocks/AAPL","timestamp":"2008-08-01","value":{"price":169.53}}
{"key":"stocks/IBM","timestamp":"2008-08-01","value":{"price":118.16}}
{"key":"stocks/AAPL","timestamp":"2008-10-01","value":{"price":107.59}}
{"key":"stocks/IBM","timestamp":"2008-10-01","value":{"price":90.24}}
{"key":"stocks/AAPL","timestamp":"2009-03-01","value":{"price":105.12}}
"#;

fn main() -> koru_delta::Result<()> {
    let db = KoruDelta::start()?;

    let mut importer = Importer::new(&db, &ImportOptions::default())?;
    importer.feed(PRICES.as_bytes())?;
    let report = importer.finish()?;
    println!("{} versions in {} commits", report.versions, report.commits);

    // One key at one moment.
    let price: Option<Value> = db.get_at("stocks", "AAPL", "2008-10-31")?;
    assert_eq!(price.expect("a price of that month")["price"], 107.59);

    // A view answers every read as of its moment, and later writes do not change it.
    let august = db.at("2008-08-31")?;
    for stock in august.list("stocks", ListQuery::default())?.versions {
        println!("{}  {}", stock.key, stock.value.unwrap_or_default());
    }

    // What happened in between, as a JSON Patch.
    let change = db.diff("stocks", "AAPL", "2008-08-31", "now")?;
    println!("{}", change.patch);

    // Before the first version there is nothing, and the error says when that was.
    let error = db.at("2001-01-01")?.get_or_err("stocks", "AAPL").expect_err("nothing was known in 2001");
    println!("{error}");
    Ok(())
}
