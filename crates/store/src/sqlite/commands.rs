//! Commands to devices: given once, delivered until answered.

use super::{
    Sqlite,
    devices::{
        self,
        check_in::{CheckIn, fresh},
    },
    failed,
    row::Read,
    writer::{Tx, commit},
};
use async_trait::async_trait;
use muster_domain::{
    CommandId, DeviceId, Timestamp, WorkspaceId,
    audit::{Action, Note, Subject},
    command::{Command, CommandKind, CommandState},
    device::Facts,
    ports::{Answer, Answered, CommandStore, StoreError, Stored, Topic},
};
use sqlx::sqlite::SqliteRow;

fn row(row: &SqliteRow) -> Stored<Command> {
    Ok(Command {
        id: row.parsed("id")?,
        device: row.parsed("device_id")?,
        kind: row.named("kind", CommandKind::from_name)?,
        state: row.named("state", CommandState::from_name)?,
        created_at: row.time("created_at")?,
        delivered_at: row.time_or_none("delivered_at")?,
        ended_at: row.time_or_none("ended_at")?,
        detail: row.maybe("detail")?,
    })
}

/// Refuses what is meant for a device that is not there or has left.
async fn is_connected(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    device: DeviceId,
    left: StoreError,
) -> Stored<()> {
    let sql = "SELECT left_at FROM device WHERE workspace_id = $1 AND id = $2";
    let found = tx.row(sqlx::query(sql).bind(workspace.to_string()).bind(device.to_string())).await?;
    match found.ok_or(StoreError::NotFound)?.time_or_none("left_at")? {
        None => Ok(()),
        Some(_) => Err(left),
    }
}

/// The commands that wait for a device, the oldest first; from now on they count as delivered.
pub(super) async fn deliver(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    device: DeviceId,
    now: Timestamp,
) -> Stored<Vec<Command>> {
    let sql = "UPDATE device_command SET state = 'delivered', delivered_at = $3 WHERE workspace_id = $1 AND device_id = $2 AND state = 'queued'";
    let query = sqlx::query(sql).bind(workspace.to_string()).bind(device.to_string()).bind(now.0);
    if tx.run(query).await? > 0 {
        tx.changed(workspace, &[Topic::Devices]);
    }
    let sql = "SELECT * FROM device_command WHERE workspace_id = $1 AND device_id = $2 AND state IN ('queued', 'delivered') ORDER BY id";
    let rows = tx.rows(sqlx::query(sql).bind(workspace.to_string()).bind(device.to_string())).await?;
    rows.iter().map(row).collect()
}

async fn answer(tx: &mut Tx<'_>, workspace: WorkspaceId, answer: Answer) -> Stored<Answered> {
    let device = answer.device.to_string();
    if !fresh(tx, &device, &answer.nonce, answer.now).await? {
        return Ok(Answered::Replayed);
    }
    is_connected(tx, workspace, answer.device, StoreError::NotFound).await?;
    let sql = "SELECT state FROM device_command WHERE workspace_id = $1 AND device_id = $2 AND id = $3";
    let query = sqlx::query(sql).bind(workspace.to_string()).bind(&device).bind(answer.command.to_string());
    match tx.row(query).await?.map(|r| r.named("state", CommandState::from_name)).transpose()? {
        // One that was not delivered yet cannot be known to the device.
        None | Some(CommandState::Queued) => return Ok(Answered::Unknown),
        Some(CommandState::Done | CommandState::Failed) => return Ok(Answered::Before),
        Some(CommandState::Delivered) => {}
    }
    let state = if answer.done { CommandState::Done } else { CommandState::Failed };
    let sql = "UPDATE device_command SET state = $4, ended_at = $5, detail = $6 WHERE workspace_id = $1 AND device_id = $2 AND id = $3";
    let query = sqlx::query(sql)
        .bind(workspace.to_string())
        .bind(&device)
        .bind(answer.command.to_string())
        .bind(state.name())
        .bind(answer.now.0)
        .bind(answer.detail);
    tx.run(query).await?;
    tx.changed(workspace, &[Topic::Devices]);
    Ok(Answered::Noted)
}

#[async_trait]
impl CommandStore for Sqlite {
    async fn add_command(
        &self,
        workspace: WorkspaceId,
        device: DeviceId,
        id: CommandId,
        kind: CommandKind,
        now: Timestamp,
    ) -> Stored<CommandId> {
        commit!(self, |tx| {
            is_connected(tx, workspace, device, StoreError::State).await?;
            let sql = "SELECT id FROM device_command WHERE workspace_id = $1 AND device_id = $2 AND kind = $3 AND state IN ('queued', 'delivered')";
            let query =
                sqlx::query(sql).bind(workspace.to_string()).bind(device.to_string()).bind(kind.name());
            if let Some(open) = tx.row(query).await? {
                return open.parsed("id");
            }
            let sql = "INSERT INTO device_command (workspace_id, id, device_id, kind, state, created_at) VALUES ($1, $2, $3, $4, 'queued', $5)";
            let query = sqlx::query(sql)
                .bind(workspace.to_string())
                .bind(id.to_string())
                .bind(device.to_string())
                .bind(kind.name())
                .bind(now.0);
            tx.run(query).await?;
            tx.changed(workspace, &[Topic::Devices]);
            let name = devices::name(tx, workspace, device).await?;
            let note = Note::new(Action::CommandQueued, Subject::new(device, name));
            tx.note(workspace, note.now("command", kind.name())).await?;
            Ok(id)
        })
    }

    async fn commands(&self, workspace: WorkspaceId, device: DeviceId, limit: u32) -> Stored<Vec<Command>> {
        let sql = "SELECT * FROM device_command WHERE workspace_id = $1 AND device_id = $2 ORDER BY id DESC LIMIT $3";
        let query =
            sqlx::query(sql).bind(workspace.to_string()).bind(device.to_string()).bind(i64::from(limit));
        query.fetch_all(&self.readers).await.map_err(failed)?.iter().map(row).collect()
    }

    async fn fetch_commands(
        &self,
        workspace: WorkspaceId,
        device: DeviceId,
        nonce: &str,
        facts: Option<&Facts>,
        now: Timestamp,
    ) -> Stored<Option<Vec<Command>>> {
        let (nonce, facts) = (nonce.to_owned(), facts.cloned());
        self.writer.check_in(CheckIn { workspace, device, nonce, facts, fetch: true, now }).await
    }

    async fn answer_command(&self, workspace: WorkspaceId, new: Answer) -> Stored<Answered> {
        commit!(self, |tx| answer(tx, workspace, new).await)
    }
}
