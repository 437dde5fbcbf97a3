//! A folder on a disk, the system's clock and the system's randomness.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::{Clock, Entropy, File, Lock, LockGuard, Vfs, name};

/// A folder on a disk.
///
/// Making a `StdVfs` touches nothing; a folder that is not there is `NotFound` on first use, unless
/// [`create_folder`](Self::create_folder) made it. No entry of the folder is followed if it is a symbolic link,
/// and none is opened unless it is a regular file. The path to the folder itself may hold links.
#[derive(Debug, Clone)]
pub struct StdVfs {
    folder: PathBuf,
    shown: PathBuf,
}

impl StdVfs {
    /// The folder at `path`. A relative path is taken from the working directory of this moment.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        let shown = path.into();
        let folder = std::path::absolute(&shown).unwrap_or_default();
        Self { folder, shown }
    }

    /// Makes the folder, and those above it, where they are missing, and makes that durable.
    ///
    /// # Errors
    /// `NotADirectory` when something else has the name; what the system says otherwise.
    pub fn create_folder(&self) -> io::Result<()> {
        let folder = self.folder()?;
        // One look, not two: between them somebody else may make the folder.
        if let Ok(found) = fs::metadata(folder) {
            return if found.is_dir() { Ok(()) } else { Err(io::ErrorKind::NotADirectory.into()) };
        }
        let missing: Vec<&Path> = folder.ancestors().take_while(|p| !p.exists()).collect();
        fs::create_dir_all(folder)?;
        for made in missing {
            made.parent().map_or(Ok(()), sync_folder)?;
        }
        Ok(())
    }

    /// The folder; an empty path names none and must not mean the working directory.
    fn folder(&self) -> io::Result<&Path> {
        if self.folder.as_os_str().is_empty() {
            let told = "an empty path names no folder";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, told));
        }
        Ok(&self.folder)
    }

    fn entry(&self, name: &str) -> io::Result<PathBuf> {
        name::check(name)?;
        Ok(self.folder()?.join(name))
    }
}

impl Vfs for StdVfs {
    fn open(&self, name: &str, writable: bool) -> io::Result<Arc<dyn File>> {
        let file = open_regular(&self.entry(name)?, writable)?;
        Ok(Arc::new(StdFile { file, writable }))
    }

    fn create(&self, name: &str) -> io::Result<Arc<dyn File>> {
        let file = create_new(&self.entry(name)?)?;
        let writable = true;
        Ok(Arc::new(StdFile { file, writable }))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.entry(name)?)
    }

    fn list(&self) -> io::Result<Vec<String>> {
        let name = |entry: io::Result<fs::DirEntry>| Ok(entry?.file_name().to_string_lossy().into_owned());
        fs::read_dir(self.folder()?)?.map(name).collect()
    }

    fn sync_dir(&self) -> io::Result<()> {
        sync_folder(self.folder()?)
    }

    fn lock(&self) -> io::Result<Lock> {
        let path = self.folder()?.join(name::LOCK);
        let file = match create_new(&path) {
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => open_regular(&path, true)?,
            other => other?,
        };
        match file.try_lock() {
            Ok(()) => {
                // The number only helps a person find the owner: a full disk must not keep the database shut.
                let _ = write_owner(&file);
                Ok(Lock::Held(Box::new(StdLock { file })))
            }
            Err(fs::TryLockError::WouldBlock) => Ok(Lock::Taken(read_owner(&path))),
            Err(fs::TryLockError::Error(e)) => Err(e),
        }
    }

    fn location(&self) -> String {
        self.shown.display().to_string()
    }
}

/// The lock lives as long as the open file: the system lets go of it when the process ends, however it ends.
struct StdLock {
    file: fs::File,
}

impl fmt::Debug for StdLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StdLock")
    }
}

impl LockGuard for StdLock {}

impl Drop for StdLock {
    fn drop(&mut self) {
        // Closing alone is not enough: a child that another thread is just starting holds a copy of the open file
        // until it runs its own program. If this fails, the close that follows lets go.
        let _ = self.file.unlock();
    }
}

fn write_owner(file: &fs::File) -> io::Result<()> {
    file.set_len(0)?;
    positional::write_at(file, format!("{}\n", std::process::id()).as_bytes(), 0)?;
    Ok(())
}

/// The owner's number; unknown while the owner is about to write it, and where the lock also keeps readers out
/// (Windows).
fn read_owner(path: &Path) -> Option<u32> {
    let file = open_regular(path, false).ok()?;
    let mut text = [0; 16];
    let len = positional::read_at(&file, &mut text, 0).ok()?;
    str::from_utf8(&text[..len]).ok()?.trim().parse().ok()
}

/// Creates a file; the system refuses any entry that is there, a dangling link included.
fn create_new(path: &Path) -> io::Result<fs::File> {
    fs::OpenOptions::new().read(true).write(true).create_new(true).open(path)
}

/// Opens what is at `path`, if it is a regular file and not a link to one. A pipe is refused before it can block.
fn open_regular(path: &Path, writable: bool) -> io::Result<fs::File> {
    let before = fs::symlink_metadata(path)?;
    check_regular(&before)?;
    let file = fs::OpenOptions::new().read(true).write(writable).open(path)?;
    // A link put in place between the two calls is another file than the one that was looked at.
    if !same_file(&before, &file.metadata()?) {
        return Err(foreign("it was exchanged while it was opened"));
    }
    Ok(file)
}

fn check_regular(found: &fs::Metadata) -> io::Result<()> {
    if found.is_symlink() {
        return Err(foreign("it is a symbolic link"));
    }
    if found.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !found.is_file() {
        return Err(foreign("it is not a regular file"));
    }
    Ok(())
}

fn foreign(reason: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, reason)
}

#[cfg(unix)]
fn same_file(a: &fs::Metadata, b: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    a.dev() == b.dev() && a.ino() == b.ino()
}

/// Windows tells no stable number of a file here; the look before opening is all there is.
#[cfg(not(unix))]
fn same_file(_: &fs::Metadata, b: &fs::Metadata) -> bool {
    b.is_file()
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    let folder = fs::File::open(folder)?;
    if !folder.metadata()?.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    folder.sync_all()
}

/// Windows opens no folder as a file; NTFS journals names by itself.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[derive(Debug)]
struct StdFile {
    file: fs::File,
    writable: bool,
}

impl File for StdFile {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        // No file reaches this far, so it is past the end; the system calls it a bad argument.
        let end = offset.checked_add(buf.len() as u64);
        if end.is_none_or(|end| i64::try_from(end).is_err()) {
            return Ok(0);
        }
        positional::read_at(&self.file, buf, offset)
    }

    fn write_at(&self, buf: &[u8], offset: u64) -> io::Result<usize> {
        if !self.writable {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        positional::write_at(&self.file, buf, offset)
    }

    fn len(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }
}

#[cfg(unix)]
mod positional {
    use std::fs::File;
    use std::io;
    use std::os::unix::fs::FileExt;

    pub(super) fn read_at(file: &File, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        file.read_at(buf, offset)
    }

    pub(super) fn write_at(file: &File, buf: &[u8], offset: u64) -> io::Result<usize> {
        file.write_at(buf, offset)
    }
}

/// These move the file's cursor too; nothing here uses it.
#[cfg(windows)]
mod positional {
    use std::fs::File;
    use std::io;
    use std::os::windows::fs::FileExt;

    pub(super) fn read_at(file: &File, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        file.seek_read(buf, offset)
    }

    pub(super) fn write_at(file: &File, buf: &[u8], offset: u64) -> io::Result<usize> {
        file.seek_write(buf, offset)
    }
}

/// The system's wall clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now_us(&self) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        since.map_or(0, |d| u64::try_from(d.as_micros()).unwrap_or(u64::MAX))
    }

    fn sleep_ms(&self, ms: u64) {
        std::thread::sleep(Duration::from_millis(ms));
    }
}

/// The system's randomness, fit for keys.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, buf: &mut [u8]) -> io::Result<()> {
        getrandom::fill(buf).map_err(io::Error::other)
    }
}
