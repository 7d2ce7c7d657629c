//! Calls: devices that are due are pushed to, many at once, and what became of it is written in lots.
//!
//! A call is put off by a lease while it is in hand, so that one which a killed process had in hand is made again. APNs may
//! then have had it twice: a device that is called twice comes twice, and does nothing the second time.

use crate::metrics::metrics;
use muster_domain::{
    ports::{Call, Called, Push, Pushed},
    time::{DAY, MINUTE, SECOND},
    usecase::Ports,
};
use std::{sync::Arc, time::Duration};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// A call that a killed process had in hand is made again after so long. A push ends in less.
pub const LEASE: i64 = 30 * SECOND;
/// Without news the store is looked at this often: another process may have written.
const LOOK: Duration = Duration::from_millis(500);
/// From the first call that is due to its push: what is queued for a device within so long is one call.
const PAUSE: Duration = Duration::from_millis(100);
/// Where there is much news, it is looked at this often.
const GAP: Duration = Duration::from_millis(20);
/// Calls that are taken, and outcomes that are written, at once.
const LOT: u32 = 500;
/// Calls in hand at most, from being taken to being written.
const IN_HAND: u32 = 4 * LOT;
/// The first wait after a passing fault; it doubles up to [`LONGEST_WAIT`].
const FIRST_WAIT: i64 = SECOND;
const LONGEST_WAIT: i64 = 60 * MINUTE;
/// A call that failed so often, which takes about a day and a half, is made once a day from then on.
const PATIENCE: u32 = 48;

/// What the job works with.
pub struct Calls {
    /// The ports.
    pub ports: Ports,
    /// The way to devices.
    pub push: Arc<dyn Push>,
}

/// A call with what became of it, and its place among those in hand.
type Outcome = (Call, Called, OwnedSemaphorePermit);

/// The wait before the next attempt after `attempts` that failed: doubling, with up to a fifth taken off at random, so that
/// devices which could not be called together are not called together again.
fn wait(attempts: u32, random: u8) -> i64 {
    let whole = if attempts >= PATIENCE {
        DAY
    } else {
        FIRST_WAIT.saturating_mul(1 << attempts.min(16)).min(LONGEST_WAIT)
    };
    whole - whole / 5 * i64::from(random) / 255
}

/// Calls what is due until `stop`; what is in hand then is finished.
pub async fn run(calls: Arc<Calls>, mut committed: watch::Receiver<u64>, stop: CancellationToken) {
    let (give, outcomes) = mpsc::unbounded_channel();
    let written = tokio::spawn(calls.clone().write(outcomes));
    let room = Arc::new(Semaphore::new(IN_HAND as usize));
    let tasks = TaskTracker::new();
    let mut idle = true;
    while !stop.is_cancelled() {
        match calls.rest().await {
            Some(rest) => {
                idle = true;
                tokio::select! {
                    () = stop.cancelled() => break,
                    _ = committed.changed() => tokio::time::sleep(GAP).await,
                    () = tokio::time::sleep(rest) => {}
                }
                continue;
            }
            // The first one is here: others come with it.
            None if idle => {
                idle = false;
                tokio::time::sleep(PAUSE).await;
                continue;
            }
            None => {}
        }
        let Ok(permits) = room.clone().acquire_many_owned(LOT).await else { break };
        calls.take(permits, &give, &tasks).await;
    }
    tasks.close();
    tasks.wait().await;
    drop(give);
    if let Err(error) = written.await {
        tracing::error!(%error, "calls");
    }
}

impl Calls {
    /// How long nothing is due; none if something is.
    async fn rest(&self) -> Option<Duration> {
        match self.ports.store.next_call().await {
            Ok(Some(at)) => {
                let wait = u64::try_from(at.since(self.ports.clock.now())).unwrap_or(0);
                (wait > 0).then(|| Duration::from_micros(wait).min(LOOK))
            }
            Ok(None) => Some(LOOK),
            Err(error) => {
                tracing::error!(%error, "calls");
                Some(LOOK)
            }
        }
    }

    /// Takes a lot and pushes each, in a task of its own.
    async fn take(
        self: &Arc<Self>,
        mut permits: OwnedSemaphorePermit,
        give: &mpsc::UnboundedSender<Outcome>,
        tasks: &TaskTracker,
    ) {
        let now = self.ports.clock.now();
        let due = match self.ports.store.due_calls(LOT, now, now.plus(LEASE)).await {
            Ok(due) => due,
            Err(error) => {
                tracing::error!(%error, "calls");
                Vec::new()
            }
        };
        if due.is_empty() {
            tokio::time::sleep(PAUSE).await;
        }
        for call in due {
            let Some(permit) = permits.split(1) else { return };
            let (calls, give) = (self.clone(), give.clone());
            // A task that panics gives nothing, and its call is made again when the lease is over.
            tasks.spawn(async move {
                let pushed = calls.push.push(&call).await;
                let called = calls.became(&call, pushed);
                let _ = give.send((call, called, permit));
            });
        }
    }

    fn became(&self, call: &Call, pushed: Pushed) -> Called {
        match pushed {
            Pushed::Done => {
                metrics().push("done");
                Called::Done
            }
            Pushed::Gone(reason) => {
                metrics().push("gone");
                tracing::info!(workspace = %call.workspace, invitation = %call.invitation, reason, "a device cannot be called any more");
                Called::Gone
            }
            Pushed::Again { reason, after } => {
                metrics().push("again");
                let mut random = [0];
                self.ports.secrets.fill(&mut random);
                let wait = wait(call.attempts, random[0]).max(after);
                let reason = if call.attempts >= PATIENCE {
                    format!("{reason} (tried {} times, now once a day)", call.attempts + 1)
                } else {
                    reason
                };
                Called::Again(reason, self.ports.clock.now().plus(wait))
            }
            Pushed::Refused(reason) => {
                metrics().push("refused");
                Called::Refused(reason)
            }
        }
    }

    /// Writes what became of calls, all that is there at once, until nobody gives any more.
    async fn write(self: Arc<Self>, mut outcomes: mpsc::UnboundedReceiver<Outcome>) {
        let mut lot = Vec::new();
        while outcomes.recv_many(&mut lot, IN_HAND as usize).await > 0 {
            let (calls, permits): (Vec<_>, Vec<_>) =
                lot.drain(..).map(|(call, called, permit)| ((call, called), permit)).unzip();
            // What could not be written is made again when the lease is over.
            if let Err(error) = self.ports.store.called(calls, self.ports.clock.now()).await {
                tracing::error!(%error, "calls");
            }
            drop(permits);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_with_jitter_up_to_an_hour_and_then_come_once_a_day() {
        assert_eq!(wait(0, 0), SECOND);
        assert_eq!(wait(1, 0), 2 * SECOND);
        assert_eq!(wait(1, 255), 2 * SECOND - 2 * SECOND / 5);
        assert_eq!(wait(PATIENCE - 1, 0), LONGEST_WAIT);
        assert_eq!(wait(PATIENCE, 0), DAY);
        assert_eq!(wait(u32::MAX, 255), DAY - DAY / 5);
        let patience: i64 = (0..PATIENCE).map(|n| wait(n, 128)).sum();
        assert!((DAY..2 * DAY).contains(&patience), "{} hours", patience / 60 / MINUTE);
    }
}
