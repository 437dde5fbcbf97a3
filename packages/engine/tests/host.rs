//! What every folder does, on a disk, in memory and simulated alike.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use koru_delta::host::{File, Lock, MemVfs, SimVfs, StdVfs, Vfs};
use proptest::prelude::*;

/// A folder of one kind, gone when the test ends.
struct Folder {
    kind: &'static str,
    vfs: Box<dyn Vfs>,
    path: Option<PathBuf>,
}

impl Folder {
    fn one_of_each() -> [Self; 3] {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("koru-host-{}-{count}", std::process::id()));
        let disk = StdVfs::new(&path);
        disk.create_folder().unwrap();
        let folder = |kind, vfs, path| Self { kind, vfs, path };
        [
            folder("standard", Box::new(disk), Some(path)),
            folder("memory", Box::new(MemVfs::new()), None),
            folder("simulated", Box::new(SimVfs::new()), None),
        ]
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            std::fs::remove_dir_all(path).unwrap();
        }
    }
}

fn kind<T>(result: std::io::Result<T>) -> ErrorKind {
    result.err().expect("the call went well and must not").kind()
}

fn bytes(file: &dyn File) -> Vec<u8> {
    let mut bytes = vec![0; file.len().unwrap() as usize];
    file.read_exact_at(&mut bytes, 0).unwrap();
    bytes
}

fn sorted_list(vfs: &dyn Vfs) -> Vec<String> {
    let mut names = vfs.list().unwrap();
    names.sort();
    names
}

type Behaviour = (&'static str, fn(&dyn Vfs));

const BEHAVIOURS: &[Behaviour] = &[
    ("refuses names that are not its own", |vfs| {
        let long = ["a"; 20].concat() + "/";
        for name in [
            "",
            ".",
            "..",
            "../wal-1",
            "a/b",
            "/etc/passwd",
            "a\\b",
            "A",
            "a.b",
            "a_b",
            "nul:",
            "é",
            "a\0",
            " ",
            "a\n",
            "lock",
            &long,
        ] {
            assert_eq!(kind(vfs.create(name)), ErrorKind::InvalidInput, "{name:?}");
            assert_eq!(kind(vfs.open(name, true)), ErrorKind::InvalidInput, "{name:?}");
            assert_eq!(kind(vfs.open(name, false)), ErrorKind::InvalidInput, "{name:?}");
            assert_eq!(kind(vfs.remove(name)), ErrorKind::InvalidInput, "{name:?}");
        }
        assert!(vfs.list().unwrap().is_empty());
    }),
    ("tells a missing file from one that is there", |vfs| {
        assert_eq!(kind(vfs.open("wal-1", true)), ErrorKind::NotFound);
        assert_eq!(kind(vfs.open("wal-1", false)), ErrorKind::NotFound);
        assert_eq!(kind(vfs.remove("wal-1")), ErrorKind::NotFound);
        vfs.create("wal-1").unwrap().write_all_at(b"x", 0).unwrap();
        assert_eq!(kind(vfs.create("wal-1")), ErrorKind::AlreadyExists);
        assert_eq!(bytes(&*vfs.open("wal-1", false).unwrap()), b"x");
        vfs.remove("wal-1").unwrap();
        assert_eq!(kind(vfs.open("wal-1", false)), ErrorKind::NotFound);
    }),
    ("reads and writes at a place", |vfs| {
        let file = vfs.create("a").unwrap();
        assert!(file.is_empty().unwrap());
        assert_eq!(file.write_at(b"world", 6).unwrap(), 5);
        assert_eq!(file.write_at(b"hello", 0).unwrap(), 5);
        assert_eq!(bytes(&*file), b"hello\0world");
        assert_eq!(file.write_at(b"HE", 0).unwrap(), 2);
        assert_eq!(file.len().unwrap(), 11);
        let mut buf = [9; 8];
        assert_eq!(file.read_at(&mut buf, 6).unwrap(), 5);
        assert_eq!(&buf, b"world\x09\x09\x09");
        assert_eq!(file.read_at(&mut buf, 11).unwrap(), 0);
        assert_eq!(file.read_at(&mut buf, 5_000).unwrap(), 0);
        assert_eq!(file.read_at(&mut [], 0).unwrap(), 0);
    }),
    ("shows zeros in a hole", |vfs| {
        let file = vfs.create("a").unwrap();
        file.write_all_at(b"end", 100_000).unwrap();
        let mut wanted = vec![0; 100_000];
        wanted.extend(b"end");
        assert_eq!(bytes(&*file), wanted);
    }),
    ("does nothing for an empty write", |vfs| {
        let file = vfs.create("a").unwrap();
        assert_eq!(file.write_at(b"", 1_000).unwrap(), 0);
        file.write_all_at(b"", 1_000).unwrap();
        assert_eq!(file.len().unwrap(), 0);
    }),
    ("keeps a reading handle from writing", |vfs| {
        vfs.create("a").unwrap().write_all_at(b"old", 0).unwrap();
        let file = vfs.open("a", false).unwrap();
        assert_eq!(kind(file.write_at(b"new", 0)), ErrorKind::PermissionDenied);
        assert_eq!(kind(file.write_all_at(b"new", 3)), ErrorKind::PermissionDenied);
        assert_eq!(bytes(&*file), b"old");
    }),
    ("keeps a removed file for its handles", |vfs| {
        let old = vfs.create("a").unwrap();
        old.write_all_at(b"old", 0).unwrap();
        vfs.remove("a").unwrap();
        assert!(vfs.list().unwrap().is_empty());
        let new = vfs.create("a").unwrap();
        new.write_all_at(b"newer", 0).unwrap();
        old.write_all_at(b"!", 3).unwrap();
        old.sync().unwrap();
        assert_eq!(bytes(&*old), b"old!");
        assert_eq!(bytes(&*vfs.open("a", false).unwrap()), b"newer");
    }),
    ("shows a write through every handle", |vfs| {
        let one = vfs.create("a").unwrap();
        let two = vfs.open("a", true).unwrap();
        let three = vfs.open("a", false).unwrap();
        one.write_all_at(b"one", 0).unwrap();
        two.write_all_at(b"two", 3).unwrap();
        for file in [&one, &two, &three] {
            assert_eq!(bytes(&**file), b"onetwo");
        }
    }),
    ("lists what is there", |vfs| {
        for name in ["wal-000002", "b", "wal-000001"] {
            vfs.create(name).unwrap();
        }
        vfs.remove("b").unwrap();
        vfs.sync_dir().unwrap();
        assert_eq!(sorted_list(vfs), ["wal-000001", "wal-000002"]);
    }),
    ("reads exactly or tells the end", |vfs| {
        let file = vfs.create("a").unwrap();
        file.write_all_at(b"12345", 0).unwrap();
        file.sync().unwrap();
        let mut buf = [0; 3];
        file.read_exact_at(&mut buf, 2).unwrap();
        assert_eq!(&buf, b"345");
        assert_eq!(kind(file.read_exact_at(&mut buf, 3)), ErrorKind::UnexpectedEof);
    }),
    ("refuses an offset no file has", |vfs| {
        let file = vfs.create("a").unwrap();
        for offset in [u64::MAX, u64::MAX - 1, 1 << 63, i64::MAX as u64] {
            assert!(file.write_at(b"xy", offset).is_err(), "{offset}");
            assert_eq!(file.read_at(&mut [0; 2], offset).unwrap(), 0, "{offset}");
        }
        assert_eq!(file.len().unwrap(), 0);
    }),
    ("lets one holder have the lock", |vfs| {
        let Lock::Held(guard) = vfs.lock().unwrap() else {
            panic!("nobody else has it");
        };
        assert!(matches!(vfs.lock().unwrap(), Lock::Taken(_)));
        assert!(matches!(vfs.lock().unwrap(), Lock::Taken(_)));
        assert_eq!(vfs.list().unwrap(), ["lock"]);
        drop(guard);
        assert_eq!(vfs.list().unwrap(), ["lock"]);
        let Lock::Held(guard) = vfs.lock().unwrap() else {
            panic!("it was let go");
        };
        assert!(matches!(vfs.lock().unwrap(), Lock::Taken(_)));
        drop(guard);
    }),
    ("serves many threads", |vfs| {
        let shared = vfs.create("shared").unwrap();
        std::thread::scope(|scope| {
            for thread in 0..8_u8 {
                let shared = &shared;
                scope.spawn(move || {
                    let own = vfs.create(&format!("own-{thread}")).unwrap();
                    for i in 0..50_u64 {
                        let at = (i * 8 + u64::from(thread)) * 700;
                        shared.write_all_at(&[thread + 1; 700], at).unwrap();
                        own.write_all_at(&[thread; 100], i * 100).unwrap();
                        own.sync().unwrap();
                        let mut back = [0; 700];
                        shared.read_exact_at(&mut back, at).unwrap();
                        assert_eq!(back, [thread + 1; 700]);
                    }
                });
            }
        });
        for (at, byte) in bytes(&*shared).into_iter().enumerate() {
            assert_eq!(usize::from(byte), at / 700 % 8 + 1, "at {at}");
        }
        for thread in 0..8_u8 {
            let own = vfs.open(&format!("own-{thread}"), false).unwrap();
            assert_eq!(bytes(&*own), [thread; 5_000]);
        }
    }),
];

#[test]
fn every_folder_behaves_alike() {
    for (name, behaviour) in BEHAVIOURS {
        for folder in Folder::one_of_each() {
            println!("{}: {name}", folder.kind); // shown when the behaviour fails
            behaviour(&*folder.vfs);
        }
    }
}

/// One call, drawn at random.
#[derive(Debug, Clone)]
enum Call {
    Create(usize),
    Open(usize, bool),
    Remove(usize),
    Write(usize, Vec<u8>, u64),
    Read(usize, usize, u64),
    Sync(usize),
    SyncDir,
    List,
}

fn call() -> impl Strategy<Value = Call> {
    let name = 0..3_usize;
    let handle = 0..4_usize;
    let offset = prop_oneof![0..2_000_u64, 0..70_000_u64];
    let data = prop::collection::vec(any::<u8>(), 0..3_000);
    prop_oneof![
        2 => name.clone().prop_map(Call::Create),
        2 => (name.clone(), any::<bool>()).prop_map(|(n, w)| Call::Open(n, w)),
        1 => name.prop_map(Call::Remove),
        6 => (handle.clone(), data, offset.clone()).prop_map(|(h, d, o)| Call::Write(h, d, o)),
        4 => (handle.clone(), 0..5_000_usize, offset).prop_map(|(h, l, o)| Call::Read(h, l, o)),
        1 => handle.prop_map(Call::Sync),
        1 => Just(Call::SyncDir),
        1 => Just(Call::List),
    ]
}

/// Makes the call and tells everything a caller can see of it.
fn answer(vfs: &dyn Vfs, handles: &mut Vec<Arc<dyn File>>, call: &Call) -> String {
    const NAMES: [&str; 3] = ["a", "wal-000001", "manifest-0"];
    let nth = |handles: &Vec<Arc<dyn File>>, i: usize| handles.iter().rev().nth(i).cloned();
    let keep = |handles: &mut Vec<Arc<dyn File>>, opened: std::io::Result<Arc<dyn File>>| {
        let told = opened.as_ref().map(|_| ()).map_err(std::io::Error::kind);
        handles.extend(opened);
        format!("{told:?}")
    };
    match call {
        Call::Create(name) => keep(handles, vfs.create(NAMES[*name])),
        Call::Open(name, writable) => keep(handles, vfs.open(NAMES[*name], *writable)),
        Call::Remove(name) => format!("{:?}", vfs.remove(NAMES[*name]).map_err(|e| e.kind())),
        Call::Write(handle, data, offset) => nth(handles, *handle).map_or(String::new(), |file| {
            let done = file.write_at(data, *offset).map_err(|e| e.kind());
            format!("{done:?} {}", file.len().unwrap())
        }),
        Call::Read(handle, len, offset) => nth(handles, *handle).map_or(String::new(), |file| {
            let mut buf = vec![0; *len];
            let done = file.read_at(&mut buf, *offset).map_err(|e| e.kind());
            format!("{done:?} {buf:?}")
        }),
        Call::Sync(handle) => {
            nth(handles, *handle).map_or(String::new(), |file| format!("{:?}", file.sync().map_err(|e| e.kind())))
        }
        Call::SyncDir => format!("{:?}", vfs.sync_dir().map_err(|e| e.kind())),
        Call::List => format!("{:?}", sorted_list(vfs)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// The disk is the measure: memory and the simulator answer every call as it does.
    #[test]
    fn every_folder_answers_alike(calls in prop::collection::vec(call(), 1..40)) {
        let folders = Folder::one_of_each();
        let mut handles: [Vec<Arc<dyn File>>; 3] = Default::default();
        for call in &calls {
            let answers: Vec<String> = folders.iter().zip(&mut handles)
                .map(|(folder, handles)| answer(&*folder.vfs, handles, call))
                .collect();
            prop_assert_eq!(&answers[0], &answers[1], "memory, {:?}", call);
            prop_assert_eq!(&answers[0], &answers[2], "simulated, {:?}", call);
        }
    }
}

#[test]
fn clones_share_one_folder() {
    let memory = MemVfs::new();
    let simulated = SimVfs::new();
    let pairs: [(&dyn Vfs, &dyn Vfs); 2] = [(&memory, &memory.clone()), (&simulated, &simulated.clone())];
    for (one, two) in pairs {
        one.create("a").unwrap().write_all_at(b"x", 0).unwrap();
        assert_eq!(bytes(&*two.open("a", false).unwrap()), b"x");
        let guard = one.lock().unwrap();
        assert!(matches!(two.lock().unwrap(), Lock::Taken(None)));
        drop(guard);
        assert!(matches!(two.lock().unwrap(), Lock::Held(_)));
    }
}

#[test]
fn memory_gives_and_takes_whole_folders() {
    let vfs = MemVfs::new();
    vfs.create("a").unwrap().write_all_at(b"x", 40_000).unwrap();
    vfs.create("b").unwrap();
    let guard = vfs.lock().unwrap();
    let files = vfs.snapshot();
    assert_eq!(files.keys().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(files["a"].len(), 40_001);
    let copy = MemVfs::from_files(files.clone());
    assert!(matches!(copy.lock().unwrap(), Lock::Held(_)), "a copy has a lock of its own");
    copy.remove("b").unwrap();
    assert_eq!(vfs.snapshot(), files);
    drop(guard);

    let foreign = MemVfs::from_files([("Thumbs.db".to_owned(), vec![1])].into());
    assert_eq!(foreign.list().unwrap(), ["Thumbs.db"]);
}
