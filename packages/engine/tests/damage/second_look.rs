//! What a reader does that finds damage: it looks again, for it may have met a writer at work.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use koru_delta::host::{Clock, Host};
use koru_delta::{Code, KoruDelta, Options};

use crate::specimen::Specimen;
use crate::world::{World, options};

/// A clock whose sleeps are counted, and in which something happens.
struct Sleeper<F> {
    sleeps: AtomicU64,
    meanwhile: F,
}

impl<F> fmt::Debug for Sleeper<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sleeper")
    }
}

impl<F: Fn(u64) + Send + Sync + 'static> Clock for Sleeper<F> {
    fn now_us(&self) -> u64 {
        crate::world::BEGIN_US
    }

    fn sleep_ms(&self, _: u64) {
        (self.meanwhile)(self.sleeps.fetch_add(1, Ordering::Relaxed) + 1);
    }
}

/// Opens a store without one of its segments for reading; answers what came of it and how often the reader slept.
fn open(specimen: &Specimen, meanwhile: impl Fn(u64, &World) + Send + Sync + 'static) -> (koru_delta::Result<()>, u64) {
    let mut files = specimen.files.clone();
    files.retain(|name, _| name != lost(specimen));
    let world = World::of(files, 1);
    let elsewhere = world.clone();
    let clock = Arc::new(Sleeper { sleeps: AtomicU64::new(0), meanwhile: move |n| meanwhile(n, &elsewhere) });
    let host = Host { clock: clock.clone(), ..world.host() };
    let opened = KoruDelta::open(host, Options { read_only: true, ..options(specimen.key.as_ref()) });
    (opened.map(drop), clock.sleeps.load(Ordering::Relaxed))
}

fn lost(specimen: &Specimen) -> &str {
    specimen.files.keys().find(|name| name.starts_with("segment")).unwrap()
}

fn put(world: &World, name: &str, bytes: &[u8]) {
    use koru_delta::host::Vfs;
    let _ = world.vfs.remove(name);
    world.vfs.create(name).unwrap().write_all_at(bytes, 0).unwrap();
}

#[test]
fn damage_that_stays_is_told_after_a_second_look() {
    for specimen in Specimen::all() {
        let (opened, sleeps) = open(&specimen, |_, _| ());
        assert_eq!((opened.unwrap_err().code(), sleeps), (Code::Corrupt, 1), "{}", specimen.name);
    }
}

#[test]
fn while_the_manifest_changes_the_reader_goes_on_looking() {
    let specimen = Specimen::new(2, false, true);
    let (name, bytes) = (lost(&specimen).to_owned(), specimen.files[lost(&specimen)].clone());
    let slots = ["manifest-000000", "manifest-000001"].map(|slot| specimen.files[slot].clone());
    // Before each look but the last, the slots change places; with the fifth, the file is there.
    let (opened, sleeps) = open(&specimen, move |n, world| {
        put(world, "manifest-000000", &slots[n as usize % 2]);
        put(world, "manifest-000001", &slots[(n as usize + 1) % 2]);
        if n == 4 {
            put(world, &name, &bytes);
        }
    });
    opened.unwrap();
    assert_eq!(sleeps, 4);
}
