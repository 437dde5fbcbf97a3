//! A door that is open for some namespaces alone shows and changes nothing else, on any way in.

use koru_delta::door::Door;
use koru_delta::{Code, KoruDelta, Result};
use serde_json::{Value, json};

fn door(grant: &Value) -> Door {
    let db = KoruDelta::start().unwrap();
    for namespace in ["open", "open-too", "secret"] {
        db.put(namespace, "alice", &json!({"in": namespace})).unwrap();
        db.put(namespace, "gone", &1).unwrap();
        db.delete(namespace, "gone").unwrap();
    }
    Door::new(db).restricted(&grant.to_string()).unwrap()
}

fn call(door: &Door, op: &str, params: &Value) -> Result<Value> {
    door.call(op, &params.to_string()).map(|text| serde_json::from_str(&text).unwrap())
}

/// Every way to read or write a namespace, with the scope that it takes.
fn ways(namespace: &str) -> Vec<(&'static str, &'static str, Value)> {
    let one = json!({"namespace": namespace, "key": "alice"});
    let with = |more: Value| {
        let mut params = one.clone();
        params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        params
    };
    let columns = json!({"namespaces": [namespace], "keys": ["k"], "values": [1]});
    vec![
        ("read", "get", with(json!({"required": true}))),
        ("read", "history", one.clone()),
        ("read", "diff", one.clone()),
        ("read", "list", json!({"namespace": namespace})),
        ("read", "diffNamespace", json!({"namespace": namespace, "from": "seq:0"})),
        ("read", "changes", json!({"namespace": namespace})),
        ("write", "put", with(json!({"value": 1}))),
        ("write", "delete", one.clone()),
        ("write", "revert", one.clone()),
        ("write", "batch", json!({"ops": [with(json!({"value": 1}))]})),
        ("write", "batch", json!({"ops": [with(json!({"delete": true}))]})),
        ("write", "batch", json!({"columns": columns})),
        ("write", "batch", json!({"ops": [], "expect": [with(json!({"version": null}))]})),
    ]
}

/// The same by the other ways in: one request a line, and many in one.
fn by_every_way(door: &Door, op: &str, params: &Value) -> Vec<Option<String>> {
    let code = |answer: &Value| answer["error"]["data"]["code"].as_str().map(str::to_owned);
    let converse = |request: Value| {
        let text = door.converse(request.to_string().as_bytes());
        let (left, answers) = text.split_once('\n').unwrap();
        assert!(left == "[]" || answers.is_empty(), "{text}");
        serde_json::from_str::<Value>(answers.lines().next().unwrap_or("null")).unwrap()
    };
    let line = converse(json!({"jsonrpc": "2.0", "id": 1, "method": op, "params": params}));
    let many = converse(
        json!({"jsonrpc": "2.0", "id": 1, "method": "many", "params": {"calls": [{"op": op, "params": params}]}}),
    );
    let many = many["result"][0]["error"]["code"].as_str().map(str::to_owned);
    vec![call(door, op, params).err().map(|error| error.code().to_string()), code(&line).or(many.clone()), many]
}

#[test]
fn each_scope_opens_its_own_namespaces_alone() {
    for (grant, readable, writable) in [
        (json!({}), vec![], vec![]),
        (json!({"read": ["open*"]}), vec!["open", "open-too"], vec![]),
        (json!({"write": ["open"]}), vec![], vec!["open"]),
        (json!({"read": ["open"], "write": ["open-*"]}), vec!["open"], vec!["open-too"]),
        (
            json!({"read": ["*"], "write": ["*"]}),
            vec!["open", "open-too", "secret"],
            vec!["open", "open-too", "secret"],
        ),
        (json!({"admin": true}), vec![], vec![]),
    ] {
        for namespace in ["open", "open-too", "secret"] {
            for (scope, op, params) in ways(namespace) {
                let may = if scope == "read" { &readable } else { &writable }.contains(&namespace);
                for code in by_every_way(&door(&grant), op, &params) {
                    let forbidden = code.as_deref() == Some("forbidden");
                    assert_eq!(forbidden, !may, "{grant} {namespace} {op} {params}: {code:?}");
                }
            }
            let may_write = writable.contains(&namespace);
            let door = door(&grant);
            let line = format!("{{\"key\":\"{namespace}/k\",\"value\":1}}\n");
            for options in ["{}", r#"{"skipBad":true}"#] {
                let lines = door.batch_lines(line.as_bytes(), options).map(drop).map_err(|error| error.code());
                let expected = if may_write { Ok(()) } else { Err(Code::Forbidden) };
                assert_eq!(lines, expected, "{grant} {namespace} lines {options}");
            }
            let mut pieces = door.batch("{}").unwrap();
            let piece = json!({"ops": [{"namespace": namespace, "key": "k", "value": 1}]}).to_string();
            assert_eq!(pieces.add(&piece).is_ok(), may_write, "{grant} {namespace} pieces");
            assert_eq!(door.get_value(namespace, "alice", None).is_ok(), readable.contains(&namespace));
        }
    }
}

#[test]
fn what_shows_or_changes_everything_needs_everything() {
    for (grant, read_all, admin, any, writer) in [
        (json!({}), false, false, false, false),
        (json!({"read": ["open*"]}), false, false, true, false),
        (json!({"read": ["*"]}), true, false, true, false),
        (json!({"write": ["open"]}), false, false, true, true),
        (json!({"admin": true}), false, true, true, true),
    ] {
        let door = door(&grant);
        assert_eq!(call(&door, "changes", &json!({})).is_ok(), read_all, "{grant}");
        assert_eq!(door.exporter("{}").is_ok(), read_all, "{grant}");
        assert_eq!(door.importer("{}").is_ok(), admin, "{grant}");
        assert_eq!(call(&door, "verify", &json!({})).is_ok(), admin, "{grant}");
        assert_eq!(call(&door, "stats", &json!({})).is_ok(), any, "{grant}");
        assert_eq!(call(&door, "sync", &json!({})).is_ok(), writer, "{grant}");
    }
}

#[test]
fn only_readable_namespaces_are_listed() {
    let names = |grant: Value| call(&door(&grant), "namespaces", &json!({})).unwrap();
    assert_eq!(names(json!({"read": ["open*"]})), json!({"namespaces": [{"name": "open"}, {"name": "open-too"}]}));
    assert_eq!(names(json!({"write": ["*"]})), json!({"namespaces": []}));
}

#[test]
fn errors_tell_nothing_of_what_may_not_be_read() {
    let reader = door(&json!({"read": ["open", "secre"]}));
    let near = call(&reader, "get", &json!({"namespace": "secre", "key": "alice", "required": true})).unwrap_err();
    assert_eq!((near.code(), near.suggestions().len()), (Code::KeyNotFound, 0), "{near:?}");
    let near = call(&reader, "list", &json!({"namespace": "secre", "required": true})).unwrap_err();
    assert_eq!(near.suggestions().len(), 0, "{near:?}");
    let near = call(&reader, "get", &json!({"namespace": "open", "key": "alic", "required": true})).unwrap_err();
    assert_eq!(near.suggestions().len(), 1, "{near:?}");

    let writer = door(&json!({"write": ["secret"]}));
    for (op, params) in [
        ("delete", json!({"namespace": "secret", "key": "alic"})),
        ("delete", json!({"namespace": "secret", "key": "gone"})),
        ("put", json!({"namespace": "secret", "key": "alice", "value": 1, "ifVersion": null})),
        ("batch", json!({"ops": [{"namespace": "secret", "key": "alice", "value": 1, "ifVersion": null}]})),
    ] {
        let error = call(&writer, op, &params).unwrap_err();
        assert_eq!(error.suggestions().len(), 0, "{op}: {error:?}");
        for fact in ["currentValue", "currentVersion", "deletedBy"] {
            assert_eq!(error.get_fact(fact), None, "{op}: {error:?}");
        }
        let text =
            writer.converse(json!({"jsonrpc": "2.0", "id": 1, "method": op, "params": params}).to_string().as_bytes());
        assert!(!text.contains("currentValue") && text.contains("\"error\""), "{text}");
    }
}

#[test]
fn a_narrow_door_is_not_widened_and_a_bad_grant_opens_nothing() {
    let narrow = door(&json!({"read": ["open"]}));
    assert_eq!(narrow.restricted(r#"{"read":["*"]}"#).unwrap_err().code(), Code::Forbidden);
    let wide = Door::new(KoruDelta::start().unwrap());
    for bad in ["", "[]", "{\"reads\":[\"*\"]}", "{\"read\":\"*\"}", "{\"admin\":1}"] {
        assert_eq!(wide.restricted(bad).unwrap_err().code(), Code::InvalidParams, "{bad}");
    }
}

#[test]
fn changes_wait_for_what_comes() {
    let db = KoruDelta::start().unwrap();
    let door = Door::new(db.clone());
    let begun = std::time::Instant::now();
    assert_eq!(call(&door, "changes", &json!({"waitMs": 60_001})).unwrap_err().code(), Code::InvalidParams);
    let page = call(&door, "changes", &json!({"waitMs": 50})).unwrap();
    assert_eq!((page["changes"].as_array().unwrap().len(), begun.elapsed().as_millis() >= 50), (0, true));
    let waiting = std::thread::spawn(move || call(&door, "changes", &json!({"waitMs": 30_000})).unwrap());
    std::thread::sleep(std::time::Duration::from_millis(20));
    db.put("ns", "a", &1).unwrap();
    assert_eq!(waiting.join().unwrap()["changes"][0]["key"], "a");
    assert!(begun.elapsed().as_secs() < 20);
}

#[test]
fn a_prefix_without_a_namespace_is_that_of_the_keys() {
    let db = KoruDelta::start().unwrap();
    for (namespace, key) in [("a", "x1"), ("x", "a1"), ("b", "x2")] {
        db.put(namespace, key, &1).unwrap();
    }
    let page = call(&Door::new(db), "changes", &json!({"prefix": "x"})).unwrap();
    let keys: Vec<_> = page["changes"].as_array().unwrap().iter().map(|v| v["key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["x1", "x2"]);
}

#[test]
fn the_name_of_a_write_elsewhere_tells_nothing_of_it() {
    let wide = Door::new(KoruDelta::start().unwrap());
    let put = |namespace: &str| json!({"namespace": namespace, "key": "hidden", "value": 1, "idempotencyKey": "once"});
    call(&wide, "put", &put("secret")).unwrap();
    let narrow = wide.restricted(r#"{"write":["open"]}"#).unwrap();
    let error = call(&narrow, "put", &put("open")).unwrap_err();
    assert_eq!(error.code(), Code::IdempotencyMismatch);
    assert!(!error.to_json().contains("secret") && !error.to_json().contains("hidden"), "{error:?}");
}
