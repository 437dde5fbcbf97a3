//! Folders that are somebody else's, newer, or not to be written.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use koru_delta::host::{File, Host, Lock, MemVfs, Vfs};
use koru_delta::{Code, KoruDelta, Options, SealKey};
use xxhash_rust::xxh3::xxh3_64;

use crate::refused;
use crate::world::{Image, World, options};

fn temporary(name: &str) -> std::path::PathBuf {
    let path = std::env::temp_dir().join(format!("koru-hostile-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&path);
    let _ = std::fs::remove_file(&path);
    path
}

#[test]
fn the_folder_of_another_program_is_left_alone() {
    for names in [&["index.html"][..], &["package.json", "node_modules"], &["log-1", "manifest"], &["data.db", "lock"]]
    {
        let files: Image = names.iter().map(|name| ((*name).to_owned(), b"theirs".to_vec())).collect();
        let world = World::of(files.clone(), 1);
        let before = world.vfs.snapshot();
        refused(world.open(options(None)), Code::NotADatabase, &format!("{names:?}"));
        let error = world.open(Options { read_only: true, ..options(None) }).unwrap_err();
        assert!([Code::NotADatabase, Code::DatabaseNotFound].contains(&error.code()), "{error:?}");
        assert_eq!(world.vfs.snapshot(), before);
    }
    // Files whose names happen to be like ours are not ours.
    for (name, bytes) in [
        ("log-000007", &b"theirs"[..]),
        ("log-000007", &[b'x'; 500]),
        ("manifest-000000", b"theirs"),
        ("segment-000001", b""),
    ] {
        let world = World::of([(name.to_owned(), bytes.to_vec())].into(), 1);
        let before = world.vfs.snapshot();
        let opened = world.open(options(None));
        if let Err(error) = opened {
            refused::<()>(Err(error.clone()), error.code(), name);
            assert_eq!(world.vfs.snapshot(), before, "{name}");
        } else {
            assert!(bytes.is_empty(), "{name} of {} foreign bytes was taken for ours", bytes.len());
        }
    }
}

/// A name proves nothing: only what says of itself that it is of this database is removed.
#[test]
fn a_foreign_file_under_a_name_of_ours_stays() {
    let key = SealKey::from_bytes([1; 32]);
    for key in [None, Some(&key)] {
        let world = World::new(9);
        let fill = |db: &KoruDelta| {
            for n in 0..20 {
                db.put("users", &format!("u{n}"), &"x".repeat(300 * n)).unwrap();
            }
            db.flush().unwrap();
        };
        fill(&world.open(options(key)).unwrap());
        let sound = world.vfs.snapshot();
        let (name, segment) = sound.iter().find(|(name, _)| name.starts_with("segment")).unwrap();
        let other = World::new(10);
        fill(&other.open(options(key)).unwrap());
        let alien = other.vfs.snapshot()[name].clone();
        let mut torn = segment[..64].to_vec();
        torn[8..40].fill(0);
        torn.extend([7; 100]);
        let mut misnamed = segment.clone();
        misnamed.truncate(200);
        let mut own = segment[..64].to_vec();
        own[32..40].copy_from_slice(&31u64.to_le_bytes());
        let sum = xxh3_64(&own[..60]) as u32;
        own[60..64].copy_from_slice(&sum.to_le_bytes());
        let cases: &[(&str, &[u8], bool)] = &[
            ("segment-000031", &own, false),
            ("segment-000031", &own[..40], false),
            ("segment-000031", &torn, false),
            ("log-000031", b"", false),
            ("values-000031", &[0; 9_000], false),
            ("segment-000031", b"theirs", true),
            ("segment-000031", &[b'x'; 9_000], true),
            ("segment-000031", &alien, true),
            ("segment-000031", &misnamed, true),
            ("log-000031", &own, true),
            ("log-18446744073709551615", b"theirs", true),
            ("manifest-000002", b"", true),
        ];
        for (stray, bytes, stays) in cases {
            let mut files = sound.clone();
            files.insert((*stray).to_owned(), bytes.to_vec());
            let world = World::of(files, 1);
            let inspection = koru_delta::verify_folder(&world.host(), &options(key)).unwrap();
            assert!(inspection.found.is_ok());
            let told: Vec<_> = inspection.strays.iter().map(|s| (s.name.as_str(), s.removable)).collect();
            assert_eq!(told, [(*stray, !stays)], "{} bytes", bytes.len());
            world.open(options(key)).unwrap().close().unwrap();
            assert_eq!(world.vfs.snapshot().get(*stray).is_some_and(|now| now == bytes), *stays, "{told:?}");
        }
        // The numbers that others have taken are passed over.
        let next = 1 + sound.keys().filter_map(|name| name.rsplit_once('-')?.1.parse::<u64>().ok()).max().unwrap();
        let mut files = sound.clone();
        let theirs = (next..next + 40).flat_map(|n| ["log", "segment", "values"].map(|kind| format!("{kind}-{n:06}")));
        let theirs: Vec<String> = theirs.collect();
        files.extend(theirs.iter().map(|name| (name.clone(), b"theirs".to_vec())));
        let world = World::of(files, 2);
        let db = world.open(options(key)).unwrap();
        fill(&db);
        assert!(db.now().unwrap().verify().unwrap().is_ok());
        db.close().unwrap();
        let after = world.vfs.snapshot();
        assert!(theirs.iter().all(|name| after[name] == b"theirs"));
        assert_eq!(world.open(options(key)).unwrap().now().unwrap().stats(false).unwrap().versions, 40);
    }
}

#[test]
fn a_folder_that_is_a_file_or_is_not_there() {
    let file = temporary("file");
    std::fs::write(&file, "text").unwrap();
    refused(KoruDelta::start_with_path(&file), Code::NotADatabase, "a file");
    refused(KoruDelta::start_with_path(file.join("below")), Code::NotADatabase, "below a file");
    let read_only = Options { read_only: true, ..options(None) };
    refused(KoruDelta::start_with_path_and(&file, read_only.clone()), Code::NotADatabase, "a file to read");
    assert_eq!(std::fs::read(&file).unwrap(), b"text");
    std::fs::remove_file(&file).unwrap();
    let missing = temporary("missing");
    refused(KoruDelta::start_with_path_and(&missing, read_only), Code::DatabaseNotFound, "to read");
    refused(
        KoruDelta::start_with_path_and(&missing, Options { create: false, ..options(None) }),
        Code::DatabaseNotFound,
        "to find",
    );
    assert!(!missing.exists());
}

/// A folder that takes no change.
#[derive(Debug)]
struct Unwritable(MemVfs, io::ErrorKind);

impl Vfs for Unwritable {
    fn open(&self, name: &str, writable: bool) -> io::Result<Arc<dyn File>> {
        if writable { Err(self.1.into()) } else { self.0.open(name, false) }
    }
    fn create(&self, _: &str) -> io::Result<Arc<dyn File>> {
        Err(self.1.into())
    }
    fn remove(&self, _: &str) -> io::Result<()> {
        Err(self.1.into())
    }
    fn list(&self) -> io::Result<Vec<String>> {
        self.0.list()
    }
    fn sync_dir(&self) -> io::Result<()> {
        Err(self.1.into())
    }
    fn lock(&self) -> io::Result<Lock> {
        Err(self.1.into())
    }
    fn location(&self) -> String {
        "unwritable".into()
    }
}

#[test]
fn a_folder_that_cannot_be_written_can_be_read() {
    for kind in [io::ErrorKind::PermissionDenied, io::ErrorKind::ReadOnlyFilesystem] {
        let world = World::new(5);
        world.open(options(None)).unwrap().put("users", "alice", &1).unwrap();
        let host = || Host { vfs: Arc::new(Unwritable(world.vfs.clone(), kind)), ..world.host() };
        refused(KoruDelta::open(host(), options(None)), Code::PermissionDenied, "to write");
        let db = KoruDelta::open(host(), Options { read_only: true, ..options(None) }).unwrap();
        assert_eq!(db.get::<u8>("users", "alice").unwrap(), Some(1));
        for result in [
            db.put("users", "alice", &2).map(drop),
            db.delete("users", "alice").map(drop),
            db.flush(),
            db.sync().map(drop),
        ] {
            refused(result, Code::ReadOnly, "a write to a reader");
        }
        let empty = Host { vfs: Arc::new(Unwritable(MemVfs::new(), kind)), ..world.host() };
        refused(KoruDelta::open(empty, options(None)), Code::PermissionDenied, "to make");
    }
}

fn newer(bytes: &mut [u8], at: usize, value: u8) {
    bytes[at] = value;
    let sum = xxh3_64(&bytes[..60]) as u32;
    bytes[60..64].copy_from_slice(&sum.to_le_bytes());
}

#[test]
fn a_file_of_a_newer_format_is_named_and_nothing_is_changed() {
    for key in [None, Some(SealKey::from_bytes([1; 32]))] {
        let world = World::new(6);
        let db = world.open(options(key.as_ref())).unwrap();
        db.put("users", "large", &"x".repeat(5_000)).unwrap();
        db.put("users", "large", &"y".repeat(5_000)).unwrap();
        db.flush().unwrap();
        db.put("users", "small", &1).unwrap();
        db.close().unwrap();
        let files = world.vfs.snapshot();
        let mut kinds = BTreeMap::new();
        for (at, value) in [(10, 2), (11, 1), (12, 2), (15, 0x80)] {
            for name in files.keys() {
                let mut files = files.clone();
                let bytes = files.get_mut(name).unwrap();
                let flags = if at == 12 { bytes[12] } else { 0 };
                newer(bytes, at, value | flags);
                let world = World::of(files.clone(), 1);
                for read_only in [true, false] {
                    let opened = world.open(Options { read_only, ..options(key.as_ref()) });
                    // A values file is opened when it is first read.
                    let result = opened.and_then(|db| db.get_json("users", "large").map(drop));
                    let what = format!("{name}, byte {at}, reader {read_only}");
                    refused(result, Code::NewerFormat, &what);
                    *kinds.entry(name[..3].to_owned()).or_insert(0) += 1;
                }
            }
        }
        assert_eq!(kinds.len(), 4);
    }
}

#[test]
fn keys_that_do_not_open_are_refused_before_anything_is_written() {
    let (right, wrong) = (SealKey::from_bytes([1; 32]), SealKey::from_bytes([2; 32]));
    let words = SealKey::from_passphrase("open sesame").unwrap();
    for (key, tries) in [
        (None, vec![(Some(&wrong), Code::NotSealed), (Some(&words), Code::NotSealed)]),
        (
            Some(&right),
            vec![(None, Code::SealKeyRequired), (Some(&wrong), Code::WrongSealKey), (Some(&words), Code::WrongSealKey)],
        ),
    ] {
        let world = World::new(6);
        world.open(options(key)).unwrap().put("users", "alice", &1).unwrap();
        let before = world.vfs.snapshot();
        for (other, code) in tries {
            for read_only in [true, false] {
                refused(world.open(Options { read_only, ..options(other) }), code, "another key");
                assert_eq!(world.vfs.snapshot(), before);
            }
        }
        assert_eq!(world.open(options(key)).unwrap().get::<u8>("users", "alice").unwrap(), Some(1));
    }
}
