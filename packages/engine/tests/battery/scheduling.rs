//! That the scheduler itself finds what it is there to find.

use std::sync::{Arc, Mutex};

use crate::scheduler::{Course, Scheduler, Stuck};

/// Runs two threads that each do the steps of `body`, under the schedule of a seed.
fn two(seed: u64, body: impl Fn(&Arc<Scheduler>, usize) + Clone + Send + 'static) -> Result<Course, Stuck> {
    let scheduler = Scheduler::new(seed);
    let task = |name, number| {
        let (scheduler, body) = (Arc::clone(&scheduler), body.clone());
        let body: Box<dyn FnOnce() + Send> = Box::new(move || body(&scheduler, number));
        (name, body)
    };
    let tasks = vec![task("one", 0), task("two", 1)];
    scheduler.run(tasks)
}

#[test]
fn it_finds_a_lost_update_and_a_deadlock() {
    let (mut lost, mut dead, mut well) = (0, 0, 0);
    for seed in 0..100 {
        let number = Arc::new(Mutex::new(0));
        let shared = Arc::clone(&number);
        two(seed, move |scheduler, _| {
            scheduler.gate("read", None);
            let seen = *shared.lock().unwrap();
            scheduler.gate("write", None);
            *shared.lock().unwrap() = seen + 1;
        })
        .unwrap();
        lost += u32::from(*number.lock().unwrap() == 1);
    }
    for seed in 0..40 {
        let locks = Arc::new([Mutex::new(()), Mutex::new(())]);
        let crossed = two(seed, move |scheduler, number| {
            scheduler.gate("first", None);
            let _first = locks[number].lock().unwrap();
            scheduler.gate("second", None);
            let _second = locks[1 - number].lock().unwrap();
            scheduler.gate("both", None);
        });
        match crossed {
            Ok(_) => well += 1,
            Err(stuck) => {
                assert!(format!("{stuck:?}").contains("deadlock"), "{stuck:?}");
                dead += 1;
            }
        }
    }
    println!("{lost} lost updates of 100, {dead} deadlocks and {well} without");
    assert!(lost > 4 && lost < 96 && dead > 1 && well > 4);
}

#[test]
fn a_lock_that_is_held_at_a_gate_stalls_nobody_and_a_seed_gives_one_order() {
    let mut slept = 0;
    for seed in 0..40 {
        let once = || {
            let lock = Arc::new(Mutex::new(0));
            let shared = Arc::clone(&lock);
            let course = two(seed, move |scheduler, _| {
                for _ in 0..5 {
                    let mut held = shared.lock().unwrap();
                    scheduler.gate("held", None);
                    *held += 1;
                    drop(held);
                    scheduler.gate("free", None);
                }
            })
            .unwrap();
            assert_eq!(*lock.lock().unwrap(), 10);
            course
        };
        let (one, two) = (once(), once());
        assert_eq!(one.draws, two.draws, "seed {seed}");
        slept += one.slept;
    }
    assert!(slept > 20, "{slept}");
}
