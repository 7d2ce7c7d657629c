//! Commands to devices: given once, delivered until answered.

use super::{
    Sqlite,
    apple::{self, talk},
    devices::{
        self,
        check_in::{CheckIn, Fetch, fresh},
    },
    failed, headwind,
    row::{Read, damaged, json},
    writer::{Tx, commit},
};
use async_trait::async_trait;
use muster_domain::{
    AccountId, CommandId, DeviceId, Timestamp, WorkspaceId,
    audit::{Action, By, Note, Subject},
    command::{Abilities, Command, CommandKind, CommandState, Order, possible},
    device::{Facts, Platform},
    ports::{Answer, Answered, CommandStore, StoreError, Stored, Topic},
};
use sqlx::{AssertSqlSafe, sqlite::SqliteRow};

/// What is read of a command.
pub(super) const COLUMNS: &str =
    "id, device_id, kind, params, state, created_at, delivered_at, ended_at, detail";

pub(super) fn row(row: &SqliteRow) -> Stored<Command> {
    let order = match row.maybe("params")? {
        Some(params) => serde_json::from_str(&params).map_err(|_| damaged("params"))?,
        None => Order::plain(row.named("kind", CommandKind::from_name)?),
    };
    Ok(Command {
        id: row.parsed("id")?,
        device: row.parsed("device_id")?,
        order,
        state: row.named("state", CommandState::from_name)?,
        created_at: row.time("created_at")?,
        delivered_at: row.time_or_none("delivered_at")?,
        ended_at: row.time_or_none("ended_at")?,
        detail: row.maybe("detail")?,
    })
}

/// A command as people see it (ABUSE A30).
fn shown(mut command: Command) -> Command {
    if let Order::ResetPassword { password } = &mut command.order {
        password.clear();
    }
    command
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
        None | Some(CommandState::Queued | CommandState::Postponed | CommandState::Cancelled) => {
            return Ok(Answered::Unknown);
        }
        Some(
            CommandState::Done
            | CommandState::Failed
            | CommandState::Unanswered
            | CommandState::Presumed
            | CommandState::Told,
        ) => return Ok(Answered::Before),
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

/// Writes a new command, with no questions asked.
pub(super) async fn insert(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    device: DeviceId,
    id: CommandId,
    order: &Order,
    by: Option<AccountId>,
    now: Timestamp,
) -> Stored<()> {
    let params = match order {
        Order::Plain { .. } => None,
        order => Some(json(order)?),
    };
    let sql = "INSERT INTO device_command (workspace_id, id, device_id, kind, params, state, created_at, account_id)
        VALUES ($1, $2, $3, $4, $5, 'queued', $6, $7)";
    let query = sqlx::query(sql)
        .bind(workspace.to_string())
        .bind(id.to_string())
        .bind(device.to_string())
        .bind(order.kind().name())
        .bind(params)
        .bind(now.0)
        .bind(by.map(|a| a.to_string()));
    tx.run(query).await?;
    tx.changed(workspace, &[Topic::Devices]);
    Ok(())
}

/// Queues commands that need no more words than their kind, all in one statement.
pub(super) async fn insert_plain(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    device: DeviceId,
    commands: &[(CommandId, CommandKind)],
    now: Timestamp,
) -> Stored<()> {
    let named: Vec<_> = commands.iter().map(|(id, kind)| (id.to_string(), kind.name())).collect();
    let sql = "INSERT INTO device_command (workspace_id, id, device_id, kind, state, created_at)
        SELECT $1, value ->> 0, $2, value ->> 1, 'queued', $3 FROM json_each($4)";
    let query = sqlx::query(sql).bind(workspace.to_string()).bind(device.to_string()).bind(now.0);
    tx.run(query.bind(json(&named)?)).await?;
    tx.changed(workspace, &[Topic::Devices]);
    Ok(())
}

/// The command of the same words that the device has not answered yet.
async fn same(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    device: DeviceId,
    order: &Order,
) -> Stored<Option<CommandId>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM device_command WHERE workspace_id = $1 AND device_id = $2 AND kind = $3
            AND state IN ('queued', 'delivered', 'postponed')"
    );
    let query = sqlx::query(AssertSqlSafe(sql))
        .bind(workspace.to_string())
        .bind(device.to_string())
        .bind(order.kind().name());
    let open = tx.rows(query).await?.iter().map(row).collect::<Stored<Vec<_>>>()?;
    Ok(open.into_iter().find(|c| c.order == *order).map(|c| c.id))
}

/// A device is to come and ask for its commands, if it is of a kind that can be called.
async fn call(tx: &mut Tx<'_>, workspace: WorkspaceId, device: DeviceId, now: Timestamp) -> Stored<bool> {
    Ok(apple::call(tx, workspace, device, now).await? || headwind::call(tx, workspace, device, now).await?)
}

/// Asks a device for something, if it can do it.
pub(super) async fn add(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    device: DeviceId,
    id: CommandId,
    order: &Order,
    now: Timestamp,
) -> Stored<CommandId> {
    let known = devices::get(tx, workspace, device).await?;
    let abilities =
        Abilities { platform: known.platform, left: known.left_at.is_some(), facts: &known.facts };
    possible(order.kind(), abilities).map_err(|_| StoreError::State)?;
    if let Some(open) = same(tx, workspace, device, order).await? {
        // Somebody presses the button since nothing has happened: the device is called again.
        call(tx, workspace, device, now).await?;
        return Ok(open);
    }
    let by = tx.act().and_then(|act| match &act.by {
        By::Account { id, .. } => Some(*id),
        _ => None,
    });
    if known.platform == Platform::Android || order.kind() != CommandKind::Report {
        insert(tx, workspace, device, id, order, by, now).await?;
    } else {
        for (n, kind) in CommandKind::QUESTIONS.into_iter().enumerate() {
            let question = Order::plain(kind);
            if possible(kind, abilities).is_ok() && same(tx, workspace, device, &question).await?.is_none() {
                insert(tx, workspace, device, id.nth(n), &question, by, now).await?;
            }
        }
    }
    call(tx, workspace, device, now).await?;
    let note = Note::new(Action::CommandQueued, Subject::new(device, known.name));
    tx.note(workspace, note.now("command", order.kind().name())).await?;
    Ok(id)
}

#[async_trait]
impl CommandStore for Sqlite {
    async fn add_command(
        &self,
        workspace: WorkspaceId,
        device: DeviceId,
        id: CommandId,
        order: &Order,
        now: Timestamp,
    ) -> Stored<CommandId> {
        let order = order.clone();
        commit!(self, |tx| add(tx, workspace, device, id, &order, now).await)
    }

    async fn cancel_command(
        &self,
        workspace: WorkspaceId,
        device: DeviceId,
        id: CommandId,
        now: Timestamp,
    ) -> Stored<()> {
        commit!(self, |tx| {
            let known = devices::get(tx, workspace, device).await?;
            if !talk::cancel(tx, workspace, device, id, now).await? {
                return Err(StoreError::State);
            }
            // The Headwind agent keeps its configuration until it gets another.
            headwind::call(tx, workspace, device, now).await?;
            let note = Note::new(Action::CommandCancelled, Subject::new(device, known.name));
            tx.note(workspace, note.now("id", &id.to_string())).await
        })
    }

    async fn commands(&self, workspace: WorkspaceId, device: DeviceId, limit: u32) -> Stored<Vec<Command>> {
        let sql = "SELECT * FROM device_command WHERE workspace_id = $1 AND device_id = $2 ORDER BY id DESC LIMIT $3";
        let query =
            sqlx::query(sql).bind(workspace.to_string()).bind(device.to_string()).bind(i64::from(limit));
        query.fetch_all(&self.readers).await.map_err(failed)?.iter().map(|r| row(r).map(shown)).collect()
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
        let nonce = Some(nonce);
        self.writer.check_in(CheckIn { workspace, device, nonce, facts, fetch: Fetch::All, now }).await
    }

    async fn answer_command(&self, workspace: WorkspaceId, new: Answer) -> Stored<Answered> {
        commit!(self, |tx| answer(tx, workspace, new).await)
    }
}
