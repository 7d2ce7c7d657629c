//! Devices with the Headwind agent.

mod claim;
mod orders;
mod reports;

use super::{
    Sqlite,
    devices::check_in::{CheckIn, Fetch},
    failed,
    row::Read,
    writer::{Tx, commit},
};
use async_trait::async_trait;
use muster_domain::{
    DeviceId, Timestamp, WorkspaceId,
    command::CommandKind,
    device::Facts,
    ports::{
        AgentClaim, AgentClaimed, AgentConfirmed, AgentMessage, AgentOrders, HeadwindStore, Reachable,
        Stored, TELL_AGAIN, Topic,
    },
};

/// Something waits for a device: it is told when it asks the next time, or at once if its question is held. `false` if it has no
/// Headwind agent.
pub(super) async fn call(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    device: DeviceId,
    now: Timestamp,
) -> Stored<bool> {
    let sql = "UPDATE headwind_device SET due_at = coalesce(min(due_at, $3), $3), told_at = NULL WHERE workspace_id = $1 AND device_id = $2";
    let query = sqlx::query(sql).bind(workspace.to_string()).bind(device.to_string()).bind(now.0);
    let called = tx.run(query).await? > 0;
    if called {
        tx.changed(workspace, &[Topic::Devices]);
    }
    Ok(called)
}

impl Sqlite {
    /// How a device can be reached; `None` if it has no Headwind agent.
    pub(super) async fn agent_reachable(
        &self,
        workspace: WorkspaceId,
        device: DeviceId,
    ) -> Stored<Option<Reachable>> {
        let sql = "SELECT due_at, told_at FROM headwind_device WHERE workspace_id = $1 AND device_id = $2";
        let query = sqlx::query(sql).bind(workspace.to_string()).bind(device.to_string());
        let Some(row) = query.fetch_optional(&self.readers).await.map_err(failed)? else { return Ok(None) };
        Ok(Some(Reachable {
            has_token: true,
            due_at: row.time_or_none("due_at")?,
            called_at: row.time_or_none("told_at")?,
            ..Reachable::default()
        }))
    }
}

#[async_trait]
impl HeadwindStore for Sqlite {
    async fn agent_claim(&self, new: AgentClaim) -> Stored<AgentClaimed> {
        commit!(self, |tx| claim::claim(tx, new).await)
    }

    async fn agent_sync(
        &self,
        workspace: WorkspaceId,
        device: DeviceId,
        now: Timestamp,
    ) -> Stored<AgentOrders> {
        commit!(self, |tx| orders::sync(tx, workspace, device, now).await)
    }

    async fn agent_seen(&self, workspace: WorkspaceId, device: DeviceId, now: Timestamp) -> Stored<()> {
        let check_in = CheckIn { workspace, device, nonce: None, facts: None, fetch: Fetch::Nothing, now };
        self.writer.check_in(check_in).await.map(|_| ())
    }

    async fn agent_messages(
        &self,
        workspace: WorkspaceId,
        device: DeviceId,
        now: Timestamp,
    ) -> Stored<Vec<AgentMessage>> {
        commit!(self, |tx| orders::messages(tx, workspace, device, now).await)
    }

    async fn agent_told(
        &self,
        workspace: WorkspaceId,
        device: DeviceId,
        facts: &Facts,
        own: bool,
        now: Timestamp,
    ) -> Stored<()> {
        let facts = facts.clone();
        // Nearly all of them say what is known: they are written together with all that wait.
        if self.is_routine(workspace, device, &facts, own).await? {
            let check_in =
                CheckIn { workspace, device, nonce: None, facts: Some(facts), fetch: Fetch::Nothing, now };
            return self.writer.check_in(check_in).await.map(|_| ());
        }
        commit!(self, |tx| reports::told(tx, workspace, device, &facts, own, now).await)
    }

    async fn agent_confirm(
        &self,
        workspace: WorkspaceId,
        device: DeviceId,
        kind: CommandKind,
        able: bool,
        now: Timestamp,
    ) -> Stored<AgentConfirmed> {
        commit!(self, |tx| orders::confirm(tx, workspace, device, kind, able, now).await)
    }

    async fn agent_is_the_same(
        &self,
        workspace: WorkspaceId,
        device: DeviceId,
        now: Timestamp,
    ) -> Stored<()> {
        commit!(self, |tx| reports::is_the_same(tx, workspace, device, now).await)
    }

    async fn agent_unsigned(&self, workspace: WorkspaceId, device: DeviceId, now: Timestamp) -> Stored<()> {
        if self.is_known_to_be_unsigned(workspace, device).await? {
            return Ok(());
        }
        commit!(self, |tx| reports::unsigned(tx, workspace, device, now).await)
    }

    async fn agent_asked_again(
        &self,
        workspace: WorkspaceId,
        device: DeviceId,
        yes: bool,
        now: Timestamp,
    ) -> Stored<()> {
        commit!(self, |tx| claim::asked_again(tx, workspace, device, yes, now).await)
    }

    async fn agents_due(&self, now: Timestamp) -> Stored<Vec<DeviceId>> {
        let sql = "SELECT device_id FROM headwind_device WHERE due_at IS NOT NULL AND (told_at IS NULL OR told_at <= $1)";
        let query = sqlx::query(sql).bind(now.0 - TELL_AGAIN);
        let rows = query.fetch_all(&self.readers).await.map_err(failed)?;
        rows.iter().map(|row| row.parsed("device_id")).collect()
    }
}
