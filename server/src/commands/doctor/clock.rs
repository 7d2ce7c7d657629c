//! The clock: it runs evenly, is not behind what was written, and is kept right by somebody.

use super::Finding;
use muster_domain::{
    Timestamp,
    ports::Clock,
    time::{DAY, MINUTE, SECOND},
};
use std::{path::Path, process::Command, time::Duration};
use tokio::time::Instant;

const CHECK: &str = "clock";
/// When this was written (2026-01-01): no clock is right before.
const EARLIEST: Timestamp = Timestamp(1_767_225_600 * SECOND);
/// How long the two clocks of the machine are compared.
const WATCH: Duration = Duration::from_millis(250);

/// Whether the time comes from the network; nothing where nobody can tell.
fn synchronised() -> Option<bool> {
    if Path::new("/run/systemd/timesync/synchronized").exists() {
        return Some(true);
    }
    let out =
        Command::new("timedatectl").args(["show", "--property=NTPSynchronized", "--value"]).output().ok()?;
    match out.stdout.trim_ascii() {
        b"yes" => Some(true),
        b"no" => Some(false),
        _ => None,
    }
}

/// Compares the time of day with the time that passes, and with the newest moment in the database.
pub(super) async fn look(clock: &dyn Clock, newest: Option<Timestamp>) -> Vec<Finding> {
    let (before, watch) = (clock.now(), Instant::now());
    tokio::time::sleep(WATCH).await;
    let (now, passed) = (clock.now(), watch.elapsed());
    let passed = i64::try_from(passed.as_micros()).unwrap_or(i64::MAX);
    judge(now, now.since(before) - passed, newest, synchronised())
}

fn judge(now: Timestamp, jump: i64, newest: Option<Timestamp>, synchronised: Option<bool>) -> Vec<Finding> {
    let set = "set it, and let systemd-timesyncd or chrony keep it right";
    if now < EARLIEST {
        return vec![Finding::failed(CHECK, format!("it says {now}, which cannot be"), set)];
    }
    if let Some(newest) = newest.filter(|n| n.since(now) > MINUTE) {
        let words = format!(
            "it says {now}, but something was written at {newest}, {} minutes later: links and sessions would live too long",
            newest.since(now) / MINUTE
        );
        return vec![Finding::failed(CHECK, words, set)];
    }
    if jump.abs() > SECOND / 10 {
        let words = format!("it jumped by {} ms while doctor looked", jump / 1000);
        return vec![Finding::warning(CHECK, words, set)];
    }
    if let Some(newest) = newest.filter(|n| now.since(*n) > 400 * DAY) {
        let words = format!("it says {now}; the newest entry is from {newest}");
        return vec![Finding::warning(CHECK, words, "see whether the year is right")];
    }
    vec![match synchronised {
        Some(true) => Finding::ok(CHECK, format!("{now}, kept right over the network")),
        None => Finding::ok(CHECK, format!("{now}; who keeps it right could not be found out")),
        Some(false) => {
            let words =
                format!("{now}, but nothing keeps it right: agents are refused when it is five minutes off");
            Finding::warning(CHECK, words, "timedatectl set-ntp true")
        }
    }]
}

#[cfg(test)]
mod tests {
    use super::{super::State, *};

    const NOW: Timestamp = Timestamp(1_795_000_000 * SECOND);

    fn state(now: Timestamp, jump: i64, newest: Option<Timestamp>, ntp: Option<bool>) -> State {
        judge(now, jump, newest, ntp)[0].state
    }

    #[test]
    fn a_clock_behind_the_newest_entry_fails_and_one_that_jumps_is_told() {
        assert_eq!(state(NOW, 0, Some(NOW), Some(true)), State::Ok);
        assert_eq!(state(NOW, 0, None, None), State::Ok);
        assert_eq!(state(NOW, 0, Some(NOW.plus(2 * MINUTE)), Some(true)), State::Failed);
        assert_eq!(state(NOW, 0, Some(NOW.plus(MINUTE / 2)), Some(true)), State::Ok);
        assert_eq!(state(NOW, SECOND, None, Some(true)), State::Warning);
        assert_eq!(state(NOW, -SECOND, None, Some(true)), State::Warning);
        assert_eq!(state(NOW, 0, None, Some(false)), State::Warning);
        assert_eq!(state(Timestamp(0), 0, None, Some(true)), State::Failed);
        assert_eq!(state(NOW, 0, Some(NOW.plus(-500 * DAY)), Some(true)), State::Warning);
    }
}
