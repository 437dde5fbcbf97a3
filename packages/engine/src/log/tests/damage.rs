//! Files that were changed after they were written.

use super::*;

#[test]
fn every_flipped_bit_of_a_closed_log_is_found() {
    for sealed in [false, true] {
        let bodies = &bodies()[..9];
        let (ends, bytes) = written(bodies, sealed);
        let end = ends.last().unwrap();
        for bit in 0..(end.offset as usize + 400) * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let result = read(&memory(&flipped, sealed), Some(end));
            if bit / 8 < end.offset as usize {
                let error = result.unwrap_err();
                assert_eq!(error.code(), Code::Corrupt, "bit {bit}: {error}");
                assert!(error.detail().contains(NAME));
            } else {
                assert_eq!(result.unwrap().0, bodies, "bit {bit}");
            }
        }
        for length in 0..end.offset as usize {
            let result = read(&memory(&bytes[..length], sealed), Some(end));
            assert_eq!(code(result), Some(Code::Corrupt), "cut at {length}");
        }
    }
}

#[test]
fn a_flipped_bit_of_an_active_log_is_found_unless_it_is_in_the_last_frame() {
    for sealed in [false, true] {
        let bodies = &bodies()[..9];
        let (ends, bytes) = written(bodies, sealed);
        let [.., last, end] = ends.as_slice() else {
            panic!("there are nine frames");
        };
        for bit in 0..(end.offset as usize + 400) * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let result = read(&memory(&flipped, sealed), None);
            let at = (bit / 8) as u64;
            if at < last.offset {
                let error = result.expect_err(&format!("bit {bit}, ends {ends:?}"));
                assert_eq!(error.code(), Code::Corrupt, "bit {bit}: {error}");
            } else {
                let (found, replayed) = result.unwrap();
                let kept = if at < end.offset { 8 } else { 9 };
                assert_eq!(found, bodies[..kept], "bit {bit}");
                assert_eq!(replayed.end, ends[kept]);
                assert!(replayed.dropped_bytes > 0);
            }
        }
    }
}

#[test]
fn frames_that_were_never_synced_are_a_torn_tail() {
    let vfs = MemVfs::new();
    let mut log = LogWriter::create(&files(Arc::new(vfs.clone()), false), 7).unwrap();
    let mut ends = vec![];
    for body in bodies() {
        log.append(&[&body]);
        log.write().unwrap();
        ends.push(log.len());
    }
    let mut bytes = vfs.snapshot()[NAME].clone();
    bytes[ends[2] as usize + 3] ^= 1;
    let (found, replayed) = read(&memory(&bytes, false), None).unwrap();
    assert_eq!(found, bodies()[..3]);
    assert_eq!(replayed.dropped_bytes, ends.last().unwrap() - ends[2]);
}

#[test]
fn misplaced_frames_are_found() {
    for sealed in [false, true] {
        let bodies: Vec<Vec<u8>> = (0..6).map(|i| vec![i; 100]).collect();
        let (ends, bytes) = written(&bodies, sealed);
        let frame = |i: usize| ends[i].offset as usize..ends[i + 1].offset as usize;
        for (from, to) in (0..6).flat_map(|a| (0..6).map(move |b| (a, b))) {
            let mut moved = bytes.clone();
            moved.copy_within(frame(from), frame(to).start);
            for end in [None, ends.last()] {
                let result = read(&memory(&moved, sealed), end);
                if from == to {
                    assert_eq!(result.unwrap().0, bodies);
                } else if to == 5 && end.is_none() {
                    assert_eq!(result.unwrap().0, bodies[..5]);
                } else {
                    assert_eq!(code(result), Some(Code::Corrupt), "{from} over {to}");
                }
            }
        }
        // A file of another number, database or key.
        let folder = BTreeMap::from([("log-000008".to_owned(), bytes.clone())]);
        let other = files(Arc::new(MemVfs::from_files(folder)), sealed);
        assert_eq!(code(replay(&other, 8, None, &mut |_| Ok(()))), Some(Code::Corrupt));
        let mut other = memory(&bytes, sealed);
        other.database = [4; 16];
        assert_eq!(code(read(&other, None)), Some(Code::Corrupt));
        other = memory(&bytes, !sealed);
        assert_eq!(code(read(&other, None)), Some(Code::Corrupt));
    }
}

#[test]
fn two_valid_frames_that_do_not_follow_each_other_are_damage() {
    // The same file written twice, with different second bodies; the third frames are taken from the other one.
    let one = |second: &[u8]| written(&[b"first".to_vec(), second.to_vec(), b"third".to_vec()], false);
    let ((ends, mut bytes), (_, other)) = (one(b"second"), one(b"zweite"));
    let third = ends[2].offset as usize..ends[3].offset as usize;
    bytes[third.clone()].copy_from_slice(&other[third]);
    let error = read(&memory(&bytes, false), None).unwrap_err();
    assert_eq!(error.code(), Code::Corrupt);
    assert!(error.detail().contains("does not follow"), "{error}");
}

#[test]
fn an_unreadable_preamble_is_damage() {
    let (_, bytes) = written(&bodies(), false);
    let mut zeroed = bytes.clone();
    zeroed[..64].fill(0);
    for damaged in [&[][..], &[0; 64], &bytes[..63], &zeroed] {
        assert_eq!(code(read(&memory(damaged, false), None)), Some(Code::Corrupt));
    }
    let missing = files(Arc::new(MemVfs::new()), false);
    assert_eq!(code(read(&missing, None)), Some(Code::Corrupt));
    assert!(read(&memory(&bytes[..64], false), None).unwrap().0.is_empty());
}

#[test]
fn a_body_cannot_imitate_frames() {
    for sealed in [false, true] {
        let (_, image) = written(&bodies(), sealed);
        // The image of a log as the content of a torn frame, at every alignment.
        for shift in 0..8 {
            let body = [&vec![0; shift], &image[64..]].concat();
            let (ends, mut bytes) = written(&[b"first".to_vec(), body], sealed);
            bytes[ends[1].offset as usize] ^= 1;
            let (found, replayed) = read(&memory(&bytes, sealed), None).unwrap();
            assert_eq!(found, [b"first"]);
            assert!(replayed.dropped_bytes > 0);
        }
    }
}

#[test]
fn garbage_never_panics_and_never_yields_a_body() {
    let entropy = SeededEntropy::new(77);
    let (_, bytes) = written(&[], false);
    for round in 0..2_000 {
        let mut garbage = vec![0; 64 + round % 700];
        crate::host::Entropy::fill(&entropy, &mut garbage).unwrap();
        // Lengths and flags that look right.
        for at in (0..garbage.len().saturating_sub(8)).step_by(48) {
            garbage[at + 2..at + 8].fill(0);
        }
        let log = [&bytes[..64], &garbage].concat();
        let (found, replayed) = read(&memory(&log, false), None).unwrap();
        assert!(found.is_empty());
        assert_eq!(replayed.end, LogEnd::EMPTY);
        let end = LogEnd { offset: log.len() as u64, tag: [0; 16] };
        assert_eq!(code(read(&memory(&log, false), Some(&end))), Some(Code::Corrupt));
    }
    for offset in [0, 63, 65, u64::MAX] {
        let end = LogEnd { offset, tag: [0; 16] };
        assert_eq!(code(read(&memory(&bytes, false), Some(&end))), Some(Code::Corrupt));
    }
}

#[test]
fn a_read_error_is_neither_damage_nor_a_torn_tail() {
    let (_, bytes) = written(&bodies(), false);
    let folder = MemVfs::from_files(BTreeMap::from([(NAME.to_owned(), bytes)]));
    for nth in 1..3 {
        let sim = SimVfs::from(&folder);
        sim.fail(Fault::error(io::ErrorKind::Other).on(OperationKind::Read).nth(nth));
        assert_eq!(code(read(&files(Arc::new(sim), false), None)), Some(Code::IoError));
    }
}
