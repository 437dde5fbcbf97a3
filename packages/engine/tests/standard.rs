//! What only a folder on a real disk can do, or suffer; and the system's clock and randomness.

use std::fs;
use std::io::{BufRead, BufReader, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use koru_delta::host::{Clock, Entropy, Lock, StdVfs, SystemClock, SystemEntropy, Vfs};

/// A folder for one test, gone when it ends.
struct Scratch(PathBuf);

impl Scratch {
    fn new(test: &str) -> Self {
        let path = std::env::temp_dir().join(format!("koru-standard-{}-{test}", std::process::id()));
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn vfs(&self) -> StdVfs {
        StdVfs::new(&self.0)
    }
}

impl std::ops::Deref for Scratch {
    type Target = Path;
    fn deref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

/// The kinds of error that each call on the folder gives.
fn kinds(vfs: &dyn Vfs) -> [ErrorKind; 7] {
    fn kind<T>(result: std::io::Result<T>) -> ErrorKind {
        result.err().expect("the call went well and must not").kind()
    }
    [
        kind(vfs.open("a", false)),
        kind(vfs.open("a", true)),
        kind(vfs.create("a")),
        kind(vfs.remove("a")),
        kind(vfs.list()),
        kind(vfs.sync_dir()),
        kind(vfs.lock()),
    ]
}

#[test]
fn a_missing_folder_is_not_made_by_looking() {
    let scratch = Scratch::new("missing");
    let path = scratch.join("one").join("two");
    let vfs = StdVfs::new(&path);
    if cfg!(unix) {
        assert_eq!(kinds(&vfs), [ErrorKind::NotFound; 7]);
    }
    assert!(!scratch.join("one").exists());

    vfs.create_folder().unwrap();
    vfs.create("a").unwrap();
    vfs.create_folder().unwrap();
    assert_eq!(vfs.list().unwrap(), ["a"]);
    assert_eq!(vfs.location(), path.display().to_string());
}

/// Whoever comes second finds the folder that the first has made, at whatever moment it looks.
#[test]
fn of_two_that_make_one_folder_at_once_both_have_it() {
    let scratch = Scratch::new("both");
    let together = std::sync::Barrier::new(2);
    for round in 0..2_000 {
        let make = || {
            let vfs = StdVfs::new(scratch.join(format!("outer-{round}")).join("inner"));
            together.wait();
            vfs.create_folder()
        };
        std::thread::scope(|scope| {
            let other = scope.spawn(make);
            let mine = make();
            mine.and(other.join().unwrap()).unwrap_or_else(|error| panic!("round {round}: {error}"));
        });
    }
}

#[test]
fn a_file_is_no_folder() {
    let scratch = Scratch::new("file");
    let path = scratch.join("file");
    fs::write(&path, "mine").unwrap();
    let vfs = StdVfs::new(&path);
    assert_eq!(vfs.create_folder().unwrap_err().kind(), ErrorKind::NotADirectory);
    if cfg!(unix) {
        assert_eq!(kinds(&vfs), [ErrorKind::NotADirectory; 7]);
    }
    assert_eq!(fs::read(&path).unwrap(), b"mine");
}

#[test]
fn an_empty_path_is_not_the_working_directory() {
    let vfs = StdVfs::new("");
    assert_eq!(kinds(&vfs), [ErrorKind::InvalidInput; 7]);
    assert_eq!(vfs.create_folder().unwrap_err().kind(), ErrorKind::InvalidInput);
}

#[test]
fn entries_that_are_no_files_are_refused() {
    let scratch = Scratch::new("entries");
    let vfs = scratch.vfs();
    fs::create_dir(scratch.join("folder")).unwrap();
    for writable in [false, true] {
        let error = vfs.open("folder", writable).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::IsADirectory);
    }
    assert_eq!(vfs.create("folder").unwrap_err().kind(), ErrorKind::AlreadyExists);
    assert!(vfs.remove("folder").is_err());
    assert_eq!(vfs.list().unwrap(), ["folder"]);
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    #[test]
    fn links_and_sockets_are_not_followed() {
        let scratch = Scratch::new("links");
        let outside = Scratch::new("links-outside");
        fs::write(outside.join("secret"), "untouched").unwrap();
        symlink(outside.join("secret"), scratch.join("link")).unwrap();
        symlink(outside.join("new"), scratch.join("dangling")).unwrap();
        let _socket = UnixListener::bind(scratch.join("socket")).unwrap();
        let vfs = scratch.vfs();
        for name in ["link", "dangling", "socket"] {
            for writable in [false, true] {
                let error = vfs.open(name, writable).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::InvalidInput, "{name}");
            }
            let error = vfs.create(name).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::AlreadyExists, "{name}");
        }
        vfs.remove("link").unwrap();
        assert_eq!(fs::read(outside.join("secret")).unwrap(), b"untouched");
        assert!(!outside.join("new").exists());

        symlink(outside.join("secret"), scratch.join("lock")).unwrap();
        assert_eq!(vfs.lock().unwrap_err().kind(), ErrorKind::InvalidInput);
        assert_eq!(fs::read(outside.join("secret")).unwrap(), b"untouched");
    }

    #[test]
    fn two_paths_to_one_folder_have_one_lock() {
        let scratch = Scratch::new("two-paths");
        let real = scratch.join("real");
        let link = scratch.join("link");
        StdVfs::new(&real).create_folder().unwrap();
        symlink(&real, &link).unwrap();
        let guard = StdVfs::new(&real).lock().unwrap();
        assert!(matches!(guard, Lock::Held(_)));
        let owner = std::process::id();
        for path in [&link, &real.join("..").join("real")] {
            let second = StdVfs::new(path).lock().unwrap();
            assert!(matches!(second, Lock::Taken(Some(pid)) if pid == owner), "{second:?}");
        }
        drop(guard);
        assert!(matches!(StdVfs::new(&link).lock().unwrap(), Lock::Held(_)));
    }

    #[test]
    fn the_lock_file_names_its_owner_only() {
        let scratch = Scratch::new("owner");
        // Left by an owner with a longer number, or by something else altogether.
        for left in ["4294967295\n", "no number at all, and long at that", ""] {
            fs::write(scratch.join("lock"), left).unwrap();
            let guard = scratch.vfs().lock().unwrap();
            let text = fs::read_to_string(scratch.join("lock")).unwrap();
            assert_eq!(text, format!("{}\n", std::process::id()));
            fs::write(scratch.join("lock"), left).unwrap();
            let told = match scratch.vfs().lock().unwrap() {
                Lock::Taken(told) => told,
                Lock::Held(_) => panic!("two holders"),
            };
            assert_eq!(told, left.trim().parse().ok());
            drop(guard);
        }
    }
}

/// The test runs itself a second time; that process holds the lock until it is killed.
#[test]
fn a_second_process_is_refused_until_the_first_is_dead() {
    const FOLDER: &str = "KORU_TEST_LOCK_FOLDER";
    if let Some(folder) = std::env::var_os(FOLDER) {
        let _guard = StdVfs::new(folder).lock().unwrap();
        println!("\nlocked");
        std::io::stdin().read_line(&mut String::new()).unwrap();
        return;
    }

    let scratch = Scratch::new("process");
    let mut other = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_second_process_is_refused_until_the_first_is_dead", "--nocapture"])
        .env(FOLDER, &*scratch)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(other.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap() == "locked"), "the other process did not get the lock");

    let refused = scratch.vfs().lock().unwrap();
    let id = other.id();
    other.kill().unwrap();
    other.wait().unwrap();
    let owner = if cfg!(unix) { Some(id) } else { None };
    assert!(matches!(refused, Lock::Taken(told) if told == owner), "{refused:?}");
    assert!(matches!(scratch.vfs().lock().unwrap(), Lock::Held(_)));
}

#[test]
fn the_clock_is_the_systems() {
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let before = now().as_micros() as u64;
    let told = SystemClock.now_us();
    SystemClock.sleep_ms(5);
    let later = SystemClock.now_us();
    assert!(before <= told && told <= now().as_micros() as u64);
    assert!(later >= told + 5_000, "slept {} us", later - told);
}

#[test]
fn randomness_differs() {
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..100 {
        let mut buf = [0; 32];
        SystemEntropy.fill(&mut buf).unwrap();
        assert!(seen.insert(buf));
    }
    SystemEntropy.fill(&mut []).unwrap();
}
