//! The work that goes on by itself: mails out of the outbox, calls of Apple devices, links that end, statuses that time changes.

pub mod apple;
pub mod calls;
pub mod mail;
pub mod reminders;

use muster_domain::{
    time::{MINUTE, SECOND},
    usecase::Ports,
};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often links and statuses are looked at.
const SWEEP: Duration = Duration::from_secs(30);

/// A mail that a killed process had in its hands is tried again after so long. A process that lives renews it.
pub const LEASE: i64 = 20 * SECOND;
/// The first wait after a passing fault; it doubles up to [`LONGEST_WAIT`].
pub const FIRST_WAIT: i64 = 30 * SECOND;
/// The longest wait.
pub const LONGEST_WAIT: i64 = 60 * MINUTE;
/// A message that could not be sent so often, which takes about five days, has failed (RFC 5321, section 4.5.4.1).
pub const TRIES: u32 = 126;

/// Ends links whose time is over and works statuses out again, until `stop`.
pub async fn sweep(ports: Ports, stop: CancellationToken) {
    loop {
        if let Err(error) = sweep_once(&ports).await {
            tracing::error!(%error, "sweep");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(SWEEP) => {}
        }
    }
}

/// One look at everything.
///
/// # Errors
/// When the store fails; the next look tries again.
pub async fn sweep_once(ports: &Ports) -> Result<(), muster_domain::ports::StoreError> {
    let now = ports.clock.now();
    // A thousand at a time, so that other writers get their turn.
    while ports.store.expire(now).await? > 0 {}
    for workspace in ports.store.workspaces().await? {
        ports.store.refresh_statuses(workspace, now).await?;
        apple::look(ports, workspace).await?;
    }
    while ports.store.clean(now).await?.more {}
    Ok(())
}
