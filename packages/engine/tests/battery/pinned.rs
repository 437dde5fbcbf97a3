//! One test for each bug that the battery has found.

use std::sync::Arc;

use koru_delta::host::{Crash, Fault, Host, ManualClock, MemVfs, OperationKind, SeededEntropy, SimVfs};
use koru_delta::{
    Batch, ChangesQuery, Code, Durability, HistoryQuery, ImportOptions, Importer, KoruDelta, LineOptions, Options,
};

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
