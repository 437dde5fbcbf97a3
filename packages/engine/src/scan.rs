//! The keys that have a document at a moment, in order.

use crate::entry::{Found, Horizon};
use crate::error::Result;
use crate::merged::Merged;
use crate::state::State;

/// After so many versions of one key that do not matter, the rest of them is passed over by a seek.
const STEPS_BEFORE_SEEK: usize = 8;

/// Walks a range of keys and stands still at each key's newest visible version, deletes included.
pub(crate) struct Scan {
    merged: Merged,
    horizon: Horizon,
    /// The first key that is not part of the range.
    end: Option<Vec<u8>>,
    key: Vec<u8>,
}

impl Scan {
    /// The keys from `start` on, and before `end` if there is one.
    pub(crate) fn new(state: &State, horizon: Horizon, start: &[u8], end: Option<Vec<u8>>) -> Result<Self> {
        let mut scan = Self { merged: state.scan(&horizon), horizon, end, key: Vec::new() };
        scan.skip_to(start)?;
        Ok(scan)
    }

    /// The last keys from `start` on and before `end` that have a document, the last one first; at most `limit`.
    ///
    /// Every source is sorted to be read forwards. So the range is read in short pieces from its end, each of them
    /// forwards; a piece holds about as much as a block.
    pub(crate) fn last(
        state: &State,
        horizon: Horizon,
        start: &[u8],
        mut end: Vec<u8>,
        limit: usize,
    ) -> Result<Vec<(Vec<u8>, Found)>> {
        let mut scan = Self { merged: state.scan(&horizon), horizon, end: None, key: Vec::new() };
        let mut found = Vec::new();
        while found.len() < limit && start < end.as_slice() {
            let from = state.step_back(&end, &horizon)?.max(start.to_vec());
            scan.end = Some(std::mem::replace(&mut end, from));
            scan.skip_to(&end)?;
            let before = found.len();
            while let Some((key, one)) = scan.next()? {
                if !one.deleted {
                    found.push((key.to_vec(), one));
                }
            }
            found[before..].reverse();
        }
        found.truncate(limit);
        Ok(found)
    }

    /// The keys in a range that have a version which `newer` sees and `older` does not, each with the newest. Keys without
    /// one may be among them, with a version that `older` sees.
    pub(crate) fn beyond(state: &State, older: &Horizon, newer: Horizon, start: &[u8], end: Vec<u8>) -> Result<Self> {
        let merged = state.scan_beyond(older, &newer);
        let mut scan = Self { merged, horizon: newer, end: Some(end), key: Vec::new() };
        scan.skip_to(start)?;
        Ok(scan)
    }

    /// The next key and its version.
    pub(crate) fn next(&mut self) -> Result<Option<(&[u8], Found)>> {
        loop {
            let Some(entry) = self.merged.entry() else { return Ok(None) };
            if self.end.as_ref().is_some_and(|end| entry.key >= end.as_slice()) {
                return Ok(None);
            }
            self.key.clear();
            self.key.extend_from_slice(entry.key);
            if self.horizon.sees(entry.seq, entry.index, entry.stamp) {
                let found = Found::from_entry(&entry);
                self.pass_key()?;
                return Ok(Some((&self.key, found)));
            }
            self.merged.seek_top(&self.key, &self.horizon)?;
        }
    }

    /// Goes on at `start`.
    pub(crate) fn skip_to(&mut self, start: &[u8]) -> Result<()> {
        self.merged.seek(start, &self.horizon)
    }

    /// Passes over the remaining versions of `self.key` in all sources.
    fn pass_key(&mut self) -> Result<()> {
        let mut steps = 0;
        while let Some(entry) = self.merged.entry()
            && entry.key == self.key
        {
            if steps < STEPS_BEFORE_SEEK {
                self.merged.advance()?;
                steps += 1;
            } else {
                // The smallest key after this one is the same with a zero byte behind it.
                let mut after = std::mem::take(&mut self.key);
                after.push(0);
                self.merged.seek_top(&after, &Horizon::at_seq(u64::MAX))?;
                after.pop();
                self.key = after;
            }
        }
        Ok(())
    }
}

/// The first key after all that begin with `prefix`; `None` when there is none.
pub(crate) fn prefix_end(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|byte| *byte != 0xff)?;
    let mut end = prefix[..=last].to_vec();
    end[last] += 1;
    Some(end)
}
