//! Files that were changed after they were written, or are not ours.

use super::*;

#[test]
fn one_slot_damaged_at_any_bit_costs_nothing_and_two_are_an_error() {
    for place in Place::both() {
        let stored = place.stored(3);
        let names: Vec<_> = stored.keys().cloned().collect();
        assert_eq!(names, ["manifest-000000", "manifest-000001"]);
        for name in &names {
            let length = stored[name].len();
            for bit in 0..length * 8 {
                let mut damaged = stored.clone();
                damaged.get_mut(name).unwrap()[bit / 8] ^= 1 << (bit % 8);
                let loaded = place.found(&folder(&damaged));
                assert_eq!(loaded.manifest, place.manifest(3), "{name} bit {bit}");
                assert!(!loaded.slots_agree);
                let flaw = loaded.damaged_slot.unwrap();
                assert_eq!(flaw.code(), Code::Corrupt);
                assert!(flaw.detail().contains(name.as_str()));
            }
            for length in 0..length {
                let mut damaged = stored.clone();
                damaged.get_mut(name).unwrap().truncate(length);
                let loaded = place.found(&folder(&damaged));
                assert_eq!(loaded.manifest, place.manifest(3), "{name} cut at {length}");
                assert!(loaded.damaged_slot.is_some());
                // With both of them gone there is no answer.
                let other = names.iter().find(|other| *other != name).unwrap();
                damaged.get_mut(other).unwrap()[(length * 31) % length.max(1)] ^= 16;
                let error = place.load(&with_data(&damaged)).unwrap_err();
                assert_eq!(error.code(), Code::Corrupt, "{error}");
            }
        }
    }
}

#[test]
fn a_store_repairs_a_damaged_or_missing_slot() {
    for place in Place::both() {
        for name in [slot::name(0), slot::name(1)] {
            for damage in 0..3 {
                let mut stored = place.stored(3);
                match damage {
                    0 => stored.get_mut(&name).unwrap()[100] ^= 1,
                    1 => stored.get_mut(&name).unwrap().clear(),
                    _ => drop(stored.remove(&name)),
                }
                let vfs = folder(&stored);
                assert!(!place.found(&vfs).slots_agree);
                place.manifest(4).store(&place.files(vfs.clone())).unwrap();
                let loaded = place.found(&vfs);
                assert_eq!(loaded.manifest, place.manifest(4));
                assert!(loaded.slots_agree && loaded.damaged_slot.is_none());
            }
        }
    }
}

#[test]
fn a_newer_format_is_not_taken_for_damage() {
    let place = Place::new(false);
    let stored = place.stored(2);
    for name in stored.keys() {
        let mut newer = stored.clone();
        let bytes = newer.get_mut(name).unwrap();
        bytes[10] = 2;
        let sum = xxhash_rust::xxh3::xxh3_64(&bytes[..60]) as u32;
        bytes[60..64].copy_from_slice(&sum.to_le_bytes());
        assert_eq!(code(place.load(&folder(&newer))), Some(Code::NewerFormat));
        let vfs = folder(&newer);
        let store = place.manifest(3).store(&place.files(vfs.clone()));
        assert_eq!(code(store), Some(Code::NewerFormat));
        assert_eq!(vfs.snapshot(), newer, "nothing was written");
    }
}

#[test]
fn slots_of_two_databases_and_of_a_second_writer_are_refused() {
    let place = Place::new(false);
    let mut stored = place.stored(2);
    let mut other = place.files(MemVfs::new());
    other.database = [4; 16];
    let mut manifest = place.manifest(2);
    manifest.database = [4; 16];
    manifest.store(&other).unwrap();
    let mut alien = vec![0; 4096];
    let file = other.vfs.open("manifest-000001", false).unwrap();
    let length = file.read_at(&mut alien, 0).unwrap();
    stored.insert("manifest-000001".into(), alien[..length].to_vec());
    assert_eq!(code(place.load(&folder(&stored))), Some(Code::Corrupt));

    let vfs = folder(&place.stored(5));
    for generation in [4, 5] {
        let store = place.manifest(generation).store(&place.files(vfs.clone()));
        assert_eq!(code(store), Some(Code::Corrupt));
    }
    assert_eq!(vfs.snapshot().len(), 2);
    assert_eq!(place.found(&vfs).manifest, place.manifest(5));
}

#[test]
fn hostile_bodies_are_refused() {
    let place = Place::new(false);
    let preamble = Preamble::fresh(&*place.entropy, Kind::Manifest, false, [3; 16], 3).unwrap();
    let decode = |bytes: &[u8]| body::decode(bytes, &preamble, None);
    let good = body::encode(&place.manifest(3));
    assert_eq!(decode(&good), Ok(place.manifest(3)));
    for length in 0..good.len() {
        assert!(decode(&good[..length]).is_err(), "{length}");
    }
    assert!(decode(&[&good[..], &[0]].concat()).is_err());
    for at in 40..56 {
        let mut hostile = good.clone();
        hostile[at] = 0xFF;
        assert!(decode(&hostile).is_err(), "{at}");
    }
    let mut hostile = good.clone();
    hostile[7] = 1;
    assert!(decode(&hostile).is_err(), "a replica of more than 46 bits");
}

#[test]
fn an_io_error_is_no_sign_of_a_new_database() {
    let place = Place::new(false);
    let base = MemVfs::from_files(place.stored(2));
    let sim = SimVfs::from(&base);
    sim.fail(Fault::error(io::ErrorKind::Other).on(OperationKind::Read).forever());
    assert_eq!(code(place.load(&sim)), Some(Code::IoError));
    assert_eq!(code(place.manifest(3).store(&place.files(sim.clone()))), Some(Code::IoError));
    sim.heal();
    assert_eq!(place.found(&sim).manifest, place.manifest(2));
    sim.fail(Fault::error(io::ErrorKind::Other).on_file("manifest-000000").on(OperationKind::Read).forever());
    let loaded = place.found(&sim);
    assert_eq!(loaded.manifest, place.manifest(2));
    assert_eq!(loaded.damaged_slot.unwrap().code(), Code::IoError);
}
