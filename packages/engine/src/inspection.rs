//! Checking a folder without opening the database in it.
//!
//! An open is all or nothing: one missing file, and nothing can be asked any more. An inspection reads whatever is
//! there, file by file, and says of each whether it is sound and how much of the history the sound ones hold. It takes
//! no lock and writes nothing. Damage is what it reports; it fails only where there is nothing to look at: no database,
//! a folder that cannot be listed, or no key to a sealed one.

use std::collections::HashSet;
use std::sync::Arc;

use crate::cache::Cache;
use crate::code::Code;
use crate::commit::decode_body;
use crate::error::{Error, Result};
use crate::files::{Files, file_name};
use crate::host::{Host, Vfs};
use crate::keyring::{self, KeyringRecord};
use crate::log::{self, LogEnd};
use crate::manifest::{Load, Manifest};
use crate::options::Options;
use crate::preamble::{Kind, PREAMBLE_LEN, Preamble};
use crate::recovery::{list_files, named_files, not_found, not_there_when_missing};
use crate::segment::Segment;
use crate::stray::{self, Stray};
use crate::values::Values;
use crate::verify::{Findings, Verification};

/// How often a folder is looked at again because somebody writes to it meanwhile.
const TRIES: usize = 20;

/// What was found in a folder.
#[derive(Debug, Clone)]
pub struct Inspection {
    /// The files and what they hold.
    pub found: Verification,
    /// Files that have names like ours and are no part of the database. They are no damage.
    pub strays: Vec<Stray>,
}

/// Reads and checks every file of the database in a folder, whether or not it opens. Of the options only the key counts.
#[cfg(not(target_arch = "wasm32"))]
pub fn verify_path(path: impl AsRef<std::path::Path>, options: &Options) -> Result<Inspection> {
    let host = Host::on_disk(path.as_ref(), false)
        .map_err(|e| Error::io(e, "open the folder", &path.as_ref().display().to_string()))?;
    verify_folder(&host, options)
}

/// As [`verify_path`], in a world of the caller's.
pub fn verify_folder(host: &Host, options: &Options) -> Result<Inspection> {
    let mut tries = 1;
    loop {
        let before = Manifest::imprint(&*host.vfs);
        let inspection = inspect(host, options)?;
        // A writer that is at work removes files between the moment the manifest was read and the moment they are.
        if inspection.found.is_ok() || tries == TRIES || before == Manifest::imprint(&*host.vfs) {
            return Ok(inspection);
        }
        host.clock.sleep_ms(5);
        tries += 1;
    }
}

fn inspect(host: &Host, options: &Options) -> Result<Inspection> {
    let mut names = list_files(host).map_err(|e| not_there_when_missing(e, host))?;
    names.sort_unstable_by_key(|(kind, number)| (*kind as u16, *number));
    let unlock = &mut |record: &KeyringRecord| keyring::unlock(record, options.key.as_ref());
    let mut findings = Findings::default();
    let loaded = match Manifest::load(&*host.vfs, unlock) {
        Ok(Load::Absent | Load::Unfinished) => return Err(not_found(host)),
        Ok(Load::Found(loaded)) => Some(loaded),
        Err(e) if matches!(e.code(), Code::Corrupt | Code::NewerFormat | Code::IoError) => {
            findings.failures.push(e);
            None
        }
        Err(e) => return Err(e),
    };
    let mut strays = Vec::new();
    if let Some(loaded) = loaded {
        if loaded.data_key.is_none() && options.key.is_some() {
            return Err(keyring::not_sealed());
        }
        let files = Arc::new(Files::new(host, loaded.manifest.database, loaded.data_key));
        for slot in 0..2 {
            let failure = Manifest::verify_slot(&files, slot, None).err();
            findings.file(Kind::Manifest, slot, length(&*host.vfs, Kind::Manifest, slot), failure);
        }
        check_named(&files, &loaded.manifest, &mut findings);
        let named: HashSet<_> = named_files(&loaded.manifest).collect();
        for (kind, number) in names.into_iter().filter(|file| !named.contains(file)) {
            if kind != Kind::Manifest || number > 1 {
                let removable =
                    kind != Kind::Manifest && stray::is_removable(&*host.vfs, kind, number, &files.database);
                strays.push(Stray { name: file_name(kind, number), removable });
            }
        }
    } else {
        for slot in 0..2 {
            let failure = Manifest::slot_flaw(&*host.vfs, slot);
            findings.file(Kind::Manifest, slot, length(&*host.vfs, Kind::Manifest, slot), failure);
        }
        for (kind, number) in names.into_iter().filter(|(kind, _)| *kind != Kind::Manifest) {
            check_unnamed(host, kind, number, &mut findings);
        }
    }
    strays.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Inspection { found: findings.finish(), strays })
}

/// Checks the files that a manifest names.
fn check_named(files: &Arc<Files>, manifest: &Manifest, findings: &mut Findings) {
    findings.expect(manifest.last_seq);
    let cache = Arc::new(Cache::new(0));
    for extent in &manifest.segments {
        match Segment::open(files, extent.clone(), cache.clone()) {
            Ok(segment) => findings.segment(&segment),
            Err(e) => {
                let bytes = length(&*files.vfs, Kind::Segment, extent.number);
                findings.file(Kind::Segment, extent.number, bytes, Some(e));
            }
        }
    }
    findings.values(&Values::new(files.clone()), &manifest.values);
    let mut follows = Some((manifest.last_seq, manifest.last_stamp));
    for record in &manifest.logs {
        findings.expect(record.first_seq.saturating_sub(1));
        check_log(files, record.number, record.end.as_ref(), &mut follows, findings);
    }
}

/// Checks a log and counts its versions up to where it is damaged. `follows` is the end of what comes before it, as far
/// as that is known.
fn check_log(
    files: &Files,
    number: u64,
    end: Option<&LogEnd>,
    follows: &mut Option<(u64, u64)>,
    findings: &mut Findings,
) {
    let name = file_name(Kind::Log, number);
    let result = log::replay(files, number, end, &mut |body| {
        let decoded = decode_body(body, &mut |stamp, first_seq, _, offsets| {
            if follows.is_some_and(|(seq, before)| first_seq != seq + 1 || stamp <= before) {
                let what = format_args!("it goes on with seq {first_seq}, which does not follow what comes before it");
                return Err(Error::corrupt(&name, 0, what));
            }
            let last = first_seq.saturating_add(offsets.len() as u64 - 1);
            (first_seq..=last).for_each(|seq| findings.add(seq, stamp));
            *follows = Some((last, stamp));
            Ok(())
        })?;
        decoded.ok_or_else(|| Error::corrupt(&name, 0, "a frame holds something else than commits"))
    });
    let bytes = match &result {
        Ok(replayed) => replayed.end.offset,
        Err(_) => length(&*files.vfs, Kind::Log, number),
    };
    if result.is_err() {
        *follows = None;
    }
    findings.file(Kind::Log, number, bytes, result.err());
}

/// Checks a file of a database whose manifest is lost. A log proves itself, unless it is sealed: the key lay in the
/// manifest. Where the parts of the other files are, only the manifest knew.
fn check_unnamed(host: &Host, kind: Kind, number: u64, findings: &mut Findings) {
    let bytes = length(&*host.vfs, kind, number);
    let preamble = match read_preamble(&*host.vfs, kind, number) {
        Ok(preamble) => preamble,
        Err(e) => return findings.file(kind, number, bytes, Some(e)),
    };
    if kind == Kind::Log && !preamble.sealed {
        let files = Files::new(host, preamble.database, None);
        return check_log(&files, number, None, &mut None, findings);
    }
    let what = if preamble.sealed {
        "it begins as it should; the key to the rest of it was in the manifest"
    } else {
        "it begins as it should; where its parts are was in the manifest"
    };
    let error = Error::corrupt(&file_name(kind, number), PREAMBLE_LEN as u64, what);
    findings.file(kind, number, bytes, Some(error));
}

fn read_preamble(vfs: &dyn Vfs, kind: Kind, number: u64) -> Result<Preamble> {
    let name = file_name(kind, number);
    let mut bytes = [0; PREAMBLE_LEN];
    let file = vfs.open(&name, false).map_err(|e| Error::io(e, "open", &name))?;
    file.read_exact_at(&mut bytes, 0).map_err(|e| Error::io(e, "read", &name))?;
    let database = Preamble::decode(&bytes, &name)?.database;
    Preamble::expect(&bytes, &name, kind, database, number)
}

fn length(vfs: &dyn Vfs, kind: Kind, number: u64) -> u64 {
    vfs.open(&file_name(kind, number), false).and_then(|file| file.len()).unwrap_or(0)
}
