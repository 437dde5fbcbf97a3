//! What was written since the last flush: a few sorted runs.
//!
//! A memtable never changes; a commit makes a new one that shares all but the newest runs with the old. Runs merge as
//! the digits of a binary counter carry, so n commits leave about log2(n) runs and the place of each version is moved
//! about as often. No lock, no skiplist, and a reader keeps what it has.

use std::sync::Arc;

use crate::entry::{Entry, Horizon};
use crate::run::Run;

/// Sorted runs, oldest first. Every seq of a run is greater than every seq of the runs before it.
#[derive(Clone, Default)]
pub(crate) struct Memtable {
    pub(crate) runs: Vec<Arc<Run>>,
    pub(crate) bytes: usize,
}

impl Memtable {
    /// The memtable with one more run, newer than all it has.
    pub(crate) fn with(&self, run: Run) -> Self {
        let mut runs = self.runs.clone();
        let mut newest = run;
        while let Some(last) = runs.last() {
            if last.bytes() > newest.bytes() {
                break;
            }
            newest = Run::merge(last, &newest);
            runs.pop();
        }
        runs.push(Arc::new(newest));
        let bytes = runs.iter().map(|run| run.bytes()).sum();
        Self { runs, bytes }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// The newest version of `key` that `horizon` sees.
    pub(crate) fn find(&self, key: &[u8], horizon: &Horizon) -> Option<Entry<'_>> {
        self.runs.iter().rev().find_map(|run| run.find(key, horizon))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::tests::run_of;

    #[test]
    fn many_commits_leave_few_runs_and_every_version_is_found() {
        let keys: Vec<Vec<u8>> = (0..37u8).map(|n| vec![b'n', 0, b'k', n]).collect();
        let mut memtable = Memtable::default();
        for seq in 1..=1000u64 {
            let key = &keys[(seq as usize * 7) % keys.len()];
            memtable = memtable.with(run_of(&[(key, seq, Some(b"1"))]));
            assert!(memtable.runs.len() <= 12, "{} runs after {seq} commits", memtable.runs.len());
        }
        for bound in [1u64, 2, 36, 37, 500, 999, 1000] {
            for (at, key) in keys.iter().enumerate() {
                let want = (1..=bound).rev().find(|seq| (*seq as usize * 7) % keys.len() == at);
                assert_eq!(memtable.find(key, &Horizon::at_seq(bound)).map(|e| e.seq), want);
            }
        }
    }
}
