//! What changed between two moments.

use crate::address::{check_namespace, split_address};
use crate::code::Code;
use crate::cursor::{Call, Cursor};
use crate::entry::{Found, Horizon};
use crate::error::{Error, Result};
use crate::patch;
use crate::scan::Scan;
use crate::version_id::VersionId;
use crate::view::{View, check_limit, key_range, space_start};
use crate::{absent, address};

/// The change of one key between two moments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The namespace.
    pub namespace: String,
    /// The key.
    pub key: String,
    /// The version at the earlier moment; `None` when the key had no document.
    pub from: Option<VersionId>,
    /// The version at the later moment; `None` when the key had no document.
    pub to: Option<VersionId>,
    /// The document at the earlier moment.
    pub before: Option<String>,
    /// The document at the later moment.
    pub after: Option<String>,
    /// The JSON Patch (RFC 6902) that makes the later document of the earlier one. A document that came or went is an
    /// `add` or a `remove` of the root.
    pub patch: String,
}

/// A page of differences, and where the next begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DifferencePage {
    /// The keys that changed, in byte order.
    pub differences: Vec<Difference>,
    /// Give it to the same call for the next page. `None` on the last.
    pub cursor: Option<String>,
}

impl View {
    /// How a key's document in this view differs from the one in an earlier (or any other) view of the same database.
    pub fn diff_since(&self, earlier: &Self, namespace: &str, key: &str) -> Result<Difference> {
        self.store.check_open()?;
        let address = address::address(namespace, key)?;
        let before = earlier.state.find(&address, &earlier.horizon)?;
        let after = self.state.find(&address, &self.horizon)?;
        if before.is_none() && after.is_none() {
            return Err(absent::key(self, namespace, key)?);
        }
        self.difference(&address, before, after)
    }

    /// How a key's document came out of its last change: the newest version against the one before it.
    pub fn diff_last(&self, namespace: &str, key: &str) -> Result<Difference> {
        self.store.check_open()?;
        let address = address::address(namespace, key)?;
        let mut versions = self.versions_of(&address, &self.horizon, 2)?.into_iter();
        let Some(after) = versions.next() else { return Err(absent::key(self, namespace, key)?) };
        self.difference(&address, versions.next(), Some(after))
    }

    /// The keys of a namespace whose versions differ from those in an earlier view. What was written between the two is
    /// read, and what each key had before; parts of the namespace in which nothing was written are passed over.
    pub fn diff_namespace(
        &self,
        earlier: &Self,
        namespace: &str,
        prefix: &str,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<DifferencePage> {
        self.store.check_open()?;
        check_namespace(namespace)?;
        let limit = check_limit(limit)?;
        let (mut start, end) = key_range(namespace, prefix, None, None);
        let (mut from, mut to) = (earlier.horizon, self.horizon);
        if let Some(text) = cursor {
            // The key of this cursor holds the earlier horizon before the key.
            let decoded = Cursor::decode(text, Call::Diff, self.state.seq)?;
            let (earlier_horizon, key) = split_pair(&decoded.key)
                .filter(|(_, key)| key.starts_with(&space_start(namespace)))
                .ok_or_else(|| {
                    Error::new(Code::InvalidCursor, "The cursor belongs to another difference.")
                        .hint("Leave it out for the first page", None)
                })?;
            (from, to) = (earlier_horizon, decoded.horizon);
            start = start.max([key, &[0]].concat());
        }
        // What is seen at a moment is a beginning of all commits, so one of the two sees all that the other does.
        let at = |horizon: Horizon| Self { horizon, ..self.clone() };
        let forwards = from.is_within(&to) || !to.is_within(&from) && at(from).newest_seq()? <= at(to).newest_seq()?;
        let (older, newer) = if forwards { (from, to) } else { (to, from) };
        let mut scan = Scan::beyond(&self.state, &older, newer, &start, end)?;
        let mut page = DifferencePage { differences: Vec::new(), cursor: None };
        let mut last = Vec::new();
        while let Some((key, late)) = scan.next()? {
            if older.sees(late.seq, late.index, late.stamp) {
                continue;
            }
            let early = self.state.find(key, &older)?;
            if late.deleted && early.as_ref().is_none_or(|early| early.deleted) {
                continue;
            }
            if page.differences.len() == limit {
                let pinned = join_pair(&from, &last);
                page.cursor = Some(Cursor { call: Call::Diff, horizon: to, key: pinned, seq: 0 }.encode());
                break;
            }
            let (before, after) = if forwards { (early, Some(late)) } else { (Some(late), early) };
            last = key.to_vec();
            page.differences.push(self.difference(&last, before, after)?);
        }
        Ok(page)
    }

    fn difference(&self, address: &[u8], before: Option<Found>, after: Option<Found>) -> Result<Difference> {
        let side = |found: Option<Found>| -> Result<(Option<VersionId>, Option<String>)> {
            match found.filter(|f| !f.deleted) {
                None => Ok((None, None)),
                Some(found) => {
                    let version = self.store.version(address, found, None, true)?;
                    Ok((Some(version.version), version.value))
                }
            }
        };
        let (from, before) = side(before)?;
        let (to, after) = side(after)?;
        let patch = match (&before, &after) {
            (Some(before), Some(after)) => patch::diff(before.as_bytes(), after.as_bytes()),
            (None, Some(after)) => format!(r#"[{{"op":"add","path":"","value":{after}}}]"#).into_bytes(),
            (Some(_), None) => br#"[{"op":"remove","path":""}]"#.to_vec(),
            (None, None) => b"[]".to_vec(),
        };
        let (namespace, key) = split_address(address).unwrap_or_default();
        Ok(Difference {
            namespace: namespace.to_owned(),
            key: key.to_owned(),
            from,
            to,
            before,
            after,
            patch: String::from_utf8_lossy(&patch).into_owned(),
        })
    }
}

fn join_pair(horizon: &Horizon, key: &[u8]) -> Vec<u8> {
    [&horizon.seq.to_le_bytes(), &horizon.stamp.to_le_bytes(), &horizon.commit.to_le_bytes(), key].concat()
}

fn split_pair(bytes: &[u8]) -> Option<(Horizon, &[u8])> {
    let (numbers, key) = bytes.split_at_checked(24)?;
    let number = |at: usize| numbers[at..].first_chunk::<8>().map(|eight| u64::from_le_bytes(*eight));
    Some((Horizon { seq: number(0)?, stamp: number(8)?, commit: number(16)? }, key))
}
