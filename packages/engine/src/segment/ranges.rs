//! Which seqs and stamps some versions span, so that a read can pass over them unopened.

use super::fields::{Damage, Fields};
use crate::entry::{Entry, Horizon, OPEN_END};
use crate::varint;

/// The span of some versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ranges {
    pub(crate) min_seq: u64,
    pub(crate) max_seq: u64,
    pub(crate) min_stamp: u64,
    pub(crate) max_stamp: u64,
    pub(crate) max_ended: u64,
}

impl Ranges {
    /// Of no version: the neutral element of [`merge`](Self::merge).
    pub(crate) const NONE: Self =
        Self { min_seq: u64::MAX, max_seq: 0, min_stamp: u64::MAX, max_stamp: 0, max_ended: 0 };

    #[inline]
    pub(crate) fn add(&mut self, entry: &Entry<'_>) {
        self.min_seq = self.min_seq.min(entry.seq);
        self.max_seq = self.max_seq.max(entry.seq);
        self.min_stamp = self.min_stamp.min(entry.stamp);
        self.max_stamp = self.max_stamp.max(entry.stamp);
        self.max_ended = self.max_ended.max(entry.ended);
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.min_seq = self.min_seq.min(other.min_seq);
        self.max_seq = self.max_seq.max(other.max_seq);
        self.min_stamp = self.min_stamp.min(other.min_stamp);
        self.max_stamp = self.max_stamp.max(other.max_stamp);
        self.max_ended = self.max_ended.max(other.max_ended);
    }

    /// Whether a read at `horizon` needs none of these versions: they are all too new, or all superseded by then.
    ///
    /// The caller answers for the horizon: its seq, if it has a stamp, is that of a snapshot which holds these
    /// versions, and therefore also the ones that superseded them.
    #[inline]
    pub(crate) fn are_outside(&self, horizon: &Horizon) -> bool {
        self.min_seq > horizon.seq || self.min_stamp > horizon.stamp || horizon.is_past(self.max_ended)
    }

    /// Whether a read at `horizon` sees all of these versions; false may be wrong.
    #[inline]
    pub(crate) fn are_within(&self, horizon: &Horizon) -> bool {
        // A commit's first seq is no greater than the seqs in it.
        self.max_seq <= horizon.seq.min(horizon.commit) && self.max_stamp <= horizon.stamp
    }

    /// Writes them against a base that none of them is below.
    pub(crate) fn encode(&self, out: &mut Vec<u8>, base_seq: u64, base_stamp: u64) {
        varint::put(out, self.min_seq - base_seq);
        varint::put(out, self.max_seq - self.min_seq);
        varint::put(out, self.min_stamp - base_stamp);
        varint::put(out, self.max_stamp - self.min_stamp);
        let open = self.max_ended == OPEN_END;
        varint::put(out, if open { 0 } else { self.max_ended - self.min_stamp + 1 });
    }

    pub(crate) fn decode(fields: &mut Fields<'_>, base_seq: u64, base_stamp: u64) -> Result<Self, Damage> {
        let mut above = |base: u64| base.checked_add(fields.number()?).ok_or(Damage("a seq or a stamp is too large"));
        let min_seq = above(base_seq)?;
        let max_seq = above(min_seq)?;
        let min_stamp = above(base_stamp)?;
        let max_stamp = above(min_stamp)?;
        let max_ended = match above(0)? {
            0 => OPEN_END,
            after => min_stamp.checked_add(after - 1).ok_or(Damage("a stamp is too large"))?,
        };
        Ok(Self { min_seq, max_seq, min_stamp, max_stamp, max_ended })
    }
}
