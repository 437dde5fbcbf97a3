//! A folder in memory.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use super::content::Content;
use super::latch::Latch;
use super::{File, Lock, Vfs, name};

/// A folder in memory, gone with its last owner. Clones share one folder.
///
/// Everything written is there at once, so `sync` and `sync_dir` have nothing to do.
#[derive(Clone, Default)]
pub struct MemVfs {
    files: Arc<Mutex<BTreeMap<String, Shared>>>,
    latch: Arc<Latch>,
}

type Shared = Arc<RwLock<Content>>;

impl MemVfs {
    /// An empty folder.
    pub fn new() -> Self {
        Self::default()
    }

    /// A folder with these files. Any name goes, even one that [`Vfs::create`] refuses: folders hold foreign files.
    pub fn from_files(files: BTreeMap<String, Vec<u8>>) -> Self {
        let content = |(name, bytes): (String, Vec<u8>)| (name, Content::from_bytes(&bytes));
        Self::from_contents(files.into_iter().map(content).collect())
    }

    /// Every file with its bytes, the lock file excepted: it is not content.
    pub fn snapshot(&self) -> BTreeMap<String, Vec<u8>> {
        let bytes = |(name, content): (String, Content)| (name, content.to_bytes());
        self.contents().into_iter().map(bytes).collect()
    }

    pub(super) fn from_contents(mut files: BTreeMap<String, Content>) -> Self {
        let lock_file = files.remove(name::LOCK).is_some();
        let share = |(name, content)| (name, Arc::new(RwLock::new(content)));
        Self {
            files: Arc::new(Mutex::new(files.into_iter().map(share).collect())),
            latch: Arc::new(Latch::new(lock_file)),
        }
    }

    pub(super) fn contents(&self) -> BTreeMap<String, Content> {
        let copy = |(name, shared): (&String, &Shared)| (name.clone(), read(shared).clone());
        self.files().iter().map(copy).collect()
    }

    // No code panics while it holds one of these locks, and no half-made change could be seen if it did: a poisoned
    // lock is as good as another.
    fn files(&self) -> MutexGuard<'_, BTreeMap<String, Shared>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for MemVfs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lengths = |(name, shared): (&String, &Shared)| (name.clone(), read(shared).len());
        f.debug_map().entries(self.files().iter().map(lengths)).finish()
    }
}

impl Vfs for MemVfs {
    fn open(&self, name: &str, writable: bool) -> io::Result<Arc<dyn File>> {
        name::check(name)?;
        let content = Arc::clone(self.files().get(name).ok_or(io::ErrorKind::NotFound)?);
        Ok(Arc::new(MemFile { content, writable }))
    }

    fn create(&self, name: &str) -> io::Result<Arc<dyn File>> {
        name::check(name)?;
        let mut files = self.files();
        if files.contains_key(name) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let content = Shared::default();
        files.insert(name.to_owned(), Arc::clone(&content));
        let writable = true;
        Ok(Arc::new(MemFile { content, writable }))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        name::check(name)?;
        match self.files().remove(name) {
            Some(_) => Ok(()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn list(&self) -> io::Result<Vec<String>> {
        let mut names: Vec<String> = self.files().keys().cloned().collect();
        if self.latch.has_file() {
            names.push(name::LOCK.to_owned());
        }
        Ok(names)
    }

    fn sync_dir(&self) -> io::Result<()> {
        Ok(())
    }

    fn lock(&self) -> io::Result<Lock> {
        Ok(self.latch.take())
    }

    fn location(&self) -> String {
        "memory".to_owned()
    }
}

struct MemFile {
    content: Shared,
    writable: bool,
}

impl fmt::Debug for MemFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemFile").field("len", &read(&self.content).len()).field("writable", &self.writable).finish()
    }
}

impl File for MemFile {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        Ok(read(&self.content).read(buf, offset))
    }

    fn write_at(&self, buf: &[u8], offset: u64) -> io::Result<usize> {
        if !self.writable {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        let mut content = self.content.write().unwrap_or_else(PoisonError::into_inner);
        content.write(buf, offset)?;
        Ok(buf.len())
    }

    fn len(&self) -> io::Result<u64> {
        Ok(read(&self.content).len())
    }

    fn sync(&self) -> io::Result<()> {
        Ok(())
    }
}

fn read(shared: &Shared) -> std::sync::RwLockReadGuard<'_, Content> {
    shared.read().unwrap_or_else(PoisonError::into_inner)
}
