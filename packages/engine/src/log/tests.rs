mod crash;
mod damage;

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};

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
        names: Mutex::default(),
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
        log.append(&[body]);
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
        let expected = [b"before".to_vec(), long, vec![1; MAX_BODY], b"after".to_vec()];
        let (ends, bytes) = written(&expected, sealed);
        let found = read(&memory(&bytes, sealed), Some(&ends[4])).unwrap().0;
        assert!(found == expected, "sealed {sealed}");

        // Cut after the second frame of three: nothing after it says that it was synced.
        let second = ends[1].offset as usize + 2 * (MAX_BODY + HEADER_LEN);
        let (found, replayed) = read(&memory(&bytes[..second], sealed), None).unwrap();
        assert_eq!(found, expected[..1]);
        assert_eq!(replayed.end, ends[1]);
        assert_eq!(replayed.dropped_bytes, second as u64 - ends[1].offset);
        let end = LogEnd { offset: second as u64, tag: ends[1].tag };
        assert_eq!(code(read(&memory(&bytes[..second], sealed), Some(&end))), Some(Code::Corrupt));

        // The same hole with later frames behind it is damage.
        let mut holed = bytes.clone();
        holed[second..ends[2].offset as usize].fill(0);
        assert_eq!(code(read(&memory(&holed, sealed), None)), Some(Code::Corrupt));
    }
}

#[test]
fn a_failing_visit_stops_the_replay() {
    let (ends, bytes) = written(&bodies(), false);
    for end in [None, ends.last()] {
        let mut visits = 0;
        let result = replay(&memory(&bytes, false), 7, end, &mut |_| {
            visits += 1;
            if visits == 3 { Err(Error::new(Code::Cancelled, "Enough.")) } else { Ok(()) }
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
        log.append(&[&vec![commit as u8; 200 + commit % 60]]);
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
    assert_eq!(count(OperationKind::Write), 4_000, "one write for each commit");
    assert_eq!(count(OperationKind::Sync), 4_000, "one sync for each commit");
    log.sync().unwrap();
    assert_eq!(count(OperationKind::Sync), 4_000, "nothing new, nothing to sync");
}

#[test]
fn a_large_write_takes_no_zeros() {
    let vfs = MemVfs::new();
    let mut log = LogWriter::create(&files(Arc::new(vfs.clone()), false), 7).unwrap();
    log.append(&[&vec![1; 300 << 10]]);
    log.write().unwrap();
    assert_eq!(vfs.snapshot()[NAME].len() as u64, log.end().offset);
    log.append(&[b"small"]);
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
        log.append(&[body]);
        if i % 3 == 0 {
            log.write().unwrap();
            content.push((end, log.end().offset));
            end = log.end().offset;
        }
    }
    let trace = sim.trace();
    let writes: Vec<_> = trace.iter().filter(|o| o.kind == OperationKind::Write && &*o.file == NAME).collect();
    // The first is the preamble. Every later one begins exactly where the frames of the one before it ended: only the
    // zeros of one write are written over by the next.
    content[0].0 = 64;
    assert_eq!(writes.len(), content.len() + 1);
    for (write, (start, _)) in writes[1..].iter().zip(&content) {
        assert_eq!(write.offset, *start);
    }
}
