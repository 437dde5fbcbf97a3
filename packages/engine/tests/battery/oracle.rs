//! What the database must answer, worked out the slow and obvious way. Shares no code with the engine.

use std::collections::BTreeMap;
use std::sync::Arc;

/// One write of a commit: a document as the database keeps it, or a delete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Write {
    pub(crate) namespace: String,
    pub(crate) key: String,
    pub(crate) text: Option<String>,
}

/// Writes that happen together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Commit {
    pub(crate) writes: Vec<Write>,
    pub(crate) actor: Option<String>,
    pub(crate) reason: Option<String>,
}

/// One version of one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Version {
    pub(crate) namespace: String,
    pub(crate) key: String,
    pub(crate) seq: u64,
    pub(crate) stamp: u64,
    /// Its place in its commit.
    pub(crate) index: u32,
    /// Who committed it: the last 46 bits of every id.
    pub(crate) replica: u64,
    pub(crate) text: Option<String>,
    pub(crate) actor: Option<String>,
    pub(crate) reason: Option<String>,
    /// The id before an import that stamped anew.
    pub(crate) origin: Option<String>,
}

/// A moment of the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    Now,
    Seq(u64),
    Stamp(u64),
    /// The moment of the version with this seq, named by its id.
    Version(u64),
}

/// What a write demands of a key's newest version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guard {
    Any,
    Absent,
    /// The version with this seq is the newest.
    Is(u64),
}

/// All versions in their order, and where those of each key are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Oracle {
    versions: Vec<Arc<Version>>,
    keys: BTreeMap<(String, String), Vec<u64>>,
    /// First seq, last seq and stamp of every commit.
    commits: Vec<(u64, u64, u64)>,
}

impl Version {
    /// 48 bits of milliseconds, 10 of microseconds, 24 of index and 46 of replica, in base32 of Crockford.
    pub(crate) fn id(&self) -> String {
        let (ms, us) = (u128::from(self.stamp / 1000), u128::from(self.stamp % 1000));
        let bits = ms << 80 | us << 70 | u128::from(self.index) << 46 | u128::from(self.replica);
        let digit = |place: u32| (bits >> (5 * place) & 31) as usize;
        (0..26).rev().map(|place| char::from(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"[digit(place)])).collect()
    }
}

/// The replica that an id names.
pub(crate) fn replica_of(id: &str) -> u64 {
    let value = |c| "0123456789ABCDEFGHJKMNPQRSTVWXYZ".find(c).expect("a digit of an id") as u128;
    let bits = id.chars().fold(0u128, |bits, c| bits << 5 | value(c));
    (bits & ((1 << 46) - 1)) as u64
}

impl Oracle {
    pub(crate) fn newest_seq(&self) -> u64 {
        self.versions.len() as u64
    }

    pub(crate) fn newest_stamp(&self) -> u64 {
        self.commits.last().map_or(0, |(_, _, stamp)| *stamp)
    }

    pub(crate) fn version(&self, seq: u64) -> &Version {
        &self.versions[seq as usize - 1]
    }

    /// Every key that was ever written.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (&str, &str)> {
        self.keys.keys().map(|(namespace, key)| (namespace.as_str(), key.as_str()))
    }

    /// First seq, last seq and stamp of every commit.
    pub(crate) fn commits(&self) -> &[(u64, u64, u64)] {
        &self.commits
    }

    /// Adds a commit, which got this stamp.
    pub(crate) fn commit(&mut self, commit: &Commit, stamp: u64, replica: u64) {
        assert!(stamp > self.newest_stamp(), "stamp {stamp} after {}", self.newest_stamp());
        let first = self.newest_seq() + 1;
        for (index, write) in commit.writes.iter().enumerate() {
            let version = Version {
                namespace: write.namespace.clone(),
                key: write.key.clone(),
                seq: first + index as u64,
                stamp,
                index: index as u32,
                replica,
                text: write.text.clone(),
                actor: commit.actor.clone(),
                reason: commit.reason.clone(),
                origin: None,
            };
            self.push(version);
        }
        if !commit.writes.is_empty() {
            self.commits.push((first, self.newest_seq(), stamp));
        }
    }

    /// The same history under new stamps, one for each commit, as an import that stamps anew makes it.
    pub(crate) fn restamped(&self, base: &Self, stamps: &[u64], replica: u64) -> Self {
        let mut all = base.clone();
        for ((first, last, _), stamp) in self.commits.iter().zip(stamps) {
            let begin = all.newest_seq() + 1;
            for seq in *first..=*last {
                let old = self.version(seq);
                let seq = all.newest_seq() + 1;
                all.push(Version { seq, stamp: *stamp, replica, origin: Some(old.id()), ..old.clone() });
            }
            all.commits.push((begin, all.newest_seq(), *stamp));
        }
        all
    }

    /// This history with all of another one after it, unchanged but for its seqs.
    pub(crate) fn followed_by(&self, other: &Self) -> Self {
        let mut all = self.clone();
        for (first, last, stamp) in &other.commits {
            let begin = all.newest_seq() + 1;
            for seq in *first..=*last {
                all.push(Version { seq: all.newest_seq() + 1, ..other.version(seq).clone() });
            }
            all.commits.push((begin, all.newest_seq(), *stamp));
        }
        all
    }

    /// The beginning of the history, up to a seq that ends a commit.
    pub(crate) fn up_to(&self, seq: u64) -> Self {
        let mut beginning = Self::default();
        for commit in self.commits.iter().take_while(|(_, last, _)| *last <= seq) {
            for seq in commit.0..=commit.1 {
                beginning.push(self.version(seq).clone());
            }
            beginning.commits.push(*commit);
        }
        assert_eq!(beginning.newest_seq(), seq, "a commit was cut in two");
        beginning
    }

    fn push(&mut self, version: Version) {
        let name = (version.namespace.clone(), version.key.clone());
        self.keys.entry(name).or_default().push(version.seq);
        self.versions.push(Arc::new(version));
    }

    /// The last seq that a reader at a moment sees. Commits are seen whole.
    pub(crate) fn through(&self, when: When) -> u64 {
        let seen = |commit: &&(u64, u64, u64)| match when {
            When::Now => true,
            When::Stamp(stamp) => commit.2 <= stamp,
            When::Seq(seq) | When::Version(seq) => commit.0 <= seq,
        };
        self.commits.iter().take_while(seen).last().map_or(0, |(_, last, _)| *last)
    }

    /// The newest version of a key up to a seq, deletes included.
    pub(crate) fn newest(&self, namespace: &str, key: &str, through: u64) -> Option<&Version> {
        self.history(namespace, key, through).into_iter().next()
    }

    /// The newest version of a key up to a seq, when it is a document.
    pub(crate) fn get(&self, namespace: &str, key: &str, through: u64) -> Option<&Version> {
        self.newest(namespace, key, through).filter(|version| version.text.is_some())
    }

    /// Why a key has no document.
    pub(crate) fn absent(&self, namespace: &str, key: &str, through: u64) -> &'static str {
        if self.newest(namespace, key, through).is_some() {
            "key_deleted"
        } else if self.newest(namespace, key, self.newest_seq()).is_some() {
            "not_yet_written"
        } else {
            "key_not_found"
        }
    }

    /// The versions of a key up to a seq, newest first.
    pub(crate) fn history(&self, namespace: &str, key: &str, through: u64) -> Vec<&Version> {
        let seqs = self.keys.get(&(namespace.to_owned(), key.to_owned())).map_or(&[][..], Vec::as_slice);
        seqs.iter().rev().filter(|seq| **seq <= through).map(|seq| self.version(*seq)).collect()
    }

    /// The version of the same key before a version.
    pub(crate) fn previous(&self, version: &Version) -> Option<&Version> {
        self.newest(&version.namespace, &version.key, version.seq - 1)
    }

    /// The documents of a namespace, in the order of their keys.
    pub(crate) fn list(&self, namespace: &str, wanted: impl Fn(&str) -> bool, through: u64) -> Vec<&Version> {
        let of_namespace = self.keys().filter(|(n, key)| *n == namespace && wanted(key));
        of_namespace.filter_map(|(_, key)| self.get(namespace, key, through)).collect()
    }

    /// The namespaces that have documents, and how many.
    pub(crate) fn namespaces(&self, through: u64) -> Vec<(String, u64)> {
        let mut counts = BTreeMap::<&str, u64>::new();
        for (namespace, key) in self.keys() {
            if self.get(namespace, key, through).is_some() {
                *counts.entry(namespace).or_default() += 1;
            }
        }
        counts.into_iter().map(|(name, count)| (name.to_owned(), count)).collect()
    }

    /// The keys of a namespace whose documents are of other versions at one moment than at another.
    pub(crate) fn changed(&self, namespace: &str, prefix: &str, from: u64, to: u64) -> Vec<&str> {
        let seq = |key: &str, through| self.get(namespace, key, through).map(|version| version.seq);
        let keys = self.keys().filter(|(n, key)| *n == namespace && key.starts_with(prefix));
        keys.map(|(_, key)| key).filter(|key| seq(key, from) != seq(key, to)).collect()
    }

    /// The versions after one seq and up to another.
    pub(crate) fn between(&self, after: u64, through: u64) -> impl Iterator<Item = &Version> {
        self.versions[after as usize..through as usize].iter().map(|version| &**version)
    }

    /// Whether a guard lets a write pass.
    pub(crate) fn allows(&self, namespace: &str, key: &str, guard: Guard) -> bool {
        let newest = self.newest(namespace, key, self.newest_seq());
        match guard {
            Guard::Any => true,
            Guard::Absent => newest.is_none_or(|version| version.text.is_none()),
            Guard::Is(seq) => newest.is_some_and(|version| version.seq == seq),
        }
    }

    /// What a revert writes, or the code of its refusal.
    pub(crate) fn reverted(
        &self,
        namespace: &str,
        key: &str,
        to: Option<When>,
    ) -> Result<Option<String>, &'static str> {
        let history = self.history(namespace, key, self.newest_seq());
        let newest = history.first().ok_or("key_not_found")?;
        let then = match to {
            None => history.get(1).and_then(|version| version.text.clone()),
            Some(when) => self.get(namespace, key, self.through(when)).and_then(|version| version.text.clone()),
        };
        if then == newest.text { Err("nothing_to_revert") } else { Ok(then) }
    }
}
