//! Segments: immutable, sorted files of versions.
//!
//! ```text
//! preamble               64 bytes (preamble.rs)
//! blocks                 versions by key ascending, seq descending (segment/block.rs),
//!   with index pieces    each behind the blocks it points at (segment/index.rs)
//! filter pieces          which keys there are (segment/filter.rs)
//! timeline pieces        which block holds which seq (segment/timeline.rs)
//! footer                 where all of them are (segment/footer.rs); it ends the file
//! ```
//! There is nothing between the pieces. Each is closed by the file's seal, and its place, lengths and tag are held by
//! its parent: a block's by an index piece, the footer's by the manifest ([`Extent`](crate::extent::Extent)), all
//! others by the footer. Blocks, index pieces and timeline pieces are compressed when that saves an eighth
//! (piece.rs); the filter and the footer are not. Numbers are varints (varint.rs) unless said otherwise.

mod backward;
mod bits;
mod block;
mod builder;
mod cursor;
mod fields;
mod filter;
mod footer;
mod index;
mod ranges;
mod reader;
mod search;
mod timeline;
mod verify;
mod writer;

#[cfg(test)]
mod tests;

pub(crate) use backward::LastBlock;
pub(crate) use block::Block;
pub(crate) use cursor::SegmentCursor;
pub(crate) use filter::hash_key;
pub(crate) use index::Node;
pub(crate) use reader::{Filter, Segment};
pub(crate) use writer::{SegmentOptions, SegmentWriter};
