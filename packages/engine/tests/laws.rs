//! Laws that hold whatever was written: the same answers from memory, segments, another folder, and the feed.

mod world;

use std::collections::{BTreeMap, BTreeSet};

use koru_delta::{
    Batch, ChangesQuery, HistoryQuery, ImportOptions, Importer, KoruDelta, ListQuery, SealKey, Version, WriteOptions,
    patch,
};
use world::{Dice, World, options};

const SPACES: [&str; 3] = ["users", "orders", "ключи"];

/// Writes `count` commits of every kind.
fn write(db: &KoruDelta, world: &World, dice: &mut Dice, count: usize) {
    for _ in 0..count {
        world.clock.advance(dice.below(3_000) as u64);
        let (space, key) = (SPACES[dice.below(3)], format!("k{}", dice.below(12)));
        match dice.below(10) {
            0 => drop(db.delete(space, &key)),
            1 => drop(db.revert(space, &key)),
            2 => {
                let mut batch = Batch::new();
                batch.annotate(Some("ann"), Some("many at once")).unwrap();
                for _ in 0..=dice.below(8) {
                    let key = format!("k{}", dice.below(12));
                    batch.put_json(SPACES[dice.below(3)], &key, document(dice).as_bytes()).unwrap();
                }
                db.write(batch).unwrap();
            }
            _ => {
                let text = document(dice);
                db.put_json(space, &key, text.as_bytes(), WriteOptions::default()).unwrap();
            }
        }
    }
}

fn document(dice: &mut Dice) -> String {
    let length = if dice.below(40) == 0 { 5_000 } else { dice.below(60) };
    match dice.below(5) {
        0 => "null".into(),
        1 => format!("{}.50", dice.below(1_000)),
        2 => format!("[{},\"{}\",-0]", dice.below(9), dice.letters(length)),
        _ => format!(
            "{{\"n\":{},\"name\":\"{}\",\"tags\":[{},{}]}}",
            dice.below(9),
            dice.letters(length),
            dice.below(3),
            dice.below(3)
        ),
    }
}

fn all_changes(db: &KoruDelta) -> Vec<Version> {
    let (mut all, mut since) = (Vec::new(), None);
    loop {
        let page = db.changes(ChangesQuery { since: since.as_deref(), limit: 37, ..ChangesQuery::default() }).unwrap();
        all.extend(page.changes);
        since = Some(page.cursor);
        if !page.more {
            return all;
        }
    }
}

/// Everything that can be asked, as text.
fn answers(db: &KoruDelta, moments: &[String]) -> Vec<String> {
    let mut all = vec![format!("{:?}", all_changes(db))];
    for moment in moments {
        let view = db.at(moment).unwrap();
        for space in SPACES {
            for reverse in [false, true] {
                let (mut cursor, mut keys) = (None, Vec::new());
                loop {
                    let page = view
                        .list(space, ListQuery { reverse, limit: 5, cursor: cursor.as_deref(), ..ListQuery::default() })
                        .unwrap();
                    keys.extend(page.versions);
                    cursor = page.cursor;
                    if cursor.is_none() {
                        break;
                    }
                }
                all.push(format!("{moment} {keys:?}"));
            }
            for key in (0..12).map(|n| format!("k{n}")) {
                all.push(format!("{:?}", view.history(space, &key, HistoryQuery::default()).unwrap().versions));
                all.push(format!("{:?}", view.get_version(space, &key).unwrap()));
            }
        }
        all.push(format!("{:?}", view.namespaces(true).unwrap()));
    }
    all
}

/// The moments at and around some commits.
fn moments(changes: &[Version]) -> Vec<String> {
    let mut all = vec!["now".to_owned(), "seq:0".into()];
    for version in changes.iter().step_by(1 + changes.len() / 7) {
        all.push(version.version.to_string());
        all.push(format!("seq:{}", version.seq));
        all.push(version.timestamp.to_string());
        all.push(koru_delta::Stamp::from_micros(version.timestamp.micros() - 1).to_string());
    }
    all
}

fn export(db: &KoruDelta) -> String {
    String::from_utf8(db.export().unwrap().flat_map(Result::unwrap).collect()).unwrap()
}

fn import(db: &KoruDelta, text: &str) {
    let mut importer = Importer::new(db, &ImportOptions::default()).unwrap();
    for piece in text.as_bytes().chunks(1_000) {
        importer.feed(piece).unwrap();
    }
    importer.finish().unwrap();
}

/// The lines between the first, which tells of the export itself, and the last, which sums up all of it.
fn body(text: &str) -> &str {
    let start = text.find('\n').unwrap() + 1;
    &text[start..text.trim_end().rfind('\n').unwrap()]
}

#[test]
fn answers_do_not_depend_on_where_the_versions_lie() {
    let seed = world::seed(21);
    println!("seed {seed}");
    world::rounds(|round| {
        for (n, key) in [None, Some(SealKey::from_bytes([3; 32]))].iter().enumerate() {
            let (world, mut dice) = (World::new(seed + round), Dice(seed + round * 2 + n as u64));
            let mut db = world.open(options(key.as_ref())).unwrap();
            for step in 0..8 {
                write(&db, &world, &mut dice, 60);
                let moments = moments(&all_changes(&db));
                let before = answers(&db, &moments);
                db.flush().unwrap();
                assert_eq!(answers(&db, &moments), before, "after flush {step}, seed {seed}");
                if step % 2 == 1 {
                    db.close().unwrap();
                    db = world.open(options(key.as_ref())).unwrap();
                    assert_eq!(answers(&db, &moments), before, "after reopening {step}, seed {seed}");
                }
                let reader = world.open(koru_delta::Options { read_only: true, ..options(key.as_ref()) }).unwrap();
                assert_eq!(answers(&reader, &moments), before, "in a reader {step}, seed {seed}");
            }
            let verified = db.now().unwrap().verify().unwrap();
            assert!(verified.is_ok(), "{verified:?}");
        }
    });
}

#[test]
fn an_export_of_an_import_is_the_export() {
    let seed = world::seed(22);
    println!("seed {seed}");
    world::rounds(|round| {
        let (world, mut dice) = (World::new(seed + round), Dice(seed + round));
        let db = world.open(options(None)).unwrap();
        write(&db, &world, &mut dice, 300);
        let first = export(&db);
        let mut text = first.clone();
        for copy in 0..3 {
            let key = (copy == 1).then(|| SealKey::from_bytes([4; 32]));
            let other = World::new(1_000 + copy);
            other.clock.advance(1_000_000_000);
            let other = other.open(options(key.as_ref())).unwrap();
            import(&other, &text);
            if copy == 2 {
                other.flush().unwrap();
            }
            text = export(&other);
            assert_eq!(body(&text), body(&first), "copy {copy}, seed {seed}");
            let moments = moments(&all_changes(&db));
            assert_eq!(answers(&other, &moments), answers(&db, &moments), "copy {copy}, seed {seed}");
        }
        // An export of a moment is the beginning of the whole.
        let half = db.at(format!("seq:{}", all_changes(&db).len() / 2)).unwrap();
        let half = String::from_utf8(half.export().unwrap().flat_map(Result::unwrap).collect()).unwrap();
        assert!(body(&first).starts_with(body(&half)));
    });
}

#[test]
fn the_feed_folded_is_the_state_at_every_commit() {
    let seed = world::seed(23);
    println!("seed {seed}");
    let (world, mut dice) = (World::new(seed), Dice(seed));
    let db = world.open(options(None)).unwrap();
    write(&db, &world, &mut dice, 200);
    db.flush().unwrap();
    write(&db, &world, &mut dice, 100);
    let changes = all_changes(&db);
    assert!(changes.iter().zip(1..).all(|(v, seq)| v.seq == seq), "the feed has a gap");
    let mut newest: BTreeMap<(String, String), Version> = BTreeMap::new();
    for (at, version) in changes.iter().enumerate() {
        let name = (version.namespace.clone(), version.key.clone());
        assert_eq!(version.previous, newest.get(&name).map(|v| v.version), "seq {}", version.seq);
        newest.insert(name, version.clone());
        let ends = changes.get(at + 1).is_none_or(|next| next.timestamp != version.timestamp);
        if ends && dice.below(6) == 0 {
            let view = db.at(version.version).unwrap();
            for space in SPACES {
                let folded: Vec<Version> =
                    newest.values().filter(|v| v.namespace == space && !v.deleted).cloned().collect();
                let listed = view.list(space, ListQuery { limit: 1_000, ..ListQuery::default() }).unwrap().versions;
                assert_eq!(listed, folded, "at seq {}, seed {seed}", version.seq);
            }
        }
    }
}

#[test]
fn a_difference_applied_to_the_earlier_document_is_the_later_one() {
    let seed = world::seed(24);
    println!("seed {seed}");
    let (world, mut dice) = (World::new(seed), Dice(seed));
    let db = world.open(options(None)).unwrap();
    write(&db, &world, &mut dice, 400);
    db.flush().unwrap();
    let moments = moments(&all_changes(&db));
    let mut checked = 0;
    for space in SPACES {
        for key in (0..12).map(|n| format!("k{n}")) {
            for pair in moments.windows(2) {
                let Ok(difference) = db.diff(space, &key, &pair[0], &pair[1]) else { continue };
                if let (Some(before), Some(after)) = (&difference.before, &difference.after) {
                    let made = patch::apply(difference.patch.as_bytes(), before.as_bytes()).unwrap();
                    // A patch cannot reorder members, and equal numbers may be spelled in two ways.
                    let read = |text: &[u8]| serde_json::from_slice::<serde_json::Value>(text).unwrap();
                    assert_eq!(read(&made), read(after.as_bytes()), "{space}/{key} {pair:?}: {}", difference.patch);
                    checked += 1;
                }
            }
        }
    }
    assert!(checked > 100, "{checked}");
}

#[test]
fn nothing_that_was_written_can_be_read_in_the_files_of_a_sealed_store() {
    let mut dice = Dice(world::seed(25));
    let (world, key) = (World::new(25), SealKey::from_bytes([5; 32]));
    let mut canaries: BTreeSet<String> = BTreeSet::new();
    let all: Vec<String> = (0..1_010).map(|_| dice.letters(16)).collect();
    canaries.extend(all.iter().cloned());
    let mut unused = all.into_iter();
    let mut canary = || unused.next().unwrap();
    let db = world.open(options(Some(&key))).unwrap();
    for n in 0..200 {
        let (actor, reason) = (canary(), canary());
        let options = WriteOptions { actor: Some(&actor), reason: Some(&reason), ..WriteOptions::default() };
        let length = if n % 50 == 0 { 300 } else { 1 };
        let text = format!("\"{}\"", canary().repeat(length));
        db.put_json(&format!("n{}", canary()), &canary(), text.as_bytes(), options).unwrap();
        if n % 60 == 59 {
            db.flush().unwrap();
        }
        if n == 150 {
            db.put("guarded", "k", &canary()).unwrap();
            let mut batch = Batch::new();
            batch.put("guarded", "k", &canary()).unwrap().expect("guarded", "k", None).unwrap();
            let shown = format!("{:?}", db.write(batch).unwrap_err());
            assert!(canaries_in(&canaries, shown.as_bytes()).is_empty(), "{shown}");
        }
    }
    assert!(canaries.len() >= 1_000);
    let look = |when: &str| {
        for (name, bytes) in world.vfs.snapshot() {
            let found = canaries_in(&canaries, &bytes);
            assert!(found.is_empty(), "{name} {when} shows {found:?}");
        }
    };
    look("in use");
    db.close().unwrap();
    look("closed");
    // The same in a plain store is there to be found, so the look is one that can find.
    let plain = World::new(26);
    plain.open(options(None)).unwrap().put("n", "k", canaries.first().unwrap()).unwrap();
    assert!(plain.vfs.snapshot().values().any(|bytes| !canaries_in(&canaries, bytes).is_empty()));
}

fn canaries_in(canaries: &BTreeSet<String>, bytes: &[u8]) -> Vec<String> {
    let windows = bytes.windows(16).filter_map(|window| std::str::from_utf8(window).ok());
    windows.filter(|text| canaries.contains(*text)).map(str::to_owned).collect()
}

#[test]
fn errors_do_not_show_documents() {
    let db = World::new(27).open(options(None)).unwrap();
    let secret = "a-secret-of-32-letters-or-so-here";
    let door = koru_delta::door::Door::new(db.clone());
    let quoted = format!("\"{secret}\"");
    let half = format!("[\"{secret}\",");
    let errors = [
        db.put_json("users", "k", half.as_bytes(), WriteOptions::default()).unwrap_err(),
        door.call("put", &format!("{{\"namespace\":\"users\",\"key\":\"k\",\"value\":{half}}}")).unwrap_err(),
        door.call("put", &quoted).unwrap_err(),
        door.call("batch", &format!("{{\"ops\":{quoted}}}")).unwrap_err(),
        door.batch_lines(quoted.as_bytes(), "{}").unwrap_err(),
        door.batch_lines(format!("{{\"key\":\"users/k\",\"value\":{half}}}").as_bytes(), "{}").unwrap_err(),
        db.put("users", "k", secret).and_then(|_| db.get::<u8>("users", "k")).unwrap_err(),
    ];
    for error in errors {
        let shown = format!("{error:?} {error} {}", error.to_json());
        assert!(!shown.contains(secret), "{shown}");
    }
}
