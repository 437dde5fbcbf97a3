//! What each operation answers.

use crate::changes::ChangesPage;
use crate::difference::{Difference, DifferencePage};
use crate::inspection::Inspection;
use crate::receipt::Receipt;
use crate::render::{self, Object, array};
use crate::statistics::Statistics;
use crate::verify::Verification;
use crate::view::{NamespaceInfo, Page};

pub(super) fn page(name: &str, page: &Page, out: &mut Vec<u8>) {
    let mut object = Object::new(out);
    array(object.name(name), &page.versions, render::version);
    object.text_or_null("cursor", page.cursor.as_deref());
    object.end();
}

pub(super) fn changes(page: &ChangesPage, out: &mut Vec<u8>) {
    let mut object = Object::new(out);
    array(object.name("changes"), &page.changes, render::version);
    object.text("cursor", &page.cursor).flag("more", page.more);
    object.end();
}

pub(super) fn receipt(receipt: &Receipt, out: &mut Vec<u8>) {
    let mut object = Object::new(out);
    object.number("count", receipt.count());
    for (name, seq) in [("firstSeq", receipt.first_seq()), ("lastSeq", receipt.last_seq())] {
        match seq {
            Some(seq) => object.number(name, seq),
            None => object.raw(name, b"null"),
        };
    }
    for (name, id) in [("first", receipt.first()), ("last", receipt.last())] {
        object.text_or_null(name, id.map(|id| id.to_string()).as_deref());
    }
    object.text_or_null("timestamp", receipt.timestamp().map(|t| t.to_string()).as_deref());
    object.text("durability", receipt.durability().as_str());
    object.end();
}

pub(super) fn synced(through: u64, out: &mut Vec<u8>) {
    let mut object = Object::new(out);
    object.number("throughSeq", through);
    object.end();
}

pub(super) fn namespaces(namespaces: &[NamespaceInfo], out: &mut Vec<u8>) {
    let mut object = Object::new(out);
    array(object.name("namespaces"), namespaces, |namespace, out| {
        let mut inner = Object::new(out);
        inner.text("name", &namespace.name);
        if let Some(keys) = namespace.keys {
            inner.number("keys", keys);
        }
        inner.end();
    });
    object.end();
}

pub(super) fn difference(difference: &Difference, out: &mut Vec<u8>) {
    let mut object = Object::new(out);
    object.text("namespace", &difference.namespace).text("key", &difference.key);
    object.text_or_null("from", difference.from.map(|v| v.to_string()).as_deref());
    object.text_or_null("to", difference.to.map(|v| v.to_string()).as_deref());
    object.raw("patch", difference.patch.as_bytes());
    for (name, document) in [("before", &difference.before), ("after", &difference.after)] {
        if let Some(document) = document {
            object.raw(name, document.as_bytes());
        }
    }
    object.end();
}

pub(super) fn differences(page: &DifferencePage, out: &mut Vec<u8>) {
    let mut object = Object::new(out);
    array(object.name("changes"), &page.differences, |difference, out| {
        let mut inner = Object::new(out);
        let change = match (&difference.from, &difference.to) {
            (None, _) => "added",
            (_, None) => "deleted",
            _ => "changed",
        };
        inner.text("key", &difference.key).text("change", change);
        inner.text_or_null("from", difference.from.map(|v| v.to_string()).as_deref());
        inner.text_or_null("to", difference.to.map(|v| v.to_string()).as_deref());
        inner.raw("patch", difference.patch.as_bytes());
        inner.end();
    });
    object.text_or_null("cursor", page.cursor.as_deref());
    object.end();
}

pub(super) fn stats(stats: &Statistics, out: &mut Vec<u8>) {
    let mut object = Object::new(out);
    object
        .text("location", &stats.location)
        .number("format", u64::from(stats.format))
        .flag("sealed", stats.sealed)
        .flag("readOnly", stats.read_only)
        .flag("writable", stats.writable)
        .text("durability", stats.durability.as_str())
        .number("versions", stats.versions)
        .number("lastSeq", stats.versions)
        .text_or_null("lastVersion", stats.last_version.map(|v| v.to_string()).as_deref())
        .text_or_null("firstTimestamp", stats.first_timestamp.map(|t| t.to_string()).as_deref())
        .text_or_null("lastTimestamp", stats.last_timestamp.map(|t| t.to_string()).as_deref());
    if let Some(counts) = stats.counts {
        object.number("namespaces", counts.namespaces).number("keys", counts.keys);
    }
    let mut group = |name: &str, figures: &[(&str, u64)]| {
        let mut inner = Object::new(object.name(name));
        for (name, figure) in figures {
            inner.number(name, *figure);
        }
        inner.end();
    };
    let bytes = &stats.bytes;
    group(
        "bytes",
        &[
            ("total", bytes.total()),
            ("log", bytes.log),
            ("segments", bytes.segments),
            ("values", bytes.values),
            ("manifest", bytes.manifest),
        ],
    );
    group("files", &[("logs", stats.files.logs), ("segments", stats.files.segments), ("values", stats.files.values)]);
    group(
        "memory",
        &[
            ("budget", stats.memory.budget),
            ("memtable", stats.memory.memtable),
            ("cache", stats.memory.cache),
            ("segments", stats.memory.segments),
        ],
    );
    group(
        "recovery",
        &[
            ("replayedVersions", stats.recovery.replayed_versions),
            ("droppedBytes", stats.recovery.dropped_bytes),
            ("repairedManifest", u64::from(stats.recovery.repaired_manifest)),
        ],
    );
    object.number("clockDriftUs", stats.clock_drift_us);
    object.end();
}

pub(super) fn verification(found: &Verification, out: &mut Vec<u8>) {
    let mut object = Object::new(out);
    verified(found, &mut object);
    object.end();
}

pub(super) fn inspection(inspection: &Inspection, out: &mut Vec<u8>) {
    let mut object = Object::new(out);
    verified(&inspection.found, &mut object);
    array(object.name("strays"), &inspection.strays, |stray, out| {
        let mut inner = Object::new(out);
        inner.text("name", &stray.name).flag("removable", stray.removable);
        inner.end();
    });
    object.end();
}

fn verified(found: &Verification, object: &mut Object<'_>) {
    object.flag("ok", found.is_ok()).number("versions", found.versions);
    array(object.name("files"), &found.files, |file, out| {
        let mut inner = Object::new(out);
        inner.text("name", &file.name).number("bytes", file.bytes).flag("ok", file.failure.is_none());
        if let Some(failure) = &file.failure {
            render::error(failure, inner.name("error"));
        }
        inner.end();
    });
    array(object.name("failures"), &found.failures, render::error);
    let reach = &found.reach;
    let mut inner = Object::new(object.name("reach"));
    inner.number("newest", reach.newest).number("completeThrough", reach.complete_through);
    array(inner.name("missing"), &reach.missing, |(first, last), out| {
        let mut stretch = Object::new(out);
        stretch.number("firstSeq", *first).number("lastSeq", *last);
        stretch.end();
    });
    inner.text_or_null("firstTimestamp", reach.times.map(|(first, _)| first.to_string()).as_deref());
    inner.text_or_null("lastTimestamp", reach.times.map(|(_, last)| last.to_string()).as_deref());
    inner.end();
}
