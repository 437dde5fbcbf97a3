//! What `strace -f -xx` recorded of one folder, as a list of events.
//!
//! Every call that could change a file is recorded; one that the engine is not known to make on its files is refused
//! here, so that none is left out of the images unnoticed.

use std::collections::HashMap;
use std::path::Path;

/// The calls to record; a `?` lets strace pass over those that a machine does not have.
pub(crate) const CALLS: &str = "trace=?open,openat,?creat,write,pwrite64,writev,pwritev,?pwritev2,ftruncate,truncate,\
                                fallocate,fsync,fdatasync,sync_file_range,?rename,renameat,?renameat2,?unlink,unlinkat,\
                                ?mkdir,mkdirat,?link,linkat,copy_file_range,?sendfile,dup,?dup2,dup3";

/// Something that happened to the folder, or that its writer said. Files go by their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    MakeFolder,
    /// The folder that holds the folder was synced.
    SyncParent,
    Create(String),
    Write {
        name: String,
        offset: u64,
        bytes: Vec<u8>,
    },
    Sync(String),
    Remove(String),
    /// The folder was synced.
    SyncNames,
    /// A line on the standard output.
    Said(String),
}

/// The events of a folder in the order in which they ended. A sync that others ran beside stands where it began: what
/// ended after that, it need not have covered.
pub(crate) fn events(trace: &str, folder: &Path) -> Vec<Event> {
    let mut reader = Reader { folder, open: HashMap::new() };
    let mut events: Vec<Option<Event>> = Vec::new();
    // The call that each thread has begun, and where its event would stand.
    let mut begun: HashMap<&str, (String, usize)> = HashMap::new();
    for line in trace.lines() {
        let (thread, line) = line.trim().split_once(' ').unwrap_or(("", line));
        let line = line.trim_start();
        if let Some(beginning) = line.strip_suffix("<unfinished ...>") {
            begun.insert(thread, (beginning.trim_end().to_owned(), events.len()));
            events.push(None);
            continue;
        }
        let (call, place) = if line.starts_with("<... ") {
            let (_, end) = line.split_once("resumed>").expect("a call goes on");
            let (beginning, place) = begun.remove(thread).expect("a call has begun");
            (beginning + end, Some(place))
        } else {
            (line.to_owned(), None)
        };
        let event = Call::parse(&call).and_then(|call| reader.event(&call));
        match (event, place) {
            (Some(event @ (Event::Sync(_) | Event::SyncNames | Event::SyncParent)), Some(place)) => {
                events[place] = Some(event);
            }
            (event, _) => events.push(event),
        }
    }
    events.into_iter().flatten().collect()
}

struct Reader<'a> {
    folder: &'a Path,
    /// What every descriptor stands for.
    open: HashMap<i64, Target>,
}

#[derive(Debug, Clone)]
enum Target {
    File(String),
    Folder,
    Parent,
}

impl Reader<'_> {
    fn event(&mut self, call: &Call) -> Option<Event> {
        if call.result < 0 {
            return None;
        }
        match call.name {
            "openat" => {
                let target = self.target(&call.text(1));
                let (made, name) = match &target {
                    Some(Target::File(name)) => (call.args[2].contains("O_CREAT"), name.clone()),
                    _ => (false, String::new()),
                };
                assert!(!(target.is_some() && call.args[2].contains("O_TRUNC")), "{call:?}");
                match target {
                    Some(target) => self.open.insert(call.result, target),
                    None => self.open.remove(&call.result),
                };
                made.then_some(Event::Create(name))
            }
            "mkdir" if Path::new(&call.text(0)) == self.folder => Some(Event::MakeFolder),
            "mkdirat" if Path::new(&call.text(1)) == self.folder => Some(Event::MakeFolder),
            "unlink" | "unlinkat" => match self.target(&call.text(usize::from(call.name == "unlinkat"))) {
                Some(Target::File(name)) => Some(Event::Remove(name)),
                _ => None,
            },
            "write" if call.args[0] == "1" => {
                Some(Event::Said(String::from_utf8_lossy(&call.bytes(1)).trim_end().to_owned()))
            }
            "pwrite64" => match self.open.get(&call.descriptor())? {
                Target::File(name) => {
                    let mut bytes = call.bytes(1);
                    bytes.truncate(call.result as usize);
                    assert_eq!(bytes.len() as i64, call.result, "the trace holds all that was written");
                    Some(Event::Write { name: name.clone(), offset: call.args[3].parse().unwrap(), bytes })
                }
                other => panic!("a write to {other:?}"),
            },
            "fsync" | "fdatasync" => Some(match self.open.get(&call.descriptor())? {
                Target::File(name) => Event::Sync(name.clone()),
                Target::Folder => Event::SyncNames,
                Target::Parent => Event::SyncParent,
            }),
            // The lock file alone is cut off, and no image holds what was in it.
            "ftruncate" => match self.open.get(&call.descriptor())? {
                Target::File(name) if name == "lock" => None,
                other => panic!("{other:?} is cut off"),
            },
            _ => {
                let by_name = call.args.iter().any(|arg| {
                    arg.starts_with('"') && self.target(&String::from_utf8_lossy(&unescaped(arg))).is_some()
                });
                let by_descriptor =
                    call.args[0].parse().is_ok_and(|descriptor: i64| self.open.contains_key(&descriptor));
                assert!(!by_name && !by_descriptor, "the images know nothing of {call:?}");
                None
            }
        }
    }

    fn target(&self, path: &str) -> Option<Target> {
        let path = Path::new(path);
        if path == self.folder {
            Some(Target::Folder)
        } else if Some(path) == self.folder.parent() {
            Some(Target::Parent)
        } else {
            path.strip_prefix(self.folder).ok().map(|name| Target::File(name.to_string_lossy().into_owned()))
        }
    }
}

/// One call that has ended.
#[derive(Debug)]
struct Call<'a> {
    name: &'a str,
    args: Vec<&'a str>,
    result: i64,
}

impl<'a> Call<'a> {
    /// `None` for a line that tells of no call, such as the end of a thread.
    fn parse(line: &'a str) -> Option<Self> {
        let (call, result) = line.rsplit_once(" = ")?;
        let (name, args) = call.trim_end().strip_suffix(')')?.split_once('(')?;
        // Every text is in hexadecimal, so no comma is part of one.
        Some(Self { name, args: args.split(", ").collect(), result: result.split(' ').next()?.parse().ok()? })
    }

    fn descriptor(&self) -> i64 {
        self.args[0].parse().expect("a descriptor")
    }

    fn bytes(&self, at: usize) -> Vec<u8> {
        assert!(!self.args[at].ends_with("..."), "strace has cut a text short");
        unescaped(self.args[at])
    }

    fn text(&self, at: usize) -> String {
        String::from_utf8(self.bytes(at)).expect("a path of ours is text")
    }
}

/// The bytes of `"\x68\x69"`.
fn unescaped(text: &str) -> Vec<u8> {
    let digits = text.trim_matches('"').as_bytes();
    assert!(digits.len().is_multiple_of(4), "a text in hexadecimal: {text:.40}");
    let value = |digit: u8| char::from(digit).to_digit(16).expect("a hexadecimal digit") as u8;
    digits.chunks(4).map(|four| value(four[2]) << 4 | value(four[3])).collect()
}

/// A text as strace writes it.
fn hex(text: &str) -> String {
    text.bytes().flat_map(|byte| format!("\\x{byte:02x}").into_bytes()).map(char::from).collect()
}

#[test]
fn a_trace_is_read_as_it_happened() {
    let file = |name: &str| hex(&format!("/a/db{name}"));
    let trace = [
        format!("7 mkdir(\"{}\", 0777) = 0", file("")),
        format!("7 openat(AT_FDCWD, \"{}\", O_RDONLY|O_CLOEXEC) = 3", hex("/a")),
        "7 fsync(3) = 0".to_owned(),
        format!("7 openat(AT_FDCWD, \"{}\", O_RDWR|O_CREAT|O_EXCL|O_CLOEXEC, 0666) = 3", file("/log-1")),
        format!("7 openat(AT_FDCWD, \"{}\", O_RDWR|O_CREAT|O_EXCL, 0666) = -1 EEXIST (File exists)", file("/log-2")),
        format!("7 pwrite64(3, \"{}\", 5, 8)     = 5", hex("a, (b")),
        "7 fdatasync(3 <unfinished ...>".to_owned(),
        format!("8 pwrite64(3, \"{}\", 3, 0) = 2", hex("xyz")),
        "7 <... fdatasync resumed>)          = 0".to_owned(),
        format!("7 write(1, \"{}\", 3) = 3", hex("ok\n")),
        format!("8 openat(AT_FDCWD, \"{}\", O_RDONLY) = 4", file("")),
        "8 fsync(4) = 0".to_owned(),
        format!("8 openat(AT_FDCWD, \"{}\", O_RDONLY) = 4", hex("/elsewhere")),
        "8 fsync(4) = 0".to_owned(),
        format!("8 unlink(\"{}\") = 0", file("/log-1")),
        "8 +++ exited with 0 +++".to_owned(),
    ];
    let name = || "log-1".to_owned();
    let wanted = [
        Event::MakeFolder,
        Event::SyncParent,
        Event::Create(name()),
        Event::Write { name: name(), offset: 8, bytes: b"a, (b".to_vec() },
        Event::Sync(name()),
        Event::Write { name: name(), offset: 0, bytes: b"xy".to_vec() },
        Event::Said("ok".to_owned()),
        Event::SyncNames,
        Event::Remove(name()),
    ];
    assert_eq!(events(&trace.join("\n"), Path::new("/a/db")), wanted);
}

#[test]
#[should_panic(expected = "the images know nothing of")]
fn a_call_that_no_image_would_show_is_refused() {
    events(&format!("7 truncate(\"{}\", 5) = 0", hex("/a/db/log-1")), Path::new("/a/db"));
}
