//! What is known of Apple devices, as pages and jobs read it.

use super::calls::GONE;
use crate::sqlite::{Sqlite, failed, row::Read};
use muster_domain::{
    DeviceId, InvitationId, Timestamp, WorkspaceId,
    apple::{Progress, Step},
    command::CommandKind,
    ports::{Reachable, Stored},
};
use sqlx::sqlite::SqliteRow;

fn ids(rows: &[SqliteRow]) -> Stored<Vec<DeviceId>> {
    rows.iter().map(|row| row.parsed("device_id")).collect()
}

impl Sqlite {
    pub(super) async fn read_list(
        &self,
        workspace: WorkspaceId,
        device: DeviceId,
        kind: CommandKind,
    ) -> Stored<Option<(Timestamp, String)>> {
        let sql =
            "SELECT at, entries FROM device_list WHERE workspace_id = $1 AND device_id = $2 AND kind = $3";
        let query = sqlx::query(sql).bind(workspace.to_string()).bind(device.to_string()).bind(kind.name());
        let row = query.fetch_optional(&self.readers).await.map_err(failed)?;
        row.map(|row| Ok((row.time("at")?, row.text("entries")?))).transpose()
    }

    pub(super) async fn read_steps(
        &self,
        workspace: WorkspaceId,
        invitation: InvitationId,
    ) -> Stored<Vec<Progress>> {
        let sql =
            "SELECT step, at, detail FROM enrolment_progress WHERE workspace_id = $1 AND invitation_id = $2";
        let query = sqlx::query(sql).bind(workspace.to_string()).bind(invitation.to_string());
        let rows = query.fetch_all(&self.readers).await.map_err(failed)?;
        let step = |row: &SqliteRow| {
            Ok(Progress {
                step: row.named("step", Step::from_name)?,
                at: row.time("at")?,
                detail: row.maybe("detail")?,
            })
        };
        let mut steps = rows.iter().map(step).collect::<Stored<Vec<_>>>()?;
        steps.sort_by_key(|p| p.step);
        Ok(steps)
    }

    pub(super) async fn read_reachable(
        &self,
        workspace: WorkspaceId,
        device: DeviceId,
    ) -> Stored<Option<Reachable>> {
        let sql = "SELECT push_token IS NOT NULL AS has_token, push_due_at, pushed_at, push_reason, wants_to_move_at, may_move
            FROM apple_enrolment WHERE workspace_id = $1 AND device_id = $2 ORDER BY ended_at IS NOT NULL LIMIT 1";
        let query = sqlx::query(sql).bind(workspace.to_string()).bind(device.to_string());
        let row = query.fetch_optional(&self.readers).await.map_err(failed)?;
        row.map(|row| {
            Ok(Reachable {
                has_token: row.val::<i64>("has_token")? == 1,
                due_at: row.time_or_none("push_due_at")?,
                called_at: row.time_or_none("pushed_at")?,
                gone: row.maybe("push_reason")?.is_some_and(|reason| reason == GONE),
                reason: row.maybe("push_reason")?,
                wants_to_move_at: row.time_or_none("wants_to_move_at")?,
                may_move: row.val::<i64>("may_move")? == 1,
            })
        })
        .transpose()
    }

    pub(super) async fn read_topics(&self, workspace: WorkspaceId) -> Stored<Vec<(String, u64)>> {
        let sql = "SELECT topic, count(*) AS n FROM apple_enrolment
            WHERE workspace_id = $1 AND ended_at IS NULL AND connected_at IS NOT NULL GROUP BY topic ORDER BY n DESC";
        let rows =
            sqlx::query(sql).bind(workspace.to_string()).fetch_all(&self.readers).await.map_err(failed)?;
        rows.iter().map(|row| Ok((row.text("topic")?, row.count("n")?))).collect()
    }

    pub(super) async fn read_ending(
        &self,
        workspace: WorkspaceId,
        before: Timestamp,
        since: Timestamp,
    ) -> Stored<Vec<DeviceId>> {
        let sql = "SELECT e.device_id FROM apple_identity i JOIN apple_enrolment e
                ON e.workspace_id = i.workspace_id AND e.invitation_id = i.invitation_id AND e.identity = i.fingerprint
            WHERE i.workspace_id = $1 AND i.not_after < $2 AND i.ended_at IS NULL AND e.ended_at IS NULL AND e.connected_at IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM device_command c WHERE c.workspace_id = e.workspace_id AND c.device_id = e.device_id
                    AND c.kind = 'renew_identity' AND (c.state IN ('queued', 'delivered', 'postponed') OR c.created_at > $3))";
        let query = sqlx::query(sql).bind(workspace.to_string()).bind(before.0).bind(since.0);
        ids(&query.fetch_all(&self.readers).await.map_err(failed)?)
    }

    pub(super) async fn read_to_ask(
        &self,
        workspace: WorkspaceId,
        since: Timestamp,
    ) -> Stored<Vec<DeviceId>> {
        let sql = "SELECT e.device_id FROM apple_enrolment e WHERE e.workspace_id = $1 AND e.ended_at IS NULL AND e.connected_at IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM device_command c WHERE c.workspace_id = e.workspace_id AND c.device_id = e.device_id
                    AND c.kind = 'device_information' AND (c.state IN ('queued', 'delivered', 'postponed') OR c.created_at > $2))";
        let query = sqlx::query(sql).bind(workspace.to_string()).bind(since.0);
        ids(&query.fetch_all(&self.readers).await.map_err(failed)?)
    }
}
