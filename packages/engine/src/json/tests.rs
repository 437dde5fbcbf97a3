use super::{Inside, Invalid, MAX_DEPTH, MAX_VALUE_BYTES, Minifier, Position, Problem, minify, tree};

pub(super) fn minified(text: &[u8]) -> Result<Vec<u8>, Invalid> {
    let mut out = Vec::new();
    minify(text, &mut out).map(|()| out)
}

pub(super) fn problem(text: impl AsRef<[u8]>) -> (usize, Problem) {
    let invalid = minified(text.as_ref()).unwrap_err();
    (invalid.offset, invalid.problem)
}

#[test]
fn problems_say_where_and_what() {
    let table: &[(&str, usize, Problem)] = &[
        ("", 0, Problem::Empty),
        (" \n", 2, Problem::Empty),
        ("\u{feff}1", 0, Problem::ByteOrderMark),
        ("[", 1, Problem::EndsInside(Inside::Array)),
        ("[1", 2, Problem::EndsInside(Inside::Array)),
        ("[1,", 3, Problem::EndsInside(Inside::Array)),
        ("{", 1, Problem::EndsInside(Inside::Object)),
        ("{\"a\"", 4, Problem::EndsInside(Inside::Object)),
        ("{\"a\":", 5, Problem::EndsInside(Inside::Object)),
        ("{\"a\":1", 6, Problem::EndsInside(Inside::Object)),
        ("{\"a\":1,", 7, Problem::EndsInside(Inside::Object)),
        ("\"abc", 4, Problem::EndsInside(Inside::String)),
        ("\"abc\\", 5, Problem::EndsInside(Inside::String)),
        ("\"\\u00", 5, Problem::EndsInside(Inside::String)),
        ("-", 1, Problem::EndsInside(Inside::Number)),
        ("1e+", 3, Problem::EndsInside(Inside::Number)),
        ("[1,]", 3, Problem::TrailingComma),
        ("[1, ]", 4, Problem::TrailingComma),
        ("{\"a\":1 , }", 9, Problem::TrailingComma),
        ("[]]", 2, Problem::TrailingText),
        ("[1 2]", 3, Problem::CommaOrBracketExpected),
        ("{\"a\":1 \"b\":2}", 7, Problem::CommaOrBraceExpected),
        ("{\"a\" 1}", 5, Problem::ColonExpected),
        ("{a:1}", 1, Problem::NameExpected),
        ("[,1]", 1, Problem::ValueExpected),
        ("[012]", 1, Problem::LeadingZero),
        ("[1.x]", 3, Problem::DigitExpected),
        ("[NaN]", 1, Problem::NotFinite),
        ("-Infinity", 1, Problem::NotFinite),
        ("\"a\tb\"", 2, Problem::ControlCharacter(9)),
        ("\"a\\x\"", 2, Problem::UnknownEscape),
        ("\"a\\u00g0\"", 2, Problem::UnicodeEscape),
        ("\"a\\ud800\"", 2, Problem::LoneSurrogate),
        ("{ \"a\":1, \"\\u0061\":2}", 9, Problem::duplicate("a")),
    ];
    for (text, offset, expected) in table {
        assert_eq!(problem(text), (*offset, expected.clone()), "{text:?}");
    }
    assert_eq!(problem(b"[\"abcdefgh\xff\"]"), (10, Problem::InvalidUtf8));
    assert_eq!(problem(b"[\"\xc3\xa9 \xe2\x82\"]"), (5, Problem::InvalidUtf8));
}

#[test]
fn problems_read_well() {
    let invalid = minified(b"{\"name\":1,\"name\":2}").unwrap_err();
    assert_eq!(invalid.to_string(), "duplicate member \"name\" (at byte 10)");
    let long = format!("{{\"{0}\":1,\"{0}\":2}}", "n".repeat(1000));
    let message = minified(long.as_bytes()).unwrap_err().to_string();
    assert!(message.contains("n…\"") && message.len() < 150, "{message}");
    assert!(minified(b"\"").unwrap_err().to_string().starts_with("the text ends inside a string"));
}

#[test]
fn positions_count_as_editors_do() {
    let text = "{\n  \"é\": 1,\n  \"日本\": x\n}".as_bytes();
    let invalid = minified(text).unwrap_err();
    assert_eq!(invalid.position(text), Position { line: 3, column: 9 });
    let at_end = Invalid { offset: 99, problem: Problem::Empty };
    assert_eq!(at_end.position(b"a\n"), Position { line: 2, column: 1 });
    assert_eq!(at_end.position(b""), Position { line: 1, column: 1 });
}

fn nested(open: &str, inside: &str, close: &str, depth: usize) -> String {
    format!("{}{inside}{}", open.repeat(depth), close.repeat(depth))
}

#[test]
fn depth_ends_at_the_limit() {
    for (open, inside, close) in [("[", "", "]"), ("{\"a\":", "1", "}"), ("[{\"a\":", "1", "}]")] {
        let levels = open.matches(['[', '{']).count();
        for depth in [1, 127, 128, 129, 100_000, 1_000_000] {
            let text = nested(open, inside, close, depth / levels);
            let fits = depth / levels * levels <= MAX_DEPTH;
            assert_eq!(minified(text.as_bytes()).is_ok(), fits, "{open} {depth}");
            assert_eq!(tree::parse(text.as_bytes()).is_ok(), fits, "{open} {depth}");
            let unclosed = open.repeat(depth);
            assert!(minified(unclosed.as_bytes()).is_err());
            assert!(tree::parse(unclosed.as_bytes()).is_err());
        }
    }
    assert_eq!(problem(nested("[", "", "]", 129)), (128, Problem::TooDeep));
    let node = nested("[", "1", "]", 128);
    assert_eq!(tree::parse(node.as_bytes()).unwrap().depth(), 128);
}

#[test]
fn length_is_that_of_the_minified_text() {
    let string = |length: usize| format!("\"{}\"", "x".repeat(length - 2));
    for (length, fits) in [(MAX_VALUE_BYTES - 1, true), (MAX_VALUE_BYTES, true), (MAX_VALUE_BYTES + 1, false)] {
        let text = string(length);
        let spaced = format!("{} {text}\n", " ".repeat(100_000));
        for text in [&text, &spaced] {
            assert_eq!(minified(text.as_bytes()).is_ok(), fits, "{length}");
        }
    }
    assert_eq!(problem(string(MAX_VALUE_BYTES + 1)).1, Problem::TooLong);
    // A text of short runs is counted as well.
    let list = format!("[{}1]", "1 , ".repeat(MAX_VALUE_BYTES / 2 + 1));
    assert_eq!(problem(list).1, Problem::TooLong);
    // So is one with so many names that they alone are too long.
    let names: Vec<String> = (0..3_000_000).map(|name| format!("\"{name}\":0,")).collect();
    assert_eq!(problem(format!("{{{}\"x\":0}}", names.concat())).1, Problem::TooLong);
}

#[test]
fn a_minifier_forgets_the_text_before() {
    let mut minifier = Minifier::new();
    let mut out = Vec::new();
    for broken in ["[{\"a\":1,\"b\":[", "{\"a\":1,\"a\":2}", "{\"a\":1,\"b\":x"] {
        assert!(minifier.minify(broken.as_bytes(), &mut out).is_err());
        assert!(minifier.minify(b" {\"a\" : 1} ", &mut out).is_ok());
    }
    assert_eq!(out, b"{\"a\":1}".repeat(3));
}
