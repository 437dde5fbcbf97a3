//! The complete history as text.
//!
//! ```text
//! {"korudelta":"export","format":1,"database":"…","replica":"…","created":"…","through":{"seq":n,"version":"…"}}
//! one line for every version, in the order of commits, as render.rs writes it
//! {"korudelta":"end","versions":n,"sha256":"…"}      the digest of every byte before this line
//! ```
//! An export that was cut or changed does not match its last line, and an import of it writes nothing.

use std::collections::VecDeque;

use sha2::{Digest, Sha256};

use crate::database::KoruDelta;
use crate::entry::Found;
use crate::error::Result;
use crate::json::tree::write_string;
use crate::render::{self, Object};
use crate::stamp::Stamp;
use crate::view::View;

/// How many versions are looked up at once; and about how many bytes one piece of text has.
const WINDOW: u64 = 4096;
const PIECE_BYTES: usize = 1 << 20;

/// Writes out the history of a database as of one moment, piece by piece.
pub struct Exporter {
    view: View,
    through: u64,
    next: u64,
    window: VecDeque<(Vec<u8>, Found)>,
    digest: Sha256,
    stage: Stage,
}

#[derive(PartialEq)]
enum Stage {
    Begin,
    Versions,
    Done,
}

impl KoruDelta {
    /// An export of everything up to now.
    pub fn export(&self) -> Result<Exporter> {
        self.now()?.export()
    }
}

impl View {
    /// An export of everything this view sees.
    pub fn export(&self) -> Result<Exporter> {
        Ok(Exporter {
            through: self.newest_seq()?,
            view: self.clone(),
            next: 1,
            window: VecDeque::new(),
            digest: Sha256::new(),
            stage: Stage::Begin,
        })
    }
}

impl Exporter {
    /// How many versions there are in all.
    pub fn versions(&self) -> u64 {
        self.through
    }

    /// How many were written out so far.
    pub fn written(&self) -> u64 {
        self.next - 1 - self.window.len() as u64
    }

    /// The next piece, whole lines of about a mebibyte together; `None` after the last.
    pub fn next_piece(&mut self) -> Result<Option<Vec<u8>>> {
        if self.stage == Stage::Done {
            return Ok(None);
        }
        let mut out = Vec::with_capacity(PIECE_BYTES + (PIECE_BYTES >> 3));
        if self.stage == Stage::Begin {
            self.begin(&mut out)?;
            self.stage = Stage::Versions;
        }
        while out.len() < PIECE_BYTES {
            let Some((address, found)) = self.window.pop_front() else {
                if self.next > self.through {
                    self.digest.update(&out);
                    self.end(&mut out);
                    self.stage = Stage::Done;
                    return Ok(Some(out));
                }
                let last = self.through.min(self.next + WINDOW - 1);
                self.window = self.view.state.versions_between(self.next, last, &|_| true)?.into();
                self.next = last + 1;
                continue;
            };
            let previous = self.view.previous_of(&address, &found)?;
            render::version(&self.view.store.version(&address, found, previous, true)?, &mut out);
            out.push(b'\n');
        }
        self.digest.update(&out);
        Ok(Some(out))
    }

    fn begin(&self, out: &mut Vec<u8>) -> Result<()> {
        let store = &self.view.store;
        let mut object = Object::new(out);
        object.text("korudelta", "export").number("format", 1);
        object.text("database", &hex(&store.files.database)).text("replica", &format!("{:012x}", store.replica));
        object.text("created", &Stamp::from_micros(store.clock.now_us()).to_string());
        let through = object.name("through");
        match self.view.state.versions_between(self.through, self.through, &|_| true)?.pop() {
            None => through.extend_from_slice(b"null"),
            Some((_, found)) => {
                let mut inner = Object::new(through);
                inner.number("seq", self.through).text("version", &store.version_id_of(&found)?.to_string());
                inner.end();
            }
        }
        object.end();
        out.push(b'\n');
        Ok(())
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        let digest = std::mem::take(&mut self.digest).finalize();
        out.extend_from_slice(b"{\"korudelta\":\"end\",\"versions\":");
        out.extend_from_slice(self.through.to_string().as_bytes());
        out.extend_from_slice(b",\"sha256\":");
        write_string(&hex(&digest), out);
        out.extend_from_slice(b"}\n");
    }
}

impl Iterator for Exporter {
    type Item = Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_piece().transpose()
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(b"0123456789abcdef"[digit as usize]))
        .collect()
}

impl std::fmt::Debug for Exporter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Exporter").field("through", &self.through).field("next", &self.next).finish_non_exhaustive()
    }
}
