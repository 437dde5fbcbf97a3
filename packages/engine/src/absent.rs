//! Errors that know history: why a key has no document, and what may have been meant.

use crate::address::{address, shell_quoted, split_address, spoken};
use crate::annotation::Annotation;
use crate::code::Code;
use crate::entry::Horizon;
use crate::error::{Error, Fact, Result, Suggestion};
use crate::scan::{Scan, prefix_end};
use crate::stamp::Stamp;
use crate::suggest;
use crate::view::{View, space_start};

/// How many keys are looked at for a near one; a failed read must not read a whole large namespace.
const LOOKED_AT: usize = 10_000;
const SUGGESTED: usize = 3;

/// Why `namespace/key` has no document in the view.
pub(crate) fn key(view: &View, namespace: &str, key: &str) -> Result<Error> {
    let address = address(namespace, key)?;
    let said = spoken(namespace, key);
    let name = format!("'{namespace}/{key}'");
    if let Some(found) = view.state.find(&address, &view.horizon)? {
        return deleted(view, &address, &name, &said, &found);
    }
    if let Some(oldest) = first_version(view, &address)? {
        let when = Stamp::from_micros(oldest.stamp);
        return Ok(Error::new(
            Code::NotYetWritten,
            format!("Key {name} did not exist yet: it was first written at {when}."),
        )
        .fact("firstTimestamp", Fact::Text(when.to_string()))
        .hint(
            "To see its first version",
            Some(format!("kdelta get {said} --at {}", view.store.version_id_of(&oldest)?)),
        )
        .hint("To see its whole history", Some(format!("kdelta log {said}"))));
    }
    let mut error = Error::new(Code::KeyNotFound, format!("Key {name} not found."));
    let keys = near_keys(view, namespace)?;
    for near in suggest::nearest(key, keys.iter().map(String::as_str), SUGGESTED) {
        error = error.suggest(Suggestion { text: format!("{namespace}/{}", near.text), why: near.why.to_string() });
    }
    if keys.is_empty() {
        let namespaces = view.namespaces(false)?;
        for near in suggest::nearest(namespace, namespaces.iter().map(|n| n.name.as_str()), SUGGESTED) {
            let candidate = format!("{}/{key}", near.text);
            if view.get_json(near.text, key)?.is_some() {
                error = error.suggest(Suggestion { text: candidate, why: format!("namespace has a {}", near.why) });
            } else {
                error = error.suggest(Suggestion {
                    text: format!("{}/", near.text),
                    why: format!("namespace with a {}", near.why),
                });
            }
        }
        error = error.hint("To see all namespaces", Some("kdelta list".into()));
    } else {
        error = error.hint("To see all keys", Some(format!("kdelta list {}", shell_quoted(namespace))));
    }
    Ok(error.hint("To create this key", Some(format!(r#"kdelta set {said} '{{"name": "Alice"}}'"#))))
}

/// Why a namespace has no key in the view.
pub(crate) fn namespace(view: &View, namespace: &str) -> Result<Error> {
    let mut error = Error::new(Code::KeyNotFound, format!("Namespace '{namespace}' has no keys."));
    let namespaces = view.namespaces(false)?;
    for near in suggest::nearest(namespace, namespaces.iter().map(|n| n.name.as_str()), SUGGESTED) {
        error = error.suggest(Suggestion { text: near.text.to_owned(), why: near.why.to_string() });
    }
    Ok(error.hint("To see all namespaces", Some("kdelta list".into())).hint(
        "To create a key in this one",
        Some(format!(r#"kdelta set {} '{{"name": "Alice"}}'"#, spoken(namespace, "alice"))),
    ))
}

fn deleted(view: &View, address: &[u8], name: &str, said: &str, found: &crate::entry::Found) -> Result<Error> {
    let when = Stamp::from_micros(found.stamp);
    let annotation = Annotation::of(&found.meta)?;
    let by = annotation.actor.map_or_else(String::new, |actor| format!(" by {actor}"));
    let why = annotation.reason.map_or_else(String::new, |reason| format!(" ({reason})"));
    let id = view.store.version_id_of(found)?;
    let mut error = Error::new(Code::KeyDeleted, format!("Key {name} was deleted at {when}{by}{why}."))
        .fact("deletedAt", Fact::Text(when.to_string()))
        .fact("deletedVersion", Fact::Text(id.to_string()));
    if let Some(actor) = annotation.actor {
        error = error.fact("deletedBy", Fact::Text(actor.to_owned()));
    }
    let before = view.versions_of(address, &Horizon::at_seq(found.seq - 1), 1)?;
    let now = view.state.find(address, &view.state.now())?;
    if now.is_some_and(|now| now.seq == found.seq) {
        error = error.hint("To bring it back", Some(format!("kdelta revert {said}")));
    }
    if let Some(last) = before.first().filter(|last| !last.deleted) {
        let last = view.store.version_id_of(last)?;
        error = error.hint("To see what it was", Some(format!("kdelta get {said} --at {last}")));
    }
    Ok(error.hint("To see its whole history", Some(format!("kdelta log {said}"))))
}

/// The oldest version of a key, wherever the view stands.
fn first_version(view: &View, address: &[u8]) -> Result<Option<crate::entry::Found>> {
    let mut merged = view.state.scan_key(address, &view.state.now())?;
    let mut first = None;
    while let Some(entry) = merged.entry()
        && entry.key == address
    {
        first = Some(crate::entry::Found::from_entry(&entry));
        merged.advance()?;
    }
    Ok(first)
}

fn near_keys(view: &View, namespace: &str) -> Result<Vec<String>> {
    let start = space_start(namespace);
    let mut scan = Scan::new(&view.state, view.horizon, &start, prefix_end(&start))?;
    let mut keys = Vec::new();
    while keys.len() < LOOKED_AT
        && let Some((address, found)) = scan.next()?
    {
        if let Some((_, key)) = split_address(address).filter(|_| !found.deleted) {
            keys.push(key.to_owned());
        }
    }
    Ok(keys)
}
