//! Dates of the Gregorian calendar as days since 1970-01-01, and back.

/// A date of the Gregorian calendar, which is also extended to the time before it was introduced.
/// The date need not exist: see [`exists`](Self::exists).
///
/// ```
/// use eventgrid_transport::date::CivilDate;
///
/// let date = CivilDate { year: 2000, month: 3, day: 1 };
/// assert_eq!(date.days_since_1970(), 11_017);
/// assert_eq!(CivilDate::from_days_since_1970(11_017), date);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "a date has three parts, and always will")]
pub struct CivilDate {
    /// The year, counted as astronomers do: the year before 1 is 0.
    pub year: i32,
    /// The month, from 1.
    pub month: i32,
    /// The day of the month, from 1.
    pub day: i32,
}

/// Days from the first of March of year 0 to 1970-01-01.
const DAYS_TO_1970: i32 = 719_468;

// Both conversions count in years that begin in March, so that the leap day is the last day of its
// year.
impl CivilDate {
    /// Days from 1970-01-01 to this date, negative before it. A day or month that is out of range
    /// runs over into the next one: January 32 is February 1.
    pub fn days_since_1970(self) -> i32 {
        let (year, month) =
            if self.month > 2 { (self.year, self.month - 3) } else { (self.year - 1, self.month + 9) };
        let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
        year * 365 + leap_days + (153 * month + 2) / 5 + self.day - 1 - DAYS_TO_1970
    }

    /// The date `days` days after 1970-01-01, or before it if `days` is negative.
    pub fn from_days_since_1970(days: i32) -> Self {
        /// The days after which the calendar repeats.
        const DAYS_OF_400_YEARS: i32 = 146_097;

        let days = days + DAYS_TO_1970;
        let day_of_era = days.rem_euclid(DAYS_OF_400_YEARS);
        let leap_days = day_of_era / 1460 - day_of_era / 36_524 + day_of_era / (DAYS_OF_400_YEARS - 1);
        let year_of_era = (day_of_era - leap_days) / 365;
        let day_of_year = day_of_era - (year_of_era * 365 + year_of_era / 4 - year_of_era / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let year = days.div_euclid(DAYS_OF_400_YEARS) * 400 + year_of_era;
        if month < 10 {
            Self { year, month: month + 3, day }
        } else {
            Self { year: year + 1, month: month - 9, day }
        }
    }

    /// Whether the calendar has this date.
    pub fn exists(self) -> bool {
        (1..=12).contains(&self.month) && (1..=self.days_of_month()).contains(&self.day)
    }

    /// How many days its month has.
    pub(super) fn days_of_month(self) -> i32 {
        let leap_year = self.year % 4 == 0 && (self.year % 100 != 0 || self.year % 400 == 0);
        match self.month {
            2 => 28 + i32::from(leap_year),
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(year: i32, month: i32, day: i32) -> CivilDate {
        CivilDate { year, month, day }
    }

    #[test]
    fn dates_that_everyone_knows() {
        for (date, days) in [
            (date(1, 1, 1), -719_162),
            (date(1969, 12, 31), -1),
            (date(1970, 1, 1), 0),
            (date(1970, 3, 1), 59),
            (date(2000, 2, 29), 11_016),
            (date(2000, 3, 1), 11_017),
            (date(9999, 12, 31), 2_932_896),
        ] {
            assert_eq!(date.days_since_1970(), days, "{date:?}");
            assert_eq!(CivilDate::from_days_since_1970(days), date);
        }
    }

    #[test]
    fn every_day_of_ten_thousand_years_has_its_own_date_and_goes_round() {
        let mut expected = date(0, 1, 1);
        let first = expected.days_since_1970();
        for days in first..=date(9999, 12, 31).days_since_1970() {
            assert_eq!(CivilDate::from_days_since_1970(days), expected);
            assert_eq!(expected.days_since_1970(), days);
            expected = day_after(expected);
        }
        assert_eq!(expected, date(10_000, 1, 1));
    }

    /// By the days that a month has, which the conversions do not count with.
    fn day_after(today: CivilDate) -> CivilDate {
        let CivilDate { year, month, day } = today;
        match (month, day) {
            (12, 31) => date(year + 1, 1, 1),
            (_, day) if day == today.days_of_month() => date(year, month + 1, 1),
            _ => date(year, month, day + 1),
        }
    }

    /// Only a date that exists comes back from the days that it counts.
    #[test]
    fn exactly_the_dates_that_are_converted_back_exist() {
        for year in -1..=401 {
            for month in 0..=13 {
                for day in 0..=32 {
                    let date = date(year, month, day);
                    let comes_back = CivilDate::from_days_since_1970(date.days_since_1970()) == date;
                    assert_eq!(date.exists(), comes_back, "{date:?}");
                }
            }
        }
    }

    #[test]
    fn a_date_that_the_calendar_lacks_does_not_exist() {
        for missing in [
            date(2023, 2, 29),
            date(1900, 2, 29),
            date(2024, 2, 30),
            date(2024, 4, 31),
            date(2024, 0, 1),
            date(2024, 13, 1),
            date(2024, 1, 0),
            date(2024, 1, 32),
            date(2024, 99, 99),
        ] {
            assert!(!missing.exists(), "{missing:?}");
        }
        assert!(date(2024, 2, 29).exists());
        assert!(date(2000, 2, 29).exists());
    }
}
