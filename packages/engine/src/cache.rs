//! Pieces of files that were read lately, decoded. Blocks, index pieces, filters and timelines share one budget.

use std::fmt;
use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache as Quick;

use crate::segment::{Block, Node};

/// What an entry of the cache takes beyond the piece itself: its slot, its place in the table, the counts of its
/// [`Arc`].
const OVERHEAD: usize = 96;
/// Guess of the size of a piece, from which the number of entries is estimated.
const TYPICAL: u64 = 16 << 10;

/// A piece, decoded.
#[derive(Debug, Clone)]
pub(crate) enum Cached {
    Block(Arc<Block>),
    Node(Arc<Node>),
    /// A piece that is read as it is: of a filter or a timeline.
    Bytes(Arc<[u8]>),
}

impl Cached {
    fn weight(&self) -> usize {
        OVERHEAD
            + match self {
                Self::Block(block) => block.weight(),
                Self::Node(node) => node.weight(),
                Self::Bytes(bytes) => bytes.len(),
            }
    }
}

/// A piece by the number of its file and its offset. The numbers of files are never used again.
type Key = (u64, u64);

#[derive(Clone)]
struct ByBytes;

impl Weighter<Key, Cached> for ByBytes {
    fn weight(&self, _: &Key, piece: &Cached) -> u64 {
        piece.weight() as u64
    }
}

/// A cache of a given number of bytes.
pub(crate) struct Cache {
    pieces: Quick<Key, Cached, ByBytes>,
}

impl Cache {
    /// A cache that keeps no more than `capacity` bytes.
    pub(crate) fn new(capacity: u64) -> Self {
        Self { pieces: Quick::with_weighter((capacity / TYPICAL) as usize, capacity, ByBytes) }
    }

    /// How many bytes it keeps.
    pub(crate) fn used(&self) -> u64 {
        self.pieces.weight()
    }

    /// How many bytes it may keep.
    pub(crate) fn capacity(&self) -> u64 {
        self.pieces.capacity()
    }

    #[inline]
    pub(crate) fn get(&self, file: u64, offset: u64) -> Option<Cached> {
        self.pieces.get(&(file, offset))
    }

    /// Keeps a piece if it is worth the room, and makes room for it.
    pub(crate) fn insert(&self, file: u64, offset: u64, piece: Cached) {
        self.pieces.insert((file, offset), piece);
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache").field("used", &self.used()).field("capacity", &self.capacity()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(length: usize) -> Cached {
        Cached::Bytes(vec![0; length].into())
    }

    #[test]
    fn it_keeps_what_was_put_and_never_exceeds_its_capacity() {
        let cache = Cache::new(1 << 20);
        cache.insert(1, 64, bytes(1_000));
        assert_eq!(cache.used(), 1_000 + OVERHEAD as u64);
        assert!(matches!(cache.get(1, 64), Some(Cached::Bytes(b)) if b.len() == 1_000));
        assert!(cache.get(2, 64).is_none());
        for n in 0..10_000 {
            cache.insert(2, n, bytes(5_000));
            assert!(cache.used() <= cache.capacity());
        }
        assert!(cache.used() > cache.capacity() / 2);
    }

    #[test]
    fn what_does_not_fit_is_not_kept() {
        for capacity in [0, 1_000] {
            let cache = Cache::new(capacity);
            cache.insert(1, 64, bytes(10_000));
            assert!(cache.get(1, 64).is_none());
            assert_eq!(cache.used(), 0);
        }
    }
}
