//! The write-ahead log: every commit is here, and synced, before it is acknowledged.
//!
//! A log file is a preamble (`preamble.rs`), frames without gaps, and zeros:
//!
//! ```text
//!  0  4  length of the body, at most 16 MiB
//!  4  4  flags: bit 0 MORE, the logical body goes on in the next frame; bit 1 always set
//!  8  8  synced: everything before this offset of the file was durable when the frame was written
//! 16  8  the first 8 bytes of the previous frame's tag; zero in the first frame
//! 24  8  header check: XXH3-64 over bytes 0 to 23, the offset and a seed of the file's seal
//! 32 16  tag of the body, with bytes 0 to 31 as context
//! 48  n  the body, closed by the file's seal
//!        zeros up to a multiple of 8
//! ```
//!
//! A header is readable without its body, and cannot be imitated by the content of a body: the seed of its check
//! comes from the file's salt. The chain in `previous` proves that no frame is missing between two others.
//!
//! # What a crash leaves, and what it does not
//!
//! The end of a closed log is in the manifest: every byte before it is needed, and every byte after it is ignored. The
//! log that was being written when the process or the power died has no recorded end. There the first frame that does
//! not prove itself ends the log, unless some header further on says that the place was durable before it was
//! written: then the place was damaged later, and reading fails. What follows such an end is a torn tail: it was
//! never acknowledged as durable, it is counted and dropped, and nobody writes to the file again.
//!
//! One kind of damage cannot be told from a torn tail: in a log that was never closed, the frames after the last one
//! that mentions them as synced. A clean close leaves no such frames, for it records the end.

mod frame;
mod replay;
#[cfg(test)]
mod tests;
mod window;
mod writer;

pub(crate) use replay::{Replayed, replay, settle};
pub(crate) use writer::LogWriter;

use crate::preamble::PREAMBLE_LEN;
use crate::seal::Tag;

/// Where a log ends, and what its last frame's tag is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LogEnd {
    pub(crate) offset: u64,
    /// The tag of the last frame; zero when there is none.
    pub(crate) tag: Tag,
}

impl LogEnd {
    /// The end of a log without frames.
    pub(crate) const EMPTY: Self = Self { offset: PREAMBLE_LEN as u64, tag: [0; 16] };
}
