//! The reading end of a log.

use std::fmt;

use super::LogEnd;
use super::frame::{ALIGN, Frames, HEADER_LEN, Header};
use super::window::Window;
use crate::error::{Error, Result};
use crate::files::{Files, Sheet, file_name};
use crate::preamble::Kind;
use crate::seal::Tag;

/// The zeros after a log are skipped by this many bytes.
const RUN: u64 = 4096;
/// How much is copied at once.
const COPY: u64 = 1 << 20;

/// What a log held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Replayed {
    /// The end of the last whole body.
    pub(crate) end: LogEnd,
    /// The bytes of a torn tail, up to the last that is not zero or belongs to a frame whose header arrived.
    pub(crate) dropped_bytes: u64,
    /// Everything before this offset is known to be durable; the rest may be in the system's cache only.
    pub(crate) proven: u64,
}

/// Reads the log file `number` and hands every body to `visit`, in order.
///
/// With a known `end` (the manifest's) the log must hold exactly what lies before it. Without one its torn tail is
/// dropped; `log.rs` says what a torn tail is. Whoever wants to record the end of such a log calls [`settle`] first.
///
/// Bodies may have been visited before damage is found: after an error the caller drops what it collected.
pub(crate) fn replay(
    files: &Files,
    number: u64,
    end: Option<&LogEnd>,
    visit: &mut dyn FnMut(&[u8]) -> Result<()>,
) -> Result<Replayed> {
    let sheet = files.open(Kind::Log, number)?;
    let window = Window::new(&sheet)?;
    let reader = Reader {
        frames: Frames::new(&sheet.seal),
        sheet: &sheet,
        limit: end.map_or(window.length(), |end| end.offset.min(window.length())),
        window,
        at: LogEnd::EMPTY.offset,
        tag: LogEnd::EMPTY.tag,
        whole: LogEnd::EMPTY,
        proven: LogEnd::EMPTY.offset,
        body: Vec::new(),
        open: false,
    };
    match end {
        Some(end) => reader.closed(end, visit),
        None => reader.active(visit),
    }
}

/// Makes durable what a replay without a known end has found, so that its end may be recorded.
///
/// When a process dies and the power stays, the last frames may be in the system's cache and not on the disk; and
/// after a failed sync the system may hold them for clean. So they are written back as they are: the same bytes at
/// the same place, which changes nothing where they had arrived, however far the writing comes.
pub(crate) fn settle(files: &Files, number: u64, replayed: &Replayed) -> Result<()> {
    let name = file_name(Kind::Log, number);
    let (mut at, end) = (replayed.proven, replayed.end.offset);
    if at >= end {
        return Ok(());
    }
    let file = files.vfs.open(&name, true).map_err(|e| Error::io(e, "open", &name))?;
    let mut bytes = vec![0; (end - at).min(COPY) as usize];
    while at < end {
        let bytes = &mut bytes[..(end - at).min(COPY) as usize];
        file.read_exact_at(bytes, at).map_err(|e| Error::io(e, "read", &name))?;
        file.write_all_at(bytes, at).map_err(|e| Error::io(e, "write", &name))?;
        at += bytes.len() as u64;
    }
    file.sync().map_err(|e| Error::io(e, "sync", &name))
}

/// Why there is no frame at a place.
#[derive(Debug, Clone, Copy)]
enum Flaw {
    Header,
    Cut,
    Body,
    Padding,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Header => "there is no valid frame header",
            Self::Cut => "the frame goes on past the end of the log",
            Self::Body => "the frame's content does not match its checksum",
            Self::Padding => "the frame is not followed by the zeros that fill it up",
        })
    }
}

struct Reader<'a> {
    sheet: &'a Sheet,
    frames: Frames<'a>,
    window: Window<'a>,
    /// Frames lie before this offset.
    limit: u64,
    /// Where the next frame is, and the tag of the one before it.
    at: u64,
    tag: Tag,
    /// The end of the last whole body.
    whole: LogEnd,
    proven: u64,
    /// The content of the frames since then.
    body: Vec<u8>,
    /// Whether the last of these frames says that the body goes on.
    open: bool,
}

impl Reader<'_> {
    fn closed(mut self, end: &LogEnd, visit: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<Replayed> {
        while self.at < self.limit {
            if let Some(flaw) = self.step(visit)? {
                return Err(self.corrupt(flaw));
            }
        }
        if self.at != end.offset {
            return Err(self.corrupt(format_args!("it ends here and should go on to byte {}", end.offset)));
        }
        if self.open {
            return Err(self.corrupt("its last record is not complete"));
        }
        if self.tag != end.tag {
            return Err(self.corrupt("the frame before it is not the one that the manifest knows as the last"));
        }
        Ok(Replayed { end: *end, dropped_bytes: 0, proven: end.offset })
    }

    fn active(mut self, visit: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<Replayed> {
        let flaw = loop {
            if let Some(flaw) = self.step(visit)? {
                break flaw;
            }
        };
        let dropped_bytes = self.search(flaw)?;
        Ok(Replayed { end: self.whole, dropped_bytes, proven: self.proven })
    }

    /// Takes the frame at `at`, and hands on the body that it completes.
    fn step(&mut self, visit: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<Option<Flaw>> {
        let header = match self.frame()? {
            Ok(header) => header,
            Err(flaw) => return Ok(Some(flaw)),
        };
        if header.previous != self.tag[..8] {
            return Err(self.corrupt("the frame does not follow from the one before it"));
        }
        self.at += header.extent();
        self.tag = *header.tag();
        self.open = header.more;
        if !self.open {
            visit(&self.body)?;
            self.body.clear();
            self.whole = LogEnd { offset: self.at, tag: self.tag };
            self.proven = self.proven.max(header.synced);
        }
        Ok(None)
    }

    /// Proves the frame at `at` and adds its content to the body.
    fn frame(&mut self) -> Result<Result<Header, Flaw>> {
        let offset = self.at;
        let Some(header) = self.header_at(offset)? else {
            return Ok(Err(Flaw::Header));
        };
        let Some(end) = offset.checked_add(header.extent()).filter(|end| *end <= self.limit) else {
            return Ok(Err(Flaw::Cut));
        };
        let start = offset + HEADER_LEN as u64;
        let Some(stored) = self.window.get(start, (end - start) as usize)? else {
            return Ok(Err(Flaw::Cut));
        };
        let (stored, padding) = stored.split_at(header.length as usize);
        if !is_zero(padding) {
            return Ok(Err(Flaw::Padding));
        }
        let before = self.body.len();
        self.body.extend_from_slice(stored);
        if self.frames.open(&header, offset, &mut self.body[before..]) { Ok(Ok(header)) } else { Ok(Err(Flaw::Body)) }
    }

    fn header_at(&mut self, offset: u64) -> Result<Option<Header>> {
        let Some(bytes) = self.window.get(offset, HEADER_LEN)? else {
            return Ok(None);
        };
        let bytes = bytes.try_into().expect("the window gives what it is asked for");
        Ok(self.frames.header(bytes, offset))
    }

    /// Looks at everything after the last whole body for a header that says that more was durable: then `flaw` is
    /// damage. Otherwise it is a torn tail, and the answer is its length.
    ///
    /// A frame owns its bytes, for no place is written twice: the search steps over every frame whose header it
    /// meets, so its cost is that of reading the tail once, whatever the tail holds.
    fn search(&mut self, flaw: Flaw) -> Result<u64> {
        let (cut, length) = (self.whole.offset, self.window.length());
        let (mut at, mut used) = (cut, cut);
        while at < length {
            let stop = (at + RUN).min(length);
            if self.is_zero(at, stop)? {
                at = stop;
            }
            while at < stop {
                let next = (at + ALIGN as u64).min(length);
                if self.is_zero(at, next)? {
                    at = next;
                    continue;
                }
                match self.header_at(at)? {
                    Some(header) if header.synced > cut => {
                        let why =
                            format_args!("{flaw}, and what was written at byte {at} shows that it was there before");
                        return Err(self.corrupt(why));
                    }
                    Some(header) => at = (at + header.extent()).min(length),
                    None => at = next,
                }
                used = at;
            }
        }
        Ok(used - cut)
    }

    fn is_zero(&mut self, from: u64, to: u64) -> Result<bool> {
        Ok(self.window.get(from, (to - from) as usize)?.is_none_or(is_zero))
    }

    fn corrupt(&self, what: impl fmt::Display) -> Error {
        Error::corrupt(&self.sheet.name, self.at, what)
    }
}

fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().fold(0, |all, byte| all | byte) == 0
}
