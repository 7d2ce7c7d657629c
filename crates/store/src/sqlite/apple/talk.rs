//! What an Apple device says at the command endpoint, and what it is told: the queue's rule (`domain::apple::queue`) on the
//! rows of its commands.

use super::enrol::closed;
use crate::sqlite::{
    commands::{self, COLUMNS},
    devices::check_in::{CheckIn, gone},
    row::Read,
    writer::Tx,
};
use muster_domain::{
    CommandId, DeviceId, InvitationId, Timestamp, WorkspaceId,
    apple::queue::{Entry, Outcome, Queue, State},
    command::{Command, CommandKind, CommandState, Order},
    device::{AppleFacts, Facts},
    ports::{Stored, Topic},
};
use sqlx::{AssertSqlSafe, sqlite::SqliteRow};
use std::time::Duration;

/// Live pages are told of what devices list once in so long.
const TELL_LISTS: Duration = Duration::from_secs(1);

/// What a device says: nothing to report, or how a command went.
pub(in crate::sqlite) struct Spoken {
    pub(in crate::sqlite) invitation: InvitationId,
    pub(in crate::sqlite) answer: Option<(CommandId, Outcome)>,
    pub(in crate::sqlite) detail: Option<String>,
    pub(in crate::sqlite) facts: Option<Facts>,
    pub(in crate::sqlite) list: Option<(CommandKind, String)>,
}

/// What came of it.
pub(in crate::sqlite) struct Heard {
    /// Whether what it told is news: it said nothing of a command, or its answer changed something.
    pub(in crate::sqlite) news: bool,
    /// It is managed no longer.
    pub(in crate::sqlite) left: bool,
    /// What is known of it because it has done what it was told.
    pub(in crate::sqlite) learned: Option<Facts>,
    /// What the company calls it from now on.
    pub(in crate::sqlite) renamed: Option<String>,
    /// What it gets next: one command at most.
    pub(in crate::sqlite) next: Vec<Command>,
}

impl Spoken {
    /// Whether there is anything to write, even if no command waits.
    pub(in crate::sqlite) fn says_something(&self) -> bool {
        self.answer.is_some() || self.facts.is_some() || self.list.is_some()
    }
}

/// A command with its place in the queue.
struct Placed {
    command: Command,
    state: State,
}

fn placed(row: &SqliteRow) -> Stored<Placed> {
    let command = commands::row(row)?;
    let times = u8::try_from(row.val::<i64>("sends")?).unwrap_or(u8::MAX);
    let session = u64::try_from(row.val::<i64>("session")?).unwrap_or_default();
    let state = command.state.in_queue(times, session);
    Ok(Placed { command, state })
}

/// The commands of a device that are open, and the one that is answered; in the order in which they were given, which ids of one
/// millisecond do not tell.
async fn load(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    device: DeviceId,
    answered: Option<CommandId>,
) -> Stored<Vec<Placed>> {
    let open = "state IN ('queued', 'delivered', 'postponed')";
    let sql = format!(
        "SELECT {COLUMNS}, sends, session FROM device_command WHERE workspace_id = $1 AND device_id = $2 AND {open}
        UNION SELECT {COLUMNS}, sends, session FROM device_command WHERE workspace_id = $1 AND device_id = $2 AND id = $3
        ORDER BY created_at, id"
    );
    let query = sqlx::query(AssertSqlSafe(sql))
        .bind(workspace.to_string())
        .bind(device.to_string())
        .bind(answered.map(|id| id.to_string()));
    tx.rows(query).await?.iter().map(placed).collect()
}

/// The number of the device's last session.
async fn session(tx: &mut Tx<'_>, workspace: WorkspaceId, link: InvitationId) -> Stored<u64> {
    let sql = "SELECT session FROM apple_enrolment WHERE workspace_id = $1 AND invitation_id = $2";
    let row = tx.row(sqlx::query(sql).bind(workspace.to_string()).bind(link.to_string())).await?;
    let session = row.map(|row| row.val::<i64>("session")).transpose()?.unwrap_or_default();
    Ok(u64::try_from(session).unwrap_or_default())
}

/// Writes a command's new place.
async fn put(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    id: CommandId,
    state: State,
    detail: Option<&str>,
    now: Timestamp,
) -> Stored<()> {
    let (sends, session) = match state {
        State::Sent { times } => (Some(times), None),
        State::NotNow { session, times } => (Some(times), Some(session)),
        State::Cancelled { sent } => (Some(u8::from(sent)), None),
        _ => (None, None),
    };
    let kind = CommandState::of(state);
    let detail = match state {
        State::FormatError => Some(detail.unwrap_or("CommandFormatError")),
        _ => detail,
    };
    let sql =
        "UPDATE device_command SET state = $3, sends = coalesce($4, sends), session = coalesce($5, session),
            delivered_at = CASE WHEN $3 = 'delivered' THEN coalesce(delivered_at, $6) ELSE delivered_at END,
            ended_at = CASE WHEN $7 THEN $6 END, detail = coalesce($8, detail),
            params = iif($7 AND kind = 'reset_password', NULL, params) WHERE workspace_id = $1 AND id = $2";
    let query = sqlx::query(sql)
        .bind(workspace.to_string())
        .bind(id.to_string())
        .bind(kind.name())
        .bind(sends.map(i64::from))
        .bind(session.and_then(|s| i64::try_from(s).ok()))
        .bind(now.0)
        .bind(!kind.is_open())
        .bind(detail);
    tx.run(query).await.map(|_| ())
}

/// Notes what the device says, and answers what it gets next.
pub(in crate::sqlite) async fn next(tx: &mut Tx<'_>, check_in: &CheckIn, spoken: &Spoken) -> Stored<Heard> {
    let (workspace, device, now) = (check_in.workspace, check_in.device, check_in.now);
    let loaded = load(tx, workspace, device, spoken.answer.map(|(id, _)| id)).await?;
    let entry =
        |p: &Placed| Entry { id: p.command.id, repeat: p.command.order.kind().repeat(), state: p.state };
    let before = session(tx, workspace, spoken.invitation).await?;
    let mut queue = Queue::restore(loaded.iter().map(entry).collect(), before);
    let (news, next) = match spoken.answer {
        None => (true, queue.idle().map(|e| e.id)),
        // What changes nothing (ABUSE A12) is no error for the device: it gets its next command all the same.
        Some((id, outcome)) => {
            let (taken, next) = queue.answer(&id, outcome);
            (taken.is_ok(), next.map(|e| e.id))
        }
    };
    if let Some((kind, entries)) = spoken.list.as_ref().filter(|_| news) {
        keep_list(tx, check_in, *kind, entries).await?;
    }
    if queue.session() != before {
        let sql = "UPDATE apple_enrolment SET session = $3 WHERE workspace_id = $1 AND invitation_id = $2";
        let query = sqlx::query(sql).bind(workspace.to_string()).bind(spoken.invitation.to_string());
        tx.run(query.bind(i64::try_from(queue.session()).unwrap_or_default())).await?;
    }
    let changed = || loaded.iter().zip(queue.entries()).filter(|(was, is)| was.state != is.state);
    let ends = changed().any(|(was, is)| is.state == State::Acknowledged && leaves(was.command.order.kind()));
    for (_, is) in changed() {
        // What would come next is not told any more.
        if ends && Some(is.id) == next {
            continue;
        }
        let answered = spoken.answer.is_some_and(|(id, _)| id == is.id);
        put(tx, workspace, is.id, is.state, spoken.detail.as_deref().filter(|_| answered), now).await?;
        tx.changed(workspace, &[Topic::Devices]);
    }
    if ends {
        // It is erased, or its management is gone: it says no good-bye.
        closed(tx, workspace, device, now).await?;
        gone(tx, workspace, device, now).await?;
        return Ok(Heard { news, left: true, learned: None, renamed: None, next: Vec::new() });
    }
    let done = changed().find(|(_, is)| is.state == State::Acknowledged).map(|(was, _)| &was.command.order);
    let (learned, renamed) = done.map_or((None, None), learned);
    let given = loaded.into_iter().find(|p| Some(p.command.id) == next);
    Ok(Heard { news, left: false, learned, renamed, next: given.map(|p| p.command).into_iter().collect() })
}

/// What is known of a device that has done this, without asking it, and what it is called then.
fn learned(done: &Order) -> (Option<Facts>, Option<String>) {
    let lost = |yes| {
        let apple = AppleFacts { lost_mode: Some(yes), ..AppleFacts::default() };
        Some(Facts { apple: Some(Box::new(apple)), ..Facts::default() })
    };
    match done {
        Order::LostMode { .. } => (lost(true), None),
        Order::Plain { what: CommandKind::EndLostMode } => (lost(false), None),
        Order::Rename { name } => {
            (Some(Facts { name: Some(name.clone()), ..Facts::default() }), Some(name.clone()))
        }
        _ => (None, None),
    }
}

/// Whether a device that has done it is managed no longer.
fn leaves(kind: CommandKind) -> bool {
    matches!(kind, CommandKind::Erase | CommandKind::RemoveManagement)
}

async fn keep_list(tx: &mut Tx<'_>, check_in: &CheckIn, kind: CommandKind, entries: &str) -> Stored<()> {
    let sql =
        "INSERT INTO device_list (workspace_id, device_id, kind, at, entries) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO UPDATE SET at = excluded.at, entries = excluded.entries";
    let query = sqlx::query(sql)
        .bind(check_in.workspace.to_string())
        .bind(check_in.device.to_string())
        .bind(kind.name())
        .bind(check_in.now.0)
        .bind(entries);
    tx.run(query).await?;
    tx.changed_soon(check_in.workspace, &[Topic::Devices], TELL_LISTS);
    Ok(())
}

/// A new enrolment of a device begins, or its last one ends: what it was to do is over.
pub(in crate::sqlite) async fn enrolment_ended(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    device: DeviceId,
    now: Timestamp,
) -> Stored<()> {
    for placed in load(tx, workspace, device, None).await? {
        let after = placed.state.enrolment_ended(placed.command.order.kind().repeat());
        if after != placed.state {
            put(tx, workspace, placed.command.id, after, None, now).await?;
            tx.changed(workspace, &[Topic::Devices]);
        }
    }
    Ok(())
}

/// A person takes a command back. `false` if it has ended.
pub(in crate::sqlite) async fn cancel(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    device: DeviceId,
    id: CommandId,
    now: Timestamp,
) -> Stored<bool> {
    let open = load(tx, workspace, device, None).await?;
    let Some(placed) = open.into_iter().find(|p| p.command.id == id) else { return Ok(false) };
    put(tx, workspace, id, placed.state.cancelled(), None, now).await?;
    tx.changed(workspace, &[Topic::Devices]);
    Ok(true)
}
