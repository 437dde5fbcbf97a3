//! Many writes as columns, for a caller who has many: shorter to write and to read than as many objects.
//!
//! ```text
//! { "namespaces": [text …], "keys": [text …], "values": [value …], "deletes": [place …]? }
//! ```
//! The first three are of one length, and a place counts from 0. At a place of `deletes` the value is not looked at.

use super::params::BatchColumns;
use crate::batch::Batch;
use crate::code::Code;
use crate::error::{Error, Fact, Result};

/// One write of the columns.
pub(super) struct Row<'c> {
    pub(super) namespace: &'c str,
    pub(super) key: &'c str,
    /// `None` for a delete.
    pub(super) value: Option<&'c [u8]>,
}

impl BatchColumns<'_> {
    /// The writes in their order. Columns that do not belong together are refused.
    pub(super) fn rows(&self) -> Result<impl Iterator<Item = Row<'_>>> {
        let count = self.keys.len();
        if self.namespaces.len() != count || self.values.len() != count {
            return Err(refused(format!(
                "The columns have {} namespaces, {count} keys and {} values.",
                self.namespaces.len(),
                self.values.len()
            )));
        }
        let deletes = self.deletes.as_deref().unwrap_or_default();
        let ascending = deletes.is_sorted_by(|earlier, later| earlier < later);
        if !ascending || deletes.last().is_some_and(|last| *last >= count) {
            return Err(refused("The deletes are not places of the columns in ascending order.".to_owned()));
        }
        let mut deletes = deletes.iter().copied().peekable();
        let names = self.namespaces.iter().zip(&self.keys);
        Ok(names.zip(&self.values).enumerate().map(move |(place, ((namespace, key), value))| Row {
            namespace,
            key,
            value: deletes.next_if_eq(&place).is_none().then(|| value.get().as_bytes()),
        }))
    }

    /// Adds the writes to a batch. What is wrong with one tells its place in the batch, from 0.
    pub(super) fn add_to(&self, batch: &mut Batch) -> Result<()> {
        for row in self.rows()? {
            let item = batch.len() as u64;
            row.add_to(batch).map_err(|error| error.fact("item", Fact::Number(item)))?;
        }
        Ok(())
    }
}

impl Row<'_> {
    pub(super) fn add_to(&self, batch: &mut Batch) -> Result<()> {
        match self.value {
            Some(value) => batch.put_json(self.namespace, self.key, value)?,
            None => batch.delete(self.namespace, self.key)?,
        };
        Ok(())
    }
}

fn refused(detail: String) -> Error {
    Error::new(Code::InvalidParams, detail).hint("Give as many of each", None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Result<Vec<(String, String, Option<String>)>> {
        let columns: BatchColumns<'_> = super::super::parse(text)?;
        let rows = columns.rows()?.map(|row| {
            let value = row.value.map(|value| String::from_utf8_lossy(value).into_owned());
            (row.namespace.to_owned(), row.key.to_owned(), value)
        });
        Ok(rows.collect())
    }

    #[test]
    fn columns_become_rows() {
        let text = r#"{"namespaces":["a","b\n"],"keys":["k","\u006b"],"values":[ {"x":1} ,null],"deletes":[1]}"#;
        let expected = [("a", "k", Some(r#"{"x":1}"#)), ("b\n", "k", None)];
        let rows = rows(text).unwrap();
        let told: Vec<_> = rows.iter().map(|(n, k, v)| (n.as_str(), k.as_str(), v.as_deref())).collect();
        assert_eq!(told, expected);
    }

    #[test]
    fn columns_that_do_not_belong_together_are_refused() {
        for text in [
            r#"{"namespaces":["a"],"keys":["k","l"],"values":[1,2]}"#,
            r#"{"namespaces":["a","a"],"keys":["k","l"],"values":[1]}"#,
            r#"{"namespaces":["a"],"keys":["k"],"values":[1],"deletes":[1]}"#,
            r#"{"namespaces":["a","a"],"keys":["k","l"],"values":[1,2],"deletes":[1,0]}"#,
            r#"{"namespaces":["a","a"],"keys":["k","l"],"values":[1,2],"deletes":[1,1]}"#,
            r#"{"namespaces":["a"],"keys":["k"],"values":[1],"deletes":[-1]}"#,
            r#"{"namespaces":["a"],"keys":[1],"values":[1]}"#,
            r#"{"namespaces":["a"],"keys":["k"]}"#,
            r#"{"namespaces":[],"keys":[],"values":[],"more":[]}"#,
        ] {
            assert_eq!(rows(text).unwrap_err().code(), Code::InvalidParams, "{text}");
        }
    }
}
