//! Whether a database answers as the oracle does. A disagreement panics; a failure of the database is returned.

use koru_delta::error::Result;
use koru_delta::{ChangesQuery, HistoryQuery, KoruDelta, ListQuery, Stamp, View, patch};

use crate::oracle::{Oracle, Version, When};
use crate::random::Random;
use crate::workload::is_of_the_world;

/// Compares one answer with what was to come.
fn same(answer: &koru_delta::Version, wanted: &Version, oracle: &Oracle, values: bool) {
    let previous = oracle.previous(wanted).map(Version::id);
    assert_eq!(
        (answer.namespace.as_str(), answer.key.as_str(), answer.seq, answer.timestamp.micros()),
        (wanted.namespace.as_str(), wanted.key.as_str(), wanted.seq, wanted.stamp)
    );
    assert_eq!(answer.version.to_string(), wanted.id(), "the id of {wanted:?}");
    assert_eq!(answer.deleted, wanted.text.is_none(), "{wanted:?}");
    assert_eq!(answer.value.as_ref(), wanted.text.as_ref().filter(|_| values), "the document of {wanted:?}");
    assert_eq!(answer.previous.map(|id| id.to_string()), previous, "what came before {wanted:?}");
    assert_eq!((&answer.actor, &answer.reason), (&wanted.actor, &wanted.reason), "{wanted:?}");
    let origin = answer.origin.and_then(|origin| origin.version).map(|id| id.to_string());
    assert_eq!(origin, wanted.origin, "where {wanted:?} came from");
}

/// Compares answers, in their order, with those that were to come.
pub(crate) fn all_same<'a>(
    what: &str,
    answers: &[koru_delta::Version],
    wanted: impl IntoIterator<Item = &'a Version>,
    oracle: &Oracle,
    values: bool,
) {
    let wanted: Vec<&Version> = wanted.into_iter().collect();
    let seqs = |all: &[koru_delta::Version]| all.iter().map(|version| version.seq).collect::<Vec<_>>();
    assert_eq!(seqs(answers), wanted.iter().map(|version| version.seq).collect::<Vec<_>>(), "{what}");
    for (answer, wanted) in answers.iter().zip(wanted) {
        same(answer, wanted, oracle, values);
    }
}

/// A moment as a text.
pub(crate) fn text_of(when: When, oracle: &Oracle) -> String {
    match when {
        When::Now => "now".to_owned(),
        When::Seq(seq) => format!("seq:{seq}"),
        When::Stamp(stamp) => Stamp::from_micros(stamp).to_string(),
        When::Version(seq) => oracle.version(seq).id(),
    }
}

/// The view of a moment, and the seq up to which it sees.
fn view(db: &KoruDelta, oracle: &Oracle, when: When) -> Result<(View, u64)> {
    let view = db.at(text_of(when, oracle))?;
    Ok((view, oracle.through(when)))
}

/// One key at one moment: the document, the record, the error when there is none.
pub(crate) fn key_at(db: &KoruDelta, oracle: &Oracle, namespace: &str, key: &str, when: When) -> Result<()> {
    let (view, through) = view(db, oracle, when)?;
    let wanted = oracle.get(namespace, key, through);
    let text = view.get_json(namespace, key)?.map(|bytes| String::from_utf8(bytes).expect("a document is text"));
    assert_eq!(text.as_ref(), wanted.and_then(|version| version.text.as_ref()), "{namespace}/{key:?} at {when:?}");
    match wanted {
        Some(wanted) => same(&view.get_or_err(namespace, key)?, wanted, oracle, true),
        None => match view.get_or_err(namespace, key) {
            Ok(version) => panic!("{namespace}/{key:?} at {when:?} is {version:?}, and was to be absent"),
            Err(error) if is_of_the_world(&error) => return Err(error),
            Err(error) => {
                let code = error.code().as_str();
                assert_eq!(code, oracle.absent(namespace, key, through), "{namespace}/{key:?} at {when:?}: {error:?}");
            }
        },
    }
    Ok(())
}

/// One key at both sides of a commit.
pub(crate) fn boundary(
    db: &KoruDelta,
    oracle: &Oracle,
    namespace: &str,
    key: &str,
    commit: (u64, u64, u64),
) -> Result<()> {
    let (first, last, stamp) = commit;
    for when in [
        When::Stamp(stamp - 1),
        When::Stamp(stamp),
        When::Stamp(stamp + 1),
        When::Seq(first - 1),
        When::Seq(first),
        When::Seq(last),
        When::Version(first),
        When::Version(last),
    ] {
        key_at(db, oracle, namespace, key, when)?;
    }
    Ok(())
}

/// The history of one key at one moment, page by page.
pub(crate) fn history(
    db: &KoruDelta,
    oracle: &Oracle,
    namespace: &str,
    key: &str,
    when: When,
    limit: usize,
) -> Result<()> {
    let (view, through) = view(db, oracle, when)?;
    let (mut answers, mut cursor) = (Vec::new(), None::<String>);
    let values = limit.is_multiple_of(2);
    loop {
        let page = view.history(namespace, key, HistoryQuery { limit, cursor: cursor.as_deref(), values })?;
        assert!(page.versions.len() <= limit);
        answers.extend(page.versions);
        cursor = page.cursor;
        if cursor.is_none() {
            break;
        }
    }
    let what = format!("the history of {namespace}/{key:?} at {when:?} by {limit}");
    all_same(&what, &answers, oracle.history(namespace, key, through), oracle, values);
    Ok(())
}

/// Which part of a list is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part<'a> {
    pub(crate) prefix: &'a str,
    pub(crate) from: Option<&'a str>,
    pub(crate) to: Option<&'a str>,
    pub(crate) reverse: bool,
    pub(crate) limit: usize,
}

/// Everything, in pages of this size.
pub(crate) fn whole(limit: usize) -> Part<'static> {
    Part { prefix: "", from: None, to: None, reverse: false, limit }
}

/// A list at one moment, page by page.
pub(crate) fn list(db: &KoruDelta, oracle: &Oracle, namespace: &str, part: Part<'_>, when: When) -> Result<()> {
    let (view, through) = view(db, oracle, when)?;
    let Part { prefix, from, to, reverse, limit } = part;
    let values = limit.is_multiple_of(2);
    let (mut answers, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let query = ListQuery { prefix, from, to, reverse, limit, cursor: cursor.as_deref(), values };
        let page = view.list(namespace, query)?;
        assert!(page.versions.len() <= limit);
        answers.extend(page.versions);
        cursor = page.cursor;
        if cursor.is_none() {
            break;
        }
    }
    let wanted =
        |key: &str| key.starts_with(prefix) && from.is_none_or(|from| key >= from) && to.is_none_or(|to| key < to);
    let mut wanted = oracle.list(namespace, wanted, through);
    if reverse {
        wanted.reverse();
    }
    all_same(&format!("the list of {namespace} at {when:?}, {part:?}"), &answers, wanted, oracle, values);
    Ok(())
}

/// The namespaces at one moment, with and without their sizes.
pub(crate) fn namespaces(db: &KoruDelta, oracle: &Oracle, when: When) -> Result<()> {
    let (view, through) = view(db, oracle, when)?;
    let wanted = oracle.namespaces(through);
    let counted: Vec<_> = view.namespaces(true)?.into_iter().map(|n| (n.name, n.keys.unwrap_or(0))).collect();
    assert_eq!(counted, wanted, "the namespaces at {when:?}");
    let names: Vec<_> = view.namespaces(false)?.into_iter().map(|n| n.name).collect();
    assert!(names.iter().eq(wanted.iter().map(|(name, _)| name)), "the namespaces at {when:?}: {names:?}");
    Ok(())
}

/// The feed up to one moment, page by page.
pub(crate) fn changes(
    db: &KoruDelta,
    oracle: &Oracle,
    only: Option<(&str, &str)>,
    when: When,
    limit: usize,
) -> Result<()> {
    let (view, through) = view(db, oracle, when)?;
    let (namespace, prefix) = only.map_or((None, ""), |(namespace, prefix)| (Some(namespace), prefix));
    let (mut answers, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let query = ChangesQuery { since: cursor.as_deref(), namespace, prefix, limit, values: true };
        let page = view.changes(query)?;
        assert!(page.changes.len() <= limit);
        answers.extend(page.changes);
        cursor = Some(page.cursor);
        if !page.more {
            break;
        }
    }
    let wanted = oracle
        .between(0, through)
        .filter(|v| only.is_none_or(|(namespace, prefix)| v.namespace == namespace && v.key.starts_with(prefix)));
    all_same(&format!("the feed up to {when:?} of {only:?}"), &answers, wanted, oracle, true);
    Ok(())
}

/// The difference of a key between two moments, and that the patch makes the one document of the other.
pub(crate) fn difference(
    db: &KoruDelta,
    oracle: &Oracle,
    namespace: &str,
    key: &str,
    from: When,
    to: When,
) -> Result<()> {
    let what = || format!("the difference of {namespace}/{key:?} from {from:?} to {to:?}");
    let ((earlier, start), (later, end)) = (view(db, oracle, from)?, view(db, oracle, to)?);
    let (before, after) = (oracle.get(namespace, key, start), oracle.get(namespace, key, end));
    let ever = |through| oracle.newest(namespace, key, through).is_some();
    let answer = match later.diff_since(&earlier, namespace, key) {
        Err(error) if is_of_the_world(&error) => return Err(error),
        Err(error) => {
            assert!(!ever(start) && !ever(end), "{}: {error:?}", what());
            assert_eq!(error.code().as_str(), oracle.absent(namespace, key, end), "{}", what());
            return Ok(());
        }
        Ok(answer) => answer,
    };
    assert!(ever(start) || ever(end), "{}: {answer:?}", what());
    let ids = (answer.from.map(|id| id.to_string()), answer.to.map(|id| id.to_string()));
    assert_eq!(ids, (before.map(Version::id), after.map(Version::id)), "{}", what());
    let texts = (before.and_then(|v| v.text.clone()), after.and_then(|v| v.text.clone()));
    assert_eq!((&answer.before, &answer.after), (&texts.0, &texts.1), "{}", what());
    if let (Some(before), Some(after)) = texts {
        let made = patch::apply(answer.patch.as_bytes(), before.as_bytes()).expect("the patch fits");
        assert_eq!(made, after.as_bytes(), "{}: {}", what(), answer.patch);
    }
    Ok(())
}

/// The keys of a namespace that differ between two moments, page by page.
pub(crate) fn differences(
    db: &KoruDelta,
    oracle: &Oracle,
    namespace: &str,
    prefix: &str,
    moments: (When, When),
    limit: usize,
) -> Result<()> {
    let ((earlier, start), (later, end)) = (view(db, oracle, moments.0)?, view(db, oracle, moments.1)?);
    let (mut keys, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let page = later.diff_namespace(&earlier, namespace, prefix, limit, cursor.as_deref())?;
        assert!(page.differences.len() <= limit);
        for one in page.differences {
            assert_eq!(one.before.as_ref(), oracle.get(namespace, &one.key, start).and_then(|v| v.text.as_ref()));
            assert_eq!(one.after.as_ref(), oracle.get(namespace, &one.key, end).and_then(|v| v.text.as_ref()));
            keys.push(one.key);
        }
        cursor = page.cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(keys, oracle.changed(namespace, prefix, start, end), "what changed in {namespace} between {moments:?}");
    Ok(())
}

/// Every file is sound, and every version is there once.
pub(crate) fn verified(db: &KoruDelta, oracle: &Oracle) -> Result<()> {
    let found = db.now()?.verify()?;
    assert!(found.is_ok(), "{found:?}");
    assert_eq!(found.versions, oracle.newest_seq());
    Ok(())
}

/// One of all questions, about something that seems worth asking.
pub(crate) fn sample(db: &KoruDelta, oracle: &Oracle, random: &mut Random) -> Result<()> {
    let keys: Vec<(&str, &str)> = oracle.keys().collect();
    let (namespace, key) = if keys.is_empty() { ("a", "k") } else { *random.pick(&keys) };
    let limit = 1 + random.below(7);
    let prefix = &key[..key.char_indices().nth(random.below(3)).map_or(0, |(at, _)| at)];
    let (one, two) = (moment(oracle, random), moment(oracle, random));
    match random.below(9) {
        0 => key_at(db, oracle, namespace, key, one),
        1 if oracle.newest_seq() > 0 => boundary(db, oracle, namespace, key, *random.pick(oracle.commits())),
        2 => history(db, oracle, namespace, key, one, limit),
        3 | 4 => {
            let other = if keys.is_empty() { "m" } else { random.pick(&keys).1 };
            let from = random.once_in(2).then_some(key);
            let to = random.once_in(2).then_some(other);
            let prefix = if random.once_in(2) { "" } else { prefix };
            list(db, oracle, namespace, Part { prefix, from, to, reverse: random.once_in(2), limit }, one)
        }
        5 => namespaces(db, oracle, one),
        6 => changes(db, oracle, random.once_in(2).then_some((namespace, prefix)), one, limit),
        7 => difference(db, oracle, namespace, key, one, two),
        _ => differences(db, oracle, namespace, prefix, (one, two), limit),
    }
}

/// A moment near something that happened.
pub(crate) fn moment(oracle: &Oracle, random: &mut Random) -> When {
    if oracle.newest_seq() == 0 || random.once_in(3) {
        return if random.once_in(8) { When::Seq(random.word()) } else { When::Now };
    }
    let (first, last, stamp) = *random.pick(oracle.commits());
    match random.below(5) {
        0 => When::Stamp(stamp),
        1 => When::Stamp(stamp - 1),
        2 => When::Seq(random.between(first - 1, last)),
        3 => When::Version(random.between(first, last)),
        _ => When::Stamp(stamp + 1),
    }
}

/// All questions about everything, and every file. Every key is asked for at `moments` of its boundaries.
pub(crate) fn everything(db: &KoruDelta, oracle: &Oracle, moments: usize, random: &mut Random) -> Result<()> {
    all_answers(db, oracle, moments, random)?;
    verified(db, oracle)
}

/// All questions about everything.
pub(crate) fn all_answers(db: &KoruDelta, oracle: &Oracle, moments: usize, random: &mut Random) -> Result<()> {
    changes(db, oracle, None, When::Now, 1 + random.below(100))?;
    namespaces(db, oracle, When::Now)?;
    let mut last = "";
    for (namespace, key) in oracle.keys() {
        if namespace != last {
            last = namespace;
            for reverse in [false, true] {
                let limit = 1 + random.below(50);
                list(db, oracle, namespace, Part { reverse, ..whole(limit) }, When::Now)?;
                list(db, oracle, namespace, Part { reverse, ..whole(limit) }, moment(oracle, random))?;
            }
            differences(db, oracle, namespace, "", (moment(oracle, random), When::Now), 1 + random.below(50))?;
        }
        key_at(db, oracle, namespace, key, When::Now)?;
        history(db, oracle, namespace, key, When::Now, 1 + random.below(20))?;
        for _ in 0..moments {
            boundary(db, oracle, namespace, key, *random.pick(oracle.commits()))?;
        }
    }
    Ok(())
}
