//! The database as a program sees it.

use std::fmt;
use std::sync::Arc;

use core::time::Duration;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::absent;
use crate::address::address;
use crate::batch::Batch;
use crate::changes::{ChangesPage, ChangesQuery};
use crate::code::Code;
use crate::cursor::Cursor;
use crate::difference::Difference;
use crate::error::{Error, Result};
use crate::host::Host;
use crate::keyring::{self, SealKey};
use crate::moment::{Moment, ToMoment};
use crate::options::{Durability, Options};
use crate::receipt::Receipt;
use crate::store::{Store, lock};
use crate::transaction::Transaction;
use crate::version::Version;
use crate::version_id::VersionId;
use crate::view::{HistoryQuery, ListQuery, NamespaceInfo, Page, View};

/// An open database. Clones are handles to the same one; the last that goes away closes it.
///
/// ```
/// use koru_delta::KoruDelta;
///
/// # fn main() -> koru_delta::Result<()> {
/// let db = KoruDelta::start()?;
/// db.put("users", "alice", &serde_json::json!({"name": "Alice"}))?;
/// let before = db.put("users", "alice", &serde_json::json!({"name": "Alice Smith"}))?.version;
/// db.delete("users", "alice")?;
///
/// assert_eq!(db.get::<serde_json::Value>("users", "alice")?, None);
/// let then: Option<serde_json::Value> = db.at(before)?.get("users", "alice")?;
/// assert_eq!(then.unwrap()["name"], "Alice Smith");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct KoruDelta {
    pub(crate) store: Arc<Store>,
    _close: Arc<CloseOnDrop>,
}

/// Closes the store when the last handle goes. A program that wants to know whether that succeeded calls
/// [`KoruDelta::close`].
struct CloseOnDrop(Arc<Store>);

impl Drop for CloseOnDrop {
    fn drop(&mut self) {
        // Everything acknowledged is in the log already; a close that fails leaves more of it to replay.
        let _ = self.0.close();
    }
}

/// Who writes, why, and what must be there before. The default asks and tells nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct WriteOptions<'a> {
    /// Who writes; kept with the version.
    pub actor: Option<&'a str>,
    /// Why; kept with the version.
    pub reason: Option<&'a str>,
    /// What the key's newest version must be.
    pub if_version: IfVersion,
    /// Names the write, so that sending it again does not write it twice: see [`Batch::idempotency_key`].
    pub idempotency_key: Option<&'a str>,
}

/// The guard of a write.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum IfVersion {
    /// Whatever is there.
    #[default]
    Any,
    /// The key has no document.
    Absent,
    /// This version, also when it is a delete.
    Is(VersionId),
}

impl KoruDelta {
    /// Opens a database in memory. It is gone with the last handle.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn start() -> Result<Self> {
        Self::start_with(Options::default())
    }

    /// Opens a database in memory, with options.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn start_with(options: Options) -> Result<Self> {
        Self::open(Host::in_memory(), options)
    }

    /// Opens the database in a folder, or makes it.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn start_with_path(path: impl AsRef<std::path::Path>) -> Result<Self> {
        Self::start_with_path_and(path, Options::default())
    }

    /// Opens the database in a folder, with options.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn start_with_path_and(path: impl AsRef<std::path::Path>, options: Options) -> Result<Self> {
        let host = Host::on_disk(path.as_ref(), options.create && !options.read_only)
            .map_err(|e| Error::io(e, "open the folder", &path.as_ref().display().to_string()))?;
        Self::open(host, options)
    }

    /// Opens a database in a world of the caller's.
    #[allow(clippy::needless_pass_by_value, reason = "a world and its options are given away")]
    pub fn open(host: Host, options: Options) -> Result<Self> {
        let store = Store::open(&host, &options)?;
        Ok(Self { _close: Arc::new(CloseOnDrop(store.clone())), store })
    }

    /// The database as it is now.
    pub fn now(&self) -> Result<View> {
        View::now(&self.store)
    }

    /// The database at a moment: a version id, a time, `-10m`, `seq:123`. Every read exists there as well.
    pub fn at(&self, moment: impl ToMoment) -> Result<View> {
        self.now()?.into_at(moment)
    }

    /// Writes a version of a document. A float that is no number becomes `null`, as `serde_json` has it.
    pub fn put<T: Serialize + ?Sized>(&self, namespace: &str, key: &str, value: &T) -> Result<Version> {
        let text = serde_json::to_vec(value)
            .map_err(|e| Error::new(Code::InvalidJson, format!("The value cannot be written as JSON: {e}.")))?;
        self.put_json(namespace, key, &text, WriteOptions::default())
    }

    /// Writes a version of a document given as JSON text.
    pub fn put_json(&self, namespace: &str, key: &str, text: &[u8], options: WriteOptions<'_>) -> Result<Version> {
        self.write_one(guarded(namespace, key, options)?, namespace, key, Some(text))
    }

    /// Writes many documents at once, all or none: `(namespace, key, value)` each.
    pub fn batch_put<'a, T: Serialize + 'a>(
        &self,
        items: impl IntoIterator<Item = (&'a str, &'a str, T)>,
    ) -> Result<Receipt> {
        let mut batch = Batch::new();
        for (namespace, key, value) in items {
            batch.put(namespace, key, &value)?;
        }
        self.write(batch)
    }

    /// Writes a batch, all or none.
    pub fn write(&self, batch: Batch) -> Result<Receipt> {
        self.write_all(vec![batch]).pop().unwrap_or_else(|| Err(Error::new(Code::Closed, "The batch got no answer.")))
    }

    /// Writes several batches, each on its own all or none, with one sync for all of them.
    pub fn write_all(&self, batches: Vec<Batch>) -> Vec<Result<Receipt>> {
        let committed = self.store.commit(batches);
        committed.into_iter().map(|result| result.map(|c| Receipt::new(&self.store, c))).collect()
    }

    /// Writes a delete: the key has no document from here on, and keeps its history.
    pub fn delete(&self, namespace: &str, key: &str) -> Result<Version> {
        self.delete_with(namespace, key, WriteOptions::default())
    }

    /// Writes a delete, with a guard or annotations.
    pub fn delete_with(&self, namespace: &str, key: &str, options: WriteOptions<'_>) -> Result<Version> {
        if let Some(written) = self.written_as(namespace, key, options)? {
            return Ok(written);
        }
        if options.if_version != IfVersion::Any {
            return self.write_one(guarded(namespace, key, options)?, namespace, key, None);
        }
        // A delete of nothing is refused, so it depends on what is there.
        Self::retry(|| {
            let current = self.now()?.get_or_err(namespace, key)?;
            let options = WriteOptions { if_version: IfVersion::Is(current.version), ..options };
            self.write_one(guarded(namespace, key, options)?, namespace, key, None)
        })
    }

    /// Writes what a key had before its last change, as a new version.
    pub fn revert(&self, namespace: &str, key: &str) -> Result<Version> {
        self.revert_with(namespace, key, None, WriteOptions::default())
    }

    /// Writes what a key had at a moment (or before its last change), as a new version. Where it had no document, the
    /// new version is a delete. An undo is a write like any other, and can be undone.
    pub fn revert_with(
        &self,
        namespace: &str,
        key: &str,
        moment: Option<&Moment>,
        options: WriteOptions<'_>,
    ) -> Result<Version> {
        if let Some(written) = self.written_as(namespace, key, options)? {
            return Ok(written);
        }
        let attempt = || {
            let now = self.now()?;
            let address = address(namespace, key)?;
            let mut versions = now.versions_of(&address, &now.horizon, 2)?.into_iter();
            let Some(newest) = versions.next() else { return Err(absent::key(&now, namespace, key)?) };
            let target = match moment {
                None => versions.next(),
                Some(moment) => now.state.find(&address, &now.at(moment)?.horizon)?,
            };
            let document = |found| self.store.document(found);
            let then = target.as_ref().filter(|f| !f.deleted).map(document).transpose()?;
            let present = Some(&newest).filter(|f| !f.deleted).map(document).transpose()?;
            if then == present {
                let log = format!("kdelta log {}", crate::address::spoken(namespace, key));
                return Err(Error::new(
                    Code::NothingToRevert,
                    format!("'{namespace}/{key}' already is what it was then."),
                )
                .hint("To see what it was when", Some(log)));
            }
            let if_version = match options.if_version {
                IfVersion::Any => IfVersion::Is(self.store.version_id_of(&newest)?),
                asked => asked,
            };
            let batch = guarded(namespace, key, WriteOptions { if_version, ..options })?;
            self.write_one(batch, namespace, key, then.as_deref())
        };
        // A guard of the caller's own is not for us to try again with.
        if options.if_version == IfVersion::Any { Self::retry(attempt) } else { attempt() }
    }

    /// Reads and writes as if alone: the writes of `body` happen together, or `body` runs again because somebody wrote
    /// what it had read. After 32 attempts the conflict is the answer.
    pub fn transact<T>(&self, mut body: impl FnMut(&mut Transaction) -> Result<T>) -> Result<T> {
        Self::retry(|| {
            let mut transaction = Transaction::new(self.now()?);
            let answer = body(&mut transaction)?;
            self.write(transaction.into_batch()?)?;
            Ok(answer)
        })
    }

    /// The document of a key; `None` when it has none.
    pub fn get<T: DeserializeOwned>(&self, namespace: &str, key: &str) -> Result<Option<T>> {
        self.now()?.get(namespace, key)
    }

    /// The document of a key at a moment.
    pub fn get_at<T: DeserializeOwned>(&self, namespace: &str, key: &str, moment: impl ToMoment) -> Result<Option<T>> {
        self.at(moment)?.get(namespace, key)
    }

    /// The document of a key as the JSON text that was written.
    pub fn get_json(&self, namespace: &str, key: &str) -> Result<Option<Vec<u8>>> {
        self.now()?.get_json(namespace, key)
    }

    /// The newest version of a key; `None` when the key has no document.
    pub fn get_version(&self, namespace: &str, key: &str) -> Result<Option<Version>> {
        self.now()?.get_version(namespace, key)
    }

    /// The newest version of a key, or the error that tells why it has no document.
    pub fn get_or_err(&self, namespace: &str, key: &str) -> Result<Version> {
        self.now()?.get_or_err(namespace, key)
    }

    /// The versions of a key, newest first.
    pub fn history(&self, namespace: &str, key: &str, query: HistoryQuery<'_>) -> Result<Page> {
        self.now()?.history(namespace, key, query)
    }

    /// The keys of a namespace that have a document.
    pub fn list(&self, namespace: &str, query: ListQuery<'_>) -> Result<Page> {
        self.now()?.list(namespace, query)
    }

    /// The namespaces that have a document.
    pub fn namespaces(&self) -> Result<Vec<NamespaceInfo>> {
        self.now()?.namespaces(false)
    }

    /// How a key's document changed from one moment to another.
    pub fn diff(&self, namespace: &str, key: &str, from: impl ToMoment, to: impl ToMoment) -> Result<Difference> {
        let now = self.now()?;
        now.at(to)?.diff_since(&now.at(from)?, namespace, key)
    }

    /// The feed of all versions after a cursor.
    pub fn changes(&self, query: ChangesQuery<'_>) -> Result<ChangesPage> {
        self.now()?.changes(query)
    }

    /// Waits until something is written after the cursor's place, or the time is over; false then.
    pub fn wait_for_changes(&self, cursor: &str, timeout: Duration) -> Result<bool> {
        let newest = self.now()?.state.seq;
        let seq = Cursor::decode_place(cursor, newest)?;
        let newest = self.store.wait_after(seq, timeout);
        self.store.check_open()?;
        Ok(newest > seq)
    }

    /// Makes durable what was acknowledged under a weaker durability than `Sync`. Answers the seq up to which everything
    /// is on stable storage.
    pub fn sync(&self) -> Result<u64> {
        self.store.check_writable()?;
        let newest = self.store.state().seq;
        self.store.sync_log()?;
        Ok(newest)
    }

    /// Moves everything from the log to sorted segments and merges what is due. Never needed: it happens by itself.
    pub fn flush(&self) -> Result<()> {
        self.store.flush()
    }

    /// Closes the database for all its handles. Calls after it fail with `closed`; a second close does nothing.
    pub fn close(&self) -> Result<()> {
        self.store.close()
    }

    /// Puts a sealed database under another key. Nothing is written anew but the manifest; afterwards `old` opens
    /// nothing any more. Copies of the folder made before still open with it.
    pub fn change_key(&self, old: &SealKey, new: &SealKey) -> Result<()> {
        // A close waits for the writer's lock: after it, the manifest is the next owner's.
        let _writer = lock(&self.store.writer);
        self.store.check_writable()?;
        let record = lock(&self.store.ledger).manifest.keyring.clone().ok_or_else(keyring::not_sealed)?;
        let record = record.rewrap(&*self.store.files.entropy, old, new)?;
        self.store.amend(|manifest| manifest.keyring = Some(record))
    }

    /// When a write is acknowledged.
    pub fn durability(&self) -> Durability {
        self.store.options.durability
    }

    /// Writes a document, or with `None` a delete, as the only version of a batch.
    fn write_one(&self, mut batch: Batch, namespace: &str, key: &str, text: Option<&[u8]>) -> Result<Version> {
        match text {
            Some(text) => batch.put_json(namespace, key, text)?,
            None => batch.delete(namespace, key)?,
        };
        let meta = batch.meta.clone();
        self.write(batch)?.record(&address(namespace, key)?, meta, text.is_none())
    }

    /// What was written already under the idempotency key of the options. A write that looks at what is there asks first: it
    /// has changed that itself.
    fn written_as(&self, namespace: &str, key: &str, options: WriteOptions<'_>) -> Result<Option<Version>> {
        let Some(name) = options.idempotency_key else { return Ok(None) };
        let Some(committed) = self.store.written_as(name, &address(namespace, key)?)? else { return Ok(None) };
        Ok(Receipt::new(&self.store, committed).versions(0..1)?.pop())
    }

    fn retry<T>(mut attempt: impl FnMut() -> Result<T>) -> Result<T> {
        let mut tries = 1;
        loop {
            match attempt() {
                Err(error) if error.code() == Code::Conflict && tries < MAX_TRIES => tries += 1,
                result => return result,
            }
        }
    }
}

const MAX_TRIES: u32 = 32;

fn guarded(namespace: &str, key: &str, options: WriteOptions<'_>) -> Result<Batch> {
    let mut batch = Batch::new();
    batch.annotate(options.actor, options.reason)?.idempotency_key(options.idempotency_key)?;
    match options.if_version {
        IfVersion::Any => {}
        IfVersion::Absent => drop(batch.expect(namespace, key, None)?),
        IfVersion::Is(version) => drop(batch.expect(namespace, key, Some(version))?),
    }
    Ok(batch)
}

impl fmt::Debug for KoruDelta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KoruDelta").field("location", &self.store.files.vfs.location()).finish_non_exhaustive()
    }
}
