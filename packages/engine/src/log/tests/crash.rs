//! Power that goes, processes that die, writes that fail.

use super::*;

#[test]
fn a_last_write_torn_at_any_byte_leaves_an_exact_prefix() {
    for sealed in [false, true] {
        let bodies = bodies();
        let (before, after) = bodies.split_at(4);
        let vfs = MemVfs::new();
        let mut log = LogWriter::create(&files(Arc::new(vfs.clone()), sealed), 7).unwrap();
        for body in before {
            log.append(&[body]);
        }
        log.write().unwrap();
        log.sync().unwrap();
        let mut ends = vec![log.len()];
        for body in after {
            log.append(&[body]);
            ends.push(log.len());
        }
        log.write().unwrap();
        let bytes = vfs.snapshot()[NAME].clone();
        for cut in ends[0] as usize..*ends.last().unwrap() as usize {
            let mut torn = bytes.clone();
            torn[cut..].fill(0);
            for (image, zeros_follow) in [(&bytes[..cut], false), (&torn, true)] {
                let (found, replayed) = read(&memory(image, sealed), None).unwrap();
                let whole = found.len() - before.len();
                assert_eq!(found, bodies[..found.len()], "cut at {cut}");
                // Exactly the frames of which nothing is missing are there; in a file that goes on, zeros are not.
                let missing = |end: u64| {
                    let lost = bytes.get(cut..end as usize).unwrap_or_default();
                    lost.iter().any(|b| !zeros_follow || *b != 0)
                };
                assert!(!missing(ends[whole]), "cut at {cut}");
                assert!(missing(ends[whole + 1]), "cut at {cut}");
                assert_eq!(replayed.end.offset, ends[whole]);
                let rest = image[ends[whole] as usize..].iter().rposition(|b| *b != 0);
                let used = rest.map_or(0, |at| at as u64 + 1);
                let most = (ends.last().unwrap() - ends[whole]).min(image.len() as u64 - ends[whole]);
                let dropped = replayed.dropped_bytes;
                assert!((used..=most).contains(&dropped), "cut at {cut}: {dropped}");
                assert_eq!(dropped == 0, used == 0, "cut at {cut}");
            }
        }
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
                log.append(&[b"body"]);
                log.write().and_then(|()| log.sync()).err()
            });
            let expected = if i == 1 { Code::DiskFull } else { Code::IoError };
            assert_eq!(failure.unwrap().code(), expected);
            let (end, operations) = (log.end(), sim.operations());
            for _ in 0..3 {
                log.append(&[b"more"]);
                assert_eq!(code(log.write()), Some(Code::Poisoned));
                assert_eq!(code(log.sync()), Some(Code::Poisoned));
            }
            assert_eq!((log.end(), sim.operations()), (end, operations), "the file was touched");
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
        log.append(&[&body]);
    }
    log.write().unwrap();
    assert_eq!(read(&files, None).unwrap().0, bodies());
}

/// Runs a workload that stops at the operation `halt`; answers how many bodies were synced.
fn workload(files: &Files, sim: &SimVfs, halt: u64) -> Option<usize> {
    sim.halt_at(halt);
    let mut log = LogWriter::create(files, 7).ok()?;
    files.sync_dir().ok()?;
    let mut synced = 0;
    for (i, body) in stream().iter().enumerate() {
        log.append(&[body]);
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
                let (found, _) =
                    read(&files_of(Arc::new(image)), None).unwrap_or_else(|e| panic!("halt {halt}, {crash:?}: {e}"));
                assert!(found.len() >= synced, "halt {halt}, {crash:?}: {} of {synced}", found.len());
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
                log.append(&[body]);
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
