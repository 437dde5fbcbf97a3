//! Small stores with every kind of file, and every answer that they give while nothing is damaged.

use koru_delta::{Batch, ChangesQuery, HistoryQuery, KoruDelta, ListQuery, Result, SealKey, Version, WriteOptions};

use crate::world::{Dice, Image, World, options};

/// A store, and what must be true of it.
pub(crate) struct Specimen {
    pub(crate) name: String,
    pub(crate) key: Option<SealKey>,
    pub(crate) files: Image,
    /// The same store a while earlier, with files of the same names.
    pub(crate) older: Image,
    pub(crate) questions: Vec<Question>,
    /// The answers of every state that a cut of the active log can lead to, the complete one last. A closed store has
    /// one state.
    pub(crate) answers: Vec<Vec<String>>,
}

/// Something to ask a database.
#[derive(Debug, Clone)]
pub(crate) enum Question {
    Get(&'static str, String),
    GetAt(&'static str, String, String),
    History(&'static str, String),
    List(&'static str, Option<String>, bool),
    Namespaces,
    Changes(Option<String>),
    Diff(&'static str, String, String),
    Export(String),
}

const SPACES: [&str; 2] = ["users", "orders"];

impl Specimen {
    /// Makes a store with several segments of both classes, a values file, a closed log and one in use.
    pub(crate) fn new(seed: u64, sealed: bool, closed: bool) -> Self {
        let key = sealed.then(|| SealKey::from_bytes([seed as u8; 32]));
        let world = World::new(seed);
        let mut dice = Dice(seed);
        let open = || world.open(options(key.as_ref())).unwrap();
        let mut older = Image::new();
        let db = open();
        for round in 0..3 {
            write_round(&db, &world, &mut dice, round);
            db.flush().unwrap();
        }
        put(&db, &world, "users", "k0", "\"in the first log\"", None);
        older.extend(world.vfs.snapshot());
        put(&db, &world, "users", "k1", "[1.50,-0,1e400]", Some("ann"));
        db.close().unwrap();
        older.extend(world.vfs.snapshot());
        drop(db);
        let db = open();
        let mut images = vec![world.vfs.snapshot()];
        for n in 0..5 {
            let text = format!("{{\"n\":{n},\"note\":\"{}\"}}", dice.letters(40 + 7 * n));
            put(&db, &world, SPACES[n % 2], &format!("k{}", n * 2), &text, None);
            if n == 2 {
                older.extend(
                    world.vfs.snapshot().into_iter().filter(|(name, _)| !older.contains_key(name)).collect::<Vec<_>>(),
                );
            }
            images.push(world.vfs.snapshot());
        }
        if closed {
            db.close().unwrap();
            images = vec![world.vfs.snapshot()];
        }
        let questions = questions(&db_of(&images[images.len() - 1], key.as_ref()));
        let answers = images
            .iter()
            .map(|image| {
                let db = db_of(image, key.as_ref());
                questions.iter().map(|q| q.ask(&db).unwrap()).collect()
            })
            .collect();
        let files = images.pop().unwrap();
        let kinds = |kind: &str| files.keys().filter(|name| name.starts_with(kind)).count();
        assert!(kinds("segment") >= 4 && kinds("log") == 2 && kinds("values") >= 1 && kinds("manifest") == 2);
        let name = format!("{} {}", if sealed { "sealed" } else { "plain" }, if closed { "closed" } else { "open" });
        Self { name, key, files, older, questions, answers }
    }

    /// Four stores: plain and sealed, closed and in use.
    pub(crate) fn all() -> Vec<Self> {
        let kinds = [(false, true), (false, false), (true, true), (true, false)];
        kinds.iter().enumerate().map(|(n, (sealed, closed))| Self::new(7 + n as u64, *sealed, *closed)).collect()
    }

    /// Whether the store was not closed, and the file is the log that was in use.
    pub(crate) fn is_active_log(&self, name: &str) -> bool {
        self.answers.len() > 1
            && self.files.keys().rfind(|name| name.starts_with("log")).is_some_and(|last| last == name)
    }

    /// The bytes of a file that mean something; what lies behind them is there for room.
    pub(crate) fn live_length(&self, name: &str) -> usize {
        let bytes = &self.files[name];
        if name.starts_with("log") {
            let used = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1);
            return used.next_multiple_of(8).min(bytes.len());
        }
        if name.starts_with("manifest") {
            let head = 64 + if self.key.is_some() { 96 } else { 0 };
            let length = u64::from_le_bytes(bytes[head..head + 8].try_into().unwrap());
            return head + 40 + length as usize;
        }
        bytes.len()
    }
}

fn put(db: &KoruDelta, world: &World, space: &str, key: &str, text: &str, actor: Option<&str>) {
    world.clock.advance(1_500);
    let options = WriteOptions { actor, reason: actor.map(|_| "a reason"), ..WriteOptions::default() };
    db.put_json(space, key, text.as_bytes(), options).unwrap();
}

fn write_round(db: &KoruDelta, world: &World, dice: &mut Dice, round: usize) {
    for n in 0..6 {
        put(
            db,
            world,
            "users",
            &format!("k{n}"),
            &format!("{{\"round\":{round},\"name\":\"{}\"}}", dice.letters(20)),
            None,
        );
    }
    let mut batch = Batch::new();
    for n in 0..5 {
        let text = format!("[{round},{n},\"{}\"]", dice.letters(12));
        batch.put_json("orders", &format!("k{}", n % 4), text.as_bytes()).unwrap();
    }
    batch.delete("users", &format!("k{}", round + 1)).unwrap();
    world.clock.advance(10_000);
    db.write(batch).unwrap();
    if round == 1 {
        put(db, world, "users", "large", &format!("\"{}\"", dice.letters(4_200)), None);
        put(db, world, "orders", "large", &format!("\"{}\"", "ab".repeat(2_500)), None);
    }
    put(db, world, "users", "k5", "null", Some("bob"));
}

fn db_of(image: &Image, key: Option<&SealKey>) -> KoruDelta {
    World::of(image.clone(), 99).open(options(key)).unwrap()
}

fn questions(db: &KoruDelta) -> Vec<Question> {
    let changes = db.changes(ChangesQuery::default()).unwrap().changes;
    let moment = |at: usize| changes[at].version.to_string();
    let moments = [moment(5), moment(changes.len() / 2), format!("seq:{}", changes.len() * 3 / 4)];
    let mut keys: Vec<(&'static str, String)> = changes
        .iter()
        .map(|v| (SPACES[usize::from(v.namespace == SPACES[1])], v.key.clone()))
        .chain([("users", "never".to_owned())])
        .collect();
    keys.sort();
    keys.dedup();
    let mut all = vec![Question::Namespaces, Question::Changes(None)];
    for (space, key) in keys {
        all.push(Question::Get(space, key.clone()));
        all.push(Question::History(space, key.clone()));
        all.push(Question::GetAt(space, key.clone(), moments[key.len() % 3].clone()));
    }
    for space in SPACES {
        all.push(Question::List(space, None, false));
        all.push(Question::List(space, Some(moments[1].clone()), false));
        all.push(Question::List(space, Some(moments[0].clone()), true));
        all.push(Question::Diff(space, "k2".into(), moments[1].clone()));
    }
    all.push(Question::Changes(Some(moments[2].clone())));
    all.push(Question::Export(moments[1].clone()));
    all
}

impl Question {
    /// The answer as text.
    pub(crate) fn ask(&self, db: &KoruDelta) -> Result<String> {
        let now = db.now()?;
        let view = |at: &Option<String>| at.as_ref().map_or_else(|| Ok(now.clone()), |at| now.at(at));
        match self {
            Self::Get(space, key) => Ok(format!("{:?}", now.get_json(space, key)?)),
            Self::GetAt(space, key, at) => {
                Ok(now.at(at)?.get_version(space, key)?.map_or_else(String::new, |v| told(&[v])))
            }
            Self::History(space, key) => Ok(told(&now.history(space, key, HistoryQuery::default())?.versions)),
            Self::List(space, at, reverse) => {
                let query = ListQuery { reverse: *reverse, ..ListQuery::default() };
                Ok(told(&view(at)?.list(space, query)?.versions))
            }
            Self::Namespaces => Ok(format!("{:?}", now.namespaces(true)?)),
            Self::Changes(at) => Ok(told(&view(at)?.changes(ChangesQuery::default())?.changes)),
            Self::Diff(space, key, at) => Ok(now.diff_since(&now.at(at)?, space, key)?.patch),
            Self::Export(at) => {
                let mut text = Vec::new();
                for piece in now.at(at)?.export()? {
                    text.extend(piece?);
                }
                // The first line tells the time of the export, and the last one its sum.
                let lines = String::from_utf8(text).unwrap();
                let lines: Vec<&str> = lines.lines().collect();
                Ok(lines[1..lines.len() - 1].join("\n"))
            }
        }
    }
}

fn told(versions: &[Version]) -> String {
    use std::fmt::Write;
    let mut text = String::new();
    for v in versions {
        let previous = v.previous.map(|p| p.to_string()).unwrap_or_default();
        let value = v.value.as_deref().unwrap_or("-");
        let actor = v.actor.as_deref().unwrap_or_default();
        writeln!(
            text,
            "{}/{} {} {} {} {previous} {value} {actor}",
            v.namespace,
            v.key,
            v.version,
            v.seq,
            v.timestamp.micros()
        )
        .unwrap();
    }
    text
}
