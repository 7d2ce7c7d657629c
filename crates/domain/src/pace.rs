//! How fast a limit lets mail pass: when all that waits will be through.

use crate::{
    Timestamp,
    settings::Settings,
    time::{DAY, MINUTE},
};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// A day in minutes: as long as the window of the daily limit.
const WINDOW: usize = 24 * 60;
/// What takes longer than a year is not worked out further.
const LONGEST: u32 = 366 * 24 * 60;

/// What a workspace lets pass; 0 for no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Messages a minute.
    pub per_minute: u32,
    /// Messages in 24 hours.
    pub per_day: u32,
}

impl Limits {
    /// Those of a workspace.
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        Self { per_minute: settings.mail_per_minute, per_day: settings.mail_per_day }
    }

    /// Whether there is any.
    #[must_use]
    pub fn any(self) -> bool {
        self.per_minute > 0 || self.per_day > 0
    }
}

/// When all that waits will be through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Through {
    /// The moment.
    pub at: Timestamp,
    /// Minutes until then, seen from the server's clock.
    pub minutes: u32,
}

/// When `queued` messages will be through, with `sent` messages by the minute (since the epoch) in the last 24 hours.
///
/// It walks minute by minute, as the outbox does: in each, no more than a minute allows and no more than the last 24
/// hours have left over. Nobody waits where nothing waits or nothing is limited: `None`.
#[must_use]
pub fn through(now: Timestamp, queued: u64, limits: Limits, sent: &[(i64, u64)]) -> Option<Through> {
    if queued == 0 || !limits.any() {
        return None;
    }
    let this_minute = now.0.div_euclid(MINUTE);
    let first = this_minute - WINDOW as i64 + 1;
    let mut window: VecDeque<u64> = VecDeque::from(vec![0; WINDOW]);
    for (minute, count) in sent {
        if let Some(slot) = usize::try_from(minute - first).ok().and_then(|i| window.get_mut(i)) {
            *slot += count;
        }
    }
    let mut in_window: u64 = window.iter().sum();
    let mut left = queued;
    let mut minutes = 0;
    loop {
        let today = allowance(limits.per_day, in_window);
        let here = window.back().copied().unwrap_or(0);
        let pass = left.min(allowance(limits.per_minute, here)).min(today);
        left -= pass;
        in_window += pass;
        if let Some(last) = window.back_mut() {
            *last += pass;
        }
        if left == 0 || minutes == LONGEST {
            return Some(Through { at: now.plus(i64::from(minutes) * MINUTE), minutes });
        }
        minutes += 1;
        in_window -= window.pop_front().unwrap_or(0);
        window.push_back(0);
    }
}

/// What a limit still lets pass; everything if there is none.
#[must_use]
pub fn allowance(limit: u32, used: u64) -> u64 {
    if limit == 0 { u64::MAX } else { u64::from(limit).saturating_sub(used) }
}

/// The beginning of the window that [`through`] looks at.
#[must_use]
pub fn window_start(now: Timestamp) -> Timestamp {
    now.plus(-DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(29_925_000 * MINUTE);
    const MINUTE_NOW: i64 = 29_925_000;

    fn minutes(queued: u64, per_minute: u32, per_day: u32, sent: &[(i64, u64)]) -> Option<u32> {
        through(NOW, queued, Limits { per_minute, per_day }, sent).map(|t| t.minutes)
    }

    #[test]
    fn without_a_limit_or_without_a_queue_nobody_waits() {
        assert_eq!(minutes(5000, 0, 0, &[]), None);
        assert_eq!(minutes(0, 30, 10_000, &[]), None);
    }

    #[test]
    fn a_limit_a_minute_takes_a_minute_for_each_share() {
        assert_eq!(minutes(30, 30, 0, &[]), Some(0));
        assert_eq!(minutes(31, 30, 0, &[]), Some(1));
        assert_eq!(minutes(300, 30, 0, &[]), Some(9));
        assert_eq!(minutes(300, 30, 0, &[(MINUTE_NOW, 30)]), Some(10));
    }

    #[test]
    fn a_daily_limit_waits_until_what_was_sent_leaves_the_window() {
        assert_eq!(minutes(2000, 0, 2000, &[]), Some(0));
        assert_eq!(minutes(2001, 0, 2000, &[]), Some(24 * 60));
        assert_eq!(minutes(4001, 0, 2000, &[]), Some(2 * 24 * 60));
        // All of yesterday's messages went out 23 hours ago: in an hour there is room again.
        assert_eq!(minutes(1, 0, 2000, &[(MINUTE_NOW - 23 * 60, 2000)]), Some(60));
        // What is older than the window does not count.
        assert_eq!(minutes(1, 0, 2000, &[(MINUTE_NOW - 24 * 60, 2000)]), Some(0));
    }

    #[test]
    fn both_limits_hold_at_once() {
        // 10,000 at 30 a minute take 334 minutes; the next one waits until the first share left the window.
        assert_eq!(minutes(10_000, 30, 10_000, &[]), Some(333));
        assert_eq!(minutes(10_001, 30, 10_000, &[]), Some(24 * 60));
    }

    #[test]
    fn the_estimate_never_passes_more_than_a_window_allows() {
        for queued in [1_u64, 999, 12_431] {
            for (per_minute, per_day) in [(1, 0), (30, 10_000), (0, 2_000), (7, 50)] {
                let sent = [(MINUTE_NOW - 1000, 40), (MINUTE_NOW - 3, 5)];
                let needed = minutes(queued, per_minute, per_day, &sent).unwrap();
                if per_minute > 0 {
                    assert!(u64::from(needed + 1) * u64::from(per_minute) >= queued);
                }
                if per_day > 0 {
                    assert!((u64::from(needed) / 1440 + 1) * u64::from(per_day) >= queued);
                }
            }
        }
    }

    #[test]
    fn an_endless_queue_ends_in_the_estimate_after_a_year() {
        assert_eq!(minutes(u64::MAX, 1, 1, &[]), Some(LONGEST));
    }
}
