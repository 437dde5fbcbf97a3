//! Everything that can be asked of a segment, over models of every shape.

use super::super::hash_key;
use super::*;

fn few_keys(random: &mut Random) -> Vec<u8> {
    format!("users\0user-{:02}", random.below(20)).into_bytes()
}

fn many_keys(random: &mut Random) -> Vec<u8> {
    format!("users\0user-{:06}", random.below(100_000)).into_bytes()
}

fn wild_keys(random: &mut Random) -> Vec<u8> {
    let mut key = vec![b"aab"[random.below(3) as usize]; random.below(4) as usize];
    let tail = random.below(4) as usize;
    key.extend(random.bytes(tail));
    key
}

fn long_keys(random: &mut Random) -> Vec<u8> {
    let mut key = vec![b'k'; [7, 126, 127, 128, 1_000][random.below(5) as usize]];
    let tail = random.below(24) as usize;
    key.extend(random.bytes(tail));
    key
}

fn noise(random: &mut Random) -> Vec<u8> {
    let length = random.below(300) as usize;
    random.bytes(length)
}

fn mostly_small(random: &mut Random) -> Vec<u8> {
    let length = if random.one_in(20) { random.below(20_000) } else { random.below(4) } as usize;
    random.bytes(length)
}

fn shapes() -> Vec<Shape> {
    use Class::{Current, History};
    vec![
        Shape { class: Current, versions: 1, single: 1, key: few_keys, content: json },
        Shape { class: History, versions: 2_000, single: 2, key: few_keys, content: json },
        Shape { class: Current, versions: 9_000, single: 1_000, key: many_keys, content: json },
        Shape { class: Current, versions: 3_000, single: 1, key: many_keys, content: noise },
        Shape { class: History, versions: 3_000, single: 3, key: wild_keys, content: mostly_small },
        Shape { class: Current, versions: 2_000, single: 5, key: wild_keys, content: noise },
        Shape { class: History, versions: 600, single: 3, key: long_keys, content: mostly_small },
    ]
}

/// Calls `check` with every shape, in blocks of several sizes, sealed and plain.
fn over_shapes(check: impl Fn(&mut Random, &Model, &Arc<Segment>)) {
    for (n, shape) in shapes().iter().enumerate() {
        for (block_bytes, sealed) in [(200, false), (1_000, true), (16 << 10, false)] {
            let seed = n as u64 * 1_000 + block_bytes as u64;
            let mut random = Random(seed);
            let model = make(&mut random, shape);
            let folder = Folder::new(sealed);
            let extent = folder.write(5, shape.class, block_bytes, &model).unwrap();
            let segment = folder.open(&extent).unwrap();
            println!("shape {n}, seed {seed}: {extent:?}");
            check(&mut random, &model, &segment);
        }
    }
}

fn keys_of(model: &Model) -> Vec<Vec<u8>> {
    model.keys().map(|(key, _)| key.clone()).collect()
}

#[test]
fn the_newest_visible_version_is_found() {
    over_shapes(|random, model, segment| {
        let keys = keys_of(model);
        for n in 0..4_000 {
            let key = any_key(random, &keys);
            let horizon = any_horizon(random, segment.extent());
            let hash = hash_key(&key);
            let filter = [Filter::First(hash), Filter::Late(hash), Filter::Done][n % 3];
            let found = segment.find(&key, filter, &horizon).unwrap();
            let expected = newest(model, &key, &horizon).map(|version| version.found.clone());
            assert_eq!(found, expected, "{key:?} at {horizon:?}");
        }
    });
}

#[test]
fn a_cursor_meets_every_version_in_order() {
    over_shapes(|_, model, segment| {
        let expected: Vec<Version> = model.values().cloned().collect();
        for fill in [false, true, true] {
            let mut cursor = segment.cursor().fill_cache(fill);
            assert_eq!(cursor.entry(), None);
            cursor.advance().unwrap();
            assert_eq!(rest_of(&mut cursor).unwrap(), expected);
            cursor.advance().unwrap();
            assert_eq!(cursor.entry(), None);
        }
    });
}

#[test]
fn a_cursor_seeks_forth_and_back() {
    over_shapes(|random, model, segment| {
        let keys = keys_of(model);
        let mut cursor = segment.cursor();
        for n in 0..1_500 {
            let mut key = any_key(random, &keys);
            if n % 3 == 0
                && let Some(entry) = cursor.entry()
            {
                // A target close ahead, most often in the same block.
                key = entry.key.to_vec();
                key.extend(vec![0; n % 2]);
            }
            let horizon = any_horizon(random, segment.extent());
            cursor.seek(&key, &horizon).unwrap();
            for (step, expected) in behind(model, &key, horizon).map(Some).chain([None]).take(5).enumerate() {
                let met = cursor.entry().map(|entry| Version::of(&entry));
                assert_eq!(met.as_ref(), expected, "step {step} behind {key:?} at {horizon:?}");
                if random.one_in(3) {
                    break;
                }
                cursor.advance().unwrap();
            }
        }
    });
}

#[test]
fn a_cursor_within_a_horizon_meets_all_that_a_read_needs() {
    over_shapes(|random, model, segment| {
        let extent = segment.extent().clone();
        let keys = keys_of(model);
        for _ in 0..20 {
            let horizon = any_horizon(random, &extent);
            let by_stamp = horizon.stamp < u64::MAX && horizon.commit == u64::MAX;
            let needed =
                |version: &&Version| version.is_seen(&horizon) && (!by_stamp || version.found.ended > horizon.stamp);
            let mut cursor = segment.cursor().within(horizon);
            cursor.advance().unwrap();
            let met = rest_of(&mut cursor).unwrap();
            let met: Vec<&Version> = met.iter().filter(needed).collect();
            let expected: Vec<&Version> = model.values().filter(needed).collect();
            assert_eq!(met, expected, "within {horizon:?}");

            let key = any_key(random, &keys);
            cursor.seek(&key, &horizon).unwrap();
            let met = rest_of(&mut cursor).unwrap();
            let met: Vec<&Version> = met.iter().filter(needed).collect();
            let expected: Vec<&Version> = behind(model, &key, horizon).filter(needed).collect();
            assert_eq!(met, expected, "behind {key:?} within {horizon:?}");
        }
    });
}

#[test]
fn a_range_of_seqs_is_met_once_each() {
    over_shapes(|random, model, segment| {
        let extent = segment.extent().clone();
        for n in 0..60 {
            let from = random.within(extent.min_seq - 1..extent.max_seq + 2);
            let range = match n {
                0 => 0..=u64::MAX,
                1 => extent.max_seq + 1..=u64::MAX,
                2 => extent.min_seq..=extent.max_seq,
                _ => {
                    let length = 1 << random.below(14);
                    from..=from + random.below(length)
                }
            };
            let mut met = BTreeMap::new();
            segment
                .versions_by_seq(range.clone(), &mut |entry| {
                    assert!(met.insert(entry.seq, Version::of(&entry)).is_none());
                    Ok(())
                })
                .unwrap();
            let expected: BTreeMap<u64, Version> = model
                .values()
                .filter(|version| range.contains(&version.found.seq))
                .map(|version| (version.found.seq, version.clone()))
                .collect();
            assert_eq!(met, expected, "{range:?}");
        }
    });
}

#[test]
fn a_sound_segment_verifies_and_its_extent_is_right() {
    over_shapes(|_, model, segment| {
        let mut met = Vec::new();
        segment
            .verify(&mut |entry| {
                met.push(Version::of(entry));
                Ok(())
            })
            .unwrap();
        assert!(met.iter().eq(model.values()));
        let extent = segment.extent();
        let found = || model.values().map(|version| &version.found);
        assert_eq!(extent.versions, model.len() as u64);
        assert_eq!(extent.deletes, found().filter(|found| found.deleted).count() as u64);
        assert_eq!(Some(extent.min_seq), found().map(|found| found.seq).min());
        assert_eq!(Some(extent.max_seq), found().map(|found| found.seq).max());
        assert_eq!(Some(extent.min_stamp), found().map(|found| found.stamp).min());
        assert_eq!(Some(extent.max_stamp), found().map(|found| found.stamp).max());
        assert_eq!(Some(extent.max_ended), model.values().map(|version| version.found.ended).max());
        let keys = keys_of(model);
        let mut distinct = keys.clone();
        distinct.dedup();
        assert_eq!(segment.footer.keys, distinct.len() as u64);
        assert_eq!(segment.key_range(), (keys[0].as_slice(), keys[keys.len() - 1].as_slice()));
    });
}

#[test]
fn one_key_may_go_on_over_hundreds_of_blocks() {
    let mut random = Random(77);
    let mut model = Model::new();
    let mut insert = |key: &[u8], seq: u64, content: Vec<u8>| {
        let found = Found {
            seq,
            index: (seq % 3) as u32,
            stamp: (seq - seq % 3) * 10,
            ended: seq * 10 + 40,
            deleted: false,
            meta: Vec::new(),
            content: FoundContent::Inline(content.into()),
        };
        let key = key.to_vec();
        model.insert((key.clone(), Reverse(seq)), Version { key, found });
    };
    insert(b"a", 3, b"1".to_vec());
    insert(b"b\0", 4, b"1".to_vec());
    for seq in 5..12_000 {
        insert(b"b", seq, random.bytes(100));
    }
    let folder = Folder::new(true);
    let extent = folder.write(5, Class::History, 4 << 10, &model).unwrap();
    let segment = folder.open(&extent).unwrap();
    assert!(segment.footer.blocks >= 300, "{}", segment.footer.blocks);
    segment.verify(&mut |_| Ok(())).unwrap();
    let mut cursor = segment.cursor();
    for _ in 0..3_000 {
        let horizon = any_horizon(&mut random, &extent);
        let found = segment.find(b"b", Filter::First(hash_key(b"b")), &horizon).unwrap();
        assert_eq!(found, newest(&model, b"b", &horizon).map(|version| version.found.clone()), "{horizon:?}");
        cursor.seek(b"b", &horizon).unwrap();
        let met = cursor.entry().map(|entry| Version::of(&entry));
        assert_eq!(met.as_ref(), behind(&model, b"b", horizon).next(), "{horizon:?}");
    }
}

#[test]
fn a_document_of_16_mib_and_keys_of_any_length_come_back() {
    let mut random = Random(3);
    let mut model = Model::new();
    for (n, length) in [0, 1, 16 << 20, 16_384, 70_000].into_iter().enumerate() {
        let (seq, tail) = (n as u64 + 1, if n % 2 == 0 { 0 } else { 1_024 });
        let key = [b"big\0".as_slice(), &vec![n as u8; tail]].concat();
        let content = if n == 2 { random.bytes(length) } else { vec![b'x'; length] };
        let found = Found {
            seq,
            index: 0,
            stamp: u64::MAX - 10 + seq,
            ended: OPEN_END,
            deleted: false,
            meta: Vec::new(),
            content: FoundContent::Inline(content.into()),
        };
        model.insert((key.clone(), Reverse(seq)), Version { key, found });
    }
    for sealed in [false, true] {
        let folder = Folder::new(sealed);
        let extent = folder.write(5, Class::Current, 16 << 10, &model).unwrap();
        let segment = folder.open(&extent).unwrap();
        for version in model.values() {
            let found = segment.find(&version.key, Filter::First(hash_key(&version.key)), &Horizon::at_seq(9)).unwrap();
            assert_eq!(found.as_ref(), newest(&model, &version.key, &Horizon::at_seq(9)).map(|v| &v.found));
        }
        let mut met = 0;
        segment
            .verify(&mut |entry| {
                met += usize::from(model.values().any(|version| version.entry() == *entry));
                Ok(())
            })
            .unwrap();
        assert_eq!(met, model.len());
    }
}

#[test]
fn keys_that_are_not_there_are_rarely_looked_for() {
    let mut random = Random(8);
    let shape =
        Shape { class: Class::Current, versions: 30_000, single: 1, key: many_keys, content: |_| b"1".to_vec() };
    let model = make(&mut random, &shape);
    let folder = Folder::new(false);
    let segment = folder.open(&folder.write(5, Class::Current, 16 << 10, &model).unwrap()).unwrap();
    assert!(segment.footer.filter.len() > 1);
    assert!(segment.weight() < segment.extent().length as usize / 100);
    assert!(model.values().all(|version| segment.may_contain(hash_key(&version.key)).unwrap()));
    let others = 50_000;
    let wrong = (0..others).filter(|n| segment.may_contain(hash_key(format!("other {n}").as_bytes())).unwrap()).count();
    assert!(wrong as f64 / f64::from(others) <= 0.015, "{wrong} of {others}");
}
