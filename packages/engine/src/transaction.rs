//! Reads and writes as if alone.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::address::{address, split_address};
use crate::batch::Batch;
use crate::code::Code;
use crate::document::check_document;
use crate::error::{Error, Result};
use crate::version::parse;
use crate::version_id::VersionId;
use crate::view::View;

/// What [`KoruDelta::transact`](crate::KoruDelta::transact) gives to its body.
///
/// Reads see the moment the attempt began and the transaction's own writes. Nothing is written before the body ends.
pub struct Transaction {
    view: View,
    /// The newest version of every key that was read, as it was.
    reads: BTreeMap<Vec<u8>, Option<VersionId>>,
    /// The documents to write; `None` for a delete.
    writes: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
}

impl Transaction {
    pub(crate) fn new(view: View) -> Self {
        Self { view, reads: BTreeMap::new(), writes: BTreeMap::new() }
    }

    /// The document of a key; `None` when it has none.
    pub fn get<T: DeserializeOwned>(&mut self, namespace: &str, key: &str) -> Result<Option<T>> {
        self.get_json(namespace, key)?.map(|text| parse(&text)).transpose()
    }

    /// The document of a key as JSON text.
    pub fn get_json(&mut self, namespace: &str, key: &str) -> Result<Option<Vec<u8>>> {
        let address = address(namespace, key)?;
        if let Some(written) = self.writes.get(&address) {
            return Ok(written.clone());
        }
        let found = self.view.state.find(&address, &self.view.horizon)?;
        let version = found.as_ref().map(|f| self.view.store.version_id_of(f)).transpose()?;
        self.reads.insert(address, version);
        found.filter(|f| !f.deleted).map(|f| self.view.store.take_document(f)).transpose()
    }

    /// Writes a document when the transaction ends.
    pub fn put<T: Serialize + ?Sized>(&mut self, namespace: &str, key: &str, value: &T) -> Result<()> {
        let text = serde_json::to_vec(value)
            .map_err(|e| Error::new(Code::InvalidJson, format!("The value cannot be written as JSON: {e}.")))?;
        self.put_json(namespace, key, &text)
    }

    /// Writes a document given as JSON text when the transaction ends.
    pub fn put_json(&mut self, namespace: &str, key: &str, text: &[u8]) -> Result<()> {
        self.writes.insert(address(namespace, key)?, Some(check_document(text)?));
        Ok(())
    }

    /// Deletes a key when the transaction ends.
    pub fn delete(&mut self, namespace: &str, key: &str) -> Result<()> {
        self.writes.insert(address(namespace, key)?, None);
        Ok(())
    }

    pub(crate) fn into_batch(self) -> Result<Batch> {
        let mut batch = Batch::new();
        if self.writes.is_empty() {
            // What it read was one moment, and it asks for no other.
            return Ok(batch);
        }
        let names =
            |address: &[u8]| split_address(address).map(|(n, k)| (n.to_owned(), k.to_owned())).unwrap_or_default();
        for (address, version) in &self.reads {
            let (namespace, key) = names(address);
            batch.expect(&namespace, &key, *version)?;
        }
        for (address, text) in &self.writes {
            let (namespace, key) = names(address);
            match text {
                Some(text) => batch.put_json(&namespace, &key, text)?,
                None => batch.delete(&namespace, &key)?,
            };
        }
        Ok(batch)
    }
}

impl std::fmt::Debug for Transaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transaction")
            .field("reads", &self.reads.len())
            .field("writes", &self.writes.len())
            .finish_non_exhaustive()
    }
}
