//! What a power cut leaves.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::disk::{Change, Disk, Names, Node};
use super::{SECTOR, SimVfs};
use crate::host::content::Content;
use crate::host::seeded::Dice;

/// One way a power cut may leave the folder. `Debug` prints it as Rust source, so that a failed test can name it.
///
/// What was synced is always there. Of the rest, the disk may have any part, in any order, by the sector of 512 bytes:
/// each sector is in one of the states it went through since the last sync. A sector that two writes share never has
/// the later without the earlier, for the cache writes it out as a whole. Only the torn ones break a sector. A file
/// ends where it ended at the last sync, or where a write since then ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crash {
    /// Nothing of it.
    AllLost,
    /// All of it.
    AllKept,
    /// Files are created and removed, but no write and no new length arrived: new files are empty.
    NamesOnly,
    /// Every write arrived, but no creation and no removal.
    NamesLost,
    /// Names and lengths arrived without the data: what is new reads as zeros.
    LengthsOnly,
    /// Names and data arrived without the new lengths: files are cut off where they ended before.
    LengthsLost,
    /// All but the change with this number. Sectors of a lost write stay as they were before it.
    Lost(usize),
    /// Only the change with this number; for a write to a file that is new, its creation too.
    Kept(usize),
    /// All, but of the last write only so many bytes from its start.
    TornPrefix(usize),
    /// All, but of the last write only what comes after so many bytes.
    TornSuffix(usize),
    /// A choice by this seed: names one by one; data by whole writes or by sectors; lengths apart from data.
    Subset(u64),
}

impl Crash {
    /// Every way to lose power at this moment: each change lost alone and kept alone, the last write torn at every
    /// sector and at three odd places, and as many subsets as wanted. Without anything unsynced there is one.
    pub fn all(sim: &SimVfs, seed: u64, subsets: usize) -> Vec<Self> {
        let disk = sim.disk();
        let count = disk.unsynced.len();
        if count == 0 {
            return vec![Self::AllLost];
        }
        let mut ways = vec![Self::AllLost, Self::AllKept];
        let writes = disk.unsynced.iter().filter(|c| c.is_write()).count();
        if writes > 0 {
            ways.extend([Self::LengthsOnly, Self::LengthsLost]);
        }
        if writes > 0 && writes < count {
            ways.extend([Self::NamesOnly, Self::NamesLost]);
        }
        if count > 1 {
            ways.extend((0..count).flat_map(|i| [Self::Lost(i), Self::Kept(i)]));
        }
        let mut dice = Dice::new(seed);
        for n in torn_places(&disk, &mut dice) {
            ways.extend([Self::TornPrefix(n), Self::TornSuffix(n)]);
        }
        ways.extend((0..subsets).map(|_| Self::Subset(dice.next())));
        ways
    }

    pub(super) fn image(self, disk: &Disk) -> BTreeMap<String, Content> {
        let mut dice = Dice::new(match self {
            Self::Subset(seed) => seed,
            _ => 0,
        });
        let names = self.names(disk, &mut dice);
        let mut writes = waiting_writes(disk);
        let mut image = BTreeMap::new();
        for (name, node) in names {
            let writes = writes.remove(&Arc::as_ptr(&node)).unwrap_or_default();
            let durable = node.pages().durable.clone();
            let content = if writes.is_empty() { durable } else { self.content(durable, &writes, &mut dice) };
            image.insert(name.to_string(), content);
        }
        image
    }

    /// The directory that is left.
    fn names(self, disk: &Disk, dice: &mut Dice) -> Names {
        let mut names = disk.durable.clone();
        // Half the subsets keep every name: a lost name hides what became of the data.
        let choose = matches!(self, Self::Subset(_)) && dice.below(2) == 1;
        for (i, change) in disk.unsynced.iter().enumerate() {
            let kept = match self {
                Self::AllLost | Self::NamesLost => false,
                Self::Lost(lost) => i != lost,
                Self::Kept(kept) => i == kept || creates_for(disk, change, kept),
                Self::Subset(_) => !choose || dice.below(2) == 1,
                _ => true,
            };
            if kept {
                change.apply(&mut names);
            }
        }
        names
    }

    /// What is left of one file that has writes waiting.
    fn content(self, mut file: Content, writes: &[Write], dice: &mut Dice) -> Content {
        let old_len = file.len();
        let has = |i| writes.iter().any(|w| w.number == i);
        match self {
            Self::AllLost | Self::NamesOnly => {}
            Self::LengthsOnly => set_len(&mut file, end_of(writes).max(old_len)),
            Self::LengthsLost => {
                apply_all(&mut file, writes);
                set_len(&mut file, old_len);
            }
            Self::Lost(i) if has(i) => {
                by_sector(&mut file, writes, |touching| {
                    let before = |at: &usize| writes[*at].number != i;
                    touching.iter().take_while(|at| before(at)).count()
                });
                let others = writes.iter().filter(|w| w.number != i);
                set_len(&mut file, end_of(others).max(old_len));
            }
            Self::AllKept | Self::NamesLost | Self::Lost(_) => apply_all(&mut file, writes),
            Self::Kept(i) => {
                by_sector(&mut file, writes, |touching| {
                    let last = touching.iter().position(|at| writes[*at].number == i);
                    last.map_or(0, |at| at + 1)
                });
                let own = writes.iter().filter(|w| w.number == i);
                set_len(&mut file, end_of(own).max(old_len));
            }
            Self::TornPrefix(n) => {
                tear(&mut file, writes, |bytes| (0, &bytes[..n.min(bytes.len())]));
            }
            Self::TornSuffix(n) => {
                tear(&mut file, writes, |bytes| {
                    let from = n.min(bytes.len());
                    (from, &bytes[from..])
                });
            }
            Self::Subset(_) => subset(&mut file, writes, dice),
        }
        file
    }
}

/// A write that waits, with its place among all changes.
#[derive(Clone, Copy)]
struct Write<'a> {
    number: usize,
    /// Whether no write to any file came after it.
    last: bool,
    offset: u64,
    bytes: &'a [u8],
}

impl Write<'_> {
    fn end(&self) -> u64 {
        self.offset + self.bytes.len() as u64
    }
}

fn waiting_writes(disk: &Disk) -> BTreeMap<*const Node, Vec<Write<'_>>> {
    let last = disk.unsynced.iter().rposition(Change::is_write);
    let mut writes: BTreeMap<_, Vec<Write>> = BTreeMap::new();
    for (number, change) in disk.unsynced.iter().enumerate() {
        if let Change::Write { node, offset, bytes } = change {
            writes.entry(Arc::as_ptr(node)).or_default().push(Write {
                number,
                last: last == Some(number),
                offset: *offset,
                bytes,
            });
        }
    }
    writes
}

/// Whether `change` created the file that the change numbered `kept` wrote to.
fn creates_for(disk: &Disk, change: &Change, kept: usize) -> bool {
    let written = disk.unsynced.get(kept).filter(|c| c.is_write());
    matches!(change, Change::Create { .. }) && written.is_some_and(|w| Arc::ptr_eq(w.node(), change.node()))
}

/// Where to tear the last write: at every sector's edge within it, and at three places that are none.
fn torn_places(disk: &Disk, dice: &mut Dice) -> Vec<usize> {
    let Some(Change::Write { offset, bytes, .. }) = disk.unsynced.iter().rfind(|c| c.is_write()) else {
        return Vec::new();
    };
    let len = bytes.len();
    let first = (SECTOR - offset % SECTOR) as usize;
    let mut places: Vec<usize> = (first..len).step_by(SECTOR as usize).collect();
    places.extend([1, 1 + dice.below(len), len - 1]);
    places.retain(|n| (1..len).contains(n));
    places.sort_unstable();
    places.dedup();
    places
}

/// Keeps by chance: the whole file or nothing, whole writes, or sectors in any state; then any length it ever had.
fn subset(file: &mut Content, writes: &[Write], dice: &mut Dice) {
    let old_len = file.len();
    match dice.below(8) {
        0 => {}
        1 => apply_all(file, writes),
        2..=4 => {
            let kept: Vec<bool> = writes.iter().map(|_| dice.below(2) == 1).collect();
            by_sector(file, writes, |touching| {
                let last = touching.iter().rposition(|at| kept[*at]);
                last.map_or(0, |at| at + 1)
            });
        }
        _ => {
            let whole = [1, 4, 7][dice.below(3)];
            by_sector(file, writes, |touching| {
                if dice.below(8) < whole { touching.len() } else { dice.below(touching.len() + 1) }
            });
        }
    }
    let arrived = dice.below(2 * (writes.len() + 1)).min(writes.len());
    set_len(file, end_of(&writes[..arrived]).max(old_len));
}

/// Brings every sector that was written to the state `state` names: how many of the writes that touch it (given as
/// places in `writes`, oldest first) it has seen.
fn by_sector(file: &mut Content, writes: &[Write], mut state: impl FnMut(&[usize]) -> usize) {
    let mut touching: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (at, write) in writes.iter().enumerate() {
        for sector in write.offset / SECTOR..write.end().div_ceil(SECTOR) {
            touching.entry(sector).or_default().push(at);
        }
    }
    for (sector, touching) in touching {
        let seen = state(&touching);
        for at in &touching[..seen] {
            let write = &writes[*at];
            let from = write.offset.max(sector * SECTOR);
            let to = write.end().min((sector + 1) * SECTOR);
            let within = (from - write.offset) as usize..(to - write.offset) as usize;
            put(file, &write.bytes[within], from);
        }
    }
}

fn apply_all(file: &mut Content, writes: &[Write]) {
    for write in writes {
        put(file, write.bytes, write.offset);
    }
}

/// Applies every write; of the last one of all, only the part that `part` cuts out.
fn tear(file: &mut Content, writes: &[Write], part: impl Fn(&[u8]) -> (usize, &[u8])) {
    for write in writes {
        let (from, bytes) = if write.last { part(write.bytes) } else { (0, write.bytes) };
        put(file, bytes, write.offset + from as u64);
    }
}

fn end_of<'a>(writes: impl IntoIterator<Item = &'a Write<'a>>) -> u64 {
    writes.into_iter().map(Write::end).max().unwrap_or(0)
}

fn put(file: &mut Content, bytes: &[u8], offset: u64) {
    file.write(bytes, offset).expect("the volatile content took the same write");
}

fn set_len(file: &mut Content, len: u64) {
    file.set_len(len).expect("the volatile content has been this long");
}
