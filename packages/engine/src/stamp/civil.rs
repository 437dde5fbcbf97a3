//! Days and dates of the proleptic Gregorian calendar, after Howard Hinnant, "chrono-Compatible Low-Level Date
//! Algorithms" (`days_from_civil` and `civil_from_days`). A year begins in March there, so that the leap day is its
//! last, and 400 years are one era of 146,097 days.

/// Microseconds in a day.
pub(super) const DAY_US: u64 = 86_400_000_000;

const ERA_DAYS: i64 = 146_097;

/// Days from 0000-03-01 to 1970-01-01.
const EPOCH_DAYS: i64 = 719_468;

/// A calendar date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Date {
    pub(super) year: i64,
    pub(super) month: u32,
    pub(super) day: u32,
}

impl Date {
    /// The date that lies `days` after 1970-01-01.
    pub(super) fn from_days(days: i64) -> Self {
        let days = days + EPOCH_DAYS;
        let era = days.div_euclid(ERA_DAYS);
        let in_era = days.rem_euclid(ERA_DAYS);
        let year_in_era = (in_era - in_era / 1460 + in_era / 36_524 - in_era / 146_096) / 365;
        let in_year = in_era - (365 * year_in_era + year_in_era / 4 - year_in_era / 100);
        let month_from_march = (5 * in_year + 2) / 153;
        let day = in_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = year_in_era + era * 400 + i64::from(month <= 2);
        Self { year, month: month as u32, day: day as u32 }
    }

    /// Days since 1970-01-01, negative before. The date must exist.
    pub(super) fn days(self) -> i64 {
        let year = self.year - i64::from(self.month <= 2);
        let era = year.div_euclid(400);
        let year_in_era = year.rem_euclid(400);
        let month_from_march = (i64::from(self.month) + 9) % 12;
        let in_year = (153 * month_from_march + 2) / 5 + i64::from(self.day) - 1;
        let in_era = year_in_era * 365 + year_in_era / 4 - year_in_era / 100 + in_year;
        era * ERA_DAYS + in_era - EPOCH_DAYS
    }

    /// Whether the calendar has this date.
    pub(super) fn exists(self) -> bool {
        (1..=12).contains(&self.month) && (1..=month_days(self.year, self.month)).contains(&self.day)
    }
}

fn month_days(year: i64, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}
