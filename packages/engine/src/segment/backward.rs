//! Finding the end of a range in small steps backwards.

use super::reader::Segment;
use crate::entry::Horizon;
use crate::error::Result;

/// Where the last block begins that a read needs of what lies before a key.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum LastBlock {
    /// There is no such block in the segment.
    None,
    /// It is the segment's first.
    First,
    /// Nothing in it lies before this key.
    From(Vec<u8>),
}

impl Segment {
    /// Where the last block begins that holds versions of keys before `end` that a read at `horizon` needs. Only the index
    /// is read. The answer may be a block with no key before `end`; its key lies before `end` all the same.
    pub(crate) fn last_block_before(&self, end: &[u8], horizon: &Horizon) -> Result<LastBlock> {
        let newest = Horizon::at_seq(u64::MAX);
        let root = &self.footer.root;
        let mut needed = false;
        let last = root.children().len().saturating_sub(1);
        for (upper, parent) in root.children().iter().enumerate().take(root.find(0, end, &newest).min(last) + 1).rev() {
            if needed {
                return Ok(LastBlock::From(root.last_key(upper).to_vec()));
            }
            if parent.ranges.are_outside(horizon) {
                continue;
            }
            let node = self.index_node(upper, true)?;
            let last = node.children().len().saturating_sub(1);
            for (lower, child) in
                node.children().iter().enumerate().take(node.find(0, end, &newest).min(last) + 1).rev()
            {
                if needed {
                    return Ok(LastBlock::From(node.last_key(lower).to_vec()));
                }
                needed = !child.ranges.are_outside(horizon);
            }
        }
        Ok(if needed { LastBlock::First } else { LastBlock::None })
    }
}
