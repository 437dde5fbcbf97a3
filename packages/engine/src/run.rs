//! A sorted, immutable piece of the memtable.
//!
//! A batch becomes one run: its bytes stay as they are, and an array of 24-byte slots tells their order. A slot begins
//! with the eight bytes of the key that follow what all keys of the run have in common, so most comparisons touch no
//! key at all. When two runs merge, only slots move; the bytes are shared with the runs they came in. Small runs are
//! the exception: theirs are copied together, so that many small commits do not leave as many small pieces.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

use crate::entry::{Content, Entry, Horizon, OPEN_END, Source};
use crate::error::Result;
use crate::heads::{common_prefix, head};
use crate::op::Op;

/// Runs of no more bytes together are copied when they merge.
const SMALL: usize = 64 << 10;
/// Every so many slots there is a fence.
const STRIDE: usize = 32;

/// Sorted versions in memory.
pub(crate) struct Run {
    chunks: Vec<Arc<Chunk>>,
    slots: Vec<Slot>,
    /// The prefix of every [`STRIDE`]th slot: the first steps of a search, which would each be a miss of the processor's
    /// cache, stay within this small array.
    fences: Vec<u64>,
    /// The bytes that all keys begin with.
    common: Box<[u8]>,
    /// How long every key is, when all are of one length.
    key_len: Option<usize>,
    bytes: usize,
    pub(crate) min_seq: u64,
    pub(crate) max_seq: u64,
}

/// Writes that lie one behind the other.
struct Chunk {
    /// The writes, each as `op.rs` lays it out.
    data: Vec<u8>,
    /// The commits they are of, by first seq.
    spans: Vec<Span>,
}

/// Where a commit, or the rest of one, begins.
#[derive(Debug, Clone, Copy)]
struct Span {
    first_seq: u64,
    stamp: u64,
    first_index: u32,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    prefix: u64,
    seq: u64,
    chunk: u32,
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
    /// Sorts the writes in `data`. The commits come in the order of their seqs, and every offset of every commit is the
    /// start of a well-formed write.
    pub(crate) fn new(mut data: Vec<u8>, commits: Vec<RunCommit>) -> Self {
        data.shrink_to_fit();
        let key_at = |offset: u32| key_at(&data, offset);
        let mut offsets = commits.iter().flat_map(|c| &c.offsets);
        let first = offsets.next().map_or(&[][..], |o| key_at(*o));
        let (mut common, mut key_len) = (first.len(), Some(first.len()));
        for offset in offsets {
            let key = key_at(*offset);
            common = common_prefix(&first[..common], key);
            key_len = key_len.filter(|length| *length == key.len());
        }
        let mut slots: Vec<Slot> = Vec::with_capacity(commits.iter().map(|c| c.offsets.len()).sum());
        let mut spans = Vec::with_capacity(commits.len());
        for RunCommit { first_seq, stamp, first_index, offsets } in commits {
            spans.push(Span { first_seq, stamp, first_index });
            slots.extend(offsets.iter().zip(first_seq..).map(|(&offset, seq)| Slot {
                prefix: head(key_at(offset), common),
                seq,
                chunk: 0,
                offset,
            }));
        }
        // Numbers alone sort several times faster than what may have to look at the keys.
        slots.sort_unstable_by_key(|slot| slot.prefix);
        for equal in slots.chunk_by_mut(|a, b| a.prefix == b.prefix).filter(|equal| equal.len() > 1) {
            equal.sort_unstable_by(|a, b| key_at(a.offset).cmp(key_at(b.offset)).then_with(|| b.seq.cmp(&a.seq)));
        }
        let common = first[..common].into();
        Self::assemble(vec![Arc::new(Chunk { data, spans })], slots, common, key_len)
    }

    /// The versions of both in one order.
    pub(crate) fn merge(a: &Self, b: &Self) -> Self {
        let common = common_prefix(&a.common, &b.common);
        let (left, right) = (a.slots_with(common), b.slots_with(common));
        let key_len = a.key_len.filter(|_| a.key_len == b.key_len);
        // Keys of one length that ends within the prefix are equal when their prefixes are: no key needs to be looked at.
        let told_apart = key_len.is_some_and(|length| length <= common + size_of::<u64>());
        let before = a.chunks.len() as u32;
        let mut slots = Vec::with_capacity(left.len() + right.len());
        let (mut l, mut r) = (0, 0);
        while let (Some(x), Some(y)) = (left.get(l), right.get(r)) {
            let mut first = x.prefix < y.prefix;
            if x.prefix == y.prefix {
                let keys = if told_apart { Ordering::Equal } else { a.key(x).cmp(b.key(y)) };
                first = keys.then_with(|| y.seq.cmp(&x.seq)).is_lt();
            }
            // Which is first is as good as random, so it is a number here and not a branch.
            let (slot, before) = if first { (x, 0) } else { (y, before) };
            slots.push(Slot { chunk: slot.chunk + before, ..*slot });
            l += usize::from(first);
            r += usize::from(!first);
        }
        slots.extend_from_slice(&left[l..]);
        slots.extend(right[r..].iter().map(|slot| Slot { chunk: slot.chunk + before, ..*slot }));
        let chunks: Vec<Arc<Chunk>> = a.chunks.iter().chain(&b.chunks).cloned().collect();
        let merged = Self::assemble(chunks, slots, a.common[..common].into(), key_len);
        if merged.chunks.iter().map(|chunk| chunk.data.len()).sum::<usize>() <= SMALL {
            merged.gathered()
        } else {
            merged
        }
    }

    /// The slots as they are in a run whose keys have `common` bytes in common.
    fn slots_with(&self, common: usize) -> Cow<'_, [Slot]> {
        if self.common.len() == common {
            return Cow::Borrowed(&self.slots);
        }
        let slots = self.slots.iter().map(|slot| Slot { prefix: head(self.key(slot), common), ..*slot });
        Cow::Owned(slots.collect())
    }

    /// The same with its bytes in one chunk, in key order.
    fn gathered(mut self) -> Self {
        let mut data = Vec::with_capacity(self.chunks.iter().map(|chunk| chunk.data.len()).sum());
        let mut spans: Vec<Span> = self.chunks.iter().flat_map(|chunk| &chunk.spans).copied().collect();
        spans.sort_by_key(|span| span.first_seq);
        for slot in &mut self.slots {
            let op = op_at(&self.chunks[slot.chunk as usize].data, slot.offset);
            (slot.chunk, slot.offset) = (0, data.len() as u32);
            data.extend_from_slice(op);
        }
        Self::assemble(vec![Arc::new(Chunk { data, spans })], self.slots, self.common, self.key_len)
    }

    fn assemble(chunks: Vec<Arc<Chunk>>, slots: Vec<Slot>, common: Box<[u8]>, key_len: Option<usize>) -> Self {
        let (min_seq, max_seq) = seq_range(&slots);
        let fences: Vec<u64> = slots.iter().step_by(STRIDE).map(|slot| slot.prefix).collect();
        let own = size_of_val(&*slots) + size_of_val(&*fences);
        let bytes = chunks.iter().map(|chunk| chunk.bytes()).sum::<usize>() + own;
        Self { chunks, slots, fences, common, key_len, bytes, min_seq, max_seq }
    }

    /// How many bytes of memory the run takes.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The newest version of `key` that `horizon` sees.
    pub(crate) fn find(&self, key: &[u8], horizon: &Horizon) -> Option<Entry<'_>> {
        let wanted = self.prefix_of(key).ok()?;
        let at = self.first_from(wanted);
        // Most searches end here, without a look at any key.
        self.slots.get(at).filter(|slot| slot.prefix == wanted)?;
        self.entry(self.lower_bound_from(at, wanted, key, horizon)).filter(|entry| entry.key == key)
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

    /// The key of the version that stands so many places before `end`; `None` when there are fewer.
    pub(crate) fn step_back(&self, end: &[u8], places: usize) -> Option<&[u8]> {
        let at = self.lower_bound(end, &Horizon::at_seq(u64::MAX)).checked_sub(places)?;
        Some(self.key(self.slots.get(at)?))
    }

    /// The first place whose key is greater than `key`, or equal and seen by `horizon`.
    fn lower_bound(&self, key: &[u8], horizon: &Horizon) -> usize {
        match self.prefix_of(key) {
            Ok(wanted) => self.lower_bound_from(self.first_from(wanted), wanted, key, horizon),
            Err(side) => side,
        }
    }

    /// The prefix that `key` has here; the place on which side of the run it lies when it does not begin as all keys do.
    fn prefix_of(&self, key: &[u8]) -> Result<u64, usize> {
        let common = self.common.len();
        match key.get(..common).map(|start| start.cmp(&self.common)) {
            Some(Ordering::Equal) => Ok(head(key, common)),
            Some(Ordering::Less) => Err(0),
            // Shorter than the common part: all keys of the run are on one side of it.
            None if *key <= *self.common => Err(0),
            Some(Ordering::Greater) | None => Err(self.slots.len()),
        }
    }

    /// The first place whose prefix is not less.
    fn first_from(&self, prefix: u64) -> usize {
        let fence = self.fences.partition_point(|fence| *fence < prefix);
        let end = (fence * STRIDE).min(self.slots.len());
        let start = fence.saturating_sub(1) * STRIDE;
        start + self.slots[start..end].partition_point(|slot| slot.prefix < prefix)
    }

    /// [`lower_bound`](Self::lower_bound) where `start` is the first place whose prefix is not less than that of `key`.
    fn lower_bound_from(&self, start: usize, prefix: u64, key: &[u8], horizon: &Horizon) -> usize {
        let rest = &self.slots[start..];
        let mut alike = 1;
        while rest.get(alike - 1).is_some_and(|slot| slot.prefix == prefix) {
            alike *= 2;
        }
        let end = alike.min(rest.len());
        let before = rest[..end].partition_point(|slot| {
            let order = slot.prefix.cmp(&prefix).then_with(|| self.key(slot).cmp(key));
            order == Ordering::Less || order == Ordering::Equal && !self.is_seen(slot, horizon)
        });
        start + before
    }

    fn is_seen(&self, slot: &Slot, horizon: &Horizon) -> bool {
        self.chunk(slot)
            .span_of(slot.seq)
            .is_some_and(|span| horizon.sees(slot.seq, span.index_of(slot.seq), span.stamp))
    }

    fn entry(&self, at: usize) -> Option<Entry<'_>> {
        let slot = self.slots.get(at)?;
        let chunk = self.chunk(slot);
        let op = Op::take(&mut &chunk.data[slot.offset as usize..])?;
        let span = chunk.span_of(slot.seq)?;
        Some(Entry {
            key: op.key,
            seq: slot.seq,
            index: span.index_of(slot.seq),
            stamp: span.stamp,
            ended: OPEN_END,
            deleted: op.content.is_none(),
            meta: op.meta,
            content: Content::Inline(op.content.unwrap_or_default()),
        })
    }

    #[inline]
    fn chunk(&self, slot: &Slot) -> &Chunk {
        &self.chunks[slot.chunk as usize]
    }

    #[inline]
    fn key(&self, slot: &Slot) -> &[u8] {
        key_at(&self.chunk(slot).data, slot.offset)
    }
}

impl Chunk {
    /// The commit of a seq that is here.
    #[inline]
    fn span_of(&self, seq: u64) -> Option<&Span> {
        match &*self.spans {
            [only] => Some(only),
            spans => spans[..spans.partition_point(|span| span.first_seq <= seq)].last(),
        }
    }

    fn bytes(&self) -> usize {
        self.data.capacity() + self.spans.capacity() * size_of::<Span>()
    }
}

impl Span {
    #[inline]
    fn index_of(&self, seq: u64) -> u32 {
        self.first_index + (seq - self.first_seq) as u32
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

fn op_at(data: &[u8], offset: u32) -> &[u8] {
    let bytes = &data[offset as usize..];
    let mut rest = bytes;
    match Op::take(&mut rest) {
        Some(_) => &bytes[..bytes.len() - rest.len()],
        None => &[],
    }
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
        Run::new(data, commits)
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

    /// Splits the versions among two runs, and compares what their merged run answers with a sorted list.
    fn check(keys: &[&[u8]]) {
        let (mut left, mut right) = (Vec::new(), Vec::new());
        for (n, (key, seq)) in keys.iter().zip(1..).enumerate() {
            let write = (*key, seq, if n % 3 == 2 { None } else { Some(&b"1"[..]) });
            if n % 2 == 0 { left.push(write) } else { right.push(write) }
        }
        let last = keys.len() as u64;
        let mut expected: Vec<_> = left.iter().chain(&right).map(|(k, s, _)| (k.to_vec(), *s)).collect();
        expected.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)));
        let merged = Run::merge(&run_of(&left), &run_of(&right));
        for (key, seq) in &expected {
            for bound in [0, seq - 1, *seq, seq + 1, last] {
                let want = expected.iter().find(|(k, s)| k == key && *s <= bound).map(|(_, s)| *s);
                assert_eq!(merged.find(key, &Horizon::at_seq(bound)).map(|e| e.seq), want, "{key:?} at {bound}");
            }
        }
        for absent in
            [&b""[..], b"\0", b"n", b"n\0", b"n\0user", b"n\0user/3", b"k0005", b"k00055", b"zzzz", b"\xff\xff"]
        {
            assert!(merged.find(absent, &Horizon::at_seq(u64::MAX)).is_none(), "{absent:?}");
        }
        assert_eq!((merged.min_seq, merged.max_seq), (1, last));
        assert_eq!(all(merged), expected);
    }

    #[test]
    fn runs_sort_merge_and_find_whatever_the_keys_have_in_common() {
        let sets: [&[&[u8]]; 6] = [
            &[b"n\0user/1", b"n\0user/10", b"n\0user/2", b"n\0user/1\0", b"n\0user/1"],
            &[b"a", b"n\0user/1", b"zzzzzzzzzzzzzzzz", b"zzzzzzzzzzzzzzzzz"],
            &[b"same", b"same", b"same"],
            &[b"n\0aaaaaaaab", b"n\0aaaaaaaaa", b"n\0aaaaaaaa"],
            // Prefixes that are equal though the keys are not: padded with the zeros that one of them has.
            &[b"n\0k", b"n\0k\0", b"n\0k\0\0", b"n\0k", b"n\0k\0"],
            // One length within the prefix, and one beyond it.
            &[b"n\0aa", b"n\0ab", b"n\0aa", b"n\0zz", b"n\0ab", b"n\0aa"],
        ];
        for keys in sets {
            check(keys);
        }
        check(&sets.concat());
        for (width, count) in [(4, 700), (12, 700), (4, 33), (4, 32), (4, 31)] {
            let keys: Vec<String> = (0..count).map(|n| format!("k{:0width$}", n * 7 % 50 * 1_000 / 7)).collect();
            check(&keys.iter().map(String::as_bytes).collect::<Vec<_>>());
        }
    }
}
