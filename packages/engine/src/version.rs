//! A version, as the public API hands it out.

use serde::de::DeserializeOwned;

use crate::address::split_address;
use crate::annotation::Annotation;
use crate::code::Code;
use crate::document::reason_of;
use crate::entry::Found;
use crate::error::{Error, Result};
use crate::stamp::Stamp;
use crate::store::Store;
use crate::version_id::VersionId;

/// One version of one key: what was written, when, and what was there before.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Version {
    /// The namespace.
    pub namespace: String,
    /// The key.
    pub key: String,
    /// The version's own name.
    pub version: VersionId,
    /// This database's gapless order of versions, from 1.
    pub seq: u64,
    /// When its commit happened. Rises with every commit, whatever the wall clock does.
    pub timestamp: Stamp,
    /// Whether it is a delete.
    pub deleted: bool,
    /// The document as JSON text. `None` for a delete, and where documents were not asked for.
    pub value: Option<String>,
    /// The version of the key that it superseded.
    pub previous: Option<VersionId>,
    /// Who wrote it.
    pub actor: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Where it came from, when it was imported and stamped anew.
    pub origin: Option<Origin>,
}

/// What an imported version was called before it was stamped anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// Its stamp.
    pub timestamp: Stamp,
    /// Its id, when it had one.
    pub version: Option<VersionId>,
}

impl Version {
    /// The document, read as a `T`. `None` for a delete, and where documents were not asked for.
    pub fn value_as<T: DeserializeOwned>(&self) -> Result<Option<T>> {
        self.value.as_deref().map(|text| parse(text.as_bytes())).transpose()
    }
}

/// Reads a stored document as a `T`.
pub(crate) fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T> {
    serde_json::from_slice(text).map_err(|e| {
        Error::new(Code::InvalidJson, format!("The document cannot be read as the type asked for: {}.", reason_of(&e)))
            .hint("Ask for serde_json::Value, or for the text itself", None)
    })
}

impl Store {
    /// Makes a version of what was found under a store's key.
    pub(crate) fn version(
        &self,
        address: &[u8],
        found: Found,
        previous: Option<VersionId>,
        with_value: bool,
    ) -> Result<Version> {
        let damaged = || Error::new(Code::Corrupt, "A stored version has a name or a document that is not text.");
        let (namespace, key) = split_address(address).ok_or_else(damaged)?;
        let annotation = Annotation::of(&found.meta)?;
        let mut version = Version {
            namespace: namespace.to_owned(),
            key: key.to_owned(),
            version: VersionId::new(found.stamp, found.index, annotation.replica.unwrap_or(self.replica)),
            seq: found.seq,
            timestamp: Stamp::from_micros(found.stamp),
            deleted: found.deleted,
            value: None,
            previous,
            actor: annotation.actor.map(str::to_owned),
            reason: annotation.reason.map(str::to_owned),
            origin: annotation
                .origin_stamp
                .map(|us| Origin { timestamp: Stamp::from_micros(us), version: annotation.origin_id }),
        };
        if with_value && !found.deleted {
            version.value = Some(String::from_utf8(self.take_document(found)?).map_err(|_| damaged())?);
        }
        Ok(version)
    }
}
