//! The feed: every version in the order of commits, resumable at any point.

use crate::address::{check_namespace, split_address};
use crate::cursor::{Call, Cursor};
use crate::entry::{Entry, Found, Horizon};
use crate::error::Result;
use crate::state::State;
use crate::version::Version;
use crate::view::{View, check_limit, fitting, key_range};

/// How many seqs are looked at in one step when most of them are filtered out.
const STEP: u64 = 16_384;

/// What a reader of the feed wants.
#[derive(Debug, Clone, Copy)]
pub struct ChangesQuery<'a> {
    /// The cursor of the page before, or `seq:123` for what came after that; `None` for everything from the first
    /// version on.
    pub since: Option<&'a str>,
    /// Only this namespace.
    pub namespace: Option<&'a str>,
    /// Only keys that begin with it.
    pub prefix: &'a str,
    /// How many versions at most.
    pub limit: usize,
    /// Whether documents are wanted.
    pub values: bool,
}

impl Default for ChangesQuery<'_> {
    fn default() -> Self {
        Self { since: None, namespace: None, prefix: "", limit: 1000, values: true }
    }
}

/// A piece of the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangesPage {
    /// The versions, oldest first, deletes included.
    pub changes: Vec<Version>,
    /// Where to go on, also when the page is empty.
    pub cursor: String,
    /// Whether there was more at the time of the call.
    pub more: bool,
}

impl State {
    /// All versions whose seq lies between the two, inclusive, in the order of commits.
    pub(crate) fn versions_between(
        &self,
        first: u64,
        last: u64,
        wanted: &dyn Fn(&[u8]) -> bool,
    ) -> Result<Vec<(Vec<u8>, Found)>> {
        let range = first..=last;
        let mut found = Vec::new();
        let mut take = |entry: Entry<'_>| -> Result<()> {
            if wanted(entry.key) {
                found.push((entry.key.to_vec(), Found::from_entry(&entry)));
            }
            Ok(())
        };
        for run in self.runs().filter(|run| run.min_seq <= last && first <= run.max_seq) {
            run.visit_seqs(&range, &mut take)?;
        }
        for segment in self.levels.segments() {
            if segment.extent().min_seq <= last && first <= segment.extent().max_seq {
                segment.versions_by_seq(range.clone(), &mut take)?;
            }
        }
        found.sort_unstable_by_key(|(_, one)| one.seq);
        Ok(found)
    }
}

impl View {
    /// The versions after a cursor, oldest first.
    pub fn changes(&self, query: ChangesQuery<'_>) -> Result<ChangesPage> {
        self.store.check_open()?;
        let limit = check_limit(query.limit)?;
        let range = match query.namespace {
            Some(namespace) => {
                check_namespace(namespace)?;
                Some(key_range(namespace, query.prefix, None, None))
            }
            None => None,
        };
        let mut done = match query.since {
            Some(text) => Cursor::decode_place(text, self.state.seq)?,
            None => 0,
        };
        let newest = self.newest_seq()?;
        let mut changes = Vec::new();
        let mut full = false;
        while changes.len() < limit && done < newest && !full {
            let wanted = (limit - changes.len()) as u64;
            let step = if range.is_some() || !query.prefix.is_empty() { STEP } else { wanted };
            let through = newest.min(done.saturating_add(step));
            let wanted_key = |address: &[u8]| {
                if let Some((start, end)) = &range {
                    address >= start.as_slice() && address < end.as_slice()
                } else {
                    let key = || split_address(address).map_or("", |(_, key)| key);
                    query.prefix.is_empty() || key().starts_with(query.prefix)
                }
            };
            let mut found = self.state.versions_between(done + 1, through, &wanted_key)?;
            done = through;
            let fitting = fitting(found.iter().map(|(_, one)| one), wanted as usize, query.values);
            if fitting < found.len() {
                found.truncate(fitting);
                done = found.last().map_or(through, |(_, last)| last.seq);
                full = true;
            }
            for (address, one) in found {
                let previous = self.previous_of(&address, &one)?;
                changes.push(self.store.version(&address, one, previous, query.values)?);
            }
        }
        let cursor = Cursor { call: Call::Changes, horizon: Horizon::at_seq(0), key: Vec::new(), seq: done }.encode();
        Ok(ChangesPage { changes, cursor, more: done < newest })
    }

    /// The newest seq that the view sees.
    pub(crate) fn newest_seq(&self) -> Result<u64> {
        if self.horizon == self.state.now() {
            return Ok(self.state.seq);
        }
        self.last_visible_seq()
    }

    /// Stamps and first seqs rise with seq, so the visible seqs are a beginning of all, and halving finds its end.
    ///
    /// A version that cannot be read is not one that the view does not see: it ends the search with its error.
    fn last_visible_seq(&self) -> Result<u64> {
        let (mut seen, mut unseen) = (0, self.horizon.seq.min(self.state.seq) + 1);
        while unseen - seen > 1 {
            let middle = seen + (unseen - seen) / 2;
            let found = self.state.versions_between(middle, middle, &|_| true)?;
            let visible = found.iter().any(|(_, f)| self.horizon.sees(f.seq, f.index, f.stamp));
            if visible { seen = middle } else { unseen = middle }
        }
        Ok(seen)
    }
}
