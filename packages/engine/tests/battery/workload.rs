//! What is done to a database, and what must come of it.

use std::sync::Arc;

use koru_delta::error::{Error, Result};
use koru_delta::host::{Host, ManualClock, SeededEntropy, Vfs};
use koru_delta::{
    Batch, Code, Durability, IfVersion, ImportOptions, Importer, KoruDelta, Moment, Options, SealKey, WriteOptions,
};

use crate::agreement::text_of;
use crate::oracle::{Commit, Guard, Oracle, When, Write, replica_of};

/// One act.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// One document, or with no text a delete.
    Write {
        write: Write,
        guard: Guard,
        actor: Option<String>,
    },
    /// A batch, with a demand on some keys.
    Batch {
        commit: Commit,
        guards: Vec<(String, String, Guard)>,
    },
    Revert {
        namespace: String,
        key: String,
        to: Option<When>,
        guard: Guard,
    },
    /// Reads the first key, and writes the rest.
    Transact {
        read: (String, String),
        writes: Vec<Write>,
    },
    /// Sets the wall clock.
    Clock(u64),
    Flush,
    Reopen,
    /// Imports a history that was made elsewhere.
    Import {
        text: Arc<Vec<u8>>,
        history: Arc<Oracle>,
        restamp: bool,
    },
}

/// How a database is opened.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    pub(crate) seed: u64,
    pub(crate) sealed: bool,
    pub(crate) memtable_bytes: usize,
    pub(crate) durability: Durability,
}

/// The moment at which every clock begins: the year 2026.
pub(crate) const BEGIN_US: u64 = 1_790_000_000_000_000;

/// A write that may have been made, or not: it was asked for and never answered.
#[derive(Debug, Clone)]
pub(crate) enum Doubt {
    Commit(Commit),
    /// The whole of a history, one commit for each of its own.
    Import {
        history: Arc<Oracle>,
        restamp: bool,
    },
}

impl Doubt {
    fn versions(&self) -> u64 {
        match self {
            Self::Commit(commit) => commit.writes.len() as u64,
            Self::Import { history, .. } => history.newest_seq(),
        }
    }
}

/// A database under test, with the ledger of what it has acknowledged.
pub(crate) struct Run {
    pub(crate) setup: Setup,
    pub(crate) vfs: Arc<dyn Vfs>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) db: Option<KoruDelta>,
    pub(crate) oracle: Oracle,
    /// What was asked for since the last acknowledged commit, failed, and may have been written all the same: none of
    /// it, or one.
    pub(crate) doubts: Vec<Doubt>,
    /// What a crash must leave: the newest seq that was acknowledged as durable.
    pub(crate) durable: u64,
    /// Whether flushes and merges run on a thread of their own.
    pub(crate) background: bool,
    asked: Option<Doubt>,
    replica: Option<u64>,
    opens: u64,
}

impl Setup {
    pub(crate) fn options(&self) -> Options {
        Options {
            durability: self.durability,
            memory_bytes: 4 << 20,
            memtable_bytes: Some(self.memtable_bytes),
            key: self.sealed.then(|| SealKey::from_bytes([7; 32])),
            lock_timeout_ms: 0,
            ..Options::default()
        }
    }
}

impl Run {
    pub(crate) fn new(setup: Setup, vfs: Arc<dyn Vfs>) -> Self {
        let clock = Arc::new(ManualClock::new(BEGIN_US));
        Self {
            setup,
            vfs,
            clock,
            db: None,
            oracle: Oracle::default(),
            doubts: Vec::new(),
            durable: 0,
            background: false,
            asked: None,
            replica: None,
            opens: 0,
        }
    }

    /// The same database, as it was left, in another folder.
    pub(crate) fn in_folder(&self, vfs: Arc<dyn Vfs>) -> Self {
        Self {
            setup: self.setup.clone(),
            vfs,
            clock: Arc::new(ManualClock::new(koru_delta::host::Clock::now_us(&*self.clock))),
            db: None,
            oracle: self.oracle.clone(),
            doubts: self.doubts.clone(),
            durable: self.durable,
            background: false,
            asked: None,
            replica: self.replica,
            opens: self.opens + 1000,
        }
    }

    pub(crate) fn db(&self) -> &KoruDelta {
        self.db.as_ref().expect("the database is open")
    }

    /// Opens the database with entropy of its own: two opens never draw the same bytes.
    pub(crate) fn open(&mut self) -> Result<()> {
        assert!(self.db.is_none());
        self.opens += 1;
        let host = Host {
            vfs: self.vfs.clone(),
            clock: self.clock.clone(),
            entropy: Arc::new(SeededEntropy::new(self.setup.seed ^ self.opens << 48)),
            background: self.background,
        };
        self.db = Some(KoruDelta::open(host, self.setup.options())?);
        Ok(())
    }

    pub(crate) fn close(&mut self) -> Result<()> {
        self.db.take().map_or(Ok(()), |db| db.close())
    }

    /// Does one step. A refusal that was to come is no failure; one that was not, or a success that was not, panics.
    /// Every other failure of the database is returned.
    pub(crate) fn step(&mut self, step: &Step) -> Result<()> {
        self.asked = None;
        let before = self.oracle.newest_seq();
        let result = self.act(step);
        if self.oracle.newest_seq() > before {
            self.doubts.clear();
            self.asked = None;
        }
        match &result {
            Ok(()) => {
                let settled = matches!(step, Step::Flush | Step::Reopen | Step::Import { .. });
                if settled || self.setup.durability == Durability::Sync {
                    self.durable = self.oracle.newest_seq();
                }
            }
            // What is refused by a poisoned database was not written.
            Err(error) if error.code() == Code::Poisoned => {}
            Err(_) => self.doubts.extend(self.asked.take()),
        }
        result
    }

    fn act(&mut self, step: &Step) -> Result<()> {
        match step {
            Step::Write { write, guard, actor } => self.write(write, *guard, actor.as_deref()),
            Step::Batch { commit, guards } => self.batch(commit, guards),
            Step::Revert { namespace, key, to, guard } => self.revert(namespace, key, *to, *guard),
            Step::Transact { read, writes } => self.transact(read, writes),
            Step::Clock(us) => {
                self.clock.set(*us);
                Ok(())
            }
            Step::Flush => self.db().flush(),
            Step::Reopen => {
                self.close()?;
                self.open()?;
                self.resolve()
            }
            Step::Import { text, history, restamp } => self.import(text, history, *restamp),
        }
    }

    /// Looks what has become of the writes in doubt after the database was opened; what it does not hold now is not
    /// in doubt any more.
    pub(crate) fn resolve(&mut self) -> Result<()> {
        self.look()?;
        self.doubts.clear();
        self.durable = self.oracle.newest_seq();
        Ok(())
    }

    /// Enters what the database holds of the writes in doubt.
    ///
    /// It holds everything durable, whole commits, and after everything acknowledged at most one write in doubt. A
    /// panic tells that it does not.
    pub(crate) fn look(&mut self) -> Result<()> {
        let versions = self.db().now()?.stats(false)?.versions;
        let (durable, newest) = (self.durable, self.oracle.newest_seq());
        assert!(versions >= durable, "{durable} versions were durable, and {versions} are left");
        if versions < newest {
            self.oracle = self.oracle.up_to(versions);
        } else if versions > newest {
            self.oracle = self.with_doubt(versions)?;
            self.doubts.clear();
        }
        Ok(())
    }

    /// The oracle with the write in doubt that the database holds.
    fn with_doubt(&self, versions: u64) -> Result<Oracle> {
        let base = self.oracle.newest_seq();
        let first = record(self.db(), base + 1)?;
        for doubt in self.doubts.iter().filter(|doubt| doubt.versions() == versions - base) {
            let oracle = match doubt {
                Doubt::Import { history, restamp } => with_import(&self.oracle, self.db(), history, *restamp)?,
                Doubt::Commit(commit) => {
                    let mut oracle = self.oracle.clone();
                    oracle.commit(commit, first.timestamp.micros(), replica_of(&first.version.to_string()));
                    oracle
                }
            };
            let begins = oracle.version(base + 1);
            if (&begins.namespace, &begins.key) == (&first.namespace, &first.key) && begins.text == first.value {
                return Ok(oracle);
            }
        }
        panic!(
            "{base} versions were acknowledged, {versions} are there, from {first:?} on; in doubt: {:?}",
            self.doubts
        )
    }

    fn write(&mut self, write: &Write, guard: Guard, actor: Option<&str>) -> Result<()> {
        let Write { namespace, key, text } = write;
        let options = WriteOptions {
            actor,
            reason: actor.map(|_| "because"),
            if_version: self.if_version(guard),
            idempotency_key: None,
        };
        let commit = Commit {
            writes: vec![write.clone()],
            actor: actor.map(str::to_owned),
            reason: options.reason.map(str::to_owned),
        };
        let newest = self.oracle.newest_seq();
        let refusal = if !self.oracle.allows(namespace, key, guard) {
            Some("conflict")
        } else if text.is_none() && guard == Guard::Any && self.oracle.get(namespace, key, newest).is_none() {
            Some(self.oracle.absent(namespace, key, newest))
        } else {
            None
        };
        self.asked = refusal.is_none().then(|| Doubt::Commit(commit.clone()));
        let answer = match text {
            Some(text) => self.db().put_json(namespace, key, format!(" {text}\n").as_bytes(), options),
            None => self.db().delete_with(namespace, key, options),
        };
        self.acknowledge_one(answer, refusal, &commit)
    }

    fn revert(&mut self, namespace: &str, key: &str, to: Option<When>, guard: Guard) -> Result<()> {
        let outcome = self.oracle.reverted(namespace, key, to);
        let refusal = match &outcome {
            Err(code) => Some(*code),
            Ok(_) if !self.oracle.allows(namespace, key, guard) => Some("conflict"),
            Ok(_) => None,
        };
        let write = Write { namespace: namespace.to_owned(), key: key.to_owned(), text: outcome.unwrap_or_default() };
        let commit = Commit { writes: vec![write], ..Commit::default() };
        self.asked = refusal.is_none().then(|| Doubt::Commit(commit.clone()));
        let moment = to.map(|when| Moment::parse(&text_of(when, &self.oracle)).expect("a moment of ours"));
        let options = WriteOptions { if_version: self.if_version(guard), ..WriteOptions::default() };
        let answer = self.db().revert_with(namespace, key, moment.as_ref(), options);
        self.acknowledge_one(answer, refusal, &commit)
    }

    /// Checks the record that a write of one document returned, and enters it.
    fn acknowledge_one(
        &mut self,
        answer: Result<koru_delta::Version>,
        refusal: Option<&'static str>,
        commit: &Commit,
    ) -> Result<()> {
        let Some(record) = expected(answer, refusal)? else { return Ok(()) };
        let replica = self.replica(&record.version.to_string());
        self.oracle.commit(commit, record.timestamp.micros(), replica);
        let entered = self.oracle.version(self.oracle.newest_seq());
        let previous = self.oracle.previous(entered).map(crate::oracle::Version::id);
        assert_eq!((record.seq, record.version.to_string()), (entered.seq, entered.id()));
        assert_eq!((record.deleted, record.value), (entered.text.is_none(), None));
        assert_eq!(record.previous.map(|id| id.to_string()), previous, "what {entered:?} superseded");
        Ok(())
    }

    fn batch(&mut self, commit: &Commit, guards: &[(String, String, Guard)]) -> Result<()> {
        let allowed = guards.iter().all(|(namespace, key, guard)| self.oracle.allows(namespace, key, *guard));
        let refusal = (!allowed).then_some("conflict");
        self.asked = refusal.is_none().then(|| Doubt::Commit(commit.clone()));
        let mut batch = Batch::new();
        batch.annotate(commit.actor.as_deref(), commit.reason.as_deref())?;
        for (namespace, key, guard) in guards {
            match self.if_version(*guard) {
                IfVersion::Any => {}
                IfVersion::Absent => drop(batch.expect(namespace, key, None)?),
                IfVersion::Is(version) => drop(batch.expect(namespace, key, Some(version))?),
            }
        }
        for write in &commit.writes {
            match &write.text {
                Some(text) => batch.put_json(&write.namespace, &write.key, text.as_bytes())?,
                None => batch.delete(&write.namespace, &write.key)?,
            };
        }
        let answer = self.db().write(batch);
        let Some(receipt) = expected(answer, refusal)? else { return Ok(()) };
        assert_eq!(receipt.count(), commit.writes.len() as u64);
        if let (Some(first), Some(stamp)) = (receipt.first(), receipt.timestamp()) {
            let replica = self.replica(&first.to_string());
            self.oracle.commit(commit, stamp.micros(), replica);
        }
        if receipt.count() > 0 {
            let newest = self.oracle.newest_seq();
            assert_eq!(receipt.last_seq(), Some(newest));
            assert_eq!(receipt.last().map(|id| id.to_string()), Some(self.oracle.version(newest).id()));
            let records = receipt.versions(0..u32::MAX)?;
            let ids: Vec<String> = records.iter().map(|record| record.version.to_string()).collect();
            let wanted = self.oracle.between(newest - receipt.count(), newest).map(crate::oracle::Version::id);
            assert!(ids.iter().cloned().eq(wanted), "the records of a batch: {ids:?}");
        }
        Ok(())
    }

    fn transact(&mut self, read: &(String, String), writes: &[Write]) -> Result<()> {
        // A transaction writes every key once, in the order of the keys.
        let mut sorted = std::collections::BTreeMap::new();
        for write in writes {
            sorted.insert((write.namespace.clone(), write.key.clone()), write.clone());
        }
        let commit = Commit { writes: sorted.into_values().collect(), ..Commit::default() };
        self.asked = Some(Doubt::Commit(commit.clone()));
        let before = self.oracle.get(&read.0, &read.1, self.oracle.newest_seq()).and_then(|v| v.text.clone());
        self.db().transact(|transaction| {
            let seen = transaction.get_json(&read.0, &read.1)?;
            assert_eq!(seen.as_deref(), before.as_deref().map(str::as_bytes), "what a transaction reads");
            for write in writes {
                match &write.text {
                    Some(text) => transaction.put_json(&write.namespace, &write.key, text.as_bytes())?,
                    None => transaction.delete(&write.namespace, &write.key)?,
                }
                let own = transaction.get_json(&write.namespace, &write.key)?;
                assert_eq!(
                    own.as_deref(),
                    write.text.as_deref().map(str::as_bytes),
                    "a transaction reads its own writes"
                );
            }
            Ok(())
        })?;
        self.enter_written(&commit)
    }

    /// Enters a commit whose stamp the database did not tell.
    fn enter_written(&mut self, commit: &Commit) -> Result<()> {
        if let Some(last) = commit.writes.last() {
            let record = self.db().history(&last.namespace, &last.key, koru_delta::HistoryQuery::default())?;
            let record = record.versions.first().expect("the write has a version").clone();
            let replica = self.replica(&record.version.to_string());
            self.oracle.commit(commit, record.timestamp.micros(), replica);
        }
        Ok(())
    }

    fn import(&mut self, text: &[u8], history: &Arc<Oracle>, restamp: bool) -> Result<()> {
        let first = history.commits().first().map_or(u64::MAX, |commit| commit.2);
        let last = history.newest_stamp();
        let now = koru_delta::host::Clock::now_us(&*self.clock);
        let too_new = last > now + 24 * 3_600_000_000;
        let refusal = (!restamp && (first <= self.oracle.newest_stamp() || too_new)).then_some("import_refused");
        self.asked = refusal.is_none().then(|| Doubt::Import { history: history.clone(), restamp });
        let import = || {
            let mut importer = Importer::new(self.db(), &ImportOptions { restamp })?;
            for piece in text.chunks(1 + text.len() / 3) {
                importer.feed(piece)?;
            }
            importer.finish()
        };
        let answer = import();
        if let Some(report) = expected(answer, refusal)? {
            assert_eq!(report.versions, history.newest_seq());
            self.oracle = with_import(&self.oracle, self.db(), history, restamp)?;
        }
        Ok(())
    }

    fn if_version(&self, guard: Guard) -> IfVersion {
        match guard {
            Guard::Any => IfVersion::Any,
            Guard::Absent => IfVersion::Absent,
            Guard::Is(seq) => IfVersion::Is(self.oracle.version(seq).id().parse().expect("an id of ours")),
        }
    }

    /// The replica of the database, which never changes.
    fn replica(&mut self, id: &str) -> u64 {
        let named = replica_of(id);
        assert_eq!(*self.replica.get_or_insert(named), named, "the replica changed");
        named
    }

    /// Forgets who wrote before: the database is another one from here on.
    pub(crate) fn forget_replica(&mut self) {
        self.replica = None;
    }
}

/// The record of the version with a seq.
fn record(db: &KoruDelta, seq: u64) -> Result<koru_delta::Version> {
    let mut cursor = None::<String>;
    loop {
        let query = koru_delta::ChangesQuery { since: cursor.as_deref(), limit: 10_000, ..Default::default() };
        let page = db.changes(query)?;
        if let Some(found) = page.changes.into_iter().find(|version| version.seq == seq) {
            return Ok(found);
        }
        assert!(page.more, "there is no version with seq {seq}");
        cursor = Some(page.cursor);
    }
}

fn with_import(oracle: &Oracle, db: &KoruDelta, history: &Oracle, restamp: bool) -> Result<Oracle> {
    if !restamp {
        return Ok(oracle.followed_by(history));
    }
    let base = oracle.newest_seq();
    let mut stamps = Vec::new();
    for (first, ..) in history.commits() {
        stamps.push(record(db, base + first)?.timestamp.micros());
    }
    let rising = stamps.is_sorted_by(|a, b| a < b) && stamps.first().is_none_or(|first| *first > oracle.newest_stamp());
    assert!(rising, "stamps of an import: {stamps:?}");
    let replica = match stamps.first() {
        Some(_) => replica_of(&record(db, base + 1)?.version.to_string()),
        None => 0,
    };
    Ok(history.restamped(oracle, &stamps, replica))
}

/// The success that was to come, or nothing when it was the refusal that was to come.
fn expected<T: std::fmt::Debug>(answer: Result<T>, refusal: Option<&'static str>) -> Result<Option<T>> {
    match (answer, refusal) {
        (Ok(answer), None) => Ok(Some(answer)),
        (Ok(answer), Some(code)) => panic!("{answer:?} was to be refused as {code}"),
        (Err(error), Some(code)) if error.code().as_str() == code => Ok(None),
        (Err(error), _) => {
            assert!(is_of_the_world(&error), "{refusal:?} was to come, and not {error:?}");
            Err(error)
        }
    }
}

/// Whether a failure comes from the disk below, and not from what was asked.
pub(crate) fn is_of_the_world(error: &Error) -> bool {
    matches!(error.code(), Code::IoError | Code::DiskFull | Code::PermissionDenied | Code::Poisoned | Code::Corrupt)
}
