//! One test for each bug that the battery has found.

use std::sync::Arc;

use koru_delta::host::{Crash, Fault, Host, ManualClock, MemVfs, OperationKind, SeededEntropy, SimVfs};
use koru_delta::{
    Batch, ChangesQuery, Code, Durability, HistoryQuery, ImportOptions, Importer, KoruDelta, LineOptions, Options,
};

use crate::interrupted::Interrupted;
use crate::random::Random;

#[test]
fn a_null_document_survives_export_and_import_and_comes_in_by_lines() {
    let db = KoruDelta::start().unwrap();
    db.batch_lines(b"{\"key\":\"n/k\",\"value\":null}\n", LineOptions::default()).unwrap();
    let text: Vec<Vec<u8>> = db.export().unwrap().collect::<Result<_, _>>().unwrap();
    let other = KoruDelta::start().unwrap();
    let mut importer = Importer::new(&other, &ImportOptions::default()).unwrap();
    importer.feed(&text.concat()).unwrap();
    importer.finish().unwrap();
    assert_eq!(other.get_json("n", "k").unwrap().as_deref(), Some(&b"null"[..]));
}

/// A key that fills several segments of a tier, of which the last also holds newer versions of other keys.
#[test]
fn a_key_that_goes_on_in_the_next_segment_is_read_in_order() {
    let options = Options { memtable_bytes: Some(1024), memory_bytes: 4 << 20, ..Options::default() };
    let db = KoruDelta::start_with(options).unwrap();
    let mut random = Random::new(1);
    let mut batch = Batch::new();
    let texts: Vec<String> = (0..120).map(|_| format!("{:?}", [0; 9].map(|_| random.word()))).collect();
    for (n, text) in texts.iter().enumerate() {
        batch.put_json("n", if n < 70 { "k" } else { "z" }, text.as_bytes()).unwrap();
    }
    db.write(batch).unwrap();
    db.flush().unwrap();
    assert!(db.now().unwrap().stats(false).unwrap().files.segments > 4, "the key is to fill several segments");
    let page = db.history("n", "k", HistoryQuery::default()).unwrap();
    let values: Vec<String> = page.versions.iter().map(|version| version.value.clone().unwrap()).collect();
    assert!(
        values.iter().eq(texts[..70].iter().map(|text| text.replace(' ', "")).rev().collect::<Vec<_>>().iter()),
        "{values:?}"
    );
    let previous: Vec<_> = page.versions.iter().map(|version| version.previous).collect();
    let ids: Vec<_> = page.versions.iter().skip(1).map(|version| Some(version.version)).chain([None]).collect();
    assert_eq!(previous, ids);
}

/// What was acknowledged before its sync may still be lost; the call that was to make it durable must then say so.
#[test]
fn a_flush_and_a_close_tell_that_the_log_could_not_be_synced() {
    for act in [KoruDelta::flush, KoruDelta::close, |db: &KoruDelta| db.flush().or_else(|_| db.close())] {
        let disk = SimVfs::new();
        let db = KoruDelta::open(host(&disk), Options { durability: Durability::None, ..Options::default() }).unwrap();
        db.put("n", "k", &1).unwrap();
        disk.fail(Fault::dropped_sync(std::io::ErrorKind::Other).on(OperationKind::Sync));
        let code = act(&db).map_err(|error| error.code()).unwrap_err();
        assert!(matches!(code, Code::IoError | Code::Poisoned), "{code}");
    }
}

/// A feed that ends at a moment looks for that end on the disk, and must not take a failure for the beginning of time.
#[test]
fn a_feed_of_the_past_tells_that_it_could_not_be_read() {
    let disk = SimVfs::new();
    let db = KoruDelta::open(host(&disk), Options { memtable_bytes: Some(1024), ..Options::default() }).unwrap();
    for n in 0..200 {
        db.put("n", "k", &n).unwrap();
    }
    let past = db.at("seq:100").unwrap();
    db.flush().unwrap();
    disk.fail(Fault::error(std::io::ErrorKind::Other).on(OperationKind::Read).forever());
    let answers = [
        past.changes(ChangesQuery::default()).map(drop),
        past.stats(false).map(drop),
        past.export().and_then(|mut export| export.next_piece()).map(drop),
    ];
    for answer in answers {
        assert_eq!(answer.map_err(|error| error.code()), Err(Code::IoError));
    }
}

fn host(disk: &SimVfs) -> Host {
    Host {
        vfs: Arc::new(disk.clone()),
        clock: Arc::new(ManualClock::new(1_000_000)),
        entropy: Arc::new(SeededEntropy::new(1)),
        background: false,
    }
}

/// After a crash the end of the log is found by looking; after a clean close it is known, and what is missing of it is
/// damage. That holds also when nothing was written in between.
#[test]
fn a_clean_close_after_a_crash_records_where_the_log_ended() {
    let disk = SimVfs::new();
    let db = KoruDelta::open(host(&disk), Options::default()).unwrap();
    for n in 0..3 {
        db.put("n", "k", &n).unwrap();
    }
    let after_the_crash = disk.crash(&Crash::AllKept);
    let reopen = |folder: &MemVfs| {
        let host = Host { vfs: Arc::new(folder.clone()), ..host(&disk) };
        KoruDelta::open(host, Options { lock_timeout_ms: 0, ..Options::default() })
    };
    reopen(&after_the_crash).unwrap().close().unwrap();
    let mut files = after_the_crash.snapshot();
    let log = files.get_mut("log-000001").unwrap();
    let last = log.iter().rposition(|byte| *byte != 0).unwrap();
    log[last] ^= 1;
    let error = reopen(&MemVfs::from_files(files)).unwrap_err();
    assert_eq!(error.code(), Code::Corrupt);
}

/// A failed sync of the folder may have taken with it the names that another thread was about to sync.
#[test]
fn after_a_failed_sync_of_the_folder_no_new_file_is_trusted() {
    let disk = SimVfs::new();
    let db = KoruDelta::open(host(&disk), Options::default()).unwrap();
    db.put("n", "k", &1).unwrap();
    disk.fail(Fault::dropped_sync(std::io::ErrorKind::Other).on(OperationKind::SyncDir));
    assert!(db.flush().unwrap_err().detail().contains("Cannot sync"));
    assert_eq!(db.put("n", "k", &2).unwrap_err().code(), Code::Poisoned);
    assert_eq!(db.get::<i32>("n", "k").unwrap(), Some(1));
    drop(db);
    let db = KoruDelta::open(host(&disk), Options::default()).unwrap();
    assert_eq!(db.get::<i32>("n", "k").unwrap(), Some(1));
    db.put("n", "k", &3).unwrap();
}

/// The first write of the first manifest may arrive without its first byte; the folder is nobody else's for that.
#[test]
fn a_creation_that_was_torn_anywhere_is_finished_by_the_next_open() {
    let disk = SimVfs::new();
    drop(KoruDelta::open(host(&disk), Options::default()).unwrap());
    let whole = disk.snapshot().remove("manifest-000000").unwrap();
    for torn in 0..whole.len() {
        for (name, bytes) in
            [("front", [vec![0; torn], whole[torn..].to_vec()].concat()), ("end", whole[..torn].to_vec())]
        {
            let folder = MemVfs::from_files([("manifest-000000".to_owned(), bytes)].into());
            let host = Host { vfs: Arc::new(folder), ..host(&disk) };
            let db =
                KoruDelta::open(host, Options::default()).unwrap_or_else(|error| panic!("{name} {torn}: {error:?}"));
            db.put("n", "k", &1).unwrap();
        }
    }
}

/// A log is written with zeros ahead. When the disk had room for a write and none for the zeros after it, the write was
/// refused, and counted all the same when the log was next read.
#[test]
fn a_write_that_was_refused_by_a_full_disk_never_counts() {
    for limit in (20_000..60_000).step_by(211) {
        let disk = SimVfs::new();
        disk.limit_bytes(Some(limit));
        let db = KoruDelta::open(host(&disk), Options::default()).unwrap();
        let mut written = 0;
        let failure = loop {
            match db.put("n", "k", &"x".repeat(900)) {
                Ok(_) => written += 1,
                Err(error) => break error,
            }
        };
        assert_eq!(failure.code(), Code::DiskFull);
        // The process dies, with the power or without.
        for crash in [Crash::AllKept, Crash::AllLost] {
            let left = Host { vfs: Arc::new(disk.crash(&crash)), ..host(&disk) };
            let db = KoruDelta::open(left, Options::default()).unwrap();
            let found = db.now().unwrap().stats(false).unwrap().versions;
            assert_eq!(found, written, "{crash:?} with room for {limit} bytes");
        }
    }
}

/// What was in the logs when the disk became full is more than an open replays without a flush, and a flush takes room.
#[test]
fn a_full_disk_keeps_no_database_shut() {
    let disk = SimVfs::new();
    let options = || Options { memtable_bytes: Some(16 << 10), ..Options::default() };
    let db = KoruDelta::open(host(&disk), options()).unwrap();
    disk.limit_bytes(Some(300_000));
    let mut random = Random::new(1);
    let mut written = 0;
    let failure = loop {
        match db.put("n", &written.to_string(), &[0; 30].map(|_| random.word())) {
            Ok(_) => written += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(failure.code(), Code::DiskFull);
    // Not even a byte is left; the closes fail, and the opens do not.
    disk.limit_bytes(Some(0));
    drop(db);
    for _ in 0..2 {
        let db = KoruDelta::open(host(&disk), options()).unwrap();
        assert_eq!(db.now().unwrap().stats(false).unwrap().versions, written);
        assert_eq!(db.put("n", "k", &1).map(drop).map_err(|error| error.code()), Err(Code::DiskFull));
        assert_eq!(db.flush().map_err(|error| error.code()), Err(Code::DiskFull));
    }
    disk.limit_bytes(None);
    let db = KoruDelta::open(host(&disk), options()).unwrap();
    db.put("n", "k", &1).unwrap();
    db.flush().unwrap();
    assert_eq!(db.now().unwrap().verify().unwrap().versions, written + 1);
}

/// What an import has written so far goes with it, unless the database was closed meanwhile: then files of the same names
/// are those of whoever opened it next.
#[test]
fn an_import_that_outlives_its_database_leaves_the_next_one_alone() {
    let source = KoruDelta::start().unwrap();
    for _ in 0..2 {
        let mut batch = Batch::new();
        for n in 0..80 {
            batch.put("n", &format!("k{n}"), &"x".repeat(60_000)).unwrap();
        }
        source.write(batch).unwrap();
    }
    let text: Vec<Vec<u8>> = source.export().unwrap().collect::<Result<_, _>>().unwrap();
    let text = text.concat();
    let disk = SimVfs::new();
    let small = || Options { memory_bytes: 4 << 20, lock_timeout_ms: 0, ..Options::default() };
    let db = KoruDelta::open(host(&disk), small()).unwrap();
    let before = disk.snapshot().len();
    let mut importer = Importer::new(&db, &ImportOptions { restamp: true }).unwrap();
    importer.feed(&text[..text.len() * 3 / 4]).unwrap();
    assert!(disk.snapshot().len() > before, "the import is to have written files");
    db.close().unwrap();
    let next = KoruDelta::open(host(&disk), small()).unwrap();
    for n in 0..3 {
        next.put("n", "k", &vec!["y"; 2_000]).unwrap();
        next.put("m", "k", &n).unwrap();
        next.flush().unwrap();
    }
    let error = importer.feed(&text[text.len() * 3 / 4..]).and_then(|()| importer.finish().map(drop)).unwrap_err();
    assert_eq!(error.code(), Code::Closed, "{error:?}");
    next.close().unwrap();
    let again = KoruDelta::open(host(&disk), small()).unwrap();
    assert_eq!(again.get::<u8>("m", "k").unwrap(), Some(2));
    assert!(again.now().unwrap().verify().unwrap().is_ok());
}

/// An import takes the place of its versions below what is in memory, so nothing may be there. A put that came between the
/// flush at its beginning and its look at the newest seq was: the import's versions hid below it, and the database did not
/// open again.
#[test]
fn a_put_at_the_beginning_of_an_import_is_older_than_the_import_or_refuses_it() {
    let line = b"{\"namespace\":\"n\",\"key\":\"x\",\"timestamp\":\"2030-01-01T00:00:00Z\",\"value\":\"imported\"}\n";
    // So many puts come while what was there before is being flushed, each during the flush of the one before.
    for (puts, expected) in [(0, "imported"), (1, "imported"), (2, "imported"), (50, "put")] {
        let disk = Interrupted::new("segment-");
        // The thread that flushes is another, so that the act may write.
        let world = || Host { vfs: Arc::new(disk.clone()), background: true, ..host(&SimVfs::new()) };
        let db = KoruDelta::open(world(), Options::default()).unwrap();
        db.put("n", "x", &"before").unwrap();
        for _ in 0..puts {
            let other = db.clone();
            disk.then(move || drop(other.put("n", "x", &"put").unwrap()));
        }
        let finished = Importer::new(&db, &ImportOptions { restamp: true }).and_then(|mut importer| {
            importer.feed(line)?;
            importer.finish()
        });
        let refused = finished.err().map(|error| error.code());
        assert_eq!(refused, (expected == "put").then_some(Code::ImportRefused), "after {puts} puts");
        let newest = &db.history("n", "x", HistoryQuery::default()).unwrap().versions[0];
        assert_eq!(newest.value_as::<String>().unwrap(), db.get::<String>("n", "x").unwrap(), "after {puts} puts");
        // Acts that are left hold the database open.
        while !disk.is_done() {
            db.put("n", "more", &1).unwrap();
            db.flush().unwrap();
        }
        let before = db.now().unwrap().stats(false).unwrap().versions;
        db.close().unwrap();
        drop(db);
        let db = KoruDelta::open(world(), Options::default()).unwrap();
        assert_eq!(db.get::<String>("n", "x").unwrap().as_deref(), Some(expected), "after {puts} puts");
        assert_eq!(db.now().unwrap().stats(false).unwrap().versions, before);
        assert!(db.now().unwrap().verify().unwrap().is_ok());
    }
}

/// Each write that a full disk refused left an empty log behind.
#[test]
fn writes_that_a_full_disk_refuses_leave_no_files() {
    let disk = SimVfs::new();
    let db = KoruDelta::open(host(&disk), Options::default()).unwrap();
    db.put("n", "k", &1).unwrap();
    let used: u64 = disk.snapshot().values().map(|bytes| bytes.len() as u64).sum();
    for room in [0, 10, 100, 4_096, 16_384] {
        disk.limit_bytes(Some(used + room));
        for _ in 0..20 {
            let _ = db.put("n", "k", &"x".repeat(60_000));
        }
        let files = disk.snapshot().len();
        assert!(files <= 5, "{files} files with room for {room} bytes: {:?}", disk.snapshot().keys());
    }
    disk.limit_bytes(None);
    db.put("n", "k", &"at last").unwrap();
    db.close().unwrap();
    let db = KoruDelta::open(host(&disk), Options::default()).unwrap();
    assert_eq!(db.get::<String>("n", "k").unwrap().as_deref(), Some("at last"));
}
