//! An instant: microseconds since the beginning of 1970, as every version carries it.

mod civil;
mod instant;

#[cfg(test)]
mod tests;

use std::fmt;

pub use instant::InvalidTime;
pub(crate) use instant::{Instant, LAST_MICROSECOND};

/// Microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Stamp(u64);

impl Stamp {
    /// The beginning of 1970.
    pub const EPOCH: Self = Self(0);

    /// The stamp that lies `us` microseconds after the beginning of 1970.
    pub const fn from_micros(us: u64) -> Self {
        Self(us)
    }

    /// Microseconds since the beginning of 1970.
    pub const fn micros(self) -> u64 {
        self.0
    }

    /// Reads a date or an RFC 3339 time as the very instant it names: `2008-10-01` is that day's first microsecond.
    /// Digits beyond microseconds are cut off.
    ///
    /// This is for data that carries its own stamps. A moment that a person asks for is a
    /// [`Moment`](crate::moment::Moment), which reads `12:00:00` as that whole millisecond.
    pub fn parse_exact(text: &str) -> Result<Self, InvalidTime> {
        Instant::parse(text).map(|instant| Self(instant.us))
    }

    /// The stamp in RFC 3339, in UTC, always with six digits of fraction.
    pub fn to_rfc3339(self) -> String {
        self.to_string()
    }

    /// Appends what [`Stamp::to_rfc3339`] answers: 27 bytes up to the year 9999, more digits of year beyond.
    pub fn write_to(self, out: &mut Vec<u8>) {
        let (days, in_day) = (self.0 / civil::DAY_US, self.0 % civil::DAY_US);
        let date = civil::Date::from_days(days as i64);
        let (second, fraction) = (in_day / 1_000_000, (in_day % 1_000_000) as u32);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);

        let mut text = *b"0000-00-00T00:00:00.000000Z";
        digits(&mut text[5..7], date.month);
        digits(&mut text[8..10], date.day);
        digits(&mut text[11..13], hour as u32);
        digits(&mut text[14..16], minute as u32);
        digits(&mut text[17..19], second as u32);
        digits(&mut text[20..26], fraction);
        if date.year <= 9999 {
            digits(&mut text[..4], date.year as u32);
            out.extend_from_slice(&text);
        } else {
            out.extend_from_slice(date.year.to_string().as_bytes());
            out.extend_from_slice(&text[4..]);
        }
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Vec::with_capacity(32);
        self.write_to(&mut text);
        f.pad(&String::from_utf8_lossy(&text))
    }
}

/// Fills `place` with the decimal digits of `number`.
fn digits(place: &mut [u8], mut number: u32) {
    for digit in place.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}
