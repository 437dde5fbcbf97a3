//! Duplicate members.

use super::Problem;
use super::tests::{minified, problem};

fn object(names: impl Iterator<Item = String>) -> Vec<u8> {
    let members: Vec<String> = names.map(|name| format!("\"{name}\":0")).collect();
    format!("{{{}}}", members.join(",")).into_bytes()
}

#[test]
fn duplicates_are_found_in_objects_of_every_size() {
    for count in (2..60).chain([1000]) {
        for (first, second) in [(0, 1), (0, count - 1), (count / 2, count - 1), (count - 2, count - 1)] {
            if first == second {
                continue;
            }
            for prefix in ["", "a-prefix-of-more-than-eight-bytes-"] {
                let name = |at: usize| format!("{prefix}{at}");
                assert!(minified(&object((0..count).map(name))).is_ok());
                let again = (0..count).map(|at| name(if at == second { first } else { at }));
                let text = object(again);
                let (offset, problem) = problem(&text);
                assert_eq!(problem, Problem::duplicate(&name(first)), "{count}");
                let needle = format!("\"{}\":", name(first)).into_bytes();
                let place = text.windows(needle.len()).rposition(|part| part == needle);
                assert_eq!(Some(offset), place, "{count} {first} {second}");
            }
        }
    }
}

#[test]
fn duplicates_are_compared_by_their_characters() {
    for filler in [0, 40] {
        let filler: Vec<String> = (0..filler).map(|at| format!("\"filler{at}\":0,")).collect();
        let filler = filler.concat();
        for (a, b, same) in [
            ("a", "\\u0061", true),
            ("\\u0061", "\\u0061", true),
            ("\\n", "\\u000a", true),
            ("\\u000A", "\\u000a", true),
            ("/", "\\/", true),
            ("😹", "\\uD83D\\ude39", true),
            ("", "", true),
            ("\\u0000", "", false),
            ("é", "e\\u0301", false),
            ("a", "A", false),
            ("\\\\n", "\\n", false),
        ] {
            let text = format!("{{{filler}\"{a}\":1,\"{b}\":2}}");
            assert_eq!(minified(text.as_bytes()).is_err(), same, "{text}");
        }
    }
}

/// Names with equal tags, equal ends and equal lengths: everything that makes a cheap comparison fail.
#[test]
fn like_names_are_told_apart() {
    let name = |at: usize| format!("12345678{at:06}87654321");
    for count in [2, 20, 24, 25, 26, 500] {
        assert!(minified(&object((0..count).map(name))).is_ok());
        assert!(minified(&object((0..count).map(name).chain([name(0)]))).is_err());
    }
}

#[test]
fn a_million_members_are_not_too_many() {
    let names = || (0..1_000_000).map(|at| format!("{at:x}"));
    assert!(minified(&object(names())).is_ok());
    assert!(matches!(problem(object(names().chain(["5".to_owned()]))), (_, Problem::DuplicateMember(_))));
}
