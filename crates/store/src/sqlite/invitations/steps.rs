//! The steps of an invitation, and its place in the outbox.

use crate::sqlite::{invitation_acts, row::Read, users, writer::Tx};
use muster_domain::{
    InvitationId, Timestamp, WorkspaceId,
    invitation::State,
    ports::{StoreError, Stored, Topic},
};

/// A transition to be made.
pub(in crate::sqlite) struct Move {
    pub(in crate::sqlite) to: State,
    pub(in crate::sqlite) at: Timestamp,
    pub(in crate::sqlite) detail: Option<String>,
}

/// Makes a transition if the rules allow it, keeps it as a step, and shows it in the user's row.
/// Answers whether it was made.
pub(in crate::sqlite) async fn step(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    id: InvitationId,
    to: Move,
) -> Stored<bool> {
    let (workspace_id, invitation) = (workspace.to_string(), id.to_string());
    let sql = "SELECT state, user_id FROM invitation WHERE workspace_id = $1 AND id = $2";
    let found = tx.row(sqlx::query(sql).bind(&workspace_id).bind(&invitation)).await?;
    let found = found.ok_or(StoreError::NotFound)?;
    if !found.named("state", State::from_name)?.may_become(to.to) {
        return Ok(false);
    }
    let sql = "UPDATE invitation SET state = $3, state_at = $4 WHERE workspace_id = $1 AND id = $2";
    let query = sqlx::query(sql).bind(&workspace_id).bind(&invitation).bind(to.to.name()).bind(to.at.0);
    tx.run(query).await?;
    noted(tx, workspace, id, to).await?;
    users::refresh_message(tx, workspace, &found.text("user_id")?).await?;
    Ok(true)
}

/// Keeps a transition that was made as a step.
pub(in crate::sqlite) async fn noted(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    id: InvitationId,
    made: Move,
) -> Stored<()> {
    let sql = "INSERT INTO invitation_step (workspace_id, invitation_id, seq, state, at, detail, author)
        SELECT $1, $2, coalesce(max(seq), 0) + 1, $3, $4, $5, $6 FROM invitation_step WHERE workspace_id = $1 AND invitation_id = $2";
    let query = sqlx::query(sql)
        .bind(workspace.to_string())
        .bind(id.to_string())
        .bind(made.to.name())
        .bind(made.at.0)
        .bind(made.detail)
        .bind(invitation_acts::author(tx));
    tx.run(query).await.map(|_| ())
}

pub(super) async fn allowed(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    id: InvitationId,
    to: Move,
) -> Stored<()> {
    if step(tx, workspace, id, to).await? { Ok(()) } else { Err(StoreError::State) }
}

/// The state that an invitation had before it expired, and since when: what was done to it without a change of the state
/// tells neither.
async fn before_expiry(tx: &mut Tx<'_>, workspace: &str, id: &str) -> Stored<(State, i64)> {
    let sql = "SELECT state, at FROM invitation_step WHERE workspace_id = $1 AND invitation_id = $2 AND state <> 'expired'
            AND coalesce(acted, 'resent') IN ('resent', 'renewed')
        ORDER BY seq DESC LIMIT 1";
    let step = tx.row(sqlx::query(sql).bind(workspace).bind(id)).await?.ok_or(StoreError::State)?;
    Ok((step.named("state", State::from_name)?, step.val("at")?))
}

/// Makes an expired invitation what it was before, since when it was. A message that had not gone out goes out.
pub(super) async fn revive(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    id: InvitationId,
    now: Timestamp,
) -> Stored<()> {
    let (workspace_id, invitation) = (workspace.to_string(), id.to_string());
    let (state, since) = before_expiry(tx, &workspace_id, &invitation).await?;
    let sql = "UPDATE invitation SET state = $3, state_at = $4 WHERE workspace_id = $1 AND id = $2";
    let query = sqlx::query(sql).bind(&workspace_id).bind(&invitation).bind(state.name()).bind(since);
    tx.run(query).await?;
    if state == State::Queued {
        let sql = "INSERT OR IGNORE INTO mail_job (workspace_id, id, run_at) VALUES ($1, $2, $3)";
        tx.run(sqlx::query(sql).bind(&workspace_id).bind(&invitation).bind(now.0)).await?;
        tx.changed(workspace, &[Topic::Jobs]);
    }
    users::refresh_message_of(tx, workspace, id).await
}

/// Puts the next message of an invitation into the outbox, due at `at`: its person's requests for a new link are answered.
pub(super) async fn enqueue(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    id: InvitationId,
    at: Timestamp,
) -> Stored<()> {
    let sql = "INSERT OR REPLACE INTO mail_job (workspace_id, id, run_at) VALUES ($1, $2, $3)";
    tx.run(sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string()).bind(at.0)).await?;
    let sql = "UPDATE invitation SET sending = sending + 1 WHERE workspace_id = $1 AND id = $2";
    tx.run(sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string())).await?;
    let sql = "UPDATE invitation INDEXED BY invitation_by_user SET requested_at = NULL
        WHERE workspace_id = $1 AND user_id = (SELECT user_id FROM invitation WHERE workspace_id = $1 AND id = $2) AND requested_at IS NOT NULL";
    tx.run(sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string())).await?;
    tx.changed(workspace, &[Topic::Jobs]);
    Ok(())
}

pub(in crate::sqlite) async fn dequeue(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    id: InvitationId,
) -> Stored<()> {
    let sql = "DELETE FROM mail_job WHERE workspace_id = $1 AND id = $2";
    tx.run(sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string())).await?;
    Ok(())
}
