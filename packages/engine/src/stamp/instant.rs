//! Reading dates and RFC 3339 times.

use std::fmt;

use super::civil::{DAY_US, Date};

/// The end of the year 9999, the last that four digits can name.
pub(crate) const LAST_MICROSECOND: u64 = 253_402_300_799_999_999;

const SECOND_US: u64 = 1_000_000;

/// An instant as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Instant {
    /// Microseconds since 1970; what is finer is cut off.
    pub(crate) us: u64,
    /// How many digits of fraction were written.
    pub(crate) fraction_digits: usize,
}

/// Why a text is not a time that the database knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidTime {
    /// It does not look like a date or a time.
    NotATime,
    /// The calendar has no such day, or the day no such hour, minute or second.
    NoSuchTime,
    /// A time without `Z` or an offset.
    OffsetMissing,
    /// More than nine digits of fraction, or a point without any.
    BadFraction,
    /// Before 1970.
    BeforeHistory,
    /// After the year 9999.
    TooFarAway,
}

impl fmt::Display for InvalidTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotATime => "a time is written like 2026-11-22T21:58:56Z",
            Self::NoSuchTime => "there is no such day or time of day",
            Self::OffsetMissing => "the time has no offset: add Z for UTC, or an offset such as +02:00",
            Self::BadFraction => "a fraction of a second has one to nine digits",
            Self::BeforeHistory => "history begins at 1970-01-01T00:00:00Z",
            Self::TooFarAway => "the last year is 9999",
        })
    }
}

impl std::error::Error for InvalidTime {}

impl Instant {
    /// Reads `2008-10-01`, or a date, `T` or a space, a time of day, and `Z` or an offset.
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidTime> {
        let mut reader = Reader { rest: text.as_bytes() };
        let date = reader.date()?;
        if reader.rest.is_empty() {
            return instant(date, 0, 0, 0);
        }
        if !reader.take_any(b"Tt ") {
            return Err(InvalidTime::NotATime);
        }
        let second = reader.time_of_day()?;
        let (fraction_us, fraction_digits) = reader.fraction()?;
        let offset = reader.offset()?;
        if second.is_leap && (second.in_day - offset).rem_euclid(86_400) != 0 {
            // A leap second is only ever the last of a day in UTC; counted as :60 it is the next day's first.
            return Err(InvalidTime::NoSuchTime);
        }
        instant(date, second.in_day - offset, fraction_us, fraction_digits)
    }
}

/// `seconds` are counted from the beginning of the date and may lie outside it.
fn instant(date: Date, seconds: i64, fraction_us: u64, fraction_digits: usize) -> Result<Instant, InvalidTime> {
    let day_seconds = (DAY_US / SECOND_US) as i64;
    let seconds = date.days() * day_seconds + seconds;
    let seconds = u64::try_from(seconds).map_err(|_| InvalidTime::BeforeHistory)?;
    let us = seconds * SECOND_US + fraction_us;
    if us > LAST_MICROSECOND {
        return Err(InvalidTime::TooFarAway);
    }
    Ok(Instant { us, fraction_digits })
}

struct Second {
    in_day: i64,
    is_leap: bool,
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn date(&mut self) -> Result<Date, InvalidTime> {
        let year = i64::from(self.number(4)?);
        self.expect(b'-')?;
        let month = self.number(2)?;
        self.expect(b'-')?;
        let date = Date { year, month, day: self.number(2)? };
        if date.exists() { Ok(date) } else { Err(InvalidTime::NoSuchTime) }
    }

    fn time_of_day(&mut self) -> Result<Second, InvalidTime> {
        let hour = self.number(2)?;
        self.expect(b':')?;
        let minute = self.number(2)?;
        self.expect(b':')?;
        let second = self.number(2)?;
        if hour > 23 || minute > 59 || second > 60 {
            return Err(InvalidTime::NoSuchTime);
        }
        let in_day = i64::from(hour * 3600 + minute * 60 + second);
        Ok(Second { in_day, is_leap: second == 60 })
    }

    /// The fraction in microseconds, and how many digits it has.
    fn fraction(&mut self) -> Result<(u64, usize), InvalidTime> {
        if !self.take_any(b".") {
            return Ok((0, 0));
        }
        let count = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if count == 0 || count > 9 {
            return Err(InvalidTime::BadFraction);
        }
        let kept = count.min(6);
        let mut us = u64::from(self.number(kept)?);
        for _ in kept..6 {
            us *= 10;
        }
        self.rest = &self.rest[count - kept..];
        Ok((us, count))
    }

    /// Seconds east of UTC. Nothing may follow.
    fn offset(&mut self) -> Result<i64, InvalidTime> {
        let seconds = match self.rest {
            [] => return Err(InvalidTime::OffsetMissing),
            [b'Z' | b'z', rest @ ..] => {
                self.rest = rest;
                0
            }
            [sign @ (b'+' | b'-'), rest @ ..] => {
                self.rest = rest;
                let hours = self.number(2)?;
                self.expect(b':')?;
                let minutes = self.number(2)?;
                if hours > 23 || minutes > 59 {
                    return Err(InvalidTime::NoSuchTime);
                }
                let seconds = i64::from(hours * 3600 + minutes * 60);
                if *sign == b'-' { -seconds } else { seconds }
            }
            _ => return Err(InvalidTime::NotATime),
        };
        if self.rest.is_empty() { Ok(seconds) } else { Err(InvalidTime::NotATime) }
    }

    /// Exactly `count` digits, at most nine.
    fn number(&mut self, count: usize) -> Result<u32, InvalidTime> {
        let (digits, rest) = self.rest.split_at_checked(count).ok_or(InvalidTime::NotATime)?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(InvalidTime::NotATime);
        }
        self.rest = rest;
        Ok(digits.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0')))
    }

    fn expect(&mut self, byte: u8) -> Result<(), InvalidTime> {
        if self.take_any(&[byte]) { Ok(()) } else { Err(InvalidTime::NotATime) }
    }

    fn take_any(&mut self, bytes: &[u8]) -> bool {
        match self.rest {
            [first, rest @ ..] if bytes.contains(first) => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }
}
