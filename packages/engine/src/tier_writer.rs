//! Writes what a flush or a merge makes: a generation, in a tier of current versions and one of history.

use crate::entry::{Content, Entry, OPEN_END};
use crate::error::Result;
use crate::extent::{Class, Extent};
use crate::files::Files;
use crate::manifest::ValuesRecord;
use crate::segment::{SegmentOptions, SegmentWriter};
use crate::values::ValuesWriter;

/// Documents longer than this are written once, to a values file, and never moved by merges.
pub(crate) const APART_BYTES: usize = 4096;
/// A values file takes no further document once it is this long.
const VALUES_FILE_BYTES: u64 = 256 << 20;

/// The sizes that keep a writer within its share of the memory budget.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WriterLimits {
    pub(crate) segment: SegmentOptions,
    /// A segment is closed at this many versions: its writer keeps about 20 bytes of each in memory.
    pub(crate) versions: u64,
    pub(crate) bytes: u64,
}

/// Gives out file numbers.
pub(crate) type Numbers<'a> = &'a dyn Fn() -> u64;

/// What was written and synced; nothing refers to it yet.
#[derive(Debug, Default)]
pub(crate) struct Output {
    pub(crate) segments: Vec<Extent>,
    pub(crate) values: Vec<ValuesRecord>,
}

/// Takes versions in order and splits them into current and history.
pub(crate) struct TierWriter<'a> {
    files: &'a Files,
    numbers: Numbers<'a>,
    limits: WriterLimits,
    generation: Option<u64>,
    current: Tail,
    history: Tail,
    values: Option<(u64, ValuesWriter, u64)>,
    output: Output,
    key: Vec<u8>,
    newer_stamp: u64,
}

/// One of the two tiers in the making.
struct Tail {
    class: Class,
    writer: Option<SegmentWriter>,
    versions: u64,
}

impl<'a> TierWriter<'a> {
    pub(crate) fn new(files: &'a Files, numbers: Numbers<'a>, limits: WriterLimits) -> Self {
        let tail = |class| Tail { class, writer: None, versions: 0 };
        Self {
            files,
            numbers,
            limits,
            generation: None,
            current: tail(Class::Current),
            history: tail(Class::History),
            values: None,
            output: Output::default(),
            key: Vec::new(),
            newer_stamp: OPEN_END,
        }
    }

    /// Takes the next version.
    ///
    /// All versions of a stretch of seqs come by here. So the first of a key is the newest of the stretch and goes to
    /// the current tier; each other one was superseded by the one before it and goes to the history tier.
    pub(crate) fn add(&mut self, entry: &Entry<'_>) -> Result<()> {
        let mut entry = *entry;
        if entry.key == self.key {
            entry.ended = self.newer_stamp;
        } else {
            self.key.clear();
            self.key.extend_from_slice(entry.key);
            entry.ended = OPEN_END;
        }
        self.newer_stamp = entry.stamp;
        if let Content::Inline(bytes) = entry.content
            && bytes.len() > APART_BYTES
        {
            entry.content = Content::Apart(self.put_apart(bytes)?);
        }
        let tail = if entry.ended == OPEN_END { &mut self.current } else { &mut self.history };
        let extents = &mut self.output.segments;
        if let Some(writer) = &tail.writer
            && (tail.versions >= self.limits.versions || writer.estimated_bytes() >= self.limits.bytes)
        {
            tail.close(self.generation, extents)?;
        }
        let writer = match &mut tail.writer {
            Some(writer) => writer,
            empty => {
                let number = (self.numbers)();
                self.generation.get_or_insert(number);
                tail.versions = 0;
                empty.insert(SegmentWriter::create(self.files, number, tail.class, self.limits.segment)?)
            }
        };
        tail.versions += 1;
        writer.add(&entry)
    }

    fn put_apart(&mut self, bytes: &[u8]) -> Result<crate::entry::ValueRef> {
        if self.values.as_ref().is_some_and(|(_, _, taken)| *taken >= VALUES_FILE_BYTES) {
            self.close_values()?;
        }
        let (_, writer, taken) = match &mut self.values {
            Some(values) => values,
            empty => {
                let number = (self.numbers)();
                empty.insert((number, ValuesWriter::create(self.files, number)?, 0))
            }
        };
        let place = writer.put(bytes)?;
        *taken += u64::from(place.stored);
        Ok(place)
    }

    fn close_values(&mut self) -> Result<()> {
        if let Some((number, writer, _)) = self.values.take() {
            let length = writer.finish()?;
            self.output.values.push(ValuesRecord { number, length });
        }
        Ok(())
    }

    /// Closes and syncs all files, and the folder.
    pub(crate) fn finish(mut self) -> Result<Output> {
        self.current.close(self.generation, &mut self.output.segments)?;
        self.history.close(self.generation, &mut self.output.segments)?;
        self.close_values()?;
        self.files.sync_dir()?;
        Ok(self.output)
    }
}

impl Tail {
    fn close(&mut self, generation: Option<u64>, extents: &mut Vec<Extent>) -> Result<()> {
        if let (Some(writer), Some(generation)) = (self.writer.take(), generation) {
            extents.push(Extent { generation, ..writer.finish()? });
        }
        Ok(())
    }
}
