//! What may go wrong with an operation.

use std::io;

use super::{Operation, OperationKind};

/// A planned fault: which operation it strikes, and how. Without further words it strikes the next operation of any
/// kind, once.
///
/// ```
/// use koru_delta::host::{Fault, OperationKind, SimVfs};
/// let disk = SimVfs::new();
/// disk.fail(Fault::error(std::io::ErrorKind::StorageFull).on(OperationKind::Write).nth(3).forever());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    effect: Effect,
    kind: Option<OperationKind>,
    file: Option<String>,
    /// How many operations it still lets pass.
    passes: u64,
    forever: bool,
}

/// What a fault does to the operation it strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    Error(io::ErrorKind),
    Short(usize),
    Drop(io::ErrorKind),
}

impl Fault {
    /// The operation fails and changes nothing; what was unsynced stays unsynced. `Other` stands for EIO.
    ///
    /// `Interrupted` for ever on a read or write never ends: the caller is bound to try again.
    pub fn error(kind: io::ErrorKind) -> Self {
        Self::new(Effect::Error(kind))
    }

    /// A read or write takes at most `bytes`, and reports it. 0 makes a write that takes nothing and a read that seems
    /// at the end. Other operations are not struck.
    pub fn short(bytes: usize) -> Self {
        Self::new(Effect::Short(bytes))
    }

    /// A sync fails with `kind`, and the system forgets that there was anything to write: readers still see it, the
    /// disk never gets it, and the next sync succeeds. So Linux does when a page cannot be written. Other operations
    /// than `sync` and `sync_dir` are not struck.
    pub fn dropped_sync(kind: io::ErrorKind) -> Self {
        Self::new(Effect::Drop(kind))
    }

    /// Strikes only operations of this kind.
    #[must_use]
    pub fn on(mut self, kind: OperationKind) -> Self {
        self.kind = Some(kind);
        self
    }

    /// Strikes only operations on the file of this name.
    #[must_use]
    pub fn on_file(mut self, name: &str) -> Self {
        self.file = Some(name.to_owned());
        self
    }

    /// Strikes the `n`th operation it could strike from now, 1 being the next; 0 means the next too.
    #[must_use]
    pub fn nth(mut self, n: u64) -> Self {
        self.passes = n.saturating_sub(1);
        self
    }

    /// Strikes every later one as well.
    #[must_use]
    pub fn forever(mut self) -> Self {
        self.forever = true;
        self
    }

    fn new(effect: Effect) -> Self {
        Self { effect, kind: None, file: None, passes: 0, forever: false }
    }

    fn could_strike(&self, operation: &Operation) -> bool {
        let fits = match self.effect {
            Effect::Error(_) => true,
            Effect::Short(_) => {
                matches!(operation.kind, OperationKind::Read | OperationKind::Write)
            }
            Effect::Drop(_) => {
                matches!(operation.kind, OperationKind::Sync | OperationKind::SyncDir)
            }
        };
        fits && self.kind.is_none_or(|kind| kind == operation.kind)
            && self.file.as_deref().is_none_or(|file| *file == *operation.file)
    }
}

/// Tells every waiting fault of an operation, and answers what happens to it. A fault that struck for the last time
/// is gone; one that another was faster than waits for the next operation.
pub(super) fn strike(faults: &mut Vec<Fault>, operation: &Operation) -> Option<Effect> {
    let mut struck = None;
    faults.retain_mut(|fault| {
        if !fault.could_strike(operation) {
            return true;
        }
        if fault.passes > 0 {
            fault.passes -= 1;
            return true;
        }
        if struck.is_some() {
            return true;
        }
        struck = Some(fault.effect);
        fault.forever
    });
    struck
}
