//! The writing end of a log.

use std::io;

use super::LogEnd;
use super::frame::{self, ALIGN, HEADER_LEN, MAX_BODY, Place};
use crate::error::{Code, Error, Result};
use crate::files::{Files, Sheet};
use crate::preamble::{Kind, PREAMBLE_LEN};
use crate::seal::Tag;

/// The least and the most zeros written ahead at once.
const LEAST_AHEAD: u64 = 16 << 10;
const MOST_AHEAD: u64 = 1 << 20;
/// A write of this size gains nothing from zeros written ahead.
const LARGE: usize = 256 << 10;
/// Zeros end at a multiple of this, so that the write after them does not share its block with the file's end.
const BLOCK: u64 = 4096;
/// Frames of an unfinished body are written once they take this much.
const SPILL: usize = 4 << 20;

/// Appends bodies to one new log file.
///
/// A commit is [`append`](Self::append), [`write`](Self::write), [`sync`](Self::sync). The file is grown by zeros ahead
/// of the commits, and more the more it has taken: a sync that need not record a new length is about twice as fast.
///
/// The first failure ends the writer: what a failed write or sync left on the disk is unknown, a sync that is tried
/// again may succeed without having written anything, and in a sealed file the place must not be encrypted again. So
/// every byte of the file is written at most once, and the file is never opened for writing again.
#[derive(Debug)]
pub(crate) struct LogWriter {
    sheet: Sheet,
    seed: u64,
    /// Frames that were appended and not yet written; the first belongs at `position`.
    staged: Vec<u8>,
    staged_tag: Tag,
    position: u64,
    /// Why the frames of a long body could not be written before its end came.
    spill_failure: Option<Error>,
    /// The end of the last whole body that was written.
    end: LogEnd,
    /// The file's length; from `position` up to here it holds zeros.
    length: u64,
    /// What is durable.
    synced: u64,
    failed: bool,
}

impl LogWriter {
    /// Makes the log file `number`; its preamble is durable, its name is not until the folder is synced.
    pub(crate) fn create(files: &Files, number: u64) -> Result<Self> {
        let sheet = files.create(Kind::Log, number)?;
        sheet.sync()?;
        Ok(Self {
            seed: frame::header_seed(&sheet.seal),
            sheet,
            staged: Vec::new(),
            staged_tag: LogEnd::EMPTY.tag,
            position: LogEnd::EMPTY.offset,
            spill_failure: None,
            end: LogEnd::EMPTY,
            length: PREAMBLE_LEN as u64,
            synced: PREAMBLE_LEN as u64,
            failed: false,
        })
    }

    /// Adds one body to what the next write takes, given in parts that follow each other. Of a long body, all but the
    /// end is written at once, so that it need not be in memory twice. After a failure it does nothing; the write
    /// reports it.
    pub(crate) fn append(&mut self, parts: &[&[u8]]) {
        let pieces = parts.iter().flat_map(|part| part.chunks(MAX_BODY));
        let mut pieces = pieces.peekable();
        if pieces.peek().is_none() {
            self.push(&[], false);
        }
        while let Some(piece) = pieces.next() {
            self.push(piece, pieces.peek().is_some());
            if self.staged.len() >= SPILL && pieces.peek().is_some() && !self.failed {
                self.spill_failure = self.write_staged(0).err();
            }
        }
    }

    /// Writes what was appended. It is not durable yet.
    pub(crate) fn write(&mut self) -> Result<()> {
        if let Some(error) = self.spill_failure.take() {
            return Err(error);
        }
        self.refuse_after_failure()?;
        if self.staged.is_empty() {
            return Ok(());
        }
        let end = self.len();
        let ahead = if end <= self.length || self.staged.len() >= LARGE {
            0
        } else {
            (end + end.clamp(LEAST_AHEAD, MOST_AHEAD)).next_multiple_of(BLOCK) - end
        };
        self.write_staged(ahead)?;
        self.end = LogEnd { offset: self.position, tag: self.staged_tag };
        Ok(())
    }

    fn push(&mut self, piece: &[u8], more: bool) {
        if self.failed {
            return;
        }
        self.staged.reserve(piece.len() + HEADER_LEN + ALIGN);
        let place = Place { offset: self.len(), synced: self.synced, previous: self.staged_tag };
        self.staged_tag = frame::push(&mut self.staged, &self.sheet.seal, self.seed, &place, piece, more);
    }

    /// Writes the staged frames, and as many zeros after them as there is room for.
    fn write_staged(&mut self, ahead: u64) -> Result<()> {
        let end = self.len();
        let frames = self.staged.len();
        self.staged.resize(frames + ahead as usize, 0);
        // Until the write has returned nobody knows what is on the disk.
        self.failed = true;
        let written = self.write_out(frames).map_err(|e| Error::io(e, "write", &self.sheet.name))?;
        self.failed = false;
        self.length = self.length.max(self.position + written as u64);
        self.position = end;
        self.staged.clear();
        self.staged.shrink_to(LARGE + MOST_AHEAD as usize);
        Ok(())
    }

    /// Writes what is staged, of which the first `needed` bytes must arrive, and tells how many have.
    ///
    /// The zeros after them save time and nothing else. A disk or a quota without room for them is not full yet; and were
    /// it called so, a write that was refused would be whole in the log, and count when that is next read. What else may
    /// have gone wrong with them, the sync will tell.
    fn write_out(&self, needed: usize) -> io::Result<usize> {
        let mut written = 0;
        while written < self.staged.len() {
            match self.sheet.file.write_at(&self.staged[written..], self.position + written as u64) {
                Ok(taken) if taken > 0 => written += taken,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                _ if written >= needed => break,
                Ok(_) => return Err(io::ErrorKind::WriteZero.into()),
                Err(error) => return Err(error),
            }
        }
        Ok(written)
    }

    /// Makes what was written durable.
    pub(crate) fn sync(&mut self) -> Result<()> {
        self.refuse_after_failure()?;
        if self.synced < self.end.offset {
            self.failed = true;
            self.sheet.sync()?;
            self.failed = false;
            self.synced = self.end.offset;
        }
        Ok(())
    }

    /// The end of what was written. It may be recorded as the end of the log only after a [`sync`](Self::sync).
    pub(crate) fn end(&self) -> LogEnd {
        self.end
    }

    /// The length of the log with what was appended and not yet written, without the zeros ahead.
    pub(crate) fn len(&self) -> u64 {
        self.position + self.staged.len() as u64
    }

    fn refuse_after_failure(&self) -> Result<()> {
        if self.failed {
            let name = &self.sheet.name;
            return Err(Error::new(
                Code::Poisoned,
                format!("{name} takes no more writes: an earlier write or sync of it failed."),
            )
            .hint("Close the database and open it again", None));
        }
        Ok(())
    }
}
