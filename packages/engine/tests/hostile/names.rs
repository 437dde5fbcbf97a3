//! Namespaces, keys and annotations.

use koru_delta::door::Door;
use koru_delta::{Batch, Code, HistoryQuery, KoruDelta, ListQuery, WriteOptions};
use serde_json::json;

use crate::{database, refused, versions};

fn bad_namespaces() -> Vec<String> {
    let mut all: Vec<String> =
        ["", "_system", "_", "__proto__", "a/b", "/", "a\0b", "a\nb", "a\u{7f}", "a\u{85}b", "\u{1b}[31m"]
            .map(str::to_owned)
            .into();
    all.extend(["n".repeat(129), "é".repeat(65), "n".repeat(1 << 20)]);
    all
}

fn good_namespaces() -> Vec<String> {
    let mut all: Vec<String> = [
        "a",
        "constructor",
        "toString",
        "hasOwnProperty",
        "..",
        ".",
        "a b",
        "CON",
        "ключи",
        "\u{feff}bom",
        "a:b",
        "-",
        "é",
        "e\u{301}",
    ]
    .map(str::to_owned)
    .into();
    all.extend(["n".repeat(127), "n".repeat(128), "é".repeat(64)]);
    all
}

fn good_keys() -> Vec<String> {
    let mut all: Vec<String> = [
        "a",
        "__proto__",
        "constructor",
        "prototype",
        "toString",
        "valueOf",
        "hasOwnProperty",
        "_x",
        "/",
        "//",
        "a/b/c",
        "\0",
        "a\0b",
        "\u{feff}",
        "\u{feff}a",
        "..",
        "../../etc/passwd",
        "é",
        "e\u{301}",
        "\n",
        " ",
        "\u{ffff}",
        "\u{10ffff}",
        "null",
        "%00",
        "'; DROP TABLE users; --",
    ]
    .map(str::to_owned)
    .into();
    all.extend(["k".repeat(1023), "k".repeat(1024), "é".repeat(512)]);
    all
}

#[test]
fn namespaces_that_cannot_be_are_refused_by_every_call() {
    let db = database();
    let door = Door::new(db.clone());
    let before = versions(&db);
    for name in bad_namespaces() {
        let what = format!("namespace {:.40}", name.escape_debug().to_string());
        let code = Code::InvalidNamespace;
        refused(db.put(&name, "k", &1), code, &what);
        refused(db.delete(&name, "k"), code, &what);
        refused(db.revert(&name, "k"), code, &what);
        refused(db.get_json(&name, "k"), code, &what);
        refused(db.get_version(&name, "k"), code, &what);
        refused(db.get_or_err(&name, "k"), code, &what);
        refused(db.history(&name, "k", HistoryQuery::default()), code, &what);
        refused(db.list(&name, ListQuery::default()), code, &what);
        refused(db.diff(&name, "k", "seq:1", "seq:2"), code, &what);
        let mut batch = Batch::new();
        batch.put("users", "good", &1).unwrap();
        refused(batch.put(&name, "k", &1).map(drop), code, &what);
        refused(batch.expect(&name, "k", None).map(drop), code, &what);
        for op in ["put", "delete", "revert", "get", "history", "list", "diff", "changes"] {
            let mut params = json!({"namespace": name});
            if !["list", "changes"].contains(&op) {
                params["key"] = json!("k");
            }
            if op == "put" {
                params["value"] = json!(1);
            }
            refused(door.call(op, &params.to_string()), code, &format!("{what} through {op}"));
        }
        let params = json!({"ops": [{"namespace": "users", "key": "good", "value": 1}, {"namespace": name, "key": "k", "value": 1}]});
        refused(door.call("batch", &params.to_string()), code, &what);
        refused(
            door.batch_lines(format!("{}\n", json!({"namespace": name, "key": "k", "value": 1})).as_bytes(), "{}"),
            Code::InvalidLine,
            &what,
        );
    }
    assert_eq!(versions(&db), before);
}

#[test]
fn keys_of_impossible_length_are_refused_by_every_call() {
    let db = database();
    let door = Door::new(db.clone());
    let before = versions(&db);
    for key in [String::new(), "k".repeat(1025), "é".repeat(513), "k".repeat(1 << 20)] {
        let what = format!("a key of {} bytes", key.len());
        refused(db.put("users", &key, &1), Code::InvalidKey, &what);
        refused(db.delete("users", &key), Code::InvalidKey, &what);
        refused(db.get_json("users", &key), Code::InvalidKey, &what);
        refused(db.history("users", &key, HistoryQuery::default()), Code::InvalidKey, &what);
        for op in ["put", "delete", "revert", "get", "history", "diff"] {
            let mut params = json!({"namespace": "users", "key": key});
            if op == "put" {
                params["value"] = json!(1);
            }
            refused(door.call(op, &params.to_string()), Code::InvalidKey, &format!("{what} through {op}"));
        }
    }
    assert_eq!(versions(&db), before);
}

fn everything_of(db: &KoruDelta) {
    let (mut count, spaces, keys) = (0, good_namespaces(), good_keys());
    for space in &spaces {
        for key in &keys {
            let value = format!("[\"{count}\",{{\"__proto__\":{count},\"constructor\":null}}]");
            assert_eq!(db.get_json(space, key).unwrap().as_deref(), Some(value.as_bytes()), "{space:?} {key:?}");
            count += 1;
        }
        let mut sorted = keys.clone();
        sorted.sort();
        let listed = db.list(space, ListQuery { limit: 10_000, ..ListQuery::default() }).unwrap().versions;
        assert_eq!(listed.into_iter().map(|v| v.key).collect::<Vec<_>>(), sorted, "{space:?}");
    }
    let names = db.namespaces().unwrap();
    let mut sorted = spaces.clone();
    sorted.sort();
    assert_eq!(names.into_iter().map(|n| n.name).collect::<Vec<_>>(), sorted);
}

#[test]
fn strange_names_come_back_as_they_are() {
    let db = crate::world::World::new(3).open(crate::world::options(None)).unwrap();
    let door = Door::new(db.clone());
    let mut count = 0;
    for space in good_namespaces() {
        for key in good_keys() {
            let value = format!("[\"{count}\",{{\"__proto__\":{count},\"constructor\":null}}]");
            if count % 2 == 0 {
                db.put_json(&space, &key, value.as_bytes(), WriteOptions::default()).unwrap();
            } else {
                let params = format!("{{\"namespace\":{},\"key\":{},\"value\":{value}}}", json!(space), json!(key));
                let answer: serde_json::Value = serde_json::from_str(&door.call("put", &params).unwrap()).unwrap();
                assert_eq!((&answer["namespace"], &answer["key"]), (&json!(space), &json!(key)));
            }
            count += 1;
        }
    }
    everything_of(&db);
    db.flush().unwrap();
    everything_of(&db);
}

#[test]
fn annotations_have_a_limit_and_come_back() {
    let db = database();
    let before = versions(&db);
    let with = |text: &str| {
        let options = WriteOptions { actor: Some(text), reason: Some(text), ..WriteOptions::default() };
        db.put_json("users", "noted", b"1", options)
    };
    for good in ["", "ann", "\0\n\u{feff}", &"é".repeat(512)] {
        let version = with(good).unwrap();
        assert_eq!((version.actor.as_deref(), version.reason.as_deref()), (Some(good), Some(good)));
        let read = db.get_version("users", "noted").unwrap().unwrap();
        assert_eq!((read.actor.as_deref(), read.reason.as_deref()), (Some(good), Some(good)));
    }
    refused(with(&"a".repeat(1025)), Code::InvalidParams, "an actor of 1025 bytes");
    assert_eq!(versions(&db), before + 4);
}
