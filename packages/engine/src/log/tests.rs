use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use super::frame::{HEADER_LEN, MAX_BODY};
use super::*;
use crate::error::{Code, Error, Result};
use crate::files::Files;
use crate::host::{Crash, Fault, MemVfs, OperationKind, SeededEntropy, SimVfs, Vfs};
use crate::seal::DataKey;

const NAME: &str = "log-000007";

fn files(vfs: Arc<dyn Vfs>, sealed: bool) -> Files {
    Files {
        vfs,
        entropy: Arc::new(SeededEntropy::new(5)),
        database: [3; 16],
        data_key: sealed.then(|| DataKey::new([9; 32])),
    }
}

fn memory(bytes: &[u8], sealed: bool) -> Files {
    let folder = BTreeMap::from([(NAME.to_owned(), bytes.to_vec())]);
    files(Arc::new(MemVfs::from_files(folder)), sealed)
}

/// Bodies of all the awkward lengths, each different.
fn bodies() -> Vec<Vec<u8>> {
    let lengths = [0, 1, 7, 8, 9, 15, 16, 200, 0, 463, 464, 465, 5_000];
    let body = |(i, length)| (0..length).map(|at| (at * 7 + i) as u8).collect();
    lengths.into_iter().enumerate().map(body).collect()
}

/// A log of these bodies, one write and sync for each; where each frame ends; and the file's bytes.
fn written(bodies: &[Vec<u8>], sealed: bool) -> (Vec<LogEnd>, Vec<u8>) {
    let vfs = MemVfs::new();
    let mut log = LogWriter::create(&files(Arc::new(vfs.clone()), sealed), 7).unwrap();
    let mut ends = vec![log.end()];
    for body in bodies {
        log.append(body);
        log.write().unwrap();
        log.sync().unwrap();
        ends.push(log.end());
    }
    (ends, vfs.snapshot()[NAME].clone())
}

fn read(files: &Files, end: Option<&LogEnd>) -> Result<(Vec<Vec<u8>>, Replayed)> {
    let mut bodies = Vec::new();
    let replayed = replay(files, 7, end, &mut |body| {
        bodies.push(body.to_vec());
        Ok(())
    })?;
    Ok((bodies, replayed))
}

fn code<T>(result: Result<T>) -> Option<Code> {
    result.err().map(|e| e.code())
}

#[test]
fn what_was_appended_comes_back() {
    for sealed in [false, true] {
        for count in 0..bodies().len() {
            let expected = &bodies()[..count];
            let (ends, bytes) = written(expected, sealed);
            let files = memory(&bytes, sealed);
            for end in [None, Some(&ends[count])] {
                let (found, replayed) = read(&files, end).unwrap();
                assert_eq!(found, expected);
                assert_eq!(replayed.end, ends[count]);
                assert_eq!(replayed.dropped_bytes, 0);
            }
            // An earlier end hides what comes after it.
            for (earlier, end) in ends.iter().enumerate() {
                assert_eq!(read(&files, Some(end)).unwrap().0, expected[..earlier]);
            }
        }
    }
}

#[test]
fn bodies_longer_than_a_frame_come_back_whole_or_not_at_all() {
    for sealed in [false, true] {
        let long: Vec<u8> = (0..2 * MAX_BODY + 5).map(|i| (i % 251) as u8).collect();
        let expected = [
            b"before".to_vec(),
            long,
            vec![1; MAX_BODY],
            b"after".to_vec(),
        ];
        let (ends, bytes) = written(&expected, sealed);
        let found = read(&memory(&bytes, sealed), Some(&ends[4])).unwrap().0;
        assert!(found == expected, "sealed {sealed}");

        // Cut after the second frame of three: nothing after it says that it was synced.
        let second = ends[1].offset as usize + 2 * (MAX_BODY + HEADER_LEN);
        let (found, replayed) = read(&memory(&bytes[..second], sealed), None).unwrap();
        assert_eq!(found, expected[..1]);
        assert_eq!(replayed.end, ends[1]);
        assert_eq!(replayed.dropped_bytes, second as u64 - ends[1].offset);
        let end = LogEnd {
            offset: second as u64,
            tag: ends[1].tag,
        };
        assert_eq!(
            code(read(&memory(&bytes[..second], sealed), Some(&end))),
            Some(Code::Corrupt)
        );

        // The same hole with later frames behind it is damage.
        let mut holed = bytes.clone();
        holed[second..ends[2].offset as usize].fill(0);
        assert_eq!(
            code(read(&memory(&holed, sealed), None)),
            Some(Code::Corrupt)
        );
    }
}

#[test]
fn a_last_write_torn_at_any_byte_leaves_an_exact_prefix() {
    for sealed in [false, true] {
        let bodies = bodies();
        let (before, after) = bodies.split_at(4);
        let vfs = MemVfs::new();
        let mut log = LogWriter::create(&files(Arc::new(vfs.clone()), sealed), 7).unwrap();
        for body in before {
            log.append(body);
        }
        log.write().unwrap();
        log.sync().unwrap();
        let mut ends = vec![log.len()];
        for body in after {
            log.append(body);
            ends.push(log.len());
        }
        log.write().unwrap();
        let bytes = vfs.snapshot()[NAME].clone();
        for cut in ends[0] as usize..*ends.last().unwrap() as usize {
            let mut torn = bytes.clone();
            torn[cut..].fill(0);
            let files_cut = [memory(&bytes[..cut], sealed), memory(&torn, sealed)];
            for files in files_cut {
                let (found, replayed) = read(&files, None).unwrap();
                let whole = found.len() - before.len();
                assert_eq!(found, bodies[..found.len()], "cut at {cut}");
                // Zeros that were to be written anyway may be missing.
                let missing = &bytes[cut..ends[whole + 1] as usize];
                assert!(
                    ends[whole] as usize <= cut && missing.iter().any(|b| *b != 0),
                    "cut at {cut}"
                );
                assert_eq!(replayed.end.offset, ends[whole]);
                let rest = torn[ends[whole] as usize..cut]
                    .iter()
                    .rposition(|b| *b != 0);
                let used = rest.map_or(0, |at| at as u64 + 1);
                assert!(
                    (used..used + 8).contains(&replayed.dropped_bytes),
                    "cut at {cut}"
                );
            }
        }
    }
}

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
                let error = result.unwrap_err();
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
        log.append(&body);
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
        assert_eq!(
            code(replay(&other, 8, None, &mut |_| Ok(()))),
            Some(Code::Corrupt)
        );
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
    let one = |second: &[u8]| {
        written(
            &[b"first".to_vec(), second.to_vec(), b"third".to_vec()],
            false,
        )
    };
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
        assert_eq!(
            code(read(&memory(damaged, false), None)),
            Some(Code::Corrupt)
        );
    }
    let missing = files(Arc::new(MemVfs::new()), false);
    assert_eq!(code(read(&missing, None)), Some(Code::Corrupt));
    assert!(
        read(&memory(&bytes[..64], false), None)
            .unwrap()
            .0
            .is_empty()
    );
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
        let end = LogEnd {
            offset: log.len() as u64,
            tag: [0; 16],
        };
        assert_eq!(
            code(read(&memory(&log, false), Some(&end))),
            Some(Code::Corrupt)
        );
    }
    for offset in [0, 63, 65, u64::MAX] {
        let end = LogEnd {
            offset,
            tag: [0; 16],
        };
        assert_eq!(
            code(read(&memory(&bytes, false), Some(&end))),
            Some(Code::Corrupt)
        );
    }
}

#[test]
fn a_failing_visit_stops_the_replay() {
    let (ends, bytes) = written(&bodies(), false);
    for end in [None, ends.last()] {
        let mut visits = 0;
        let result = replay(&memory(&bytes, false), 7, end, &mut |_| {
            visits += 1;
            if visits == 3 {
                Err(Error::new(Code::Cancelled, "Enough."))
            } else {
                Ok(())
            }
        });
        assert_eq!((code(result), visits), (Some(Code::Cancelled), 3));
    }
}

#[test]
fn small_commits_hardly_ever_change_the_length() {
    let sim = SimVfs::new();
    let mut log = LogWriter::create(&files(Arc::new(sim.clone()), true), 7).unwrap();
    sim.record();
    let length = || sim.snapshot()[NAME].len();
    let mut growths = vec![length()];
    for commit in 0..4_000 {
        log.append(&vec![commit as u8; 200 + commit % 60]);
        log.write().unwrap();
        log.sync().unwrap();
        if length() != growths[growths.len() - 1] {
            growths.push(length());
        }
    }
    // 1.1 MB of commits: 16 KiB of zeros, then as much as there is, then 1 MiB.
    assert!(growths.len() <= 9, "{growths:?}");
    assert!(growths[1..].iter().all(|length| length % 4096 == 0));
    let count = |kind| sim.trace().iter().filter(|o| o.kind == kind).count();
    assert_eq!(
        count(OperationKind::Write),
        4_000,
        "one write for each commit"
    );
    assert_eq!(
        count(OperationKind::Sync),
        4_000,
        "one sync for each commit"
    );
    log.sync().unwrap();
    assert_eq!(
        count(OperationKind::Sync),
        4_000,
        "nothing new, nothing to sync"
    );
}

#[test]
fn a_large_write_takes_no_zeros() {
    let vfs = MemVfs::new();
    let mut log = LogWriter::create(&files(Arc::new(vfs.clone()), false), 7).unwrap();
    log.append(&vec![1; 300 << 10]);
    log.write().unwrap();
    assert_eq!(vfs.snapshot()[NAME].len() as u64, log.end().offset);
    log.append(b"small");
    log.write().unwrap();
    assert!(vfs.snapshot()[NAME].len() as u64 > log.end().offset + (256 << 10));
}

#[test]
fn no_place_is_encrypted_twice() {
    let sim = SimVfs::new();
    sim.record();
    let mut log = LogWriter::create(&files(Arc::new(sim.clone()), true), 7).unwrap();
    let mut content = vec![];
    let mut end = 0;
    for (i, body) in bodies().iter().cycle().take(500).enumerate() {
        log.append(body);
        if i % 3 == 0 {
            log.write().unwrap();
            content.push((end, log.end().offset));
            end = log.end().offset;
        }
    }
    let trace = sim.trace();
    let writes: Vec<_> = trace
        .iter()
        .filter(|o| o.kind == OperationKind::Write && &*o.file == NAME)
        .collect();
    // The first is the preamble. Every later one begins exactly where the frames of the one before it ended: only the
    // zeros of one write are written over by the next.
    content[0].0 = 64;
    assert_eq!(writes.len(), content.len() + 1);
    for (write, (start, _)) in writes[1..].iter().zip(&content) {
        assert_eq!(write.offset, *start);
    }
}

#[test]
fn after_the_first_failure_nothing_works() {
    let faults: [fn() -> Fault; 4] = [
        || Fault::error(io::ErrorKind::Other).on(OperationKind::Write),
        || Fault::error(io::ErrorKind::StorageFull).on(OperationKind::Write),
        || Fault::short(0).on(OperationKind::Write),
        || Fault::dropped_sync(io::ErrorKind::Other).on(OperationKind::Sync),
    ];
    for (i, fault) in faults.into_iter().enumerate() {
        for nth in 1..4 {
            let sim = SimVfs::new();
            let files = files(Arc::new(sim.clone()), true);
            let mut log = LogWriter::create(&files, 7).unwrap();
            sim.fail(fault().nth(nth));
            let failure = (0..10).find_map(|_| {
                log.append(b"body");
                log.write().and_then(|()| log.sync()).err()
            });
            let expected = if i == 1 {
                Code::DiskFull
            } else {
                Code::IoError
            };
            assert_eq!(failure.unwrap().code(), expected);
            let (end, operations) = (log.end(), sim.operations());
            for _ in 0..3 {
                log.append(b"more");
                assert_eq!(code(log.write()), Some(Code::Poisoned));
                assert_eq!(code(log.sync()), Some(Code::Poisoned));
            }
            assert_eq!(
                (log.end(), sim.operations()),
                (end, operations),
                "the file was touched"
            );
        }
    }
}

#[test]
fn short_writes_are_gone_on_with() {
    let sim = SimVfs::new();
    let files = files(Arc::new(sim.clone()), true);
    let mut log = LogWriter::create(&files, 7).unwrap();
    sim.fail(Fault::short(13).on(OperationKind::Write).forever());
    for body in bodies() {
        log.append(&body);
    }
    log.write().unwrap();
    assert_eq!(read(&files, None).unwrap().0, bodies());
}

#[test]
fn a_read_error_is_neither_damage_nor_a_torn_tail() {
    let (_, bytes) = written(&bodies(), false);
    let folder = MemVfs::from_files(BTreeMap::from([(NAME.to_owned(), bytes)]));
    for nth in 1..3 {
        let sim = SimVfs::from(&folder);
        sim.fail(
            Fault::error(io::ErrorKind::Other)
                .on(OperationKind::Read)
                .nth(nth),
        );
        assert_eq!(
            code(read(&files(Arc::new(sim), false), None)),
            Some(Code::IoError)
        );
    }
}

/// Runs a workload that stops at the operation `halt`; answers how many bodies were synced.
fn workload(files: &Files, sim: &SimVfs, halt: u64) -> Option<usize> {
    sim.halt_at(halt);
    let mut log = LogWriter::create(files, 7).ok()?;
    files.sync_dir().ok()?;
    let mut synced = 0;
    for (i, body) in stream().iter().enumerate() {
        log.append(body);
        // Some writes take several bodies, some syncs several writes.
        if i % 3 != 1 && log.write().is_err() {
            return Some(synced);
        }
        if i % 4 != 1 {
            if log.sync().is_err() {
                return Some(synced);
            }
            synced = if i % 3 == 1 { i } else { i + 1 };
        }
    }
    Some(synced)
}

fn stream() -> Vec<Vec<u8>> {
    let body = |i: usize| vec![i as u8 + 1; [30, 600, 3_000, 0][i % 4]];
    (0..24).map(body).collect()
}

#[test]
fn whatever_a_crash_leaves_is_a_prefix_with_all_that_was_synced() {
    let mut images = 0;
    for sealed in [false, true] {
        for halt in 3.. {
            let sim = SimVfs::new();
            let files_of = |vfs| files(vfs, sealed);
            let synced = workload(&files_of(Arc::new(sim.clone())), &sim, halt);
            let finished = sim.operations() < halt;
            sim.heal();
            for crash in Crash::all(&sim, halt, 12) {
                // Before the folder is synced the log may be missing; nothing was promised.
                let image = sim.crash(&crash);
                let Some(synced) = synced.filter(|_| image.snapshot().contains_key(NAME)) else {
                    continue;
                };
                images += 1;
                let (found, _) = read(&files_of(Arc::new(image)), None)
                    .unwrap_or_else(|e| panic!("halt {halt}, {crash:?}: {e}"));
                assert!(
                    found.len() >= synced,
                    "halt {halt}, {crash:?}: {} of {synced}",
                    found.len()
                );
                assert_eq!(found, stream()[..found.len()], "halt {halt}, {crash:?}");
            }
            if finished {
                break;
            }
        }
    }
    assert!(images > 1_000, "{images}");
}

#[test]
fn a_settled_log_has_its_end_on_the_disk() {
    for sealed in [false, true] {
        // The process dies with writes in the cache, or the system has dropped them after a failed sync.
        for dropped in [false, true] {
            let sim = SimVfs::new();
            let files_here = files(Arc::new(sim.clone()), sealed);
            let mut log = LogWriter::create(&files_here, 7).unwrap();
            files_here.sync_dir().unwrap();
            for (i, body) in bodies().iter().enumerate() {
                log.append(body);
                log.write().unwrap();
                if i == 4 {
                    log.sync().unwrap();
                }
            }
            if dropped {
                sim.fail(Fault::dropped_sync(io::ErrorKind::Other));
                log.sync().unwrap_err();
            }
            drop(log);
            let (found, replayed) = read(&files_here, None).unwrap();
            assert_eq!(found, bodies());
            let before = sim.snapshot();
            // Power may go at any point of it: the prefix that was synced stays.
            for steps in 0.. {
                sim.halt_at(sim.operations() + steps);
                let settled = settle(&files_here, 7, &replayed);
                for crash in Crash::all(&sim, steps, 12) {
                    let image = files(Arc::new(sim.crash(&crash)), sealed);
                    let found = read(&image, None).unwrap().0;
                    assert!(found.len() >= 5 && found == bodies()[..found.len()]);
                }
                sim.heal();
                if settled.is_ok() {
                    break;
                }
            }
            assert_eq!(sim.snapshot(), before, "settling changes nothing");
            let image = files(Arc::new(sim.crash(&Crash::AllLost)), sealed);
            assert_eq!(read(&image, Some(&replayed.end)).unwrap().0, bodies());
        }
    }
}
