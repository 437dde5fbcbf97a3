//! The shared table of texts: every verdict, and what an accepted text becomes.

use serde_json::Value;

use super::{Minifier, minify};

const TEXTS: &str = include_str!("../../../conformance/vectors/json/texts.jsonl");

struct Case {
    name: String,
    text: Vec<u8>,
    suite: String,
    accepted: bool,
}

fn cases() -> Vec<Case> {
    TEXTS.lines().map(case).collect()
}

fn case(line: &str) -> Case {
    let row: Value = serde_json::from_str(line).unwrap();
    let field = |name: &str| row[name].as_str();
    let name = field("name").unwrap().to_owned();
    let once = match (field("text"), field("hex")) {
        (Some(text), None) => text.as_bytes().to_vec(),
        (None, Some(hex)) => from_hex(hex),
        _ => panic!("{name} has not one text"),
    };
    let accepted = match field("verdict").unwrap() {
        "accept" => true,
        "refuse" => false,
        other => panic!("{name} has the verdict {other}"),
    };
    let times = row["repeat"].as_u64().unwrap_or(1) as usize;
    Case { name, text: once.repeat(times), suite: field("suite").unwrap().to_owned(), accepted }
}

fn from_hex(hex: &str) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).unwrap() as u8;
    hex.as_bytes().chunks_exact(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}

/// The white space outside strings dropped, by a loop that knows nothing else of JSON.
fn without_white_space(text: &[u8]) -> Vec<u8> {
    let (mut in_string, mut escaped) = (false, false);
    let mut out = Vec::new();
    for &byte in text {
        if in_string || !b" \t\r\n".contains(&byte) {
            out.push(byte);
        }
        in_string ^= byte == b'"' && !escaped;
        escaped = in_string && byte == b'\\' && !escaped;
    }
    out
}

#[test]
fn every_text_gets_its_verdict() {
    let mut minifier = Minifier::new();
    for case in cases() {
        let mut out = b"before".to_vec();
        let result = minifier.minify(&case.text, &mut out);
        assert_eq!(result.is_ok(), case.accepted, "{}: {result:?}", case.name);
        if case.accepted {
            assert_eq!(out[6..], without_white_space(&case.text), "{}", case.name);
        } else {
            assert_eq!(out, b"before", "{} left something behind", case.name);
        }
    }
}

#[test]
fn the_table_is_complete() {
    let count = |suite: &str, accepted: bool| {
        cases().iter().filter(|case| case.suite == suite && case.accepted == accepted).count()
    };
    assert!(count("accept", true) >= 95);
    assert!(count("refuse", false) >= 188);
    assert_eq!(count("open", true) + count("open", false), 35);
    assert_eq!((count("accept", false), count("refuse", true)), (2, 0));
}

/// The other reader knows no duplicates and no depth; its verdict on everything else must be ours.
#[test]
fn another_reader_agrees() {
    let ours_alone = ["duplicat", "500_nested", "100000_opening", "open_array_object"];
    for case in cases() {
        if ours_alone.iter().any(|part| case.name.contains(part)) {
            continue;
        }
        let theirs = serde_json::from_slice::<Box<serde_json::value::RawValue>>(&case.text);
        // It checks surrogates and sizes of numbers only when it reads a value.
        let open_to_it =
            case.name.starts_with("i_") || case.name.contains("surrogate") || case.name.contains("low_then_high");
        assert!(open_to_it || theirs.is_ok() == case.accepted, "{}", case.name);
    }
}

/// Every accepted text, cut short anywhere, and with any one byte changed, is refused or minified again to itself.
#[test]
fn damaged_texts_never_panic() {
    let mut minifier = Minifier::new();
    let mut tried = 0;
    for case in cases().into_iter().filter(|case| case.text.len() < 200) {
        for at in 0..case.text.len() {
            for byte in [0, b'"', b'\\', b'{', b']', b',', b'u', 0x80, 0xed, 0xff] {
                let mut text = case.text.clone();
                text[at] = byte;
                tried += usize::from(is_stable(&mut minifier, &text));
                tried += usize::from(is_stable(&mut minifier, &text[..at]));
            }
        }
    }
    assert!(tried > 1_000, "only {tried} damaged texts were still JSON");
}

/// Whether a text is accepted; if it is, its minified text must be left alone.
fn is_stable(minifier: &mut Minifier, text: &[u8]) -> bool {
    let mut once = Vec::new();
    if minifier.minify(text, &mut once).is_err() {
        return false;
    }
    let mut twice = Vec::new();
    minify(&once, &mut twice).unwrap();
    assert_eq!(once, twice);
    let node = super::tree::parse(&once).unwrap();
    assert_eq!(node.raw().as_bytes(), once);
    true
}
