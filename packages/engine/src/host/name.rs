//! The names a file in the folder may have.

use std::io;

/// The name of the lock file. It belongs to [`Vfs::lock`](super::Vfs::lock) alone.
pub(super) const LOCK: &str = "lock";

/// Refuses every name that is not of the engine's own making.
///
/// Only `a` to `z`, `0` to `9` and `-` are let through, so no name can leave the folder (`..`, `/`, `\`), meet a
/// device of Windows (`nul:`), or mean two files on a disk that folds case.
pub(super) fn check(name: &str) -> io::Result<()> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if name.is_empty() || !name.bytes().all(plain) {
        let told = format!("'{}' cannot name a file of a database", name.escape_debug());
        return Err(io::Error::new(io::ErrorKind::InvalidInput, told));
    }
    if name == LOCK {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "'lock' is the name of the lock file"));
    }
    Ok(())
}
