//! Finding a place in a block, and walking on from it. The target of a search is the first version whose key is
//! greater than a given one, or equal to it and seen by a horizon.

use std::cmp::Ordering;
use std::ops::RangeInclusive;
use std::sync::Arc;

use super::block::{Block, Body, Coordinates, DELETED};
use super::fields::Damage;
use crate::entry::{Entry, Found, Horizon};
use crate::heads::common_prefix;

/// A version of a block that a reader stands at. It keeps its buffer when it moves on.
#[derive(Debug, Default)]
pub(crate) struct Spot {
    /// Counts from 1; 0 is before the first version.
    ordinal: u32,
    /// Where the next key begins.
    next: usize,
    key: Vec<u8>,
    at: Coordinates,
    deleted: bool,
    body: Body,
}

impl Spot {
    /// Goes before the first version of a block.
    pub(crate) fn reset(&mut self) {
        self.ordinal = 0;
        self.key.clear();
    }

    /// The key stood at.
    pub(crate) fn key(&self) -> &[u8] {
        &self.key
    }

    /// Where and when the version stood at was written.
    pub(crate) fn coordinates(&self) -> Coordinates {
        self.at
    }

    /// Whether the version stood at comes before the target.
    #[inline]
    pub(crate) fn is_before(&self, key: &[u8], horizon: &Horizon) -> bool {
        is_before(&self.key, || self.at, key, horizon)
    }
}

/// Whether a version comes before the target.
#[inline]
pub(super) fn is_before(version: &[u8], at: impl FnOnce() -> Coordinates, key: &[u8], horizon: &Horizon) -> bool {
    match version.cmp(key) {
        Ordering::Less => true,
        Ordering::Equal => !at().seen_by(horizon),
        Ordering::Greater => false,
    }
}

impl Block {
    /// The version the spot stands at. The spot must have been moved by this block.
    #[inline]
    pub(crate) fn entry<'a>(&'a self, spot: &'a Spot) -> Entry<'a> {
        self.assemble(&spot.key, spot.at, spot.deleted, &spot.body)
    }

    /// Moves to the next version; false behind the last.
    #[inline]
    pub(crate) fn step(&self, spot: &mut Spot) -> Result<bool, Damage> {
        let ordinal = spot.ordinal;
        if ordinal >= self.count {
            return Ok(false);
        }
        let lead = self.lead(if ordinal == 0 { self.keys } else { spot.next })?;
        if lead.shared > spot.key.len() || (lead.shared != 0 && ordinal.is_multiple_of(self.interval)) {
            return Err(Damage("a key shares more than there is"));
        }
        spot.key.truncate(lead.shared);
        spot.key.extend_from_slice(self.suffix(&lead));
        (spot.at, spot.body) = self.body(ordinal, lead.flags)?;
        spot.deleted = lead.flags & DELETED != 0;
        spot.next = lead.end;
        spot.ordinal = ordinal + 1;
        Ok(true)
    }

    /// Moves to the next version whose seq lies in `range`; false when there is none.
    pub(crate) fn step_to_seq(&self, spot: &mut Spot, range: &RangeInclusive<u64>) -> Result<bool, Damage> {
        let mut rest = spot.ordinal..self.count;
        let Some(wanted) = rest.find(|ordinal| range.contains(&self.seq(*ordinal))) else {
            return Ok(false);
        };
        let restart = wanted / self.interval;
        if restart * self.interval > spot.ordinal {
            spot.ordinal = restart * self.interval;
            spot.next = self.restart(restart);
        }
        while spot.ordinal <= wanted {
            self.step(spot)?;
        }
        Ok(true)
    }

    /// Moves to the target, wherever in the block the spot stands; false when all versions are before it.
    pub(crate) fn seek(&self, spot: &mut Spot, key: &[u8], horizon: &Horizon) -> Result<bool, Damage> {
        spot.reset();
        self.jump(spot, 0, key, horizon)?;
        self.walk(spot, key, horizon)
    }

    /// As [`seek`](Self::seek), for a spot that stands at a version before the target.
    pub(crate) fn seek_forward(&self, spot: &mut Spot, key: &[u8], horizon: &Horizon) -> Result<bool, Damage> {
        let next = spot.ordinal.saturating_sub(1) / self.interval + 1;
        if next < self.restarts() && self.restart_is_before(next, key, horizon)? {
            self.jump(spot, next, key, horizon)?;
        }
        self.walk(spot, key, horizon)
    }

    /// The newest version of `key` that `horizon` sees, when it is in this block.
    pub(crate) fn find(self: Arc<Self>, key: &[u8], horizon: &Horizon) -> Result<Option<Found>, Damage> {
        let restart = self.last_restart_before(0, key, horizon)?;
        let mut at = self.restart(restart);
        // How many bytes of `key` the version before, which is less than the target, begins with. A version that
        // shares more than that with it is less for the same reason, and one that shares less is greater.
        let mut matched = 0;
        for ordinal in restart * self.interval..self.count {
            let lead = self.lead(at)?;
            at = lead.end;
            if ordinal.is_multiple_of(self.interval) {
                matched = 0;
            }
            match lead.shared.cmp(&matched) {
                Ordering::Less => return Ok(None),
                Ordering::Greater => continue,
                Ordering::Equal => {}
            }
            let (suffix, wanted) = (self.suffix(&lead), &key[matched..]);
            let same = common_prefix(suffix, wanted);
            if same < suffix.len() {
                if same == wanted.len() || suffix[same] > wanted[same] {
                    return Ok(None);
                }
            } else if same == wanted.len() && self.coordinates(ordinal).seen_by(horizon) {
                let (at, body) = self.body(ordinal, lead.flags)?;
                return Ok(Some(self.found(at, lead.flags & DELETED != 0, &body)));
            }
            matched += same;
        }
        Ok(None)
    }

    /// Steps until the version stood at is not before the target.
    fn walk(&self, spot: &mut Spot, key: &[u8], horizon: &Horizon) -> Result<bool, Damage> {
        while self.step(spot)? {
            if !spot.is_before(key, horizon) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Goes just before the last restart from `from` on that is before the target.
    fn jump(&self, spot: &mut Spot, from: u32, key: &[u8], horizon: &Horizon) -> Result<(), Damage> {
        let restart = self.last_restart_before(from, key, horizon)?;
        spot.ordinal = restart * self.interval;
        spot.next = self.restart(restart);
        Ok(())
    }

    /// The last restart from `from` on that is before the target; `from` itself when none is.
    fn last_restart_before(&self, from: u32, key: &[u8], horizon: &Horizon) -> Result<u32, Damage> {
        let alike = self.heads.places(key);
        let (mut low, mut high) = (from.max((alike.start as u32).saturating_sub(1)), alike.end as u32);
        while low + 1 < high {
            let middle = low + (high - low) / 2;
            if self.restart_is_before(middle, key, horizon)? {
                low = middle;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }

    fn restart_is_before(&self, n: u32, key: &[u8], horizon: &Horizon) -> Result<bool, Damage> {
        let lead = self.lead(self.restart(n))?;
        Ok(is_before(self.suffix(&lead), || self.coordinates(n * self.interval), key, horizon))
    }
}
