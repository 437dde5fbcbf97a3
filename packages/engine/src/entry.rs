//! One stored version, as the layers of the store hand it to each other.

use std::ops::Deref;
use std::sync::Arc;

use crate::error::Result;
use crate::segment::Block;

/// A stamp that never comes: nothing is known to supersede the version.
pub(crate) const OPEN_END: u64 = u64::MAX;

/// A stored version, borrowed from a run or a block.
///
/// Order everywhere: `key` ascending, then `seq` descending, so the newest version of a key comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry<'a> {
    /// Namespace, one zero byte, key (`address.rs`).
    pub(crate) key: &'a [u8],
    /// This replica's order of versions, from 1, without gaps.
    pub(crate) seq: u64,
    /// Place within the commit, from 0: `seq - index` is the commit's first seq.
    pub(crate) index: u32,
    /// The commit's stamp: microseconds since 1970, rising with every commit.
    pub(crate) stamp: u64,
    /// The stamp of the commit that superseded it, [`OPEN_END`] when that is not known.
    pub(crate) ended: u64,
    /// Whether the version is a delete; its content is then empty.
    pub(crate) deleted: bool,
    /// Who, why and where from (`annotation.rs`); empty for most versions. Opaque to the store.
    pub(crate) meta: &'a [u8],
    /// The document.
    pub(crate) content: Content<'a>,
}

/// Where a version's document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content<'a> {
    /// Here.
    Inline(&'a [u8]),
    /// In a values file.
    Apart(ValueRef),
}

/// The place of a document in a values file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ValueRef {
    /// The values file's number.
    pub(crate) file: u64,
    /// Where its stored bytes begin.
    pub(crate) offset: u64,
    /// How many bytes are stored (after compression).
    pub(crate) stored: u32,
    /// How long the document is; equal to `stored` when it was not compressed.
    pub(crate) raw: u32,
    /// The tag of the stored bytes.
    pub(crate) tag: [u8; 16],
}

/// How far a read sees: the three bounds of which every visible version meets all.
///
/// All three rise together in commit order, so within one key the visible versions are a suffix of `seq` descending
/// and the first visible one is the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Horizon {
    /// The newest seq of the snapshot.
    pub(crate) seq: u64,
    /// The newest stamp.
    pub(crate) stamp: u64,
    /// The largest first seq of a commit: with `seq:123` the whole commit that holds 123 is seen.
    pub(crate) commit: u64,
}

impl Horizon {
    /// Sees everything up to `seq`.
    pub(crate) const fn at_seq(seq: u64) -> Self {
        Self { seq, stamp: u64::MAX, commit: u64::MAX }
    }

    /// Whether a version that was superseded at `ended` can no longer be what this read answers.
    ///
    /// Only a bound on stamps tells, and none on commits beside it: a read "at seq 123" has to see what was superseded
    /// after 123, whatever the time. A horizon has a bound on stamps only when it lies before the newest stamp of its
    /// snapshot, so that everything stamped within it is also within its seq.
    #[inline]
    pub(crate) const fn is_past(&self, ended: u64) -> bool {
        self.stamp != u64::MAX && self.commit == u64::MAX && ended <= self.stamp
    }

    /// Whether everything that this sees is also seen by `other`. Where neither is so for the other, bounds of two kinds
    /// meet, and only the versions themselves can tell.
    pub(crate) const fn is_within(&self, other: &Self) -> bool {
        self.seq <= other.seq && self.stamp <= other.stamp && self.commit <= other.commit
    }

    /// Whether what superseded a version at `ended` is certainly not seen.
    #[inline]
    pub(crate) const fn ends_before(&self, ended: u64) -> bool {
        self.stamp < ended && ended != OPEN_END
    }

    /// Whether a version with these coordinates is seen.
    #[inline]
    pub(crate) const fn sees(&self, seq: u64, index: u32, stamp: u64) -> bool {
        seq <= self.seq && stamp <= self.stamp && seq - index as u64 <= self.commit
    }
}

/// A version taken out of its run or block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) seq: u64,
    pub(crate) index: u32,
    pub(crate) stamp: u64,
    /// As in [`Entry::ended`].
    pub(crate) ended: u64,
    pub(crate) deleted: bool,
    pub(crate) meta: Vec<u8>,
    pub(crate) content: FoundContent,
}

/// The document of a [`Found`] version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FoundContent {
    /// The document itself.
    Inline(Text),
    /// Still in its values file.
    Apart(ValueRef),
}

/// The text of a document in memory.
#[derive(Debug, Clone)]
pub(crate) enum Text {
    Own(Vec<u8>),
    /// A part of a block, which stays in memory as long: many reads are done with it before a copy would be.
    Within(Arc<Block>, (usize, usize)),
}

impl Text {
    pub(crate) fn into_vec(self) -> Vec<u8> {
        match self {
            Self::Own(bytes) => bytes,
            Self::Within(..) => self.to_vec(),
        }
    }
}

impl Deref for Text {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        match self {
            Self::Own(bytes) => bytes,
            Self::Within(block, place) => block.part(*place),
        }
    }
}

impl From<Vec<u8>> for Text {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Own(bytes)
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Text {}

impl Found {
    /// How long the document is.
    pub(crate) fn document_len(&self) -> usize {
        match &self.content {
            FoundContent::Inline(bytes) => bytes.len(),
            FoundContent::Apart(place) => place.raw as usize,
        }
    }

    pub(crate) fn from_entry(entry: &Entry<'_>) -> Self {
        Self {
            seq: entry.seq,
            index: entry.index,
            stamp: entry.stamp,
            ended: entry.ended,
            deleted: entry.deleted,
            meta: entry.meta.to_vec(),
            content: match entry.content {
                Content::Inline(bytes) => FoundContent::Inline(bytes.to_vec().into()),
                Content::Apart(place) => FoundContent::Apart(place),
            },
        }
    }
}

/// Versions in order, from one run or segment, one at a time.
pub(crate) trait Source {
    /// The version the source stands at; `None` at the end.
    fn entry(&self) -> Option<Entry<'_>>;
    /// Steps to the next version.
    fn advance(&mut self) -> Result<()>;
    /// Stands at the first version whose key is greater than `key`, or equal to it and seen by `horizon`.
    /// May go forwards or backwards.
    fn seek(&mut self, key: &[u8], horizon: &Horizon) -> Result<()>;
}
