//! One door for every language: an operation's name and JSON in, JSON out.
//!
//! NAPI, WASM, stdio and HTTP carry the same calls; a new operation is added here and in the table of the protocol.
//! Params are strict: a member that an operation does not know is refused by name.

mod columns;
mod grant;
mod loading;
mod many;
mod opening;
mod params;
mod reading;
mod results;
mod rpc;

use std::sync::Arc;

use serde::Deserialize;

use grant::Grant;
pub use loading::{DoorBatch, DoorExporter, DoorImporter, DoorLoader};
use opening::{ExporterParams, ImporterParams, LoaderParams, OpenParams};
pub use params::OPERATIONS;
use params::{
    BatchParams, ChangesParams, DeleteParams, DiffNamespaceParams, DiffParams, GetParams, HistoryParams, ListParams,
    NamespacesParams, PutParams, RevertParams, StatsParams, SyncParams, VerifyParams,
};
use reading::{Named, expect, if_version};

use crate::absent;
use crate::batch::Batch;
use crate::changes::{ChangesPage, ChangesQuery};
use crate::code::Code;
use crate::database::{KoruDelta, WriteOptions};
use crate::document::reason_of;
use crate::error::{Error, Result};
use crate::loader::{LineOptions, Loader};
use crate::render;
use crate::view::{HistoryQuery, ListQuery, View, parse_moment};

/// The longest that `changes` waits.
const MAX_WAIT_MS: usize = 60_000;

/// The options that every single write takes.
macro_rules! write_options {
    ($p:ident) => {
        WriteOptions {
            actor: $p.actor.as_deref(),
            reason: $p.reason.as_deref(),
            if_version: if_version($p.if_version)?,
            idempotency_key: $p.idempotency_key.as_deref(),
        }
    };
}

/// An open database, as a carrier holds it.
#[derive(Debug, Clone)]
pub struct Door {
    db: KoruDelta,
    /// What it is open for; without one, everything.
    grant: Option<Arc<Grant>>,
}

impl Door {
    /// Opens a database as the JSON of its options says; without a `path` in memory.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn open(options: &str) -> Result<Self> {
        let params: OpenParams<'_> = parse(options)?;
        let options = params.options()?;
        let db = match &params.path {
            Some(path) => KoruDelta::start_with_path_and(&**path, options)?,
            None => KoruDelta::start_with(options)?,
        };
        Ok(Self::new(db))
    }

    /// A door to a database that is open already.
    pub fn new(db: KoruDelta) -> Self {
        Self { db, grant: None }
    }

    /// The database behind the door.
    pub fn database(&self) -> &KoruDelta {
        &self.db
    }

    /// Carries out one operation.
    pub fn call(&self, operation: &str, params: &str) -> Result<String> {
        self.perform(operation, params).map_err(|error| self.discreet(error, None))
    }

    fn perform(&self, operation: &str, params: &str) -> Result<String> {
        let mut out = Vec::new();
        match operation {
            "put" => {
                let p: PutParams<'_> = parse(params)?;
                self.require_write(&p.namespace)?;
                let options = write_options!(p);
                render::version(&self.db.put_json(&p.namespace, &p.key, p.value.get().as_bytes(), options)?, &mut out);
            }
            "delete" => {
                let p: DeleteParams<'_> = parse(params)?;
                self.require_write(&p.namespace)?;
                let deleted = self.db.delete_with(&p.namespace, &p.key, write_options!(p));
                render::version(&deleted.map_err(|e| self.discreet(e, Some(&p.namespace)))?, &mut out);
            }
            "revert" => {
                let p: RevertParams<'_> = parse(params)?;
                self.require_write(&p.namespace)?;
                let moment = p.at.as_deref().map(parse_moment).transpose()?;
                let reverted = self.db.revert_with(&p.namespace, &p.key, moment.as_ref(), write_options!(p));
                render::version(&reverted.map_err(|e| self.discreet(e, Some(&p.namespace)))?, &mut out);
            }
            "batch" => results::receipt(&self.db.write(self.batch_of(&parse(params)?)?)?, &mut out),
            "get" => self.get(&parse(params)?, &mut out)?,
            "history" => self.history(&parse(params)?, &mut out)?,
            "list" => self.list(&parse(params)?, &mut out)?,
            "namespaces" => {
                let p: NamespacesParams<'_> = parse(params)?;
                let mut namespaces = self.view(p.at.as_deref())?.namespaces(p.counts)?;
                namespaces.retain(|namespace| self.reads(&namespace.name));
                results::namespaces(&namespaces, &mut out);
            }
            "diff" => self.diff(&parse(params)?, &mut out)?,
            "diffNamespace" => self.diff_namespace(&parse(params)?, &mut out)?,
            "changes" => results::changes(&self.changes(&parse(params)?)?, &mut out),
            "sync" => {
                let _: SyncParams = parse(params)?;
                self.require_writer()?;
                results::synced(self.db.sync()?, &mut out);
            }
            "stats" => {
                let p: StatsParams = parse(params)?;
                self.require_any()?;
                results::stats(&self.db.now()?.stats(p.counts)?, &mut out);
            }
            "verify" => {
                let _: VerifyParams = parse(params)?;
                self.require_admin()?;
                results::verification(&self.db.now()?.verify()?, &mut out);
            }
            other => return Err(unknown_operation(other)),
        }
        text(out)
    }

    /// The document of a key as JSON text, and nothing around it.
    pub fn get_value(&self, namespace: &str, key: &str, at: Option<&str>) -> Result<Option<Vec<u8>>> {
        self.lend_value(namespace, key, at, <[u8]>::to_vec)
    }

    /// [`get_value`](Self::get_value) without a copy: `take` is lent the text.
    pub fn lend_value<R>(
        &self,
        namespace: &str,
        key: &str,
        at: Option<&str>,
        take: impl FnOnce(&[u8]) -> R,
    ) -> Result<Option<R>> {
        self.require_read(namespace)?;
        self.view(at)?.lend_json(namespace, key, take)
    }

    /// Carries out many writes with one sync: `[{"op":…,"params":…}]` to `[{"ok":…} | {"error":…}]`. How, is told in
    /// `door/many.rs`.
    pub fn call_many(&self, calls: &str) -> String {
        String::from_utf8_lossy(&many::call_many(self, calls)).into_owned()
    }

    /// Writes newline-delimited JSON as one batch.
    pub fn batch_lines(&self, bytes: &[u8], options: &str) -> Result<String> {
        let options: LoaderParams<'_> = parse(options)?;
        let mut loader = Loader::onto(Batch::within(self.realm()), &self.db, LineOptions::from(&options))?;
        loader.feed(bytes)?;
        let mut out = Vec::new();
        results::receipt(&loader.commit()?, &mut out);
        text(out)
    }

    /// A batch whose writes come piece by piece; `options` are `{actor?, reason?, idempotencyKey?}`.
    pub fn batch(&self, options: &str) -> Result<DoorBatch> {
        DoorBatch::new(self.clone(), &parse(options)?)
    }

    /// A loader of lines that come piece by piece.
    pub fn loader(&self, options: &str) -> Result<DoorLoader> {
        let options: LoaderParams<'_> = parse(options)?;
        let batch = Batch::within(self.realm());
        Ok(DoorLoader::new(Loader::onto(batch, &self.db, LineOptions::from(&options))?))
    }

    /// An export, as of a moment if one is named.
    pub fn exporter(&self, options: &str) -> Result<DoorExporter> {
        let options: ExporterParams<'_> = parse(options)?;
        self.require_read_all()?;
        Ok(DoorExporter::new(self.view(options.at.as_deref())?.export()?))
    }

    /// An import.
    pub fn importer(&self, options: &str) -> Result<DoorImporter> {
        let options: ImporterParams = parse(options)?;
        self.require_admin()?;
        DoorImporter::new(&self.db, options.restamp)
    }

    /// Waits until something is written after the cursor's place; false when the time is over first.
    pub fn wait_for_changes(&self, cursor: &str, timeout_ms: u64) -> Result<bool> {
        self.db.wait_for_changes(cursor, core::time::Duration::from_millis(timeout_ms))
    }

    /// Closes the database.
    pub fn close(&self) -> Result<()> {
        self.db.close()
    }

    /// The batch of the operation `batch`.
    fn batch_of(&self, p: &BatchParams<'_>) -> Result<Batch> {
        if p.ops.is_none() && p.columns.is_none() {
            return Err(Error::new(Code::InvalidParams, "The parameters cannot be used: `ops` is missing.")
                .hint("A batch is a list of writes; an empty one is written []", None));
        }
        let mut batch = Batch::within(self.realm());
        add(&mut batch, p)?;
        Ok(batch)
    }

    fn view(&self, at: Option<&str>) -> Result<View> {
        at.map_or_else(|| self.db.now(), |moment| self.db.at(moment))
    }

    fn get(&self, p: &GetParams<'_>, out: &mut Vec<u8>) -> Result<()> {
        self.require_read(&p.namespace)?;
        let view = self.view(p.at.as_deref())?;
        let version = if p.required {
            Some(view.get_or_err(&p.namespace, &p.key)?)
        } else {
            view.get_version(&p.namespace, &p.key)?
        };
        match version {
            Some(version) => render::version(&version, out),
            None => out.extend_from_slice(b"null"),
        }
        Ok(())
    }

    fn history(&self, p: &HistoryParams<'_>, out: &mut Vec<u8>) -> Result<()> {
        self.require_read(&p.namespace)?;
        let view = self.view(p.at.as_deref())?;
        let query = HistoryQuery { limit: p.limit, cursor: p.cursor.as_deref(), values: p.values };
        let page = view.history(&p.namespace, &p.key, query)?;
        if page.versions.is_empty() && p.required && p.cursor.is_none() {
            return Err(absent::key(&view, &p.namespace, &p.key)?);
        }
        results::page("versions", &page, out);
        Ok(())
    }

    fn list(&self, p: &ListParams<'_>, out: &mut Vec<u8>) -> Result<()> {
        self.require_read(&p.namespace)?;
        let view = self.view(p.at.as_deref())?;
        let query = ListQuery {
            prefix: p.prefix.as_deref().unwrap_or_default(),
            from: p.from.as_deref(),
            to: p.to.as_deref(),
            reverse: p.reverse,
            limit: p.limit,
            cursor: p.cursor.as_deref(),
            values: p.values,
        };
        let page = view.list(&p.namespace, query)?;
        if page.versions.is_empty() && p.required && p.cursor.is_none() {
            let all = ListQuery { limit: 1, values: false, ..ListQuery::default() };
            if view.list(&p.namespace, all)?.versions.is_empty() {
                return Err(absent::namespace(&view, &p.namespace)?);
            }
        }
        results::page("items", &page, out);
        Ok(())
    }

    /// A page of the feed; where there is none yet, it waits for one as long as the caller wants.
    fn changes(&self, p: &ChangesParams<'_>) -> Result<ChangesPage> {
        match p.namespace.as_deref() {
            Some(namespace) => self.require_read(namespace)?,
            None => self.require_read_all()?,
        }
        let query = ChangesQuery {
            since: p.since.as_deref(),
            namespace: p.namespace.as_deref(),
            prefix: p.prefix.as_deref().unwrap_or_default(),
            limit: p.limit,
            values: p.values,
        };
        let page = self.db.changes(query)?;
        let wait = p.wait_ms.unwrap_or(0);
        if wait > MAX_WAIT_MS {
            return Err(Error::new(Code::InvalidParams, format!("waitMs is at most {MAX_WAIT_MS}, not {wait}."))
                .hint("Ask again when the wait is over", None));
        }
        if wait == 0 || !page.changes.is_empty() || page.more || !self.wait_for_changes(&page.cursor, wait as u64)? {
            return Ok(page);
        }
        self.db.changes(ChangesQuery { since: Some(&page.cursor), ..query })
    }

    fn diff_namespace(&self, p: &DiffNamespaceParams<'_>, out: &mut Vec<u8>) -> Result<()> {
        self.require_read(&p.namespace)?;
        let (earlier, later) = (self.view(Some(&p.from))?, self.view(p.to.as_deref())?);
        let prefix = p.prefix.as_deref().unwrap_or_default();
        let page = later.diff_namespace(&earlier, &p.namespace, prefix, p.limit, p.cursor.as_deref())?;
        results::differences(&page, out);
        Ok(())
    }

    fn diff(&self, p: &DiffParams<'_>, out: &mut Vec<u8>) -> Result<()> {
        self.require_read(&p.namespace)?;
        let later = self.view(p.to.as_deref())?;
        let difference = match p.from.as_deref() {
            Some(from) => later.diff_since(&self.view(Some(from))?, &p.namespace, &p.key)?,
            None => later.diff_last(&p.namespace, &p.key)?,
        };
        results::difference(&difference, out);
        Ok(())
    }
}

/// Checks the database in a folder without opening it; takes the options of an open, of which `path` and `key` count.
#[cfg(not(target_arch = "wasm32"))]
pub fn verify_folder(options: &str) -> Result<String> {
    let params: OpenParams<'_> = parse(options)?;
    let path = params.path.as_deref().ok_or_else(|| {
        Error::new(Code::InvalidParams, "A check without an open needs the path of a folder.").hint("Name it", None)
    })?;
    let mut out = Vec::new();
    results::inspection(&crate::inspection::verify_path(path, &params.options()?)?, &mut out);
    text(out)
}

/// Adds the writes of `p` to a batch, under its annotations when it has some.
fn add(batch: &mut Batch, p: &BatchParams<'_>) -> Result<()> {
    if p.actor.is_some() || p.reason.is_some() {
        batch.annotate(p.actor.as_deref(), p.reason.as_deref())?;
    }
    if p.idempotency_key.is_some() {
        batch.idempotency_key(p.idempotency_key.as_deref())?;
    }
    for expectation in p.expect.iter().flatten() {
        expect(batch, &expectation.namespace, &expectation.key, Some(expectation.version.clone()))?;
    }
    if let Some(columns) = &p.columns {
        columns.add_to(batch)?;
    }
    for op in p.ops.iter().flatten() {
        expect(batch, &op.namespace, &op.key, op.if_version.clone())?;
        match (op.value, op.delete) {
            (Some(value), false) => batch.put_json(&op.namespace, &op.key, value.get().as_bytes())?,
            (None, true) => batch.delete(&op.namespace, &op.key)?,
            _ => {
                return Err(Error::new(
                    Code::InvalidParams,
                    format!(
                        "The write of '{:.64}/{:.64}' needs either a value or \"delete\":true.",
                        op.namespace, op.key
                    ),
                )
                .hint("Give one of the two", None));
            }
        };
    }
    Ok(())
}

/// Reads params, with an error that names what is wrong with them.
pub(crate) fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T> {
    read::<Named<T>>(text).map(|named| named.0)
}

/// The same of what is not one object.
fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T> {
    serde_json::from_str(text).map_err(|e| {
        let reason = reason_of(&e);
        let error = Error::new(Code::InvalidParams, format!("The parameters cannot be used: {reason:.500}."));
        meant(error, &reason).hint("Params are one JSON object; what each operation takes is in the reference", None)
    })
}

/// Suggests members where one is unknown: serde names it, and those that are known, between backquotes.
fn meant(mut error: Error, reason: &str) -> Error {
    let mut names = reason.split('`').skip(1).step_by(2);
    if reason.starts_with("unknown field")
        && let Some(unknown) = names.next()
    {
        for near in crate::suggest::nearest(unknown, names, 3) {
            error = error.suggest(crate::error::Suggestion { text: near.text.to_owned(), why: near.why.to_string() });
        }
    }
    error
}

fn unknown_operation(name: &str) -> Error {
    let mut error = Error::new(Code::UnknownOperation, format!("There is no operation '{name:.64}'."));
    for near in crate::suggest::nearest(name, OPERATIONS.iter().copied(), 3) {
        error = error.suggest(crate::error::Suggestion { text: near.text.to_owned(), why: near.why.to_string() });
    }
    error.hint(format!("The operations are {}", OPERATIONS.join(", ")), Some("kdelta help".into()))
}

pub(crate) fn text(out: Vec<u8>) -> Result<String> {
    String::from_utf8(out).map_err(|_| Error::new(Code::Corrupt, "A stored document is not text."))
}
