use super::{InvalidMoment, Moment, MomentProblem};
use crate::json::samples::Random;
use crate::stamp::{InvalidTime, Stamp};

fn problem(text: &str) -> MomentProblem {
    Moment::parse(text).map_err(|invalid| invalid.problem()).unwrap_err()
}

fn time(text: &str) -> (u64, bool) {
    match Moment::parse(text) {
        Ok(Moment::Time { us, whole_ms }) => (us, whole_ms),
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn versions_are_26_digits() {
    for text in ["01JD8Z3Q4R5S6T7V8W9XAYBZC0", "00000000000000000000000000", "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"] {
        assert_eq!(Moment::parse(text), Ok(Moment::Version(text.to_owned())));
        assert_eq!(Moment::parse(&text.to_lowercase()), Ok(Moment::Version(text.to_owned())));
    }
    for letter in ['I', 'L', 'O', 'U', 'i', 'l', 'o', 'u'] {
        assert_eq!(problem(&format!("01JD8Z3Q4R5S6T7V8W9XAYBZC{letter}")), MomentProblem::VersionLetter(letter));
    }
    assert_eq!(problem("8ZZZZZZZZZZZZZZZZZZZZZZZZZ"), MomentProblem::VersionTooLarge);
    for text in [
        "01JD8Z3Q4R5S6T7V8W9XAYBZC",
        "01JD8Z3Q4R5S6T7V8W9XAYBZC00",
        "01JD8Z3Q4R5S6T7V8W9XAYBZ-0",
        "01JD8Z3Q4R5S6T7V8W9XAYBZé",
    ] {
        assert_eq!(problem(text), MomentProblem::Unknown, "{text}");
    }
}

#[test]
fn a_short_time_names_its_whole_millisecond() {
    let second = 1_222_819_200_000_000;
    let table = [
        ("2008-10-01", 999, true),
        ("2008-10-01T00:00:00Z", 999, true),
        ("2008-10-01 00:00:00.0z", 999, true),
        ("2008-10-01T00:00:00.12Z", 120_999, true),
        ("2008-10-01T02:00:00.123+02:00", 123_999, true),
        ("2008-10-01T00:00:00.1230Z", 123_000, false),
        ("2008-10-01T00:00:00.123456Z", 123_456, false),
        ("2008-10-01T00:00:00.123456789Z", 123_456, false),
        ("2008-10-01T00:00:00.000000Z", 0, false),
        ("2008-09-30T23:59:60Z", 999, true),
    ];
    for (text, us, whole_ms) in table {
        assert_eq!(time(text), (second + us, whole_ms), "{text}");
    }
    assert_eq!(time("9999-12-31T23:59:59.999Z"), (253_402_300_799_999_999, true));
}

/// What the database prints is read as that very microsecond; cut to milliseconds, as that whole millisecond.
#[test]
fn printed_stamps_come_back() {
    let seed = Random::seed(51);
    let mut random = Random::new(seed);
    for _ in 0..20_000 {
        let us = random.word() % 253_402_300_800_000_000;
        let text = Stamp::from_micros(us).to_rfc3339();
        assert_eq!(time(&text), (us, false), "seed {seed}");
        let short = format!("{}Z", &text[..23]);
        assert_eq!(time(&short), (us / 1000 * 1000 + 999, true), "seed {seed}: {short}");
    }
}

#[test]
fn a_time_ago_is_a_sum_of_spans() {
    let table = [
        ("now", 0),
        ("-0s", 0),
        ("-1ms", 1_000),
        ("-10m", 600_000_000),
        ("-1h30m", 5_400_000_000),
        ("-2w1d3h4m5s6ms", ((15 * 24 + 3) * 3600 + 4 * 60 + 5) * 1_000_000 + 6_000),
        ("-5m20ms", 300_020_000),
        ("-007d", 7 * 86_400_000_000),
    ];
    for (text, us) in table {
        assert_eq!(Moment::parse(text), Ok(Moment::Ago { us }), "{text}");
    }
    for text in [
        "-", "-10", "-m", "-10m5", "-10x", "-10M", "-1y", "-1.5h", "-1h 30m", "-30m1h", "-1h1h", "--1h", "-+1h", "-1é",
        "-é", "-1hh",
    ] {
        assert_eq!(problem(text), MomentProblem::Ago, "{text}");
    }
    for text in ["-99999999999999999999s", "-18446744073709551615w", "-400000w400000d", "-18446744073709551615ms"] {
        assert_eq!(problem(text), MomentProblem::TooLongAgo, "{text}");
    }
    assert_eq!(problem("10m"), MomentProblem::MinusMissing);
    assert_eq!(problem("1h30m"), MomentProblem::MinusMissing);
}

#[test]
fn a_sequence_number_is_a_whole_number() {
    assert_eq!(Moment::parse("seq:123"), Ok(Moment::Seq(123)));
    assert_eq!(Moment::parse("seq:0"), Ok(Moment::Seq(0)));
    assert_eq!(Moment::parse("seq:18446744073709551615"), Ok(Moment::Seq(u64::MAX)));
    for text in ["seq:", "seq:-1", "seq:+1", "seq: 1", "seq:1 ", "seq:1.0", "seq:18446744073709551616", "seq:١"] {
        assert_eq!(problem(text), MomentProblem::Sequence, "{text}");
    }
}

#[test]
fn refusals_say_what_to_do() {
    let message = |text: &str| Moment::parse(text).unwrap_err().to_string();
    assert!(message("2008-10-01T00:00:00").contains("add Z"));
    assert!(message("1969-07-20").contains("history begins at 1970"));
    assert!(message("0000-01-01T00:00:00Z").contains("history begins at 1970"));
    assert!(message("2009-02-29").contains("no such day"));
    assert!(message("10m").contains("minus"));
    assert!(message("yesterday").starts_with("\"yesterday\" is not a moment: use a version id"));
    assert!(message(&"x".repeat(1_000_000)).len() < 300);
    assert_eq!(problem("2008-13"), MomentProblem::Time(InvalidTime::NotATime));
    for text in ["", " ", "Now", "NOW", "SEQ:1", "0", "v1", "2008", "é", "\u{0}", " now"] {
        assert_eq!(problem(text), MomentProblem::Unknown, "{text:?}");
    }
}

#[test]
fn random_texts_never_panic() {
    let seed = Random::seed(52);
    let mut random = Random::new(seed);
    let parts = [
        "-",
        "1",
        "9",
        "0",
        "h",
        "m",
        "s",
        "T",
        ":",
        "Z",
        ".",
        "+",
        " ",
        "é",
        "2008-10-01",
        "T00:00:00",
        "seq:",
        "now",
        "99999999999",
        "A",
    ];
    let mut read = 0;
    for _ in 0..200_000 {
        let text: String = (0..random.below(8)).map(|_| random.pick(&parts)).collect();
        let result: Result<Moment, InvalidMoment> = Moment::parse(&text);
        read += usize::from(result.is_ok());
        if let Err(invalid) = result {
            assert!(invalid.to_string().contains("is not a moment"), "seed {seed}: {text}");
        }
    }
    assert!(read > 100, "only {read} texts were moments");
}
