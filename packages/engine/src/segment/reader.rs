//! Reading a segment.

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::block::Block;
use super::cursor::SegmentCursor;
use super::fields::Damage;
use super::filter;
use super::footer::Footer;
use super::index::{Child, Node};
use super::search::Spot;
use super::timeline;
use crate::cache::{Cache, Cached};
use crate::entry::{Entry, Found, Horizon};
use crate::error::{Error, Result};
use crate::extent::Extent;
use crate::files::{Files, Sheet};
use crate::host::Vfs;
use crate::piece::{MAX_PIECE, Piece};
use crate::preamble::{Kind, PREAMBLE_LEN};

/// An open segment.
///
/// Only the footer is kept in memory; everything else is read when it is needed and kept by the cache.
pub(crate) struct Segment {
    pub(super) sheet: Sheet,
    pub(super) extent: Extent,
    pub(super) footer: Footer,
    cache: Arc<Cache>,
    vfs: Arc<dyn Vfs>,
    obsolete: AtomicBool,
}

/// When a search asks the filter of a segment, given the [`hash`](filter::hash_key) of the key.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Filter {
    /// Before all else: the key is probably not there.
    First(u64),
    /// Before something is read from the disk: the key is probably there, and in memory it is found as soon as asked for.
    Late(u64),
    /// Not at all: it was asked.
    Done,
}

impl Segment {
    /// Opens the segment that `extent` describes: reads its preamble and its footer.
    pub(crate) fn open(files: &Files, extent: Extent, cache: Arc<Cache>) -> Result<Arc<Self>> {
        let sheet = files.open(Kind::Segment, extent.number)?;
        let footer = read_footer(&sheet, &extent)?;
        let vfs = Arc::clone(&files.vfs);
        Ok(Arc::new(Self { sheet, extent, footer, cache, vfs, obsolete: AtomicBool::new(false) }))
    }

    /// What the manifest knows of it.
    pub(crate) fn extent(&self) -> &Extent {
        &self.extent
    }

    /// The smallest and the greatest key.
    pub(crate) fn key_range(&self) -> (&[u8], &[u8]) {
        (&self.footer.min_key, &self.footer.max_key)
    }

    /// The memory it takes apart from the cache.
    pub(crate) fn weight(&self) -> usize {
        self.footer.weight() + size_of::<Self>()
    }

    /// The newest version of `key` that `horizon` sees.
    pub(crate) fn find(&self, key: &[u8], filter: Filter, horizon: &Horizon) -> Result<Option<Found>> {
        let ranges = &self.footer.ranges;
        if ranges.min_seq > horizon.seq || ranges.min_stamp > horizon.stamp {
            return Ok(None);
        }
        if let Filter::First(hash) = filter
            && !self.may_contain(hash)?
        {
            return Ok(None);
        }
        let Some(piece) = child_at(&self.footer.root, key, horizon) else {
            return Ok(None);
        };
        let node = match self.cached_node(piece) {
            Some(node) => node,
            None if self.is_ruled_out_late(filter)? => return Ok(None),
            None => self.node(piece, true)?,
        };
        let Some(piece) = child_at(&node, key, horizon) else {
            return Ok(None);
        };
        let block = match self.cached_block(piece) {
            Some(block) => block,
            None if self.is_ruled_out_late(filter)? => return Ok(None),
            None => self.block(piece, true)?,
        };
        block.find(key, horizon).map_err(|damage| self.damaged(piece, damage))
    }

    fn is_ruled_out_late(&self, filter: Filter) -> Result<bool> {
        match filter {
            Filter::Late(hash) => Ok(!self.may_contain(hash)?),
            Filter::First(_) | Filter::Done => Ok(false),
        }
    }

    /// Whether the segment may hold the key of that hash; false is certain.
    pub(crate) fn may_contain(&self, hash: u64) -> Result<bool> {
        let line = filter::line_of(hash, self.footer.filter_lines);
        let Some(piece) = self.footer.filter.get((line / filter::LINES) as usize) else {
            return Ok(true);
        };
        let bytes = self.bytes(piece)?;
        Ok(filter::may_contain(&bytes, line % filter::LINES, hash))
    }

    /// A cursor before the first version.
    pub(crate) fn cursor(self: &Arc<Self>) -> SegmentCursor {
        SegmentCursor::new(Arc::clone(self))
    }

    /// Calls `visit` with every version whose seq lies in `range`, in no particular order; each block is read at
    /// most once.
    pub(crate) fn versions_by_seq(
        &self,
        range: RangeInclusive<u64>,
        visit: &mut dyn FnMut(Entry<'_>) -> Result<()>,
    ) -> Result<()> {
        let wanted = self.blocks_of(&range)?;
        let mut spot = Spot::default();
        for (n, parent) in self.footer.root.children().iter().enumerate() {
            let first = parent.before as usize;
            let Some(wanted) = wanted.get(first..first + parent.count as usize) else {
                return Err(self.footer_damaged(Damage("its counts contradict each other")));
            };
            if !wanted.contains(&true) {
                continue;
            }
            let node = self.index_node(n, true)?;
            for (child, _) in node.children().iter().zip(wanted).filter(|(_, wanted)| **wanted) {
                let block = self.block(&child.piece, true)?;
                spot.reset();
                let damaged = |damage| self.damaged(&child.piece, damage);
                while block.step_to_seq(&mut spot, &range).map_err(damaged)? {
                    visit(block.entry(&spot))?;
                }
            }
        }
        Ok(())
    }

    /// For every block: whether it holds a version of `range`.
    fn blocks_of(&self, range: &RangeInclusive<u64>) -> Result<Vec<bool>> {
        let all = *range.start() <= self.extent.min_seq && *range.end() >= self.extent.max_seq;
        let mut wanted = vec![all; self.footer.blocks as usize];
        if all {
            return Ok(wanted);
        }
        let parts = &self.footer.timeline;
        let first = parts.partition_point(|part| part.max_seq < *range.start());
        for part in parts[first..].iter().take_while(|part| part.min_seq <= *range.end()) {
            let content = self.bytes(&part.piece)?;
            timeline::for_each(&content, part, self.footer.blocks, |seq, block| {
                if range.contains(&seq) {
                    wanted[block as usize] = true;
                }
                Ok(())
            })
            .map_err(|damage| self.damaged(&part.piece, damage))?;
        }
        Ok(wanted)
    }

    /// Has the file removed when the last reader lets go of the segment. The manifest must have forgotten it.
    ///
    /// A removal that fails is not reported to anybody: the file stays, and the next open of the database removes it
    /// as one that no manifest knows.
    pub(crate) fn mark_obsolete(&self) {
        self.obsolete.store(true, Ordering::Relaxed);
    }

    /// Index piece `n`; as many blocks must be in it as the root says.
    pub(super) fn index_node(&self, n: usize, keep: bool) -> Result<Arc<Node>> {
        let child = &self.footer.root.children()[n];
        let node = self.node(&child.piece, keep)?;
        if node.children().len() != child.count as usize {
            return Err(self.damaged(&child.piece, Damage("it has another number of blocks than the root says")));
        }
        Ok(node)
    }

    #[inline]
    fn cached_node(&self, piece: &Piece) -> Option<Arc<Node>> {
        match self.cache.get(self.extent.number, piece.offset) {
            Some(Cached::Node(node)) => Some(node),
            _ => None,
        }
    }

    fn node(&self, piece: &Piece, keep: bool) -> Result<Arc<Node>> {
        if let Some(node) = self.cached_node(piece) {
            return Ok(node);
        }
        let node = Arc::new(self.read_node(piece)?);
        self.keep(keep, piece, || Cached::Node(Arc::clone(&node)));
        Ok(node)
    }

    #[inline]
    fn cached_block(&self, piece: &Piece) -> Option<Arc<Block>> {
        match self.cache.get(self.extent.number, piece.offset) {
            Some(Cached::Block(block)) => Some(block),
            _ => None,
        }
    }

    pub(super) fn block(&self, piece: &Piece, keep: bool) -> Result<Arc<Block>> {
        if let Some(block) = self.cached_block(piece) {
            return Ok(block);
        }
        let block = Arc::new(self.read_block(piece)?);
        self.keep(keep, piece, || Cached::Block(Arc::clone(&block)));
        Ok(block)
    }

    fn bytes(&self, piece: &Piece) -> Result<Arc<[u8]>> {
        if let Some(Cached::Bytes(bytes)) = self.cache.get(self.extent.number, piece.offset) {
            return Ok(bytes);
        }
        let bytes: Arc<[u8]> = self.read(piece)?.into();
        self.keep(true, piece, || Cached::Bytes(Arc::clone(&bytes)));
        Ok(bytes)
    }

    fn keep(&self, keep: bool, piece: &Piece, cached: impl FnOnce() -> Cached) {
        if keep {
            self.cache.insert(self.extent.number, piece.offset, cached());
        }
    }

    pub(super) fn read(&self, piece: &Piece) -> Result<Vec<u8>> {
        piece.read(&self.sheet, &mut Vec::new())
    }

    pub(super) fn read_node(&self, piece: &Piece) -> Result<Node> {
        Node::decode(&self.read(piece)?, self.extent.footer).map_err(|damage| self.damaged(piece, damage))
    }

    pub(super) fn read_block(&self, piece: &Piece) -> Result<Block> {
        Block::decode(self.read(piece)?).map_err(|damage| self.damaged(piece, damage))
    }

    pub(super) fn damaged(&self, piece: &Piece, damage: Damage) -> Error {
        Error::corrupt(&self.sheet.name, piece.offset, damage.0)
    }

    pub(super) fn footer_damaged(&self, damage: Damage) -> Error {
        Error::corrupt(&self.sheet.name, self.extent.footer, damage.0)
    }
}

/// The child that holds the first version not before the target, unless it holds nothing for the horizon.
#[inline]
fn child_at<'a>(node: &'a Node, key: &[u8], horizon: &Horizon) -> Option<&'a Piece> {
    let child: &Child = node.children().get(node.find(0, key, horizon))?;
    (!child.ranges.are_outside(horizon)).then_some(&child.piece)
}

/// Reads and decodes the footer that `extent` points at.
pub(super) fn read_footer(sheet: &Sheet, extent: &Extent) -> Result<Footer> {
    let damaged = |offset, damage: Damage| Error::corrupt(&sheet.name, offset, damage.0);
    let length = sheet.file.len().map_err(|e| Error::io(e, "measure", &sheet.name))?;
    if length < extent.length {
        return Err(damaged(length, Damage("it ends too early")));
    }
    let stored = extent.length.saturating_sub(extent.footer);
    if extent.footer < PREAMBLE_LEN as u64 || stored == 0 || stored > MAX_PIECE as u64 {
        return Err(damaged(extent.footer, Damage("the manifest places its footer where it cannot be")));
    }
    let mut bytes = vec![0; stored as usize];
    sheet.read(extent.footer, &mut bytes, &extent.tag)?;
    Footer::decode(&bytes, extent).map_err(|damage| damaged(extent.footer, damage))
}

impl Drop for Segment {
    fn drop(&mut self) {
        if self.obsolete.load(Ordering::Relaxed) {
            // Nobody is left to tell; `mark_obsolete` says what becomes of the file.
            let _ = self.vfs.remove(&self.sheet.name);
        }
    }
}

impl fmt::Debug for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Segment").field("name", &self.sheet.name).field("extent", &self.extent).finish_non_exhaustive()
    }
}
