//! A simulated folder and a clock whose every call waits for its turn.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use koru_delta::host::{Clock, Crash, Entropy, File, Host, Lock, LockGuard, ManualClock, MemVfs, SeededEntropy};
use koru_delta::host::{SimVfs, Vfs};

use crate::scheduler::Scheduler;

/// A power cut that is to be looked at later: the draw after which it comes, its way, and what must survive it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cut {
    pub(crate) after: usize,
    pub(crate) way: Crash,
}

/// What a power cut left, and the newest seq that had to be there.
pub(crate) type Image = (Cut, MemVfs, u64);

/// The world of one schedule.
#[derive(Clone, Debug)]
pub(crate) struct Gated {
    pub(crate) scheduler: Arc<Scheduler>,
    pub(crate) disk: SimVfs,
    pub(crate) clock: Arc<ManualClock>,
    entropy: Arc<SeededEntropy>,
    pub(crate) tally: Arc<Tally>,
    /// The newest seq that no power cut may take.
    pub(crate) durable: Arc<AtomicU64>,
    /// Whether reads wait as well. They are most of what happens, and seldom what matters.
    reads_wait: bool,
    cuts: Arc<Mutex<Vec<Cut>>>,
    images: Arc<Mutex<Vec<Image>>>,
}

/// What the engine did, by the files it touched.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) log_groups: AtomicU64,
    pub(crate) new_segments: AtomicU64,
    pub(crate) old_segments: AtomicU64,
}

impl Gated {
    pub(crate) fn new(scheduler: Arc<Scheduler>, disk: SimVfs, now_us: u64, cuts: Vec<Cut>, seed: u64) -> Self {
        Self {
            scheduler,
            disk,
            clock: Arc::new(ManualClock::new(now_us)),
            entropy: Arc::new(SeededEntropy::new(seed)),
            tally: Arc::default(),
            durable: Arc::default(),
            reads_wait: seed.is_multiple_of(3),
            cuts: Arc::new(Mutex::new(cuts)),
            images: Arc::default(),
        }
    }

    pub(crate) fn host(&self, background: bool) -> Host {
        let world = Arc::new(self.clone());
        Host { vfs: world.clone(), clock: world.clone(), entropy: world, background }
    }

    /// What the power cuts left.
    pub(crate) fn take_images(&self) -> Vec<Image> {
        std::mem::take(&mut *self.images.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits for the turn, and cuts the power if the time has come. The thread that flushes and merges is the engine's
    /// own; it is taken in at its first call.
    pub(crate) fn pass(&self, what: &'static str, whom: Option<&Arc<str>>) {
        if !self.scheduler.knows_me() && std::thread::current().name() == Some("koru-delta") {
            self.scheduler.adopt("worker");
        }
        let Some(draws) = self.scheduler.gate(what, whom) else { return };
        let mut cuts = self.cuts.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(at) = cuts.iter().position(|cut| cut.after <= draws) {
            let cut = cuts.swap_remove(at);
            let image = (cut, self.disk.crash(&cut.way), self.durable.load(Ordering::SeqCst));
            self.images.lock().unwrap_or_else(PoisonError::into_inner).push(image);
        }
    }

    fn pass_to_read(&self, what: &'static str, whom: &Arc<str>) {
        if self.reads_wait {
            self.pass(what, Some(whom));
        }
    }

    fn file(&self, name: &str, file: Arc<dyn File>) -> Arc<dyn File> {
        Arc::new(GatedFile { world: self.clone(), name: name.into(), file })
    }
}

impl Vfs for Gated {
    fn open(&self, name: &str, writable: bool) -> io::Result<Arc<dyn File>> {
        self.pass("open", Some(&name.into()));
        Ok(self.file(name, self.disk.open(name, writable)?))
    }

    fn create(&self, name: &str) -> io::Result<Arc<dyn File>> {
        self.pass("create", Some(&name.into()));
        if name.starts_with("segment-") {
            self.tally.new_segments.fetch_add(1, Ordering::Relaxed);
        }
        Ok(self.file(name, self.disk.create(name)?))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.pass("remove", Some(&name.into()));
        if name.starts_with("segment-") {
            self.tally.old_segments.fetch_add(1, Ordering::Relaxed);
        }
        self.disk.remove(name)
    }

    fn list(&self) -> io::Result<Vec<String>> {
        self.pass("list", None);
        self.disk.list()
    }

    fn sync_dir(&self) -> io::Result<()> {
        self.pass("sync names", None);
        let result = self.disk.sync_dir();
        self.pass("synced names", None);
        result
    }

    fn lock(&self) -> io::Result<Lock> {
        self.pass("lock", None);
        Ok(match self.disk.lock()? {
            Lock::Held(guard) => Lock::Held(Box::new(GatedLock { world: self.clone(), _guard: guard })),
            taken @ Lock::Taken(_) => taken,
        })
    }

    fn location(&self) -> String {
        self.disk.location()
    }
}

impl Clock for Gated {
    fn now_us(&self) -> u64 {
        self.pass("clock", None);
        self.clock.now_us()
    }

    /// Time passes for the others: each gets several turns.
    fn sleep_ms(&self, ms: u64) {
        self.scheduler.gate_after("sleep", 40);
        self.clock.sleep_ms(ms);
    }
}

impl Entropy for Gated {
    fn fill(&self, buf: &mut [u8]) -> io::Result<()> {
        self.pass("entropy", None);
        self.entropy.fill(buf)
    }
}

#[derive(Debug)]
struct GatedLock {
    world: Gated,
    _guard: Box<dyn LockGuard>,
}

impl LockGuard for GatedLock {}

impl Drop for GatedLock {
    fn drop(&mut self) {
        self.world.pass("unlock", None);
    }
}

#[derive(Debug)]
struct GatedFile {
    world: Gated,
    name: Arc<str>,
    file: Arc<dyn File>,
}

impl File for GatedFile {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        self.world.pass_to_read("read", &self.name);
        self.file.read_at(buf, offset)
    }

    fn write_at(&self, buf: &[u8], offset: u64) -> io::Result<usize> {
        self.world.pass("write", Some(&self.name));
        if self.name.starts_with("log-") && offset > 0 {
            self.world.tally.log_groups.fetch_add(1, Ordering::Relaxed);
        }
        self.file.write_at(buf, offset)
    }

    fn len(&self) -> io::Result<u64> {
        self.world.pass_to_read("measure", &self.name);
        self.file.len()
    }

    fn sync(&self) -> io::Result<()> {
        self.world.pass("sync", Some(&self.name));
        let result = self.file.sync();
        self.world.pass("synced", Some(&self.name));
        result
    }
}
