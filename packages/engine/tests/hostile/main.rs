//! Bad input through every door: the right answer or the right refusal, and nothing written of what was refused.

#[path = "../world/mod.rs"]
mod world;

mod documents;
mod door;
mod folders;
mod histories;
mod lines;
mod names;

use koru_delta::{ChangesQuery, Code, Error, KoruDelta};

/// A database in memory with a little in it.
fn database() -> KoruDelta {
    let db = world::World::new(1).open(world::options(None)).unwrap();
    db.put("users", "alice", &"Alice").unwrap();
    db.put("users", "bob", &"Bob").unwrap();
    db.delete("users", "bob").unwrap();
    db
}

/// How many versions there are.
fn versions(db: &KoruDelta) -> usize {
    db.changes(ChangesQuery { limit: 10_000, ..ChangesQuery::default() }).unwrap().changes.len()
}

/// Checks a refusal: its code, a sentence of bearable length, and a next step.
#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, Error>, code: Code, what: &str) {
    let error = result.expect_err(what);
    assert_eq!(error.code(), code, "{what}: {error:?}");
    let detail = error.detail();
    assert!(!detail.is_empty() && detail.len() < 2_000, "{what}: {} bytes of detail", detail.len());
    assert!(detail.ends_with(['.', ')']), "{what}: {detail}");
    assert!(!error.hints().is_empty() || !error.suggestions().is_empty(), "{what} has no next step: {detail}");
    serde_json::from_str::<serde_json::Value>(&error.to_json()).expect(what);
}
