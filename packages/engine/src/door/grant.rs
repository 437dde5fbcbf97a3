//! What a caller may do: a door can be opened wide, or for some namespaces and some work alone.
//!
//! A grant is `{"read": [pattern …], "write": [pattern …], "admin": false}`, with the patterns of [`Globs`]. It is judged
//! here and in the batches that the door makes, so every carrier refuses alike, and before anything is looked up.

use std::sync::Arc;

use serde::Deserialize;

use super::{Door, parse};
use crate::code::Code;
use crate::error::{Error, Fact, Result};
use crate::globs::{Globs, forbidden, forbidden_whole, require};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Grant {
    #[serde(default)]
    read: Globs,
    #[serde(default)]
    write: Globs,
    /// Checks and imports, which touch the whole database.
    #[serde(default)]
    admin: bool,
}

impl Door {
    /// The same database through a narrower door. A door that is narrow already stays as it is: it refuses.
    pub fn restricted(&self, grant: &str) -> Result<Self> {
        require(self.grant.is_none(), || forbidden_whole("admin"))?;
        Ok(Self { db: self.db.clone(), grant: Some(Arc::new(parse(grant)?)) })
    }

    /// Whether a namespace may be read.
    pub(super) fn reads(&self, namespace: &str) -> bool {
        self.grant.as_ref().is_none_or(|grant| grant.read.cover(namespace))
    }

    pub(super) fn require_read(&self, namespace: &str) -> Result<()> {
        require(self.reads(namespace), || forbidden("read", namespace))
    }

    /// For what shows all namespaces.
    pub(super) fn require_read_all(&self) -> Result<()> {
        require(self.grant.as_ref().is_none_or(|grant| grant.read.cover_all()), || forbidden_whole("read"))
    }

    /// For what shows no document: any right will do.
    pub(super) fn require_any(&self) -> Result<()> {
        let any = |grant: &Arc<Grant>| grant.admin || !grant.read.is_empty() || !grant.write.is_empty();
        require(self.grant.as_ref().is_none_or(any), || forbidden_whole("read"))
    }

    /// For what changes no document.
    pub(super) fn require_writer(&self) -> Result<()> {
        let writer = |grant: &Arc<Grant>| grant.admin || !grant.write.is_empty();
        require(self.grant.as_ref().is_none_or(writer), || {
            Error::new(Code::Forbidden, "The key may write nowhere, and this call needs a writer.")
                .hint("Use a key with that scope", Some("kdelta key create NAME --write '*'".into()))
        })
    }

    pub(super) fn require_write(&self, namespace: &str) -> Result<()> {
        let may = self.grant.as_ref().is_none_or(|grant| grant.write.cover(namespace));
        require(may, || forbidden("write", namespace))
    }

    pub(super) fn require_admin(&self) -> Result<()> {
        require(self.grant.as_ref().is_none_or(|grant| grant.admin), || forbidden_whole("admin"))
    }

    /// The namespaces that a batch of this door may write; `None` for all.
    pub(super) fn realm(&self) -> Option<Globs> {
        self.grant.as_ref().map(|grant| grant.write.clone())
    }

    /// The failure of a call, without what its caller may not read.
    pub(super) fn discreet(&self, error: Error, namespace: Option<&str>) -> Error {
        let Some(grant) = &self.grant else { return error };
        let guarded = match error.get_fact("namespace") {
            Some(Fact::Text(guarded)) => Some(guarded.clone()),
            _ => namespace.map(str::to_owned),
        };
        let shown = guarded.is_none_or(|namespace| grant.read.cover(&namespace));
        let names_keys = matches!(error.code(), Code::KeyNotFound | Code::KeyDeleted | Code::NotYetWritten);
        let readable = |text: &str| grant.read.cover(text.split('/').next().unwrap_or_default());
        error.retain(
            |suggestion| !names_keys || readable(&suggestion.text),
            |fact| shown || !["currentValue", "currentVersion", "deletedBy"].contains(&fact),
        )
    }
}
