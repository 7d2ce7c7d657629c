//! The outbox as people see it: how many messages wait, why, and when all will be through.

use super::Ports;
use crate::{
    WorkspaceId,
    pace::{self, Limits, Through},
    ports::{Progress, StoreError, Waiting},
    settings::Settings,
};

/// Why a message waits that a limit holds up: the one reason that is ours and not a server's, so that pages translate it.
pub const LIMIT_REACHED: &str = "the limit of messages is reached";

/// When what waits now, and `more` on top of it, will be through; `None` where no limit holds it up.
///
/// # Errors
/// [`StoreError`].
pub async fn through(
    ports: &Ports,
    workspace: WorkspaceId,
    settings: &Settings,
    more: u64,
) -> Result<Option<Through>, StoreError> {
    let limits = Limits::of(settings);
    if !limits.any() {
        return Ok(None);
    }
    let now = ports.clock.now();
    let waiting = ports.store.waiting(workspace).await?.messages;
    let sent = ports.store.mails_by_minute(workspace, pace::window_start(now)).await?;
    Ok(pace::through(now, waiting.saturating_add(more), limits, &sent))
}

/// How far a batch came, with the time at which the whole queue will be through while some of it waits.
///
/// # Errors
/// [`StoreError`].
pub async fn progress(
    ports: &Ports,
    workspace: WorkspaceId,
    batch: crate::BatchId,
) -> Result<Progress, StoreError> {
    let mut progress = ports.store.progress(workspace, batch).await?;
    let settings = ports.store.settings(workspace).await?;
    progress.kept = settings.smtp.is_none();
    if progress.queued > 0 {
        progress.through = through(ports, workspace, &settings, 0).await?;
    }
    Ok(progress)
}

/// What waits, and until when.
///
/// # Errors
/// [`StoreError`].
pub async fn waiting(
    ports: &Ports,
    workspace: WorkspaceId,
) -> Result<(Waiting, Option<Through>), StoreError> {
    let settings = ports.store.settings(workspace).await?;
    Ok((ports.store.waiting(workspace).await?, through(ports, workspace, &settings, 0).await?))
}
