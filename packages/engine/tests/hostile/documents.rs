//! Values: what is JSON comes back byte for byte, what is not is refused.

use koru_delta::door::Door;
use koru_delta::{Batch, Code, KoruDelta, WriteOptions};

use crate::world::{Dice, World, options, seed};
use crate::{database, refused, versions};

fn nested(open: &str, close: &str, depth: usize) -> Vec<u8> {
    [open.repeat(depth), "1".into(), close.repeat(depth)].concat().into_bytes()
}

fn bad_texts() -> Vec<(&'static str, Vec<u8>, Code)> {
    let json = Code::InvalidJson;
    vec![
        ("nothing", b"".to_vec(), json),
        ("white space", b" \n".to_vec(), json),
        ("NaN", b"NaN".to_vec(), json),
        ("-Infinity", b"[-Infinity]".to_vec(), json),
        ("undefined", b"undefined".to_vec(), json),
        ("a byte order mark", b"\xef\xbb\xbf1".to_vec(), json),
        ("a NUL", b"1\0".to_vec(), json),
        ("a raw NUL in a string", b"\"a\0b\"".to_vec(), json),
        ("half a pair", br#""\ud800""#.to_vec(), json),
        ("the other half", br#""a\udc00""#.to_vec(), json),
        ("halves in the wrong order", br#"["\udc00\ud800"]"#.to_vec(), json),
        ("a half as a name", br#"{"\ud800":1}"#.to_vec(), json),
        ("encoded surrogates", b"\"\xed\xa0\x80\"".to_vec(), json),
        ("invalid UTF-8", b"\"\xff\"".to_vec(), json),
        ("overlong UTF-8", b"\"\xc0\xaf\"".to_vec(), json),
        ("a member twice", br#"{"a":1,"a":1}"#.to_vec(), json),
        ("a member twice by another spelling", br#"{"a":1,"\u0061":2}"#.to_vec(), json),
        ("__proto__ twice", br#"{"__proto__":1,"__proto__":2}"#.to_vec(), json),
        ("a member twice, deep", br#"[{"b":{"a":1,"c":2,"a":3}}]"#.to_vec(), json),
        ("a leading zero", b"01".to_vec(), json),
        ("a plus", b"+1".to_vec(), json),
        ("hexadecimal", b"0x10".to_vec(), json),
        ("two values", b"1 2".to_vec(), json),
        ("a comma at the end", b"[1,]".to_vec(), json),
        ("a comment", b"1 // one".to_vec(), json),
        ("single quotes", b"'a'".to_vec(), json),
        ("a cut array", b"[1".to_vec(), json),
        ("129 arrays", nested("[", "]", 129), json),
        ("129 objects", nested("{\"a\":", "}", 129), json),
        ("10,000 arrays", nested("[", "]", 10_000), json),
        ("a million arrays", nested("[", "]", 1_000_000), json),
        ("a million open arrays", b"[".repeat(1_000_000), json),
        ("a million open objects", b"{\"a\":".repeat(1_000_000), json),
        ("one byte more than 16 MiB", format!("\"{}\"", "a".repeat((16 << 20) - 1)).into_bytes(), Code::ValueTooLarge),
        ("17 MiB", format!("\"{}\"", "a".repeat(17 << 20)).into_bytes(), Code::ValueTooLarge),
    ]
}

#[test]
fn texts_that_are_no_documents_are_refused_everywhere() {
    let db = database();
    let door = Door::new(db.clone());
    let before = versions(&db);
    for (what, text, code) in bad_texts() {
        refused(db.put_json("users", "k", &text, WriteOptions::default()), code, what);
        let mut batch = Batch::new();
        batch.put_json("users", "good", b"1").unwrap();
        refused(batch.put_json("users", "k", &text).map(drop), code, what);
        assert_eq!(batch.len(), 1, "{what}: a refused document leaves the batch as it was");
        refused(db.transact(|t| t.put_json("users", "k", &text)), code, what);
        let Ok(text) = String::from_utf8(text) else {
            continue;
        };
        let params = format!("{{\"namespace\":\"users\",\"key\":\"k\",\"value\":{text}}}");
        let error = door.call("put", &params).expect_err(what);
        assert!([code, Code::InvalidParams].contains(&error.code()), "{what}: {error:?}");
        let params = format!(
            "{{\"ops\":[{{\"namespace\":\"users\",\"key\":\"a\",\"value\":1}},{{\"namespace\":\"users\",\"key\":\"k\",\"value\":{text}}}]}}"
        );
        let error = door.call("batch", &params).expect_err(what);
        assert!([code, Code::InvalidParams].contains(&error.code()), "{what}: {error:?}");
    }
    assert_eq!(versions(&db), before);
}

/// Checks that every text comes back: at once, from a segment, and after the store was opened again.
fn come_back(texts: &[String]) {
    let world = World::new(9);
    let db = world.open(options(None)).unwrap();
    let check = |db: &KoruDelta| {
        for (n, text) in texts.iter().enumerate() {
            let found = db.get_json("v", &format!("{n:06}")).unwrap().unwrap();
            assert!(found == text.as_bytes(), "{text:.200} came back as {:.200}", String::from_utf8_lossy(&found));
        }
    };
    for (chunk, texts) in texts.chunks(500).enumerate() {
        let mut batch = Batch::new();
        for (n, text) in texts.iter().enumerate() {
            batch.put_json("v", &format!("{:06}", chunk * 500 + n), text.as_bytes()).unwrap();
        }
        db.write(batch).unwrap();
    }
    check(&db);
    db.flush().unwrap();
    check(&db);
    db.close().unwrap();
    check(&world.open(options(None)).unwrap());
}

#[test]
fn numbers_come_back_digit_by_digit() {
    let mut texts: Vec<String> = [
        "0",
        "-0",
        "-0.0",
        "0e0",
        "0E+5",
        "1",
        "1.0",
        "1.50",
        "1e400",
        "-1e400",
        "1e-400",
        "5e-324",
        "2.2250738585072011e-308",
        "9007199254740991",
        "9007199254740992",
        "9007199254740993",
        "-9007199254740993",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "0.1",
        "0.30000000000000004",
        "1E5",
        "1e+5",
        "123456789012345678901234567890",
    ]
    .map(str::to_owned)
    .into();
    for power in 0..64 {
        let two = 1u128 << power;
        texts.extend([(two - 1).to_string(), two.to_string(), (two + 1).to_string()]);
    }
    texts.push("9".repeat(100));
    texts.push(format!("0.{}1", "0".repeat(400)));
    assert!(texts.len() >= 200);
    let seed = seed(11);
    println!("seed {seed}");
    let mut dice = Dice(seed);
    for _ in 0..10_000 {
        texts.push(match dice.below(4) {
            0 => (dice.roll() as i64).to_string(),
            1 => f64::from_bits(dice.roll()).to_string().replace("NaN", "0").replace("inf", "1e999"),
            2 => format!("{}.{:019}e{}", dice.roll(), dice.roll(), dice.below(800) as i64 - 400),
            _ => format!("[{},{{\"n\":-{}.{}}}]", dice.roll(), dice.below(10), dice.roll()),
        });
    }
    come_back(&texts);
}

#[test]
fn strings_come_back_character_by_character() {
    let naughty = [
        "",
        " ",
        "undefined",
        "null",
        "NULL",
        "(null)",
        "nil",
        "true",
        "NaN",
        "0",
        "1/0",
        "-1",
        "0x0",
        "١٢٣",
        "Ω≈ç√∫˜µ≤≥÷",
        "田中さんにあげて下さい",
        "表ポあA鷗ŒéＢ逍Üßªąñ丂㐀𠀀",
        "ʇǝɯɐ ʇᴉs ɹolop",
        "👾 🙇 💁 🙅",
        "👨‍👩‍👧‍👦",
        "🇺🇸🇷🇺",
        "\u{202e}test",
        "\u{feff}",
        "\u{fffe}",
        "\u{ffff}",
        "\u{200b}",
        "Z̮̞̠͙͔ͅḀ̗̞͈̻̗Ḷ͙͎̯̹̞͓G̻O̭̗̮",
        "<script>alert(1)</script>",
        "' OR 1=1 --",
        "$(touch x)",
        "{{7*7}}",
        "%s%n",
        "C:\\con\\con",
        "../../../etc/passwd",
        "\u{1b}[31mred",
        "a\tb\r\nc",
        "\u{7f}",
        "Power لُلُصّبُلُلصّبُررً ॣ ॣh ॣ ॣ 冗",
        "＇",
        "é",
        "e\u{301}",
        "ﬀ",
        "İ",
        "ß",
        "\u{2028}\u{2029}",
        "\u{10ffff}",
    ];
    let mut texts: Vec<String> = naughty.iter().map(|s| serde_json::to_string(s).unwrap()).collect();
    texts.extend(
        naughty.iter().map(|s| format!("{{{}:[\"{}\"]}}", serde_json::to_string(s).unwrap(), s.chars().count())),
    );
    // Spellings stay as they are.
    texts.extend(
        [r#""\u0000""#, r#""\u00e9é\/""#, r#""\ud83d\ude00😀""#, r#""\uD83D\uDE00""#, r#"{"\u0061":1,"b":2}"#]
            .map(str::to_owned),
    );
    let mut dice = Dice(seed(12));
    for _ in 0..2_000 {
        let count = dice.below(30);
        let text: String = (0..count).filter_map(|_| char::from_u32(dice.roll() as u32 % 0x11_0000)).collect();
        texts.push(serde_json::to_string(&text).unwrap());
    }
    come_back(&texts);
}

#[test]
fn ten_thousand_texts_of_invalid_utf_8_are_refused_with_one_code() {
    let (db, seed) = (database(), seed(13));
    println!("seed {seed}");
    let (before, mut dice, mut refusals) = (versions(&db), Dice(seed), 0);
    while refusals < 10_000 {
        let length = 1 + dice.below(20);
        let mut text = vec![b'"'];
        text.extend(dice.bytes(length).into_iter().map(|b| if b < 0x20 || b == b'"' || b == b'\\' { b'a' } else { b }));
        text.push(b'"');
        if std::str::from_utf8(&text).is_err() {
            let code = db.put_json("users", "k", &text, WriteOptions::default()).unwrap_err().code();
            assert_eq!(code, Code::InvalidJson, "{text:?}");
            refusals += 1;
        }
    }
    assert_eq!(versions(&db), before);
}

#[test]
fn the_largest_and_the_deepest_documents_come_back() {
    let texts = [
        format!("\"{}\"", "a".repeat((16 << 20) - 2)).into_bytes(),
        format!("[{}1]", "1,".repeat((8 << 20) - 2)).into_bytes(),
        nested("[", "]", 127),
        nested("[", "]", 128),
        nested("{\"a\":", "}", 128),
    ];
    let world = World::new(4);
    let db = world.open(options(None)).unwrap();
    for (n, text) in texts.iter().enumerate() {
        db.put_json("v", &n.to_string(), text, WriteOptions::default()).unwrap();
    }
    db.flush().unwrap();
    db.close().unwrap();
    let db = world.open(options(None)).unwrap();
    for (n, text) in texts.iter().enumerate() {
        assert!(db.get_json("v", &n.to_string()).unwrap().unwrap() == *text, "{n}");
    }
}

#[test]
fn batches_of_none_and_of_a_million() {
    let db = database();
    let before = versions(&db);
    let receipt = db.write(Batch::new()).unwrap();
    assert_eq!((receipt.count(), receipt.first_seq(), receipt.last(), receipt.timestamp()), (0, None, None, None));
    assert_eq!(versions(&db), before);
    let mut batch = Batch::new();
    for n in 0..1_000_000 {
        batch.put_json("many", &n.to_string(), b"0").unwrap();
    }
    let receipt = db.write(batch).unwrap();
    assert_eq!(receipt.count(), 1_000_000);
    assert_eq!(receipt.last_seq(), Some(before as u64 + 1_000_000));
    assert_eq!(db.get_json("many", "999999").unwrap().as_deref(), Some(&b"0"[..]));
    let half_way = db.at(format!("seq:{}", before + 500_000)).unwrap();
    assert!(half_way.get_json("many", "999999").unwrap().is_some(), "a read in the past never sees half a batch");
}

#[test]
fn a_batch_of_guards_alone_is_guarded() {
    let db = database();
    let mut batch = Batch::new();
    batch.expect("users", "alice", None).unwrap();
    refused(db.write(batch), Code::Conflict, "alice is there");
    let mut batch = Batch::new();
    batch.expect("users", "never", None).unwrap();
    assert_eq!(db.write(batch).unwrap().count(), 0);
}
