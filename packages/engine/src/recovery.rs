//! Opening: from a folder to a store.
//!
//! Two manifest slots say which files count. The logs they name are replayed into a memtable; segments are opened by
//! their footers. So the cost of opening follows what was written since the last flush, and not the size of the data.

use std::collections::HashSet;
use std::sync::Arc;

use crate::cache::Cache;
use crate::code::Code;
use crate::commit::decode_body;
use crate::error::{Error, Fact, Result};
use crate::files::{Files, file_name, parse_file_name};
use crate::host::{Host, Lock, LockGuard};
use crate::keyring::{self, KeyringRecord, SealKey};
use crate::levels::Levels;
use crate::log::{self, LogEnd, Replayed};
use crate::manifest::{Load, Loaded, Manifest};
use crate::memtable::Memtable;
use crate::options::Options;
use crate::preamble::{self, Kind};
use crate::run::{Run, RunCommit};
use crate::segment::Segment;
use crate::state::State;
use crate::store::{Parts, Recovery, Sizes, Store, lock};
use crate::stray;
use crate::version_id::VersionId;

/// Logs of short-lived opens that may gather before an open flushes them.
const MAX_LOGS: usize = 8;
/// Replayed writes are sorted into runs of about this many bytes.
const REPLAY_RUN_BYTES: usize = 4 << 20;
/// How often a read-only open looks again while a writer changes files under it.
const READ_ONLY_TRIES: usize = 20;

impl Store {
    /// Opens the database in the host's folder, or makes it.
    pub(crate) fn open(host: &Host, options: &Options) -> Result<Arc<Self>> {
        let store = if options.read_only {
            Arc::new(open_beside_a_writer(host, options)?)
        } else {
            Arc::new(open_for_writing(host, options)?)
        };
        if let Some(worker) = &store.worker {
            worker.start(&store)?;
        }
        if !store.options.read_only {
            let logs = lock(&store.writer).active_logs.len();
            if logs >= MAX_LOGS || store.state().active.bytes >= store.sizes.memtable_bytes {
                store.freeze_now()?;
                match store.help_or_wait() {
                    // A full disk must not keep the database shut: all of it can be read from the logs as they are,
                    // and the next flush tries again.
                    Err(error) if error.code() == Code::DiskFull => {}
                    result => result?,
                }
            }
        }
        Ok(store)
    }
}

/// A writer that is at work may remove a file between the moment the manifest was read and the moment the file is
/// opened, and its log may be caught in the middle of a write. Both pass: then the folder is looked at again. What is
/// the same at a second look, in a folder whose manifest nobody has written meanwhile, is damage.
fn open_beside_a_writer(host: &Host, options: &Options) -> Result<Store> {
    let mut seen = None;
    for _ in 1..READ_ONLY_TRIES {
        let imprint = Manifest::imprint(&*host.vfs);
        match open_once(host, options, None) {
            Err(error) if error.code() == Code::Corrupt => {
                let look = Some((imprint, error.detail().to_owned()));
                if look == seen {
                    return Err(error);
                }
                seen = look;
                host.clock.sleep_ms(5);
            }
            result => return result,
        }
    }
    open_once(host, options, None)
}

fn open_for_writing(host: &Host, options: &Options) -> Result<Store> {
    refuse_foreign_folder(host)?;
    let guard = take_lock(host, options)?;
    open_once(host, options, Some(guard))
}

/// A folder that holds something, but nothing of ours, is somebody else's.
fn refuse_foreign_folder(host: &Host) -> Result<()> {
    let location = host.vfs.location();
    let names = host.vfs.list().map_err(|e| not_there_when_missing(Error::io(e, "list", &location), host))?;
    if names.iter().any(|name| parse_file_name(name).is_some() && !is_foreign(host, name)) {
        return Ok(());
    }
    match names.iter().find(|name| *name != "lock") {
        None => Ok(()),
        Some(name) => Err(Error::new(
            Code::NotADatabase,
            format!("{location} is not a KoruDelta database: it holds '{name}' and no manifest. Nothing was changed."),
        )
        .hint("Name the folder of a database, or an empty or new one", None)),
    }
}

/// Whether a file with a name like ours begins as none of ours does. A crash may leave any byte of ours zero, for a
/// write that is torn arrives in parts.
fn is_foreign(host: &Host, name: &str) -> bool {
    let mut head = [0; preamble::MAGIC.len()];
    match host.vfs.open(name, false).and_then(|file| file.read_at(&mut head, 0)) {
        Ok(read) => head[..read].iter().zip(preamble::MAGIC).any(|(byte, ours)| byte != ours && *byte != 0),
        Err(_) => false,
    }
}

fn take_lock(host: &Host, options: &Options) -> Result<Box<dyn LockGuard>> {
    let location = host.vfs.location();
    let mut waited = 0;
    loop {
        match host.vfs.lock().map_err(|e| Error::io(e, "lock", &location))? {
            Lock::Held(guard) => return Ok(guard),
            Lock::Taken(_) if waited < options.lock_timeout_ms => {
                host.clock.sleep_ms(10);
                waited += 10;
            }
            Lock::Taken(owner) => {
                let who = owner.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"));
                let mut error = Error::new(
                    Code::DatabaseLocked,
                    format!("{location} is open for writing in {who}. One process at a time can write to a database."),
                )
                .hint("To read it meanwhile, which goes on beside a writer", Some("kdelta list".into()))
                .hint("To write, try again when the other process has closed it", None);
                if let Some(pid) = owner {
                    error = error.fact("pid", Fact::Number(u64::from(pid)));
                }
                return Err(error);
            }
        }
    }
}

fn open_once(host: &Host, options: &Options, guard: Option<Box<dyn LockGuard>>) -> Result<Store> {
    let sizes = Sizes::of(options);
    let mut recovery = Recovery::default();
    let unlock = &mut |record: &KeyringRecord| keyring::unlock(record, options.key.as_ref());
    let loaded = Manifest::load(&*host.vfs, unlock).map_err(|error| not_there_when_missing(error, host))?;
    let (manifest, files) = match loaded {
        Load::Absent | Load::Unfinished if options.read_only || !options.create => return Err(not_found(host)),
        Load::Absent | Load::Unfinished => create(host, options.key.as_ref())?,
        Load::Found(loaded) => {
            if loaded.data_key.is_none() && options.key.is_some() {
                return Err(keyring::not_sealed());
            }
            let Loaded { mut manifest, data_key, slots_agree, damaged_slot } = *loaded;
            let files = Arc::new(Files::new(host, manifest.database, data_key));
            recovery.repaired_manifest = damaged_slot.is_some() || !slots_agree;
            if !options.read_only {
                // What was read may be in the page cache alone; from here on it is on the disk, in both slots.
                manifest.generation += 1;
                manifest.store(&files)?;
            }
            (manifest, files)
        }
    };
    require_files(host, &manifest)?;
    let cache = Arc::new(Cache::new(sizes.cache_bytes as u64));
    let mut segments = Vec::with_capacity(manifest.segments.len());
    for extent in &manifest.segments {
        segments.push(Segment::open(&files, extent.clone(), cache.clone())?);
    }
    let mut state = State {
        levels: Arc::new(Levels::new(&segments)),
        seq: manifest.last_seq,
        stamp: manifest.last_stamp,
        ..State::default()
    };
    let (mut manifest, mut stored) = (manifest, true);
    for record in &mut manifest.logs {
        let replayed = replay(&files, record.number, record.end.as_ref(), &mut state, &mut recovery)?;
        if !options.read_only && record.end.is_none() {
            log::settle(&files, record.number, &replayed)?;
            record.end = Some(replayed.end);
            // The next commit stores it, or the close: from then on a damaged end is no torn tail.
            stored = false;
        }
    }
    let taken_numbers = if options.read_only { Vec::new() } else { remove_orphans(host, &manifest)? };
    Ok(Store::assemble(Parts {
        clock: host.clock.clone(),
        background: host.background && !options.read_only,
        options: options.clone(),
        sizes,
        cache,
        active_logs: manifest.logs.iter().map(|record| record.number).collect(),
        manifest,
        taken_numbers,
        stored,
        state,
        recovery,
        files,
        lock: guard,
    }))
}

/// Replays one log into the active memtable.
fn replay(
    files: &Files,
    number: u64,
    end: Option<&LogEnd>,
    state: &mut State,
    recovery: &mut Recovery,
) -> Result<Replayed> {
    let name = file_name(Kind::Log, number);
    let mut data = Vec::new();
    let mut commits: Vec<RunCommit> = Vec::new();
    let into_memtable = |data: &mut Vec<u8>, commits: &mut Vec<RunCommit>, active: &mut Memtable| {
        if !commits.is_empty() {
            *active = active.with(Run::new(std::mem::take(data), std::mem::take(commits)));
        }
    };
    let replayed = log::replay(files, number, end, &mut |body| {
        let decoded = decode_body(body, &mut |stamp, first_seq, bytes, mut offsets| {
            if first_seq != state.seq + 1 || stamp <= state.stamp {
                return Err(Error::corrupt(
                    &name,
                    0,
                    format_args!("it goes on with seq {first_seq} where {} was to come", state.seq + 1),
                ));
            }
            if data.len() + bytes.len() > u32::MAX as usize {
                into_memtable(&mut data, &mut commits, &mut state.active);
            }
            state.seq += offsets.len() as u64;
            state.stamp = stamp;
            recovery.replayed_versions += offsets.len() as u64;
            let base = data.len() as u32;
            for offset in &mut offsets {
                *offset += base;
            }
            data.extend_from_slice(bytes);
            commits.push(RunCommit { first_seq, stamp, first_index: 0, offsets });
            Ok(())
        })?;
        if decoded.is_none() {
            return Err(Error::corrupt(&name, 0, "a frame holds something else than commits"));
        }
        if data.len() >= REPLAY_RUN_BYTES {
            into_memtable(&mut data, &mut commits, &mut state.active);
        }
        Ok(())
    })?;
    into_memtable(&mut data, &mut commits, &mut state.active);
    recovery.dropped_bytes += replayed.dropped_bytes;
    Ok(replayed)
}

fn create(host: &Host, key: Option<&SealKey>) -> Result<(Manifest, Arc<Files>)> {
    let mut random = [0; 24];
    host.entropy.fill(&mut random).map_err(|e| Error::io(e, "draw random bytes for", &host.vfs.location()))?;
    let (database, replica) = random.split_at(16);
    let mut id = [0; 16];
    id.copy_from_slice(database);
    let replica = replica.iter().fold(0, |bits, byte| bits << 8 | u64::from(*byte));
    let (keyring, data_key) = match key {
        None => (None, None),
        Some(key) => {
            let (record, data_key) = KeyringRecord::create(&*host.entropy, key)?;
            (Some(record), Some(data_key))
        }
    };
    let files = Arc::new(Files::new(host, id, data_key));
    let manifest = Manifest {
        generation: 1,
        database: id,
        replica: VersionId::replica_from(replica),
        created_us: host.clock.now_us(),
        next_file: 1,
        last_seq: 0,
        last_stamp: 0,
        logs: Vec::new(),
        segments: Vec::new(),
        values: Vec::new(),
        keyring,
    };
    remove_orphans(host, &manifest)?;
    manifest.store(&files)?;
    Ok((manifest, files))
}

/// Every file the manifest names must be there.
fn require_files(host: &Host, manifest: &Manifest) -> Result<()> {
    let present = list_files(host)?;
    match named_files(manifest).find(|file| !present.contains(file)) {
        None => Ok(()),
        Some((kind, number)) => Err(Error::corrupt(&file_name(kind, number), 0, "the file is missing")),
    }
}

/// Removes what a crash left of a flush or a merge; `stray.rs` says what that is. The answer is the numbers of files
/// that no manifest names and that stay, for no file of ours can be made under those names.
fn remove_orphans(host: &Host, manifest: &Manifest) -> Result<Vec<u64>> {
    let named: HashSet<_> = named_files(manifest).collect();
    let mut taken = Vec::new();
    for (kind, number) in list_files(host)? {
        if kind == Kind::Manifest || named.contains(&(kind, number)) {
            continue;
        }
        if stray::is_removable(&*host.vfs, kind, number, &manifest.database) {
            let name = file_name(kind, number);
            host.vfs.remove(&name).map_err(|e| Error::io(e, "remove", &name))?;
        } else {
            taken.push(number);
        }
    }
    Ok(taken)
}

/// The files that make up the database.
pub(crate) fn named_files(manifest: &Manifest) -> impl Iterator<Item = (Kind, u64)> + '_ {
    let logs = manifest.logs.iter().map(|log| (Kind::Log, log.number));
    let segments = manifest.segments.iter().map(|extent| (Kind::Segment, extent.number));
    let values = manifest.values.iter().map(|values| (Kind::Values, values.number));
    logs.chain(segments).chain(values)
}

/// The files with names of ours.
pub(crate) fn list_files(host: &Host) -> Result<Vec<(Kind, u64)>> {
    let names = host.vfs.list().map_err(|e| Error::io(e, "list", &host.vfs.location()))?;
    Ok(names.iter().filter_map(|name| parse_file_name(name)).collect())
}

/// A failure to find the folder means that there is no database.
pub(crate) fn not_there_when_missing(error: Error, host: &Host) -> Error {
    let missing = std::error::Error::source(&error)
        .and_then(|e| e.downcast_ref::<std::io::Error>())
        .is_some_and(|e| e.kind() == std::io::ErrorKind::NotFound);
    if missing { not_found(host) } else { error }
}

pub(crate) fn not_found(host: &Host) -> Error {
    Error::new(Code::DatabaseNotFound, format!("There is no database in {}.", host.vfs.location()))
        .hint("To create one, write something", Some(r#"kdelta set users/alice '{"name": "Alice"}'"#.into()))
        .hint("If it lies elsewhere, name its folder", None)
}
