//! The time zone of a browser: its offsets from UTC around now, so that server and browser write the same times
//! without a database of time zones. The browser works it out and keeps it in a cookie for the next page.

use muster_domain::{
    Timestamp,
    time::{DAY, MINUTE},
};

/// The name of the cookie.
pub const COOKIE: &str = "muster_zone";
/// Changes of the offset that are kept at most: summer time of two years and more.
const MOST: usize = 16;
/// UTC+14 is the greatest offset in use, UTC-12 the smallest.
const OFFSETS: std::ops::RangeInclusive<i32> = -12 * 60..=14 * 60;

/// Offsets from UTC in minutes, each from a moment on. Without any it is UTC.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Zone {
    first: i32,
    changes: Vec<(i64, i32)>,
}

impl Zone {
    /// Reads `first.offset_minute.offset_minute…`: offsets in minutes east of UTC, each from a minute since the
    /// epoch on. Anything else is nobody's zone.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let offset = |text: &str| text.parse().ok().filter(|o| OFFSETS.contains(o));
        let mut parts = text.split('.');
        let first = offset(parts.next()?)?;
        let mut changes = Vec::new();
        for part in parts {
            let (to, from) = part.split_once('_')?;
            changes.push((from.parse().ok()?, offset(to)?));
        }
        let sorted = changes.windows(2).all(|pair| pair[0].0 < pair[1].0);
        (sorted && changes.len() <= MOST).then_some(Self { first, changes })
    }

    /// As [`Self::parse`] reads it.
    #[must_use]
    pub fn text(&self) -> String {
        let changes = self.changes.iter().map(|(from, to)| format!(".{to}_{from}"));
        format!("{}{}", self.first, changes.collect::<String>())
    }

    /// The moment as a clock on the wall shows it: taken apart "in UTC" it gives the local day and time.
    #[must_use]
    pub fn local(&self, at: Timestamp) -> Timestamp {
        let minute = at.0.div_euclid(MINUTE);
        let last = self.changes.iter().rev().find(|(from, _)| *from <= minute);
        at.plus(i64::from(last.map_or(self.first, |(_, to)| *to)) * MINUTE)
    }

    /// The beginning of a day that is written as `2026-11-26`, or of one so many days later.
    #[must_use]
    pub fn day(&self, text: &str, later: i64) -> Option<Timestamp> {
        let mut parts = text.split('-').map(|part| part.parse().ok());
        let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
        let wall = Timestamp::of_day(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?)?;
        parts.next().is_none().then(|| self.begin_of(wall.0.div_euclid(DAY) + later))
    }

    /// When a day begins: the first moment at which a clock on the wall shows it. The day is counted from 1 January 1970.
    #[must_use]
    pub fn begin_of(&self, day: i64) -> Timestamp {
        let wall = day.saturating_mul(DAY);
        let shows = |at: Timestamp| self.local(at).0 >= wall;
        let offsets = std::iter::once(self.first).chain(self.changes.iter().map(|(_, to)| *to));
        let by_clock = offsets.map(|minutes| Timestamp(wall).plus(-i64::from(minutes) * MINUTE));
        // Where the clock is turned past midnight, the day begins at that moment.
        let turned = self.changes.iter().map(|(from, _)| Timestamp(from.saturating_mul(MINUTE)));
        let begins = |at: &Timestamp| shows(*at) && !shows(at.plus(-1));
        by_clock.chain(turned).filter(begins).min().unwrap_or(Timestamp(wall))
    }

    /// The beginnings of the last so many days, the one that `now` lies in the last of them, and its end.
    #[must_use]
    pub fn days(&self, now: Timestamp, days: u32) -> Vec<Timestamp> {
        let today = self.local(now).0.div_euclid(DAY);
        (today + 1 - i64::from(days)..=today + 1).map(|day| self.begin_of(day)).collect()
    }

    /// Looks for changes of `offset`, which answers minutes east of UTC for a minute since the epoch, between two
    /// minutes.
    #[must_use]
    pub fn sample(begin: i64, end: i64, offset: impl Fn(i64) -> i32) -> Self {
        const STEP: i64 = 7 * 24 * 60;
        let (mut at, mut now) = (begin, offset(begin));
        let mut zone = Self { first: now, changes: Vec::new() };
        while at < end && zone.changes.len() < MOST {
            let next = (at + STEP).min(end);
            let then = offset(next);
            if then != now {
                let (mut before, mut after) = (at, next);
                while after - before > 1 {
                    let middle = before + (after - before) / 2;
                    if offset(middle) == now { before = middle } else { after = middle }
                }
                zone.changes.push((after, then));
            }
            (at, now) = (next, then);
        }
        zone
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_domain::time::SECOND;

    /// Minutes at which Berlin turns its clocks: 2026-03-29 and 2026-10-25, 01:00 UTC.
    const SPRING: i64 = 29_579_100;
    const AUTUMN: i64 = 29_881_500;

    fn berlin(minute: i64) -> i32 {
        if (SPRING..AUTUMN).contains(&minute) { 120 } else { 60 }
    }

    #[test]
    fn changes_of_the_clock_are_found_to_the_minute() {
        let zone = Zone::sample(SPRING - 100_000, AUTUMN + 100_000, berlin);
        assert_eq!(zone.text(), format!("60.120_{SPRING}.60_{AUTUMN}"));
        let at = |minute: i64| zone.local(Timestamp(minute * MINUTE)).civil();
        assert_eq!((at(SPRING - 1).hour, at(SPRING).hour), (1, 3));
        assert_eq!((at(AUTUMN - 1).hour, at(AUTUMN).hour), (2, 2));
    }

    #[test]
    fn a_day_begins_at_midnight_of_the_zone_also_when_the_clock_is_turned() {
        let zone = Zone::sample(SPRING - 100_000, AUTUMN + 100_000, berlin);
        for (day, begins) in [
            ("2026-03-29", "2026-03-28T23:00:00Z"),
            ("2026-03-30", "2026-03-29T22:00:00Z"),
            ("2026-10-25", "2026-10-24T22:00:00Z"),
            ("2026-10-26", "2026-10-25T23:00:00Z"),
        ] {
            assert_eq!(zone.day(day, 0).unwrap().rfc3339(), begins);
        }
        assert_eq!(zone.day("2026-10-24", 2), zone.day("2026-10-26", 0));
        for wrong in ["", "2026-10", "2026-13-01", "2026-02-30", "2026-10-25-1", "25.10.2026", "-1-01-01"] {
            assert_eq!(zone.day(wrong, 0), None, "{wrong}");
        }
    }

    #[test]
    fn days_begin_at_midnight_of_the_wall_also_when_the_clock_is_turned() {
        let zone = Zone::sample(SPRING - 100_000, AUTUMN + 100_000, berlin);
        let at = |minute: i64| Timestamp(minute * MINUTE);
        // 30 March, a day after the clocks were turned at 01:00 UTC.
        let days = zone.days(at(SPRING + 24 * 60), 3);
        let midnight = SPRING - 2 * 60;
        assert_eq!(days, [-24 * 60, 0, 23 * 60, 47 * 60].map(|m| at(midnight + m)));
        let days = zone.days(at(AUTUMN), 1);
        assert_eq!(days[1].since(days[0]), 25 * 60 * MINUTE);
        assert_eq!(Zone::default().days(Timestamp(5 * DAY + 7), 2), [4, 5, 6].map(|d| Timestamp(d * DAY)));
        // In Beirut summer begins at midnight: the day has no 00:00.
        let turned = 30_000 * 24 * 60 - 2 * 60;
        let beirut = Zone::sample(turned - 20_000, turned + 20_000, |m| if m < turned { 120 } else { 180 });
        assert_eq!(beirut.begin_of(30_000), at(turned));
        assert_eq!(beirut.begin_of(30_001), at(turned + 23 * 60));
    }

    #[test]
    fn a_zone_is_read_back_and_nonsense_is_refused() {
        for text in ["0", "330", "-210", "60.120_29579100.60_29881500"] {
            assert_eq!(Zone::parse(text).map(|z| z.text()).as_deref(), Some(text));
        }
        for text in ["", "x", "900", "-721", "60.", "60.120", "60.120_x", "60.120_5.60_5", "60;x=1", "1e2"] {
            assert_eq!(Zone::parse(text), None, "{text}");
        }
        assert_eq!(Zone::parse(&format!("0{}", ".1_1".repeat(20))), None);
    }

    #[test]
    fn without_a_cookie_it_is_utc() {
        let at = Timestamp(1_795_497_120 * SECOND);
        assert_eq!(Zone::default().local(at), at);
    }
}
