//! Imports: exports that were damaged, histories made by hand, databases that are not empty.

use koru_delta::door::Door;
use koru_delta::{ChangesQuery, Code, HistoryQuery, ImportOptions, ImportReport, Importer, KoruDelta, Version};

use crate::world::{BEGIN_US, World, options};
use crate::{database, refused};

fn import(db: &KoruDelta, text: &[u8], restamp: bool) -> koru_delta::Result<ImportReport> {
    let mut importer = Importer::new(db, &ImportOptions { restamp })?;
    importer.feed(text)?;
    importer.finish()
}

fn empty() -> KoruDelta {
    World::new(77).open(options(None)).unwrap()
}

fn export(db: &KoruDelta) -> Vec<u8> {
    db.export().unwrap().flat_map(Result::unwrap).collect()
}

fn sample() -> KoruDelta {
    let db = database();
    db.batch_put([("users", "x", "1"), ("users", "y", "2"), ("users", "x", "3")]).unwrap();
    db.put("orders", "o", &Option::<u8>::None).unwrap();
    db
}

fn everything(db: &KoruDelta) -> Vec<Version> {
    db.changes(ChangesQuery::default()).unwrap().changes
}

#[test]
fn an_export_is_taken_as_it_is_however_it_is_cut() {
    let db = sample();
    let text = export(&db);
    for at in 0..=text.len() {
        let copy = empty();
        let mut importer = Importer::new(&copy, &ImportOptions::default()).unwrap();
        importer.feed(&text[..at]).unwrap();
        importer.feed(&text[at..]).unwrap();
        importer.finish().unwrap();
        assert_eq!(everything(&copy), everything(&db), "cut at {at}");
    }
}

/// One commit of an import is written out while it is read, and is one commit all the same.
#[test]
fn a_commit_larger_than_the_memory_is_taken_and_stays_one() {
    const COUNT: usize = 24_000;
    let world = World::new(3);
    let db = world.open(options(None)).unwrap();
    let mut importer = Importer::new(&db, &ImportOptions::default()).unwrap();
    let mut text = String::from("{\"key\":\"n/k0\",\"timestamp\":\"2008-09-01\",\"value\":\"before\"}\n");
    let mut dice = crate::world::Dice(4);
    for n in 0..COUNT {
        // Keys come again, so that history is made within the commit.
        let line = format!(
            "{{\"key\":\"n/k{}\",\"timestamp\":\"2008-10-01\",\"value\":\"{n} {}\"}}\n",
            n % 5_000,
            dice.letters(1_000)
        );
        text.push_str(&line);
        if text.len() > 1 << 20 {
            importer.feed(text.as_bytes()).unwrap();
            text.clear();
        }
    }
    importer.feed(text.as_bytes()).unwrap();
    let written: usize =
        world.vfs.snapshot().iter().filter(|(name, _)| name.starts_with("segment")).map(|(_, bytes)| bytes.len()).sum();
    assert!(written > 12 << 20, "{written} bytes were written before the end");
    assert_eq!(db.now().unwrap().stats(false).unwrap().versions, 0, "nothing is part of the database yet");
    let report = importer.finish().unwrap();
    assert_eq!((report.versions, report.commits), (1 + COUNT as u64, 2));
    let check = |db: &KoruDelta| {
        let value =
            |at: &str, key: &str| db.at(at).unwrap().get::<String>("n", key).unwrap().map(|text| text[..5].to_owned());
        for seq in [2, 3, COUNT / 2, COUNT, COUNT + 1] {
            let at = format!("seq:{seq}");
            assert_eq!(value(&at, "k0").unwrap(), "20000", "{at}");
            assert_eq!(value(&at, "k4999").unwrap(), "19999", "{at}");
            assert_eq!(
                db.at(&at)
                    .unwrap()
                    .list("n", koru_delta::ListQuery { limit: 10_000, values: false, ..Default::default() })
                    .unwrap()
                    .versions
                    .len(),
                5_000,
                "{at}"
            );
        }
        assert_eq!(value("seq:1", "k0").unwrap(), "befor");
        assert_eq!(value("2008-09-15", "k1"), None);
        let history = db.history("n", "k1", HistoryQuery::default()).unwrap().versions;
        assert_eq!(history.len(), 5);
        assert!(history.iter().all(|v| v.timestamp == history[0].timestamp));
    };
    check(&db);
    assert!(db.now().unwrap().verify().unwrap().is_ok());
    db.flush().unwrap();
    db.close().unwrap();
    let db = world.open(options(None)).unwrap();
    check(&db);
    let copy = empty();
    import(&copy, &export(&db), false).unwrap();
    check(&copy);
    let last = |db: &KoruDelta| db.now().unwrap().last_version().unwrap();
    assert_eq!(last(&copy), last(&db));
}

#[test]
fn a_damaged_export_writes_nothing() {
    let text = String::from_utf8(export(&sample())).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let joined = |lines: &[&str]| lines.iter().flat_map(|line| [line, "\n"]).collect::<String>();
    let refusals = [Code::ExportDamaged, Code::ImportRefused, Code::InvalidLine, Code::NewerFormat];
    let nothing = |text: &[u8], what: &str| {
        let db = empty();
        let error = import(&db, text, false).expect_err(what);
        assert!(refusals.contains(&error.code()), "{what}: {error:?}");
        refused::<()>(Err(error.clone()), error.code(), what);
        assert_eq!(everything(&db), [], "{what}");
        db.put("users", "after", &1).unwrap();
        error.code()
    };
    // Cut anywhere: the last line break alone may be missing.
    for at in 1..text.len() - 1 {
        let code = nothing(&text.as_bytes()[..at], &format!("cut at {at}"));
        // Without its first line whole it is not known for an export.
        if at > lines[0].len() {
            assert_eq!(code, Code::ExportDamaged, "cut at {at}");
        }
    }
    import(&empty(), text.trim_end().as_bytes(), false).unwrap();
    // One character changed anywhere that means something.
    for at in 0..text.len() {
        let mut altered = text.clone().into_bytes();
        altered[at] = if altered[at] == b'7' { b'8' } else { b'7' };
        let db = empty();
        match import(&db, &altered, false) {
            Err(error) => {
                assert!(refusals.contains(&error.code()), "byte {at}: {error:?}");
                assert_eq!(everything(&db), [], "byte {at}");
            }
            // The number of versions is the only thing after which nothing is summed up; nothing may pass.
            Ok(report) => panic!("byte {at} was altered and {report:?} imported"),
        }
    }
    for (what, changed) in [
        ("two lines exchanged", joined(&[&[lines[0], lines[2], lines[1]], &lines[3..]].concat())),
        ("two lines of one commit exchanged", joined(&[&lines[..4], &[lines[5], lines[4]], &lines[6..]].concat())),
        ("a line left out", joined(&[&lines[..2], &lines[3..]].concat())),
        ("a line twice", joined(&[&lines[..3], &lines[2..]].concat())),
        (
            "a line added",
            joined(
                &[&lines[..3], &[r#"{"key":"users/z","value":1,"timestamp":"2026-02-06T14:30:00Z"}"#], &lines[3..]]
                    .concat(),
            ),
        ),
        ("the first line left out", joined(&lines[1..])),
        ("the first line twice", joined(&[&lines[..1], &lines[..]].concat())),
        ("the last line twice", joined(&[&lines[..], &lines[lines.len() - 1..]].concat())),
        ("the last line left out", joined(&lines[..lines.len() - 1])),
        ("something after the last line", format!("{text}{}\n", lines[1])),
        ("the export twice", text.repeat(2)),
        ("line ends of another system", text.replace('\n', "\r\n")),
        ("a newer format", text.replacen("\"format\":1", "\"format\":2", 1)),
    ] {
        nothing(changed.as_bytes(), what);
    }
    let newer = import(&empty(), text.replacen("\"format\":1", "\"format\":2", 1).as_bytes(), false);
    refused(newer, Code::NewerFormat, "a newer format");
}

#[test]
fn an_import_that_failed_is_over() {
    let db = empty();
    let mut importer = Importer::new(&db, &ImportOptions::default()).unwrap();
    importer.feed(b"{\"key\":\"users/a\",\"value\":1,\"timestamp\":\"2020-01-01\"}\n").unwrap();
    refused(importer.feed(b"nonsense\n"), Code::InvalidLine, "nonsense");
    refused(
        importer.feed(b"{\"key\":\"users/b\",\"value\":1,\"timestamp\":\"2020-01-02\"}\n"),
        Code::InvalidLine,
        "after nonsense",
    );
    refused(importer.finish(), Code::InvalidLine, "the end after nonsense");
    assert_eq!(everything(&db), []);
    let door = Door::new(db.clone());
    let mut importer = door.importer("{}").unwrap();
    importer.feed(b"nonsense\n").unwrap_err();
    refused(importer.finish(), Code::Closed, "the end after nonsense");
    assert_eq!(everything(&db), []);
    refused(door.importer(r#"{"restmap":true}"#).map(drop), Code::InvalidParams, "an unknown option");
}

#[test]
fn a_database_that_is_not_empty_takes_what_comes_after_it() {
    let text = |times: &[&str]| {
        times
            .iter()
            .flat_map(|time| ["{\"key\":\"users/new\",\"value\":1,\"timestamp\":\"", time, "\"}\n"])
            .collect::<String>()
    };
    let newest = |db: &KoruDelta| everything(db).pop().unwrap().timestamp;
    let db = database();
    let equal = newest(&db).to_string();
    for (what, lines) in [
        ("older", text(&["2020-01-01"])),
        ("equal", text(&[&equal])),
        ("older and newer", text(&["2020-01-01", "2026-02-06T15:00:00Z"])),
    ] {
        let before = everything(&db);
        refused(import(&db, lines.as_bytes(), false), Code::ImportRefused, what);
        assert_eq!(everything(&db), before, "{what}");
    }
    import(&db, text(&["2026-02-06T15:00:00Z"]).as_bytes(), false).unwrap();
    assert_eq!(everything(&db).len(), 4);
    // Stamped anew, everything goes, and remembers when it was.
    let report = import(&db, text(&["2020-01-01", "2020-01-01", "2020-01-02", "2020-01-01"]).as_bytes(), true).unwrap();
    assert_eq!((report.versions, report.commits), (4, 3));
    let history = db.history("users", "new", HistoryQuery::default()).unwrap().versions;
    let origins: Vec<String> =
        history.iter().take(4).map(|v| v.origin.unwrap().timestamp.to_string()[..10].to_owned()).collect();
    assert_eq!(origins, ["2020-01-01", "2020-01-02", "2020-01-01", "2020-01-01"]);
    assert!(history.windows(2).all(|pair| pair[0].timestamp >= pair[1].timestamp && pair[0].seq > pair[1].seq));
    assert_eq!(history[2].timestamp, history[3].timestamp, "equal neighbours are one commit");
    db.put("users", "new", &2).unwrap();
    assert!(newest(&db) > history[0].timestamp);
}

#[test]
fn times_that_cannot_be_are_refused() {
    let now = koru_delta::Stamp::from_micros(BEGIN_US);
    for (what, time) in [
        ("the future", "2027-01-01T00:00:00Z"),
        ("the far future", "9999-12-31T23:59:59Z"),
        ("before 1970", "1969-12-31T23:59:59.999999Z"),
        ("the year 0", "0000-01-01T00:00:00Z"),
        ("no time", "yesterday"),
        ("nothing", ""),
        ("a number", "1700000000"),
        ("a relative time", "-10m"),
        ("the thirtieth of February", "2020-02-30"),
    ] {
        let db = empty();
        let line = format!("{{\"key\":\"users/a\",\"value\":1,\"timestamp\":\"{time}\"}}\n");
        let error = import(&db, line.as_bytes(), false).expect_err(what);
        assert!([Code::InvalidLine, Code::ImportRefused].contains(&error.code()), "{what}: {error:?}");
        refused::<()>(Err(error.clone()), error.code(), what);
        assert_eq!(everything(&db), []);
    }
    let db = empty();
    let line = format!("{{\"key\":\"users/a\",\"value\":1,\"timestamp\":\"{now}\"}}\n");
    import(&db, line.as_bytes(), false).unwrap();
    // The future can be stamped anew.
    import(&db, b"{\"key\":\"users/a\",\"value\":2,\"timestamp\":\"2031-01-01\"}\n", true).unwrap();
    assert_eq!(db.get::<u8>("users", "a").unwrap(), Some(2));
}

#[test]
fn a_history_made_by_hand_is_read_at_its_own_times() {
    let text = "\u{feff}{\"key\":\"users/a\",\"value\":1,\"timestamp\":\"2020-01-01\"}\r\n\
        {\"key\":\"users/b\",\"value\":null,\"timestamp\":\"2020-01-01T00:00:00Z\",\"actor\":\"ann\"}\n\n\
        {\"namespace\":\"users\",\"key\":\"a\",\"deleted\":true,\"timestamp\":\"2020-01-01T02:00:00+01:00\"}\n\
        {\"key\":\"users/a\",\"value\":{\"x\":1.0},\"timestamp\":\"2020-06-01\"}";
    for flushed in [false, true] {
        let db = empty();
        let report = import(&db, text.as_bytes(), false).unwrap();
        assert_eq!((report.versions, report.commits), (4, 3));
        if flushed {
            db.put("users", "more", &1).unwrap();
            db.flush().unwrap();
        }
        let at = |moment: &str, key: &str| {
            db.at(moment).unwrap().get_json("users", key).unwrap().map(|v| String::from_utf8(v).unwrap())
        };
        assert_eq!(at("2019-12-31T23:59:59Z", "a"), None);
        assert_eq!(at("2020-01-01T00:00:00Z", "a").as_deref(), Some("1"));
        assert_eq!(at("2020-01-01T00:00:00Z", "b").as_deref(), Some("null"));
        assert_eq!(at("seq:1", "b").as_deref(), Some("null"), "one commit is seen whole");
        assert_eq!(at("2020-01-01T01:00:00Z", "a"), None);
        assert_eq!(at("2020-05-31T23:59:59Z", "a"), None);
        assert_eq!(at("2020-06-01", "a").as_deref(), Some("{\"x\":1.0}"));
        let verified = db.now().unwrap().verify().unwrap();
        assert!(verified.is_ok(), "{verified:?}");
    }
}

#[test]
fn lines_that_are_no_history_are_refused() {
    let stamp = "\"timestamp\":\"2020-01-01\"";
    for line in [
        "1".to_owned(),
        "{}".to_owned(),
        format!("{{\"key\":\"users/a\",{stamp}}}"),
        format!("{{\"key\":\"a\",\"value\":1,{stamp}}}"),
        format!("{{\"key\":\"_x/a\",\"value\":1,{stamp}}}"),
        format!("{{\"key\":\"users/a\",\"value\":1,\"deleted\":true,{stamp}}}"),
        "{\"key\":\"users/a\",\"value\":1}".to_owned(),
        format!("{{\"key\":\"users/a\",\"value\":1,{stamp},\"seq\":0}}"),
        format!("{{\"key\":\"users/a\",\"value\":1,{stamp},\"seq\":-1}}"),
        format!("{{\"key\":\"users/a\",\"value\":1,{stamp},\"version\":\"nonsense\"}}"),
        format!("{{\"key\":\"users/a\",\"value\":1,{stamp},\"version\":\"01KGSNR6J1FM00001HQA041676\"}}"),
        format!("{{\"key\":\"users/a\",\"value\":1,{stamp},\"previous\":\"nonsense\"}}"),
        format!("{{\"key\":\"users/a\",\"value\":1,{stamp},\"actor\":\"{}\"}}", "a".repeat(1025)),
        format!("{{\"key\":\"users/a\",\"value\":{{\"a\":1,\"a\":1}},{stamp}}}"),
        format!("{{\"key\":\"users/a\",\"value\":\"\\ud800\",{stamp}}}"),
        format!("{{\"key\":\"users/a\",\"value\":1,{stamp},\"origin\":{{\"timestamp\":\"never\"}}}}"),
        format!("{{\"key\":\"users/a\",\"value\":1,{stamp},\"color\":\"red\"}}"),
        format!("{{\"key\":\"users/{}\",\"value\":1,{stamp}}}", "k".repeat(1025)),
        "{\"korudelta\":\"end\",\"versions\":0,\"sha256\":\"\"}".to_owned(),
        "{\"korudelta\":1}".to_owned(),
        "[".repeat(100_000),
    ] {
        let db = empty();
        let error = import(&db, format!("{line}\n").as_bytes(), false).expect_err(&line);
        assert!(
            [Code::InvalidLine, Code::ImportRefused, Code::ExportDamaged].contains(&error.code()),
            "{line:.100}: {error:?}"
        );
        assert_eq!(everything(&db), []);
    }
}
