//! The manifest: which files make up the database, and how far each is to be read.
//!
//! Two slot files, `manifest-000000` and `manifest-000001`, each hold the whole state:
//!
//! ```text
//!      0 64  preamble; its number is the generation, its salt is fresh at every write
//!     64 96  keyring (keyring.rs), when the preamble says sealed; k = 96, otherwise k = 0
//!   64+k  8  n, the length of the body
//!   72+k  8  turn: 1 written first, 2 written second
//!   80+k 16  tag of the body, with bytes 64 to 79+k as context
//!   96+k  8  XXH3-64 over bytes 64 to 95+k and the stored body
//!  104+k  n  the body, closed by the file's seal
//! ```
//!
//! What follows is left over from a longer manifest and means nothing. The body:
//!
//! ```text
//!  0  8  replica (46 bits)        40  4  number of logs
//!  8  8  created, microseconds    44  4  number of segments
//! 16  8  the next file's number   48  4  number of values files
//! 24  8  the last seq             52  4  zero
//! 32  8  the last stamp           56     logs, segments, values files:
//!
//! log      number 8, first seq 8, end 8 (0: not closed), tag of its last frame 16
//! segment  number 8, generation 8, class 8 (1 current, 2 history), length 8, footer 8, versions 8, deletes 8,
//!          min seq 8, max seq 8, min stamp 8, max stamp 8, max ended 8, tag of its footer 16
//! values   number 8, length 8
//! ```
//!
//! # Why no crash loses it
//!
//! A generation is committed when both slots hold it: one slot is written and synced (turn 1), then the other (turn 2).
//! Nothing acts on a generation before it is committed by the acting process: nothing is acknowledged because of it,
//! and no file it leaves out is removed.
//!
//! *While a slot is being written, the other one is durable and valid.* There are these cases:
//!
//! - Both slots hold the same generation, with both turns. Turn 2 was written after the sync of turn 1 had succeeded,
//!   so turn 1 is durable. Turn 2 may not be: the process may have died before its sync, and the power may still go.
//!   So the slot with turn 2 is written first, and the other one after its sync.
//! - The slots differ, or one is missing or unreadable. The newest valid slot is kept and the other is written first.
//!   But the kept one may be in the system's cache only: its own write may have been cut short by the death of the
//!   process, or its sync may have failed. So it is first written again as it is, byte for byte, and synced. If it was
//!   durable, no byte changes at any moment. If it was not, this write can tear it; then the other slot is the one
//!   that was kept when it was written, and is durable by this same rule.
//! - No slot is valid: the database is being created, and there is nothing to lose.
//!
//! Names are made durable before content is written, so a valid slot has a durable name.
//!
//! *After a crash the newest valid slot is right.* A crash while turn 1 is written leaves the old generation in the
//! other slot, and perhaps the new one in this; nothing has acted on the new one, so both are right. A crash while
//! turn 2 is written leaves the new generation in the other slot. Later, every damage to one slot leaves the other with
//! the same generation. So whichever single slot is lost, the newest readable one is never older than what was
//! acted upon.
//!
//! *A database without a valid slot* was either never created or is damaged. A log gets its first byte after the
//! preamble, and a segment or a values file comes into being, only after a manifest was committed. So when no such
//! file has anything after its preamble, the creation did not finish; otherwise the database is damaged.

use std::io;

mod body;
mod slot;
#[cfg(test)]
mod tests;

use crate::error::{Code, Error, Result};
use crate::extent::Extent;
use crate::files::{Files, parse_file_name};
use crate::host::Vfs;
use crate::keyring::KeyringRecord;
use crate::log::LogEnd;
use crate::preamble::{Kind, PREAMBLE_LEN};
use crate::seal::DataKey;
use slot::{Slot, Turn};

/// The state of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Manifest {
    /// Rises with every store.
    pub(crate) generation: u64,
    pub(crate) database: [u8; 16],
    /// Who writes here: 46 random bits.
    pub(crate) replica: u64,
    pub(crate) created_us: u64,
    /// The number of the next file that is made.
    pub(crate) next_file: u64,
    /// The newest seq and stamp in segments and closed logs.
    pub(crate) last_seq: u64,
    pub(crate) last_stamp: u64,
    /// The logs that are not in segments yet, oldest first.
    pub(crate) logs: Vec<LogRecord>,
    pub(crate) segments: Vec<Extent>,
    pub(crate) values: Vec<ValuesRecord>,
    /// Present if and only if the database is sealed.
    pub(crate) keyring: Option<KeyringRecord>,
}

/// A log that must be replayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LogRecord {
    pub(crate) number: u64,
    /// The seq of the first version in it.
    pub(crate) first_seq: u64,
    /// Its end, once it is closed and durable up to there.
    pub(crate) end: Option<LogEnd>,
}

/// A file of large documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ValuesRecord {
    pub(crate) number: u64,
    /// How much of the file is in use.
    pub(crate) length: u64,
}

/// What a folder holds.
#[derive(Debug)]
pub(crate) enum Load {
    /// No database.
    Absent,
    /// The remains of a creation that never finished. A [`Manifest::store`] creates the database over them.
    Unfinished,
    /// A database.
    Found(Box<Loaded>),
}

/// The state that was found.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) manifest: Manifest,
    pub(crate) data_key: Option<DataKey>,
    /// Whether both slots hold it. If not, the next store repairs that.
    pub(crate) slots_agree: bool,
    /// Why one slot could not be used.
    pub(crate) damaged_slot: Option<Error>,
}

impl Manifest {
    /// Reads the newest manifest. `unlock` is asked for the data key of a sealed database, once per keyring.
    ///
    /// A writer stores a manifest of its own before it acts on what it has found: until then nothing says that the
    /// slots it has read are on the disk and not only in the system's cache.
    ///
    /// While a keyring is being replaced, the slots may have different ones. Whoever has the key of either is let in;
    /// the data key is the same, and the newest slot is right, so the next store leaves only its keyring.
    pub(crate) fn load(vfs: &dyn Vfs, unlock: &mut dyn FnMut(&KeyringRecord) -> Result<DataKey>) -> Result<Load> {
        let [a, b] = [Slot::read(vfs, 0), Slot::read(vfs, 1)];
        if let (Ok(None), Ok(None)) = (&a, &b) {
            return if has_data(vfs)? {
                Err(Error::corrupt(&slot::name(0), 0, "the file is missing")
                    .hint("The other files of the database are there: bring back its manifest", None))
            } else {
                Ok(Load::Absent)
            };
        }
        let (mut whole, mut flaws) = (Vec::new(), Vec::new());
        for (index, found) in [a, b].into_iter().enumerate() {
            match found {
                Ok(Some(slot)) => whole.push(slot),
                Ok(None) => flaws.push(Error::corrupt(&slot::name(index as u64), 0, "the file is missing")),
                Err(e) => flaws.push(one_slot_only(e)?),
            }
        }
        if whole.is_empty() {
            return unfinished(vfs, flaws);
        }
        // The newest first: it is the one whose key counts.
        whole.sort_by_key(|slot| std::cmp::Reverse(slot.preamble.number));
        let keys = Keys::unlock(&whole, unlock)?;
        let mut valid = Vec::new();
        for slot in &whole {
            match keys.open(slot) {
                Ok(found) => valid.push(found),
                Err(e) => flaws.push(e),
            }
        }
        choose(valid, flaws)
    }

    /// Checks that a slot is whole, and holds the generation that both were given.
    pub(crate) fn verify_slot(files: &Files, index: u64, generation: Option<u64>) -> Result<()> {
        let name = slot::name(index);
        let slot = Slot::read(&*files.vfs, index)?.ok_or_else(|| Error::corrupt(&name, 0, "the file is missing"))?;
        let found = slot.open(files.data_key.as_ref())?.generation;
        match generation {
            Some(newest) if found != newest => {
                let what = format_args!("it holds generation {found}, and {newest} is the newest");
                Err(Error::corrupt(&name, 32, what))
            }
            _ => Ok(()),
        }
    }

    /// Why a slot cannot be read, as far as that can be told without a key.
    pub(crate) fn slot_flaw(vfs: &dyn Vfs, index: u64) -> Option<Error> {
        match Slot::read(vfs, index) {
            Ok(Some(_)) => None,
            Ok(None) => Some(Error::corrupt(&slot::name(index), 0, "the file is missing")),
            Err(e) => Some(e),
        }
    }

    /// What tells one content of the slots from another: every write of a slot has a salt of its own.
    pub(crate) fn imprint(vfs: &dyn Vfs) -> [Option<[u8; PREAMBLE_LEN]>; 2] {
        [0, 1].map(|index| {
            let mut bytes = [0; PREAMBLE_LEN];
            vfs.open(&slot::name(index), false).and_then(|file| file.read_exact_at(&mut bytes, 0)).ok()?;
            Some(bytes)
        })
    }

    /// Writes the manifest into both slots, and makes them when there are none. The caller has raised the generation.
    ///
    /// After a failure either generation may be found; a later store, with a generation higher still, is safe.
    pub(crate) fn store(&self, files: &Files) -> Result<()> {
        assert_eq!(self.database, files.database, "a manifest is stored among its own files");
        let (slots, flaw) = valid_slots(files)?;
        if let Some(slot) = slots.iter().find(|slot| slot.preamble.number >= self.generation) {
            let what = format_args!("it holds generation {}, which this process did not write", slot.preamble.number);
            return Err(Error::corrupt(&slot::name(slot.index), 32, what));
        }
        let first = match slots.as_slice() {
            [] => {
                // Nothing is written over a slot that could not be read, or is whole and does not open.
                flaw.map_or(Ok(()), Err)?;
                slot::make_files(files, &[0, 1])?;
                0
            }
            [a, b] if a.preamble.number == b.preamble.number && a.turn != b.turn => {
                if a.turn == Turn::Second {
                    a.index
                } else {
                    b.index
                }
            }
            [kept, others @ ..] => {
                kept.write_again(files)?;
                if others.is_empty() {
                    slot::make_files(files, &[1 - kept.index])?;
                }
                1 - kept.index
            }
        };
        slot::store(files, first, Turn::First, self)?;
        slot::store(files, 1 - first, Turn::Second, self)
    }
}

/// The slots that hold a manifest of this database, the newest first; and why another one, not damaged, does not.
fn valid_slots(files: &Files) -> Result<(Vec<Slot>, Option<Error>)> {
    let (mut slots, mut flaw) = (Vec::new(), None);
    for index in 0..2 {
        match Slot::read(&*files.vfs, index) {
            Ok(None) => {}
            Err(e) => {
                let e = one_slot_only(e)?;
                if e.code() != Code::Corrupt {
                    flaw = Some(e);
                }
            }
            Ok(Some(slot)) => match slot.open(files.data_key.as_ref()) {
                Ok(manifest) if manifest.database == files.database => slots.push(slot),
                Ok(_) => flaw = Some(alien(&slot)),
                Err(e) => flaw = Some(e),
            },
        }
    }
    slots.sort_by_key(|slot| std::cmp::Reverse(slot.preamble.number));
    Ok((slots, flaw))
}

/// Passes on the failures that say nothing about the slot; what is left may cost one slot and no more.
fn one_slot_only(e: Error) -> Result<Error> {
    match e.code() {
        Code::Corrupt | Code::IoError => Ok(e),
        _ => Err(e),
    }
}

/// What no readable slot means.
fn unfinished(vfs: &dyn Vfs, mut flaws: Vec<Error>) -> Result<Load> {
    if let Some(at) = flaws.iter().position(|e| e.code() != Code::Corrupt) {
        return Err(flaws.swap_remove(at));
    }
    if has_data(vfs)? {
        return Err(both_lost(flaws));
    }
    Ok(Load::Unfinished)
}

fn both_lost(flaws: Vec<Error>) -> Error {
    let second = flaws.get(1).map(|e| e.detail().to_owned());
    let first = flaws.into_iter().next().expect("there are two slots and neither is valid");
    match second {
        Some(second) => first.hint(format!("Its copy is of no use either: {second}"), None),
        None => first,
    }
}

/// Whether any file but the manifest holds more than a preamble.
fn has_data(vfs: &dyn Vfs) -> Result<bool> {
    let location = vfs.location();
    for name in vfs.list().map_err(|e| Error::io(e, "list", &location))? {
        if !matches!(parse_file_name(&name), Some((kind, _)) if kind != Kind::Manifest) {
            continue;
        }
        let length = vfs.open(&name, false).and_then(|file| file.len());
        match length {
            Ok(length) if length > PREAMBLE_LEN as u64 => return Ok(true),
            Err(e) if e.kind() != io::ErrorKind::NotFound => {
                return Err(Error::io(e, "open", &name));
            }
            _ => {}
        }
    }
    Ok(false)
}

/// The data keys of the slots' keyrings.
struct Keys(Vec<(KeyringRecord, Result<DataKey>)>);

impl Keys {
    /// Asks for the key of each keyring. One wrong key of two is borne; any other failure is the caller's.
    fn unlock(slots: &[Slot], unlock: &mut dyn FnMut(&KeyringRecord) -> Result<DataKey>) -> Result<Self> {
        let mut keys = Self(Vec::new());
        for keyring in slots.iter().filter_map(|slot| slot.keyring.as_ref()) {
            if keys.0.iter().any(|(known, _)| known == keyring) {
                continue;
            }
            match unlock(keyring) {
                Err(e) if e.code() != Code::WrongSealKey => return Err(e),
                key => keys.0.push((keyring.clone(), key)),
            }
        }
        if !keys.0.is_empty() && keys.0.iter().all(|(_, key)| key.is_err()) {
            return Err(keys.0.swap_remove(0).1.expect_err("none of them is a key"));
        }
        Ok(keys)
    }

    fn open(&self, slot: &Slot) -> Result<(Manifest, Option<DataKey>, Turn)> {
        let Some(keyring) = &slot.keyring else {
            return Ok((slot.open(None)?, None, slot.turn));
        };
        // Its own key before the other one's.
        let (own, others): (Vec<_>, Vec<_>) = self.0.iter().partition(|(known, _)| known == keyring);
        let mut failure = None;
        for (_, key) in own.into_iter().chain(others) {
            let attempt = match key {
                Ok(key) => slot.open(Some(key)).map(|manifest| (manifest, Some(key.clone()), slot.turn)),
                Err(e) => Err(e.clone()),
            };
            match attempt {
                Ok(found) => return Ok(found),
                Err(e) => failure = failure.or(Some(e)),
            }
        }
        Err(failure.expect("the slot's own keyring is among the keys"))
    }
}

/// Picks the newest of the valid slots, which come newest first.
fn choose(valid: Vec<(Manifest, Option<DataKey>, Turn)>, mut flaws: Vec<Error>) -> Result<Load> {
    let mut valid = valid.into_iter();
    let Some((manifest, data_key, turn)) = valid.next() else {
        return Err(both_lost(flaws));
    };
    let other = valid.next();
    if let Some((other, ..)) = &other {
        if other.database != manifest.database {
            return Err(Error::corrupt(&slot::name(1), 16, "the two manifests are of two databases"));
        }
        if other.generation == manifest.generation && *other != manifest {
            return Err(Error::corrupt(&slot::name(1), 32, "the two manifests are of one generation and differ"));
        }
    }
    let slots_agree = other.is_some_and(|(other, _, its)| other.generation == manifest.generation && its != turn);
    Ok(Load::Found(Box::new(Loaded { manifest, data_key, slots_agree, damaged_slot: flaws.pop() })))
}

fn alien(slot: &Slot) -> Error {
    Error::corrupt(&slot::name(slot.index), 16, "it belongs to another database")
}
