//! What a batch got.

use std::fmt;
use std::sync::Arc;

use crate::commit::Committed;
use crate::entry::{Found, FoundContent, Horizon, OPEN_END};
use crate::error::{Error, Fact, Result};
use crate::options::Durability;
use crate::stamp::Stamp;
use crate::store::Store;
use crate::version::Version;
use crate::version_id::VersionId;
use crate::view::View;

/// The answer to a batch: one commit, and its versions on demand.
#[derive(Clone)]
pub struct Receipt {
    store: Arc<Store>,
    committed: Committed,
}

impl Receipt {
    pub(crate) fn new(store: &Arc<Store>, committed: Committed) -> Self {
        Self { store: store.clone(), committed }
    }

    /// How many versions were written.
    pub fn count(&self) -> u64 {
        u64::from(self.committed.count)
    }

    /// The seq of the first version; `None` when the batch was empty.
    pub fn first_seq(&self) -> Option<u64> {
        (self.committed.count > 0).then_some(self.committed.first_seq)
    }

    /// The seq of the last version.
    pub fn last_seq(&self) -> Option<u64> {
        self.committed.count.checked_sub(1).map(|n| self.committed.first_seq + u64::from(n))
    }

    /// The id of the first version.
    pub fn first(&self) -> Option<VersionId> {
        (self.committed.count > 0).then(|| self.id(0))
    }

    /// The id of the last version.
    pub fn last(&self) -> Option<VersionId> {
        self.committed.count.checked_sub(1).map(|n| self.id(n))
    }

    /// When the commit happened; `None` when the batch was empty.
    pub fn timestamp(&self) -> Option<Stamp> {
        (self.committed.count > 0).then(|| Stamp::from_micros(self.committed.stamp))
    }

    /// What was true when the batch was acknowledged.
    pub fn durability(&self) -> Durability {
        self.store.options.durability
    }

    /// The records of the versions at some places of the batch (`0..10`), in order, without their documents.
    pub fn versions(&self, places: std::ops::Range<u32>) -> Result<Vec<Version>> {
        let end = places.end.min(self.committed.count);
        if places.start >= end {
            return Ok(Vec::new());
        }
        let seq = |place: u32| self.committed.first_seq + u64::from(place);
        let state = self.store.state();
        let view = View { horizon: state.now(), state, store: self.store.clone() };
        view.state
            .versions_between(seq(places.start), seq(end - 1), &|_| true)?
            .into_iter()
            .map(|(address, found)| {
                let previous = view.previous_of(&address, &found)?;
                self.store.version(&address, found, previous, false)
            })
            .collect()
    }

    /// The record of the only version of the batch, whose name and annotations the caller has kept.
    pub(crate) fn record(&self, address: &[u8], meta: Vec<u8>, deleted: bool) -> Result<Version> {
        let previous = self.superseded(address)?;
        self.store.version(address, self.found(meta, deleted), previous, false)
    }

    /// What the only version of the batch superseded.
    pub(crate) fn superseded(&self, address: &[u8]) -> Result<Option<VersionId>> {
        // The commit counts, also when the database is being closed by now: so the state is taken without asking.
        let state = self.store.state();
        let before = Horizon::at_seq(self.committed.first_seq - 1);
        let found = state.find(address, &before).and_then(|found| match found {
            Some(found) => self.store.version_id_of(&found).map(Some),
            None => Ok(None),
        });
        found.map_err(|error| {
            let id = self.id(0);
            let detail = format!("The write counts as version {id}, but what it superseded cannot be read. {error}");
            let hint = Some("kdelta verify".to_owned());
            Error::new(error.code(), detail)
                .fact("version", Fact::Text(id.to_string()))
                .hint("To see the extent of the damage", hint)
        })
    }

    fn found(&self, meta: Vec<u8>, deleted: bool) -> Found {
        Found {
            seq: self.committed.first_seq,
            index: 0,
            stamp: self.committed.stamp,
            ended: OPEN_END,
            deleted,
            meta,
            content: FoundContent::Inline(Vec::new().into()),
        }
    }

    fn id(&self, place: u32) -> VersionId {
        VersionId::new(self.committed.stamp, place, self.store.replica)
    }
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receipt").field("committed", &self.committed).finish_non_exhaustive()
    }
}
