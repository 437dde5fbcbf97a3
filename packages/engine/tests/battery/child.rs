//! Processes of this binary, and the folders they work in.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder of its own, gone at the end.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        Self::within(&std::env::temp_dir(), name)
    }

    /// One whose syncs cost nothing, where there is such a thing: for what is on a disk already as far as a test goes.
    pub(crate) fn in_memory(name: &str) -> Self {
        let memory = Path::new("/dev/shm");
        if memory.is_dir() { Self::within(memory, name) } else { Self::new(name) }
    }

    fn within(parent: &Path, name: &str) -> Self {
        let path = parent.join(format!("koru-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The test binary as a process that runs one of its tests.
pub(crate) fn this_binary(test: &str, variable: &str, folder: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture", "--test-threads", "1"]).env(variable, folder);
    command
}

/// Prints a line that the test harness does not keep to itself, for a child whose parent reads it.
pub(crate) fn say(line: &str) {
    std::io::stdout().write_all(format!("{line}\n").as_bytes()).unwrap();
    std::io::stdout().flush().unwrap();
}

/// Tells that a test proves nothing on this machine, past the harness, which hides what a passing test prints.
pub(crate) fn skipped(test: &str, why: &str) {
    let _ = std::io::stderr().write_all(format!("{test}: SKIPPED, for {why}\n").as_bytes());
}

/// Whether there is a strace to run.
pub(crate) fn has_strace() -> bool {
    Command::new("strace").arg("-V").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}
