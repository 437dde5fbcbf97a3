//! One test for each bug that the battery has found.

use koru_delta::{Batch, HistoryQuery, ImportOptions, Importer, KoruDelta, LineOptions, Options};

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
    let texts: Vec<String> = (0..120).map(|n| format!("[{n},{},{}]", random.word(), random.word())).collect();
    for (n, text) in texts.iter().enumerate() {
        batch.put_json("n", if n < 70 { "k" } else { "z" }, text.as_bytes()).unwrap();
    }
    db.write(batch).unwrap();
    db.flush().unwrap();
    assert!(db.now().unwrap().stats(false).unwrap().files.segments > 4, "the key is to fill several segments");
    let page = db.history("n", "k", HistoryQuery::default()).unwrap();
    let values: Vec<String> = page.versions.iter().map(|version| version.value.clone().unwrap()).collect();
    assert!(values.iter().eq(texts[..70].iter().rev()), "{values:?}");
    let previous: Vec<_> = page.versions.iter().map(|version| version.previous).collect();
    let ids: Vec<_> = page.versions.iter().skip(1).map(|version| Some(version.version)).chain([None]).collect();
    assert_eq!(previous, ids);
}
