//! Many at once: threads with the background thread at work, several handles and processes, and clocks that jump.

#[path = "../world/mod.rs"]
mod world;

mod clocks;
mod owners;
mod threads;

use std::path::{Path, PathBuf};

/// A folder on the disk, gone at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("koru-concurrency-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
