//! Reading: the whole of it, at one moment.
//!
//! A [`View`] is a snapshot that costs nothing to take and holds nothing up. The database itself reads through the
//! view of "now", so every read exists at every moment, with one implementation.

use std::sync::Arc;

use serde::de::DeserializeOwned;

use crate::absent;
use crate::address::{address, check_namespace, with_address};
use crate::code::Code;
use crate::cursor::{Call, Cursor};
use crate::entry::{Found, Horizon};
use crate::error::{Error, Result};
use crate::moment::{Moment, ToMoment};
use crate::scan::{Scan, prefix_end};
use crate::state::State;
use crate::store::Store;
use crate::version::{Version, parse};
use crate::version_id::VersionId;

/// The most versions or keys that one page can hold.
pub const MAX_PAGE: usize = 10_000;
/// A page ends before its documents pass this many bytes together, unless it has one alone.
pub const MAX_PAGE_BYTES: usize = 32 << 20;

/// The database at one moment. Later writes do not change what it answers.
#[derive(Clone)]
pub struct View {
    pub(crate) store: Arc<Store>,
    pub(crate) state: Arc<State>,
    pub(crate) horizon: Horizon,
}

/// One page of versions, and where the next begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The versions, in the order of the call.
    pub versions: Vec<Version>,
    /// Give it to the same call for the next page. `None` on the last.
    pub cursor: Option<String>,
}

/// Which part of a history is wanted.
#[derive(Debug, Clone, Copy)]
pub struct HistoryQuery<'a> {
    /// How many versions at most.
    pub limit: usize,
    /// Where the page before ended.
    pub cursor: Option<&'a str>,
    /// Whether documents are wanted, or only who, when and in which order.
    pub values: bool,
}

impl Default for HistoryQuery<'_> {
    fn default() -> Self {
        Self { limit: 100, cursor: None, values: true }
    }
}

/// Which keys of a namespace are wanted.
#[derive(Debug, Clone, Copy)]
pub struct ListQuery<'a> {
    /// Keys that begin with it.
    pub prefix: &'a str,
    /// The first key, inclusive.
    pub from: Option<&'a str>,
    /// The last key, exclusive.
    pub to: Option<&'a str>,
    /// From the last key to the first.
    pub reverse: bool,
    /// How many keys at most.
    pub limit: usize,
    /// Where the page before ended.
    pub cursor: Option<&'a str>,
    /// Whether documents are wanted, or the keys alone.
    pub values: bool,
}

impl Default for ListQuery<'_> {
    fn default() -> Self {
        Self { prefix: "", from: None, to: None, reverse: false, limit: 100, cursor: None, values: true }
    }
}

/// A namespace that has documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamespaceInfo {
    /// Its name.
    pub name: String,
    /// How many keys of it have a document, where that was asked for.
    pub keys: Option<u64>,
}

impl View {
    pub(crate) fn now(store: &Arc<Store>) -> Result<Self> {
        store.check_open()?;
        let state = store.state();
        Ok(Self { store: store.clone(), horizon: state.now(), state })
    }

    /// The same database at a moment, within what this view sees: a version id, a time, `-10m`, `seq:123`.
    pub fn at(&self, moment: impl ToMoment) -> Result<Self> {
        self.clone().into_at(moment)
    }

    /// [`at`](Self::at) for a view that is not needed any more.
    pub(crate) fn into_at(mut self, moment: impl ToMoment) -> Result<Self> {
        let moment = parse_moment(moment)?;
        let stamp_horizon = |stamp: u64| {
            let bound = self.state.at_stamp(stamp);
            Horizon { stamp: bound.stamp.min(self.horizon.stamp), ..self.horizon }
        };
        self.horizon = match &moment {
            Moment::Time { us, .. } => stamp_horizon(*us),
            Moment::Ago { us: 0 } => self.horizon,
            Moment::Ago { us } => stamp_horizon(self.store.clock.now_us().saturating_sub(*us)),
            Moment::Version(text) => {
                let id: VersionId =
                    text.parse().map_err(|e| invalid_moment(format!("'{text:.60}' is no moment: {e}.")))?;
                stamp_horizon(id.stamp_us())
            }
            Moment::Seq(seq) => {
                Horizon { commit: self.state.at_commit_of(*seq).commit.min(self.horizon.commit), ..self.horizon }
            }
        };
        Ok(self)
    }

    /// The document of a key, read as a `T`; `None` when it has none.
    pub fn get<T: DeserializeOwned>(&self, namespace: &str, key: &str) -> Result<Option<T>> {
        self.get_json(namespace, key)?.map(|text| parse(&text)).transpose()
    }

    /// The document of a key as the JSON text that was written.
    pub fn get_json(&self, namespace: &str, key: &str) -> Result<Option<Vec<u8>>> {
        self.lend_json(namespace, key, <[u8]>::to_vec)
    }

    /// [`get_json`](Self::get_json) without a copy: `take` is lent the text.
    pub fn lend_json<R>(&self, namespace: &str, key: &str, take: impl FnOnce(&[u8]) -> R) -> Result<Option<R>> {
        self.store.check_open()?;
        match with_address(namespace, key, |address| self.state.find(address, &self.horizon))? {
            Some(found) if !found.deleted => self.store.lend_document(&found, take).map(Some),
            _ => Ok(None),
        }
    }

    /// The newest version of a key with its document; `None` when the key has no document.
    pub fn get_version(&self, namespace: &str, key: &str) -> Result<Option<Version>> {
        self.store.check_open()?;
        let address = address(namespace, key)?;
        match self.state.find(&address, &self.horizon)? {
            Some(found) if !found.deleted => {
                let previous = self.previous_of(&address, &found)?;
                self.store.version(&address, found, previous, true).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// The newest version of a key with its document. That the key has none is an error, which tells why (never
    /// written, deleted and by whom, or not yet written at that moment) and what may have been meant.
    pub fn get_or_err(&self, namespace: &str, key: &str) -> Result<Version> {
        match self.get_version(namespace, key)? {
            Some(version) => Ok(version),
            None => Err(absent::key(self, namespace, key)?),
        }
    }

    /// The versions of a key, newest first, deletes included; nothing when it was never written.
    pub fn history(&self, namespace: &str, key: &str, query: HistoryQuery<'_>) -> Result<Page> {
        self.store.check_open()?;
        let address = address(namespace, key)?;
        let limit = check_limit(query.limit)?;
        let mut horizon = self.horizon;
        if let Some(text) = query.cursor {
            let cursor = Cursor::decode(text, Call::History, self.state.seq)?;
            if cursor.key != address {
                return Err(Error::new(Code::InvalidCursor, "The cursor belongs to the history of another key.")
                    .hint("Leave it out for the first page", None));
            }
            horizon = Horizon { seq: cursor.seq.saturating_sub(1), ..cursor.horizon };
        }
        let mut found = self.versions_of(&address, &horizon, limit + 1)?;
        let fitting = fitting(found.iter(), limit, query.values);
        let more = found.len() > fitting;
        let previous: Vec<_> =
            found.iter().skip(1).map(|f| self.store.version_id_of(f).map(Some)).collect::<Result<_>>()?;
        found.truncate(fitting);
        let cursor = found
            .last()
            .filter(|_| more)
            .map(|last| Cursor { call: Call::History, horizon, key: address.clone(), seq: last.seq }.encode());
        let mut previous = previous.into_iter();
        let versions = found
            .into_iter()
            .map(|one| self.store.version(&address, one, previous.next().flatten(), query.values))
            .collect::<Result<_>>()?;
        Ok(Page { versions, cursor })
    }

    /// The keys of a namespace that have a document, in byte order, with their newest versions.
    pub fn list(&self, namespace: &str, query: ListQuery<'_>) -> Result<Page> {
        self.store.check_open()?;
        check_namespace(namespace)?;
        let limit = check_limit(query.limit)?;
        let (mut start, mut end) = key_range(namespace, query.prefix, query.from, query.to);
        let mut horizon = self.horizon;
        if let Some(text) = query.cursor {
            let cursor = Cursor::decode(text, Call::List, self.state.seq)?;
            if !cursor.key.starts_with(&space_start(namespace)) {
                return Err(Error::new(Code::InvalidCursor, "The cursor belongs to the list of another namespace.")
                    .hint("Leave it out for the first page", None));
            }
            horizon = cursor.horizon;
            if query.reverse {
                end = end.min(cursor.key);
            } else {
                start = start.max([&cursor.key[..], &[0]].concat());
            }
        }
        let mut found = if query.reverse {
            Scan::last(&self.state, horizon, &start, end, limit + 1)?
        } else {
            self.first_of(horizon, &start, end, limit + 1)?
        };
        let fitting = fitting(found.iter().map(|(_, one)| one), limit, query.values);
        let more = found.len() > fitting;
        found.truncate(fitting);
        let cursor = found
            .last()
            .filter(|_| more)
            .map(|(address, _)| Cursor { call: Call::List, horizon, key: address.clone(), seq: 0 }.encode());
        let versions = found
            .into_iter()
            .map(|(address, one)| {
                let previous = self.previous_of(&address, &one)?;
                self.store.version(&address, one, previous, query.values)
            })
            .collect::<Result<_>>()?;
        Ok(Page { versions, cursor })
    }

    /// The namespaces that have a document. Counting their keys reads all of them.
    pub fn namespaces(&self, counts: bool) -> Result<Vec<NamespaceInfo>> {
        self.store.check_open()?;
        let mut scan = Scan::new(&self.state, self.horizon, b"", None)?;
        let mut namespaces: Vec<NamespaceInfo> = Vec::new();
        let mut skip_to: Option<Vec<u8>> = None;
        loop {
            if let Some(start) = skip_to.take() {
                scan.skip_to(&start)?;
            }
            let Some((address, found)) = scan.next()? else { return Ok(namespaces) };
            if found.deleted {
                continue;
            }
            let Some((name, _)) = crate::address::split_address(address) else { continue };
            match namespaces.last_mut() {
                Some(last) if last.name == name => last.keys = last.keys.map(|n| n + 1),
                _ => namespaces.push(NamespaceInfo { name: name.to_owned(), keys: counts.then_some(1) }),
            }
            if !counts {
                skip_to = prefix_end(&space_start(name));
            }
        }
    }

    /// The newest version that the view sees, of whatever key; `None` when nothing was written yet.
    pub fn last_version(&self) -> Result<Option<VersionId>> {
        let newest = self.newest_seq()?;
        let found = self.state.versions_between(newest, newest, &|_| true)?;
        found.last().map(|(_, found)| self.store.version_id_of(found)).transpose()
    }

    /// The newest version of the key before `found`.
    pub(crate) fn previous_of(&self, address: &[u8], found: &Found) -> Result<Option<VersionId>> {
        let before = Horizon::at_seq(found.seq - 1);
        self.state.find(address, &before)?.map(|f| self.store.version_id_of(&f)).transpose()
    }

    /// Up to `limit` versions of a key, newest first.
    pub(crate) fn versions_of(&self, address: &[u8], horizon: &Horizon, limit: usize) -> Result<Vec<Found>> {
        let mut merged = self.state.scan_key(address, horizon)?;
        let mut versions = Vec::new();
        while versions.len() < limit
            && let Some(entry) = merged.entry()
            && entry.key == address
        {
            versions.push(Found::from_entry(&entry));
            merged.advance()?;
        }
        Ok(versions)
    }

    fn first_of(&self, horizon: Horizon, start: &[u8], end: Vec<u8>, limit: usize) -> Result<Vec<(Vec<u8>, Found)>> {
        let mut scan = Scan::new(&self.state, horizon, start, Some(end))?;
        let mut found = Vec::new();
        while found.len() < limit
            && let Some((address, one)) = scan.next()?
        {
            if !one.deleted {
                found.push((address.to_vec(), one));
            }
        }
        Ok(found)
    }
}

/// Reads the text of a moment.
pub(crate) fn parse_moment(moment: impl ToMoment) -> Result<Moment> {
    moment.to_moment().map_err(|e| invalid_moment(format!("{e}.")))
}

fn invalid_moment(detail: String) -> Error {
    let forms =
        "A moment is a version id, a time such as 2026-02-06T14:30:00Z, a date, a time ago such as -10m, or seq:123";
    let hint = if detail.contains("seq:123") { "Leave the moment out for what is there now" } else { forms };
    Error::new(Code::InvalidMoment, detail).hint(hint, None)
}

/// The part of the store's key space that a namespace takes, and in it the keys with a prefix and between two bounds.
pub(crate) fn key_range(namespace: &str, prefix: &str, from: Option<&str>, to: Option<&str>) -> (Vec<u8>, Vec<u8>) {
    let space = space_start(namespace);
    let within = |key: &str| [&space, key.as_bytes()].concat();
    let mut start = within(prefix);
    let mut end = prefix_end(&start).unwrap_or_default();
    if let Some(from) = from {
        start = start.max(within(from));
    }
    if let Some(to) = to {
        end = end.min(within(to));
    }
    (start, end)
}

/// What all store's keys of a namespace begin with.
pub(crate) fn space_start(namespace: &str) -> Vec<u8> {
    [namespace.as_bytes(), &[0]].concat()
}

/// How many of what was found make one page: at most `limit`, and no more documents than a page's bytes hold, but one.
pub(crate) fn fitting<'a>(found: impl Iterator<Item = &'a Found>, limit: usize, values: bool) -> usize {
    let mut bytes = 0;
    let lengths = found.take(limit).map(|one| if values { one.document_len() } else { 0 });
    let full = lengths.take_while(|length| {
        let begun = bytes > 0;
        bytes += length;
        !begun || bytes <= MAX_PAGE_BYTES
    });
    full.count()
}

pub(crate) fn check_limit(limit: usize) -> Result<usize> {
    if limit == 0 || limit > MAX_PAGE {
        return Err(Error::new(Code::InvalidParams, format!("The limit is {limit}; a page holds 1 to {MAX_PAGE}."))
            .hint("Take several pages with the cursor", None));
    }
    Ok(limit)
}

impl std::fmt::Debug for View {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("View").field("horizon", &self.horizon).finish_non_exhaustive()
    }
}
