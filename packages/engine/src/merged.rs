//! Many sorted sources read as one.

use crate::entry::{Entry, Horizon, Source};
use crate::error::Result;
use crate::levels::TierCursor;
use crate::run::RunCursor;

/// A sorted source of either kind.
#[allow(clippy::large_enum_variant, reason = "a read has a few dozen of them, and they are walked, not moved")]
pub(crate) enum Cursor {
    Run(RunCursor),
    Tier(TierCursor),
}

impl Source for Cursor {
    #[inline]
    fn entry(&self) -> Option<Entry<'_>> {
        match self {
            Self::Run(cursor) => cursor.entry(),
            Self::Tier(cursor) => cursor.entry(),
        }
    }

    #[inline]
    fn advance(&mut self) -> Result<()> {
        match self {
            Self::Run(cursor) => cursor.advance(),
            Self::Tier(cursor) => cursor.advance(),
        }
    }

    fn seek(&mut self, key: &[u8], horizon: &Horizon) -> Result<()> {
        match self {
            Self::Run(cursor) => cursor.seek(key, horizon),
            Self::Tier(cursor) => cursor.seek(key, horizon),
        }
    }
}

/// A heap of cursors with the smallest version on top: by key, then by seq descending.
pub(crate) struct Merged {
    cursors: Vec<Cursor>,
    /// Places in `cursors` of those that are not exhausted, as a binary heap.
    heap: Vec<usize>,
}

impl Merged {
    /// The cursors stand where they should; they need not agree.
    pub(crate) fn new(cursors: Vec<Cursor>) -> Self {
        let mut merged = Self { heap: Vec::with_capacity(cursors.len()), cursors };
        merged.rebuild();
        merged
    }

    /// Seeks every source.
    pub(crate) fn seek(&mut self, key: &[u8], horizon: &Horizon) -> Result<()> {
        for cursor in &mut self.cursors {
            cursor.seek(key, horizon)?;
        }
        self.rebuild();
        Ok(())
    }

    /// The smallest version.
    #[inline]
    pub(crate) fn entry(&self) -> Option<Entry<'_>> {
        self.cursors[*self.heap.first()?].entry()
    }

    /// Steps past the smallest version.
    pub(crate) fn advance(&mut self) -> Result<()> {
        if let Some(&top) = self.heap.first() {
            self.cursors[top].advance()?;
            self.settle_top();
        }
        Ok(())
    }

    /// Seeks the source of the smallest version alone.
    pub(crate) fn seek_top(&mut self, key: &[u8], horizon: &Horizon) -> Result<()> {
        if let Some(&top) = self.heap.first() {
            self.cursors[top].seek(key, horizon)?;
            self.settle_top();
        }
        Ok(())
    }

    /// Puts the heap in order after its top source moved.
    fn settle_top(&mut self) {
        if self.cursors[self.heap[0]].entry().is_none() {
            self.heap.swap_remove(0);
        }
        self.sift_down(0);
    }

    fn rebuild(&mut self) {
        self.heap.clear();
        self.heap.extend((0..self.cursors.len()).filter(|at| self.cursors[*at].entry().is_some()));
        for at in (0..self.heap.len() / 2).rev() {
            self.sift_down(at);
        }
    }

    fn sift_down(&mut self, mut at: usize) {
        loop {
            let mut least = at;
            for child in [2 * at + 1, 2 * at + 2] {
                if child < self.heap.len() && self.precedes(self.heap[child], self.heap[least]) {
                    least = child;
                }
            }
            if least == at {
                return;
            }
            self.heap.swap(at, least);
            at = least;
        }
    }

    fn precedes(&self, a: usize, b: usize) -> bool {
        match (self.cursors[a].entry(), self.cursors[b].entry()) {
            (Some(a), Some(b)) => a.key.cmp(b.key).then_with(|| b.seq.cmp(&a.seq)).is_lt(),
            (a, _) => a.is_some(),
        }
    }
}
