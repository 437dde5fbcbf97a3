//! The write path: many callers, one fsync.
//!
//! A caller puts its batches into the queue and asks for the writer's lock. Whoever gets it first takes everything
//! that is in the queue by then, and makes it one group: one write to the log, one sync, one new picture for readers.
//! The others find their answer when the lock comes round to them. A group that is being synced is the time in which
//! the next group gathers.
//!
//! The body that a group leaves in the log is one frame, so a torn group leaves no doubt about which part of it counts:
//! ```text
//! for each commit
//!   stamp, first seq, number of writes, length of the writes in bytes    varints
//!   the writes (op.rs)
//! ```

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use crate::annotation::Annotation;
use crate::batch::{Batch, Expectation, MAX_BATCH_BYTES};
use crate::code::Code;
use crate::entry::Found;
use crate::error::{Error, Fact, Result};
use crate::idempotency::KnownWrites;
use crate::log::LogWriter;
use crate::manifest::LogRecord;
use crate::op::Op;
use crate::options::Durability;
use crate::run::{Run, RunCommit};
use crate::state::{Frozen, State};
use crate::store::{Store, lock};
use crate::varint;
use crate::version_id::VersionId;

/// Memtables that may wait for their flush before writers wait as well.
const MAX_FROZEN: usize = 2;
/// A batch of more bytes is given to the log as it is.
const LONG_BATCH: usize = 1 << 20;

/// What a commit got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Committed {
    pub(crate) first_seq: u64,
    pub(crate) count: u32,
    pub(crate) stamp: u64,
}

/// Batches on their way to the writer.
#[derive(Default)]
pub(crate) struct Queue {
    waiting: Vec<(Batch, Ticket)>,
}

type Ticket = Arc<OnceLock<Result<Committed>>>;

impl Queue {
    /// Takes the batches that waited longest, as many as fit one run together.
    fn take_group(&mut self) -> Vec<(Batch, Ticket)> {
        let mut bytes = 0;
        let fit = self.waiting.iter().take_while(|(batch, _)| {
            bytes += batch.bytes.len();
            bytes <= MAX_BATCH_BYTES
        });
        let count = fit.count().max(1).min(self.waiting.len());
        self.waiting.drain(..count).collect()
    }
}

/// What the holder of the writer's lock works with.
pub(crate) struct Writer {
    /// The log that takes the next group; none before the first, and after a failed one.
    pub(crate) log: Option<LogWriter>,
    /// A log that was made when there was no room to name it. A slot of the manifest may do so all the same; so the next
    /// try takes this one.
    unnamed: Option<(u64, LogWriter)>,
    /// The logs whose versions are in the active memtable.
    pub(crate) active_logs: Vec<u64>,
    /// Whether the log holds acknowledged bytes that were not synced.
    pub(crate) unsynced: bool,
    /// When the log was last synced, by the wall clock.
    synced_us: u64,
    body: Vec<u8>,
    /// The writes that have names; read when the first comes.
    known: Option<KnownWrites>,
}

impl Writer {
    pub(crate) fn new(active_logs: Vec<u64>) -> Self {
        Self { log: None, unnamed: None, active_logs, unsynced: false, synced_us: 0, body: Vec::new(), known: None }
    }

    fn known_writes(&mut self, state: &State) -> Result<&KnownWrites> {
        let known = match self.known.take() {
            Some(known) => known,
            None => KnownWrites::read(state)?,
        };
        Ok(self.known.insert(known))
    }
}

/// A batch that got its place in the order.
struct Accepted {
    batch: Batch,
    committed: Committed,
    ticket: Ticket,
}

impl Store {
    /// Writes batches, each on its own atomic, together with whatever other callers write at this moment.
    pub(crate) fn commit(&self, mut batches: Vec<Batch>) -> Vec<Result<Committed>> {
        batches.iter_mut().for_each(Batch::keep_idempotency_key);
        let tickets: Vec<Ticket> = batches.iter().map(|_| Ticket::default()).collect();
        lock(&self.queue).waiting.extend(batches.into_iter().zip(tickets.iter().cloned()));
        {
            let mut writer = lock(&self.writer);
            while tickets.iter().any(|ticket| ticket.get().is_none()) {
                let group = lock(&self.queue).take_group();
                if group.is_empty() {
                    break;
                }
                self.commit_group(&mut writer, group);
            }
        }
        tickets
            .into_iter()
            .map(|ticket| match Arc::try_unwrap(ticket).map(OnceLock::into_inner) {
                Ok(Some(result)) => result,
                Err(shared) if shared.get().is_some() => shared.get().cloned().unwrap_or_else(|| Err(lost())),
                _ => Err(lost()),
            })
            .collect()
    }

    fn commit_group(&self, writer: &mut Writer, group: Vec<(Batch, Ticket)>) {
        if let Err(error) = self.prepare_log(writer) {
            for (_, ticket) in group {
                let _ = ticket.set(Err(error.clone()));
            }
            return;
        }
        let state = self.state();
        let group = self.settle_repeated(writer, &state, group);
        let accepted = self.order(&state, group);
        if accepted.is_empty() {
            return;
        }
        if let Err(error) = self.log_group(writer, &accepted) {
            for one in accepted {
                let _ = one.ticket.set(Err(error.clone()));
            }
            return;
        }
        let (seq, stamp) =
            accepted.last().map_or((state.seq, state.stamp), |one| (one.committed.last_seq(), one.committed.stamp));
        if let Some(known) = &mut writer.known {
            for Accepted { batch, committed, .. } in &accepted {
                if let Some(name) = &batch.idempotency_key {
                    known.add(name, batch.last_key().to_vec(), *committed);
                }
            }
        }
        let (run, tickets) = into_run(accepted);
        let active = state.active.with(run);
        drop(state);
        let full = active.bytes >= self.sizes.memtable_bytes;
        self.update_state(|state| {
            state.active = active;
            state.seq = seq;
            state.stamp = stamp;
        });
        self.publish(seq);
        for (ticket, committed) in tickets {
            let _ = ticket.set(Ok(committed));
        }
        if full {
            // The commit that filled the memtable was answered. A log that cannot be ended has poisoned what follows.
            let _ = self.freeze(writer);
        }
    }

    /// Answers the batches that were written already under their idempotency key, and gives back the others. Of two in
    /// one group with one key the second waits for the next group: only then is it known whether the first was written.
    fn settle_repeated(&self, writer: &mut Writer, state: &State, group: Vec<(Batch, Ticket)>) -> Vec<(Batch, Ticket)> {
        if group.iter().all(|(batch, _)| batch.idempotency_key.is_none()) {
            return group;
        }
        let known = writer.known_writes(state);
        let mut names = HashSet::new();
        let (mut fresh, mut later) = (Vec::with_capacity(group.len()), Vec::new());
        for (batch, ticket) in group {
            let found = match (&batch.idempotency_key, &known) {
                (Some(name), Ok(known)) if !batch.is_empty() => {
                    known.find(name, batch.last_key(), batch.len(), state.seq)
                }
                (Some(_), Err(error)) => Err(error.clone()),
                _ => Ok(None),
            };
            match (found, &batch.idempotency_key) {
                (Ok(None), Some(name)) if !names.insert(name.clone()) => later.push((batch, ticket)),
                (Ok(None), _) => fresh.push((batch, ticket)),
                (Ok(Some(committed)), _) => drop(ticket.set(Ok(committed))),
                (Err(error), _) => drop(ticket.set(Err(error))),
            }
        }
        lock(&self.queue).waiting.splice(0..0, later);
        fresh
    }

    /// What was written already under an idempotency key, as one version of the key `address`.
    pub(crate) fn written_as(&self, name: &str, address: &[u8]) -> Result<Option<Committed>> {
        let mut writer = lock(&self.writer);
        self.check_writable()?;
        let state = self.state();
        writer.known_writes(&state)?.find(name, address, 1, state.seq)
    }

    /// Gives each batch its seqs and stamp, or its refusal.
    fn order(&self, state: &State, group: Vec<(Batch, Ticket)>) -> Vec<Accepted> {
        let now = self.clock.now_us();
        let guarded = group.iter().any(|(batch, _)| !batch.expectations.is_empty());
        // The newest write of each key by the batches of this group, kept only when some batch asks.
        let mut newest: HashMap<Vec<u8>, Newest> = HashMap::new();
        let (mut seq, mut stamp) = (state.seq, state.stamp);
        let mut accepted = Vec::with_capacity(group.len());
        for (batch, ticket) in group {
            let refusal = batch.expectations.iter().find_map(|e| self.check(state, &newest, e).err());
            if let Some(error) = refusal {
                let _ = ticket.set(Err(error));
                continue;
            }
            if batch.is_empty() {
                let _ = ticket.set(Ok(Committed { first_seq: seq + 1, count: 0, stamp }));
                continue;
            }
            stamp = now.max(stamp + 1);
            let committed = Committed { first_seq: seq + 1, count: batch.len() as u32, stamp };
            if guarded {
                for (offset, index) in batch.offsets.iter().zip(0u32..) {
                    if let Some(op) = Op::take(&mut &batch.bytes[*offset as usize..]) {
                        let id = VersionId::new(stamp, index, self.replica);
                        newest.insert(op.key.to_vec(), Newest { id, content: op.content.map(<[u8]>::to_vec) });
                    }
                }
            }
            seq = committed.last_seq();
            accepted.push(Accepted { batch, committed, ticket });
        }
        accepted
    }

    fn check(&self, state: &State, newest: &HashMap<Vec<u8>, Newest>, expectation: &Expectation) -> Result<()> {
        let found = match newest.get(&expectation.key) {
            Some(newest) => Some(newest.clone()),
            None => match state.find(&expectation.key, &state.now())? {
                Some(found) => Some(Newest {
                    id: self.version_id_of(&found)?,
                    content: if found.deleted { None } else { Some(self.document(&found)?) },
                }),
                None => None,
            },
        };
        let holds = match (&found, expectation.version) {
            (None, None) => true,
            (Some(newest), None) => newest.content.is_none(),
            (Some(newest), Some(version)) => newest.id == version,
            (None, Some(_)) => false,
        };
        if holds { Ok(()) } else { Err(conflict(expectation, found)) }
    }

    /// Writes the group to the log and syncs as the durability asks.
    fn log_group(&self, writer: &mut Writer, accepted: &[Accepted]) -> Result<()> {
        let Some(log) = &mut writer.log else { return Err(lost()) };
        writer.body.clear();
        // A long batch is not copied; a short one shares its frame with what says where it ends.
        let alone = accepted.len() == 1 && accepted[0].batch.bytes.len() > LONG_BATCH;
        for Accepted { batch, committed, .. } in accepted {
            for number in [committed.stamp, committed.first_seq, u64::from(committed.count), batch.bytes.len() as u64] {
                varint::put(&mut writer.body, number);
            }
            if alone {
                log.append(&[&writer.body, &batch.bytes]);
            } else {
                writer.body.extend_from_slice(&batch.bytes);
            }
        }
        if !alone {
            log.append(&[&writer.body]);
            writer.body.shrink_to(4 << 20);
        }
        if let Err(error) = log.write() {
            if writer.unsynced {
                return Err(self.poison(&error));
            }
            // Nothing of the group counts: the next one begins a new log, and the manifest will say where this ended.
            self.abandon_log(writer);
            return Err(error);
        }
        writer.unsynced = true;
        let due = match self.options.durability {
            Durability::Sync => true,
            // While commits follow each other, they keep the interval themselves; the worker does it when they pause.
            Durability::Interval(ms) => self.clock.now_us().abs_diff(writer.synced_us) >= ms.saturating_mul(1000),
            Durability::None => false,
        };
        if due { self.sync_writer(writer) } else { Ok(()) }
    }

    fn sync_writer(&self, writer: &mut Writer) -> Result<()> {
        if let Some(log) = &mut writer.log {
            log.sync().map_err(|error| self.poison(&error))?;
        }
        writer.unsynced = false;
        writer.synced_us = self.clock.now_us();
        Ok(())
    }

    /// Sees to it that there is a log to write to and that the manifest knows it.
    fn prepare_log(&self, writer: &mut Writer) -> Result<()> {
        self.check_writable()?;
        self.wait_for_room()?;
        if writer.log.is_none() {
            self.begin_log(writer)?;
        }
        self.ensure_stored()
    }

    /// Begins a new log. The manifest names it, and where every older log ends, before anything in it counts.
    fn begin_log(&self, writer: &mut Writer) -> Result<()> {
        let (number, log) = if let Some(begun) = writer.unnamed.take() {
            begun
        } else {
            let number = self.next_file();
            (number, LogWriter::create(&self.files, number)?)
        };
        self.files.sync_dir().map_err(|error| self.poison(&error))?;
        let first_seq = self.state().seq + 1;
        if let Err(error) = self.amend(|manifest| manifest.logs.push(LogRecord { number, first_seq, end: None })) {
            if error.code() != Code::DiskFull {
                return Err(self.poison(&error));
            }
            writer.unnamed = Some((number, log));
            return Err(error);
        }
        writer.log = Some(log);
        writer.active_logs.push(number);
        Ok(())
    }

    /// Lets go of the log after a failed write, with its end where the last good group ended.
    fn abandon_log(&self, writer: &mut Writer) {
        if let (Some(log), Some(number)) = (writer.log.take(), writer.active_logs.last()) {
            let end = log.end();
            let mut ledger = lock(&self.ledger);
            if let Some(record) = ledger.manifest.logs.iter_mut().find(|record| record.number == *number) {
                record.end = Some(end);
                ledger.stored = false;
            }
        }
    }

    /// Ends the active memtable and its log, and hands both to the flush.
    fn freeze(&self, writer: &mut Writer) -> Result<()> {
        self.end_log(writer)?;
        let logs = std::mem::take(&mut writer.active_logs);
        self.update_state(|state| {
            let memtable = std::mem::take(&mut state.active);
            state.frozen.push(Arc::new(Frozen { memtable, logs, seq: state.seq, stamp: state.stamp }));
        });
        self.work_arrived();
        Ok(())
    }

    /// Syncs the log and notes its end; the next group begins a new one. The manifest is stored with that.
    pub(crate) fn end_log(&self, writer: &mut Writer) -> Result<()> {
        if writer.unsynced {
            self.sync_writer(writer)?;
        }
        self.abandon_log(writer);
        Ok(())
    }

    /// Freezes whatever is in memory, so that a flush writes all of it.
    pub(crate) fn freeze_now(&self) -> Result<()> {
        let mut writer = lock(&self.writer);
        if !self.state().active.is_empty() {
            self.freeze(&mut writer)?;
        }
        Ok(())
    }

    /// Syncs what was acknowledged without a sync.
    pub(crate) fn sync_log(&self) -> Result<()> {
        let mut writer = lock(&self.writer);
        if writer.unsynced { self.sync_writer(&mut writer) } else { Ok(()) }
    }

    /// The same, unless a commit is under way. The worker must not wait for one: it may be waiting for the worker.
    pub(crate) fn sync_log_when_idle(&self) -> Result<()> {
        match self.writer.try_lock() {
            Ok(mut writer) if writer.unsynced => self.sync_writer(&mut writer),
            _ => Ok(()),
        }
    }

    fn wait_for_room(&self) -> Result<()> {
        while self.state().frozen.len() >= MAX_FROZEN {
            self.help_or_wait()?;
            self.check_writable()?;
        }
        Ok(())
    }

    /// The id of a stored version.
    pub(crate) fn version_id_of(&self, found: &Found) -> Result<VersionId> {
        let annotation = Annotation::of(&found.meta)?;
        Ok(VersionId::new(found.stamp, found.index, annotation.replica.unwrap_or(self.replica)))
    }
}

impl Committed {
    pub(crate) fn last_seq(&self) -> u64 {
        self.first_seq + u64::from(self.count) - 1
    }
}

/// The newest version of a key while a group is being ordered.
#[derive(Clone)]
struct Newest {
    id: VersionId,
    content: Option<Vec<u8>>,
}

/// Makes the accepted batches one run. A batch alone in its group gives its bytes away uncopied.
fn into_run(accepted: Vec<Accepted>) -> (Run, Vec<(Ticket, Committed)>) {
    let alone = accepted.len() == 1;
    let mut data = Vec::new();
    let mut commits = Vec::with_capacity(accepted.len());
    let mut tickets = Vec::with_capacity(accepted.len());
    for Accepted { batch, committed, ticket } in accepted {
        let mut offsets = batch.offsets;
        if alone {
            data = batch.bytes;
        } else {
            let base = data.len() as u32;
            for offset in &mut offsets {
                *offset += base;
            }
            data.extend_from_slice(&batch.bytes);
        }
        commits.push(RunCommit { first_seq: committed.first_seq, stamp: committed.stamp, first_index: 0, offsets });
        tickets.push((ticket, committed));
    }
    (Run::new(data, commits), tickets)
}

/// Takes a commit out of a log: its stamp, its first seq, the writes, and where each of them begins.
pub(crate) type VisitCommit<'a> = &'a mut dyn FnMut(u64, u64, &[u8], Vec<u32>) -> Result<()>;

/// Reads the commits out of a log body; `None` when it holds something else.
pub(crate) fn decode_body(mut body: &[u8], visit: VisitCommit<'_>) -> Result<Option<()>> {
    while !body.is_empty() {
        let mut number = || varint::take(&mut body);
        let (Some(stamp), Some(first_seq), Some(count), Some(length)) = (number(), number(), number(), number()) else {
            return Ok(None);
        };
        let Some(bytes) = usize::try_from(length).ok().and_then(|length| varint::take_bytes(&mut body, length)) else {
            return Ok(None);
        };
        let mut offsets = Vec::with_capacity((count as usize).min(bytes.len()));
        let mut rest = bytes;
        while !rest.is_empty() {
            offsets.push((bytes.len() - rest.len()) as u32);
            if Op::take(&mut rest).is_none() {
                return Ok(None);
            }
        }
        if offsets.len() as u64 != count || count == 0 {
            return Ok(None);
        }
        visit(stamp, first_seq, bytes, offsets)?;
    }
    Ok(Some(()))
}

fn conflict(expectation: &Expectation, found: Option<Newest>) -> Error {
    let (namespace, key) = crate::address::split_address(&expectation.key).unwrap_or_default();
    let spoken = crate::address::spoken(namespace, key);
    let wanted = expectation.version.map_or_else(|| "not to exist".to_owned(), |v| format!("to be at version {v}"));
    let is = match &found {
        None => "it was never written".to_owned(),
        Some(Newest { id, content: None }) => format!("it was deleted by version {id}"),
        Some(Newest { id, .. }) => format!("it is at version {id}"),
    };
    let mut error = Error::new(Code::Conflict, format!("The write expected '{namespace}/{key}' {wanted}, but {is}."))
        .fact("namespace", Fact::Text(namespace.to_owned()))
        .fact("key", Fact::Text(key.to_owned()))
        .hint("To see who wrote in between", Some(format!("kdelta log {spoken}")));
    if let Some(newest) = found {
        error = error.fact("currentVersion", Fact::Text(newest.id.to_string()));
        if let Some(content) = newest.content {
            error = error.fact("currentValue", Fact::Json(content));
        }
    }
    error
}

fn lost() -> Error {
    Error::new(Code::IoError, "The writing thread stopped before it could answer; whether the write counts is unknown.")
        .hint("Open the database again and look", Some("kdelta status".into()))
}
