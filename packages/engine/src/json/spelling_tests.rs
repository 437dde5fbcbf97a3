//! Everything comes back as it was written.

use super::samples::{self, Random};
use super::tests::minified;
use super::tree::{self, Node};

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
    for zero in ["0", "-0", "0.0", "-0.0", "0e0", "-0e-0", "0E+999", "0.000e-400"] {
        numbers.push(zero.to_owned());
    }
    for one in ["1", "1.0", "1.00", "10e-1", "0.1e1", "1E0", "1e+0", "1e-0", "1e00", "1e0000001"] {
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
        let ascii: Vec<String> = string.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect();
        let ascii = ascii.concat();
        for written in [String::from_utf8(text).unwrap(), format!("\"{ascii}\"")] {
            assert_eq!(minified(written.as_bytes()).unwrap(), written.as_bytes());
            let Ok(Node::String(read)) = tree::parse(written.as_bytes()) else { panic!("{written}") };
            assert_eq!((read.value().as_ref(), read.raw()), (string, written.as_str()));
        }
    }
}

#[test]
fn strings_of_every_length_and_every_place_are_scanned() {
    for length in 0..70 {
        for at in 0..length {
            for (byte, good) in [(b'"', false), (b'\n', false), (0x80, false), (0x7f, true), (b'/', true)] {
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
            let leads = [b'a', 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0xb9, 0xed, 0xa0];
            text.push(leads[random.below(leads.len())]);
        }
        text.push(b'"');
        let valid = std::str::from_utf8(&text).is_ok();
        accepted += usize::from(valid);
        assert_eq!(minified(&text).is_ok(), valid, "seed {seed}: {text:x?}");
    }
    assert!(accepted > 100);
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
        assert_eq!(tree::parse(text.as_bytes()).unwrap().raw(), text, "seed {seed}");
    }
}

#[test]
fn a_tree_knows_every_part() {
    let text = r#"{"a":[null,true,false,-0.0,"\u0061"],"b":{"":{}}}"#;
    let Ok(Node::Object(object)) = tree::parse(text.as_bytes()) else { panic!() };
    assert_eq!(object.raw, text);
    let names: Vec<_> = object.members.iter().map(|member| member.name.raw()).collect();
    assert_eq!(names, ["\"a\"", "\"b\""]);
    let Node::Array(array) = &object.members[0].value else { panic!() };
    let parts: Vec<_> = array.items.iter().map(Node::raw).collect();
    assert_eq!(parts, ["null", "true", "false", "-0.0", "\"\\u0061\""]);
    assert_eq!(object.members[1].value.depth(), 2);
    assert_eq!(tree::parse(text.as_bytes()).unwrap().count(), 9);
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
