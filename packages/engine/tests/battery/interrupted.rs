//! A folder in which something happens at the moment when a file is made.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex};

use koru_delta::host::{File, Lock, MemVfs, Vfs};

type Act = Box<dyn FnOnce() + Send>;

/// Files in memory, and acts that each run once, in their order, when a file is created whose name begins as said.
#[derive(Clone)]
pub(crate) struct Interrupted {
    disk: MemVfs,
    prefix: &'static str,
    acts: Arc<Mutex<Vec<Act>>>,
}

impl Interrupted {
    pub(crate) fn new(prefix: &'static str) -> Self {
        Self { disk: MemVfs::new(), prefix, acts: Arc::default() }
    }

    /// What happens next; what was said first happens first.
    pub(crate) fn then(&self, act: impl FnOnce() + Send + 'static) {
        self.acts.lock().unwrap().push(Box::new(act));
    }

    /// Whether everything has happened.
    pub(crate) fn is_done(&self) -> bool {
        self.acts.lock().unwrap().is_empty()
    }
}

impl fmt::Debug for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Interrupted").field(&self.disk).finish()
    }
}

impl Vfs for Interrupted {
    fn create(&self, name: &str) -> io::Result<Arc<dyn File>> {
        let mut acts = self.acts.lock().unwrap();
        let act = (name.starts_with(self.prefix) && !acts.is_empty()).then(|| acts.remove(0));
        // The act may make files, too.
        drop(acts);
        if let Some(act) = act {
            act();
        }
        self.disk.create(name)
    }

    fn open(&self, name: &str, writable: bool) -> io::Result<Arc<dyn File>> {
        self.disk.open(name, writable)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.disk.remove(name)
    }

    fn list(&self) -> io::Result<Vec<String>> {
        self.disk.list()
    }

    fn sync_dir(&self) -> io::Result<()> {
        self.disk.sync_dir()
    }

    fn lock(&self) -> io::Result<Lock> {
        self.disk.lock()
    }

    fn location(&self) -> String {
        self.disk.location()
    }
}
