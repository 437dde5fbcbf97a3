//! Writes that their clients named, so that one that is sent twice is written once.
//!
//! The name is kept in the annotation of the last version of its commit, and so it is as durable as the write and is there
//! after a crash. It counts while no more than [`REMEMBERED`] versions were written after it: a bound that is the same
//! for a database that stayed open and for one that was opened just now. What is known is read from the end of the history
//! when the first named write comes; a database that never sees one pays nothing.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use crate::annotation::Annotation;
use crate::batch::Batch;
use crate::code::Code;
use crate::commit::Committed;
use crate::error::{Error, Result};
use crate::state::State;

/// How many versions may be written after a named one before its name is forgotten.
pub(crate) const REMEMBERED: u64 = 100_000;
/// The longest name, in bytes.
pub const MAX_IDEMPOTENCY_KEY_BYTES: usize = 64;
/// How many versions are looked at in one step.
const STEP: u64 = 4096;

/// A write under its name.
#[derive(Debug, Clone)]
struct Known {
    committed: Committed,
    /// The key of its last version, by which another write under the same name is told.
    address: Vec<u8>,
}

/// The named writes among the newest versions.
#[derive(Debug, Default)]
pub(crate) struct KnownWrites {
    by_name: HashMap<Arc<str>, Known>,
    /// The same, oldest first.
    in_order: VecDeque<(u64, Arc<str>)>,
}

impl KnownWrites {
    /// Reads them from the end of the history.
    pub(crate) fn read(state: &State) -> Result<Self> {
        let mut known = Self::default();
        let mut done = state.seq.saturating_sub(REMEMBERED);
        while done < state.seq {
            let through = state.seq.min(done + STEP);
            for (address, found) in state.versions_between(done + 1, through, &|_| true)? {
                if let Some(name) = Annotation::of(&found.meta)?.idempotency_key {
                    let committed = Committed {
                        first_seq: found.seq - u64::from(found.index),
                        count: found.index + 1,
                        stamp: found.stamp,
                    };
                    known.add(name, address, committed);
                }
            }
            done = through;
        }
        Ok(known)
    }

    /// What was written under a name already, when `newest` is the newest seq. Fails when that was another write than one
    /// of `count` versions that ends with `address`.
    pub(crate) fn find(&self, name: &str, address: &[u8], count: usize, newest: u64) -> Result<Option<Committed>> {
        match self.by_name.get(name) {
            Some(known) if newest - known.committed.last_seq() >= REMEMBERED => Ok(None),
            Some(known) if known.address == address && known.committed.count as usize == count => {
                Ok(Some(known.committed))
            }
            Some(_) => Err(mismatch(name)),
            None => Ok(None),
        }
    }

    /// Adds the newest write.
    pub(crate) fn add(&mut self, name: &str, address: Vec<u8>, committed: Committed) {
        let newest = committed.last_seq();
        while let Some((seq, oldest)) = self.in_order.front()
            && newest - seq >= REMEMBERED
        {
            // A forgotten name may have been given again; then what it names now stays.
            if self.by_name.get(oldest).is_some_and(|known| known.committed.last_seq() == *seq) {
                self.by_name.remove(oldest);
            }
            self.in_order.pop_front();
        }
        let name: Arc<str> = name.into();
        self.by_name.insert(name.clone(), Known { committed, address });
        self.in_order.push_back((newest, name));
    }
}

impl Batch {
    /// Names the batch: sent again under the same name, it is not written again, and the answer is that of the first
    /// time. 1 to 64 printable ASCII characters, new for each write; a UUID is a good one.
    ///
    /// # Errors
    /// `invalid_params` for a name that is none. The write fails with `idempotency_mismatch` when the name is that of another
    /// write among the newest 100,000 versions.
    pub fn idempotency_key(&mut self, name: Option<&str>) -> Result<&mut Self> {
        if let Some(name) = name
            && (name.is_empty()
                || name.len() > MAX_IDEMPOTENCY_KEY_BYTES
                || !name.bytes().all(|byte| byte.is_ascii_graphic()))
        {
            return Err(Error::new(
                Code::InvalidParams,
                format!("An idempotency key is 1 to {MAX_IDEMPOTENCY_KEY_BYTES} printable ASCII characters."),
            )
            .hint("Make a new one for each write, such as a UUID", None));
        }
        self.idempotency_key = name.map(Into::into);
        Ok(self)
    }
}

/// Which write has the name is not told: whoever asks may have no right to read there.
fn mismatch(name: &str) -> Error {
    let detail = format!("The idempotency key '{name}' names another write than this one. Nothing was written.");
    Error::new(Code::IdempotencyMismatch, detail).hint("Make a new key for each write", None)
}
