//! What a device is to do: with its configuration, as a message at once, and its word before it does what cannot be undone.
//!
//! The agent says nothing of most: what it never confirms ends with being told. What it confirms (restart, erase, new password) it
//! confirms before it does it, or right after, and goes on only if that is wanted still; so a command that was taken back, or
//! was confirmed once, is never done by an old configuration that it keeps.

use super::{
    super::{
        apple::talk,
        commands::{self, COLUMNS},
        configurations::effective,
        device_events,
        devices::{self, check_in::gone},
        row::Read,
        writer::Tx,
    },
    call,
};
use muster_domain::{
    CommandId, DeviceId, Timestamp, WorkspaceId,
    apple::queue::MOST_SENDS,
    command::{CAME_BACK, Command, CommandKind, CommandState, NO_ADMINISTRATOR, Order},
    device::{Device, DeviceEvent, HeadwindFacts},
    ports::{AgentConfirmed, AgentMessage, AgentOrders, StoreError, Stored, TELL_AGAIN, Topic},
    time::MINUTE,
};
use sqlx::{AssertSqlSafe, sqlite::SqliteRow};

/// A new password goes out again within this time, in which its first answer may have been lost; later it is left to a person.
const PASSWORD_AGAIN: i64 = 5 * MINUTE;
/// A device that has confirmed its erasing is given so long to do it, before a word of it means that it has not.
const ERASING: i64 = 2 * MINUTE;

/// A command, with how often it went out.
struct Sent {
    command: Command,
    times: u8,
}

fn sent(row: &SqliteRow) -> Stored<Sent> {
    let times = u8::try_from(row.val::<i64>("sends")?).unwrap_or(u8::MAX);
    Ok(Sent { command: commands::row(row)?, times })
}

/// The commands of a device that are open, in the order in which they were given.
async fn open(tx: &mut Tx<'_>, workspace: WorkspaceId, device: DeviceId) -> Stored<Vec<Sent>> {
    let sql = format!(
        "SELECT {COLUMNS}, sends FROM device_command WHERE workspace_id = $1 AND device_id = $2 AND state IN ('queued', 'delivered')
        ORDER BY created_at, id"
    );
    let query = sqlx::query(AssertSqlSafe(sql)).bind(workspace.to_string()).bind(device.to_string());
    tx.rows(query).await?.iter().map(sent).collect()
}

/// Writes how far a command came. The words of a password are forgotten with its end.
async fn put(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    command: &Command,
    state: CommandState,
    detail: Option<&str>,
    now: Timestamp,
) -> Stored<()> {
    let sql = "UPDATE device_command SET state = $3, sends = sends + iif($3 = 'delivered', 1, 0), detail = coalesce($4, detail),
            delivered_at = coalesce(delivered_at, $5), ended_at = iif($6, $5, NULL), params = iif($6 AND kind = 'reset_password', NULL, params)
        WHERE workspace_id = $1 AND id = $2";
    let query = sqlx::query(sql)
        .bind(workspace.to_string())
        .bind(command.id.to_string())
        .bind(state.name())
        .bind(detail)
        .bind(now.0)
        .bind(!state.is_open());
    tx.run(query).await?;
    tx.changed(workspace, &[Topic::Devices]);
    Ok(())
}

/// A device asks for its configuration: what it is to do with it.
pub(super) async fn sync(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    id: DeviceId,
    now: Timestamp,
) -> Stored<AgentOrders> {
    let before = devices::get(tx, workspace, id).await?;
    let sql = "SELECT lock FROM headwind_device WHERE workspace_id = $1 AND device_id = $2";
    let row = tx.row(sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string())).await?;
    let mut orders =
        AgentOrders { lock: row.ok_or(StoreError::NotFound)?.maybe("lock")?, ..AgentOrders::default() };
    let copied = before.facts.headwind.as_ref().is_some_and(|h| h.copy.is_some());
    if !copied {
        orders.configuration = effective::fetch(tx, workspace, id).await?.map(Box::new);
    }
    // It has said that it erases itself: until then it is told what it was, and nothing new.
    if before.left_at.is_some() && !came_back(tx, &before, now).await? {
        return Ok(orders);
    }
    for Sent { command, times } in open(tx, workspace, id).await? {
        // While nobody knows which of two devices asks, it is told nothing but to report.
        if copied && command.order.kind() != CommandKind::Report {
            continue;
        }
        let state = match &command.order {
            Order::Lock { message, phone } => {
                let words = [message.as_deref(), phone.as_deref()];
                orders.lock = Some(words.into_iter().flatten().collect::<Vec<_>>().join("\n"));
                CommandState::Told
            }
            Order::Plain { what: CommandKind::Unlock } => {
                orders.lock = None;
                CommandState::Told
            }
            Order::Plain { what: CommandKind::Restart } => {
                orders.restart = times < MOST_SENDS;
                again(orders.restart)
            }
            Order::Erase { .. } => {
                orders.erase = times < MOST_SENDS;
                again(orders.erase)
            }
            Order::ResetPassword { password } => {
                let goes = command.delivered_at.is_none_or(|at| now.since(at) < PASSWORD_AGAIN);
                orders.password = goes.then(|| password.clone());
                again(goes)
            }
            Order::Plain { what: CommandKind::Report } if times == 0 => CommandState::Delivered,
            _ => continue,
        };
        put(tx, workspace, &command, state, None, now).await?;
    }
    let sql = "UPDATE headwind_device SET lock = $3, due_at = NULL, told_at = NULL WHERE workspace_id = $1 AND device_id = $2";
    tx.run(sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string()).bind(&orders.lock)).await?;
    let mut told = HeadwindFacts { locked: Some(orders.lock.is_some()), ..HeadwindFacts::default() };
    // What nobody wants any more is not lacking, and where it is, nobody shall know.
    if orders.configuration.is_none() {
        (told.apps, told.files, told.other_launcher) =
            (Some(Vec::new()), Some(Vec::new()), Some(String::new()));
    }
    told.no_place = orders.configuration.as_ref().is_none_or(|wanted| wanted.location.is_none());
    let known = before.facts.headwind.as_deref();
    told.unsigned = known.and_then(|known| known.unsigned).map(|_| false);
    told.erased = known.and_then(|known| known.erased).map(|_| false);
    let mut device = before.clone();
    device.left_at = None;
    device.last_seen = now;
    device.facts.headwind.get_or_insert_default().merge(&told);
    devices::judge(tx, &before, device, now).await?;
    Ok(orders)
}

/// What it is once more, or not any more.
fn again(goes: bool) -> CommandState {
    if goes { CommandState::Delivered } else { CommandState::Unanswered }
}

/// A device that has left by its own word speaks again: it was not erased, or was set up from a copy of its settings. It is not
/// erased a second time by itself. `false` while it may be about to.
async fn came_back(tx: &mut Tx<'_>, device: &Device, now: Timestamp) -> Stored<bool> {
    if device.left_at.is_none_or(|at| now.since(at) < ERASING) {
        return Ok(false);
    }
    let sql = "UPDATE device_command SET state = 'unanswered', detail = $3 WHERE workspace_id = $1 AND device_id = $2 AND kind = 'erase' AND state = 'presumed'";
    let query =
        sqlx::query(sql).bind(device.workspace.to_string()).bind(device.id.to_string()).bind(CAME_BACK);
    tx.run(query).await?;
    let event = DeviceEvent::ConnectedAgain { new_key: false };
    device_events::record(tx, device.workspace, device.id, &[event], None, now).await?;
    Ok(true)
}

/// What a device is to be told at once.
pub(super) async fn messages(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    id: DeviceId,
    now: Timestamp,
) -> Stored<Vec<AgentMessage>> {
    let sql = "UPDATE headwind_device SET told_at = $3 WHERE workspace_id = $1 AND device_id = $2 AND due_at IS NOT NULL AND (told_at IS NULL OR told_at <= $4)";
    let query = sqlx::query(sql)
        .bind(workspace.to_string())
        .bind(id.to_string())
        .bind(now.0)
        .bind(now.0 - TELL_AGAIN);
    if tx.run(query).await? == 0 {
        return Ok(Vec::new());
    }
    let device = devices::get(tx, workspace, id).await?;
    if device.left_at.is_some() {
        return Ok(Vec::new());
    }
    let mut told = vec![AgentMessage::ConfigUpdated];
    if device.facts.headwind.is_some_and(|h| h.copy.is_some()) {
        return Ok(told);
    }
    for Sent { command, .. } in open(tx, workspace, id).await? {
        if let Order::RunApp { package } = &command.order {
            told.push(AgentMessage::RunApp { package: package.clone() });
            put(tx, workspace, &command, CommandState::Told, None, now).await?;
        }
    }
    Ok(told)
}

/// A device is about to do what it was told, or has done it.
pub(super) async fn confirm(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    id: DeviceId,
    kind: CommandKind,
    able: bool,
    now: Timestamp,
) -> Stored<AgentConfirmed> {
    let device = devices::get(tx, workspace, id).await?;
    let delivered =
        |sent: &Sent| sent.command.order.kind() == kind && sent.command.state == CommandState::Delivered;
    let copied = device.facts.headwind.as_ref().is_some_and(|h| h.copy.is_some());
    let found = open(tx, workspace, id).await?.into_iter().find(delivered);
    let Some(Sent { command, .. }) = found.filter(|_| !copied && device.left_at.is_none()) else {
        return Ok(AgentConfirmed::Unwanted);
    };
    let (state, detail) = match (kind, able) {
        (CommandKind::Erase, false) => (CommandState::Failed, Some(NO_ADMINISTRATOR)),
        (CommandKind::Erase, true) => (CommandState::Presumed, None),
        _ => (CommandState::Done, None),
    };
    put(tx, workspace, &command, state, detail, now).await?;
    if state == CommandState::Presumed {
        let rest: Vec<CommandId> = open(tx, workspace, id).await?.iter().map(|s| s.command.id).collect();
        for open in rest {
            talk::cancel(tx, workspace, id, open, now).await?;
        }
        let mut erased = device.clone();
        erased.facts.headwind.get_or_insert_default().erased = Some(true);
        devices::judge(tx, &device, erased, now).await?;
        gone(tx, workspace, id, now).await?;
    } else {
        // The configuration that it keeps still says to do it: it asks for one that does not.
        call(tx, workspace, id, now).await?;
    }
    Ok(AgentConfirmed::Noted)
}
