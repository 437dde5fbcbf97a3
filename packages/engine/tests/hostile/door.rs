//! The door: operations, params, cursors, moments and limits of every bad kind.

use koru_delta::door::Door;
use koru_delta::{ChangesQuery, Code, HistoryQuery, ListQuery};
use serde_json::{Value, json};

use crate::{database, refused, versions};

#[test]
fn unknown_operations_and_params_are_refused_with_what_was_meant() {
    let db = database();
    let door = Door::new(db.clone());
    let before = versions(&db);
    for (operation, meant) in [("putt", "put"), ("GET", "get"), ("histroy", "history"), ("lists", "list")] {
        let error = door.call(operation, "{}").unwrap_err();
        assert_eq!(error.code(), Code::UnknownOperation);
        assert_eq!(error.suggestions()[0].text, meant, "{error:?}");
    }
    for operation in ["", "__proto__", "constructor", "put\0", &"x".repeat(1 << 20)] {
        refused(door.call(operation, "{}"), Code::UnknownOperation, "an operation that is none");
    }
    for (operation, params, meant) in [
        ("get", r#"{"namepsace":"users","key":"alice"}"#, "namespace"),
        ("get", r#"{"namespace":"users","Key":"alice"}"#, "key"),
        ("list", r#"{"namespace":"users","limmit":1}"#, "limit"),
        ("put", r#"{"namespace":"users","key":"k","val":1}"#, "value"),
        ("put", r#"{"namespace":"users","key":"k","value":1,"if_version":null}"#, "ifVersion"),
    ] {
        let error = door.call(operation, params).unwrap_err();
        assert_eq!(error.code(), Code::InvalidParams);
        let texts: Vec<&str> = error.suggestions().iter().map(|s| s.text.as_str()).collect();
        assert!(texts.contains(&meant), "{params}: {error:?} suggests {texts:?}");
    }
    assert_eq!(versions(&db), before);
}

#[test]
fn params_of_the_wrong_shape_are_refused() {
    let db = database();
    let door = Door::new(db.clone());
    let before = versions(&db);
    let deep = format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    let deep_key = format!("{{\"namespace\":\"users\",\"key\":{}", "[".repeat(1_000_000));
    let everywhere = [
        "",
        " ",
        "null",
        "true",
        "1",
        "\"\"",
        "{",
        "{}}",
        "{\"namespace\"}",
        "not json",
        "\u{feff}{}",
        "{'namespace':'users'}",
        "\0",
        "NaN",
        "[]",
        "[\"users\",\"alice\"]",
        "[\"users\",\"alice\",1]",
        "{\"__proto__\":1}",
        "{\"constructor\":{}}",
        "[",
        &deep,
        &deep_key,
    ];
    for operation in koru_delta::door::OPERATIONS {
        for params in everywhere {
            let what = format!("{operation} {params:.40}");
            refused(door.call(operation, params), Code::InvalidParams, &what);
        }
    }
    let put = |member: &str, value: Value| {
        let mut params = json!({"namespace": "users", "key": "k", "value": 1});
        params[member] = value;
        ("put", params.to_string())
    };
    let list = |member: &str, value: Value| {
        let mut params = json!({"namespace": "users"});
        params[member] = value;
        ("list", params.to_string())
    };
    let cases = [
        put("namespace", json!(1)),
        put("namespace", json!(null)),
        put("key", json!(["k"])),
        put("key", json!(1)),
        put("ifVersion", json!(1)),
        put("ifVersion", json!("")),
        put("ifVersion", json!("not a version")),
        put("ifVersion", json!("8ZZZZZZZZZZZZZZZZZZZZZZZZZ")),
        put("actor", json!({})),
        ("batch", json!({"ops": [["users", "k", 1]]}).to_string()),
        ("batch", json!({"columns": [["users"], ["k"], [1]]}).to_string()),
        ("batch", json!({"ops": [], "expect": [["users", "k", null]]}).to_string()),
        list("limit", json!(-1)),
        list("limit", json!(0)),
        list("limit", json!(10_001)),
        list("limit", json!(1.5)),
        list("limit", json!("10")),
        list("limit", json!(1e30)),
        list("reverse", json!("yes")),
        list("values", json!(0)),
        ("put", r#"{"namespace":"users","key":"k"}"#.into()),
        ("put", r#"{"namespace":"users","value":1}"#.into()),
        ("put", r#"{"namespace":"users","key":"k","key":"l","value":1}"#.into()),
        ("put", "{\"namespace\":\"users\",\"key\":\"\\ud800\",\"value\":1}".into()),
        ("put", "{\"namespace\":\"users\",\"key\":\"a\nb\",\"value\":1}".into()),
        ("batch", r#"{"ops":{}}"#.into()),
        ("batch", r#"{"ops":[1]}"#.into()),
        ("batch", r#"{"ops":[{"namespace":"users","key":"k"}]}"#.into()),
        ("batch", r#"{"ops":[{"namespace":"users","key":"k","value":1,"delete":true}]}"#.into()),
        ("batch", r#"{"ops":[{"namespace":"users","key":"k","delete":false}]}"#.into()),
        (
            "batch",
            r#"{"ops":[{"namespace":"users","key":"k","value":1},{"namespace":"users","key":"k","op":"put"}]}"#.into(),
        ),
        ("batch", r#"{"ops":[],"expect":[{"namespace":"users","key":"k","version":7}]}"#.into()),
        ("diff", r#"{"namespace":"users"}"#.into()),
        ("history", r#"{"namespace":"users","key":"alice","limit":0}"#.into()),
        ("changes", r#"{"limit":10001}"#.into()),
        ("diffNamespace", r#"{"namespace":"users","from":"seq:1","limit":0}"#.into()),
    ];
    for (operation, params) in cases {
        refused(door.call(operation, &params), Code::InvalidParams, &format!("{operation} {params}"));
    }
    assert_eq!(versions(&db), before);
    for (calls, count) in [("", 1), ("{}", 1), ("[1]", 1), ("[{\"op\":\"put\"}]", 1), ("[]", 0)] {
        let answer: Vec<Value> = serde_json::from_str(&door.call_many(calls)).unwrap();
        assert_eq!(answer.len(), count, "{calls}");
        assert!(answer.iter().all(|one| one["error"]["code"] == "invalid_params"), "{calls}: {answer:?}");
    }
    let answer = door.call_many(r#"[{"op":"put","params":{"namespace":"users","key":"x","value":1}},{"op":"put","params":{}},{"op":"nope","params":{}},{"op":"delete","params":{"namespace":"users","key":"x"}}]"#);
    let answer: Vec<Value> = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer[1]["error"]["code"], "invalid_params");
    assert_eq!(answer[2]["error"]["code"], "unknown_operation");
    assert_eq!(answer[3]["ok"]["previous"], answer[0]["ok"]["version"]);
}

/// Each put of the columns stands for itself: a refused one takes no seq, and the others are versions in their order.
#[test]
fn puts_in_columns_are_written_one_by_one() {
    let db = koru_delta::KoruDelta::start().unwrap();
    let door = Door::new(db.clone());
    let deep = "[".repeat(200);
    let calls = format!(
        r#"[{{"op":"puts","params":{{"namespaces":["n","_n","n","n"],"keys":["k","k","","k"],"values":[1,2,3,{{"a":4}}]}}}},
            {{"op":"delete","params":{{"namespace":"n","key":"k"}}}},
            {{"op":"puts","params":{{"namespaces":["n"],"keys":["k"],"values":[{{"a":1,"a":2}}]}}}},
            {{"op":"puts","params":{{"namespaces":["n"],"keys":[],"values":[1]}}}},
            {{"op":"puts","params":{{"namespaces":["n"],"keys":["k"],"values":[{deep}1{}]}}}}]"#,
        deep.replace('[', "]")
    );
    let answer: Vec<Value> = serde_json::from_str(&door.call_many(&calls)).unwrap();
    let puts = &answer[0]["ok"];
    assert_eq!(puts["seqs"], json!([1, null, null, 2]));
    assert_eq!(puts["previous"][0], Value::Null);
    assert_eq!(puts["previous"][3], puts["versions"][0]);
    assert_eq!(puts["errors"][0][0], 1);
    assert_eq!(puts["errors"][0][1]["code"], "invalid_namespace");
    assert_eq!(puts["errors"][1][1]["code"], "invalid_key");
    assert_eq!(answer[1]["ok"]["previous"], puts["versions"][3]);
    assert_eq!(answer[2]["ok"]["errors"][0][1]["code"], "invalid_json");
    assert_eq!(answer[3]["error"]["code"], "invalid_params");
    assert!(answer[4].to_string().contains("invalid_"), "{}", answer[4]);
    let history = db.history("n", "k", HistoryQuery::default()).unwrap().versions;
    assert_eq!(history.iter().map(|version| version.seq).collect::<Vec<_>>(), [3, 2, 1]);
    assert_eq!(history[1].timestamp.to_string(), puts["timestamps"][3]);
}

/// A piece that is refused is refused whole, and its batch writes nothing.
#[test]
fn a_batch_in_pieces_is_all_or_nothing() {
    let db = koru_delta::KoruDelta::start().unwrap();
    let door = Door::new(db.clone());
    let good = r#"{"columns":{"namespaces":["n","n"],"keys":["a","b"],"values":[1,2],"deletes":[1]}}"#;
    let mut batch = door.batch(r#"{"actor":"me"}"#).unwrap();
    batch.add(good).unwrap();
    let bad = batch.add(r#"{"columns":{"namespaces":["n","_"],"keys":["c","d"],"values":[1,2]}}"#).unwrap_err();
    assert_eq!((bad.code(), bad.to_json().contains(r#""item":3"#)), (Code::InvalidNamespace, true));
    refused(batch.add(good), Code::InvalidNamespace, "a piece after one that was refused");
    refused(batch.commit(), Code::InvalidNamespace, "a batch of which a piece was refused");
    assert_eq!(db.now().unwrap().last_version().unwrap(), None);
    let mut batch = door.batch(r#"{"actor":"me"}"#).unwrap();
    batch.add(good).unwrap();
    batch.add(good).unwrap();
    let receipt: Value = serde_json::from_str(&batch.commit().unwrap()).unwrap();
    assert_eq!(receipt["count"], 4);
    let page = db.changes(ChangesQuery::default()).unwrap();
    assert!(page.changes.iter().all(|version| version.actor.as_deref() == Some("me")));
    refused(door.batch("[]"), Code::InvalidParams, "options that are no object");
}

#[test]
fn limits_of_the_api_have_bounds() {
    let db = database();
    for limit in [0, 10_001, usize::MAX] {
        refused(db.list("users", ListQuery { limit, ..ListQuery::default() }), Code::InvalidParams, "list");
        refused(
            db.history("users", "alice", HistoryQuery { limit, ..HistoryQuery::default() }),
            Code::InvalidParams,
            "history",
        );
        refused(db.changes(ChangesQuery { limit, ..ChangesQuery::default() }), Code::InvalidParams, "changes");
    }
    db.list("users", ListQuery { limit: 10_000, ..ListQuery::default() }).unwrap();
}

#[test]
fn cursors_that_were_altered_or_belong_elsewhere_are_refused() {
    let db = database();
    for n in 0..5 {
        db.put("users", &format!("k{n}"), &n).unwrap();
        db.put("users", "alice", &n).unwrap();
        db.put("orders", "alice", &n).unwrap();
    }
    let list = db.list("users", ListQuery { limit: 1, ..ListQuery::default() }).unwrap().cursor.unwrap();
    let history =
        db.history("users", "alice", HistoryQuery { limit: 1, ..HistoryQuery::default() }).unwrap().cursor.unwrap();
    let changes = db.changes(ChangesQuery { limit: 1, ..ChangesQuery::default() }).unwrap().cursor;
    let door = Door::new(db.clone());
    let by = |operation: &str, cursor: &str| {
        let params = match operation {
            "list" => json!({"namespace": "users", "cursor": cursor}),
            "history" => json!({"namespace": "users", "key": "alice", "cursor": cursor}),
            "diffNamespace" => json!({"namespace": "users", "from": "seq:1", "cursor": cursor}),
            _ => json!({"since": cursor}),
        };
        door.call(operation, &params.to_string())
    };
    let all = [("list", &list), ("history", &history), ("changes", &changes)];
    for (operation, own) in all {
        by(operation, own).unwrap();
        for (other, cursor) in all {
            if other != operation {
                refused(by(operation, cursor), Code::InvalidCursor, &format!("{operation} with a cursor of {other}"));
            }
        }
        let mut bad = vec![
            String::new(),
            "0".into(),
            "zz".into(),
            "00".repeat(40),
            own[1..].to_owned(),
            format!("{own}00"),
            own.repeat(2),
            "é".repeat(30),
            "f".repeat(1 << 20),
        ];
        for at in 0..own.len() {
            let mut other = own.clone().into_bytes();
            other[at] = if other[at] == b'7' { b'8' } else { b'7' };
            bad.push(String::from_utf8(other).unwrap());
            bad.push(own[..at].to_owned());
        }
        for cursor in bad {
            refused(by(operation, &cursor), Code::InvalidCursor, &format!("{operation} {cursor:.80}"));
        }
    }
    refused(by("diffNamespace", &list), Code::InvalidCursor, "diff");
    refused(
        db.list("orders", ListQuery { cursor: Some(&list), ..ListQuery::default() }),
        Code::InvalidCursor,
        "another namespace",
    );
    refused(
        db.history("users", "k1", HistoryQuery { cursor: Some(&history), ..HistoryQuery::default() }),
        Code::InvalidCursor,
        "another key",
    );
    refused(db.wait_for_changes(&list, std::time::Duration::ZERO), Code::InvalidCursor, "waiting");
    // A database that does not go as far cannot have given them.
    let other = database();
    refused(
        other.changes(ChangesQuery {
            since: Some(&db.changes(ChangesQuery::default()).unwrap().cursor),
            ..ChangesQuery::default()
        }),
        Code::InvalidCursor,
        "changes of another database",
    );
    refused(
        other.list("users", ListQuery { cursor: Some(&list), ..ListQuery::default() }),
        Code::InvalidCursor,
        "a list of another database",
    );
    refused(
        other.history("users", "alice", HistoryQuery { cursor: Some(&history), ..HistoryQuery::default() }),
        Code::InvalidCursor,
        "a history of another database",
    );
}

#[test]
fn moments_of_every_bad_form_are_refused() {
    let db = database();
    let door = Door::new(db.clone());
    let before = versions(&db);
    let long = "9".repeat(1 << 20);
    for text in [
        "",
        " ",
        "yesterday",
        "10m",
        "+10m",
        "-",
        "-m",
        "-10",
        "-10y",
        "-1.5h",
        "-10m ",
        "--10m",
        "-1m1h",
        "-99999999999999999999d",
        "seq:",
        "seq:-1",
        "seq:1.0",
        "seq:x",
        "seq: 1",
        "seq:18446744073709551616",
        "SEQ:1",
        "2026",
        "2026-13-01",
        "2026-02-30",
        "2026-02-06T25:00:00Z",
        "2026-02-06T14:30:00",
        "2026-02-06T14:30:00+99:00",
        "1969-12-31T23:59:59Z",
        "0000-01-01T00:00:00Z",
        "10000-01-01T00:00:00Z",
        "2026-02-06 ",
        "\0",
        "NaN",
        "null",
        "01KGSNR6J1FM00001HQA04167U",
        "8ZZZZZZZZZZZZZZZZZZZZZZZZZ",
        "ZZZZZZZZZZZZZZZZZZZZZZZZZZ",
        "01KGSNR6J1FM00001HQA0416",
        &long,
    ] {
        let what = format!("moment {text:.60?}");
        refused(db.at(text).map(drop), Code::InvalidMoment, &what);
        refused(db.get_at::<Value>("users", "alice", text), Code::InvalidMoment, &what);
        refused(db.diff("users", "alice", text, "now"), Code::InvalidMoment, &what);
        for params in [
            json!({"namespace": "users", "key": "alice", "at": text}),
            json!({"namespace": "users", "key": "bob", "at": text}),
        ] {
            for operation in ["get", "history", "revert"] {
                refused(
                    door.call(operation, &params.to_string()),
                    Code::InvalidMoment,
                    &format!("{what} through {operation}"),
                );
            }
        }
        refused(door.call("list", &json!({"namespace": "users", "at": text}).to_string()), Code::InvalidMoment, &what);
        refused(
            door.call("diff", &json!({"namespace": "users", "key": "alice", "from": text}).to_string()),
            Code::InvalidMoment,
            &what,
        );
        refused(door.exporter(&json!({"at": text}).to_string()).map(drop), Code::InvalidMoment, &what);
    }
    assert_eq!(versions(&db), before);
    // Moments before and after everything are moments.
    for text in ["1970-01-01", "seq:0"] {
        assert_eq!(db.get_at::<Value>("users", "alice", text).unwrap(), None);
        refused(db.at(text).unwrap().get_or_err("users", "alice"), Code::NotYetWritten, text);
    }
    for text in ["9999-12-31T23:59:59Z", "seq:18446744073709551615", "now", "-0s", "7ZZZZZZZZZFZZZZZZZZZZZZZZZ"] {
        let found = db.get_at::<Value>("users", "alice", text);
        assert_eq!(found.unwrap(), Some(json!("Alice")), "{text}");
    }
}

#[test]
fn options_of_an_open_that_make_no_sense_are_refused() {
    for (options, code) in [
        ("", Code::InvalidParams),
        (r#"{"pth":"x"}"#, Code::InvalidParams),
        (r#"{"memoryBytes":-1}"#, Code::InvalidParams),
        (r#"{"durability":"always"}"#, Code::InvalidParams),
        (r#"{"durability":{"intervalMs":"5"}}"#, Code::InvalidParams),
        (r#"{"key":"secret"}"#, Code::InvalidParams),
        (r#"{"key":{"text":"too short"}}"#, Code::InvalidSealKey),
        (r#"{"key":{"fileContent":"xyz"}}"#, Code::InvalidSealKey),
        (r#"{"key":{"fileContent":"+1+1"}}"#, Code::InvalidSealKey),
        (r#"{"key":{"passphrase":""}}"#, Code::InvalidSealKey),
    ] {
        let error = Door::open(options).unwrap_err();
        assert_eq!(error.code(), code, "{options}: {error:?}");
        assert!(!error.detail().contains("too short") && !error.detail().contains("secret"), "{error:?} shows the key");
    }
    let door = Door::open(r#"{"memoryBytes":0,"durability":{"intervalMs":0},"lockTimeoutMs":0}"#).unwrap();
    door.call("put", r#"{"namespace":"a","key":"b","value":1}"#).unwrap();
    door.close().unwrap();
    refused(door.call("get", r#"{"namespace":"a","key":"b"}"#), Code::Closed, "after the close");
    refused(door.call("put", r#"{"namespace":"a","key":"b","value":1}"#), Code::Closed, "after the close");
    door.close().unwrap();
}
