//! What people do to one message, alone or as one of many.

use super::steps::{Move, allowed, dequeue, enqueue, revive, step};
use crate::sqlite::{audit, invitation_acts, row::Read, writer::Tx};
use muster_domain::{
    InvitationId, Timestamp, WorkspaceId,
    audit::{Action, Note},
    invitation::{Acted, State},
    ports::{StoreError, Stored, Topic},
};

/// Sends the same link again.
pub(in crate::sqlite) async fn resend(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    id: InvitationId,
    now: Timestamp,
) -> Stored<()> {
    let sql = "SELECT 1 FROM invitation WHERE workspace_id = $1 AND id = $2 AND expires_at > $3";
    let query = sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string()).bind(now.0);
    tx.row(query).await?.ok_or(StoreError::State)?;
    allowed(tx, workspace, id, Move { to: State::Queued, at: now, detail: None }).await?;
    invitation_acts::acted(tx, workspace, id, Acted::Resent, true, now).await?;
    enqueue(tx, workspace, id, now).await?;
    invitation_acts::noted(tx, workspace, id, Action::InvitationResent, None).await
}

/// Ends the link.
pub(in crate::sqlite) async fn revoke(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    id: InvitationId,
    now: Timestamp,
) -> Stored<()> {
    allowed(tx, workspace, id, Move { to: State::Revoked, at: now, detail: None }).await?;
    dequeue(tx, workspace, id).await?;
    invitation_acts::noted(tx, workspace, id, Action::InvitationRevoked, None).await
}

/// Lets the link work for longer: its end is never moved to an earlier moment. One that has expired is again what it was
/// before. A request for a new link stays: its person is not told.
pub(in crate::sqlite) async fn extend(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    id: InvitationId,
    expires_at: Timestamp,
    now: Timestamp,
) -> Stored<()> {
    let sql = "UPDATE invitation SET expires_at = $3
                WHERE workspace_id = $1 AND id = $2 AND expires_at <= $3 AND state NOT IN ('revoked', 'enrolled') RETURNING state";
    let query = sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string()).bind(expires_at.0);
    let found = tx.row(query).await?.ok_or(StoreError::State)?;
    if found.named("state", State::from_name)? == State::Expired {
        revive(tx, workspace, id, now).await?;
    }
    invitation_acts::acted(tx, workspace, id, Acted::Extended, false, now).await?;
    tx.changed(workspace, &[Topic::Invitations]);
    invitation_acts::noted(tx, workspace, id, Action::InvitationExtended, Some(expires_at)).await
}

/// The end of a link's life, before an act moved it.
pub(in crate::sqlite) struct End {
    pub(in crate::sqlite) was: Timestamp,
    pub(in crate::sqlite) set: Timestamp,
}

/// Takes an extension back, as long as the link still ends where it was set to and nobody has used it.
pub(in crate::sqlite) async fn unextend(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    id: InvitationId,
    end: &End,
    now: Timestamp,
) -> Stored<()> {
    let sql = "UPDATE invitation SET expires_at = $4
        WHERE workspace_id = $1 AND id = $2 AND expires_at = $3 AND hardware_id IS NULL
            AND state NOT IN ('revoked', 'enrolled', 'expired')";
    let query =
        sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string()).bind(end.set.0).bind(end.was.0);
    if tx.run(query).await? == 0 {
        return Err(StoreError::State);
    }
    // What had expired has expired again, when its time was over.
    let expired = Move { to: State::Expired, at: end.was, detail: None };
    let over = end.was <= now && step(tx, workspace, id, expired).await?;
    if over {
        dequeue(tx, workspace, id).await?;
    }
    invitation_acts::acted(tx, workspace, id, Acted::Unextended, over, now).await?;
    tx.changed(workspace, &[Topic::Invitations]);
    let note = Note::new(Action::InvitationExtended, audit::invitation(tx, workspace, id).await?);
    tx.note(workspace, note.with("until", Some(&end.set.rfc3339()), Some(&end.was.rfc3339()))).await
}
