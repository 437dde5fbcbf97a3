mod crash;
mod damage;

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};

use super::*;
use crate::extent::Class;
use crate::files::file_name;
use crate::host::{Crash, Fault, MemVfs, OperationKind, SeededEntropy, SimVfs};
use crate::keyring::SealKey;
use crate::preamble::Preamble;

/// A database's key, keyring and files.
struct Place {
    key: Option<SealKey>,
    keyring: Option<KeyringRecord>,
    data_key: Option<DataKey>,
    entropy: Arc<SeededEntropy>,
}

impl Place {
    fn new(sealed: bool) -> Self {
        let entropy = Arc::new(SeededEntropy::new(6));
        let key = sealed.then(|| SealKey::from_bytes([7; 32]));
        let made = key.as_ref().map(|key| KeyringRecord::create(&*entropy, key).unwrap());
        let (keyring, data_key) = made.unzip();
        Self { key, keyring, data_key, entropy }
    }

    fn both() -> [Self; 2] {
        [Self::new(false), Self::new(true)]
    }

    fn files(&self, vfs: impl Vfs) -> Files {
        Files {
            vfs: Arc::new(vfs),
            entropy: Arc::clone(&self.entropy) as _,
            database: [3; 16],
            data_key: self.data_key.clone(),
            names: Mutex::default(),
        }
    }

    /// A manifest with something in every field, and longer the larger the generation.
    fn manifest(&self, generation: u64) -> Manifest {
        let end = LogEnd { offset: 640, tag: [5; 16] };
        let log = |n| LogRecord { number: n, first_seq: n * 100, end: (n % 2 == 0).then_some(end) };
        let segment = |n: u64| Extent {
            number: n + 1_000,
            generation: n + 999,
            class: [Class::Current, Class::History][n as usize % 2],
            length: n + 2,
            footer: n + 3,
            tag: [n as u8; 16],
            versions: n + 4,
            deletes: n + 5,
            min_seq: n + 6,
            max_seq: n + 7,
            min_stamp: n + 8,
            max_stamp: n + 9,
            max_ended: u64::MAX - n,
        };
        Manifest {
            generation,
            database: [3; 16],
            replica: (1 << 46) - generation,
            created_us: 77,
            next_file: 5_000 + generation,
            last_seq: generation << 40,
            last_stamp: generation << 41,
            logs: (1..=2).map(log).collect(),
            segments: (0..generation).map(segment).collect(),
            values: vec![ValuesRecord { number: 4_000, length: 1 << 50 }],
            keyring: self.keyring.clone(),
        }
    }

    fn load(&self, vfs: &dyn Vfs) -> Result<Load> {
        Manifest::load(vfs, &mut |record| crate::keyring::unlock(record, self.key.as_ref()))
    }

    fn found(&self, vfs: &dyn Vfs) -> Loaded {
        match self.load(vfs) {
            Ok(Load::Found(loaded)) => *loaded,
            other => panic!("{other:?}"),
        }
    }

    /// A folder in which the generations up to `last` were stored, one after the other.
    fn stored(&self, last: u64) -> BTreeMap<String, Vec<u8>> {
        let vfs = MemVfs::new();
        for generation in 1..=last {
            self.manifest(generation).store(&self.files(vfs.clone())).unwrap();
        }
        vfs.snapshot()
    }
}

fn code<T>(result: Result<T>) -> Option<Code> {
    result.err().map(|e| e.code())
}

fn folder(files: &BTreeMap<String, Vec<u8>>) -> MemVfs {
    MemVfs::from_files(files.clone())
}

/// A log that holds something.
fn with_data(files: &BTreeMap<String, Vec<u8>>) -> MemVfs {
    let mut files = files.clone();
    files.insert(file_name(Kind::Log, 9), vec![1; 100]);
    MemVfs::from_files(files)
}

#[test]
fn what_was_stored_is_loaded() {
    for place in Place::both() {
        for last in 1..6 {
            let loaded = place.found(&folder(&place.stored(last)));
            assert_eq!(loaded.manifest, place.manifest(last));
            assert_eq!(loaded.data_key, place.data_key);
            assert!(loaded.slots_agree && loaded.damaged_slot.is_none());
        }
        assert!(matches!(place.load(&MemVfs::new()), Ok(Load::Absent)));
    }
}

#[test]
fn a_shorter_manifest_over_a_longer_one() {
    for place in Place::both() {
        let vfs = folder(&place.stored(5));
        let mut small = place.manifest(6);
        small.segments.clear();
        small.logs.clear();
        small.values.clear();
        small.store(&place.files(vfs.clone())).unwrap();
        let loaded = place.found(&vfs);
        assert_eq!(loaded.manifest, small);
        assert!(loaded.slots_agree);
    }
}

#[test]
fn a_folder_without_a_manifest_is_new_only_when_it_holds_no_data() {
    let place = Place::new(false);
    let stored = place.stored(1);
    let preamble = Preamble::fresh(&*place.entropy, Kind::Log, false, [3; 16], 9).unwrap();
    let empty_log = (file_name(Kind::Log, 9), preamble.encode().to_vec());
    let foreign = ("notes".to_owned(), vec![1; 500]);
    // Every way in which a first store may have been cut short: an empty or a torn file, and no other.
    for cut in (0..stored["manifest-000000"].len()).step_by(7) {
        for others in [vec![], vec![empty_log.clone(), foreign.clone()]] {
            let torn = stored["manifest-000000"][..cut].to_vec();
            let mut files = BTreeMap::from([("manifest-000000".to_owned(), torn)]);
            files.extend(others);
            let vfs = folder(&files);
            assert!(matches!(place.load(&vfs), Ok(Load::Unfinished)), "{cut}");
            place.manifest(1).store(&place.files(vfs.clone())).unwrap();
            assert_eq!(place.found(&vfs).manifest, place.manifest(1));
            assert_eq!(code(place.load(&with_data(&files))), Some(Code::Corrupt), "{cut}");
        }
    }
    let only = BTreeMap::from([empty_log]);
    assert!(matches!(place.load(&folder(&only)), Ok(Load::Absent)));
    for kind in [Kind::Log, Kind::Segment, Kind::Values] {
        let only = BTreeMap::from([(file_name(kind, 9), vec![1; 65])]);
        assert_eq!(code(place.load(&folder(&only))), Some(Code::Corrupt));
    }
}

#[test]
fn no_salt_is_used_twice() {
    let place = Place::new(true);
    let vfs = MemVfs::new();
    let mut seen = std::collections::HashSet::new();
    for generation in 1..200 {
        place.manifest(generation % 7 + generation).store(&place.files(vfs.clone())).unwrap_or(());
        for bytes in vfs.snapshot().values() {
            seen.insert((bytes[32..40].to_vec(), bytes[40..56].to_vec()));
        }
    }
    let salts: std::collections::HashSet<_> = seen.iter().map(|(_, salt)| salt).collect();
    assert_eq!(salts.len(), seen.len());
    assert!(seen.len() > 100);
}

#[test]
fn the_wrong_key_or_none_is_told_from_damage_and_writes_nothing() {
    let place = Place::new(true);
    let stored = place.stored(2);
    let load = |files: &BTreeMap<_, _>, key: Option<&SealKey>| {
        Manifest::load(&folder(files), &mut |record| crate::keyring::unlock(record, key))
    };
    let wrong = SealKey::from_bytes([8; 32]);
    assert_eq!(code(load(&stored, Some(&wrong))), Some(Code::WrongSealKey));
    assert_eq!(code(load(&stored, None)), Some(Code::SealKeyRequired));
    for name in stored.keys() {
        for at in (0..stored[name].len()).step_by(5) {
            let mut damaged = stored.clone();
            damaged.get_mut(name).unwrap()[at] ^= 1;
            assert_eq!(code(load(&damaged, Some(&wrong))), Some(Code::WrongSealKey), "{at}");
        }
    }
    let vfs = folder(&stored);
    let mut files = place.files(vfs.clone());
    files.data_key = Some(DataKey::new([1; 32]));
    assert_eq!(code(place.manifest(3).store(&files)), Some(Code::Corrupt));
    assert_eq!(vfs.snapshot(), stored, "nothing was written");
}

#[test]
fn a_sealed_slot_shows_nothing_of_its_content() {
    let place = Place::new(true);
    let stored = place.stored(3);
    let needle = 5_003u64.to_le_bytes();
    for bytes in stored.values() {
        assert!(!bytes.windows(8).any(|window| window == needle));
    }
    let plain = Place::new(false).stored(3);
    assert!(plain.values().all(|bytes| bytes.windows(8).any(|window| window == needle)));
}
