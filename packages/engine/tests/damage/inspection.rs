//! Checks of stores that do not open.

use koru_delta::{Code, Inspection, verify_folder};

use crate::specimen::Specimen;
use crate::world::{Image, World, options};

fn inspect(specimen: &Specimen, files: Image) -> Inspection {
    verify_folder(&World::of(files, 1).host(), &options(specimen.key.as_ref())).unwrap()
}

fn damaged(inspection: &Inspection) -> Vec<&str> {
    inspection.found.files.iter().filter(|file| file.failure.is_some()).map(|file| file.name.as_str()).collect()
}

#[test]
fn a_sound_store_is_found_complete() {
    for specimen in Specimen::all() {
        let inspection = inspect(&specimen, specimen.files.clone());
        let found = &inspection.found;
        assert!(found.is_ok(), "{}: {found:?}", specimen.name);
        let mut names: Vec<&str> = found.files.iter().map(|file| file.name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, specimen.files.keys().collect::<Vec<_>>(), "{}", specimen.name);
        let (reach, newest) = (&found.reach, found.versions);
        assert_eq!((reach.newest, reach.complete_through, reach.missing.len()), (newest, newest, 0));
        assert_eq!(inspection.strays, []);
    }
}

#[test]
fn a_lost_file_is_named_and_all_the_others_are_found_sound() {
    for specimen in Specimen::all() {
        let all = inspect(&specimen, specimen.files.clone()).found.versions;
        for name in specimen.files.keys().filter(|name| !name.starts_with("manifest")) {
            let mut files = specimen.files.clone();
            files.remove(name);
            assert!(World::of(files.clone(), 1).open(options(specimen.key.as_ref())).is_err(), "{name}");
            let inspection = inspect(&specimen, files);
            assert_eq!(damaged(&inspection), [name], "{}", specimen.name);
            let (found, reach) = (&inspection.found, &inspection.found.reach);
            assert!(found.versions > 0 && found.versions < all, "{} without {name}: {found:?}", specimen.name);
            // Of the newest versions only the last log knows.
            let last_log = specimen.files.keys().rfind(|name| name.starts_with("log")) == Some(name);
            assert!(last_log || reach.newest == all, "{} without {name}: {reach:?}", specimen.name);
            let missing: u64 = reach.missing.iter().map(|(first, last)| last - first + 1).sum();
            assert_eq!(missing, reach.newest - found.versions, "{} without {name}", specimen.name);
            assert_eq!(reach.complete_through + 1, reach.missing.first().map_or(reach.newest + 1, |(first, _)| *first));
        }
    }
}

#[test]
fn of_a_damaged_segment_the_sound_blocks_count() {
    let mut partly = 0;
    for specimen in Specimen::all() {
        let all = inspect(&specimen, specimen.files.clone()).found.versions;
        for name in specimen.files.keys().filter(|name| name.starts_with("segment")) {
            let mut files = specimen.files.clone();
            // The first block begins behind the preamble.
            files.get_mut(name).unwrap()[70] ^= 4;
            let inspection = inspect(&specimen, files);
            assert_eq!(damaged(&inspection), [name], "{}", specimen.name);
            let found = &inspection.found;
            assert!(found.versions < all, "{name} of {}: {found:?}", specimen.name);
            partly += u64::from(found.versions > 0);
        }
    }
    assert!(partly > 0);
}

#[test]
fn without_a_manifest_plain_logs_are_still_read() {
    for specimen in Specimen::all() {
        let mut files = specimen.files.clone();
        files.retain(|name, _| !name.starts_with("manifest"));
        let inspection = inspect(&specimen, files.clone());
        let found = &inspection.found;
        assert_eq!(found.files.len(), files.len() + 2, "both slots are named");
        assert_eq!(found.failures[0].code(), Code::Corrupt);
        assert_eq!(found.versions > 0, specimen.key.is_none(), "{}: {found:?}", specimen.name);
    }
}

#[test]
fn a_newer_format_is_told_apart_from_damage() {
    let specimen = Specimen::new(3, false, true);
    let mut files = specimen.files.clone();
    for slot in ["manifest-000000", "manifest-000001"] {
        let bytes = files.get_mut(slot).unwrap();
        bytes[10] = 2;
        let sum = xxhash_rust::xxh3::xxh3_64(&bytes[..60]) as u32;
        bytes[60..64].copy_from_slice(&sum.to_le_bytes());
    }
    let inspection = inspect(&specimen, files);
    let codes: Vec<_> = inspection.found.files[..2].iter().map(|f| f.failure.as_ref().unwrap().code()).collect();
    assert_eq!(codes, [Code::NewerFormat; 2]);
    assert_eq!(inspection.found.failures[0].code(), Code::NewerFormat);
}

#[test]
fn where_there_is_nothing_to_look_at_the_inspection_fails() {
    let [plain, sealed] = [false, true].map(|sealed| Specimen::new(4, sealed, true));
    let ask = |files: &Image, of: &Specimen| {
        verify_folder(&World::of(files.clone(), 1).host(), &options(of.key.as_ref())).unwrap_err().code()
    };
    assert_eq!(ask(&Image::new(), &plain), Code::DatabaseNotFound);
    assert_eq!(ask(&sealed.files, &plain), Code::SealKeyRequired);
    assert_eq!(ask(&plain.files, &sealed), Code::NotSealed);
}
