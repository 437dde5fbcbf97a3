//! The page cache and the disk below it.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::fault::{self, Effect, Fault};
use super::operation::{Operation, OperationKind};
use crate::host::content::Content;

/// A directory: names, and the files they stand for.
pub(super) type Names = BTreeMap<Arc<str>, Arc<Node>>;

/// A file, with or without a name. It lives as long as a directory, a waiting change or a handle holds it.
#[derive(Default)]
pub(super) struct Node {
    pages: Mutex<Pages>,
}

/// The two states of a file's bytes. `durable` and the waiting writes make up `volatile`, except for writes that a
/// failed sync dropped.
#[derive(Default)]
pub(super) struct Pages {
    pub(super) durable: Content,
    pub(super) volatile: Content,
}

impl Node {
    /// The lock is taken only under the lock of the disk, and never waits.
    pub(super) fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Something done that a power cut may undo.
pub(super) enum Change {
    Write { node: Arc<Node>, offset: u64, bytes: Vec<u8> },
    Create { name: Arc<str>, node: Arc<Node> },
    Remove { name: Arc<str>, node: Arc<Node> },
}

impl Change {
    pub(super) fn node(&self) -> &Arc<Node> {
        match self {
            Self::Write { node, .. } | Self::Create { node, .. } | Self::Remove { node, .. } => node,
        }
    }

    pub(super) fn is_write(&self) -> bool {
        matches!(self, Self::Write { .. })
    }

    /// Does the change to a directory. A removal takes only the file it was meant for: when a creation before it was
    /// lost, another file may have the name.
    pub(super) fn apply(&self, names: &mut Names) {
        match self {
            Self::Write { .. } => {}
            Self::Create { name, node } => {
                names.insert(Arc::clone(name), Arc::clone(node));
            }
            Self::Remove { name, node } => {
                if names.get(name).is_some_and(|found| Arc::ptr_eq(found, node)) {
                    names.remove(name);
                }
            }
        }
    }
}

/// The whole state of the simulated folder.
#[derive(Default)]
pub(super) struct Disk {
    pub(super) durable: Names,
    pub(super) volatile: Names,
    /// What the disk does not have yet, oldest first.
    pub(super) unsynced: Vec<Change>,
    pub(super) operations: u64,
    pub(super) halt: Option<u64>,
    pub(super) faults: Vec<Fault>,
    pub(super) limit: Option<u64>,
    pub(super) trace: Option<Vec<Operation>>,
}

impl Disk {
    pub(super) fn holding(files: BTreeMap<String, Content>) -> Self {
        let node = |content: Content| Node { pages: Mutex::new(Pages { durable: content.clone(), volatile: content }) };
        let durable: Names = files.into_iter().map(|(name, content)| (name.into(), Arc::new(node(content)))).collect();
        Self { volatile: durable.clone(), durable, ..Self::default() }
    }

    pub(super) fn open(&mut self, name: &str) -> io::Result<Arc<Node>> {
        self.begin(OperationKind::Open, name, 0, 0)?;
        let node = self.volatile.get(name);
        Ok(Arc::clone(node.ok_or(io::ErrorKind::NotFound)?))
    }

    pub(super) fn create(&mut self, name: &str) -> io::Result<Arc<Node>> {
        self.begin(OperationKind::Create, name, 0, 0)?;
        if self.volatile.contains_key(name) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let node = Arc::new(Node::default());
        self.change_names(Change::Create { name: name.into(), node: Arc::clone(&node) });
        Ok(node)
    }

    pub(super) fn remove(&mut self, name: &str) -> io::Result<()> {
        self.begin(OperationKind::Remove, name, 0, 0)?;
        let node = self.volatile.get(name).ok_or(io::ErrorKind::NotFound)?;
        let node = Arc::clone(node);
        self.change_names(Change::Remove { name: name.into(), node });
        Ok(())
    }

    pub(super) fn list(&mut self) -> io::Result<Vec<String>> {
        self.begin(OperationKind::List, "", 0, 0)?;
        Ok(self.volatile.keys().map(ToString::to_string).collect())
    }

    pub(super) fn lock(&mut self) -> io::Result<()> {
        self.begin(OperationKind::Lock, "", 0, 0)?;
        Ok(())
    }

    pub(super) fn len(&self, node: &Node) -> io::Result<u64> {
        self.alive()?;
        Ok(node.pages().volatile.len())
    }

    pub(super) fn read(&mut self, name: &str, node: &Node, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let effect = self.begin(OperationKind::Read, name, offset, buf.len())?;
        let most = shortened(effect, buf.len());
        Ok(node.pages().volatile.read(&mut buf[..most], offset))
    }

    pub(super) fn write(&mut self, name: &str, node: &Arc<Node>, buf: &[u8], offset: u64) -> io::Result<usize> {
        let effect = self.begin(OperationKind::Write, name, offset, buf.len())?;
        let wanted = shortened(effect, buf.len());
        let taken = self.fitting(node, wanted, offset);
        if taken < wanted && taken == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        if taken > 0 {
            let bytes = buf[..taken].to_vec();
            node.pages().volatile.write(&bytes, offset)?;
            if self.has_name(node) {
                let node = Arc::clone(node);
                self.unsynced.push(Change::Write { node, offset, bytes });
            }
        }
        Ok(taken)
    }

    pub(super) fn sync(&mut self, name: &str, node: &Arc<Node>) -> io::Result<()> {
        let effect = self.begin(OperationKind::Sync, name, 0, 0)?;
        let mine = |change: &mut Change| change.is_write() && Arc::ptr_eq(change.node(), node);
        let writes: Vec<Change> = self.unsynced.extract_if(.., mine).collect();
        if let Some(Effect::Drop(kind)) = effect {
            return Err(kind.into());
        }
        let durable = &mut node.pages().durable;
        for change in &writes {
            if let Change::Write { offset, bytes, .. } = change {
                durable.write(bytes, *offset)?;
            }
        }
        Ok(())
    }

    pub(super) fn sync_dir(&mut self) -> io::Result<()> {
        let effect = self.begin(OperationKind::SyncDir, "", 0, 0)?;
        let named = |change: &mut Change| !change.is_write();
        let changes: Vec<Change> = self.unsynced.extract_if(.., named).collect();
        if let Some(Effect::Drop(kind)) = effect {
            return Err(kind.into());
        }
        for change in &changes {
            change.apply(&mut self.durable);
        }
        self.forget_nameless();
        Ok(())
    }

    pub(super) fn flip(&mut self, file: &str, offset: u64, mask: u8) -> io::Result<()> {
        let node = self.volatile.get(file).ok_or(io::ErrorKind::NotFound)?;
        let mut pages = node.pages();
        if offset >= pages.volatile.len() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        flip_byte(&mut pages.volatile, offset, mask)?;
        flip_byte(&mut pages.durable, offset, mask)?;
        for change in &mut self.unsynced {
            if let Change::Write { node: written, offset: start, bytes } = change
                && Arc::ptr_eq(written, node)
                && let Some(at) = offset.checked_sub(*start)
                && let Some(byte) = bytes.get_mut(at as usize)
            {
                *byte ^= mask;
            }
        }
        Ok(())
    }

    fn alive(&self) -> io::Result<()> {
        match self.halt {
            Some(at) if self.operations >= at => Err(io::Error::other("the simulated process is dead")),
            _ => Ok(()),
        }
    }

    /// Counts an operation and lets the faults at it.
    fn begin(&mut self, kind: OperationKind, file: &str, offset: u64, len: usize) -> io::Result<Option<Effect>> {
        self.alive()?;
        let number = self.operations;
        self.operations += 1;
        if self.trace.is_none() && self.faults.is_empty() {
            return Ok(None);
        }
        let operation = Operation { number, kind, file: file.into(), offset, len };
        let effect = fault::strike(&mut self.faults, &operation);
        if let Some(trace) = &mut self.trace {
            trace.push(operation);
        }
        match effect {
            Some(Effect::Error(kind)) => Err(kind.into()),
            other => Ok(other),
        }
    }

    fn change_names(&mut self, change: Change) {
        change.apply(&mut self.volatile);
        self.unsynced.push(change);
    }

    /// How many of `wanted` bytes at `offset` the limit lets in. What lies within the file takes no new room.
    fn fitting(&self, node: &Node, wanted: usize, offset: u64) -> usize {
        let Some(limit) = self.limit else {
            return wanted;
        };
        let used: u64 = self.volatile.values().map(|n| n.pages().volatile.len()).sum();
        let longest = node.pages().volatile.len() + limit.saturating_sub(used);
        usize::try_from(longest.saturating_sub(offset)).map_or(wanted, |most| most.min(wanted))
    }

    /// Drops the waiting writes of files whose last name is gone for good: no power cut brings them back.
    fn forget_nameless(&mut self) {
        let waiting = std::mem::take(&mut self.unsynced);
        let named = |change: &Change| self.has_name(change.node());
        self.unsynced = waiting.into_iter().filter(named).collect();
    }

    fn has_name(&self, node: &Arc<Node>) -> bool {
        let waiting = self.unsynced.iter().filter(|change| !change.is_write());
        let mut nodes = self.durable.values().chain(self.volatile.values()).chain(waiting.map(Change::node));
        nodes.any(|named| Arc::ptr_eq(named, node))
    }
}

fn shortened(effect: Option<Effect>, len: usize) -> usize {
    match effect {
        Some(Effect::Short(bytes)) => bytes.min(len),
        _ => len,
    }
}

fn flip_byte(content: &mut Content, offset: u64, mask: u8) -> io::Result<()> {
    let mut byte = [0];
    if content.read(&mut byte, offset) == 1 {
        content.write(&[byte[0] ^ mask], offset)?;
    }
    Ok(())
}
