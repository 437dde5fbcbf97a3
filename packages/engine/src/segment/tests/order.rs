//! What a writer refuses, and what becomes of a segment nobody needs.

use super::*;
use crate::code::Code;

fn entry(key: &[u8], seq: u64) -> Entry<'_> {
    Entry {
        key,
        seq,
        index: 0,
        stamp: 1_000 + seq,
        ended: OPEN_END,
        deleted: false,
        meta: b"",
        content: Content::Inline(b"1"),
    }
}

#[test]
fn versions_out_of_order_are_refused() {
    let first = entry(b"bb", 5);
    let refused = [
        entry(b"bb", 5),
        entry(b"bb", 6),
        entry(b"ba", 1),
        entry(b"b", 1),
        entry(b"", 1),
        Entry { deleted: true, ..entry(b"c", 1) },
        Entry { ended: 999, ..entry(b"c", 1) },
        Entry { index: 2, ..entry(b"c", 1) },
        entry(b"c", 1 << 62),
    ];
    for second in refused {
        let folder = Folder::new(false);
        let mut writer = SegmentWriter::create(&folder.files, 1, Class::Current, SegmentOptions::default()).unwrap();
        writer.add(&first).unwrap();
        assert_eq!(writer.add(&second).unwrap_err().code(), Code::Corrupt, "{second:?}");
    }
    for second in [entry(b"bb", 4), entry(b"bb\0", 9), entry(b"c", 9)] {
        let folder = Folder::new(false);
        let mut writer = SegmentWriter::create(&folder.files, 1, Class::Current, SegmentOptions::default()).unwrap();
        writer.add(&first).unwrap();
        writer.add(&second).unwrap();
        assert_eq!(writer.finish().unwrap().versions, 2);
    }
}

#[test]
fn a_seq_that_occurs_twice_is_refused() {
    let folder = Folder::new(false);
    let mut writer = SegmentWriter::create(&folder.files, 1, Class::Current, SegmentOptions::default()).unwrap();
    writer.add(&entry(b"a", 5)).unwrap();
    writer.add(&entry(b"b", 5)).unwrap();
    assert_eq!(writer.finish().unwrap_err().code(), Code::Corrupt);
}

#[test]
fn the_estimate_is_near_the_truth() {
    let mut random = Random(4);
    let folder = Folder::new(false);
    let mut writer = SegmentWriter::create(&folder.files, 1, Class::Current, SegmentOptions::default()).unwrap();
    for seq in 1..20_000 {
        let (key, content) = (format!("key {seq:08}"), random.bytes(80));
        writer.add(&Entry { content: Content::Inline(&content), ..entry(key.as_bytes(), seq) }).unwrap();
    }
    let estimate = writer.estimated_bytes() as f64;
    let length = writer.finish().unwrap().length as f64;
    assert!((estimate / length - 1.0).abs() < 0.05, "{estimate} against {length}");
}

#[test]
fn an_obsolete_segment_is_removed_when_its_last_reader_is_gone() {
    let folder = Folder::new(false);
    let mut writer = SegmentWriter::create(&folder.files, 1, Class::Current, SegmentOptions::default()).unwrap();
    writer.add(&entry(b"a", 5)).unwrap();
    let extent = writer.finish().unwrap();
    drop(folder.open(&extent).unwrap());
    let segment = folder.open(&extent).unwrap();
    let mut cursor = segment.cursor();
    segment.mark_obsolete();
    drop(segment);
    cursor.advance().unwrap();
    assert_eq!(cursor.entry(), Some(entry(b"a", 5)));
    assert_eq!(folder.vfs.list().unwrap(), ["segment-000001"]);
    drop(cursor);
    assert!(folder.vfs.list().unwrap().is_empty());
}
