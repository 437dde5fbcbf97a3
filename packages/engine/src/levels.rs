//! The segments of a database, as generations.
//!
//! A flush makes a generation: all versions of a stretch of seqs, in two sorted tiers. The current tier has the newest
//! version of each key of the stretch; the history tier has the others, each with the stamp at which the next one
//! superseded it. A merge makes one generation of several neighbours. So the stretches never overlap, and a read goes
//! from the newest generation to the oldest and stops at the first version that it sees:
//!
//! - of a generation that lies before the moment as a whole, only the current tier can have the answer, and a read of
//!   "now" sees all generations so: it costs the same however much history there is;
//! - of the one generation in which the moment lies, the history tier is asked as well.

use std::sync::Arc;

use crate::entry::{Entry, Found, Horizon, Source};
use crate::error::Result;
use crate::extent::{Class, Extent};
use crate::segment::{Filter, LastBlock, Segment, SegmentCursor};

/// All generations, the newest first.
#[derive(Clone, Default)]
pub(crate) struct Levels {
    pub(crate) generations: Vec<Arc<Generation>>,
}

/// All versions of a stretch of seqs.
pub(crate) struct Generation {
    /// The number of its first segment.
    pub(crate) number: u64,
    pub(crate) current: Arc<Tier>,
    pub(crate) history: Arc<Tier>,
    pub(crate) bytes: u64,
    min_seq: u64,
    max_seq: u64,
    min_stamp: u64,
    max_stamp: u64,
}

/// One sorted sequence of versions, cut into segments of bounded size.
///
/// In key order; a key with very many versions may go on in the next segment.
#[derive(Default)]
pub(crate) struct Tier {
    pub(crate) segments: Vec<Arc<Segment>>,
}

impl Levels {
    /// Puts segments together into generations.
    pub(crate) fn new(segments: &[Arc<Segment>]) -> Self {
        let mut numbers: Vec<u64> = segments.iter().map(|s| s.extent().generation).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let mut levels = Self::default();
        for number in numbers {
            let mine = segments.iter().filter(|s| s.extent().generation == number).cloned().collect();
            levels.insert(Arc::new(Generation::new(number, mine)));
        }
        levels
    }

    pub(crate) fn insert(&mut self, generation: Arc<Generation>) {
        let at = self.generations.partition_point(|g| g.min_seq > generation.min_seq);
        self.generations.insert(at, generation);
    }

    pub(crate) fn remove(&mut self, numbers: &[u64]) {
        self.generations.retain(|g| !numbers.contains(&g.number));
    }

    /// The newest version of `key` that `horizon` sees.
    pub(crate) fn find(&self, key: &[u8], hash: u64, horizon: &Horizon) -> Result<Option<Found>> {
        let Some((oldest, newer)) = self.generations.split_last() else {
            return Ok(None);
        };
        // A key that is in none of the newer ones is in the oldest, which has the most keys of all, or nowhere.
        let newer = newer.iter().map(|generation| (generation, Filter::First(hash)));
        for (generation, filter) in newer.chain([(oldest, Filter::Late(hash))]) {
            if generation.begins_within(horizon)
                && let Some(found) = generation.find(key, filter, horizon)?
            {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The tiers in which something is that a read at `horizon` may need.
    pub(crate) fn consulted(&self, horizon: &Horizon) -> impl Iterator<Item = &Arc<Tier>> {
        self.generations.iter().filter(|g| g.begins_within(horizon)).flat_map(|generation| {
            let history = (!generation.lies_within(horizon)).then_some(&generation.history);
            std::iter::once(&generation.current).chain(history)
        })
    }

    /// The tiers in which something is that a read at `newer` may need and one at `older` does not see.
    pub(crate) fn consulted_beyond(&self, older: &Horizon, newer: &Horizon) -> impl Iterator<Item = &Arc<Tier>> {
        let generations = self.generations.iter().filter(|g| g.begins_within(newer) && !g.lies_within(older));
        generations.flat_map(|generation| [&generation.current, &generation.history])
    }

    /// All segments.
    pub(crate) fn segments(&self) -> impl Iterator<Item = &Arc<Segment>> {
        self.generations.iter().flat_map(|g| g.segments())
    }
}

impl Generation {
    fn new(number: u64, segments: Vec<Arc<Segment>>) -> Self {
        let bound = |of: fn(&Extent) -> u64, pick: fn(u64, u64) -> u64| {
            segments.iter().map(|s| of(s.extent())).reduce(pick).unwrap_or_default()
        };
        let (min_seq, max_seq) = (bound(|e| e.min_seq, u64::min), bound(|e| e.max_seq, u64::max));
        let (min_stamp, max_stamp) = (bound(|e| e.min_stamp, u64::min), bound(|e| e.max_stamp, u64::max));
        let bytes = bound(|e| e.length, u64::wrapping_add);
        let (current, history) = segments.into_iter().partition(|s| s.extent().class == Class::Current);
        let tier = |segments| Arc::new(Tier::new(segments));
        Self { number, current: tier(current), history: tier(history), bytes, min_seq, max_seq, min_stamp, max_stamp }
    }

    pub(crate) fn segments(&self) -> impl Iterator<Item = &Arc<Segment>> {
        self.current.segments.iter().chain(&self.history.segments)
    }

    /// The newest version of `key` that `horizon` sees.
    fn find(&self, key: &[u8], mut filter: Filter, horizon: &Horizon) -> Result<Option<Found>> {
        if self.lies_within(horizon) {
            return self.current.find(key, filter, horizon);
        }
        // A key of the history has its newest version in the current tier, so one filter speaks for both.
        if let Filter::First(hash) = filter {
            if !self.current.may_contain(key, hash)? {
                return Ok(None);
            }
            filter = Filter::Done;
        }
        let past = self.history.find(key, filter, horizon)?;
        if past.as_ref().is_some_and(|found| horizon.ends_before(found.ended)) {
            return Ok(past);
        }
        Ok(self.current.find(key, filter, horizon)?.or(past))
    }

    /// Whether `horizon` may see some of it.
    fn begins_within(&self, horizon: &Horizon) -> bool {
        self.min_seq <= horizon.seq && self.min_stamp <= horizon.stamp
    }

    /// Whether `horizon` sees all of it.
    fn lies_within(&self, horizon: &Horizon) -> bool {
        self.max_seq <= horizon.seq && self.max_stamp <= horizon.stamp && self.max_seq <= horizon.commit
    }
}

impl Tier {
    fn new(mut segments: Vec<Arc<Segment>>) -> Self {
        // Numbers rise as segments are written, and so do their keys. Seqs would not tell two segments that begin with
        // the same key apart: the later one may hold newer versions, of other keys.
        segments.sort_by_key(|segment| segment.extent().number);
        Self { segments }
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

    /// A key before `end` from which on about a block lies before `end` of what a read at `horizon` needs; `None` when no
    /// more than that lies before it at all.
    pub(crate) fn step_back(&self, end: &[u8], horizon: &Horizon) -> Result<Option<Vec<u8>>> {
        let at = self.segments.partition_point(|s| s.key_range().1 < end);
        let mut needed = false;
        for segment in self.segments.iter().take(at + 1).rev() {
            let (min_key, max_key) = segment.key_range();
            if needed {
                return Ok(Some(max_key.to_vec()));
            }
            if min_key < end {
                match segment.last_block_before(end, horizon)? {
                    LastBlock::From(key) => return Ok(Some(key)),
                    LastBlock::First => needed = true,
                    LastBlock::None => {}
                }
            }
        }
        Ok(None)
    }

    fn find(&self, key: &[u8], filter: Filter, horizon: &Horizon) -> Result<Option<Found>> {
        for segment in self.segments_of(key) {
            if let Some(found) = segment.find(key, filter, horizon)? {
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
    beyond: Option<Horizon>,
    fill_cache: bool,
}

impl TierCursor {
    /// A cursor before the first version: `seek` or `rewind` it. With a horizon, versions that a read at it does not
    /// need may be left out.
    pub(crate) fn new(tier: Arc<Tier>, within: Option<Horizon>, fill_cache: bool) -> Self {
        Self { tier, at: 0, cursor: None, within, beyond: None, fill_cache }
    }

    /// Leaves out versions that a read at `horizon` sees, where that saves reading them.
    #[must_use]
    pub(crate) fn beyond(mut self, horizon: Horizon) -> Self {
        self.beyond = Some(horizon);
        self
    }

    /// Stands at the first version.
    pub(crate) fn rewind(&mut self) -> Result<()> {
        self.seek(b"", &Horizon::at_seq(u64::MAX))
    }

    fn open(&mut self, at: usize) {
        self.at = at;
        self.cursor = self.tier.segments.get(at).map(|segment| {
            let cursor = segment.cursor().fill_cache(self.fill_cache).beyond(self.beyond);
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
