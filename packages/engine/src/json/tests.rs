use super::samples::{self, Random};
use super::tree::{self, Node};
use super::{Inside, Invalid, MAX_DEPTH, MAX_VALUE_BYTES, Minifier, Position, Problem, minify};

fn minified(text: &[u8]) -> Result<Vec<u8>, Invalid> {
    let mut out = Vec::new();
    minify(text, &mut out).map(|()| out)
}

fn problem(text: impl AsRef<[u8]>) -> (usize, Problem) {
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
    assert_eq!(
        problem(b"[\"\xc3\xa9 \xe2\x82\"]"),
        (5, Problem::InvalidUtf8)
    );
}

#[test]
fn problems_read_well() {
    let invalid = minified(b"{\"name\":1,\"name\":2}").unwrap_err();
    assert_eq!(
        invalid.to_string(),
        "duplicate member \"name\" (at byte 10)"
    );
    let long = format!("{{\"{0}\":1,\"{0}\":2}}", "n".repeat(1000));
    let message = minified(long.as_bytes()).unwrap_err().to_string();
    assert!(message.contains("n…\"") && message.len() < 150, "{message}");
    assert!(
        minified(b"\"")
            .unwrap_err()
            .to_string()
            .starts_with("the text ends inside a string")
    );
}

#[test]
fn positions_count_as_editors_do() {
    let text = "{\n  \"é\": 1,\n  \"日本\": x\n}".as_bytes();
    let invalid = minified(text).unwrap_err();
    assert_eq!(invalid.position(text), Position { line: 3, column: 9 });
    let at_end = Invalid {
        offset: 99,
        problem: Problem::Empty,
    };
    assert_eq!(at_end.position(b"a\n"), Position { line: 2, column: 1 });
    assert_eq!(at_end.position(b""), Position { line: 1, column: 1 });
}

/// The edge values of every usual number type, and numbers beyond all of them.
fn edge_numbers() -> Vec<String> {
    let mut numbers: Vec<String> = Vec::new();
    for bits in [7_u32, 8, 15, 16, 24, 31, 32, 53, 63, 64] {
        let power = 1_i128 << bits;
        for near in -2..=2 {
            numbers.push((power + near).to_string());
            numbers.push((-(power + near)).to_string());
        }
    }
    for zero in [
        "0",
        "-0",
        "0.0",
        "-0.0",
        "0e0",
        "-0e-0",
        "0E+999",
        "0.000e-400",
    ] {
        numbers.push(zero.to_owned());
    }
    for one in [
        "1",
        "1.0",
        "1.00",
        "10e-1",
        "0.1e1",
        "1E0",
        "1e+0",
        "1e-0",
        "1e00",
        "1e0000001",
    ] {
        numbers.push(one.to_owned());
        numbers.push(format!("-{one}"));
    }
    for edge in [
        "5e-324",
        "4.9406564584124654e-324",
        "2e-324",
        "2.2250738585072014e-308",
        "2.2250738585072011e-308",
        "1.7976931348623157e308",
        "1.7976931348623159e308",
        "1e400",
        "1e-400",
        "1e99999999999999999999",
        "9007199254740993.0",
        "0.1",
        "0.30000000000000004",
        "123456789012345678901234567890.123456789012345678901234567890",
    ] {
        numbers.push(edge.to_owned());
        numbers.push(format!("-{edge}"));
    }
    for digits in [17, 20, 39, 100, 309, 1000] {
        numbers.push("9".repeat(digits));
        numbers.push(format!("0.{}1", "0".repeat(digits)));
        numbers.push(format!("{}.{}", "7".repeat(digits), "3".repeat(digits)));
    }
    for exponent in -20..=20 {
        numbers.push(format!("1.5e{exponent}"));
    }
    numbers
}

#[test]
fn numbers_come_back_as_written() {
    let numbers = edge_numbers();
    assert!(numbers.len() >= 200, "{}", numbers.len());
    for number in &numbers {
        assert_eq!(minified(number.as_bytes()).unwrap(), number.as_bytes());
        let spaced = format!(" [ {number} , {{ \"n\" : {number} }} ] ");
        let expected = format!("[{number},{{\"n\":{number}}}]");
        assert_eq!(minified(spaced.as_bytes()).unwrap(), expected.as_bytes());
        assert!(matches!(tree::parse(number.as_bytes()), Ok(Node::Number(raw)) if raw == number));
    }
}

#[test]
fn naughty_strings_come_back_as_written() {
    let strings = [
        "",
        "undefined",
        "null",
        "NaN",
        "\\",
        "\\\\",
        "\"",
        "'",
        "\u{0}",
        "\u{1f}",
        "\u{7f}",
        "\u{80}",
        "\u{85}",
        "\u{a0}",
        "\u{ad}",
        "\u{600}",
        "\u{200b}",
        "\u{202e}txet",
        "\u{2028}",
        "\u{feff}",
        "\u{fffe}",
        "\u{ffff}",
        "\u{10ffff}",
        "Ω≈ç√∫˜µ≤≥÷",
        "社會科學院語學研究所",
        "찦차를 타고 온 펲시맨",
        "é",
        "e\u{301}",
        "ÅÅ",
        "İıſß",
        "表ポあA鷗ŒéＢ逍Üßªąñ丂㐀𠀀",
        "👩‍👩‍👧‍👦",
        "🇺🇸🇷🇺🇸",
        "🏳\u{fe0f}\u{200d}🌈",
        "\u{1f469}\u{1f3fd}",
        "Z̮̞̠͙͔ͅḀ̗̞͈̻̗Ḷ͙͎̯̹̞͓G̻O̭̗̮",
        "الكل في المجمو عة",
        "בְּרֵאשִׁית",
        "\u{200f}test\u{200f}",
        "<script>alert(1)</script>",
        "'; DROP TABLE users--",
        "../../../etc/passwd",
        "$(touch x)",
        "%s%n%x",
        "{0}",
        "{{7*7}}",
        "__proto__",
        "constructor",
        "hasOwnProperty",
        "CON",
        "NUL",
        "0x0",
        "1/0",
        "+1",
        "-",
        "-0",
        "1e1000",
        "١٢٣",
        "\r\n",
        "\t",
        "a\u{0}b",
        "\u{1b}[31m",
        "\u{9b}31m",
        "\\u0000",
        "\\ud800",
        "]}",
        ",",
        ":",
        "//",
        "/*",
        "~0~1",
        "\u{e000}",
        "\u{f8ff}",
        "ﷺ",
    ];
    for string in strings {
        let mut text = Vec::new();
        tree::write_string(string, &mut text);
        // Another reader and another writer agree on what the text means.
        assert_eq!(serde_json::from_slice::<String>(&text).unwrap(), string);
        assert_eq!(serde_json::to_vec(string).unwrap(), text);
        let ascii: String = string
            .encode_utf16()
            .map(|unit| format!("\\u{unit:04X}"))
            .collect();
        for written in [String::from_utf8(text).unwrap(), format!("\"{ascii}\"")] {
            assert_eq!(minified(written.as_bytes()).unwrap(), written.as_bytes());
            let Ok(Node::String(read)) = tree::parse(written.as_bytes()) else {
                panic!("{written}")
            };
            assert_eq!(
                (read.value().as_ref(), read.raw()),
                (string, written.as_str())
            );
        }
    }
}

#[test]
fn strings_of_every_length_and_every_place_are_scanned() {
    for length in 0..70 {
        for at in 0..length {
            for (byte, good) in [
                (b'"', false),
                (b'\n', false),
                (0x80, false),
                (0x7f, true),
                (b'/', true),
            ] {
                let mut text = vec![b'x'; length + 2];
                (text[0], text[length + 1]) = (b'"', b'"');
                text[at + 1] = byte;
                assert_eq!(minified(&text).is_ok(), good, "{length} {at} {byte}");
            }
        }
    }
}

/// Random bytes in a string: accepted exactly when the standard library takes them for UTF-8.
#[test]
fn random_bytes_are_utf8_or_refused() {
    let seed = Random::seed(11);
    let mut random = Random::new(seed);
    let mut accepted = 0;
    for _ in 0..20_000 {
        let mut text = vec![b'"'];
        for _ in 0..random.below(24) {
            let leads = [
                b'a', 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0xb9, 0xed, 0xa0,
            ];
            text.push(leads[random.below(leads.len())]);
        }
        text.push(b'"');
        let valid = std::str::from_utf8(&text).is_ok();
        accepted += usize::from(valid);
        assert_eq!(minified(&text).is_ok(), valid, "seed {seed}: {text:x?}");
    }
    assert!(accepted > 100);
}

fn nested(open: &str, inside: &str, close: &str, depth: usize) -> String {
    format!("{}{inside}{}", open.repeat(depth), close.repeat(depth))
}

#[test]
fn depth_ends_at_the_limit() {
    for (open, inside, close) in [
        ("[", "", "]"),
        ("{\"a\":", "1", "}"),
        ("[{\"a\":", "1", "}]"),
    ] {
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
    for (length, fits) in [
        (MAX_VALUE_BYTES - 1, true),
        (MAX_VALUE_BYTES, true),
        (MAX_VALUE_BYTES + 1, false),
    ] {
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
    let names: String = (0..3_000_000)
        .map(|name| format!("\"{name}\":0,"))
        .collect();
    assert_eq!(problem(format!("{{{names}\"x\":0}}")).1, Problem::TooLong);
}

fn object(names: impl Iterator<Item = String>) -> Vec<u8> {
    let members: Vec<String> = names.map(|name| format!("\"{name}\":0")).collect();
    format!("{{{}}}", members.join(",")).into_bytes()
}

#[test]
fn duplicates_are_found_in_objects_of_every_size() {
    for count in (2..60).chain([1000]) {
        for (first, second) in [
            (0, 1),
            (0, count - 1),
            (count / 2, count - 1),
            (count - 2, count - 1),
        ] {
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
        let filler: String = (0..filler).map(|at| format!("\"filler{at}\":0,")).collect();
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
    assert!(matches!(
        problem(object(names().chain(["5".to_owned()]))),
        (_, Problem::DuplicateMember(_))
    ));
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

/// Random values with random white space between their tokens come back without it.
#[test]
fn white_space_is_dropped_and_nothing_else() {
    let seed = Random::seed(12);
    let mut random = Random::new(seed);
    for _ in 0..5_000 {
        let text = samples::owned_text(&mut random, 4);
        let mut spaced = String::new();
        let (mut in_string, mut escaped) = (false, false);
        for character in text.chars() {
            if !in_string && "[]{},:".contains(character) {
                spaced += random.pick(&["", " ", "\n", " \t\r\n  "]);
            }
            spaced.push(character);
            in_string ^= character == '"' && !escaped;
            escaped = in_string && character == '\\' && !escaped;
            if !in_string && "[]{},:\"".contains(character) {
                spaced += random.pick(&["", " ", "\n", " \t\r\n  "]);
            }
        }
        let out = minified(spaced.as_bytes());
        assert_eq!(out.as_deref(), Ok(text.as_bytes()), "seed {seed}: {spaced}");
        assert_eq!(
            tree::parse(text.as_bytes()).unwrap().raw(),
            text,
            "seed {seed}"
        );
    }
}

#[test]
fn a_tree_knows_every_part() {
    let text = r#"{"a":[null,true,false,-0.0,"\u0061"],"b":{"":{}}}"#;
    let Ok(Node::Object(object)) = tree::parse(text.as_bytes()) else {
        panic!()
    };
    assert_eq!(object.raw, text);
    let names: Vec<_> = object
        .members
        .iter()
        .map(|member| member.name.raw())
        .collect();
    assert_eq!(names, ["\"a\"", "\"b\""]);
    let Node::Array(array) = &object.members[0].value else {
        panic!()
    };
    let parts: Vec<_> = array.items.iter().map(Node::raw).collect();
    assert_eq!(parts, ["null", "true", "false", "-0.0", "\"\\u0061\""]);
    assert_eq!(object.members[1].value.depth(), 2);
    assert!(size_of::<Node<'_>>() <= 24);
}

#[test]
fn a_tree_is_made_of_minified_texts_only() {
    for text in [
        "",
        " 1",
        "1 ",
        "[1, 2]",
        "{\"a\" :1}",
        "[1,]",
        "{\"a\":1,}",
        "{1:2}",
        "[1",
        "{\"a\":1",
        "[1]]",
        "\u{feff}1",
        "nul",
        "-",
    ] {
        assert!(tree::parse(text.as_bytes()).is_err(), "{text:?}");
    }
    assert!(tree::parse(b"\"\xff\"").is_err());
}
