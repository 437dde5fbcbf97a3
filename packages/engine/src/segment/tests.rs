//! A segment against a sorted map of the same versions.

mod damage;
mod model;
mod order;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex};

use super::{Filter, Segment, SegmentCursor, SegmentOptions, SegmentWriter};
use crate::cache::Cache;
use crate::entry::{Content, Entry, Found, FoundContent, Horizon, OPEN_END, Source, ValueRef};
use crate::error::Result;
use crate::extent::{Class, Extent};
use crate::files::Files;
use crate::host::{MemVfs, SeededEntropy, Vfs};
use crate::seal::DataKey;

/// Numbers that look random and are the same for the same seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn within(&mut self, range: Range<u64>) -> u64 {
        range.start + self.below(range.end - range.start)
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next() as u8).collect()
    }
}

/// A version with a memory of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Version {
    key: Vec<u8>,
    found: Found,
}

impl Version {
    fn of(entry: &Entry<'_>) -> Self {
        Self { key: entry.key.to_vec(), found: Found::from_entry(entry) }
    }

    fn entry(&self) -> Entry<'_> {
        Entry {
            key: &self.key,
            seq: self.found.seq,
            index: self.found.index,
            stamp: self.found.stamp,
            ended: self.found.ended,
            deleted: self.found.deleted,
            meta: &self.found.meta,
            content: match &self.found.content {
                FoundContent::Inline(bytes) => Content::Inline(bytes),
                FoundContent::Apart(place) => Content::Apart(*place),
            },
        }
    }

    fn is_seen(&self, horizon: &Horizon) -> bool {
        horizon.sees(self.found.seq, self.found.index, self.found.stamp)
    }
}

type Model = BTreeMap<(Vec<u8>, Reverse<u64>), Version>;

/// What a model is made of.
struct Shape {
    class: Class,
    versions: u64,
    /// How many commits have one version only, as one in so many.
    single: u64,
    key: fn(&mut Random) -> Vec<u8>,
    content: fn(&mut Random) -> Vec<u8>,
}

fn json(random: &mut Random) -> Vec<u8> {
    let id = random.below(1_000_000);
    format!(r#"{{"id":{id},"name":"user-{id}","city":"Paris","score":41.5,"active":true}}"#).into_bytes()
}

fn make(random: &mut Random, shape: &Shape) -> Model {
    let mut model = Model::new();
    let (mut first, mut stamp) = (random.within(1..1_000), 1_700_000_000_000_000);
    while (model.len() as u64) < shape.versions {
        stamp += random.within(1..5_000);
        let count = if random.one_in(shape.single) { 1 } else { random.within(1..60) };
        for index in 0..count {
            if random.one_in(10) {
                continue;
            }
            let (deleted, apart) = (random.one_in(12), random.one_in(9));
            let content = match (deleted, apart) {
                (true, _) => FoundContent::Inline(Vec::new().into()),
                (false, true) => FoundContent::Apart(place(random)),
                (false, false) => FoundContent::Inline((shape.content)(random).into()),
            };
            let meta_length = if random.one_in(6) { random.within(1..200) as usize } else { 0 };
            let found = Found {
                seq: first + index,
                index: index as u32,
                stamp,
                ended: OPEN_END,
                deleted,
                meta: random.bytes(meta_length),
                content,
            };
            let key = (shape.key)(random);
            model.insert((key.clone(), Reverse(found.seq)), Version { key, found });
        }
        first += count;
    }
    end_superseded(random, &mut model, shape.class);
    model
}

fn place(random: &mut Random) -> ValueRef {
    let raw = random.within(1..1 << 32);
    ValueRef {
        file: random.below(1_000),
        offset: random.next(),
        stored: random.within(1..raw + 1) as u32,
        raw: raw as u32,
        tag: random.bytes(16).try_into().unwrap(),
    }
}

/// Gives versions that have a successor an end: most of them in a history, few in a current segment.
fn end_superseded(random: &mut Random, model: &mut Model, class: Class) {
    let rarely = if class == Class::History { 1 } else { 8 };
    let mut newer: Option<(Vec<u8>, u64)> = None;
    for version in model.values_mut() {
        if let Some((key, stamp)) = &newer
            && *key == version.key
            && random.one_in(rarely)
        {
            version.found.ended = *stamp;
        }
        newer = Some((version.key.clone(), version.found.stamp));
    }
}

fn files_over(vfs: Arc<dyn Vfs>, sealed: bool) -> Arc<Files> {
    Arc::new(Files {
        vfs,
        entropy: Arc::new(SeededEntropy::new(1)),
        database: [3; 16],
        data_key: sealed.then(|| DataKey::new([9; 32])),
        names: Mutex::default(),
    })
}

fn write_all(files: &Files, number: u64, class: Class, block_bytes: usize, model: &Model) -> Result<Extent> {
    let mut writer = SegmentWriter::create(files, number, class, SegmentOptions { block_bytes })?;
    for version in model.values() {
        writer.add(&version.entry())?;
    }
    writer.finish()
}

/// A folder in memory.
struct Folder {
    vfs: Arc<MemVfs>,
    files: Arc<Files>,
}

impl Folder {
    fn new(sealed: bool) -> Self {
        Self::over(Arc::new(MemVfs::new()), sealed)
    }

    fn over(vfs: Arc<MemVfs>, sealed: bool) -> Self {
        let files = files_over(Arc::clone(&vfs) as Arc<dyn Vfs>, sealed);
        Self { vfs, files }
    }

    fn write(&self, number: u64, class: Class, block_bytes: usize, model: &Model) -> Result<Extent> {
        write_all(&self.files, number, class, block_bytes, model)
    }

    fn open(&self, extent: &Extent) -> Result<Arc<Segment>> {
        Segment::open(&self.files, extent.clone(), Arc::new(Cache::new(1 << 20)))
    }

    /// The same folder with one file replaced.
    fn with(&self, name: &str, bytes: Vec<u8>, sealed: bool) -> Self {
        let mut files = self.vfs.snapshot();
        files.insert(name.to_owned(), bytes);
        Self::over(Arc::new(MemVfs::from_files(files)), sealed)
    }
}

/// A horizon bounded in one of the three ways, or in all.
fn any_horizon(random: &mut Random, extent: &Extent) -> Horizon {
    let seq = random.within(extent.min_seq.saturating_sub(2)..extent.max_seq + 3);
    let stamp = random.within(extent.min_stamp - 2..extent.max_stamp + 3);
    let open = Horizon::at_seq(u64::MAX);
    match random.below(5) {
        0 => Horizon::at_seq(seq),
        1 => Horizon { stamp, ..open },
        2 => Horizon { commit: seq, ..open },
        3 => Horizon { seq, stamp, commit: seq },
        _ => open,
    }
}

/// A key of the model, or one near it.
fn any_key(random: &mut Random, keys: &[Vec<u8>]) -> Vec<u8> {
    let mut key = keys[random.below(keys.len() as u64) as usize].clone();
    match random.below(8) {
        0 => key.push(random.next() as u8),
        1 => {
            key.pop();
        }
        2 => {
            if let Some(last) = key.last_mut() {
                *last = last.wrapping_add(1);
            }
        }
        3 => {
            let length = random.below(6) as usize;
            key = random.bytes(length);
        }
        _ => {}
    }
    key
}

fn newest<'a>(model: &'a Model, key: &[u8], horizon: &Horizon) -> Option<&'a Version> {
    let from = (key.to_vec(), Reverse(u64::MAX));
    let to = (key.to_vec(), Reverse(0));
    model.range(from..=to).map(|(_, version)| version).find(|version| version.is_seen(horizon))
}

/// What a seek to `key` and `horizon` stands at, and everything behind it.
fn behind<'a>(model: &'a Model, key: &[u8], horizon: Horizon) -> impl Iterator<Item = &'a Version> {
    let key = key.to_vec();
    let start = (key.clone(), Reverse(u64::MAX));
    model
        .range(start..)
        .map(|(_, version)| version)
        .skip_while(move |version| version.key == key && !version.is_seen(&horizon))
}

fn rest_of(cursor: &mut SegmentCursor) -> Result<Vec<Version>> {
    let mut versions = Vec::new();
    while let Some(entry) = cursor.entry() {
        versions.push(Version::of(&entry));
        cursor.advance()?;
    }
    Ok(versions)
}
