//! The simulator's faults: each strikes what it should, as often as it should, and nothing else.

use std::io::ErrorKind;
use std::sync::Arc;

use koru_delta::host::{Crash, Fault, File, Operation, OperationKind, SimVfs, Vfs};

/// Makes one operation of this kind on file `a`, which is there and holds 10 bytes; `b` comes and goes.
fn operate(vfs: &SimVfs, file: &dyn File, kind: OperationKind) -> std::io::Result<()> {
    match kind {
        OperationKind::Create => vfs.create("b").map(drop),
        OperationKind::Open => vfs.open("a", true).map(drop),
        OperationKind::Read => file.read_at(&mut [0; 4], 2).map(drop),
        OperationKind::Write => file.write_at(b"new", 5).map(drop),
        OperationKind::Sync => file.sync(),
        OperationKind::Remove => vfs.remove("b"),
        OperationKind::List => vfs.list().map(drop),
        OperationKind::SyncDir => vfs.sync_dir(),
        OperationKind::Lock => vfs.lock().map(drop),
    }
}

/// An order in which all of them go well.
const ORDER: [OperationKind; 9] = OperationKind::ALL;

fn disk() -> (SimVfs, Arc<dyn File>) {
    let vfs = SimVfs::new();
    let file = vfs.create("a").unwrap();
    file.write_all_at(b"0123456789", 0).unwrap();
    file.sync().unwrap();
    vfs.sync_dir().unwrap();
    (vfs, file)
}

fn kind<T>(result: std::io::Result<T>) -> Option<ErrorKind> {
    result.err().map(|e| e.kind())
}

#[test]
fn operations_are_counted_and_traced() {
    let (vfs, file) = disk();
    assert_eq!(vfs.operations(), 4);
    assert!(vfs.trace().is_empty());
    vfs.record();
    for kind in ORDER {
        operate(&vfs, &*file, kind).unwrap();
    }
    file.len().unwrap();
    assert_eq!(vfs.operations(), 13);
    let trace = vfs.trace();
    assert_eq!(trace.iter().map(|o| o.kind).collect::<Vec<_>>(), ORDER);
    let numbers: Vec<u64> = trace.iter().map(|o| o.number).collect();
    assert_eq!(numbers, (4..13).collect::<Vec<_>>());
    let write = Operation { number: 7, kind: OperationKind::Write, file: "a".into(), offset: 5, len: 3 };
    assert_eq!(trace[3], write);
    let texts: Vec<String> = trace.iter().map(ToString::to_string).collect();
    assert_eq!(texts[0], "4 Create b");
    assert_eq!(texts[2], "6 Read a 2+4");
}

#[test]
fn refusals_before_the_device_do_not_count() {
    let (vfs, _) = disk();
    let reader = vfs.open("a", false).unwrap();
    let before = vfs.operations();
    assert!(vfs.create("..").is_err() && vfs.open("A", true).is_err() && vfs.remove("").is_err());
    assert!(reader.write_at(b"x", 0).is_err());
    assert_eq!(vfs.operations(), before);
    assert!(vfs.open("missing", true).is_err());
    assert_eq!(vfs.operations(), before + 1);
}

/// Every kind of operation, every kind of error, once: it fails, it counts, it changes nothing, and the next goes well.
#[test]
fn an_error_strikes_its_operation_once() {
    let errors = [
        ErrorKind::Other,
        ErrorKind::StorageFull,
        ErrorKind::Interrupted,
        ErrorKind::PermissionDenied,
        ErrorKind::QuotaExceeded,
    ];
    for struck in ORDER {
        for error in errors {
            let (vfs, file) = disk();
            vfs.fail(Fault::error(error).on(struck));
            for kind_now in ORDER {
                let (before, unsynced, count) = (vfs.snapshot(), vfs.unsynced(), vfs.operations());
                let result = operate(&vfs, &*file, kind_now);
                if kind_now == struck {
                    assert_eq!(kind(result), Some(error), "{struck:?}");
                    assert_eq!((vfs.snapshot(), vfs.unsynced()), (before, unsynced), "{struck:?}");
                    assert_eq!(vfs.operations(), count + 1);
                    operate(&vfs, &*file, kind_now).unwrap();
                } else {
                    result.unwrap();
                }
            }
        }
    }
}

#[test]
fn a_fault_counts_down_and_may_stay() {
    use OperationKind::{Read, Sync, Write};
    let fails = |fault: Fault, kinds: &[OperationKind]| -> Vec<bool> {
        let (vfs, file) = disk();
        vfs.fail(fault);
        kinds.iter().map(|k| operate(&vfs, &*file, *k).is_err()).collect()
    };
    let eio = || Fault::error(ErrorKind::Other);
    let kinds = [Write, Read, Write, Sync, Write, Write];
    for (fault, expected) in [
        (eio(), [true, false, false, false, false, false]),
        (eio().nth(0), [true, false, false, false, false, false]),
        (eio().nth(4), [false, false, false, true, false, false]),
        (eio().nth(4).forever(), [false, false, false, true, true, true]),
        (eio().on(Write).nth(2), [false, false, true, false, false, false]),
        (eio().on(Write).nth(2).forever(), [false, false, true, false, true, true]),
        (eio().on_file("a").on(Sync), [false, false, false, true, false, false]),
        (eio().on_file("b").forever(), [false; 6]),
    ] {
        let text = format!("{fault:?}");
        assert_eq!(fails(fault, &kinds), expected, "{text}");
    }
}

#[test]
fn faults_queue_up() {
    let (vfs, file) = disk();
    vfs.fail(Fault::error(ErrorKind::Other));
    vfs.fail(Fault::error(ErrorKind::StorageFull));
    vfs.fail(Fault::error(ErrorKind::PermissionDenied).nth(3));
    let kinds = [0; 4].map(|_| kind(file.sync()));
    assert_eq!(kinds, [Some(ErrorKind::Other), Some(ErrorKind::StorageFull), Some(ErrorKind::PermissionDenied), None]);
    vfs.fail(Fault::error(ErrorKind::Other).forever());
    assert!(file.sync().is_err());
    vfs.heal();
    file.sync().unwrap();
}

#[test]
fn short_reads_and_writes_take_what_they_say() {
    let (vfs, file) = disk();
    let mut buf = [0; 8];
    vfs.fail(Fault::short(3));
    file.sync().unwrap(); // not struck
    assert_eq!(file.read_at(&mut buf, 1).unwrap(), 3);
    assert_eq!(&buf, b"123\0\0\0\0\0");
    vfs.fail(Fault::short(2).on(OperationKind::Write));
    assert_eq!(file.read_at(&mut buf, 0).unwrap(), 8);
    assert_eq!(file.write_at(b"abcd", 0).unwrap(), 2);
    vfs.fail(Fault::short(1).forever());
    file.write_all_at(b"XYZ", 9).unwrap();
    let mut all = [0; 12];
    file.read_exact_at(&mut all, 0).unwrap();
    assert_eq!(&all, b"ab2345678XYZ");
    vfs.heal();
    vfs.fail(Fault::short(0));
    assert_eq!(kind(file.write_all_at(b"x", 0)), Some(ErrorKind::WriteZero));
    assert_eq!(vfs.unsynced(), 4, "one write of two bytes, three of one");
}

#[test]
fn a_full_disk_takes_what_fits() {
    let (vfs, file) = disk();
    vfs.limit_bytes(Some(14));
    assert_eq!(file.write_at(b"abcdefgh", 8).unwrap(), 6);
    assert_eq!(kind(file.write_at(b"gh", 14)), Some(ErrorKind::StorageFull));
    assert_eq!(kind(file.write_at(b"x", 5_000)), Some(ErrorKind::StorageFull), "a hole takes room too");
    assert_eq!(file.write_at(b"over", 0).unwrap(), 4, "no new room");
    let other = vfs.create("b").unwrap();
    assert_eq!(kind(other.write_at(b"x", 0)), Some(ErrorKind::StorageFull));
    assert_eq!(other.write_at(b"", 0).unwrap(), 0);
    assert_eq!(vfs.snapshot()["a"], b"over4567abcdef");

    vfs.limit_bytes(Some(5));
    assert_eq!(kind(file.write_at(b"x", 14)), Some(ErrorKind::StorageFull));
    vfs.remove("a").unwrap();
    other.write_all_at(b"12345", 0).unwrap();
    assert_eq!(kind(other.write_at(b"6", 5)), Some(ErrorKind::StorageFull));
    vfs.limit_bytes(None);
    other.write_all_at(b"6", 5).unwrap();
}

#[test]
fn a_flipped_bit_is_in_the_cache_and_on_the_disk() {
    let (vfs, file) = disk();
    file.write_all_at(b"AB", 9).unwrap();
    for (offset, bit) in [(0, 0), (9, 1), (10, 7)] {
        vfs.flip("a", offset, bit).unwrap();
    }
    let flipped = b"112345678\x43\xc2";
    assert_eq!(vfs.snapshot()["a"], flipped);
    assert_eq!(vfs.crash(&Crash::AllKept).snapshot()["a"], flipped);
    let old = vfs.crash(&Crash::AllLost).snapshot();
    assert_eq!(old["a"], b"112345678\x3b", "9 with its second bit turned over");
    file.sync().unwrap();
    assert_eq!(vfs.crash(&Crash::AllLost).snapshot()["a"], flipped);

    assert_eq!(kind(vfs.flip("b", 0, 0)), Some(ErrorKind::NotFound));
    assert_eq!(kind(vfs.flip("a", 11, 0)), Some(ErrorKind::InvalidInput));
    assert_eq!(kind(vfs.flip("a", 0, 8)), Some(ErrorKind::InvalidInput));
}

/// Stopped at each of its operations in turn, a workload has done exactly those before it.
#[test]
fn a_halt_stops_everything() {
    let run = |vfs: &SimVfs, file: &dyn File| -> std::io::Result<()> {
        ORDER.iter().try_for_each(|kind| operate(vfs, file, *kind))
    };
    let (whole, file) = disk();
    whole.record();
    run(&whole, &*file).unwrap();
    for n in 4..whole.operations() {
        let (vfs, file) = disk();
        vfs.record();
        vfs.halt_at(n);
        assert!(run(&vfs, &*file).is_err());
        let done = (n - 4) as usize;
        assert_eq!(vfs.trace(), whole.trace()[..done]);
        let (before, unsynced) = (vfs.snapshot(), vfs.unsynced());
        for kind in ORDER {
            assert!(operate(&vfs, &*file, kind).is_err(), "{kind:?}");
        }
        assert!(file.len().is_err());
        assert_eq!((vfs.snapshot(), vfs.unsynced(), vfs.operations()), (before, unsynced, n));
        vfs.heal();
        file.sync().unwrap();
        assert_eq!(vfs.operations(), n + 1);
    }
    let (vfs, file) = disk();
    vfs.halt_at(0);
    assert!(file.sync().is_err());
}
