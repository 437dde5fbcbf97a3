//! Walking a segment in order.

use std::fmt;
use std::sync::Arc;

use super::block::Block;
use super::fields::Damage;
use super::index::{Child, Node};
use super::reader::Segment;
use super::search::Spot;
use crate::entry::{Entry, Horizon, Source};
use crate::error::{Error, Result};

/// Walks the versions of a segment.
///
/// A new cursor stands before the first version: it has no entry until it was moved. After an error it has none
/// either.
pub(crate) struct SegmentCursor {
    segment: Arc<Segment>,
    fill_cache: bool,
    horizon: Option<Horizon>,
    beyond: Option<Horizon>,
    /// The child of the root, and the child of the index piece, that is walked.
    upper: usize,
    lower: usize,
    node: Option<Arc<Node>>,
    block: Option<Arc<Block>>,
    spot: Spot,
    ended: bool,
}

impl SegmentCursor {
    pub(super) fn new(segment: Arc<Segment>) -> Self {
        Self {
            segment,
            fill_cache: true,
            horizon: None,
            beyond: None,
            upper: 0,
            lower: 0,
            node: None,
            block: None,
            spot: Spot::default(),
            ended: false,
        }
    }

    /// Passes over blocks that hold no version which a read at `horizon` needs. Versions that it does not see may
    /// still come.
    ///
    /// Blocks of superseded versions are passed over only when the horizon is bounded by a stamp and by no commit,
    /// and its seq must then be that of a snapshot which holds the versions that superseded them.
    #[must_use]
    pub(crate) fn within(mut self, horizon: Horizon) -> Self {
        self.horizon = Some(horizon);
        self
    }

    /// Passes over blocks all of whose versions a read at `horizon` sees. Versions that it sees may still come.
    #[must_use]
    pub(crate) fn beyond(mut self, horizon: Option<Horizon>) -> Self {
        self.beyond = horizon;
        self
    }

    /// Whether what is read is kept in the cache; a merge, which reads everything once, would only wash it out.
    #[must_use]
    pub(crate) fn fill_cache(mut self, fill: bool) -> Self {
        self.fill_cache = fill;
        self
    }

    fn passes_over(&self, child: &Child) -> bool {
        self.horizon.as_ref().is_some_and(|horizon| child.ranges.are_outside(horizon))
            || self.beyond.as_ref().is_some_and(|horizon| child.ranges.are_within(horizon))
    }

    /// Goes to the end; a cursor whose next move fails stays there.
    fn leave(&mut self) {
        self.block = None;
        self.node = None;
        self.ended = true;
    }

    /// Stands at the first version of the first block, from child (`upper`, `lower`) on, that is not passed over.
    fn enter(&mut self, mut upper: usize, mut lower: usize, mut node: Option<Arc<Node>>) -> Result<()> {
        self.leave();
        let segment = Arc::clone(&self.segment);
        while let Some(parent) = segment.footer.root.children().get(upper) {
            if !self.passes_over(parent) {
                let children = match node.take() {
                    Some(node) => node,
                    None => segment.index_node(upper, self.fill_cache)?,
                };
                let rest = children.children().get(lower..).unwrap_or_default();
                if let Some(skipped) = rest.iter().position(|child| !self.passes_over(child)) {
                    return self.open(upper, lower + skipped, children);
                }
            }
            (upper, lower, node) = (upper + 1, 0, None);
        }
        Ok(())
    }

    /// Opens a block, and stands at its first version.
    fn open(&mut self, upper: usize, lower: usize, node: Arc<Node>) -> Result<()> {
        self.load(upper, lower, node)?;
        self.spot.reset();
        if !self.step()? {
            return self.enter_next();
        }
        Ok(())
    }

    /// Opens a block.
    fn load(&mut self, upper: usize, lower: usize, node: Arc<Node>) -> Result<()> {
        self.leave();
        let block = self.segment.block(&node.children()[lower].piece, self.fill_cache)?;
        (self.upper, self.lower) = (upper, lower);
        self.node = Some(node);
        self.block = Some(block);
        self.ended = false;
        Ok(())
    }

    fn enter_next(&mut self) -> Result<()> {
        let node = self.node.take();
        self.enter(self.upper, self.lower + 1, node)
    }

    /// Moves within the block; false behind its last version.
    #[inline]
    fn step(&mut self) -> Result<bool> {
        let Some(block) = &self.block else {
            return Ok(false);
        };
        match block.step(&mut self.spot) {
            Ok(found) => Ok(found),
            Err(damage) => Err(self.damaged(damage)),
        }
    }

    #[cold]
    fn damaged(&mut self, damage: Damage) -> Error {
        let piece = self.node.as_ref().map(|node| node.children()[self.lower].piece);
        self.leave();
        match piece {
            Some(piece) => self.segment.damaged(&piece, damage),
            None => self.segment.footer_damaged(damage),
        }
    }

    /// Seeks within the block stood in; false when the target is not known to be there.
    fn seek_near(&mut self, key: &[u8], horizon: &Horizon) -> Result<bool> {
        let (Some(block), Some(node)) = (&self.block, &self.node) else {
            return Ok(false);
        };
        if !self.spot.is_before(key, horizon) || node.is_before(self.lower, key, horizon) {
            return Ok(false);
        }
        match block.seek_forward(&mut self.spot, key, horizon) {
            Ok(found) => Ok(found),
            Err(damage) => Err(self.damaged(damage)),
        }
    }

    /// Seeks by the index.
    fn seek_far(&mut self, key: &[u8], horizon: &Horizon) -> Result<()> {
        let segment = Arc::clone(&self.segment);
        let root = &segment.footer.root;
        let upper = root.find(0, key, horizon);
        self.leave();
        let Some(parent) = root.children().get(upper) else {
            return Ok(());
        };
        if self.passes_over(parent) {
            return self.enter(upper + 1, 0, None);
        }
        let node = segment.index_node(upper, self.fill_cache)?;
        let lower = node.find(0, key, horizon);
        match node.children().get(lower) {
            Some(child) if !self.passes_over(child) => {}
            _ => return self.enter(upper, lower, Some(node)),
        }
        self.load(upper, lower, node)?;
        let Some(block) = &self.block else {
            return Ok(());
        };
        match block.seek(&mut self.spot, key, horizon) {
            Ok(true) => Ok(()),
            Ok(false) => self.enter_next(),
            Err(damage) => Err(self.damaged(damage)),
        }
    }
}

impl Source for SegmentCursor {
    #[inline]
    fn entry(&self) -> Option<Entry<'_>> {
        self.block.as_ref().map(|block| block.entry(&self.spot))
    }

    #[inline]
    fn advance(&mut self) -> Result<()> {
        if self.step()? {
            return Ok(());
        }
        if self.ended {
            return Ok(());
        }
        if self.block.is_none() {
            return self.enter(0, 0, None);
        }
        self.enter_next()
    }

    fn seek(&mut self, key: &[u8], horizon: &Horizon) -> Result<()> {
        if self.seek_near(key, horizon)? {
            return Ok(());
        }
        self.seek_far(key, horizon)
    }
}

impl fmt::Debug for SegmentCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SegmentCursor")
            .field("segment", &self.segment)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
