//! Writing a segment.

use super::block::{Coordinates, SEQ_LIMIT};
use super::builder::BlockBuilder;
use super::filter;
use super::footer::FooterParts;
use super::index::{Child, NodeBuilder};
use super::ranges::Ranges;
use super::timeline::TimelineBuilder;
use crate::entry::{Content, Entry};
use crate::error::{Error, Result};
use crate::extent::{Class, Extent};
use crate::files::Files;
use crate::heads::common_prefix;
use crate::piece::{Piece, PieceWriter};
use crate::preamble::Kind;

/// How a segment is laid out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SegmentOptions {
    /// About how long a block and an index piece are before compression.
    pub(crate) block_bytes: usize,
}

impl Default for SegmentOptions {
    fn default() -> Self {
        Self { block_bytes: 16 << 10 }
    }
}

/// Writes one segment, version by version.
///
/// In memory are the block and the index piece being filled, 8 bytes for every distinct key, 12 for every version,
/// and the root. A writer that is dropped, or fails, leaves a file that no manifest knows; the next open of the
/// database removes it.
pub(crate) struct SegmentWriter {
    number: u64,
    class: Class,
    options: SegmentOptions,
    pieces: PieceWriter,
    block: BlockBuilder,
    node: NodeBuilder,
    root: NodeBuilder,
    timeline: TimelineBuilder,
    hashes: Vec<u64>,
    content: Vec<u8>,
    min_key: Vec<u8>,
    last_key: Vec<u8>,
    last_seq: u64,
    blocks: u32,
    deletes: u64,
}

impl SegmentWriter {
    /// Makes the file of segment `number`.
    pub(crate) fn create(files: &Files, number: u64, class: Class, options: SegmentOptions) -> Result<Self> {
        Ok(Self {
            number,
            class,
            options,
            pieces: PieceWriter::new(files.create(Kind::Segment, number)?),
            block: BlockBuilder::new(class),
            node: NodeBuilder::default(),
            root: NodeBuilder::default(),
            timeline: TimelineBuilder::default(),
            hashes: Vec::new(),
            content: Vec::new(),
            min_key: Vec::new(),
            last_key: Vec::new(),
            last_seq: 0,
            blocks: 0,
            deletes: 0,
        })
    }

    /// Adds a version that comes after all others: by key ascending, then by seq descending.
    ///
    /// A version out of order, or one that contradicts itself, is refused as damage: in a merge it comes from a file.
    pub(crate) fn add(&mut self, entry: &Entry<'_>) -> Result<()> {
        let shared = common_prefix(&self.last_key, entry.key);
        let is_new = shared < self.last_key.len() || shared < entry.key.len() || self.is_empty();
        self.check(entry, shared, is_new)?;
        if !self.block.is_empty() && self.block.length() + BlockBuilder::cost(entry, shared) > self.options.block_bytes
        {
            self.end_block()?;
        }
        self.block.push(entry, shared);
        self.timeline.push(entry.seq, self.blocks);
        self.deletes += u64::from(entry.deleted);
        self.last_seq = entry.seq;
        if is_new {
            if self.hashes.is_empty() {
                self.min_key.extend_from_slice(entry.key);
            }
            self.hashes.push(filter::hash_key(entry.key));
            self.last_key.truncate(shared);
            self.last_key.extend_from_slice(&entry.key[shared..]);
        }
        Ok(())
    }

    fn check(&self, entry: &Entry<'_>, shared: usize, is_new: bool) -> Result<()> {
        let in_order = if is_new {
            self.is_empty() || entry.key.get(shared) > self.last_key.get(shared)
        } else {
            entry.seq < self.last_seq
        };
        let empty = matches!(entry.content, Content::Inline(bytes) if bytes.is_empty());
        let sound = entry.seq >= u64::from(entry.index)
            && entry.seq < SEQ_LIMIT
            && entry.ended >= entry.stamp
            && (empty || !entry.deleted);
        if in_order && sound {
            return Ok(());
        }
        let what = if in_order { "contradicts itself" } else { "came out of order" };
        Err(Error::corrupt(
            self.pieces.name(),
            self.pieces.offset(),
            format_args!("version {} that was to be written there {what}", entry.seq),
        ))
    }

    /// Whether nothing was added yet.
    pub(crate) fn is_empty(&self) -> bool {
        self.timeline.len() == 0
    }

    /// About how long the file would be if it were finished now.
    pub(crate) fn estimated_bytes(&self) -> u64 {
        let filter = self.hashes.len() * 10 / 8;
        let timeline = self.timeline.len() * 3;
        self.pieces.offset() + (self.block.length() + self.node.length() + filter + timeline) as u64
    }

    /// Writes the rest of the file and makes it durable; that it exists is for the caller to make durable.
    ///
    /// # Panics
    /// When nothing was added: there is no segment without versions.
    pub(crate) fn finish(mut self) -> Result<Extent> {
        assert!(!self.is_empty(), "a segment holds at least one version");
        self.end_block()?;
        self.end_node()?;
        let (filter_lines, filter) = self.write_filter()?;
        let versions = self.timeline.len() as u64;
        let pieces = &mut self.pieces;
        let timeline = std::mem::take(&mut self.timeline)
            .finish(|content| pieces.write_packed(content))?
            .ok_or_else(|| Error::corrupt(pieces.name(), pieces.offset(), "a seq was to be written twice"))?;
        let ranges = self.root.ranges();
        self.content.clear();
        self.root.finish(&mut self.content);
        let mut footer = FooterParts {
            class: self.class,
            versions,
            deletes: self.deletes,
            keys: self.hashes.len() as u64,
            blocks: u64::from(self.blocks),
            ranges: &ranges,
            min_key: &self.min_key,
            max_key: &self.last_key,
            root: &self.content,
            filter_lines,
            filter: &filter,
            timeline: &timeline,
        }
        .encode();
        let footer = self.pieces.write(&mut footer)?;
        Ok(Extent {
            number: self.number,
            generation: self.number,
            class: self.class,
            length: self.pieces.finish()?,
            footer: footer.offset,
            tag: footer.tag,
            versions,
            deletes: self.deletes,
            min_seq: ranges.min_seq,
            max_seq: ranges.max_seq,
            min_stamp: ranges.min_stamp,
            max_stamp: ranges.max_stamp,
            max_ended: ranges.max_ended,
        })
    }

    fn end_block(&mut self) -> Result<()> {
        let (count, ranges, last) = (self.block.count(), *self.block.ranges(), self.block.last());
        self.block.finish(&mut self.content);
        let piece = self.pieces.write_packed(&mut self.content)?;
        self.node.push(&self.last_key, child(piece, ranges, last, count));
        self.blocks += 1;
        if self.node.length() >= self.options.block_bytes {
            self.end_node()?;
        }
        Ok(())
    }

    fn end_node(&mut self) -> Result<()> {
        let Some(last_key) = self.node.last_key().map(<[u8]>::to_vec) else {
            return Ok(());
        };
        let (count, ranges, last) = (self.node.len() as u32, self.node.ranges(), self.node.last());
        self.content.clear();
        self.node.finish(&mut self.content);
        let piece = self.pieces.write_packed(&mut self.content)?;
        self.root.push(&last_key, child(piece, ranges, last, count));
        Ok(())
    }

    fn write_filter(&mut self) -> Result<(u32, Vec<Piece>)> {
        let mut bytes = filter::build(&self.hashes);
        let pieces = filter::cut(&mut bytes).map(|content| self.pieces.write(content)).collect::<Result<_>>()?;
        Ok((filter::lines_for(self.hashes.len()), pieces))
    }
}

fn child(piece: Piece, ranges: Ranges, last: Coordinates, count: u32) -> Child {
    Child { piece, ranges, last, count, before: 0 }
}
