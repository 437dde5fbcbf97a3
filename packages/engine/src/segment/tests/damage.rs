//! Damaged files: an error or the right answer, never a wrong one.

use super::super::hash_key;
use super::*;
use crate::code::Code;
use crate::host::{Crash, Fault, SimVfs};

fn small_model(versions: u64) -> Model {
    let shape = Shape {
        class: Class::History,
        versions,
        single: 3,
        key: |random| format!("users\0user-{:02}", random.below(40)).into_bytes(),
        content: json,
    };
    make(&mut Random(11), &shape)
}

/// Asks everything; returns whether all answers were given. Panics when one of them is wrong.
fn ask_everything(folder: &Folder, extent: &Extent, model: &Model) -> bool {
    let Ok(segment) = folder.open(extent) else {
        return false;
    };
    let mut sound = segment.verify(&mut |_| Ok(())).is_ok();
    for version in model.values().step_by(7) {
        let horizon = Horizon::at_seq(version.found.seq);
        match segment.find(&version.key, Filter::First(hash_key(&version.key)), &horizon) {
            Ok(found) => assert_eq!(found.as_ref(), Some(&version.found)),
            Err(e) => sound &= is_right_error(&e),
        }
    }
    let mut expected = model.values();
    let mut cursor = segment.cursor();
    loop {
        match cursor.advance() {
            Ok(()) => {
                let met = cursor.entry().map(|entry| Version::of(&entry));
                assert_eq!(met.as_ref(), expected.next());
                if met.is_none() {
                    break;
                }
            }
            Err(e) => {
                sound &= is_right_error(&e);
                assert_eq!(cursor.entry(), None);
                break;
            }
        }
    }
    let range = extent.min_seq + 9..=extent.min_seq + 20;
    let mut met = 0;
    let answer = segment.versions_by_seq(range.clone(), &mut |entry| {
        let expected = newest(model, entry.key, &Horizon::at_seq(entry.seq)).unwrap();
        assert_eq!(Version::of(&entry), *expected);
        met += 1;
        Ok(())
    });
    match answer {
        Ok(()) => assert_eq!(met, model.values().filter(|version| range.contains(&version.found.seq)).count()),
        Err(e) => sound &= is_right_error(&e),
    }
    sound
}

/// An error says which file is damaged; it makes the answer not sound, hence `false`.
fn is_right_error(error: &crate::error::Error) -> bool {
    assert_eq!(error.code(), Code::Corrupt, "{error:?}");
    assert!(error.detail().contains("segment-000005"), "{error:?}");
    false
}

#[test]
fn every_flipped_byte_is_noticed() {
    let model = small_model(60);
    for sealed in [false, true] {
        let folder = Folder::new(sealed);
        let extent = folder.write(5, Class::History, 500, &model).unwrap();
        let bytes = folder.vfs.snapshot().remove("segment-000005").unwrap();
        assert!(ask_everything(&folder, &extent, &model));
        for at in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << (at % 8);
            let folder = folder.with("segment-000005", flipped, sealed);
            assert!(!ask_everything(&folder, &extent, &model), "byte {at}");
        }
    }
}

#[test]
fn every_truncation_is_noticed() {
    let model = small_model(60);
    let folder = Folder::new(false);
    let extent = folder.write(5, Class::History, 500, &model).unwrap();
    let bytes = folder.vfs.snapshot().remove("segment-000005").unwrap();
    for length in 0..bytes.len() {
        let folder = folder.with("segment-000005", bytes[..length].to_vec(), false);
        assert!(folder.open(&extent).is_err(), "{length} bytes");
    }
    let mut longer = bytes;
    longer.push(0);
    let segment = folder.with("segment-000005", longer, false).open(&extent).unwrap();
    assert_eq!(segment.verify(&mut |_| Ok(())).unwrap_err().code(), Code::Corrupt);
}

#[test]
fn two_pieces_that_changed_places_are_noticed() {
    // Blocks of the same stored length: one document each, of bytes that cannot be compressed.
    let mut random = Random(6);
    let mut model = Model::new();
    for seq in 1..=20 {
        let key = format!("key {seq:02}").into_bytes();
        let found = Found {
            seq,
            index: 0,
            stamp: seq,
            ended: OPEN_END,
            deleted: false,
            meta: Vec::new(),
            content: FoundContent::Inline(random.bytes(600).into()),
        };
        model.insert((key.clone(), Reverse(seq)), Version { key, found });
    }
    for sealed in [false, true] {
        let folder = Folder::new(sealed);
        let extent = folder.write(5, Class::Current, 500, &model).unwrap();
        let segment = folder.open(&extent).unwrap();
        let node = segment.index_node(0, false).unwrap();
        let [one, two] = [0, 1].map(|n| node.children()[n].piece);
        assert_eq!(one.stored, two.stored);
        let mut bytes = folder.vfs.snapshot().remove("segment-000005").unwrap();
        let (left, right) = bytes.split_at_mut(two.offset as usize);
        left[one.offset as usize..one.end() as usize].swap_with_slice(&mut right[..two.stored as usize]);
        let damaged = folder.with("segment-000005", bytes, sealed);
        assert!(!ask_everything(&damaged, &extent, &model));
        let error =
            damaged.open(&extent).unwrap().find(b"key 01", Filter::First(hash_key(b"key 01")), &Horizon::at_seq(99));
        assert!(!is_right_error(&error.unwrap_err()));
    }
}

#[test]
fn an_older_copy_of_the_file_is_noticed() {
    let (older, newer) = (small_model(60), small_model(120));
    let folder = Folder::new(false);
    let extent = folder.write(5, Class::History, 500, &newer).unwrap();
    let other = Folder::new(false);
    other.write(5, Class::History, 500, &older).unwrap();
    let copy = other.vfs.snapshot().remove("segment-000005").unwrap();
    assert!(!ask_everything(&folder.with("segment-000005", copy, false), &extent, &newer));
}

#[test]
fn a_finished_segment_outlives_a_loss_of_power_and_an_unfinished_one_is_an_error() {
    let model = small_model(300);
    let count = {
        let disk = SimVfs::new();
        write_all(&files_over(Arc::new(disk.clone()), true), 5, Class::History, 500, &model).unwrap();
        disk.operations()
    };
    for fault in 0..count {
        let disk = SimVfs::new();
        disk.fail(Fault::error(std::io::ErrorKind::StorageFull).nth(fault + 1).forever());
        let files = files_over(Arc::new(disk.clone()), true);
        let error = write_all(&files, 5, Class::History, 500, &model).unwrap_err();
        assert_eq!(error.code(), Code::DiskFull, "{error:?}");
    }
    let disk = SimVfs::new();
    let files = files_over(Arc::new(disk.clone()), true);
    let extent = write_all(&files, 5, Class::History, 500, &model).unwrap();
    files.sync_dir().unwrap();
    for crash in Crash::all(&disk, 1, 8) {
        let folder = Folder::over(Arc::new(disk.crash(&crash)), true);
        assert!(ask_everything(&folder, &extent, &model), "{crash:?}");
    }
}

/// A forger who knows the checksums can write any content. It may then say anything, but must not bring down the
/// process: every decoder is called with every byte of a good piece changed.
#[test]
fn forged_pieces_bring_nothing_down() {
    let model = small_model(60);
    let folder = Folder::new(false);
    let extent = folder.write(5, Class::History, 1_500, &model).unwrap();
    let segment = folder.open(&extent).unwrap();
    let node = segment.index_node(0, false).unwrap();
    let block = segment.read(&node.children()[0].piece).unwrap();
    let index = segment.read(&segment.footer.root.children()[0].piece).unwrap();
    let part = segment.footer.timeline[0];
    let timeline = segment.read(&part.piece).unwrap();
    let mut footer = vec![0; (extent.length - extent.footer) as usize];
    segment.sheet.read(extent.footer, &mut footer, &extent.tag).unwrap();
    for forged in forgeries(&block) {
        read_forged_block(forged, &model);
    }
    for forged in forgeries(&index) {
        if let Ok(node) = super::super::Node::decode(&forged, extent.footer) {
            assert!(node.find(0, b"users\0user-20", &Horizon::at_seq(30)) <= node.children().len());
        }
    }
    for forged in forgeries(&timeline) {
        let _ = super::super::timeline::for_each(&forged, &part, segment.footer.blocks, |_, block| {
            assert!(u64::from(block) < segment.footer.blocks);
            Ok(())
        });
    }
    for forged in forgeries(&footer) {
        let _ = super::super::footer::Footer::decode(&forged, &extent);
    }
}

/// Every byte replaced by several others, every truncation, and some noise.
fn forgeries(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let replaced = (0..bytes.len()).flat_map(move |at| {
        [0x00, 0x01, 0x7F, 0x80, 0xFF, bytes[at] ^ 1, bytes[at].wrapping_add(1)].into_iter().map(move |byte| {
            let mut forged = bytes.to_vec();
            forged[at] = byte;
            forged
        })
    });
    let mut random = Random(12);
    let noise = (0..2_000).map(move |_| {
        let mut forged = bytes.to_vec();
        for _ in 0..random.within(1..6) {
            let at = random.below(bytes.len() as u64) as usize;
            forged[at] = random.next() as u8;
        }
        forged
    });
    replaced.chain((0..bytes.len()).map(|length| bytes[..length].to_vec())).chain(noise)
}

fn read_forged_block(forged: Vec<u8>, model: &Model) {
    use super::super::block::Block;
    use super::super::search::Spot;
    let Ok(block) = Block::decode(forged).map(Arc::new) else {
        return;
    };
    let mut spot = Spot::default();
    let mut steps = 0;
    while let Ok(true) = block.step(&mut spot) {
        let entry = block.entry(&spot);
        assert!(entry.seq >= u64::from(entry.index));
        steps += 1;
    }
    assert!(steps <= block.count());
    for version in model.values().step_by(5) {
        let horizon = Horizon::at_seq(version.found.seq);
        let _ = block.clone().find(&version.key, &horizon);
        spot.reset();
        if let Ok(true) = block.seek(&mut spot, &version.key, &horizon) {
            let _ = block.seek_forward(&mut spot, b"users\0user-99", &horizon);
        }
    }
}
