use super::apply_tests::patched;
use super::pointer::Pointer;
use super::{diff, lcs};
use crate::json::samples::Random;
use crate::json::tree::{Node, parse};

#[test]
fn differences_read_as_expected() {
    let table = [
        ("1", "1", "[]"),
        ("1", "1.0", r#"[{"op":"replace","path":"","value":1.0}]"#),
        (r#"{"a":1}"#, r#"{"a":2}"#, r#"[{"op":"replace","path":"/a","value":2}]"#),
        (r#"{"a":"\u0061"}"#, r#"{"a":"a"}"#, r#"[{"op":"replace","path":"/a","value":"a"}]"#),
        (r#"{"a":1}"#, r#"{"a":1,"b":null}"#, r#"[{"op":"add","path":"/b","value":null}]"#),
        (r#"{"a":1,"b":2}"#, r#"{"b":2}"#, r#"[{"op":"remove","path":"/a"}]"#),
        (r#"{"a":1}"#, r#"{"b":2}"#, r#"[{"op":"remove","path":"/a"},{"op":"add","path":"/b","value":2}]"#),
        (r#"{"a":{"b":[1]}}"#, r#"{"a":{"b":[1,2]}}"#, r#"[{"op":"add","path":"/a/b/1","value":2}]"#),
        ("[1,2,3]", "[1,3]", r#"[{"op":"remove","path":"/1"}]"#),
        ("[1,3]", "[1,2,3]", r#"[{"op":"add","path":"/1","value":2}]"#),
        ("[1,2,3]", "[1,9,3]", r#"[{"op":"replace","path":"/1","value":9}]"#),
        ("[1,2,3,4]", "[2,3,4,5]", r#"[{"op":"remove","path":"/0"},{"op":"add","path":"/3","value":5}]"#),
        ("[[1,2],{}]", "[[1,2,3],{}]", r#"[{"op":"add","path":"/0/2","value":3}]"#),
        ("[]", "[1,2]", r#"[{"op":"add","path":"/0","value":1},{"op":"add","path":"/1","value":2}]"#),
        ("[]", "{}", r#"[{"op":"replace","path":"","value":{}}]"#),
        (r#"{"a":1,"b":2}"#, r#"{"b":2,"a":1}"#, r#"[{"op":"replace","path":"","value":{"b":2,"a":1}}]"#),
        (
            r#"{"x":{"a":1,"b":2}}"#,
            r#"{"x":{"n":0,"a":1,"b":2}}"#,
            r#"[{"op":"replace","path":"/x","value":{"n":0,"a":1,"b":2}}]"#,
        ),
        (r#"{"a":1}"#, r#"{"\u0061":1}"#, r#"[{"op":"replace","path":"","value":{"\u0061":1}}]"#),
        ("{}", r#"{"\u0061":1}"#, r#"[{"op":"replace","path":"","value":{"\u0061":1}}]"#),
        (
            r#"{"":1,"~/":2}"#,
            r#"{"":3,"~/":4}"#,
            r#"[{"op":"replace","path":"/","value":3},{"op":"replace","path":"/~0~1","value":4}]"#,
        ),
        ("{}", r#"{"__proto__":{}}"#, r#"[{"op":"add","path":"/__proto__","value":{}}]"#),
        (r#"{"\"\n":1}"#, r#"{"\"\n":2}"#, r#"[{"op":"replace","path":"/\"\n","value":2}]"#),
    ];
    for (from, to, patch) in table {
        let made = String::from_utf8(diff(from.as_bytes(), to.as_bytes())).unwrap();
        assert_eq!(made, patch, "{from} -> {to}");
        assert_eq!(patched(from, patch).as_deref(), Ok(to));
    }
}

#[test]
fn pointers_are_read_as_the_rfc_says() {
    let table: [(&str, &[&str]); 8] = [
        ("", &[]),
        ("/", &[""]),
        ("/foo/0", &["foo", "0"]),
        ("/a~1b", &["a/b"]),
        ("/m~0n", &["m~n"]),
        ("/~01", &["~1"]),
        ("//", &["", ""]),
        ("/ /\"/\\", &[" ", "\"", "\\"]),
    ];
    for (text, tokens) in table {
        let pointer = Pointer::parse(text).unwrap();
        assert_eq!(pointer.tokens(), tokens);
        assert_eq!(&*pointer.shown(), text);
    }
    for text in ["a", "~", "/~", "/~a", "/~2", "/a~", "/~~0"] {
        assert_eq!(Pointer::parse(text), None, "{text}");
    }
}

fn longest_common(a: &[u64], b: &[u64]) -> usize {
    let mut row = vec![0; b.len() + 1];
    for x in a {
        let mut corner = 0;
        for (at, y) in b.iter().enumerate() {
            let up = row[at + 1];
            row[at + 1] = if x == y { corner + 1 } else { up.max(row[at]) };
            corner = up;
        }
    }
    row[b.len()]
}

/// The pairs are a common subsequence, and no table of all prefixes finds a longer one.
#[test]
fn matches_are_the_longest_there_are() {
    let seed = Random::seed(32);
    let mut random = Random::new(seed);
    for round in 0..3_000 {
        let kinds = 1 + round % 6;
        let values =
            |random: &mut Random| -> Vec<u64> { (0..random.below(20)).map(|_| random.below(kinds) as u64).collect() };
        let (a, b) = (values(&mut random), values(&mut random));
        let (a_text, b_text) = (format!("{a:?}").replace(' ', ""), format!("{b:?}").replace(' ', ""));
        let (Ok(Node::Array(from)), Ok(Node::Array(to))) = (parse(a_text.as_bytes()), parse(b_text.as_bytes())) else {
            panic!()
        };
        let pairs = lcs::matches(&from.items, &to.items);
        assert!(pairs.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 < two[1].1), "seed {seed}: {pairs:?}");
        assert!(pairs.iter().all(|&(x, y)| a[x] == b[y]), "seed {seed}: {a:?} {b:?} {pairs:?}");
        assert_eq!(pairs.len(), longest_common(&a, &b), "seed {seed}: {a:?} {b:?}");
    }
}
