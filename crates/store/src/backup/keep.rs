//! Which generations stay.

use std::collections::HashSet;

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// How many days and weeks back there is a backup. Counted are days and weeks that *have* one, so that neither a
/// holiday nor a clock that went wrong for a day takes the older ones away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    pub daily: u32,
    pub weekly: u32,
}

impl Default for Keep {
    fn default() -> Self {
        Keep { daily: 7, weekly: 4 }
    }
}

impl Keep {
    /// The ids that go. `made` is the backup just made: it stays whatever its clock said, as do all of the newest day.
    pub(super) fn superseded<'b>(self, backups: &[(&'b str, Timestamp)], made: &str) -> Vec<&'b str> {
        let mut newest_first = backups.to_vec();
        newest_first.sort_by(|a, b| (b.1, b.0).cmp(&(a.1, a.0)));
        let (mut days, mut weeks) = (HashSet::new(), HashSet::new());
        let mut newest_day = None;
        let mut gone = Vec::new();
        for (id, at) in newest_first {
            let date = TimeZone::UTC.to_datetime(at).date();
            let week = date.iso_week_date();
            let is_of_newest_day = *newest_day.get_or_insert(date) == date;
            let is_new_day = days.len() < self.daily as usize && days.insert(date);
            let is_new_week = weeks.len() < self.weekly as usize && weeks.insert((week.year(), week.week()));
            if !(is_of_newest_day || is_new_day || is_new_week || id == made) {
                gone.push(id);
            }
        }
        gone
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(keep: Keep, times: &[&str], made: &str) -> Vec<String> {
        let backups: Vec<(&str, Timestamp)> = times
            .iter()
            .map(|time| (*time, format!("{time}:00Z").parse().unwrap()))
            .collect();
        let gone = keep.superseded(&backups, made);
        let left = times.iter().filter(|time| !gone.contains(time));
        left.map(|time| (*time).to_owned()).collect()
    }

    #[test]
    fn all_of_today_one_of_each_earlier_day_one_of_each_earlier_week() {
        let keep = Keep { daily: 2, weekly: 3 };
        // 2 March 2026 is a Monday.
        let times = [
            "2026-02-16T09:00",
            "2026-02-17T09:00",
            "2026-02-24T09:00",
            "2026-02-25T09:00",
            "2026-03-02T09:00",
            "2026-03-03T09:00",
            "2026-03-03T17:00",
            "2026-03-04T09:00",
            "2026-03-04T13:00",
        ];
        assert_eq!(
            left(keep, &times, "2026-03-04T13:00"),
            [
                "2026-02-17T09:00", // third week back
                "2026-02-25T09:00", // second week back
                "2026-03-03T17:00", // yesterday's last
                "2026-03-04T09:00",
                "2026-03-04T13:00",
            ]
        );
    }

    #[test]
    fn a_clock_that_is_years_wrong_takes_nothing_away_that_it_should_not() {
        let keep = Keep { daily: 2, weekly: 1 };
        let times = ["2026-03-02T09:00", "2026-03-03T09:00", "2001-01-01T00:00"];
        assert_eq!(left(keep, &times, "2001-01-01T00:00"), times);
    }
}
