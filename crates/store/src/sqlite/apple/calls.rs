//! Calls: devices that are to come and ask for their commands. One call brings all that wait.

use crate::sqlite::{
    devices,
    row::{Read, json, to_hex},
    writer::Tx,
};
use muster_domain::{
    DeviceId, Timestamp, WorkspaceId,
    device::AppleFacts,
    ports::{Call, Called, Stored, Topic},
};
use std::time::Duration;

/// The reason at a device that APNs does not know any more.
pub(super) const GONE: &str = "Unregistered";

/// Live pages are told of calls that went out at most this often.
const TELL: Duration = Duration::from_secs(1);

/// Takes the calls that are due, and puts them off meanwhile.
pub(super) async fn due(tx: &mut Tx<'_>, limit: u32, now: Timestamp, until: Timestamp) -> Stored<Vec<Call>> {
    // As one row: of many, each is a message from the database's thread to this one.
    let sql = "SELECT json_group_array(json_array(workspace_id, invitation_id, hex(push_token), push_magic, topic, push_due_at, push_attempts)) AS due
        FROM (SELECT * FROM apple_enrolment WHERE push_due_at <= $1 AND push_token IS NOT NULL ORDER BY push_due_at LIMIT $2)";
    let Some(row) = tx.row(sqlx::query(sql).bind(now.0).bind(limit)).await? else { return Ok(Vec::new()) };
    let found: Vec<(String, String, String, String, String, i64, u32)> = row.json("due")?;
    let mut calls = Vec::with_capacity(found.len());
    for (workspace, invitation, token, magic, topic, _, attempts) in found {
        calls.push(Call {
            workspace: workspace.parse().map_err(|_| crate::sqlite::row::damaged("workspace_id"))?,
            invitation: invitation.parse().map_err(|_| crate::sqlite::row::damaged("invitation_id"))?,
            token: crate::sqlite::row::bytes(&token)
                .ok_or_else(|| crate::sqlite::row::damaged("push_token"))?,
            magic,
            topic,
            due_at: until,
            attempts,
        });
    }
    let named: Vec<_> = calls.iter().map(|c| (c.workspace, c.invitation)).collect();
    let sql = "UPDATE apple_enrolment SET push_due_at = $2 FROM json_each($1) AS j
        WHERE apple_enrolment.workspace_id = j.value ->> 0 AND apple_enrolment.invitation_id = j.value ->> 1";
    tx.run(sqlx::query(sql).bind(json(&named)?).bind(until.0)).await?;
    Ok(calls)
}

/// The workspace has another certificate: what waits is due now, and so is what the former one could not do. A device that
/// is not known to APNs is not called again: no certificate helps it.
pub(in crate::sqlite) async fn due_now(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    now: Timestamp,
) -> Stored<()> {
    let sql = "UPDATE apple_enrolment SET push_due_at = $2, push_attempts = 0
        WHERE workspace_id = $1 AND ended_at IS NULL AND push_token IS NOT NULL
            AND (push_due_at > $2 OR push_due_at IS NULL AND push_reason IS NOT NULL AND push_reason <> $3)";
    let query = sqlx::query(sql).bind(workspace.to_string()).bind(now.0).bind(GONE);
    if tx.run(query).await? > 0 {
        tx.changed(workspace, &[Topic::Devices]);
    }
    Ok(())
}

/// Writes what became of calls. Each names the time to which it was put off: one that is due at another time by now was
/// asked for again meanwhile, and stays. Those that APNs took, in one statement.
pub(super) async fn called(tx: &mut Tx<'_>, calls: Vec<(Call, Called)>, now: Timestamp) -> Stored<()> {
    let mut done = Vec::with_capacity(calls.len());
    for (call, became) in calls {
        match became {
            Called::Done => {
                tx.changed_soon(call.workspace, &[Topic::Devices], TELL);
                done.push((call.workspace, call.invitation, call.due_at.0, to_hex(&call.token)));
            }
            Called::Again(reason, at) => {
                settle(tx, &call, Some(at), call.attempts + 1, &reason).await?;
                tx.changed(call.workspace, &[Topic::Devices]);
            }
            Called::Refused(reason) => {
                settle(tx, &call, None, call.attempts + 1, &reason).await?;
                tx.changed(call.workspace, &[Topic::Devices]);
            }
            Called::Gone => {
                settle(tx, &call, None, 0, GONE).await?;
                lost(tx, &call, now).await?;
            }
        }
    }
    if done.is_empty() {
        return Ok(());
    }
    let sql = "UPDATE apple_enrolment SET push_due_at = CASE WHEN push_due_at = j.value ->> 2 THEN NULL ELSE push_due_at END,
            push_attempts = 0, push_reason = NULL, pushed_at = $2 FROM json_each($1) AS j
        WHERE apple_enrolment.workspace_id = j.value ->> 0 AND apple_enrolment.invitation_id = j.value ->> 1
            AND hex(push_token) = upper(j.value ->> 3)";
    tx.run(sqlx::query(sql).bind(json(&done)?).bind(now.0)).await?;
    Ok(())
}

async fn settle(
    tx: &mut Tx<'_>,
    call: &Call,
    at: Option<Timestamp>,
    attempts: u32,
    reason: &str,
) -> Stored<()> {
    let sql = "UPDATE apple_enrolment SET push_due_at = $4, push_attempts = $5, push_reason = $6
        WHERE workspace_id = $1 AND invitation_id = $2 AND push_due_at = $3 AND push_token = $7";
    let query = sqlx::query(sql)
        .bind(call.workspace.to_string())
        .bind(call.invitation.to_string())
        .bind(call.due_at.0)
        .bind(at.map(|at| at.0))
        .bind(attempts)
        .bind(reason)
        .bind(&call.token);
    tx.run(query).await.map(|_| ())
}

/// APNs knows the token no more. A device that has handed over another one meanwhile is not meant.
async fn lost(tx: &mut Tx<'_>, call: &Call, now: Timestamp) -> Stored<()> {
    let sql = "SELECT device_id FROM apple_enrolment WHERE workspace_id = $1 AND invitation_id = $2 AND push_token = $3 AND ended_at IS NULL";
    let query =
        sqlx::query(sql).bind(call.workspace.to_string()).bind(call.invitation.to_string()).bind(&call.token);
    let Some(row) = tx.row(query).await? else { return Ok(()) };
    let Some(id) = row.parsed_or_none::<DeviceId>("device_id")? else { return Ok(()) };
    let before = devices::get(tx, call.workspace, id).await?;
    let mut device = before.clone();
    let gone = AppleFacts { push_gone: Some(true), ..AppleFacts::default() };
    device.facts.apple.get_or_insert_default().merge(&gone);
    devices::judge(tx, &before, device, now).await
}
