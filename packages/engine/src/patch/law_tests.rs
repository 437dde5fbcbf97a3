//! The law: `apply(&diff(a, b), a)` is `b`, byte for byte.

use std::fmt::Write;

use super::{apply, diff};
use crate::json::samples::{Random, changed, owned_text};
use crate::json::{Limits, MAX_DEPTH, MAX_VALUE_BYTES, Minifier};

#[track_caller]
fn holds(from: &str, to: &str) -> String {
    let patch = String::from_utf8(diff(from.as_bytes(), to.as_bytes())).unwrap();
    let applied = apply(patch.as_bytes(), from.as_bytes());
    let applied = applied.map(|text| String::from_utf8(text).unwrap());
    assert!(
        applied.as_deref() == Ok(to),
        "from {from:.2000}\nto {to:.2000}\npatch {patch:.2000}\ngave {applied:.2000?}"
    );
    let mut minified = Vec::new();
    // Twice a value's length, and an array and an operation around it.
    let limits = Limits { bytes: 2 * MAX_VALUE_BYTES + 4096, depth: MAX_DEPTH + 2 };
    Minifier::new().minify_within(limits, patch.as_bytes(), &mut minified).unwrap();
    assert!(minified == patch.as_bytes(), "{patch:.2000} is not minified");
    patch
}

#[test]
fn the_law_holds_for_random_values() {
    let seed = Random::seed(21);
    let mut random = Random::new(seed);
    for round in 0..10_000 {
        let from = owned_text(&mut random, 4);
        let near = changed(&mut random, &from);
        let far = owned_text(&mut random, 4);
        let result = std::panic::catch_unwind(|| {
            holds(&from, &near);
            holds(&near, &from);
            holds(&from, &far);
        });
        assert!(result.is_ok(), "seed {seed}, round {round}");
        assert_eq!(holds(&from, &from), "[]");
    }
}

/// A small change of a large value gives a small patch.
#[test]
fn patches_stay_small() {
    let seed = Random::seed(22);
    let mut random = Random::new(seed);
    for _ in 0..300 {
        let mut items: Vec<String> = (0..400).map(|at| format!("{{\"id\":{at},\"n\":\"name {at}\"}}")).collect();
        let from = format!("[{}]", items.join(","));
        for _ in 0..3 {
            let place = random.below(items.len());
            match random.below(3) {
                0 => drop(items.remove(place)),
                1 => items.insert(place, "\"new\"".to_owned()),
                _ => items[place] = format!("{{\"id\":{place},\"n\":\"other\"}}"),
            }
        }
        let patch = holds(&from, &format!("[{}]", items.join(",")));
        assert!(patch.len() < 400, "seed {seed}: {patch}");
    }
}

#[test]
fn the_law_holds_at_the_edges() {
    let deep = |inside: &str| format!("{}{inside}{}", "[".repeat(128), "]".repeat(128));
    let deep_object = |inside: &str| format!("{}{inside}{}", "{\"a\":".repeat(128), "}".repeat(128));
    let long = format!("\"{}\"", "x".repeat(MAX_VALUE_BYTES - 2));
    let long_name = |value: &str| format!("{{\"{}\":{value}}}", "~".repeat(100_000));
    let pairs = [
        (deep("1"), deep("2")),
        (deep("1"), deep("")),
        (deep_object("1"), deep_object("2")),
        (deep("1"), deep_object("1")),
        ("1".to_owned(), deep("1")),
        (long.clone(), "1".to_owned()),
        ("1".to_owned(), long.clone()),
        (long, format!("[\"{}\"]", "y".repeat(MAX_VALUE_BYTES - 4))),
        (long_name("1"), long_name("2")),
        (long_name("[1,2,3]"), long_name("[4,5,6,7]")),
    ];
    for (from, to) in &pairs {
        holds(from, to);
    }
}

fn list(length: usize, item: impl Fn(usize) -> usize) -> String {
    let mut out = "[".to_owned();
    for at in 0..length {
        write!(out, "{}{}", if at == 0 { "" } else { "," }, item(at)).unwrap();
    }
    out + "]"
}

/// Values as large as they may be, changed all over: neither the patch nor the time may run away.
#[test]
fn large_values_are_compared_in_bounds() {
    const LENGTH: usize = 1_000_000;
    let from = list(LENGTH, |at| at % 1000);
    let bound = 2 * from.len() + 2048;
    let others = [
        list(LENGTH, |at| (at + 1) % 1000),
        list(LENGTH, |at| if at % 3 == 0 { 7 } else { at % 1000 }),
        list(LENGTH - 2, |at| (at + 1) % 1000),
        list(LENGTH / 2, |at| at % 1000),
        list(LENGTH - 50_000, |at| if at < 100_000 { at % 1000 } else { (at + 50_000) % 1000 }),
    ];
    for to in &others {
        assert!(holds(&from, to).len() <= bound);
        assert!(holds(to, &from).len() <= bound);
    }
    let object = |value: &dyn Fn(usize) -> usize| {
        let members: Vec<String> = (0..300_000).map(|at| format!("\"member number {at}\":{}", value(at))).collect();
        format!("{{{}}}", members.join(","))
    };
    let from = object(&|at| at);
    holds(&from, &object(&|at| if at % 10 == 0 { 0 } else { at }));
    holds(&from, &object(&|at| at + 1));
    holds(&from, "{}");
}

/// Many small changes below a long name would repeat it in every operation.
#[test]
fn long_names_do_not_multiply() {
    let name = "n".repeat(1_000_000);
    let text = |by: usize| {
        let items: Vec<String> =
            (0..2_000).map(|at| format!("{{\"a\":{},\"b\":[1,2,3,4,5,6,7,8]}}", at + by)).collect();
        format!("{{\"{name}\":[{}]}}", items.join(","))
    };
    let patch = holds(&text(0), &text(1));
    assert!(patch.len() < 5_000_000, "{}", patch.len());
}

#[test]
fn texts_that_are_no_json_are_replaced_whole() {
    assert_eq!(diff(b"{", b"1"), br#"[{"op":"replace","path":"","value":1}]"#);
    assert_eq!(diff(b"{", b"{"), b"[]");
    assert_eq!(diff(b"[1, 2]", b"[1]"), br#"[{"op":"replace","path":"","value":[1]}]"#);
}
