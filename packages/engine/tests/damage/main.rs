//! Damage at rest: whatever happens to the bytes of a store, an answer is right or it is an error.

#[path = "../world/mod.rs"]
mod world;

#[cfg(unix)]
mod disk;
mod inspection;
mod judge;
mod second_look;
mod specimen;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use judge::{Allowed, BOTH, Door, Tally, judge};
use specimen::Specimen;
use world::{Dice, Image};

/// One way to damage a store.
struct Case {
    label: String,
    /// What the outcome is counted under.
    group: String,
    allowed: Allowed,
    live: bool,
    damage: Box<dyn Fn(&mut Image) + Send + Sync>,
}

/// Tries all cases on two threads; answers the counts.
fn run(specimen: &Specimen, cases: &[Case]) -> Tally {
    let (next, tally) = (AtomicUsize::new(0), Mutex::new(Tally::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut mine = Tally::new();
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(case) = cases.get(at) else { break };
                    let mut files = specimen.files.clone();
                    (case.damage)(&mut files);
                    match judge(specimen, &files, case.allowed, case.live, doors(case, at)) {
                        Ok(outcome) => *mine.entry((case.group.clone(), outcome)).or_default() += 1,
                        Err(complaint) => panic!("{}: {complaint}", case.label),
                    }
                }
                for (key, count) in mine {
                    *tally.lock().unwrap().entry(key).or_default() += count;
                }
            });
        }
    });
    tally.into_inner().unwrap()
}

/// A segment and a values file are read by the same code whoever opens the store, so of the damages to those the writer
/// looks at one in six.
fn doors(case: &Case, at: usize) -> &'static [Door] {
    let same = ["segment", "values"].contains(&&*case.group) && world::torture().is_none();
    if same && !at.is_multiple_of(6) { &[Door::Reader] } else { BOTH }
}

fn report(title: &str, specimen: &Specimen, tally: &Tally) -> u64 {
    let total = tally.values().sum();
    println!("{title}, {}: {total} cases", specimen.name);
    for ((group, outcome), count) in tally {
        println!("  {group:<10} {outcome:?} {count}");
    }
    total
}

fn kind(name: &str) -> String {
    name.split('-').next().unwrap_or_default().to_owned()
}

/// Where a damage to a byte of a file may cost the last group.
fn allowed_by_a_change(specimen: &Specimen, name: &str) -> Allowed {
    if specimen.is_active_log(name) { Allowed::LastGroup } else { Allowed::Nothing }
}

/// The places of a file that a battery looks at: all that mean something, and some of the room behind them.
fn places(specimen: &Specimen, name: &str, sparse: usize) -> Vec<usize> {
    let (live, length) = (specimen.live_length(name), specimen.files[name].len());
    (0..live).chain((live..length).step_by(if world::torture().is_some() { 1 } else { sparse })).collect()
}

#[test]
fn a_flipped_bit_is_noticed_or_means_nothing() {
    let seed = world::seed(1);
    println!("seed {seed}");
    let specimens = Specimen::all();
    world::rounds(|round| {
        let mut total = 0;
        for specimen in &specimens {
            let mut dice = Dice(seed + round);
            let mut cases = Vec::new();
            for name in specimen.files.keys() {
                for at in places(specimen, name, 7) {
                    let (name, bit) = (name.clone(), dice.below(8));
                    cases.push(Case {
                        label: format!("bit {bit} of byte {at} of {name}"),
                        group: kind(&name),
                        allowed: allowed_by_a_change(specimen, &name),
                        live: at < specimen.live_length(&name),
                        damage: Box::new(move |files| files.get_mut(&name).unwrap()[at] ^= 1 << bit),
                    });
                }
            }
            total += report("flips", specimen, &run(specimen, &cases));
        }
        println!("{total} flips");
    });
}

#[test]
fn a_cut_file_or_one_with_junk_behind_it_is_noticed_or_means_nothing() {
    let seed = world::seed(2);
    println!("seed {seed}");
    let specimens = Specimen::all();
    let mut total = 0;
    for specimen in &specimens {
        let mut dice = Dice(seed);
        let mut cases = Vec::new();
        for (name, bytes) in &specimen.files {
            let (group, live) = (kind(name), specimen.live_length(name));
            let allowed = if specimen.is_active_log(name) { Allowed::Tail } else { Allowed::Nothing };
            for length in places(specimen, name, 64) {
                let name = name.clone();
                cases.push(Case {
                    label: format!("{name} cut to {length} bytes"),
                    group: group.clone(),
                    allowed,
                    live: length < live,
                    damage: Box::new(move |files| files.get_mut(&name).unwrap().truncate(length)),
                });
            }
            for length in [1, 7, 8, 64, 5_000] {
                let copy = bytes[..length.min(bytes.len())].to_vec();
                for junk in [vec![0; length], vec![0xff; length], dice.bytes(length), copy] {
                    let name = name.clone();
                    cases.push(Case {
                        label: format!("{} bytes of junk behind {name}", junk.len()),
                        group: group.clone(),
                        allowed: Allowed::Nothing,
                        live: false,
                        damage: Box::new(move |files| files.get_mut(&name).unwrap().extend(&junk)),
                    });
                }
            }
        }
        total += report("cuts and junk", specimen, &run(specimen, &cases));
    }
    println!("{total} cuts and junk");
}

#[test]
fn misplaced_bytes_are_noticed() {
    let seed = world::seed(3);
    println!("seed {seed}");
    let specimens = Specimen::all();
    let mut total = 0;
    for specimen in &specimens {
        let mut dice = Dice(seed);
        let mut cases = misplaced_files(specimen, &specimens);
        for name in specimen.files.keys() {
            let live = specimen.live_length(name);
            let mut ranges: Vec<(usize, usize)> = (0..live).step_by(16).map(|at| (at, 16)).collect();
            for _ in 0..300 {
                ranges.push((dice.below(live), 1 + dice.below(600)));
            }
            for (at, length) in ranges {
                // Zeros over zeros are no damage; copies of other bytes of the file are one, unless they are the same.
                for from in [None, Some(dice.below(live))] {
                    let name = name.clone();
                    let before = &specimen.files[&name];
                    let end = (at + length).min(before.len());
                    let source = from.unwrap_or(at).min(before.len() - (end - at));
                    let new =
                        if from.is_some() { before[source..source + end - at].to_vec() } else { vec![0; end - at] };
                    let changed = new.iter().zip(&before[at..end]).rposition(|(a, b)| a != b);
                    let first = new.iter().zip(&before[at..end]).position(|(a, b)| a != b);
                    cases.push(Case {
                        label: format!(
                            "{} of {name} at {at} to {end}",
                            if from.is_some() { "a copy" } else { "zeros" }
                        ),
                        group: kind(&name),
                        allowed: if specimen.is_active_log(&name) { Allowed::Tail } else { Allowed::Nothing },
                        live: changed.is_some() && first.is_some_and(|first| at + first < live),
                        damage: Box::new(move |files| files.get_mut(&name).unwrap()[at..end].copy_from_slice(&new)),
                    });
                }
            }
        }
        total += report("misplaced", specimen, &run(specimen, &cases));
    }
    println!("{total} misplaced");
}

/// Whole files in the place of others: of the same kind, of an earlier time, of another store.
fn misplaced_files(specimen: &Specimen, all: &[Specimen]) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut case = |label: String, name: &str, live: bool, damage: Box<dyn Fn(&mut Image) + Send + Sync>| {
        let allowed = if specimen.is_active_log(name) { Allowed::Tail } else { Allowed::Nothing };
        cases.push(Case { label, group: "files".into(), allowed, live, damage });
    };
    for name in specimen.files.keys() {
        for other in specimen.files.keys().filter(|other| *other != name) {
            // Either slot of the manifest may hold it: their bytes may stand in each other's place.
            let live = kind(name) != "manifest" || kind(other) != "manifest";
            let (a, b) = (name.clone(), other.clone());
            case(
                format!("{b} copied over {a}"),
                name,
                live,
                Box::new(move |files| {
                    let bytes = files[&b].clone();
                    files.insert(a.clone(), bytes);
                }),
            );
            let (a, b) = (name.clone(), other.clone());
            let log = if specimen.is_active_log(other) { other } else { name };
            case(
                format!("{a} and {b} swapped"),
                log,
                live,
                Box::new(move |files| {
                    let (first, second) = (files[&a].clone(), files[&b].clone());
                    files.insert(a.clone(), second);
                    files.insert(b.clone(), first);
                }),
            );
        }
        for (what, source) in all.iter().map(|s| (s.name.as_str(), &s.files)).chain([("older", &specimen.older)]) {
            let Some(bytes) = source.get(name).filter(|bytes| **bytes != specimen.files[name]).cloned() else {
                continue;
            };
            let a = name.clone();
            // An older copy of a log that was closed later may hold the same frames.
            let live = what != "older" || kind(name) != "log";
            case(
                format!("{name} of the {what} store"),
                name,
                live,
                Box::new(move |files| {
                    files.insert(a.clone(), bytes.clone());
                }),
            );
        }
    }
    cases
}

#[test]
fn lost_and_emptied_files_are_named_and_bringing_them_back_brings_back_everything() {
    for specimen in &Specimen::all() {
        let mut cases = Vec::new();
        for name in specimen.files.keys() {
            let allowed = if specimen.is_active_log(name) { Allowed::Tail } else { Allowed::Nothing };
            for cut in [None, Some(0), Some(1), Some(63), Some(64)] {
                let file = name.clone();
                cases.push(Case {
                    label: format!("{name} reduced to {cut:?}"),
                    group: kind(name),
                    allowed,
                    live: true,
                    damage: Box::new(move |files| match cut {
                        None => drop(files.remove(&file)),
                        Some(length) => files.get_mut(&file).unwrap().truncate(length),
                    }),
                });
            }
        }
        report("lost files", specimen, &run(specimen, &cases));
        for case in &cases {
            let mut files = specimen.files.clone();
            (case.damage)(&mut files);
            let world = world::World::of(files, 1);
            let refused = world.open(world::options(specimen.key.as_ref())).map(drop).is_err();
            let mut after = world.vfs.snapshot();
            for (name, bytes) in &specimen.files {
                if refused && !name.starts_with("manifest") {
                    after.insert(name.clone(), bytes.clone());
                }
            }
            if refused {
                let outcome = judge(specimen, &after, Allowed::Nothing, false, BOTH);
                assert_eq!(outcome, Ok(judge::Outcome::Right), "{} after {} was undone", specimen.name, case.label);
            }
        }
    }
}

/// Both slots lost at once is the one loss that nothing makes good; nothing may be made in their place.
#[test]
fn a_store_without_its_manifest_is_not_taken_for_a_new_one() {
    for specimen in &Specimen::all() {
        for cut in [None, Some(0), Some(40), Some(64), Some(100)] {
            let mut files = specimen.files.clone();
            for slot in ["manifest-000000", "manifest-000001"] {
                match cut {
                    None => drop(files.remove(slot)),
                    Some(length) => files.get_mut(slot).unwrap().truncate(length),
                }
            }
            let outcome = judge(specimen, &files, Allowed::Nothing, true, BOTH);
            assert_eq!(outcome, Ok(judge::Outcome::Refused), "{} {cut:?}", specimen.name);
            let world = world::World::of(files.clone(), 1);
            world.open(world::options(specimen.key.as_ref())).unwrap_err();
            assert_eq!(world.vfs.snapshot(), files, "{}: an open that fails changes nothing", specimen.name);
        }
    }
}
