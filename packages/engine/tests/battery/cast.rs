//! Those who share one database in a schedule, and what each of them was told.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use koru_delta::error::{Error, Result};
use koru_delta::{
    Batch, ChangesQuery, Code, Durability, HistoryQuery, IfVersion, KoruDelta, ListQuery, Options, SealKey, Version,
    VersionId, View, WriteOptions,
};

use crate::gated::Gated;
use crate::oracle::{Commit, Write};
use crate::random::Random;

pub(crate) const NAMESPACES: [&str; 2] = ["a", "b"];
const KEYS: [&str; 4] = ["k", "k0", "k1", "m"];
pub(crate) const COUNTER: (&str, &str) = ("shared", "counter");

/// A commit that was acknowledged.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) first_seq: u64,
    pub(crate) stamp: u64,
    pub(crate) id: String,
    pub(crate) commit: Commit,
    /// The newest seq that somebody had been told of before this write was asked for.
    pub(crate) floor: u64,
}

/// What a snapshot answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answers {
    pub(crate) feed: Vec<Version>,
    pub(crate) lists: Vec<Vec<Version>>,
    pub(crate) history: Vec<Version>,
}

/// A snapshot, what was asked of it, and what it answered first.
pub(crate) struct Seen {
    /// None once it was a snapshot of another handle, which is closed.
    view: Option<View>,
    pub(crate) key: (&'static str, &'static str),
    limit: usize,
    pub(crate) answers: Answers,
    pub(crate) floor: u64,
}

/// What everybody was told.
#[derive(Default)]
pub(crate) struct Ledger {
    pub(crate) entries: Vec<Entry>,
    pub(crate) counted: Vec<u64>,
    pub(crate) seen: Vec<Seen>,
    pub(crate) exports: Vec<(u64, Vec<u8>)>,
    pub(crate) reread: u64,
    pub(crate) refused: u64,
    newest: u64,
    closing: bool,
    closed: bool,
}

/// One of those who share the database.
#[derive(Clone)]
pub(crate) struct Player {
    pub(crate) db: KoruDelta,
    pub(crate) world: Gated,
    pub(crate) options: Options,
    pub(crate) ledger: Arc<Mutex<Ledger>>,
    pub(crate) random: Random,
    pub(crate) name: &'static str,
    pub(crate) acts: usize,
}

/// The key of a sealed database.
pub(crate) fn key() -> SealKey {
    SealKey::from_bytes([7; 32])
}

impl Player {
    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does one act after the other, until all are done or the database was closed.
    fn go_on(&mut self, act: fn(&mut Self) -> Result<()>) {
        for _ in 0..self.acts {
            self.world.pass("act", None);
            let closed = self.ledger().closed;
            match act(self) {
                Ok(()) => assert!(!closed, "{} did something after a close", self.name),
                Err(error) if error.code() == Code::Closed => {
                    self.ledger().refused += 1;
                    return;
                }
                Err(error) => panic!("{}: {error:?}", self.name),
            }
        }
    }

    pub(crate) fn write(mut self) {
        self.go_on(Self::write_something);
    }

    pub(crate) fn read(mut self) {
        self.go_on(Self::read_something);
    }

    /// Does the housekeeping, and closes: in the middle of everything, or once nobody else can go on.
    pub(crate) fn keep_house(mut self, at_last: bool, reopen: bool) {
        self.go_on(Self::maintain);
        if at_last {
            self.world.scheduler.gate_after("last of all", usize::MAX);
        }
        let newest = self.ledger().newest;
        let already = std::mem::replace(&mut self.ledger().closing, true);
        self.db.close().unwrap();
        self.ledger().closed = true;
        // Of two closes at once, the second does nothing, and does not wait for the first either.
        if already || !reopen {
            return;
        }
        self.world.durable.fetch_max(newest, Ordering::SeqCst);
        // The folder is free, whoever still holds the old handle.
        self.db = KoruDelta::open(self.world.host(false), self.options.clone()).unwrap();
        for _ in 0..2 {
            self.write_something().unwrap();
        }
        self.db.close().unwrap();
    }

    /// Waits until the feed goes on, once, or the database is closed.
    pub(crate) fn wait(mut self) {
        self.go_on(|player| {
            let cursor = player.db.changes(ChangesQuery { limit: 10_000, ..ChangesQuery::default() })?.cursor;
            assert!(player.db.wait_for_changes(&cursor, Duration::from_secs(3600))?);
            let page = player.db.changes(ChangesQuery { since: Some(&cursor), ..ChangesQuery::default() })?;
            assert!(!page.changes.is_empty(), "woken for nothing");
            Ok(())
        });
    }

    fn name(&mut self) -> (&'static str, &'static str) {
        (*self.random.pick(&NAMESPACES), *self.random.pick(&KEYS))
    }

    /// A document that nobody else writes.
    fn text(&mut self) -> String {
        let length = match self.random.below(24) {
            0 => 5000,
            1..=5 => 300,
            _ => self.random.below(60),
        };
        format!(r#"{{"by":"{}","n":{},"pad":"{}"}}"#, self.name, self.random.word(), "x".repeat(length))
    }

    fn batch(&mut self) -> (Batch, Commit) {
        let (mut batch, mut commit) = (Batch::new(), Commit::default());
        for _ in 0..=self.random.below(4) {
            let ((namespace, key), text) = (self.name(), self.text());
            batch.put_json(namespace, key, text.as_bytes()).unwrap();
            commit.writes.push(Write { namespace: namespace.to_owned(), key: key.to_owned(), text: Some(text) });
        }
        (batch, commit)
    }

    fn enter(&self, floor: u64, commit: Commit, first_seq: u64, stamp: u64, id: VersionId) {
        let mut ledger = self.ledger();
        let last = first_seq + commit.writes.len() as u64 - 1;
        ledger.entries.push(Entry { first_seq, stamp, id: id.to_string(), commit, floor });
        ledger.newest = ledger.newest.max(last);
        if self.options.durability == Durability::Sync {
            self.world.durable.fetch_max(last, Ordering::SeqCst);
        }
    }

    fn enter_one(&self, floor: u64, at: (&str, &str), text: Option<String>, answer: Result<Version>) -> Result<()> {
        let version = match answer {
            // Somebody else was there first.
            Err(error) if matches!(error.code(), Code::Conflict | Code::KeyNotFound | Code::KeyDeleted) => {
                return Ok(());
            }
            other => other?,
        };
        let write = Write { namespace: at.0.to_owned(), key: at.1.to_owned(), text };
        let commit = Commit { writes: vec![write], ..Commit::default() };
        self.enter(floor, commit, version.seq, version.timestamp.micros(), version.version);
        Ok(())
    }

    pub(crate) fn write_something(&mut self) -> Result<()> {
        let ((namespace, key), floor) = (self.name(), self.ledger().newest);
        match self.random.below(12) {
            0..=3 => {
                let text = self.text();
                let answer = self.db.put_json(namespace, key, text.as_bytes(), WriteOptions::default());
                self.enter_one(floor, (namespace, key), Some(text), answer)
            }
            4 | 5 => {
                let (batch, commit) = self.batch();
                let receipt = self.db.write(batch)?;
                let (first, stamp) = (receipt.first_seq().unwrap(), receipt.timestamp().unwrap().micros());
                self.enter(floor, commit, first, stamp, receipt.first().unwrap());
                Ok(())
            }
            6 | 7 => {
                let (batches, commits): (Vec<_>, Vec<_>) = (0..2 + self.random.below(2)).map(|_| self.batch()).unzip();
                let mut refused = None::<Error>;
                for (answer, commit) in self.db.write_all(batches).into_iter().zip(commits) {
                    match answer {
                        Ok(receipt) => {
                            let (first, stamp) = (receipt.first_seq().unwrap(), receipt.timestamp().unwrap().micros());
                            self.enter(floor, commit, first, stamp, receipt.first().unwrap());
                        }
                        Err(error) => refused = Some(error),
                    }
                }
                refused.map_or(Ok(()), Err)
            }
            8 => {
                let answer = self.db.delete(namespace, key);
                self.enter_one(floor, (namespace, key), None, answer)
            }
            9 | 10 => {
                let seen = self.db.get_version(namespace, key)?;
                self.world.pass("decide", None);
                let if_version = seen.map_or(IfVersion::Absent, |version| IfVersion::Is(version.version));
                let text = self.text();
                let options = WriteOptions { if_version, ..WriteOptions::default() };
                let answer = self.db.put_json(namespace, key, text.as_bytes(), options);
                self.enter_one(floor, (namespace, key), Some(text), answer)
            }
            _ => {
                let mut number = 0;
                let answer = self.db.transact(|transaction| {
                    number = transaction.get::<u64>(COUNTER.0, COUNTER.1)?.unwrap_or(0) + 1;
                    transaction.put(COUNTER.0, COUNTER.1, &number)
                });
                match answer {
                    Ok(()) => self.ledger().counted.push(number),
                    Err(error) if error.code() == Code::Conflict => {}
                    Err(error) => return Err(error),
                }
                Ok(())
            }
        }
    }

    fn read_something(&mut self) -> Result<()> {
        match self.random.below(8) {
            0..=2 => {
                let floor = self.ledger().newest;
                let view = self.db.now()?;
                self.world.pass("look", None);
                self.see(view, floor, true)
            }
            // A database in the background of a writer: read alone, from the files.
            3 => {
                self.db.now()?;
                let floor = self.ledger().newest;
                let options = Options { read_only: true, ..self.options.clone() };
                let beside = KoruDelta::open(self.world.host(false), options)?;
                self.see(beside.now()?, floor, false)
            }
            4 => {
                let through = self.ledger().newest;
                let view = self.db.at(format!("seq:{through}"))?;
                self.see(view, through, true)
            }
            _ => self.look_again(),
        }
    }

    fn see(&mut self, view: View, floor: u64, again: bool) -> Result<()> {
        let (key, limit) = (self.name(), 1 + self.random.below(6));
        let answers = ask(&view, key, limit)?;
        assert_eq!(view.stats(false)?.versions, answers.feed.len() as u64);
        self.ledger().seen.push(Seen { view: again.then_some(view), key, limit, answers, floor });
        Ok(())
    }

    /// A snapshot answers today as it did yesterday.
    fn look_again(&mut self) -> Result<()> {
        let kept = {
            let ledger = self.ledger();
            let kept: Vec<&Seen> = ledger.seen.iter().filter(|seen| seen.view.is_some()).collect();
            if kept.is_empty() {
                return self.db.now().map(drop);
            }
            let seen = *self.random.clone().pick(&kept);
            (seen.view.clone().unwrap(), seen.key, seen.limit, seen.answers.clone())
        };
        self.random.word();
        let (view, key, limit, before) = kept;
        assert_eq!(ask(&view, key, limit)?, before, "a snapshot changed");
        self.ledger().reread += 1;
        Ok(())
    }

    fn maintain(&mut self) -> Result<()> {
        let newest = self.ledger().newest;
        match self.random.below(10) {
            0..=3 => {
                self.db.flush()?;
                self.world.durable.fetch_max(newest, Ordering::SeqCst);
            }
            4 => {
                self.db.sync()?;
                self.world.durable.fetch_max(newest, Ordering::SeqCst);
            }
            5 | 6 => {
                let found = self.db.now()?.verify()?;
                assert!(found.is_ok(), "{found:?}");
                assert!(found.versions >= newest, "{} of {newest} versions", found.versions);
            }
            7 => {
                let mut export = self.db.export()?;
                let mut text = Vec::new();
                while let Some(piece) = export.next_piece()? {
                    text.extend(piece);
                }
                assert!(export.versions() >= newest, "an export of {} of {newest} versions", export.versions());
                self.ledger().exports.push((export.versions(), text));
            }
            8 => {
                self.db.now()?;
                let now = koru_delta::host::Clock::now_us(&*self.world.clock);
                let step = self.random.between(0, [3, 5_000, 3_600_000_000][self.random.clone().below(3)]);
                self.world.clock.set(if self.random.once_in(2) { now + step } else { now - step });
            }
            _ if self.options.key.is_some() => self.db.change_key(&key(), &key())?,
            _ => drop(self.db.now()?.stats(true)?),
        }
        Ok(())
    }
}

fn ask(view: &View, key: (&str, &str), limit: usize) -> Result<Answers> {
    let (mut feed, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let page = view.changes(ChangesQuery { since: cursor.as_deref(), limit: 40, ..ChangesQuery::default() })?;
        feed.extend(page.changes);
        cursor = Some(page.cursor);
        if !page.more {
            break;
        }
    }
    let mut lists = Vec::new();
    for namespace in NAMESPACES {
        let (mut list, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let page = view.list(namespace, ListQuery { limit, cursor: cursor.as_deref(), ..ListQuery::default() })?;
            list.extend(page.versions);
            cursor = page.cursor;
            if cursor.is_none() {
                break;
            }
        }
        lists.push(list);
    }
    let history = view.history(key.0, key.1, HistoryQuery { limit: 1000, ..HistoryQuery::default() })?.versions;
    Ok(Answers { feed, lists, history })
}
