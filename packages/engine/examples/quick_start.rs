//! The first five minutes: write, read, look back, undo.
//!
//! `cargo run -p koru-delta --example quick_start`

use koru_delta::{HistoryQuery, KoruDelta, WriteOptions};
use serde::{Deserialize, Serialize};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct User {
    name: String,
    city: String,
}

fn main() -> koru_delta::Result<()> {
    // In memory; KoruDelta::start_with_path("./data") keeps it in a folder, which the first open makes.
    let db = KoruDelta::start()?;

    let alice = User { name: "Alice".into(), city: "Paris".into() };
    let first = db.put("users", "alice", &alice)?;
    let moved = br#"{"name":"Alice","city":"Rome"}"#;
    let why = WriteOptions { actor: Some("ann"), reason: Some("moved"), ..WriteOptions::default() };
    db.put_json("users", "alice", moved, why)?;

    let now: Option<User> = db.get("users", "alice")?;
    println!("now:    {now:?}");

    let then: Option<User> = db.get_at("users", "alice", first.version)?;
    assert_eq!(then, Some(alice));

    db.delete("users", "alice")?;
    assert_eq!(db.get::<User>("users", "alice")?, None);
    let error = db.get_or_err("users", "alice").expect_err("it was just deleted");
    println!("error:  {error}");

    db.revert("users", "alice")?;
    for version in db.history("users", "alice", HistoryQuery::default())?.versions {
        let value = version.value.as_deref().unwrap_or("deleted");
        println!("{:>3}     {value}  {}", version.seq, version.reason.unwrap_or_default());
    }
    Ok(())
}
