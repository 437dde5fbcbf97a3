//! Newline-delimited JSON of every bad kind, cut into pieces at every byte.

use koru_delta::door::Door;
use koru_delta::error::Fact;
use koru_delta::{Code, LineOptions, Loader};
use serde_json::Value;

use crate::{database, refused, versions};

const GOOD: &str = "\u{feff}{\"key\":\"users/a\",\"value\":1}\r\n\r\n  \n{\"namespace\":\"users\",\"key\":\"b/c\",\"value\":null}\n{\"key\":\"users/d\",\"value\":[1.0,\"\\ud83d\\ude00\"]}\n{\"key\":\"users/alice\",\"delete\":true}\n{ \"value\" : { \"z\" : 1 , \"a\" : -0 } , \"key\" : \"users/é\" }";

#[test]
fn good_lines_mean_the_same_however_they_are_cut() {
    for at in 0..=GOOD.len() {
        let db = database();
        let mut loader = Loader::new(&db, LineOptions::default()).unwrap();
        let (first, second) = GOOD.as_bytes().split_at(at);
        loader.feed(first).unwrap();
        loader.feed(second).unwrap();
        assert_eq!(loader.commit().unwrap().count(), 5, "cut at {at}");
        let value = |key: &str| db.get_json("users", key).unwrap().map(|v| String::from_utf8(v).unwrap());
        assert_eq!(value("a").as_deref(), Some("1"));
        assert_eq!(value("b/c").as_deref(), Some("null"));
        assert_eq!(value("d").as_deref(), Some("[1.0,\"\\ud83d\\ude00\"]"));
        assert_eq!(value("é").as_deref(), Some("{\"z\":1,\"a\":-0}"));
        assert_eq!(value("alice"), None);
    }
    let db = database();
    let mut loader = Loader::new(&db, LineOptions::default()).unwrap();
    for byte in GOOD.as_bytes() {
        loader.feed(std::slice::from_ref(byte)).unwrap();
    }
    assert_eq!(loader.commit().unwrap().count(), 5);
}

#[test]
fn a_line_means_the_same_in_every_spelling() {
    let spellings = [
        r#"{"namespace":"users","key":"é","value":{"z":[1.0,"}"]}}"#,
        r#"{"key":"é","namespace":"users","value":{"z":[1.0,"}"]}}"#,
        r#"{"key":"users/é","value":{"z":[1.0,"}"]}}"#,
        r#"{ "key" : "users/\u00e9" , "value" : { "z" : [ 1.0 , "}" ] } }"#,
        r#"{"key": "users/é", "value": {"z": [1.0, "}"]}}"#,
        r#"{"value":{"z":[1.0,"}"]},"key":"users/é"}"#,
        r#"  {"key":"users/é","value":{"z":[1.0,"}"]}}  "#,
        r#"{"\u006bey":"users/é","value":{"z":[1.0,"}"]}}"#,
    ];
    for line in spellings {
        let db = database();
        db.batch_lines(line.as_bytes(), LineOptions::default()).unwrap();
        let value = db.get_json("users", "é").unwrap().map(|v| String::from_utf8(v).unwrap());
        assert_eq!(value.as_deref(), Some(r#"{"z":[1.0,"}"]}"#), "{line}");
    }
}

fn bad_lines() -> Vec<(&'static str, Vec<u8>)> {
    let text = |what, line: &str| (what, line.as_bytes().to_vec());
    vec![
        text("no object", "1"),
        text("an array", "[]"),
        text("an array of what a line holds", "[\"users\",\"a\",1,false]"),
        text("null", "null"),
        text("nothing in it", "{}"),
        text("no key", "{\"value\":1}"),
        text("no value", "{\"key\":\"users/a\"}"),
        text("value and delete", "{\"key\":\"users/a\",\"value\":1,\"delete\":true}"),
        text("delete that is false", "{\"key\":\"users/a\",\"delete\":false}"),
        text("no namespace", "{\"key\":\"a\",\"value\":1}"),
        text("an empty namespace", "{\"key\":\"/a\",\"value\":1}"),
        text("an empty key", "{\"key\":\"users/\",\"value\":1}"),
        text("a reserved namespace", "{\"key\":\"_x/a\",\"value\":1}"),
        text("an unknown member", "{\"key\":\"users/a\",\"value\":1,\"valeu\":2}"),
        text("a member twice", "{\"key\":\"users/a\",\"key\":\"users/b\",\"value\":1}"),
        text("a member twice in the value", "{\"key\":\"users/a\",\"value\":{\"a\":1,\"a\":2}}"),
        text("a key that is a number", "{\"key\":1,\"value\":1}"),
        text("NaN", "{\"key\":\"users/a\",\"value\":NaN}"),
        text("half a pair", "{\"key\":\"users/a\",\"value\":\"\\ud800\"}"),
        text("half a pair in the key", "{\"key\":\"users/\\ud800\",\"value\":1}"),
        text("a byte order mark in the middle", "\u{feff}{\"key\":\"users/a\",\"value\":1}"),
        text("two objects", "{\"key\":\"users/a\",\"value\":1}{\"key\":\"users/b\",\"value\":1}"),
        text("two objects and a comma", "{\"key\":\"users/a\",\"value\":1},{\"key\":\"users/b\",\"value\":1}"),
        text("two values", "{\"key\":\"users/a\",\"value\":1,\"value\":2}"),
        text("two namespaces", "{\"namespace\":\"a\",\"namespace\":\"b\",\"key\":\"a\",\"value\":1}"),
        text("a form feed for a space", "{\"key\":\u{c}\"users/a\",\"value\":1}"),
        text("a control character in the key", "{\"key\":\"users/a\u{1}\",\"value\":1}"),
        text("a cut line", "{\"key\":\"users/a\",\"value\":"),
        text("single quotes", "{'key':'users/a','value':1}"),
        text("CSV", "users/a,1"),
        ("invalid UTF-8", b"{\"key\":\"users/a\",\"value\":\"\xff\"}".to_vec()),
        ("invalid UTF-8 in the key", b"{\"key\":\"users/\xff\",\"value\":1}".to_vec()),
        ("a NUL", b"{\"key\":\"users/a\",\"value\":1}\0".to_vec()),
        (
            "UTF-16",
            "{\"key\":\"users/a\",\"value\":1}"
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .filter(|b| *b != b'\n')
                .collect(),
        ),
        (
            "too deep",
            [b"{\"key\":\"users/a\",\"value\":".to_vec(), b"[".repeat(200), b"]".repeat(200), b"}".to_vec()].concat(),
        ),
        ("far too deep", [b"{\"key\":\"users/a\",\"value\":".to_vec(), b"[".repeat(200_000)].concat()),
        ("deep in the key", [b"{\"key\":".to_vec(), b"[".repeat(200_000)].concat()),
    ]
}

#[test]
fn a_bad_line_refuses_everything_or_is_set_aside() {
    for (what, line) in bad_lines() {
        let text = [
            b"{\"key\":\"users/first\",\"value\":1}\n".to_vec(),
            line.clone(),
            b"\n{\"key\":\"users/last\",\"value\":2}\n".to_vec(),
        ]
        .concat();
        let step = text.len().div_ceil(200);
        for at in (0..=text.len()).step_by(step) {
            let (first, second) = text.split_at(at);
            let db = database();
            let before = versions(&db);
            let mut loader = Loader::new(&db, LineOptions::default()).unwrap();
            let fed = loader.feed(first).and_then(|()| loader.feed(second)).and_then(|()| loader.commit().map(drop));
            let error = fed.clone().expect_err(what);
            refused(fed, Code::InvalidLine, what);
            assert_eq!(error.get_fact("line"), Some(&Fact::Number(2)), "{what}, cut at {at}: {error:?}");
            refused(loader.commit(), Code::InvalidLine, what);
            refused(loader.feed(b"\n"), Code::InvalidLine, what);
            assert_eq!(versions(&db), before, "{what}");

            let mut loader = Loader::new(&db, LineOptions { skip_bad: true, ..LineOptions::default() }).unwrap();
            loader.feed(first).unwrap();
            loader.feed(second).unwrap();
            assert_eq!(loader.commit().unwrap().count(), 2, "{what}, cut at {at}");
            let rejects = loader.take_rejects();
            assert_eq!((rejects.len(), rejects[0].line, loader.rejected()), (1, 2, 1), "{what}, cut at {at}");
            assert!(rejects[0].text.len() <= 3 * (64 << 10), "{what}");
            assert_eq!(db.get::<u8>("users", "last").unwrap(), Some(2));
        }
    }
}

#[test]
fn a_namespace_that_cannot_be_is_refused_before_the_first_line() {
    for namespace in ["", "_own", "a/b", &"n".repeat(129)] {
        let options = LineOptions { namespace: Some(namespace.to_owned()), ..LineOptions::default() };
        refused(Loader::new(&database(), options), Code::InvalidNamespace, namespace);
    }
}

#[test]
fn documents_with_a_key_of_their_own() {
    let db = database();
    let door = Door::new(db.clone());
    let before = versions(&db);
    let options = r#"{"namespace":"users","keyField":"id"}"#;
    let good = "{\"id\":\"x\",\"n\":1}\n{\"id\":18446744073709551616}\n{\"id\":\"__proto__\"}\n";
    door.batch_lines(good.as_bytes(), options).unwrap();
    assert_eq!(
        db.get_json("users", "18446744073709551616").unwrap().as_deref(),
        Some(&b"{\"id\":18446744073709551616}"[..])
    );
    assert_eq!(versions(&db), before + 3);
    for bad in [
        "{}",
        "{\"id\":null}",
        "{\"id\":1.5}",
        "{\"id\":-}",
        "{\"id\":\"\"}",
        "{\"id\":{}}",
        "{\"id\":\"a\",\"id\":\"b\"}",
        "[]",
        "{\"id\":\"\\ud800\"}",
        "1",
    ] {
        refused(door.batch_lines(bad.as_bytes(), options), Code::InvalidLine, bad);
    }
    refused(door.batch_lines(b"", r#"{"keyField":"id"}"#), Code::InvalidParams, "a key field without a namespace");
    refused(door.batch_lines(b"", r#"{"keyfield":"id"}"#), Code::InvalidParams, "an unknown option");
    refused(
        door.batch_lines(b"{\"id\":\"a\"}", r#"{"namespace":"_x","keyField":"id"}"#),
        Code::InvalidNamespace,
        "a reserved namespace",
    );
    assert_eq!(versions(&db), before + 3);
    let empty: Value = serde_json::from_str(&door.batch_lines(b"\n\n", "{}").unwrap()).unwrap();
    assert_eq!(empty["count"], 0);
}

#[test]
fn a_line_without_an_end_is_refused_before_it_fills_the_memory() {
    let db = database();
    let mut loader = Loader::new(&db, LineOptions::default()).unwrap();
    let piece = vec![b' '; 1 << 20];
    let fed = (0..80).try_for_each(|_| loader.feed(&piece));
    refused(fed, Code::InvalidLine, "an endless line");
}
