//! Power that goes, processes that die, writes that fail.

use super::*;

/// Everything a store of generation `from + 1` over `from` may leave, from any start.
///
/// `depth` times the process dies at some operation while the power stays, and another one loads and stores; then the
/// power goes. The answer must be a generation that was stored whole or was being stored, and never older than the
/// last whole one.
fn crash_everywhere(place: &Place, base: &BTreeMap<String, Vec<u8>>, from: u64, depth: usize, images: &mut usize) {
    let start = MemVfs::from_files(base.clone());
    let mut halts = vec![0; depth];
    loop {
        let sim = SimVfs::from(&start);
        let (mut committed, mut newest) = (from, from);
        let mut finished = true;
        for halt in &halts {
            let next = newest + 1;
            // The process finds out where it stands.
            if newest > 0
                && let Load::Found(loaded) = place.load(&sim).unwrap()
            {
                let generation = loaded.manifest.generation;
                assert!((committed..=newest).contains(&generation), "{halts:?}");
            }
            sim.halt_at(sim.operations() + halt);
            newest = next;
            finished = place.manifest(next).store(&place.files(sim.clone())).is_ok();
            sim.heal();
            if finished {
                committed = next;
            }
        }
        for crash in Crash::all(&sim, halts[0], 8) {
            *images += 1;
            let image = sim.crash(&crash);
            match place.load(&image) {
                Ok(Load::Found(loaded)) => {
                    let generation = loaded.manifest.generation;
                    assert!((committed..=newest).contains(&generation), "{halts:?} {crash:?}: {generation}");
                    assert_eq!(loaded.manifest, place.manifest(generation), "{halts:?} {crash:?}");
                    // And it goes on from there.
                    let after = place.manifest(newest + 1);
                    after.store(&place.files(image.clone())).unwrap();
                    let loaded = place.found(&image);
                    assert!(loaded.manifest == after && loaded.slots_agree, "{halts:?} {crash:?}");
                }
                Ok(Load::Absent | Load::Unfinished) if committed == 0 => {
                    let first = place.manifest(newest + 1);
                    first.store(&place.files(image.clone())).unwrap();
                    assert_eq!(place.found(&image).manifest, first);
                }
                other => panic!("{halts:?} {crash:?}: {other:?}"),
            }
        }
        // The next combination: the last process one operation further; when it came to its end, the one before.
        let Some(last) = (0..depth).rev().find(|at| !(finished && *at == depth - 1 || halts[*at] > 40)) else {
            return;
        };
        halts[last] += 1;
        halts[last + 1..].fill(0);
    }
}

#[test]
fn a_crash_at_any_operation_leaves_the_old_or_the_new() {
    let mut images = 0;
    for place in Place::both() {
        for from in 0..3 {
            let base = if from == 0 { BTreeMap::new() } else { place.stored(from) };
            crash_everywhere(&place, &base, from, 1, &mut images);
        }
    }
    assert!(images > 300, "{images}");
}

#[test]
fn a_crash_while_an_interrupted_store_is_followed_by_another_one() {
    let mut images = 0;
    let place = Place::new(false);
    for from in [0, 2] {
        let base = if from == 0 { BTreeMap::new() } else { place.stored(from) };
        crash_everywhere(&place, &base, from, 2, &mut images);
    }
    assert!(images > 5_000, "{images}");
}

#[test]
fn a_crash_while_a_damaged_slot_is_repaired() {
    let mut images = 0;
    for place in Place::both() {
        for name in [slot::name(0), slot::name(1)] {
            let mut base = place.stored(2);
            base.get_mut(&name).unwrap()[110] ^= 1;
            crash_everywhere(&place, &base, 2, 1, &mut images);
            base.remove(&name);
            crash_everywhere(&place, &base, 2, 1, &mut images);
        }
    }
    assert!(images > 500, "{images}");
}

#[test]
fn after_any_failed_operation_a_later_store_is_safe() {
    let kinds = [OperationKind::Create, OperationKind::Write, OperationKind::Sync, OperationKind::SyncDir];
    let place = Place::new(true);
    for from in [0, 2] {
        let base = if from == 0 { BTreeMap::new() } else { place.stored(from) };
        for fault in kinds
            .map(|kind| Fault::error(io::ErrorKind::Other).on(kind))
            .into_iter()
            .chain([Fault::dropped_sync(io::ErrorKind::Other), Fault::short(70).on(OperationKind::Write)])
        {
            for nth in 1..6 {
                let sim = SimVfs::from(&MemVfs::from_files(base.clone()));
                sim.fail(fault.clone().nth(nth));
                let files = place.files(sim.clone());
                let first = place.manifest(from + 1).store(&files).is_ok();
                sim.heal();
                let committed = if first { from + 1 } else { from };
                // The next store runs to any of its operations, and the power goes.
                for steps in 0.. {
                    let sim = SimVfs::from(&MemVfs::from_files(base.clone()));
                    sim.fail(fault.clone().nth(nth));
                    let files = place.files(sim.clone());
                    assert_eq!(place.manifest(from + 1).store(&files).is_ok(), first);
                    sim.heal();
                    // A folder whose own sync failed takes no more new files before it is opened again.
                    let refused = files.names.lock().unwrap().is_some();
                    let files = if refused { place.files(sim.clone()) } else { files };
                    sim.halt_at(sim.operations() + steps);
                    let second = place.manifest(from + 2).store(&files).is_ok();
                    let committed = if second { from + 2 } else { committed };
                    sim.heal();
                    for crash in Crash::all(&sim, steps, 6) {
                        let found = match place.load(&sim.crash(&crash)) {
                            Ok(Load::Found(loaded)) => loaded.manifest.generation,
                            Ok(_) => 0,
                            Err(e) => panic!("{fault:?} {nth} {steps} {crash:?}: {e}"),
                        };
                        assert!(
                            (committed..=from + 2).contains(&found),
                            "{fault:?} {nth} {steps} {crash:?}: {found}, not {committed}"
                        );
                    }
                    if second {
                        break;
                    }
                }
            }
        }
    }
}

#[test]
fn after_a_crash_while_the_key_is_changed_the_old_or_the_new_key_opens() {
    let place = Place::new(true);
    let [old, new] = [SealKey::from_bytes([7; 32]), SealKey::from_bytes([8; 32])];
    let record = place.keyring.as_ref().unwrap().rewrap(&*place.entropy, &old, &new).unwrap();
    let base = MemVfs::from_files(place.stored(2));
    let mut changed = place.manifest(3);
    changed.keyring = Some(record);
    for halt in 0.. {
        let sim = SimVfs::from(&base);
        sim.halt_at(halt);
        let done = changed.store(&place.files(sim.clone())).is_ok();
        for crash in Crash::all(&sim, halt, 10) {
            let image = sim.crash(&crash);
            let mut open = 0;
            for key in [&old, &new] {
                let load = Manifest::load(&image, &mut |record| record.unwrap(key));
                match load {
                    Ok(Load::Found(loaded)) => {
                        assert_eq!(loaded.data_key, place.data_key);
                        // The newest slot is right whichever key opened it.
                        assert!([2, 3].contains(&loaded.manifest.generation));
                        open += 1;
                    }
                    Err(e) if e.code() == Code::WrongSealKey => {}
                    other => panic!("{halt} {crash:?}: {other:?}"),
                }
            }
            assert!(open > 0, "{halt} {crash:?}");
            if done {
                let load = Manifest::load(&image, &mut |record| record.unwrap(&old));
                assert_eq!(code(load), Some(Code::WrongSealKey));
            }
        }
        if done {
            break;
        }
    }
}
