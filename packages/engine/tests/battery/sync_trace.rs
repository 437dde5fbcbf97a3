//! What the operating system was asked to do: between a write and its acknowledgement there is a sync.
//!
//! Runs the writer under strace. Without strace the test says so and proves nothing.

use std::process::{Command, Stdio};

use koru_delta::KoruDelta;

use crate::child::{Folder, has_strace, say, skipped, this_binary};

const FOLDER: &str = "KORU_TRACE_FOLDER";
const COMMITS: usize = 200;
/// What the writer prints before a write and after its acknowledgement.
const BEGIN: &str = "koru begins";
const ACK: &str = "koru has";

/// Does nothing in a usual run. Under strace it writes one document after the other, and says when.
#[test]
fn writes_and_says_so() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let db = KoruDelta::start_with_path(folder).unwrap();
    for n in 0..COMMITS {
        say(&format!("{BEGIN} {n}"));
        db.put("users", "alice", &n).unwrap();
        say(&format!("{ACK} {n}"));
    }
}

#[test]
fn every_commit_is_synced_before_it_is_acknowledged() {
    if !has_strace() {
        return skipped("sync trace", "there is no strace here (apt-get install strace)");
    }
    let folder = Folder::new("trace");
    let trace = folder.0.with_extension("strace");
    let writer = this_binary("sync_trace::writes_and_says_so", FOLDER, &folder.0);
    let status = Command::new("strace")
        .args(["-f", "-y", "-s", "64", "-e", "trace=write,pwrite64,fdatasync,fsync", "-o"])
        .arg(&trace)
        .arg(writer.get_program())
        .args(writer.get_args())
        .env(FOLDER, &folder.0)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let text = std::fs::read_to_string(&trace).unwrap_or_default();
    let _ = std::fs::remove_file(&trace);
    if !text.contains(ACK) {
        let why = String::from_utf8_lossy(&status.stderr).into_owned();
        return skipped("sync trace", &format!("strace may not trace here: {why}"));
    }
    let (mut commits, mut syncs, mut written, mut synced) = (0, 0, false, false);
    for line in text.lines() {
        if line.contains(BEGIN) {
            (written, synced) = (false, false);
        } else if line.contains("pwrite64(") && line.contains("/log-") {
            (written, synced) = (true, false);
        } else if line.contains("sync(") && line.contains("/log-") {
            assert!(!line.contains("= -1"), "{line}");
            synced = written;
            syncs += 1;
        } else if line.contains(ACK) {
            assert!(written && synced, "commit {commits} was acknowledged with no sync after its write to the log");
            commits += 1;
        }
    }
    assert_eq!(commits, COMMITS);
    println!("sync trace: {commits} commits, {syncs} syncs of the log");
}
