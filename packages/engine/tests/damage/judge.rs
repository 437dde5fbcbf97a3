//! Opens a damaged store, asks it everything, and says whether it lied.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use koru_delta::error::Fact;
use koru_delta::{Code, Error, Options};

use crate::specimen::Specimen;
use crate::world::{Image, World, options};

/// What came of one damaged store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// Every answer was right.
    Right,
    /// Every answer was that of a state before the last group, and the open said that bytes were dropped.
    Shortened,
    /// Some answers were right and the others errors.
    Partly,
    /// The open was refused.
    Refused,
}

/// How many of which.
pub(crate) type Tally = BTreeMap<(String, Outcome), u64>;

/// What a damage may lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Allowed {
    /// Right answers and errors.
    Nothing,
    /// That the last group of the active log is gone, and the open says so.
    LastGroup,
    /// That groups at the end of the active log are gone: its bytes were taken away, and nothing else tells of them.
    Tail,
}

/// The doors through which a damaged store is looked at.
pub(crate) const BOTH: &[Door] = &[Door::Reader, Door::Writer];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    Reader,
    Writer,
}

/// Looks at `files` through some doors. `live` says that the damage lies where something is kept,
/// so that somebody must notice.
pub(crate) fn judge(
    specimen: &Specimen,
    files: &Image,
    allowed: Allowed,
    live: bool,
    doors: &[Door],
) -> Result<Outcome, String> {
    let mut worst = Outcome::Right;
    for door in doors {
        let settings = Options { read_only: *door == Door::Reader, ..options(specimen.key.as_ref()) };
        let attempt = || look(specimen, files, settings, allowed, live, doors == BOTH);
        let outcome = catch_unwind(AssertUnwindSafe(attempt)).unwrap_or_else(|_| Err("a panic".to_owned()));
        let outcome = outcome.map_err(|complaint| format!("{} ({door:?}): {complaint}", specimen.name))?;
        worst = worst.max(outcome);
    }
    Ok(worst)
}

/// A check without an open must find what a check of an open store finds, and something in a store that does not open.
fn inspect(specimen: &Specimen, files: &Image, sound: bool) -> Result<(), String> {
    let world = World::of(files.clone(), 5);
    let inspection = koru_delta::verify_folder(&world.host(), &options(specimen.key.as_ref()))
        .map_err(|error| format!("the inspection failed: {error}"))?;
    let found = &inspection.found;
    if found.is_ok() != sound {
        return Err(format!(
            "the inspection found {found:?} where the store is {}",
            if sound { "sound" } else { "damaged" }
        ));
    }
    if world.vfs.snapshot() != *files {
        return Err("the inspection changed a file".to_owned());
    }
    let reach = &found.reach;
    if found.versions > reach.newest || sound != (reach.missing.is_empty() && found.is_ok()) {
        return Err(format!("{} versions in {reach:?}", found.versions));
    }
    found.failures.iter().try_for_each(|error| check_error(error, "inspection"))
}

fn look(
    specimen: &Specimen,
    files: &Image,
    settings: Options,
    allowed: Allowed,
    live: bool,
    inspecting: bool,
) -> Result<Outcome, String> {
    let reader = settings.read_only;
    let world = World::of(files.clone(), 5);
    let db = match world.open(settings) {
        Ok(db) => db,
        Err(error) => {
            check_error(&error, "open")?;
            // Without its key, there is nothing to look at in a sealed store.
            let locked = [Code::WrongSealKey, Code::NotSealed, Code::SealKeyRequired].contains(&error.code());
            return if locked || !inspecting { Ok(()) } else { inspect(specimen, files, false) }
                .map(|()| Outcome::Refused);
        }
    };
    let recovery = db.now().unwrap().stats(false).map(|stats| stats.recovery);
    let complete = specimen.answers.len() - 1;
    let possible = match allowed {
        Allowed::Nothing => complete..=complete,
        Allowed::LastGroup => complete.saturating_sub(1)..=complete,
        Allowed::Tail => 0..=complete,
    };
    let mut errors = 0;
    let mut states: Vec<usize> = possible.collect();
    // Reading is the same code behind both doors, so the reader asks everything and the writer a part.
    let step = if reader { 1 } else { 4 };
    for (at, question) in specimen.questions.iter().enumerate().step_by(step) {
        match question.ask(&db) {
            Ok(answer) => {
                states.retain(|state| specimen.answers[*state][at] == answer);
                if states.is_empty() {
                    return Err(format!("{question:?} was answered by {answer:.300}"));
                }
            }
            Err(error) => {
                check_error(&error, &format!("{question:?}"))?;
                errors += 1;
            }
        }
    }
    let (repaired, dropped) = recovery.map_or((false, 0), |r| (r.repaired_manifest, r.dropped_bytes));
    let shortened = !states.contains(&complete);
    if shortened && dropped == 0 && allowed == Allowed::LastGroup {
        return Err("the last group is gone and nobody was told".to_owned());
    }
    let verified = db.now().unwrap().verify().map_err(|error| format!("verify failed: {error}"))?;
    if verified.is_ok() && live && !repaired && dropped == 0 && allowed != Allowed::Tail {
        return Err("neither the open nor verify noticed anything".to_owned());
    }
    if errors > 0 && verified.is_ok() {
        return Err("an answer was an error, and verify found nothing".to_owned());
    }
    if reader && inspecting {
        inspect(specimen, files, verified.is_ok())?;
    }
    for file in &verified.files {
        if let Some(error) = &file.failure {
            check_error(error, "verify")?;
        }
    }
    Ok(match (errors, shortened) {
        (0, false) => Outcome::Right,
        (0, true) => Outcome::Shortened,
        _ => Outcome::Partly,
    })
}

/// An error about damage names the file.
fn check_error(error: &Error, doing: &str) -> Result<(), String> {
    let expected = [
        Code::Corrupt,
        Code::IoError,
        Code::PermissionDenied,
        Code::NewerFormat,
        Code::WrongSealKey,
        Code::NotSealed,
        Code::SealKeyRequired,
    ];
    if !expected.contains(&error.code()) {
        return Err(format!("{doing} failed by {}: {}", error.code(), error.detail()));
    }
    let of_a_file = [Code::Corrupt, Code::IoError].contains(&error.code());
    if of_a_file && !matches!(error.get_fact("file"), Some(Fact::Text(name)) if !name.is_empty()) {
        return Err(format!("{doing} failed and named no file: {}", error.detail()));
    }
    if error.detail().is_empty() || (of_a_file && error.code() == Code::Corrupt && error.hints().is_empty()) {
        return Err(format!("{doing} failed without a next step: {}", error.detail()));
    }
    Ok(())
}
