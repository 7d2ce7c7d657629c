//! Who waits with an iPhone or iPad for the workspace to have an APNs certificate.

use super::{
    Sqlite, failed,
    invitations::acts,
    row::Read,
    writer::{Tx, commit},
};
use async_trait::async_trait;
use muster_domain::{
    InvitationId, Timestamp, WorkspaceId,
    invitation::{Act, Standing, State},
    ports::{AppleTold, AppleWaitingStore, StoreError, Stored, Topic},
};

/// Which invitations can wait.
pub(super) const WAITS: &str = "i.state NOT IN ('enrolled', 'revoked')";

/// Sends one of them again, where that is possible.
async fn tell(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    id: InvitationId,
    standing: Standing,
    expires_at: Timestamp,
    now: Timestamp,
) -> Stored<bool> {
    // Told by the same mail until when the link works.
    if standing.expires_at < expires_at && standing.refuses(Act::Extend, now).is_none() {
        acts::extend(tx, workspace, id, expires_at, now).await?;
    }
    let told = match acts::resend(tx, workspace, id, now).await {
        Ok(()) => true,
        // Its message is on its way already, or a device connects just now.
        Err(StoreError::State) => standing.state == State::Queued,
        Err(error) => return Err(error),
    };
    let sql = "UPDATE mail_job SET works_now = 1 WHERE workspace_id = $1 AND id = $2";
    tx.run(sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string())).await?;
    Ok(told)
}

#[async_trait]
impl AppleWaitingStore for Sqlite {
    async fn apple_waits(&self, workspace: WorkspaceId, id: InvitationId, now: Timestamp) -> Stored<()> {
        commit!(self, |tx| {
            let sql = "INSERT OR IGNORE INTO apple_waiting (workspace_id, invitation_id, since)
                SELECT workspace_id, id, $3 FROM invitation
                WHERE workspace_id = $1 AND id = $2 AND state NOT IN ('enrolled', 'revoked')";
            let query = sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string()).bind(now.0);
            if tx.run(query).await? > 0 {
                tx.changed(workspace, &[Topic::Invitations]);
            }
            Ok(())
        })
    }

    async fn apple_waiting(&self, workspace: WorkspaceId) -> Stored<u64> {
        let sql = "SELECT count(*) AS n FROM apple_waiting w
            JOIN invitation i ON i.workspace_id = w.workspace_id AND i.id = w.invitation_id
            WHERE w.workspace_id = $1 AND i.state NOT IN ('enrolled', 'revoked')";
        let row = sqlx::query(sql).bind(workspace.to_string()).fetch_one(&self.readers).await;
        row.map_err(failed)?.count("n")
    }

    async fn tell_apple_waiting(
        &self,
        workspace: WorkspaceId,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Stored<AppleTold> {
        commit!(self, |tx| {
            tx.large().await?;
            let sql = "SELECT i.id, i.state, i.hardware_id IS NOT NULL AS claimed, u.email IS NOT NULL AS address, i.expires_at
                FROM apple_waiting w
                JOIN invitation i ON i.workspace_id = w.workspace_id AND i.id = w.invitation_id
                JOIN user u ON u.workspace_id = i.workspace_id AND u.id = i.user_id
                WHERE w.workspace_id = $1 AND i.state NOT IN ('enrolled', 'revoked') ORDER BY w.since, i.id";
            let mut told = AppleTold::default();
            for row in tx.rows(sqlx::query(sql).bind(workspace.to_string())).await? {
                let standing = Standing {
                    state: row.named("state", State::from_name)?,
                    claimed: row.val("claimed")?,
                    address: row.val("address")?,
                    expires_at: row.time("expires_at")?,
                };
                if !standing.address {
                    told.without_address += 1;
                } else if tell(tx, workspace, row.parsed("id")?, standing, expires_at, now).await? {
                    told.told += 1;
                }
            }
            let sql = "DELETE FROM apple_waiting WHERE workspace_id = $1";
            tx.run(sqlx::query(sql).bind(workspace.to_string())).await?;
            tx.changed(workspace, &[Topic::Invitations]);
            Ok(told)
        })
    }
}
