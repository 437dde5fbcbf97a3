use super::civil::Date;
use super::{InvalidTime, LAST_MICROSECOND, Stamp};
use crate::json::samples::Random;

const DAY: u64 = 86_400_000_000;

#[test]
fn stamps_are_written_and_read_back() {
    let table = [
        (0, "1970-01-01T00:00:00.000000Z"),
        (1, "1970-01-01T00:00:00.000001Z"),
        (951_782_399_999_999, "2000-02-28T23:59:59.999999Z"),
        (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
        (951_868_800_000_000, "2000-03-01T00:00:00.000000Z"),
        (1_077_926_400_000_000, "2004-02-28T00:00:00.000000Z"),
        (1_222_819_200_000_000, "2008-10-01T00:00:00.000000Z"),
        (1_709_208_000_123_456, "2024-02-29T12:00:00.123456Z"),
        (2_147_483_647_000_000, "2038-01-19T03:14:07.000000Z"),
        (2_147_483_648_000_000, "2038-01-19T03:14:08.000000Z"),
        (4_107_542_399_999_999, "2100-02-28T23:59:59.999999Z"),
        (4_107_542_400_000_000, "2100-03-01T00:00:00.000000Z"),
        (LAST_MICROSECOND, "9999-12-31T23:59:59.999999Z"),
    ];
    for (us, text) in table {
        let stamp = Stamp::from_micros(us);
        assert_eq!(stamp.to_rfc3339(), text);
        assert_eq!(format!("{stamp:>30}"), format!("   {text}"));
        assert_eq!(Stamp::parse_exact(text), Ok(stamp));
        let mut out = b"x".to_vec();
        stamp.write_to(&mut out);
        assert_eq!(out[1..], *text.as_bytes());
    }
    assert_eq!(Stamp::from_micros(LAST_MICROSECOND + 1).to_string(), "10000-01-01T00:00:00.000000Z");
    assert_eq!(Stamp::from_micros(u64::MAX).to_string(), "586524-01-19T08:01:49.551615Z");
}

#[test]
fn random_stamps_come_back() {
    let seed = Random::seed(41);
    let mut random = Random::new(seed);
    for _ in 0..50_000 {
        let stamp = Stamp::from_micros(random.word() % (LAST_MICROSECOND + 1));
        assert_eq!(Stamp::parse_exact(&stamp.to_rfc3339()), Ok(stamp), "seed {seed}: {stamp}");
    }
}

#[test]
fn the_order_of_stamps_is_that_of_their_texts() {
    let seed = Random::seed(42);
    let mut random = Random::new(seed);
    for _ in 0..10_000 {
        let a = Stamp::from_micros(random.word() % (LAST_MICROSECOND + 1));
        let b = Stamp::from_micros(random.word() % (LAST_MICROSECOND + 1));
        assert_eq!(a.cmp(&b), a.to_rfc3339().cmp(&b.to_rfc3339()), "seed {seed}: {a} {b}");
    }
}

/// Every day of four centuries and the ends of the calendar, counted by hand.
#[test]
fn the_calendar_counts_every_day() {
    let lengths = |year: i64| {
        let leap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);
        [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    };
    let mut days = 0;
    for year in 1970..2400 {
        for (month, length) in (1..).zip(lengths(year)) {
            for day in 1..=length {
                let date = Date { year, month, day };
                assert!(date.exists());
                assert_eq!((date.days(), Date::from_days(days)), (days, date));
                days += 1;
            }
            assert!(!Date { year, month, day: length + 1 }.exists());
        }
    }
    assert_eq!(Date { year: 0, month: 1, day: 1 }.days(), -719_528);
    assert_eq!(Date { year: 9999, month: 12, day: 31 }.days(), 2_932_896);
    for days in [-719_528, -1, -25_567, 2_932_896] {
        assert_eq!(Date::from_days(days).days(), days);
    }
}

#[test]
fn times_are_read_exactly() {
    let table = [
        ("1970-01-01", 0),
        ("2008-10-01", 1_222_819_200_000_000),
        ("2008-10-01T00:00:00Z", 1_222_819_200_000_000),
        ("2008-10-01t00:00:00z", 1_222_819_200_000_000),
        ("2008-10-01 00:00:00Z", 1_222_819_200_000_000),
        ("2008-10-01T00:00:00-00:00", 1_222_819_200_000_000),
        ("2008-10-01T02:30:00+02:30", 1_222_819_200_000_000),
        ("2008-09-30T16:00:00-08:00", 1_222_819_200_000_000),
        ("2008-10-01T00:00:00.1Z", 1_222_819_200_100_000),
        ("2008-10-01T00:00:00.000001Z", 1_222_819_200_000_001),
        ("2008-10-01T00:00:00.000001999Z", 1_222_819_200_000_001),
        ("2008-10-01T00:00:00.1234567+00:00", 1_222_819_200_123_456),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000_000),
        ("2016-12-31T23:59:60.5Z", 1_483_228_800_500_000),
        ("1990-12-31T15:59:60-08:00", 662_688_000_000_000),
        ("2017-01-01T05:29:60+05:30", 1_483_228_800_000_000),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1969-12-31T23:00:00-01:00", 0),
        ("9999-12-31T23:59:59.999999999Z", LAST_MICROSECOND),
    ];
    for (text, us) in table {
        assert_eq!(Stamp::parse_exact(text), Ok(Stamp::from_micros(us)), "{text}");
    }
    assert_eq!(Stamp::parse_exact("2008-10-02").unwrap().micros() - 1_222_819_200_000_000, DAY);
}

#[test]
fn other_texts_are_refused_with_their_reason() {
    let table: &[(InvalidTime, &[&str])] = &[
        (
            InvalidTime::NotATime,
            &[
                "",
                "2008",
                "2008-10",
                "2008-1-1",
                "08-10-01",
                "20081001",
                "2008-10-01T",
                "2008-10-01T00",
                "2008-10-01T00:00Z",
                "2008-10-01T00:00:0Z",
                "2008-10-01X00:00:00Z",
                "2008-10-01T00:00:00ZZ",
                "2008-10-01T00:00:00Z ",
                " 2008-10-01",
                "2008-10-01T00:00:00+0100",
                "2008-10-01T00:00:00+01",
                "2008-10-01T00:00:00+01:000",
                "2008-10-01T00:00:00,5Z",
                "２００８-10-01",
                "2008-10-0é",
                "+2008-10-01",
                "-2008-10-01",
                "2008/10/01",
                "2008-10-01T00:00:00 UTC",
                "10000-01-01",
                "2008-10-01T-1:00:00Z",
                "2008-10-01  00:00:00Z",
            ],
        ),
        (
            InvalidTime::NoSuchTime,
            &[
                "2008-00-01",
                "2008-13-01",
                "2008-10-00",
                "2008-10-32",
                "2009-02-29",
                "1900-02-29",
                "2100-02-29",
                "2008-04-31",
                "2008-10-01T24:00:00Z",
                "2008-10-01T00:60:00Z",
                "2008-10-01T00:00:61Z",
                "2008-10-01T12:34:60Z",
                "2008-10-01T23:59:60+01:00",
                "2008-10-01T00:00:00+24:00",
                "2008-10-01T00:00:00+01:60",
            ],
        ),
        (InvalidTime::OffsetMissing, &["2008-10-01T00:00:00", "2008-10-01 00:00:00.5"]),
        (InvalidTime::BadFraction, &["2008-10-01T00:00:00.Z", "2008-10-01T00:00:00.0123456789Z"]),
        (
            InvalidTime::BeforeHistory,
            &["1969-12-31", "0000-01-01", "1969-12-31T23:59:59.999999Z", "1970-01-01T00:00:00+00:01"],
        ),
        (InvalidTime::TooFarAway, &["9999-12-31T23:59:59-00:01", "9999-12-31T23:59:60Z"]),
    ];
    for (reason, texts) in table {
        for text in *texts {
            assert_eq!(Stamp::parse_exact(text), Err(*reason), "{text:?}");
        }
    }
}
