//! Steps by chance, about few names so that they meet.

use koru_delta::Durability;

use crate::agreement::moment;
use crate::oracle::{Commit, Guard, Oracle, Write};
use crate::random::Random;
use crate::workload::{BEGIN_US, Setup, Step};

const NAMESPACES: &[&str] = &["a", "users", "a-b", "ключи", "Z z", "😀"];
const KEYS: &[&str] = &[
    "k",
    "k0",
    "k\0",
    "k/1",
    "k/2",
    "k/",
    "alice",
    "\0",
    "~",
    " ",
    "ключ",
    "ключи",
    "😀",
    "e\u{301}",
    "é",
    "\u{10ffff}",
    "__proto__",
    "..",
    "a\nb",
];
const TEXTS: &[&str] = &[
    "null",
    "{}",
    "[]",
    "\"\"",
    "true",
    "0",
    "-0",
    "1.0",
    "1e400",
    "123456789012345678901234567890",
    r#"{"name":"Alice","city":"Paris"}"#,
    r#"{"name":"Alice","city":"Rome","tags":["a","b"]}"#,
    r#"{"city":"Rome","name":"Alice","tags":["b","a",1,1.0,null]}"#,
    r#"{"":{"/":{"~":[[],{},[{}]]}},"__proto__":1}"#,
    r#""\u0000 😀 ключ""#,
];

/// What a sequence of steps is like.
pub(crate) struct Generator {
    random: Random,
    /// How many different keys it uses.
    keys: usize,
    /// Whether documents are long.
    large: bool,
}

/// A database to run a sequence on.
pub(crate) fn setup(seed: u64) -> Setup {
    let mut random = Random::new(seed ^ 0x5e7);
    let durability = match random.below(6) {
        0 => Durability::None,
        1 => Durability::Interval(1000),
        _ => Durability::Sync,
    };
    Setup { seed, sealed: random.once_in(3), memtable_bytes: 1024 << random.below(4), durability }
}

impl Generator {
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let keys = [2, 5, 12, 60][random.below(4)];
        Self { large: random.once_in(4), keys, random }
    }

    pub(crate) fn step(&mut self, oracle: &Oracle) -> Step {
        let (namespace, key) = self.name();
        match self.random.below(32) {
            0..=11 => {
                let guard = self.guard(oracle, &namespace, &key);
                let actor = self.random.once_in(5).then(|| "somebody".to_owned());
                Step::Write { write: self.document(namespace, key), guard, actor }
            }
            12..=14 => {
                let guard = self.guard(oracle, &namespace, &key);
                Step::Write { write: Write { namespace, key, text: None }, guard, actor: None }
            }
            15..=19 => self.batch(oracle),
            20..=22 => {
                let to = self.random.once_in(2).then(|| moment(oracle, &mut self.random));
                Step::Revert { guard: self.guard(oracle, &namespace, &key), namespace, key, to }
            }
            23 | 24 => {
                let count = self.random.below(4);
                Step::Transact { read: (namespace, key), writes: (0..count).map(|_| self.write()).collect() }
            }
            25 | 26 => self.clock(oracle),
            27 | 28 => Step::Flush,
            29 => Step::Reopen,
            _ => Step::Write { write: self.document(namespace, key), guard: Guard::Any, actor: None },
        }
    }

    fn batch(&mut self, oracle: &Oracle) -> Step {
        let most = if self.random.once_in(6) { 40 } else { 6 };
        let count = self.random.below(most);
        let mut commit = Commit { writes: (0..count).map(|_| self.write()).collect(), ..Commit::default() };
        if self.random.once_in(4) {
            commit.actor = Some("ключник".to_owned());
            commit.reason = Some(String::new());
        }
        let guards = (0..self.random.below(3).saturating_sub(1))
            .map(|_| {
                let (namespace, key) = self.name();
                let guard = self.guard(oracle, &namespace, &key);
                (namespace, key, guard)
            })
            .collect();
        Step::Batch { commit, guards }
    }

    fn clock(&mut self, oracle: &Oracle) -> Step {
        const HOUR: u64 = 3_600_000_000;
        let newest = oracle.newest_stamp().max(BEGIN_US);
        Step::Clock(match self.random.below(7) {
            0 => newest + self.random.between(1, 3),
            1 => newest + self.random.between(1, 1_000_000),
            2 => newest + self.random.between(1, 30 * 24) * HOUR,
            3 => newest - self.random.between(1, 1000),
            4 => newest - self.random.between(1, 30 * 24) * HOUR,
            5 => 0,
            _ => newest.next_multiple_of(1000),
        })
    }

    fn write(&mut self) -> Write {
        let (namespace, key) = self.name();
        if self.random.once_in(4) { Write { namespace, key, text: None } } else { self.document(namespace, key) }
    }

    fn document(&mut self, namespace: String, key: String) -> Write {
        let long = if self.large { 4 } else { 30 };
        let text = if self.random.once_in(long) {
            // Around the length from which documents are kept apart, and well above it; easy and hard to compress.
            let length = [4093, 4094, 4095, 5200, 9000][self.random.below(5)];
            let hard = self.random.once_in(2);
            let letter = |random: &mut Random| char::from(b'a' + if hard { random.below(26) as u8 } else { 0 });
            format!("\"{}\"", (0..length).map(|_| letter(&mut self.random)).collect::<String>())
        } else if self.random.once_in(3) {
            format!(r#"{{"id":{},"filler":"{}"}}"#, self.random.word(), "x".repeat(self.random.below(200)))
        } else {
            (*self.random.pick(TEXTS)).to_owned()
        };
        Write { namespace, key, text: Some(text) }
    }

    fn guard(&mut self, oracle: &Oracle, namespace: &str, key: &str) -> Guard {
        match self.random.below(12) {
            0 => Guard::Absent,
            1 | 2 => oracle.newest(namespace, key, oracle.newest_seq()).map_or(Guard::Absent, |v| Guard::Is(v.seq)),
            3 if oracle.newest_seq() > 0 => Guard::Is(self.random.between(1, oracle.newest_seq())),
            _ => Guard::Any,
        }
    }

    fn name(&mut self) -> (String, String) {
        let namespace = NAMESPACES[self.random.below(self.keys.div_ceil(8)).min(NAMESPACES.len() - 1)];
        let at = self.random.below(self.keys);
        let key = match KEYS.get(at) {
            Some(key) => (*key).to_owned(),
            None if at.is_multiple_of(9) => format!("{at}{}", "я".repeat(500)),
            None => format!("key-{at:04}"),
        };
        (namespace.to_owned(), key)
    }
}
