//! A write that is named and sent twice is written once: at once, after a reopen, after a power cut at any moment.

mod world;

use std::sync::Arc;

use koru_delta::door::Door;
use koru_delta::host::{Crash, Host, ManualClock, SeededEntropy, SimVfs};
use koru_delta::{Batch, ChangesQuery, Code, IfVersion, KoruDelta, LineOptions, Result, Version, WriteOptions};
use serde_json::{Value, json};

use world::{BEGIN_US, World, options};

fn named(name: &str) -> WriteOptions<'_> {
    WriteOptions { idempotency_key: Some(name), ..WriteOptions::default() }
}

fn put(db: &KoruDelta, key: &str, value: u64, name: &str) -> Result<Version> {
    db.put_json("ns", key, value.to_string().as_bytes(), named(name))
}

fn batch(first: u64, name: &str) -> Batch {
    let mut batch = Batch::new();
    batch.annotate(Some("ann"), None).unwrap().idempotency_key(Some(name)).unwrap();
    for n in 0..3 {
        batch.put("ns", &format!("b{n}"), &(first + n)).unwrap();
    }
    batch
}

fn versions(db: &KoruDelta) -> u64 {
    db.now().unwrap().stats(false).unwrap().versions
}

#[test]
fn a_write_sent_twice_is_written_once_and_answered_alike() {
    let db = KoruDelta::start().unwrap();
    let first = put(&db, "a", 1, "put").unwrap();
    assert_eq!(put(&db, "a", 1, "put").unwrap(), first);
    let second = db.put("ns", "a", &2).unwrap();
    assert_eq!(put(&db, "a", 1, "put").unwrap(), first, "also when others have written since");

    let receipt = db.write(batch(10, "batch")).unwrap();
    let again = db.write(batch(10, "batch")).unwrap();
    assert_eq!((again.first(), again.last(), again.count()), (receipt.first(), receipt.last(), 3));
    assert_eq!(again.versions(0..3).unwrap(), receipt.versions(0..3).unwrap());
    assert_eq!(again.versions(2..3).unwrap()[0].actor.as_deref(), Some("ann"), "the annotations are kept beside it");

    // A delete and an undo look at what is there, which the first one changed.
    let deleted = db.delete_with("ns", "a", named("delete")).unwrap();
    assert_eq!(db.delete_with("ns", "a", named("delete")).unwrap(), deleted);
    assert_eq!(deleted.previous, Some(second.version));
    let reverted = db.revert_with("ns", "a", None, named("revert")).unwrap();
    assert_eq!(db.revert_with("ns", "a", None, named("revert")).unwrap(), reverted);

    // A guard held when it was written; now it would not.
    let guarded = WriteOptions { if_version: IfVersion::Absent, ..named("guarded") };
    let created = db.put_json("ns", "new", b"1", guarded).unwrap();
    assert_eq!(db.put_json("ns", "new", b"1", guarded).unwrap(), created);

    let lines = b"{\"key\":\"ns/l1\",\"value\":1}\n{\"key\":\"ns/l2\",\"value\":2}\n";
    let load = || db.batch_lines(lines, LineOptions { idempotency_key: Some("load".into()), ..LineOptions::default() });
    assert_eq!(load().unwrap().last(), load().unwrap().last());
    assert_eq!(versions(&db), 1 + 1 + 3 + 2 + 1 + 2);
}

#[test]
fn a_refused_write_leaves_its_name_free() {
    let db = KoruDelta::start().unwrap();
    let there = db.put("ns", "a", &1).unwrap();
    let guarded = WriteOptions { if_version: IfVersion::Absent, ..named("once") };
    assert_eq!(db.put_json("ns", "a", b"2", guarded).unwrap_err().code(), Code::Conflict);
    let fits = WriteOptions { if_version: IfVersion::Is(there.version), ..named("once") };
    assert_eq!(db.put_json("ns", "a", b"2", fits).unwrap().seq, 2);
}

#[test]
fn the_name_of_another_write_is_refused() {
    let db = KoruDelta::start().unwrap();
    put(&db, "a", 1, "one").unwrap();
    db.write(batch(1, "three")).unwrap();
    let before = versions(&db);
    for refused in [
        put(&db, "b", 1, "one").map(drop),
        put(&db, "b2", 1, "three").map(drop),
        db.write(batch(1, "one")).map(drop),
        db.delete_with("ns", "b", named("one")).map(drop),
        db.revert_with("ns", "b0", None, named("three")).map(drop),
    ] {
        let error = refused.unwrap_err();
        assert_eq!(error.code(), Code::IdempotencyMismatch, "{error:?}");
    }
    assert_eq!(versions(&db), before);
}

#[test]
fn a_name_is_printable_and_short() {
    let db = KoruDelta::start().unwrap();
    for name in ["", " ", "a b", "a\n", "é", "\u{7f}", &"x".repeat(65)] {
        assert_eq!(put(&db, "a", 1, name).unwrap_err().code(), Code::InvalidParams, "{name:?}");
    }
    assert_eq!(put(&db, "a", 1, &"~".repeat(64)).unwrap().seq, 1);
}

#[test]
fn names_are_known_again_after_a_reopen_wherever_their_versions_lie() {
    let world = World::new(1);
    let db = world.open(options(None)).unwrap();
    let flushed = put(&db, "a", 1, "flushed").unwrap();
    let receipt = db.write(batch(7, "batch")).unwrap();
    db.flush().unwrap();
    let logged = put(&db, "c", 1, "logged").unwrap();
    db.close().unwrap();
    let db = world.open(options(None)).unwrap();
    assert_eq!(put(&db, "a", 1, "flushed").unwrap(), flushed);
    assert_eq!(db.write(batch(7, "batch")).unwrap().first(), receipt.first());
    assert_eq!(put(&db, "c", 1, "logged").unwrap(), logged);
    assert_eq!(versions(&db), 5);
}

/// The bound is the same in a database that stayed open and in one that was opened just now.
#[test]
fn a_name_is_forgotten_behind_a_hundred_thousand_versions() {
    let world = World::new(2);
    let mut db = world.open(options(None)).unwrap();
    let first = put(&db, "a", 1, "old").unwrap();
    let fill = |db: &KoruDelta, count: u64| {
        let mut batch = Batch::new();
        for n in 0..count {
            batch.put("fill", &format!("{n}"), &n).unwrap();
        }
        db.write(batch).unwrap();
    };
    fill(&db, 99_999);
    assert_eq!(put(&db, "a", 1, "old").unwrap(), first);
    for reopened in [false, true] {
        if reopened {
            db.close().unwrap();
            db = world.open(options(None)).unwrap();
            assert_eq!(put(&db, "a", 1, "old").unwrap(), first);
            fill(&db, 1);
        }
    }
    let second = put(&db, "a", 1, "old").unwrap();
    assert_eq!((second.seq, second.previous), (100_002, Some(first.version)));
    assert_eq!(put(&db, "a", 1, "old").unwrap(), second);
}

#[test]
fn of_many_that_send_one_write_at_once_all_get_the_answer_of_one() {
    let db = KoruDelta::start().unwrap();
    for round in 0..50 {
        let name = format!("round-{round}");
        let ids: Vec<_> = std::thread::scope(|scope| {
            let send = || put(&db, "a", round, &name).unwrap().version;
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(send)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    }
    // In one call, where they are one group: the second waits for the first.
    let answers = db.write_all(vec![batch(1, "twice"), batch(1, "twice"), batch(2, "other")]);
    let firsts: Vec<_> = answers.into_iter().map(|answer| answer.unwrap().first().unwrap()).collect();
    assert_eq!(firsts[0], firsts[1]);
    assert_ne!(firsts[0], firsts[2]);
    assert_eq!(versions(&db), 50 + 6);
}

/// Power is cut at every operation of named writes; after each cut the client sends all of them again.
#[test]
fn after_a_power_cut_at_any_moment_everything_sent_again_is_there_once() {
    let host = |vfs| Host {
        vfs,
        clock: Arc::new(ManualClock::new(BEGIN_US)),
        entropy: Arc::new(SeededEntropy::new(9)),
        background: false,
    };
    let script = |db: &KoruDelta| -> Result<()> {
        put(db, "a", 1, "w1")?;
        db.write(batch(5, "w2"))?;
        db.flush()?;
        db.delete_with("ns", "a", named("w3"))?;
        put(db, "c", 2, "w4").map(drop)
    };
    let whole = SimVfs::new();
    script(&KoruDelta::open(host(Arc::new(whole.clone())), options(None)).unwrap()).unwrap();
    let mut cuts = 0;
    for at in 0..whole.operations() {
        let vfs = SimVfs::new();
        vfs.halt_at(at);
        let _ = KoruDelta::open(host(Arc::new(vfs.clone())), options(None)).and_then(|db| script(&db));
        for crash in [Crash::AllLost, Crash::AllKept, Crash::LengthsOnly, Crash::NamesLost] {
            let after = vfs.crash(&crash);
            let db = KoruDelta::open(host(Arc::new(after)), options(None)).unwrap();
            script(&db).unwrap_or_else(|error| panic!("cut at {at}, {crash:?}: {error:?}"));
            let feed = db.changes(ChangesQuery::default()).unwrap().changes;
            let told: Vec<_> = feed.iter().map(|v| (v.key.as_str(), v.value.clone().unwrap_or_default())).collect();
            let expected = [("a", "1"), ("b0", "5"), ("b1", "6"), ("b2", "7"), ("a", ""), ("c", "2")]
                .map(|(k, v)| (k, v.to_owned()));
            assert_eq!(told, expected, "cut at {at}, {crash:?}");
            cuts += 1;
        }
    }
    println!("{cuts} power cuts");
    assert!(cuts > 100);
}

#[test]
fn the_door_takes_names_on_every_way_in() {
    let door = Door::new(KoruDelta::start().unwrap());
    let seq = |text: String| serde_json::from_str::<Value>(&text).unwrap();
    for (op, params) in [
        ("put", json!({"namespace": "a", "key": "b", "value": 1, "idempotencyKey": "p"})),
        ("batch", json!({"ops": [{"namespace": "a", "key": "c", "value": 1}], "idempotencyKey": "b"})),
        ("delete", json!({"namespace": "a", "key": "b", "idempotencyKey": "d"})),
        ("revert", json!({"namespace": "a", "key": "b", "idempotencyKey": "r"})),
    ] {
        let call = || door.call(op, &params.to_string()).map(seq).unwrap();
        assert_eq!(call(), call(), "{op}");
        let request = json!({"jsonrpc": "2.0", "id": 1, "method": op, "params": params}).to_string();
        let line = door.converse(format!("{request}\n{request}\n").as_bytes());
        let answers: Vec<Value> = line.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(answers[0]["result"], call(), "{op}");
        assert_eq!(answers[0], answers[1], "{op}");
    }
    let many = json!({"jsonrpc": "2.0", "id": 2, "method": "many", "params": {"calls": [
        {"op": "put", "params": {"namespace": "a", "key": "b", "value": 1, "idempotencyKey": "p"}},
        {"op": "put", "params": {"namespace": "a", "key": "b", "value": 2}},
        {"op": "put", "params": {"namespace": "a", "key": "", "value": 2}},
    ]}});
    let answer = door.converse(many.to_string().as_bytes());
    let answer: Value = serde_json::from_str(answer.lines().nth(1).unwrap()).unwrap();
    assert_eq!(answer["result"][0]["ok"]["seq"], 1);
    assert_eq!(answer["result"][1]["ok"]["seq"], 5);
    assert_eq!(answer["result"][2]["error"]["code"], "invalid_key");
    let piece = door.batch(r#"{"idempotencyKey":"pieces"}"#).unwrap();
    assert!(piece.commit().unwrap().contains("\"count\":0"), "nothing written, nothing to name");
}
