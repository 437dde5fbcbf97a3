//! The workloads that are crashed and made to fail at every operation.

use std::sync::Arc;

use koru_delta::Durability;
use koru_delta::error::Result;
use koru_delta::host::{MemVfs, SimVfs};

use crate::generator::{Generator, setup};
use crate::model::exported;
use crate::oracle::{Commit, Guard, Write};
use crate::random::Random;
use crate::workload::{BEGIN_US, Run, Setup, Step};

/// A list of steps, always the same, from the creation of the database to its close.
pub(crate) struct Script {
    pub(crate) name: String,
    pub(crate) setup: Setup,
    pub(crate) steps: Vec<Step>,
}

impl Script {
    /// Goes through the script until something fails.
    pub(crate) fn run(&self, vfs: &SimVfs) -> (Run, Result<()>) {
        let mut run = Run::new(self.setup.clone(), Arc::new(vfs.clone()));
        let result = self.go(&mut run);
        (run, result)
    }

    fn go(&self, run: &mut Run) -> Result<()> {
        run.open()?;
        for step in &self.steps {
            run.step(step)?;
        }
        run.close()
    }
}

fn put(key: &str, text: &str) -> Step {
    write(key, Some(text.to_owned()))
}

fn write(key: &str, text: Option<String>) -> Step {
    let write = Write { namespace: "users".to_owned(), key: key.to_owned(), text };
    Step::Write { write, guard: Guard::Any, actor: None }
}

fn batch(count: usize, text: &dyn Fn(usize) -> String) -> Step {
    let of = |n| Write { namespace: "bulk".to_owned(), key: format!("key-{:03}", n * 7 % 31), text: Some(text(n)) };
    Step::Batch { commit: Commit { writes: (0..count).map(of).collect(), ..Commit::default() }, guards: Vec::new() }
}

/// A text that LZ4 makes no shorter.
fn noise(seed: usize, length: usize) -> String {
    let mut random = Random::new(seed as u64);
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    format!("\"{}\"", (0..length).map(|_| char::from(*random.pick(letters))).collect::<String>())
}

/// Every kind of act once, and what takes many of a kind: merges, and more short opens than logs may gather.
fn handmade() -> Vec<(&'static str, Vec<Step>)> {
    let all_acts = vec![
        put("alice", r#"{"name":"Alice"}"#),
        batch(5, &|n| n.to_string()),
        put("alice", &noise(1, 6000)),
        Step::Flush,
        write("alice", None),
        Step::Revert { namespace: "users".into(), key: "alice".into(), to: None, guard: Guard::Any },
        Step::Clock(0),
        put("bob", "1"),
        Step::Reopen,
        Step::Transact {
            read: ("users".into(), "bob".into()),
            writes: vec![Write { namespace: "users".into(), key: "carol".into(), text: Some("null".into()) }],
        },
        Step::Reopen,
        Step::Reopen,
        put("bob", "2"),
    ];
    let merges = (0..26)
        .flat_map(|n| [batch(6, &move |m| noise(n * 10 + m, 90)), put("alice", &n.to_string())])
        .chain([Step::Flush])
        .collect();
    let opens = (0..11).flat_map(|n| [put(["alice", "bob", "carol"][n % 3], &n.to_string()), Step::Reopen]).collect();
    let large =
        (0..5).flat_map(|n| [put("alice", &noise(n, 5000)), put("bob", &noise(n, 20_000)), Step::Flush]).collect();
    let imports = vec![
        put("before", "0"),
        import(1, BEGIN_US + 1_000_000, false),
        put("between", "1"),
        Step::Flush,
        import(2, BEGIN_US + 2_000_000, true),
        put("after", "2"),
        // One that is refused, for it comes before what is there.
        import(3, 1_000, false),
        Step::Reopen,
        put("last", "3"),
    ];
    vec![
        ("creation", Vec::new()),
        ("all acts", all_acts),
        ("merges", merges),
        ("short opens", opens),
        ("large documents", large),
        ("imports", imports),
    ]
}

/// All kinds in one database: tiers and their merges, values kept apart, histories from elsewhere, logs of many opens.
pub(crate) fn mixture(rounds: usize) -> Script {
    let mut steps = Vec::new();
    for n in 0..rounds {
        steps.extend([
            batch(9, &move |m| noise(n * 100 + m, [40, 300, 4090, 9000][(n + m) % 4])),
            put("alice", &noise(n, 700 * n)),
            put(["bob", "carol"][n % 2], &n.to_string()),
            batch(4, &move |m| format!("[{n},{m}]")),
        ]);
        match n % 4 {
            0 => steps.push(import(n as u64 + 10, BEGIN_US + (n as u64 + 1) * 1_000_000, n == 4)),
            1 => steps.extend([Step::Reopen, write("alice", None), put("alice", "0"), Step::Reopen]),
            2 => steps.push(Step::Flush),
            _ => {
                steps.push(Step::Revert {
                    namespace: "users".into(),
                    key: "alice".into(),
                    to: None,
                    guard: Guard::Any,
                });
            }
        }
    }
    let setup = Setup { seed: 7, sealed: false, memtable_bytes: 2048, durability: Durability::Sync };
    Script { name: format!("mixture of {rounds}"), setup, steps }
}

/// The import of a history that some other database made, from a time on.
fn import(seed: u64, from: u64, restamp: bool) -> Step {
    let mut other = Run::new(Setup { sealed: false, ..setup(seed) }, Arc::new(MemVfs::new()));
    other.clock.set(from);
    other.open().unwrap();
    let mut generator = Generator::new(seed);
    while other.oracle.newest_seq() < 25 {
        let step = generator.step(&other.oracle);
        if !matches!(step, Step::Clock(_)) {
            other.step(&step).unwrap();
        }
    }
    let text = exported(&other);
    Step::Import { text, history: Arc::new(other.oracle), restamp }
}

/// Steps by chance, from a seed, as they turned out when nothing failed.
pub(crate) fn by_chance(seed: u64, length: usize) -> Script {
    let mut generator = Generator::new(seed);
    let mut run = Run::new(Setup { memtable_bytes: 2048, ..setup(seed) }, Arc::new(MemVfs::new()));
    run.open().unwrap();
    let mut steps = Vec::with_capacity(length);
    for _ in 0..length {
        let step = generator.step(&run.oracle);
        run.step(&step).unwrap();
        steps.push(step);
    }
    Script { name: format!("seed {seed}"), setup: run.setup.clone(), steps }
}

/// All scripts: the handmade ones sealed and open, and some by chance.
pub(crate) fn all(by_chance_seeds: std::ops::Range<u64>) -> Vec<Script> {
    let mut scripts = Vec::new();
    for sealed in [false, true] {
        for (name, steps) in handmade() {
            let setup = Setup { seed: 7, sealed, memtable_bytes: 2048, durability: Durability::Sync };
            let name = format!("{name}{}", if sealed { ", sealed" } else { "" });
            scripts.push(Script { name, setup, steps });
        }
    }
    scripts.extend(by_chance_seeds.map(|seed| by_chance(seed, 25)));
    scripts
}

/// A batch that the log takes in two frames.
pub(crate) fn two_frames() -> Script {
    let text = noise(1, 3 << 20);
    let writes = |n| Write { namespace: "bulk".into(), key: format!("{n}"), text: Some(text.clone()) };
    let commit = Commit { writes: (0..6).map(writes).collect(), ..Commit::default() };
    let setup = Setup { seed: 7, sealed: false, memtable_bytes: 4 << 20, durability: Durability::Sync };
    let steps = vec![put("alice", "1"), Step::Batch { commit, guards: Vec::new() }, put("alice", "2")];
    Script { name: "two frames".into(), setup, steps }
}
