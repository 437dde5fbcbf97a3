//! The writing end of a log.

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
    /// Frames that were appended and not yet written; the first belongs at `end.offset`.
    staged: Vec<u8>,
    staged_tag: Tag,
    /// The end of what was written.
    end: LogEnd,
    /// The file's length; from `end.offset` up to here it holds zeros.
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
            end: LogEnd::EMPTY,
            length: PREAMBLE_LEN as u64,
            synced: PREAMBLE_LEN as u64,
            failed: false,
        })
    }

    /// Adds one body to what the next write takes. After a failure it does nothing; the write reports it.
    pub(crate) fn append(&mut self, body: &[u8]) {
        if self.failed {
            return;
        }
        let frames = body.len().div_ceil(MAX_BODY);
        self.staged.reserve(body.len() + frames.max(1) * (HEADER_LEN + ALIGN));
        let mut rest = body;
        loop {
            let (piece, after) = rest.split_at(rest.len().min(MAX_BODY));
            let place = Place { offset: self.len(), synced: self.synced, previous: self.staged_tag };
            self.staged_tag =
                frame::push(&mut self.staged, &self.sheet.seal, self.seed, &place, piece, !after.is_empty());
            rest = after;
            if rest.is_empty() {
                return;
            }
        }
    }

    /// Writes what was appended. It is not durable yet.
    pub(crate) fn write(&mut self) -> Result<()> {
        self.refuse_after_failure()?;
        if self.staged.is_empty() {
            return Ok(());
        }
        let end = self.len();
        if end > self.length {
            let ahead = if self.staged.len() < LARGE {
                (end + end.clamp(LEAST_AHEAD, MOST_AHEAD)).next_multiple_of(BLOCK)
            } else {
                end
            };
            self.staged.resize((ahead - self.end.offset) as usize, 0);
            self.length = ahead;
        }
        // Until the write has returned nobody knows what is on the disk.
        self.failed = true;
        self.sheet
            .file
            .write_all_at(&self.staged, self.end.offset)
            .map_err(|e| Error::io(e, "write", &self.sheet.name))?;
        self.failed = false;
        self.end = LogEnd { offset: end, tag: self.staged_tag };
        self.staged.clear();
        self.staged.shrink_to(LARGE + MOST_AHEAD as usize);
        Ok(())
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
        self.end.offset + self.staged_len()
    }

    fn staged_len(&self) -> u64 {
        self.staged.len() as u64
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
