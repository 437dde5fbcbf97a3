//! One test for each bug that the battery has found.

use koru_delta::{ImportOptions, Importer, KoruDelta, LineOptions};

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
