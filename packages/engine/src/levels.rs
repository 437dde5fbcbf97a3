//! The segments of a database, as sorted tiers.
//!
//! A flush or a merge writes one tier: a sorted sequence of versions, cut by key into segments of bounded size. Tiers
//! of class Current hold, together with the memtables, the newest version of every key; History tiers hold versions
//! that were superseded for good. Any tiers of a class may be merged in any order, because the winner of a read is
//! chosen by seq and never by the age of the tier it lies in.

use std::sync::Arc;

use crate::entry::{Entry, Found, Horizon, Source};
use crate::error::Result;
use crate::extent::Class;
use crate::segment::{Segment, SegmentCursor};

/// All tiers, each class with the newest seqs first.
#[derive(Clone, Default)]
pub(crate) struct Levels {
    pub(crate) current: Vec<Arc<Tier>>,
    pub(crate) history: Vec<Arc<Tier>>,
}

/// One sorted sequence of versions on disk.
pub(crate) struct Tier {
    /// The number of its first segment.
    pub(crate) number: u64,
    pub(crate) class: Class,
    /// In key order; a key with very many versions may go on in the next segment.
    pub(crate) segments: Vec<Arc<Segment>>,
    pub(crate) bytes: u64,
    min_seq: u64,
    max_seq: u64,
    min_stamp: u64,
    max_ended: u64,
}

impl Levels {
    /// Puts segments together into tiers.
    pub(crate) fn new(segments: Vec<Arc<Segment>>) -> Self {
        let mut levels = Self::default();
        let mut numbers: Vec<(u64, Class)> = segments.iter().map(|s| (s.extent().tier, s.extent().class)).collect();
        numbers.sort_by_key(|(number, _)| *number);
        numbers.dedup();
        for (number, class) in numbers {
            let mine = segments.iter().filter(|s| s.extent().tier == number).cloned().collect();
            levels.insert(Arc::new(Tier::new(number, class, mine)));
        }
        levels
    }

    pub(crate) fn insert(&mut self, tier: Arc<Tier>) {
        let tiers = match tier.class {
            Class::Current => &mut self.current,
            Class::History => &mut self.history,
        };
        let at = tiers.partition_point(|t| t.max_seq > tier.max_seq);
        tiers.insert(at, tier);
    }

    pub(crate) fn remove(&mut self, numbers: &[u64]) {
        self.current.retain(|t| !numbers.contains(&t.number));
        self.history.retain(|t| !numbers.contains(&t.number));
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<Tier>> {
        self.current.iter().chain(&self.history)
    }

    /// The newest version of `key` that `horizon` sees. With `now`, the horizon is known to see everything, and the
    /// history is not consulted.
    pub(crate) fn find(&self, key: &[u8], hash: u64, horizon: &Horizon, now: bool) -> Result<Option<Found>> {
        let mut best: Option<Found> = None;
        let history: &[Arc<Tier>] = if now { &[] } else { &self.history };
        for tiers in [&self.current[..], history] {
            for tier in tiers {
                if best.as_ref().is_some_and(|found| found.seq >= tier.max_seq) {
                    break;
                }
                if !tier.may_answer(horizon) {
                    continue;
                }
                if let Some(found) = tier.find(key, hash, horizon)?
                    && best.as_ref().is_none_or(|b| b.seq < found.seq)
                {
                    best = Some(found);
                }
            }
        }
        Ok(best)
    }
}

impl Tier {
    pub(crate) fn new(number: u64, class: Class, mut segments: Vec<Arc<Segment>>) -> Self {
        // Numbers rise as segments are written, and so do their keys. Seqs would not tell two segments that begin with
        // the same key apart: the later one may hold newer versions, of other keys.
        segments.sort_by_key(|segment| segment.extent().number);
        let extents = || segments.iter().map(|s| s.extent());
        Self {
            number,
            class,
            bytes: extents().map(|e| e.length).sum(),
            min_seq: extents().map(|e| e.min_seq).min().unwrap_or(u64::MAX),
            max_seq: extents().map(|e| e.max_seq).max().unwrap_or(0),
            min_stamp: extents().map(|e| e.min_stamp).min().unwrap_or(u64::MAX),
            max_ended: extents().map(|e| e.max_ended).max().unwrap_or(0),
            segments,
        }
    }

    /// Whether some version in the tier can be what a read at `horizon` answers.
    pub(crate) fn may_answer(&self, horizon: &Horizon) -> bool {
        self.min_seq <= horizon.seq && self.min_stamp <= horizon.stamp && !horizon.is_past(self.max_ended)
    }

    /// Whether its seqs reach into the range.
    pub(crate) fn overlaps(&self, range: &std::ops::RangeInclusive<u64>) -> bool {
        self.min_seq <= *range.end() && *range.start() <= self.max_seq
    }

    /// Whether some version of the key may be in the tier; false is certain.
    pub(crate) fn may_contain(&self, key: &[u8], hash: u64) -> Result<bool> {
        for segment in self.segments_of(key) {
            if segment.may_contain(hash)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn find(&self, key: &[u8], hash: u64, horizon: &Horizon) -> Result<Option<Found>> {
        for segment in self.segments_of(key) {
            if let Some(found) = segment.find(key, hash, horizon)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The segments whose range of keys includes the key, newest versions first.
    fn segments_of(&self, key: &[u8]) -> impl Iterator<Item = &Arc<Segment>> {
        let first = self.segments.partition_point(|s| s.key_range().1 < key);
        self.segments[first..].iter().take_while(move |s| s.key_range().0 <= key)
    }
}

/// Walks the segments of a tier one after the other.
pub(crate) struct TierCursor {
    tier: Arc<Tier>,
    at: usize,
    cursor: Option<SegmentCursor>,
    within: Option<Horizon>,
    fill_cache: bool,
}

impl TierCursor {
    /// A cursor before the first version: `seek` or `rewind` it. With a horizon, versions that it cannot see may be
    /// left out.
    pub(crate) fn new(tier: Arc<Tier>, within: Option<Horizon>, fill_cache: bool) -> Self {
        Self { tier, at: 0, cursor: None, within, fill_cache }
    }

    /// Stands at the first version.
    pub(crate) fn rewind(&mut self) -> Result<()> {
        self.seek(b"", &Horizon::at_seq(u64::MAX))
    }

    fn open(&mut self, at: usize) {
        self.at = at;
        self.cursor = self.tier.segments.get(at).map(|segment| {
            let cursor = segment.cursor().fill_cache(self.fill_cache);
            match self.within {
                Some(horizon) => cursor.within(horizon),
                None => cursor,
            }
        });
    }

    /// Goes on to the following segments while the present one is exhausted.
    fn settle(&mut self, key: &[u8], horizon: &Horizon) -> Result<()> {
        while let Some(cursor) = &self.cursor
            && cursor.entry().is_none()
        {
            self.open(self.at + 1);
            if let Some(cursor) = &mut self.cursor {
                cursor.seek(key, horizon)?;
            }
        }
        Ok(())
    }
}

impl Source for TierCursor {
    #[inline]
    fn entry(&self) -> Option<Entry<'_>> {
        self.cursor.as_ref()?.entry()
    }

    fn advance(&mut self) -> Result<()> {
        if let Some(cursor) = &mut self.cursor {
            cursor.advance()?;
            self.settle(b"", &Horizon::at_seq(u64::MAX))?;
        }
        Ok(())
    }

    fn seek(&mut self, key: &[u8], horizon: &Horizon) -> Result<()> {
        let at = self.tier.segments.partition_point(|s| s.key_range().1 < key);
        if self.cursor.is_none() || at != self.at {
            self.open(at);
        }
        if let Some(cursor) = &mut self.cursor {
            cursor.seek(key, horizon)?;
        }
        self.settle(key, horizon)
    }
}
