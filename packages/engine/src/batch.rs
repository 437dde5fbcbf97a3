//! Writes that happen together or not at all.

use serde::Serialize;

use crate::address::{check_key, check_namespace, write_address};
use crate::annotation::{Annotation, MAX_ANNOTATION_BYTES};
use crate::code::Code;
use crate::error::{Error, Result};
use crate::globs::{Globs, forbidden};
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
    /// What its client calls it.
    pub(crate) idempotency_key: Option<Box<str>>,
    /// The namespaces it may write; without it, all of them.
    realm: Option<Globs>,
    minifier: Minifier,
    /// The store's key of the write that was added last.
    pub(crate) key: Vec<u8>,
    /// How much of `key` is the namespace: that of the write before is not checked again.
    namespace: usize,
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

    /// Refuses from here on the writes and guards of namespaces that `realm` does not cover.
    pub(crate) fn within(realm: Option<Globs>) -> Self {
        Self { realm, ..Self::default() }
    }

    /// An empty batch with the same annotations and rights.
    pub(crate) fn fresh(&self) -> Self {
        Self { meta: self.meta.clone(), realm: self.realm.clone(), ..Self::default() }
    }

    /// Adds a version of a document.
    pub fn put<T: Serialize + ?Sized>(&mut self, namespace: &str, key: &str, value: &T) -> Result<&mut Self> {
        let text = serde_json::to_vec(value)
            .map_err(|e| Error::new(Code::InvalidJson, format!("The value cannot be written as JSON: {e}.")))?;
        self.put_json(namespace, key, &text)
    }

    /// Adds a version of a document given as JSON text, which comes back as it is, less insignificant white space.
    pub fn put_json(&mut self, namespace: &str, key: &str, text: &[u8]) -> Result<&mut Self> {
        self.name(namespace, key)?;
        let begin = self.bytes.len();
        let minifier = &mut self.minifier;
        Op::encode_with(&mut self.bytes, (&self.key, &self.meta), text.len(), |out| minifier.minify(text, out))
            .map_err(|e| crate::document::refusal(&e, text))?;
        self.accept(begin)
    }

    /// Adds a delete: a version that says the key has no document from here on. Its history stays.
    pub fn delete(&mut self, namespace: &str, key: &str) -> Result<&mut Self> {
        self.name(namespace, key)?;
        let begin = self.bytes.len();
        Op { key: &self.key, meta: &self.meta, content: None }.encode(&mut self.bytes);
        self.accept(begin)
    }

    /// Makes the whole batch depend on a key's newest version (a delete counts as one), or with `None` on the key
    /// having no document. It is compared with the state before the batch.
    pub fn expect(&mut self, namespace: &str, key: &str, version: Option<VersionId>) -> Result<&mut Self> {
        check_namespace(namespace)?;
        check_key(key)?;
        self.check_realm(namespace)?;
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
            ..self.fresh()
        }
    }

    /// Puts the idempotency key, when there is one, into the annotation of the last write. Once, before the commit.
    pub(crate) fn keep_idempotency_key(&mut self) {
        let Some((name, begin)) = self.idempotency_key.as_deref().zip(self.last_offset()) else { return };
        let Some(op) = Op::take(&mut &self.bytes[begin..]) else { return };
        let annotation = Annotation::decode(op.meta).unwrap_or_default();
        let meta = Annotation { idempotency_key: Some(name), ..annotation }.encode();
        let mut last = Vec::new();
        Op { meta: &meta, ..op }.encode(&mut last);
        self.bytes.truncate(begin);
        self.bytes.append(&mut last);
    }

    /// The store's key of the last write.
    pub(crate) fn last_key(&self) -> &[u8] {
        self.last_offset().and_then(|begin| Op::peek_key(&self.bytes[begin..])).unwrap_or_default()
    }

    fn last_offset(&self) -> Option<usize> {
        self.offsets.last().map(|begin| *begin as usize)
    }

    fn check_realm(&self, namespace: &str) -> Result<()> {
        match &self.realm {
            Some(realm) if !realm.cover(namespace) => Err(forbidden("write", namespace)),
            _ => Ok(()),
        }
    }

    /// Makes `self.key` of two names.
    fn name(&mut self, namespace: &str, key: &str) -> Result<()> {
        if self.key.get(..self.namespace) == Some(namespace.as_bytes()) && !namespace.is_empty() {
            check_key(key)?;
            self.key.truncate(self.namespace + 1);
            self.key.extend_from_slice(key.as_bytes());
            return Ok(());
        }
        self.key.clear();
        self.namespace = 0;
        write_address(namespace, key, &mut self.key)?;
        self.check_realm(namespace)?;
        self.namespace = namespace.len();
        Ok(())
    }

    /// Makes what was encoded from `begin` on a write of the batch, if the batch has room for it.
    fn accept(&mut self, begin: usize) -> Result<&mut Self> {
        if self.offsets.len() >= MAX_COMMIT_VERSIONS || self.bytes.len() > MAX_BATCH_BYTES {
            self.bytes.truncate(begin);
            return Err(Error::new(
                Code::BatchTooLarge,
                format!("A batch holds at most {MAX_COMMIT_VERSIONS} versions and {MAX_BATCH_BYTES} bytes."),
            )
            .hint(
                "Write it in several batches; from a file, the command cuts it for you",
                Some("kdelta batch --file data.jsonl --batch-size 100000".into()),
            ));
        }
        self.offsets.push(begin as u32);
        Ok(self)
    }
}

impl std::fmt::Debug for Batch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Batch").field("versions", &self.len()).field("bytes", &self.byte_len()).finish_non_exhaustive()
    }
}
