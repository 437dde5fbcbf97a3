//! What the simulator leaves after a power cut, case by case.

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::{Duration, Instant};

use koru_delta::host::{Crash, Fault, File, SimVfs, Vfs};

const SECTOR: usize = 512;

type Files = BTreeMap<String, Vec<u8>>;

fn files<const N: usize>(files: [(&str, &[u8]); N]) -> Files {
    let own = |(name, bytes): (&str, &[u8])| (name.to_owned(), bytes.to_vec());
    files.into_iter().map(own).collect()
}

fn put(vfs: &SimVfs, name: &str, bytes: &[u8], offset: u64) -> Arc<dyn File> {
    let file = vfs.open(name, true).or_else(|_| vfs.create(name)).unwrap();
    file.write_all_at(bytes, offset).unwrap();
    file
}

/// A disk that has file `a` holding `old`, all of it synced.
fn settled() -> SimVfs {
    let vfs = SimVfs::new();
    put(&vfs, "a", b"old", 0).sync().unwrap();
    vfs.sync_dir().unwrap();
    assert_eq!(vfs.unsynced(), 0);
    vfs
}

/// The files that are left, by name.
type Left = &'static [(&'static str, &'static [u8])];

struct Case {
    what: &'static str,
    run: fn(&SimVfs),
    /// What each power cut after the run leaves.
    leaves: &'static [(Crash, Left)],
}

const CASES: &[Case] = &[
    Case {
        what: "a write is there only when it was synced",
        run: |vfs| drop(put(vfs, "a", b"new!", 0)),
        leaves: &[
            (Crash::AllLost, &[("a", b"old")]),
            (Crash::AllKept, &[("a", b"new!")]),
            (Crash::LengthsOnly, &[("a", b"old\0")]),
            (Crash::LengthsLost, &[("a", b"new")]),
            (Crash::TornPrefix(1), &[("a", b"nld")]),
            (Crash::TornPrefix(4), &[("a", b"new!")]),
            (Crash::TornSuffix(1), &[("a", b"oew!")]),
            (Crash::TornSuffix(9), &[("a", b"old")]),
        ],
    },
    Case {
        what: "a sync keeps the write, but not the later one",
        run: |vfs| {
            put(vfs, "a", b"new", 0).sync().unwrap();
            put(vfs, "a", b"late", 0);
        },
        leaves: &[(Crash::AllLost, &[("a", b"new")]), (Crash::AllKept, &[("a", b"late")])],
    },
    Case {
        what: "a synced file whose name was not synced may have no name",
        run: |vfs| put(vfs, "b", b"new", 0).sync().unwrap(),
        leaves: &[(Crash::AllLost, &[("a", b"old")]), (Crash::AllKept, &[("a", b"old"), ("b", b"new")])],
    },
    Case {
        what: "a synced name does not bring its content",
        run: |vfs| {
            put(vfs, "b", b"new", 0);
            vfs.sync_dir().unwrap();
        },
        leaves: &[
            (Crash::AllLost, &[("a", b"old"), ("b", b"")]),
            (Crash::LengthsOnly, &[("a", b"old"), ("b", b"\0\0\0")]),
            (Crash::LengthsLost, &[("a", b"old"), ("b", b"")]),
            (Crash::TornSuffix(2), &[("a", b"old"), ("b", b"\0\0w")]),
        ],
    },
    Case {
        what: "names and content arrive apart from each other",
        run: |vfs| {
            put(vfs, "b", b"new", 0);
            put(vfs, "a", b"NEW", 0);
        },
        leaves: &[
            (Crash::NamesOnly, &[("a", b"old"), ("b", b"")]),
            (Crash::NamesLost, &[("a", b"NEW")]),
            // Changes: 0 creates b, 1 writes b, 2 writes a.
            (Crash::Lost(0), &[("a", b"NEW")]),
            (Crash::Lost(1), &[("a", b"NEW"), ("b", b"")]),
            (Crash::Lost(2), &[("a", b"old"), ("b", b"new")]),
            (Crash::Kept(0), &[("a", b"old"), ("b", b"")]),
            (Crash::Kept(1), &[("a", b"old"), ("b", b"new")]),
            (Crash::Kept(2), &[("a", b"NEW")]),
        ],
    },
    Case {
        what: "a removal that was not synced may be undone",
        run: |vfs| {
            put(vfs, "a", b"new", 0);
            vfs.remove("a").unwrap();
        },
        leaves: &[(Crash::AllLost, &[("a", b"old")]), (Crash::AllKept, &[]), (Crash::NamesLost, &[("a", b"new")])],
    },
    Case {
        what: "a synced removal is for good",
        run: |vfs| {
            let file = put(vfs, "a", b"new", 0);
            vfs.remove("a").unwrap();
            assert_eq!(vfs.unsynced(), 2);
            vfs.sync_dir().unwrap();
            assert_eq!(vfs.unsynced(), 0, "the write has no file to be lost from");
            file.write_all_at(b"still open", 0).unwrap();
            assert_eq!(vfs.unsynced(), 0);
        },
        leaves: &[(Crash::AllLost, &[]), (Crash::AllKept, &[]), (Crash::NamesLost, &[])],
    },
    Case {
        what: "a name used again means the old file or the new one",
        run: |vfs| {
            vfs.remove("a").unwrap();
            put(vfs, "a", b"second", 0).sync().unwrap();
        },
        leaves: &[
            (Crash::AllLost, &[("a", b"old")]),
            (Crash::AllKept, &[("a", b"second")]),
            (Crash::Lost(0), &[("a", b"second")]),
            (Crash::Lost(1), &[]),
        ],
    },
    Case {
        what: "a removal whose creation was lost takes nothing else away",
        run: |vfs| {
            vfs.remove("a").unwrap();
            vfs.create("a").unwrap();
            vfs.remove("a").unwrap();
        },
        // Kept(2) is the removal of the second file alone.
        leaves: &[(Crash::Kept(2), &[("a", b"old")]), (Crash::AllKept, &[])],
    },
    Case {
        what: "a sector never has the later write without the earlier",
        run: |vfs| {
            let file = put(vfs, "a", b"1111", 0);
            file.write_all_at(b"22", 2).unwrap();
            file.write_all_at(b"333", 3).unwrap();
        },
        leaves: &[
            (Crash::Lost(0), &[("a", b"old\0\0\0")]),
            (Crash::Lost(1), &[("a", b"1111\0\0")]),
            (Crash::Lost(2), &[("a", b"1122")]),
            (Crash::Kept(0), &[("a", b"1111")]),
            (Crash::Kept(1), &[("a", b"1122")]),
            (Crash::Kept(2), &[("a", b"112333")]),
        ],
    },
    Case {
        what: "a failed sync forgets what it should have written",
        run: |vfs| {
            let file = put(vfs, "a", b"new and longer", 0);
            vfs.fail(Fault::dropped_sync(ErrorKind::Other));
            assert_eq!(file.sync().unwrap_err().kind(), ErrorKind::Other);
            assert_eq!(vfs.unsynced(), 0);
            file.sync().unwrap();
            assert_eq!(vfs.snapshot(), files([("a", b"new and longer")]));
            file.write_all_at(b"R", 4).unwrap();
            file.sync().unwrap();
            assert_eq!(vfs.snapshot(), files([("a", b"new Rnd longer")]));
        },
        leaves: &[(Crash::AllLost, &[("a", b"old\0R")]), (Crash::AllKept, &[("a", b"old\0R")])],
    },
    Case {
        what: "a sync that only fails can be tried again",
        run: |vfs| {
            let file = put(vfs, "a", b"new", 0);
            vfs.fail(Fault::error(ErrorKind::Other));
            assert_eq!(file.sync().unwrap_err().kind(), ErrorKind::Other);
            assert_eq!(vfs.crash(&Crash::AllLost).snapshot(), files([("a", b"old")]));
            file.sync().unwrap();
        },
        leaves: &[(Crash::AllLost, &[("a", b"new")])],
    },
    Case {
        what: "a folder whose sync was dropped forgets its names",
        run: |vfs| {
            put(vfs, "b", b"new", 0).sync().unwrap();
            vfs.fail(Fault::dropped_sync(ErrorKind::Other));
            assert!(vfs.sync_dir().is_err());
            vfs.sync_dir().unwrap();
            assert_eq!(vfs.list().unwrap(), ["a", "b"]);
        },
        leaves: &[(Crash::AllKept, &[("a", b"old")])],
    },
];

#[test]
fn power_cuts_leave_what_the_model_says() {
    for case in CASES {
        let vfs = settled();
        (case.run)(&vfs);
        for (crash, left) in case.leaves {
            let left: Files = left.iter().map(|(n, b)| ((*n).to_owned(), b.to_vec())).collect();
            assert_eq!(vfs.crash(crash).snapshot(), left, "{}: {crash:?}", case.what);
        }
    }
}

#[test]
fn every_way_to_crash_is_listed_once() {
    let vfs = settled();
    assert_eq!(Crash::all(&vfs, 1, 16), [Crash::AllLost]);

    put(&vfs, "a", &[1; 1_300], 700); // sector edges at 1024 and 1536: 324 and 836 bytes into the write
    let ways = Crash::all(&vfs, 1, 0);
    for n in [1, 324, 836, 1_299] {
        assert!(ways.contains(&Crash::TornPrefix(n)) && ways.contains(&Crash::TornSuffix(n)));
    }
    assert_eq!(ways.len(), 4 + 2 * 5, "and torn at a place by chance: {ways:?}");

    put(&vfs, "b", b"xy", 0);
    let ways = Crash::all(&vfs, 9, 16);
    let texts: BTreeSet<String> = ways.iter().map(|way| format!("{way:?}")).collect();
    assert_eq!(texts.len(), ways.len(), "{ways:?}");
    assert_eq!(ways.len(), 6 + 2 * 3 + 2 + 16, "torn only between the two bytes: {ways:?}");
    assert_eq!(ways, Crash::all(&vfs, 9, 16));
    assert_ne!(ways, Crash::all(&vfs, 10, 16));
}

#[test]
fn a_crash_changes_nothing_and_its_image_stays() {
    let vfs = settled();
    let file = put(&vfs, "a", &[1; 3_000], 0);
    let (operations, unsynced, seen) = (vfs.operations(), vfs.unsynced(), vfs.snapshot());
    let images: Vec<_> = Crash::all(&vfs, 3, 50).into_iter().map(|crash| (crash, vfs.crash(&crash))).collect();
    let before: Vec<Files> = images.iter().map(|(_, image)| image.snapshot()).collect();
    assert_eq!((vfs.operations(), vfs.unsynced(), vfs.snapshot()), (operations, unsynced, seen));
    for ((crash, image), before) in images.iter().zip(&before) {
        assert_eq!(&vfs.crash(crash).snapshot(), before, "{crash:?} made again");
        image.open("a", true).unwrap().write_all_at(b"image", 0).unwrap();
    }
    assert_eq!(vfs.crash(&Crash::AllKept).snapshot()["a"], [1; 3_000]);
    file.write_all_at(b"later", 0).unwrap();
    file.sync().unwrap();
    for (crash, image) in &images {
        assert!(image.snapshot()["a"].starts_with(b"image"), "{crash:?} shares bytes with the disk");
    }
}

#[test]
fn an_image_crashes_again() {
    let vfs = settled();
    put(&vfs, "a", b"first", 0);
    let again = SimVfs::from(&vfs.crash(&Crash::TornPrefix(2)));
    assert_eq!((again.unsynced(), again.operations()), (0, 0));
    put(&again, "b", b"recovered", 0);
    assert_eq!(again.crash(&Crash::AllLost).snapshot(), files([("a", b"fid")]));
    assert_eq!(again.crash(&Crash::AllKept).snapshot(), files([("a", b"fid"), ("b", b"recovered")]));
}

/// The subsets are not shy: two writes over two sectors, two new names and a removal come out in every combination.
#[test]
fn subsets_reach_every_combination() {
    let vfs = settled();
    let file = put(&vfs, "b", &[0; 2 * SECTOR], 0);
    file.sync().unwrap();
    vfs.sync_dir().unwrap();
    file.write_all_at(&[1; 2 * SECTOR], 0).unwrap();
    file.write_all_at(&[2; 2 * SECTOR], 0).unwrap();
    file.write_all_at(&[3; 1], 4 * SECTOR as u64).unwrap();
    vfs.create("c").unwrap();
    vfs.remove("a").unwrap();
    let mut sectors = BTreeSet::new();
    let mut lengths = BTreeSet::new();
    let mut names = BTreeSet::new();
    for seed in 0..3_000 {
        let left = vfs.crash(&Crash::Subset(seed)).snapshot();
        let b = &left["b"];
        sectors.insert((b[0], b[SECTOR]));
        lengths.insert((b.len(), b.last() == Some(&3)));
        names.insert((left.contains_key("a"), left.contains_key("c")));
    }
    assert_eq!(sectors.len(), 9, "{sectors:?}");
    assert_eq!(names.len(), 4, "{names:?}");
    // The old length, and the new one with and without the byte that made it.
    assert_eq!(lengths.len(), 3, "{lengths:?}");
}

/// Crash enumeration makes tens of thousands of images; each must be cheap. The bound is far above what it takes, for
/// machines that are busy with other things.
#[test]
fn an_image_costs_little() {
    let vfs = SimVfs::new();
    for file in 0..4 {
        let file = put(&vfs, &format!("file-{file}"), &[1; 16 * 1024], 0);
        if file.len().unwrap() > 0 {
            file.sync().unwrap();
        }
    }
    vfs.sync_dir().unwrap();
    for i in 0..40_u64 {
        put(&vfs, &format!("file-{}", i % 4), &[2; 700], i * 400);
    }
    let ways = Crash::all(&vfs, 5, 1_000);
    let started = Instant::now();
    for crash in &ways {
        assert_eq!(vfs.crash(crash).list().unwrap().len(), 4);
    }
    let each = started.elapsed() / ways.len() as u32;
    println!("{} images, {each:?} each", ways.len());
    assert!(each < Duration::from_millis(1), "{each:?} each");
}
