//! Seeded sequences of everything a program can do, each answer compared with the oracle's.
//!
//! `KORU_SEED` runs one sequence, `KORU_ROUNDS` another number of them, `KORU_TORTURE` goes on for so many seconds.

use std::sync::Arc;
use std::time::Instant;

use koru_delta::host::{MemVfs, SimVfs};

use crate::agreement::{everything, sample};
use crate::budget::{Budget, seeded};
use crate::generator::{Generator, setup};
use crate::oracle::Oracle;
use crate::random::Random;
use crate::workload::{Run, Step};

/// Seeds that once failed.
const FAILED_ONCE: &[u64] = &[];
const ROUNDS: u64 = 3_000;

#[test]
fn the_database_answers_as_the_oracle_does() {
    let budget = Budget::from_environment("model", ROUNDS);
    let started = Instant::now();
    let (mut rounds, mut versions) = (0, 0);
    for seed in FAILED_ONCE.iter().copied().chain(budget) {
        versions += seeded("model", seed, || sequence(seed));
        rounds += 1;
    }
    println!("model: {rounds} sequences, {versions} versions, {:?}", started.elapsed());
}

/// Runs one sequence; answers how many versions it wrote.
fn sequence(seed: u64) -> u64 {
    let mut random = Random::new(seed ^ 0x0a5c);
    let mut generator = Generator::new(seed);
    let mut run = Run::new(setup(seed), Arc::new(MemVfs::new()));
    run.open().unwrap();
    let steps = 10 + random.below(50);
    for number in 0..steps {
        let step = match random.below(60) {
            0 => {
                move_to_another(&mut run, &mut random);
                None
            }
            1 => Some(import_more(&mut run, &mut random)),
            _ => Some(generator.step(&run.oracle)),
        };
        let Some(step) = step else { continue };
        if let Err(error) = run.step(&step) {
            panic!("step {number}, {step:?}: {error:?}");
        }
        for _ in 0..2 {
            sample(run.db(), &run.oracle, &mut random).unwrap();
        }
    }
    everything(run.db(), &run.oracle, 2, &mut random).unwrap();
    run.step(&Step::Reopen).unwrap();
    everything(run.db(), &run.oracle, 1, &mut random).unwrap();
    run.close().unwrap();
    run.oracle.newest_seq()
}

/// Goes on in a fresh database that has the whole history.
fn move_to_another(run: &mut Run, random: &mut Random) {
    let text = exported(run);
    let history = Arc::new(std::mem::take(&mut run.oracle));
    run.close().unwrap();
    run.vfs = Arc::new(SimVfs::new());
    run.setup.sealed = random.once_in(2);
    run.forget_replica();
    run.open().unwrap();
    // History is refused when it comes from more than a day after now; then nothing is imported and the clock is put
    // right, for the history must not be lost to the rest of the sequence.
    let restamp = random.once_in(3);
    run.step(&Step::Import { text: text.clone(), history: history.clone(), restamp }).unwrap();
    if run.oracle.newest_seq() == 0 && history.newest_seq() > 0 {
        run.clock.set(history.newest_stamp());
        run.step(&Step::Import { text, history, restamp }).unwrap();
    }
}

/// A history from elsewhere, before or after what is here.
fn import_more(run: &mut Run, random: &mut Random) -> Step {
    let mut other = Run::new(setup(random.word()), Arc::new(MemVfs::new()));
    other.clock.set(if random.once_in(3) { 1_000 } else { run.oracle.newest_stamp() + 5 });
    other.open().unwrap();
    let mut generator = Generator::new(random.word());
    for _ in 0..random.below(20) {
        let step = generator.step(&other.oracle);
        if !matches!(step, Step::Clock(_)) {
            other.step(&step).unwrap();
        }
    }
    let text = exported(&other);
    Step::Import { text, history: Arc::new(other.oracle), restamp: random.once_in(2) }
}

/// The export of a database.
pub(crate) fn exported(run: &Run) -> Arc<Vec<u8>> {
    let pieces: Vec<Vec<u8>> = run.db().export().unwrap().collect::<Result<_, _>>().unwrap();
    Arc::new(pieces.concat())
}

#[test]
fn an_oracle_that_is_wrong_is_found_out() {
    let mut run = Run::new(setup(1), Arc::new(MemVfs::new()));
    run.open().unwrap();
    let mut generator = Generator::new(1);
    while run.oracle.newest_seq() < 30 {
        run.step(&generator.step(&run.oracle)).unwrap();
    }
    let wrong = run.oracle.up_to(run.oracle.commits()[run.oracle.commits().len() - 2].1);
    let compare = || everything(run.db(), &wrong, 1, &mut Random::new(1));
    let found = std::panic::catch_unwind(std::panic::AssertUnwindSafe(compare));
    assert!(found.is_err(), "a missing commit went unnoticed");
    assert_eq!(Oracle::default().newest_seq(), 0);
}
