//! Files of format 1 as they were written once: every later version reads them, and writes the same until its format
//! changes on purpose. Then `KORU_GOLDEN=write` makes the files of the new format beside those of the old ones.

mod world;

use std::path::PathBuf;

use koru_delta::{
    Batch, ChangesQuery, Code, HistoryQuery, ImportOptions, Importer, KoruDelta, ListQuery, Options, SealKey,
    WriteOptions,
};
use world::{Dice, Image, World, options};

/// The stores: what they are called, whether they are sealed, whether they were closed.
const STORES: [(&str, bool, bool); 3] = [("plain", false, true), ("sealed", true, true), ("crashed", false, false)];

const HISTORY: &str = concat!(
    r#"{"key":"users/old","value":{"from":"long ago","n":1.50},"timestamp":"2008-10-01"}"#,
    "\n",
    r#"{"key":"users/old","value":null,"timestamp":"2008-10-01T00:00:00.000001Z","actor":"ann","reason":"tidying"}"#,
    "\n",
    r#"{"key":"users/older","deleted":true,"timestamp":"2008-10-02"}"#,
    "\n"
);

fn key(sealed: bool) -> Option<SealKey> {
    sealed.then(|| SealKey::from_bytes(*b"a key for files that all can read"[..32].first_chunk().unwrap()))
}

/// Writes the store anew; the same bytes on every machine.
fn write(sealed: bool, closed: bool) -> Image {
    let (world, key) = (World::new(2026), key(sealed));
    let open = || world.open(options(key.as_ref())).unwrap();
    let put = |db: &KoruDelta, key: &str, text: &str| {
        world.clock.advance(1_234_567);
        let options = WriteOptions { actor: Some("bob"), ..WriteOptions::default() };
        db.put_json("users", key, text.as_bytes(), options).unwrap();
    };
    let db = open();
    for restamp in [false, true] {
        let mut importer = Importer::new(&db, &ImportOptions { restamp }).unwrap();
        importer.feed(HISTORY.as_bytes()).unwrap();
        importer.finish().unwrap();
    }
    let mut batch = Batch::new();
    for n in 0..12 {
        batch.put_json("orders", &format!("o{}", n % 8), format!("[{n},-0,1e400]").as_bytes()).unwrap();
    }
    batch.put_json("ключи", "\0/\u{feff}", r#"{"z":"\u00e9","a":"é"}"#.as_bytes()).unwrap();
    db.write(batch).unwrap();
    put(&db, "alice", r#"{"name":"Alice"}"#);
    put(&db, "large", &format!("\"{}\"", "golden ".repeat(700)));
    db.flush().unwrap();
    put(&db, "alice", r#"{"name":"Alice","city":"Paris"}"#);
    put(&db, "noise", &format!("\"{}\"", Dice(1).letters(4_200)));
    db.delete("users", "alice").unwrap();
    db.flush().unwrap();
    put(&db, "bob", "1.0");
    db.close().unwrap();
    let db = open();
    db.revert("users", "alice").unwrap();
    put(&db, "carol", "null");
    if closed {
        db.close().unwrap();
    }
    world.vfs.snapshot()
}

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/format-1").join(name)
}

fn stored(name: &str) -> Image {
    let entries = std::fs::read_dir(folder(name)).unwrap().map(Result::unwrap);
    entries.map(|e| (e.file_name().into_string().unwrap(), std::fs::read(e.path()).unwrap())).collect()
}

#[test]
fn the_same_writes_make_the_same_files() {
    for (name, sealed, closed) in STORES {
        let files = write(sealed, closed);
        assert_eq!(files, write(sealed, closed), "{name}: two runs of one build differ");
        if std::env::var("KORU_GOLDEN").is_ok_and(|what| what == "write") {
            let _ = std::fs::remove_dir_all(folder(name));
            std::fs::create_dir_all(folder(name)).unwrap();
            for (file, bytes) in &files {
                std::fs::write(folder(name).join(file), bytes).unwrap();
            }
        }
        let stored = stored(name);
        let names = |files: &Image| files.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&files), names(&stored), "{name}");
        for (file, bytes) in &files {
            let at = bytes.iter().zip(&stored[file]).position(|(a, b)| a != b);
            assert!(*bytes == stored[file], "{file} of the {name} store differs from byte {at:?} on");
        }
    }
}

#[test]
fn the_files_of_format_1_are_read() {
    for (name, sealed, _) in STORES {
        let world = World::of(stored(name), 1);
        for read_only in [true, false] {
            let db = world.open(Options { read_only, ..options(key(sealed).as_ref()) }).unwrap();
            read(&db, name);
            assert!(db.now().unwrap().verify().unwrap().is_ok(), "{name}");
            if !read_only {
                db.put("users", "new", &1).unwrap();
                db.flush().unwrap();
                assert!(db.now().unwrap().verify().unwrap().is_ok(), "{name} after a write");
            }
        }
        assert_eq!(world.open(options(key(sealed).as_ref())).unwrap().get::<u8>("users", "new").unwrap(), Some(1));
    }
}

fn read(db: &KoruDelta, name: &str) {
    let stats = db.now().unwrap().stats(true).unwrap();
    assert_eq!((stats.format, stats.versions, stats.sealed), (1, 27, name == "sealed"), "{name}");
    assert_eq!(stats.last_timestamp.unwrap().to_string(), "2026-02-06T14:30:07.407402Z", "{name}");
    assert_eq!(stats.last_version.unwrap().to_string(), "01KGSNRDSFCJ000012SNTHXNXA", "{name}");
    let text = |space: &str, key: &str, at: &str| {
        let found = db.at(at).unwrap().get_json(space, key).unwrap();
        found.map(|text| String::from_utf8(text).unwrap())
    };
    for (space, key, at, expected) in [
        ("users", "old", "2008-09-30T23:59:59Z", None),
        ("users", "old", "2008-10-01T00:00:00.000000Z", Some(r#"{"from":"long ago","n":1.50}"#)),
        ("users", "old", "2008-10-01T00:00:00.000001Z", Some("null")),
        ("users", "older", "now", None),
        ("users", "alice", "seq:20", Some(r#"{"name":"Alice"}"#)),
        ("users", "alice", "seq:22", Some(r#"{"name":"Alice","city":"Paris"}"#)),
        ("users", "alice", "seq:24", None),
        ("users", "alice", "now", Some(r#"{"name":"Alice","city":"Paris"}"#)),
        ("users", "bob", "now", Some("1.0")),
        ("users", "carol", "now", Some("null")),
        ("orders", "o3", "now", Some("[11,-0,1e400]")),
        ("orders", "o7", "now", Some("[7,-0,1e400]")),
        ("ключи", "\0/\u{feff}", "now", Some(r#"{"z":"\u00e9","a":"é"}"#)),
    ] {
        assert_eq!(text(space, key, at).as_deref(), expected, "{name}: {space}/{key:?} at {at}");
    }
    assert_eq!(text("users", "large", "now"), Some(format!("\"{}\"", "golden ".repeat(700))));
    assert_eq!(text("users", "noise", "now"), Some(format!("\"{}\"", Dice(1).letters(4_200))));
    assert_eq!(db.get_or_err("users", "older").unwrap_err().code(), Code::KeyDeleted);
    let keys = db.list("users", ListQuery::default()).unwrap().versions;
    let keys: Vec<&str> = keys.iter().map(|v| v.key.as_str()).collect();
    assert_eq!(keys, ["alice", "bob", "carol", "large", "noise", "old"]);
    let old = db.history("users", "old", HistoryQuery::default()).unwrap().versions;
    assert_eq!(old.len(), 4);
    assert_eq!(old[0].origin.unwrap().timestamp.to_string(), "2008-10-01T00:00:00.000001Z");
    assert_eq!((old[0].actor.as_deref(), old[0].reason.as_deref()), (Some("ann"), Some("tidying")));
    assert!(old.windows(2).all(|pair| pair[0].previous == Some(pair[1].version)));
    let feed = db.changes(ChangesQuery::default()).unwrap().changes;
    assert!(feed.len() == 27 && feed.iter().zip(1..).all(|(v, seq)| v.seq == seq));
}

#[test]
fn a_sealed_store_of_format_1_opens_with_its_own_key_alone() {
    let world = World::of(stored("sealed"), 1);
    for (key, code) in [(None, Code::SealKeyRequired), (Some(SealKey::from_bytes([0; 32])), Code::WrongSealKey)] {
        assert_eq!(world.open(options(key.as_ref())).unwrap_err().code(), code);
    }
}
