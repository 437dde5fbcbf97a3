//! A sorted, immutable piece of the memtable.
//!
//! A batch becomes one run: its bytes stay as they are, and an array of 32-byte slots tells their order. A slot begins
//! with the eight bytes of the key that follow what all keys of the run have in common, so most comparisons touch no
//! key at all. Two runs merge into one whose bytes lie in key order.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::entry::{Content, Entry, Horizon, OPEN_END, Source};
use crate::error::Result;
use crate::op::Op;

/// Sorted versions in memory.
pub(crate) struct Run {
    /// The writes, each as `op.rs` lays it out.
    data: Vec<u8>,
    slots: Vec<Slot>,
    /// How many bytes all keys have in common.
    common: usize,
    pub(crate) min_seq: u64,
    pub(crate) max_seq: u64,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    prefix: u64,
    seq: u64,
    stamp: u64,
    index: u32,
    offset: u32,
}

/// A commit that becomes part of a run.
pub(crate) struct RunCommit {
    pub(crate) first_seq: u64,
    pub(crate) stamp: u64,
    /// The place in the commit of the first write here: 0 unless the commit began in an earlier run.
    pub(crate) first_index: u32,
    /// Where in the run's bytes each of its writes begins, in commit order.
    pub(crate) offsets: Vec<u32>,
}

impl Run {
    /// Sorts the writes in `data`. Every offset of every commit is the start of a well-formed write.
    pub(crate) fn new(data: Vec<u8>, commits: &[RunCommit]) -> Self {
        let key_at = |offset: u32| key_at(&data, offset);
        let mut offsets = commits.iter().flat_map(|c| &c.offsets);
        let first = offsets.next().map_or(&[][..], |o| key_at(*o));
        let common = offsets.fold(first.len(), |common, offset| common_prefix(&first[..common], key_at(*offset)));
        let mut slots: Vec<Slot> = Vec::with_capacity(commits.iter().map(|c| c.offsets.len()).sum());
        for commit in commits {
            slots.extend(commit.offsets.iter().zip(0u32..).map(|(&offset, place)| Slot {
                prefix: prefix(key_at(offset), common),
                seq: commit.first_seq + u64::from(place),
                stamp: commit.stamp,
                index: commit.first_index + place,
                offset,
            }));
        }
        slots.sort_unstable_by(|a, b| {
            a.prefix.cmp(&b.prefix).then_with(|| key_at(a.offset).cmp(key_at(b.offset))).then_with(|| b.seq.cmp(&a.seq))
        });
        let (min_seq, max_seq) = seq_range(&slots);
        Self { data, slots, common, min_seq, max_seq }
    }

    /// The versions of both, bytes and slots in one order.
    pub(crate) fn merge(a: &Self, b: &Self) -> Self {
        let common = common_prefix(&a.common_bytes()[..a.common], &b.common_bytes()[..b.common]);
        let mut data = Vec::with_capacity(a.data.len() + b.data.len());
        let mut slots = Vec::with_capacity(a.slots.len() + b.slots.len());
        let (mut at_a, mut at_b) = (0, 0);
        let same_common = a.common == common && b.common == common;
        let mut take = |run: &Self, at: &mut usize| {
            let slot = run.slots[*at];
            let bytes = run.op_bytes(slot.offset);
            let prefix = if same_common { slot.prefix } else { prefix(key_at(&run.data, slot.offset), common) };
            slots.push(Slot { prefix, offset: data.len() as u32, ..slot });
            data.extend_from_slice(bytes);
            *at += 1;
        };
        while at_a < a.slots.len() && at_b < b.slots.len() {
            let (slot_a, slot_b) = (&a.slots[at_a], &b.slots[at_b]);
            let by_prefix = if same_common { slot_a.prefix.cmp(&slot_b.prefix) } else { Ordering::Equal };
            let order = by_prefix
                .then_with(|| key_at(&a.data, slot_a.offset).cmp(key_at(&b.data, slot_b.offset)))
                .then_with(|| slot_b.seq.cmp(&slot_a.seq));
            if order == Ordering::Less {
                take(a, &mut at_a);
            } else {
                take(b, &mut at_b);
            }
        }
        while at_a < a.slots.len() {
            take(a, &mut at_a);
        }
        while at_b < b.slots.len() {
            take(b, &mut at_b);
        }
        Self { data, slots, common, min_seq: a.min_seq.min(b.min_seq), max_seq: a.max_seq.max(b.max_seq) }
    }

    /// How many bytes of memory the run takes.
    pub(crate) fn bytes(&self) -> usize {
        self.data.len() + self.slots.len() * size_of::<Slot>()
    }

    /// The newest version of `key` that `horizon` sees.
    pub(crate) fn find(&self, key: &[u8], horizon: &Horizon) -> Option<Entry<'_>> {
        self.entry(self.lower_bound(key, horizon)).filter(|entry| entry.key == key)
    }

    /// Calls `visit` with every version whose seq lies in the range, in key order.
    pub(crate) fn visit_seqs(
        &self,
        range: &std::ops::RangeInclusive<u64>,
        visit: &mut dyn FnMut(Entry<'_>) -> Result<()>,
    ) -> Result<()> {
        for (at, slot) in self.slots.iter().enumerate() {
            if range.contains(&slot.seq)
                && let Some(entry) = self.entry(at)
            {
                visit(entry)?;
            }
        }
        Ok(())
    }

    /// The first place whose key is greater than `key`, or equal and seen by `horizon`.
    fn lower_bound(&self, key: &[u8], horizon: &Horizon) -> usize {
        let shared = self.common_bytes();
        let wanted = match key.get(..self.common) {
            Some(head) => match head.cmp(&shared[..self.common]) {
                Ordering::Less => return 0,
                Ordering::Greater => return self.slots.len(),
                Ordering::Equal => prefix(key, self.common),
            },
            // Shorter than the common part: all keys of the run are on one side of it.
            None if *key <= shared[..self.common] => return 0,
            None => return self.slots.len(),
        };
        self.slots.partition_point(|slot| {
            let order = slot.prefix.cmp(&wanted).then_with(|| key_at(&self.data, slot.offset).cmp(key));
            order == Ordering::Less || order == Ordering::Equal && !horizon.sees(slot.seq, slot.index, slot.stamp)
        })
    }

    fn entry(&self, at: usize) -> Option<Entry<'_>> {
        let slot = self.slots.get(at)?;
        let op = Op::take(&mut &self.data[slot.offset as usize..])?;
        Some(Entry {
            key: op.key,
            seq: slot.seq,
            index: slot.index,
            stamp: slot.stamp,
            ended: OPEN_END,
            deleted: op.content.is_none(),
            meta: op.meta,
            content: Content::Inline(op.content.unwrap_or_default()),
        })
    }

    fn common_bytes(&self) -> &[u8] {
        self.slots.first().map_or(&[], |slot| key_at(&self.data, slot.offset))
    }

    fn op_bytes(&self, offset: u32) -> &[u8] {
        let bytes = &self.data[offset as usize..];
        let mut rest = bytes;
        match Op::take(&mut rest) {
            Some(_) => &bytes[..bytes.len() - rest.len()],
            None => &[],
        }
    }
}

/// Walks a run in order.
pub(crate) struct RunCursor {
    run: Arc<Run>,
    at: usize,
}

impl RunCursor {
    pub(crate) fn new(run: Arc<Run>) -> Self {
        Self { run, at: 0 }
    }
}

impl Source for RunCursor {
    fn entry(&self) -> Option<Entry<'_>> {
        self.run.entry(self.at)
    }

    fn advance(&mut self) -> Result<()> {
        self.at += 1;
        Ok(())
    }

    fn seek(&mut self, key: &[u8], horizon: &Horizon) -> Result<()> {
        self.at = self.run.lower_bound(key, horizon);
        Ok(())
    }
}

#[inline]
fn key_at(data: &[u8], offset: u32) -> &[u8] {
    Op::peek_key(&data[offset as usize..]).unwrap_or_default()
}

/// The eight bytes of `key` after the first `common`, as a number that sorts as they do.
#[inline]
fn prefix(key: &[u8], common: usize) -> u64 {
    let tail = &key[common.min(key.len())..];
    if let Some(eight) = tail.first_chunk::<8>() {
        return u64::from_be_bytes(*eight);
    }
    let mut eight = [0; 8];
    eight[..tail.len()].copy_from_slice(tail);
    u64::from_be_bytes(eight)
}

fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(x, y)| x == y).count()
}

fn seq_range(slots: &[Slot]) -> (u64, u64) {
    slots.iter().fold((u64::MAX, 0), |(min, max), slot| (min.min(slot.seq), max.max(slot.seq)))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    type Write<'a> = (&'a [u8], u64, Option<&'a [u8]>);

    /// A run of single-write commits: `(key, seq, content)`, stamped with ten times their seq.
    pub(crate) fn run_of(writes: &[Write<'_>]) -> Run {
        let mut data = Vec::new();
        let commits: Vec<_> = writes
            .iter()
            .map(|(key, seq, content)| {
                let offset = data.len() as u32;
                Op { key, meta: b"", content: *content }.encode(&mut data);
                RunCommit { first_seq: *seq, stamp: seq * 10, first_index: 0, offsets: vec![offset] }
            })
            .collect();
        Run::new(data, &commits)
    }

    fn all(run: Run) -> Vec<(Vec<u8>, u64)> {
        let mut cursor = RunCursor::new(Arc::new(run));
        let mut out = Vec::new();
        while let Some(entry) = cursor.entry() {
            out.push((entry.key.to_vec(), entry.seq));
            cursor.advance().unwrap();
        }
        out
    }

    #[test]
    fn runs_sort_merge_and_find_whatever_the_keys_have_in_common() {
        let sets: [&[&[u8]]; 4] = [
            &[b"n\0user/1", b"n\0user/10", b"n\0user/2", b"n\0user/1\0", b"n\0user/1"],
            &[b"a", b"n\0user/1", b"zzzzzzzzzzzzzzzz", b"zzzzzzzzzzzzzzzzz"],
            &[b"same", b"same", b"same"],
            &[b"n\0aaaaaaaab", b"n\0aaaaaaaaa", b"n\0aaaaaaaa"],
        ];
        let (mut left, mut right, mut seq) = (Vec::new(), Vec::new(), 0);
        for keys in sets {
            for (n, key) in keys.iter().enumerate() {
                seq += 1;
                let write = (*key, seq, if n % 3 == 2 { None } else { Some(&b"1"[..]) });
                if n % 2 == 0 { left.push(write) } else { right.push(write) }
            }
        }
        let mut expected: Vec<_> = left.iter().chain(&right).map(|(k, s, _)| (k.to_vec(), *s)).collect();
        expected.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
        let merged = Run::merge(&run_of(&left), &run_of(&right));
        for (key, _) in &expected {
            for bound in 0..=seq + 1 {
                let want = expected.iter().find(|(k, s)| k == key && *s <= bound).map(|(_, s)| *s);
                assert_eq!(merged.find(key, &Horizon::at_seq(bound)).map(|e| e.seq), want, "{key:?} at {bound}");
            }
        }
        for absent in [&b""[..], b"\0", b"n", b"n\0", b"n\0user", b"n\0user/3", b"zzzz", b"\xff\xff"] {
            assert!(merged.find(absent, &Horizon::at_seq(u64::MAX)).is_none(), "{absent:?}");
        }
        assert_eq!((merged.min_seq, merged.max_seq), (1, seq));
        assert_eq!(all(merged), expected);
    }
}
