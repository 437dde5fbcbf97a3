//! The six operations.

use super::{PatchError, PatchProblem, apply};

pub(super) fn patched(document: &str, patch: &str) -> Result<String, PatchError> {
    apply(patch.as_bytes(), document.as_bytes()).map(|text| String::from_utf8(text).unwrap())
}

pub(super) fn problem(document: &str, operation: &str) -> PatchProblem {
    match patched(document, &format!("[{operation}]")) {
        Err(PatchError::Operation { index: 0, problem }) => problem,
        other => panic!("{document} {operation} gave {other:?}"),
    }
}

/// The examples of RFC 6902, appendix A, and more of their kind.
#[test]
fn operations_do_as_the_rfc_says() {
    let table = [
        (r#"{"foo":"bar"}"#, r#"{"op":"add","path":"/baz","value":"qux"}"#, r#"{"foo":"bar","baz":"qux"}"#),
        (r#"{"foo":["bar","baz"]}"#, r#"{"op":"add","path":"/foo/1","value":"qux"}"#, r#"{"foo":["bar","qux","baz"]}"#),
        (r#"{"baz":"qux","foo":"bar"}"#, r#"{"op":"remove","path":"/baz"}"#, r#"{"foo":"bar"}"#),
        (r#"{"foo":["bar","qux","baz"]}"#, r#"{"op":"remove","path":"/foo/1"}"#, r#"{"foo":["bar","baz"]}"#),
        (
            r#"{"baz":"qux","foo":"bar"}"#,
            r#"{"op":"replace","path":"/baz","value":"boo"}"#,
            r#"{"baz":"boo","foo":"bar"}"#,
        ),
        (
            r#"{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}"#,
            r#"{"op":"move","from":"/foo/waldo","path":"/qux/thud"}"#,
            r#"{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}"#,
        ),
        (
            r#"{"foo":["all","grass","cows","eat"]}"#,
            r#"{"op":"move","from":"/foo/1","path":"/foo/3"}"#,
            r#"{"foo":["all","cows","eat","grass"]}"#,
        ),
        (
            r#"{"baz":"qux","foo":["a",2,"c"]}"#,
            r#"{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}"#,
            r#"{"baz":"qux","foo":["a",2,"c"]}"#,
        ),
        (
            r#"{"foo":"bar"}"#,
            r#"{"op":"add","path":"/child","value":{"grandchild":{}}}"#,
            r#"{"foo":"bar","child":{"grandchild":{}}}"#,
        ),
        (r#"{"foo":"bar"}"#, r#"{"op":"add","path":"/baz","value":"qux","xyz":123}"#, r#"{"foo":"bar","baz":"qux"}"#),
        (r#"{"/":9,"~1":10}"#, r#"{"op":"test","path":"/~01","value":10}"#, r#"{"/":9,"~1":10}"#),
        (
            r#"{"foo":["bar"]}"#,
            r#"{"op":"add","path":"/foo/-","value":["abc","def"]}"#,
            r#"{"foo":["bar",["abc","def"]]}"#,
        ),
        ("[]", r#"{"op":"add","path":"/0","value":1}"#, "[1]"),
        ("[1,2]", r#"{"op":"add","path":"/2","value":3}"#, "[1,2,3]"),
        (r#"{"a":1}"#, r#"{"op":"add","path":"","value":[]}"#, "[]"),
        (r#"{"a":1}"#, r#"{"op":"replace","path":"","value":null}"#, "null"),
        (r#"{"a":1,"b":2}"#, r#"{"op":"add","path":"/a","value":3}"#, r#"{"a":3,"b":2}"#),
        (r#"{"a":{"b":1}}"#, r#"{"op":"copy","from":"/a","path":"/a/c"}"#, r#"{"a":{"b":1,"c":{"b":1}}}"#),
        (r#"{"a":{"b":1}}"#, r#"{"op":"copy","from":"","path":"/c"}"#, r#"{"a":{"b":1},"c":{"a":{"b":1}}}"#),
        (r#"{"a":{"b":1}}"#, r#"{"op":"move","from":"/a/b","path":""}"#, "1"),
        (r#"{"a":1,"b":2}"#, r#"{"op":"move","from":"/a","path":"/a"}"#, r#"{"a":1,"b":2}"#),
        (r#"{"a":1,"b":2}"#, r#"{"op":"move","from":"/a","path":"/b"}"#, r#"{"b":1}"#),
        ("[1,2,3]", r#"{"op":"copy","from":"/0","path":"/-"}"#, "[1,2,3,1]"),
        (r#"{"":{"":1}}"#, r#"{"op":"replace","path":"//","value":2}"#, r#"{"":{"":2}}"#),
        (
            "{}",
            r#"{"op":"add","path":"/__proto__","value":1},{"op":"add","path":"/constructor","value":2}"#,
            r#"{"__proto__":1,"constructor":2}"#,
        ),
        (r#"{"\u0061":1}"#, r#"{"op":"replace","path":"/a","value":2}"#, r#"{"\u0061":2}"#),
        (r#"{"0":1}"#, r#"{"op":"add","path":"/-","value":2}"#, r#"{"0":1,"-":2}"#),
        (r#"{"a":1}"#, r#"{"op":"remove","path":"/a"},{"op":"add","path":"/a","value":2}"#, r#"{"a":2}"#),
        (r#"{"a":1}"#, r#"{"value":2,"path":"/\u0061","op":"\u0061dd"}"#, r#"{"a":2}"#),
        (
            r#"{"a":[1,{"b":2}]}"#,
            r#"{"op":"remove","path":"/a/1/b"},{"op":"test","path":"/a","value":[1.0,{}]}"#,
            r#"{"a":[1,{}]}"#,
        ),
        ("[ 1 , 2.50 ]", r#"{"op":"remove","path":"/0"}"#, "[2.50]"),
    ];
    for (document, operations, expected) in table {
        let patch = format!(" [ {operations} ] ");
        assert_eq!(patched(document, &patch).as_deref(), Ok(expected), "{document} {operations}");
    }
    assert_eq!(patched(" {\"a\" : 1.0} ", "[]").as_deref(), Ok("{\"a\":1.0}"));
}

#[test]
fn operations_fail_with_their_reason() {
    let nothing = |at: &str| PatchProblem::NothingThere(at.into());
    let index = |at: &str| PatchProblem::BadIndex(at.into());
    let pointer = |at: &str| PatchProblem::BadPointer(at.into());
    let table = [
        (r#"{"op":"remove","path":"/b"}"#, nothing("/b")),
        (r#"{"op":"replace","path":"/b","value":1}"#, nothing("/b")),
        (r#"{"op":"add","path":"/b/c","value":1}"#, nothing("/b/c")),
        (r#"{"op":"add","path":"/n/c","value":1}"#, nothing("/n/c")),
        (r#"{"op":"remove","path":"/n/c"}"#, nothing("/n/c")),
        (r#"{"op":"remove","path":"/a/3"}"#, nothing("/a/3")),
        (r#"{"op":"remove","path":"/a/-"}"#, nothing("/a/-")),
        (r#"{"op":"remove","path":"/a/01"}"#, nothing("/a/01")),
        (r#"{"op":"remove","path":"/a/-1"}"#, nothing("/a/-1")),
        (r#"{"op":"remove","path":"/a/"}"#, nothing("/a/")),
        (r#"{"op":"replace","path":"/a/-","value":1}"#, nothing("/a/-")),
        (r#"{"op":"test","path":"/a/18446744073709551616","value":1}"#, nothing("/a/18446744073709551616")),
        (r#"{"op":"add","path":"/a/-/x","value":1}"#, nothing("/a/-/x")),
        (r#"{"op":"add","path":"/a/4","value":1}"#, index("/a/4")),
        (r#"{"op":"add","path":"/a/00","value":1}"#, index("/a/00")),
        (r#"{"op":"add","path":"/a/1e0","value":1}"#, index("/a/1e0")),
        (r#"{"op":"add","path":"/a/ 1","value":1}"#, index("/a/ 1")),
        (r#"{"op":"add","path":"/a/+1","value":1}"#, index("/a/+1")),
        (r#"{"op":"add","path":"/a/٣","value":1}"#, index("/a/٣")),
        (r#"{"op":"add","path":"/a/","value":1}"#, index("/a/")),
        (r#"{"op":"add","path":"a","value":1}"#, pointer("a")),
        (r#"{"op":"add","path":"/a~","value":1}"#, pointer("/a~")),
        (r#"{"op":"add","path":"/a~2","value":1}"#, pointer("/a~2")),
        (r##"{"op":"add","path":"#/a","value":1}"##, pointer("#/a")),
        (r#"{"op":"move","from":"/o","path":"/o/x"}"#, PatchProblem::IntoItself),
        (r#"{"op":"move","from":"","path":"/x"}"#, PatchProblem::IntoItself),
        (r#"{"op":"move","from":"/x","path":"/x"}"#, nothing("/x")),
        (r#"{"op":"copy","from":"/x","path":"/y"}"#, nothing("/x")),
        (r#"{"op":"remove","path":""}"#, PatchProblem::RemovesDocument),
        (r#"{"op":"spam","path":"/a"}"#, PatchProblem::UnknownOperation),
        (r#"{"op":"ADD","path":"/a","value":1}"#, PatchProblem::UnknownOperation),
        (r#"{"path":"/a"}"#, PatchProblem::Missing("op")),
        (r#"{"op":1,"path":"/a"}"#, PatchProblem::Missing("op")),
        (r#"{"op":"add","value":1}"#, PatchProblem::Missing("path")),
        (r#"{"op":"add","path":null,"value":1}"#, PatchProblem::Missing("path")),
        (r#"{"op":"add","path":"/x"}"#, PatchProblem::Missing("value")),
        (r#"{"op":"replace","path":"/n"}"#, PatchProblem::Missing("value")),
        (r#"{"op":"test","path":"/n"}"#, PatchProblem::Missing("value")),
        (r#"{"op":"move","path":"/x"}"#, PatchProblem::Missing("from")),
        (r#"{"op":"copy","path":"/x"}"#, PatchProblem::Missing("from")),
        ("null", PatchProblem::NotAnObject),
        ("[]", PatchProblem::NotAnObject),
    ];
    for (operation, expected) in table {
        let document = r#"{"a":[1,2,3],"n":null,"o":{}}"#;
        assert_eq!(problem(document, operation), expected, "{operation}");
    }
}

#[test]
fn errors_read_well() {
    let error =
        patched(r#"{"a":1}"#, r#"[{"op":"test","path":"/a","value":1},{"op":"remove","path":"/b"}]"#).unwrap_err();
    assert_eq!(error.to_string(), r#"operation 1: there is nothing at "/b""#);
    assert!(patched("{", "[]").unwrap_err().to_string().starts_with("the document is not valid JSON: the text ends"));
    assert!(matches!(patched("1", "[{]"), Err(PatchError::Patch(_))));
    assert!(matches!(patched("1", r#"[{"op":"test","op":"add","path":"","value":1}]"#), Err(PatchError::Patch(_))));
    for patch in ["{}", "null", r#"{"op":"add","path":"","value":1}"#] {
        assert_eq!(patched("1", patch), Err(PatchError::NotAnArray));
    }
    let long = format!(r#"{{"op":"remove","path":"/{}"}}"#, "x".repeat(1_000_000));
    assert!(problem("{}", &long).to_string().len() < 600);
}

#[test]
fn tests_compare_by_value() {
    let table = [
        ("1", "1.0", true),
        ("1", "1e0", true),
        ("100", "1e2", true),
        ("0.01", "1E-2", true),
        ("-0", "0", true),
        ("0e5", "0.00", true),
        ("1", "-1", false),
        ("1", "10", false),
        ("0.1", "1", false),
        ("1e400", "1e401", false),
        ("10e400", "1e401", true),
        ("123456789012345678901234567890", "1.2345678901234567890123456789e29", true),
        ("9007199254740993", "9007199254740992", false),
        ("1e99999999999999999999", "1e99999999999999999999", true),
        ("1e99999999999999999999", "1e99999999999999999998", false),
        ("1e+000000000000000000000001", "10", true),
        (r#""a""#, r#""\u0061""#, true),
        (r#""a""#, r#""b""#, false),
        (r#""1""#, "1", false),
        ("null", "false", false),
        ("true", "false", false),
        (r#"{"a":1,"b":[2]}"#, r#"{"b":[2.0],"\u0061":1}"#, true),
        (r#"{"a":1}"#, r#"{"a":1,"b":2}"#, false),
        (r#"{"a":1}"#, r#"{"b":1}"#, false),
        ("[1,2]", "[2,1]", false),
        ("[1]", "[1,1]", false),
        ("[]", "{}", false),
        ("[[]]", "[[]]", true),
    ];
    for (held, expected, equal) in table {
        for (held, expected) in [(held, expected), (expected, held)] {
            let test = format!(r#"[{{"op":"test","path":"/v","value":{expected}}}]"#);
            let result = patched(&format!(r#"{{"v":{held}}}"#), &test);
            assert_eq!(result.is_ok(), equal, "{held} {expected}");
            if !equal {
                assert!(matches!(result, Err(PatchError::Operation { problem: PatchProblem::TestFailed(_), .. })));
            }
            // The same once the patch has opened the value.
            let opened = format!(
                r#"[{{"op":"add","path":"/v/x","value":0}},{{"op":"remove","path":"/v/x"}},{{"op":"test","path":"/v","value":{expected}}}]"#
            );
            if held.starts_with('{') {
                assert_eq!(patched(&format!(r#"{{"v":{held}}}"#), &opened).is_ok(), equal, "{held} {expected}");
            }
        }
    }
}
