//! Writes that happen together or not at all.

use serde::Serialize;

use crate::address::{check_key, check_namespace, write_address};
use crate::annotation::{Annotation, MAX_ANNOTATION_BYTES};
use crate::code::Code;
use crate::error::{Error, Result};
use crate::json::Minifier;
use crate::op::Op;
use crate::version_id::{MAX_COMMIT_VERSIONS, VersionId};

/// The most bytes one batch can hold, keys and documents together.
pub const MAX_BATCH_BYTES: usize = 1 << 30;

/// Collects writes; [`KoruDelta::write`](crate::KoruDelta::write) makes them one commit.
///
/// The writes get consecutive seqs in the order given, one stamp, and one fsync. A key may occur more than once: each
/// occurrence is a version of its own. Names and documents are checked as they are added, and a refused one leaves the
/// batch as it was.
///
/// ```
/// # use koru_delta::{Batch, KoruDelta};
/// # fn main() -> koru_delta::Result<()> {
/// let db = KoruDelta::start()?;
/// let mut batch = Batch::new();
/// batch.put("users", "alice", &"Alice")?.put("users", "bob", &"Bob")?.delete("users", "carol")?;
/// assert_eq!(db.write(batch)?.count(), 3);
/// # Ok(())
/// # }
/// ```
#[derive(Default)]
pub struct Batch {
    pub(crate) bytes: Vec<u8>,
    pub(crate) offsets: Vec<u32>,
    pub(crate) expectations: Vec<Expectation>,
    pub(crate) meta: Vec<u8>,
    minifier: Minifier,
    /// The store's key of the write that was added last.
    pub(crate) key: Vec<u8>,
    document: Vec<u8>,
}

/// What a key's newest version must be for the batch to be written.
pub(crate) struct Expectation {
    pub(crate) key: Vec<u8>,
    pub(crate) version: Option<VersionId>,
}

impl Batch {
    /// An empty batch.
    pub fn new() -> Self {
        Self::default()
    }

    /// Names who writes and why; kept with every version added from here on. At most 1,024 bytes each.
    pub fn annotate(&mut self, actor: Option<&str>, reason: Option<&str>) -> Result<&mut Self> {
        for (what, text) in [("actor", actor), ("reason", reason)] {
            if let Some(text) = text
                && text.len() > MAX_ANNOTATION_BYTES
            {
                return Err(Error::new(
                    Code::InvalidParams,
                    format!("The {what} is {} bytes long and the limit is {MAX_ANNOTATION_BYTES}.", text.len()),
                )
                .hint("Keep long texts in a document, and its key here", None));
            }
        }
        self.meta = Annotation { actor, reason, ..Annotation::default() }.encode();
        Ok(self)
    }

    /// Adds a version of a document.
    pub fn put<T: Serialize + ?Sized>(&mut self, namespace: &str, key: &str, value: &T) -> Result<&mut Self> {
        let text = serde_json::to_vec(value)
            .map_err(|e| Error::new(Code::InvalidJson, format!("The value cannot be written as JSON: {e}.")))?;
        self.put_json(namespace, key, &text)
    }

    /// Adds a version of a document given as JSON text, which comes back as it is, less insignificant white space.
    pub fn put_json(&mut self, namespace: &str, key: &str, text: &[u8]) -> Result<&mut Self> {
        self.key.clear();
        write_address(namespace, key, &mut self.key)?;
        self.document.clear();
        self.minifier.minify(text, &mut self.document).map_err(|e| crate::document::refusal(&e, text))?;
        let document = std::mem::take(&mut self.document);
        let added = self.add(Some(&document)).map(drop);
        self.document = document;
        added.map(|()| self)
    }

    /// Adds a delete: a version that says the key has no document from here on. Its history stays.
    pub fn delete(&mut self, namespace: &str, key: &str) -> Result<&mut Self> {
        self.key.clear();
        write_address(namespace, key, &mut self.key)?;
        self.add(None)
    }

    /// Makes the whole batch depend on a key's newest version (a delete counts as one), or with `None` on the key
    /// having no document. It is compared with the state before the batch.
    pub fn expect(&mut self, namespace: &str, key: &str, version: Option<VersionId>) -> Result<&mut Self> {
        check_namespace(namespace)?;
        check_key(key)?;
        let mut address = Vec::new();
        write_address(namespace, key, &mut address)?;
        self.expectations.push(Expectation { key: address, version });
        Ok(self)
    }

    /// How many versions it will write.
    pub fn len(&self) -> usize {
        self.offsets.len()
    }

    /// Whether it will write nothing.
    pub fn is_empty(&self) -> bool {
        self.offsets.is_empty()
    }

    /// How many bytes of keys and documents it holds.
    pub fn byte_len(&self) -> usize {
        self.bytes.len()
    }

    /// Hands out what was added as a batch of its own, and goes on empty with the room it has for its work.
    pub(crate) fn split(&mut self) -> Self {
        Self {
            bytes: std::mem::take(&mut self.bytes),
            offsets: std::mem::take(&mut self.offsets),
            expectations: std::mem::take(&mut self.expectations),
            meta: self.meta.clone(),
            ..Self::default()
        }
    }

    fn add(&mut self, content: Option<&[u8]>) -> Result<&mut Self> {
        let room = self.key.len() + self.meta.len() + content.map_or(0, <[u8]>::len) + 32;
        if self.offsets.len() >= MAX_COMMIT_VERSIONS || self.bytes.len() + room > MAX_BATCH_BYTES {
            return Err(Error::new(
                Code::BatchTooLarge,
                format!("A batch holds at most {MAX_COMMIT_VERSIONS} versions and {MAX_BATCH_BYTES} bytes."),
            )
            .hint(
                "Write it in several batches; from a file, the command cuts it for you",
                Some("kdelta batch --file data.jsonl --batch-size 100000".into()),
            ));
        }
        self.offsets.push(self.bytes.len() as u32);
        self.bytes.reserve(room);
        Op { key: &self.key, meta: &self.meta, content }.encode(&mut self.bytes);
        Ok(self)
    }
}

impl std::fmt::Debug for Batch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Batch").field("versions", &self.len()).field("bytes", &self.byte_len()).finish_non_exhaustive()
    }
}
