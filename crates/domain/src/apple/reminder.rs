//! When owners are told that the APNs certificate ends.

use crate::{Timestamp, time::DAY};

/// Days before the end on which owners are told; 0 stands for its end.
pub const DAYS: [u32; 6] = [60, 30, 14, 7, 1, 0];
/// So many days are left when it is time to renew.
pub const WARNING: i64 = 30;
/// So many days are left when it is high time.
pub const CRITICAL: i64 = 7;

/// What is due to be told at `now` of a certificate that ends then: the least of [`DAYS`] that is reached.
#[must_use]
pub fn due(not_after: Timestamp, now: Timestamp) -> Option<u32> {
    let left = not_after.since(now);
    let reached = |days: &&u32| if **days == 0 { left < 0 } else { left <= i64::from(**days) * DAY };
    DAYS.iter().rev().find(reached).copied()
}

/// How grave it is that so many days are left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// There is time.
    Calm,
    /// It is to be renewed.
    Warning,
    /// It is to be renewed now, or has ended.
    Critical,
}

/// How grave it is that so many days are left.
#[must_use]
pub fn urgency(days_left: i64) -> Urgency {
    if days_left <= CRITICAL {
        Urgency::Critical
    } else if days_left <= WARNING {
        Urgency::Warning
    } else {
        Urgency::Calm
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reminder_is_due_from_its_day_to_the_next_ones() {
        let end = Timestamp(1000 * DAY);
        let at = |left: i64| due(end, end.plus(-left));
        for (left, days) in [
            (61 * DAY, None),
            (60 * DAY + 1, None),
            (60 * DAY, Some(60)),
            (30 * DAY + 1, Some(60)),
            (30 * DAY, Some(30)),
            (14 * DAY, Some(14)),
            (7 * DAY, Some(7)),
            (2 * DAY, Some(7)),
            (DAY, Some(1)),
            (0, Some(1)),
            (-1, Some(0)),
            (-400 * DAY, Some(0)),
        ] {
            assert_eq!(at(left), days, "{left}");
        }
    }

    #[test]
    fn it_is_urgent_by_the_days_that_are_left() {
        assert_eq!(urgency(31), Urgency::Calm);
        assert_eq!(urgency(30), Urgency::Warning);
        assert_eq!(urgency(8), Urgency::Warning);
        assert_eq!(urgency(7), Urgency::Critical);
        assert_eq!(urgency(-1), Urgency::Critical);
    }
}
