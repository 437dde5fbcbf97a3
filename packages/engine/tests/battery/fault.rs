//! Operations that fail: every one of them in turn, and by chance in the midst of everything else.
//!
//! A failure reaches the caller or is healed, nothing acknowledged is lost, reads go on, and nothing panics.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Instant;

use koru_delta::Code;
use koru_delta::error::Error;
use koru_delta::host::{Crash, Fault, OperationKind, SimVfs};

use crate::agreement::{all_answers, everything, sample, verified};
use crate::budget::{Budget, seeded, torture};
use crate::crash::{in_parallel, named, recovers};
use crate::generator::{Generator, setup};
use crate::oracle::{Guard, Write};
use crate::random::Random;
use crate::scripts::{Script, all};
use crate::workload::{Run, Step, is_of_the_world};

const ROUNDS: u64 = 3_000;
/// Which of the ways to fail an operation of a script is tried: one in so many, another at each operation.
const ONE_WAY_IN: u64 = 6;

/// The ways in which the operation after `passes` others can fail.
fn ways(passes: u64) -> Vec<Fault> {
    let error = |kind| Fault::error(kind).nth(passes + 1);
    vec![
        error(ErrorKind::Other),
        error(ErrorKind::Other).forever(),
        error(ErrorKind::StorageFull),
        error(ErrorKind::StorageFull).forever(),
        error(ErrorKind::PermissionDenied),
        error(ErrorKind::PermissionDenied).forever(),
        error(ErrorKind::Interrupted),
        Fault::short(0).nth(passes + 1),
        Fault::short(1).nth(passes + 1),
        Fault::short(700).nth(passes + 1).forever(),
        Fault::dropped_sync(ErrorKind::Other).nth(passes / 4 + 1),
        Fault::dropped_sync(ErrorKind::StorageFull).nth(passes / 4 + 1),
    ]
}

#[test]
fn any_operation_may_fail_in_any_way() {
    let started = Instant::now();
    let scripts = all(1..4);
    let mut cases = Vec::new();
    for (at, script) in scripts.iter().enumerate() {
        let vfs = SimVfs::new();
        script.run(&vfs).1.unwrap();
        let every = torture().is_some() || script.name == "all acts";
        for operation in 0..vfs.operations() {
            for (way, fault) in ways(operation).into_iter().enumerate() {
                if every || (way as u64 + operation).is_multiple_of(ONE_WAY_IN) {
                    cases.push((at, operation, fault));
                }
            }
        }
    }
    let tally = in_parallel(&cases, |(at, operation, fault), tally| {
        let script = &scripts[*at];
        tally.images += named(|| format!("{}, {fault:?}", script.name), || fails(script, *operation, fault));
    });
    println!("fault: {} failed operations, {} images after them, {:?}", cases.len(), tally.images, started.elapsed());
}

/// Runs a script into a failure, and looks at the database before and after it is opened again.
fn fails(script: &Script, operation: u64, fault: &Fault) -> usize {
    let mut random = Random::new(operation);
    let disk = SimVfs::new();
    disk.fail(fault.clone());
    let (mut run, result) = script.run(&disk);
    disk.heal();
    if let Err(error) = result {
        assert!(is_of_the_world(&error), "{error:?}");
    }
    if run.db.is_some() {
        run.look().unwrap();
        all_answers(run.db(), &run.oracle, 0, &mut random).unwrap();
        if go_on(&mut run, &random).is_ok() {
            allow_poison(run.step(&Step::Flush));
            verified(run.db(), &run.oracle).unwrap();
        }
        all_answers(run.db(), &run.oracle, 0, &mut random).unwrap();
    }
    let images = [Crash::AllLost, Crash::AllKept, Crash::Subset(operation)].map(|crash| disk.crash(&crash));
    for image in images {
        recovers(&mut run.in_folder(Arc::new(image)), &mut random);
    }
    3
}

/// A write on a disk that is whole again; refused only by a database that takes no more writes.
fn go_on(run: &mut Run, random: &Random) -> Result<(), Error> {
    let text = Some(format!("[{}]", random.clone().word()));
    let write = Write { namespace: "users".into(), key: "after the failure".into(), text };
    let result = run.step(&Step::Write { write, guard: Guard::Any, actor: None });
    allow_poison(result.clone());
    result
}

fn allow_poison(result: Result<(), Error>) {
    if let Err(error) = result {
        assert_eq!(error.code(), Code::Poisoned, "{error:?}");
    }
}

/// A failed sync of the log leaves it in doubt what is on the disk; from there on only reads are answered.
#[test]
fn a_failed_sync_of_the_log_ends_all_writing() {
    for sealed in [false, true] {
        for kind in [ErrorKind::Other, ErrorKind::StorageFull, ErrorKind::PermissionDenied] {
            for fault in [Fault::dropped_sync(kind), Fault::error(kind)] {
                let disk = SimVfs::new();
                let mut random = Random::new(1);
                let plain = crate::workload::Setup { durability: koru_delta::Durability::Sync, sealed, ..setup(1) };
                let mut run = Run::new(plain, Arc::new(disk.clone()));
                run.open().unwrap();
                go_on(&mut run, &random).unwrap();
                disk.fail(fault.on(OperationKind::Sync).on_file("log-000001"));
                let first = go_on_until_failure(&mut run, &mut random);
                assert_ne!(first.code(), Code::Poisoned, "the first failure is told as it is");
                for step in [Step::Flush, Step::Flush] {
                    assert_eq!(run.step(&step).unwrap_err().code(), Code::Poisoned);
                }
                for _ in 0..3 {
                    random.word();
                    assert_eq!(go_on(&mut run, &random).unwrap_err().code(), Code::Poisoned);
                }
                everything(run.db(), &run.oracle, 1, &mut random).unwrap();
                for crash in [Crash::AllLost, Crash::AllKept] {
                    recovers(&mut run.in_folder(Arc::new(disk.crash(&crash))), &mut random);
                }
                run.step(&Step::Reopen).unwrap();
                go_on(&mut run, &random).unwrap();
            }
        }
    }
}

fn go_on_until_failure(run: &mut Run, random: &mut Random) -> Error {
    let write = Write { namespace: "users".into(), key: "k".into(), text: Some(random.word().to_string()) };
    run.step(&Step::Write { write, guard: Guard::Any, actor: None }).unwrap_err()
}

#[test]
fn a_life_of_failures_and_crashes_loses_nothing() {
    let started = Instant::now();
    let seeds: Vec<u64> = Budget::from_environment("trouble", ROUNDS).collect_for_threads();
    let tally = in_parallel(&seeds, |seed, tally| {
        let troubles = seeded("trouble", *seed, || life(*seed));
        tally.images += troubles.crashes;
        tally.points += troubles.failures;
        tally.operations += troubles.poisoned;
    });
    println!(
        "trouble: {} lives, {} failed calls ({} of them refused by a poisoned database), {} crashes, {:?}",
        seeds.len(),
        tally.points,
        tally.operations,
        tally.images,
        started.elapsed()
    );
}

#[derive(Default)]
struct Troubles {
    failures: usize,
    poisoned: u64,
    crashes: usize,
}

/// A sequence in which operations fail, the disk fills up, the power goes, and the database goes on.
fn life(seed: u64) -> Troubles {
    let mut random = Random::new(seed ^ 0x007a_0b1e);
    let mut generator = Generator::new(seed);
    let mut disk = SimVfs::new();
    let mut run = Run::new(setup(seed), Arc::new(disk.clone()));
    run.open().unwrap();
    let mut troubles = Troubles::default();
    for number in 0..20 + random.below(40) {
        match random.below(12) {
            0 | 1 => {
                let passes = random.below(30) as u64;
                disk.fail(random.pick(&ways(passes)).clone());
            }
            2 => disk.limit_bytes(Some(
                disk.snapshot().values().map(|file| file.len() as u64).sum::<u64>() + random.below(40_000) as u64,
            )),
            3 | 4 => disk.heal(),
            5 if random.once_in(3) => {
                troubles.crashes += 1;
                let ways = Crash::all(&disk, random.word(), 8);
                let image = disk.crash(random.pick(&ways));
                drop(run.db.take());
                disk = SimVfs::from(&image);
                run.vfs = Arc::new(disk.clone());
                run.open().unwrap_or_else(|error| panic!("before step {number} it does not open: {error:?}"));
                run.resolve().unwrap();
            }
            _ => {}
        }
        let step = generator.step(&run.oracle);
        if let Err(error) = run.step(&step) {
            troubles.failures += 1;
            troubles.poisoned += u64::from(error.code() == Code::Poisoned);
            assert!(is_of_the_world(&error), "step {number}, {step:?}: {error:?}");
            recover_from(&mut run, &disk, &error, &mut random);
        } else if random.once_in(3) {
            let result = sample(run.db(), &run.oracle, &mut random);
            assert!(result.as_ref().err().is_none_or(is_of_the_world), "{result:?}");
        }
    }
    disk.heal();
    all_answers(run.db(), &run.oracle, 1, &mut random).unwrap();
    let ways = Crash::all(&disk, random.word(), 8);
    let crash = *random.pick(&ways);
    recovers(&mut run.in_folder(Arc::new(disk.crash(&crash))), &mut random);
    troubles
}

/// Goes on after a failure, as a program may: with the same handle, or with a new one.
fn recover_from(run: &mut Run, disk: &SimVfs, error: &Error, random: &mut Random) {
    if run.db.is_some() && (error.code() != Code::Poisoned || random.once_in(2)) {
        if run.look().is_err() {
            disk.heal();
            run.look().unwrap();
        }
        return;
    }
    disk.heal();
    drop(run.db.take());
    run.open().unwrap();
    run.resolve().unwrap();
}
