//! How a device comes under management, and how that ends.

use super::{ENROLMENT, Enrolment, enrolment, identities, note_step, talk};
use crate::sqlite::{
    commands,
    devices::{
        self,
        check_in::gone,
        claim::{Connecting, connect},
    },
    invitations::{self, Move},
    row::{Read, json},
    users,
    writer::Tx,
};
use muster_domain::{
    DeviceId, Timestamp, WorkspaceId,
    apple::{End, Fingerprint, Step},
    device::{AppleFacts, Facts, Platform},
    invitation::{Invitation, Refusal, State},
    ports::{Begin, Begun, Stored, Taken, Tokens, Topic},
    time::MINUTE,
};
use sqlx::AssertSqlSafe;

/// A device that has connected begins anew with the same certificate after so long at the earliest. One whose profile is
/// installed again has another certificate, and does at once.
const AGAIN: i64 = 10 * MINUTE;

/// Why a link does not take a device, in words that an administrator reads.
const ELSEWHERE: &str = "the device is enrolled by another link";

async fn link(tx: &mut Tx<'_>, workspace: WorkspaceId, id: &str) -> Stored<Option<Invitation>> {
    let sql = format!("{} WHERE i.workspace_id = $1 AND i.id = $2", invitations::SELECT);
    let query = sqlx::query(AssertSqlSafe(sql)).bind(workspace.to_string()).bind(id);
    tx.row(query).await?.as_ref().map(invitations::row).transpose()
}

/// Binds a link and a certificate to a device.
pub(super) async fn begin(tx: &mut Tx<'_>, workspace: WorkspaceId, begin: Begin) -> Stored<Begun> {
    let (ws, id) = (workspace.to_string(), begin.invitation.to_string());
    let Some(invitation) = link(tx, workspace, &id).await? else {
        return Ok(Begun::Refused(Refusal::Unknown));
    };
    let sql = format!(
        "SELECT identity IS NOT NULL AS begun, e.* FROM (SELECT 1 FROM apple_identity WHERE workspace_id = $1 AND invitation_id = $2 AND fingerprint = $3 AND ended_at IS NULL)
            LEFT JOIN ({ENROLMENT} WHERE workspace_id = $1 AND invitation_id = $2) e"
    );
    let query = sqlx::query(AssertSqlSafe(sql)).bind(&ws).bind(&id).bind(begin.identity.0.to_vec());
    let Some(row) = tx.row(query).await? else { return Ok(Begun::OtherDevice) };
    let before = row.val::<bool>("begun")?.then(|| enrolment(&row)).transpose()?;
    if let Some(before) = before.as_ref().filter(|e| e.identity == begin.identity) {
        if before.udid != begin.udid {
            return Ok(Begun::OtherDevice);
        }
        // Said again right after it connected: it is bound already, and what is said over and over fills no log (ABUSE A44).
        let since = row.time_or_none("connected_at")?.filter(|_| !before.ended);
        if since.is_some_and(|at| begin.now.since(at) < AGAIN) {
            return Ok(Begun::Bound);
        }
    }
    if let Err(refusal) = invitation.admits(Some(&begin.udid), begin.now) {
        refused(tx, workspace, &begin, &refusal.to_string()).await?;
        return Ok(Begun::Refused(refusal));
    }
    if !let_go(tx, workspace, &begin, &invitation).await? {
        refused(tx, workspace, &begin, ELSEWHERE).await?;
        return Ok(Begun::Elsewhere);
    }
    // The one statement that decides between two devices: whoever changes the row has the link.
    let sql = "UPDATE invitation SET hardware_id = $3, platform = $4, started_at = coalesce(started_at, $5),
            state = iif($6, $7, state), state_at = iif($6, $5, state_at)
        WHERE workspace_id = $1 AND id = $2 AND (hardware_id IS NULL OR hardware_id = $3) AND state <> 'revoked' RETURNING device_id";
    let steps = invitation.state.may_become(State::Enrolling);
    let query = sqlx::query(sql)
        .bind(&ws)
        .bind(&id)
        .bind(&begin.udid)
        .bind(begin.platform.name())
        .bind(begin.now.0)
        .bind(steps)
        .bind(State::Enrolling.name());
    let Some(bound) = tx.row(query).await? else { return Ok(Begun::Refused(Refusal::Used)) };
    let device: Option<DeviceId> = bound.parsed_or_none("device_id")?;
    if let Some(before) = before.filter(|e| e.identity != begin.identity) {
        identities::end(tx, workspace, before.identity, End::Superseded, begin.now).await?;
    }
    // What a device was told in an earlier enrolment is over.
    if let Some(device) = device {
        talk::enrolment_ended(tx, workspace, device, begin.now).await?;
    }
    let sql = "INSERT INTO apple_enrolment (workspace_id, invitation_id, udid, identity, device_id, platform, facts, topic, authenticated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (workspace_id, invitation_id) DO UPDATE SET udid = excluded.udid, identity = excluded.identity, device_id = excluded.device_id,
            platform = excluded.platform, facts = excluded.facts, topic = excluded.topic, authenticated_at = excluded.authenticated_at,
            push_token = NULL, push_magic = NULL, unlock_token = NULL, connected_at = NULL, ended_at = NULL, may_move = 0,
            wants_to_move_at = NULL, push_due_at = NULL, push_attempts = 0, push_reason = NULL";
    let query = sqlx::query(sql)
        .bind(&ws)
        .bind(&id)
        .bind(&begin.udid)
        .bind(begin.identity.0.to_vec())
        .bind(device.map(|d| d.to_string()))
        .bind(begin.platform.name())
        .bind(json(&begin.facts)?)
        .bind(&begin.topic)
        .bind(begin.now.0);
    tx.run(query).await?;
    let detail = begin.facts.model.clone();
    invitations::dequeue(tx, workspace, begin.invitation).await?;
    if steps {
        let step = Move { to: State::Enrolling, at: begin.now, detail: detail.clone() };
        invitations::noted(tx, workspace, begin.invitation, step).await?;
        users::refresh_message(tx, workspace, &invitation.user.to_string()).await?;
    }
    note_step(tx, workspace, begin.invitation, Step::Authenticate, detail, begin.now).await?;
    Ok(Begun::Bound)
}

/// Somebody in front of a phone is told nothing by it; who looks at the message in the console is.
async fn refused(tx: &mut Tx<'_>, workspace: WorkspaceId, begin: &Begin, why: &str) -> Stored<()> {
    note_step(tx, workspace, begin.invitation, Step::Refused, Some(why.to_owned()), begin.now).await
}

/// Ends the device's enrolments by other links, in all workspaces, if each of them may move; else notes that it wants to.
async fn let_go(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    begin: &Begin,
    invitation: &Invitation,
) -> Stored<bool> {
    let sql = "SELECT workspace_id, invitation_id, udid, identity, device_id, connected_at, ended_at, may_move FROM apple_enrolment
        WHERE udid = $1 AND ended_at IS NULL AND NOT (workspace_id = $2 AND invitation_id = $3)";
    let query =
        sqlx::query(sql).bind(&begin.udid).bind(workspace.to_string()).bind(begin.invitation.to_string());
    let others = tx.rows(query).await?;
    let mut free = true;
    for row in &others {
        if row.val::<i64>("may_move")? == 1 {
            continue;
        }
        free = false;
        let elsewhere: WorkspaceId = row.parsed("workspace_id")?;
        let sql =
            "UPDATE apple_enrolment SET wants_to_move_at = $3 WHERE workspace_id = $1 AND invitation_id = $2";
        let query = sqlx::query(sql).bind(elsewhere.to_string()).bind(row.text("invitation_id")?);
        tx.run(query.bind(begin.now.0)).await?;
        tx.changed(elsewhere, &[Topic::Devices]);
    }
    if !free {
        return Ok(false);
    }
    for row in &others {
        let (elsewhere, found): (WorkspaceId, _) = (row.parsed("workspace_id")?, enrolment(row)?);
        match found.device {
            // The device keeps its row and its history, and goes with the new link to whom that is for.
            Some(device) if elsewhere == workspace && invitation.device.is_none() => {
                close(tx, elsewhere, &found, begin.now).await?;
                takes_along(tx, workspace, device, &found, invitation, begin.now).await?;
            }
            _ => end(tx, elsewhere, &found, begin.now).await?,
        }
    }
    Ok(true)
}

/// A device moves to another link of its workspace; the former one ends.
async fn takes_along(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    id: DeviceId,
    former: &Enrolment,
    to: &Invitation,
    now: Timestamp,
) -> Stored<()> {
    let device = devices::get(tx, workspace, id).await?;
    let sql = "UPDATE invitation SET device_id = NULL WHERE workspace_id = $1 AND id = $2";
    tx.run(sqlx::query(sql).bind(workspace.to_string()).bind(former.invitation.to_string())).await?;
    let ends = Move { to: State::Revoked, at: now, detail: Some(device.name.clone()) };
    invitations::step(tx, workspace, former.invitation, ends).await?;
    let sql = "UPDATE invitation SET device_id = $3 WHERE workspace_id = $1 AND id = $2";
    let query = sqlx::query(sql).bind(workspace.to_string()).bind(to.id.to_string());
    tx.run(query.bind(id.to_string())).await?;
    let sql = "UPDATE device SET invitation_id = $3 WHERE workspace_id = $1 AND id = $2";
    let query = sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string());
    tx.run(query.bind(to.id.to_string())).await?;
    if device.owner != to.user {
        devices::acts::give(tx, workspace, id, to.user, None, now).await?;
    }
    users::refresh_devices(tx, workspace, &to.user.to_string()).await
}

/// Connects a device that has begun, or notes how it can be called.
pub(super) async fn take_tokens(tx: &mut Tx<'_>, workspace: WorkspaceId, new: Tokens) -> Stored<Taken> {
    let (ws, id) = (workspace.to_string(), new.invitation.to_string());
    let sql = "SELECT facts, platform, udid, identity, device_id, connected_at, ended_at, unlock_token IS NOT NULL AS unlocks,
            (SELECT not_after FROM apple_identity i WHERE i.fingerprint = e.identity) AS not_after
        FROM apple_enrolment e WHERE workspace_id = $1 AND invitation_id = $2";
    let row = tx.row(sqlx::query(sql).bind(&ws).bind(&id)).await?;
    let Some(row) = row.filter(|r| r.time_or_none("ended_at").is_ok_and(|at| at.is_none())) else {
        return Ok(Taken::Refused);
    };
    let Some(invitation) = link(tx, workspace, &id).await? else { return Ok(Taken::Refused) };
    let apple = AppleFacts {
        identity_ends: row.time_or_none("not_after")?,
        topic: Some(new.topic.clone()),
        push_gone: Some(false),
        can_unlock: Some(new.unlock.is_some() || row.val::<i64>("unlocks")? == 1),
        ..AppleFacts::default()
    };
    if row.time_or_none("connected_at")?.is_some()
        && let Some(device) = row.parsed_or_none::<DeviceId>("device_id")?
    {
        hand_over(tx, workspace, &new, None).await?;
        tell(tx, workspace, device, apple, new.now).await?;
        return Ok(Taken::Updated(device));
    }
    let mut facts: Facts = row.json("facts")?;
    // It is there again, whatever was known of an earlier enrolment.
    let anew = AppleFacts { profile_installed: Some(true), ..apple };
    facts.apple.get_or_insert_default().merge(&anew);
    let connecting = Connecting {
        device: new.device,
        hardware_id: row.text("udid")?,
        platform: row.named("platform", Platform::from_name)?,
        key: row.val("identity")?,
        facts,
        now: new.now,
    };
    let Some(device) = connect(tx, &invitation, connecting).await? else { return Ok(Taken::Refused) };
    hand_over(tx, workspace, &new, Some(device)).await?;
    commands::insert_plain(tx, workspace, device, &new.questions, new.now).await?;
    note_step(tx, workspace, new.invitation, Step::Connected, None, new.now).await?;
    Ok(Taken::Connected(device))
}

/// Keeps how a device can be called. One that connects by it is called at once, for the questions that wait for it.
async fn hand_over(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    new: &Tokens,
    connects: Option<DeviceId>,
) -> Stored<()> {
    let sql = "UPDATE apple_enrolment SET push_token = $3, push_magic = $4, topic = $5, unlock_token = coalesce($6, unlock_token),
            push_reason = NULL, device_id = coalesce($7, device_id), connected_at = iif($7 IS NULL, connected_at, $8),
            push_due_at = iif($7 IS NULL, push_due_at, coalesce(min(push_due_at, $8), $8)), push_attempts = iif($7 IS NULL, push_attempts, 0)
        WHERE workspace_id = $1 AND invitation_id = $2";
    let query = sqlx::query(sql)
        .bind(workspace.to_string())
        .bind(new.invitation.to_string())
        .bind(&new.token)
        .bind(&new.magic)
        .bind(&new.topic)
        .bind(&new.unlock)
        .bind(connects.map(|d| d.to_string()))
        .bind(new.now.0);
    tx.run(query).await?;
    if connects.is_some() {
        tx.changed(workspace, &[Topic::Jobs]);
    }
    Ok(())
}

/// Writes what is newly known of a device's management.
async fn tell(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    id: DeviceId,
    apple: AppleFacts,
    now: Timestamp,
) -> Stored<()> {
    let mut device = devices::get(tx, workspace, id).await?;
    let before = device.clone();
    device.facts.apple.get_or_insert_default().merge(&apple);
    device.last_seen = now;
    devices::judge(tx, &before, device, now).await
}

/// Another certificate is pinned to a device now.
pub(super) async fn identity_of(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    device: DeviceId,
    new: Fingerprint,
    ends: Timestamp,
    now: Timestamp,
) -> Stored<()> {
    let sql = "UPDATE device SET public_key = $3 WHERE workspace_id = $1 AND id = $2";
    let query = sqlx::query(sql).bind(workspace.to_string()).bind(device.to_string());
    tx.run(query.bind(new.0.to_vec())).await?;
    let apple = AppleFacts { identity_ends: Some(ends), ..AppleFacts::default() };
    tell(tx, workspace, device, apple, now).await
}

/// An enrolment ends: its certificate, and what its device was still to do.
async fn close(tx: &mut Tx<'_>, workspace: WorkspaceId, found: &Enrolment, now: Timestamp) -> Stored<()> {
    let sql =
        "UPDATE apple_enrolment SET ended_at = $3, push_due_at = NULL, push_token = NULL, unlock_token = NULL
        WHERE workspace_id = $1 AND invitation_id = $2 AND ended_at IS NULL";
    let query = sqlx::query(sql).bind(workspace.to_string()).bind(found.invitation.to_string());
    tx.run(query.bind(now.0)).await?;
    identities::end(tx, workspace, found.identity, End::Left, now).await?;
    if let Some(device) = found.device {
        talk::enrolment_ended(tx, workspace, device, now).await?;
    }
    Ok(())
}

/// A device is not managed any more; it stays listed.
pub(super) async fn end(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    found: &Enrolment,
    now: Timestamp,
) -> Stored<()> {
    if found.ended {
        return Ok(());
    }
    close(tx, workspace, found, now).await?;
    match found.device {
        Some(device) if found.connected => gone(tx, workspace, device, now).await,
        _ => Ok(()),
    }
}

/// A device is about to be deleted, or is found to have left by what it did.
pub(in crate::sqlite) async fn closed(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    device: DeviceId,
    now: Timestamp,
) -> Stored<()> {
    let sql = format!("{ENROLMENT} WHERE workspace_id = $1 AND device_id = $2 AND ended_at IS NULL");
    let query = sqlx::query(AssertSqlSafe(sql)).bind(workspace.to_string()).bind(device.to_string());
    match tx.row(query).await?.as_ref().map(enrolment).transpose()? {
        Some(found) => close(tx, workspace, &found, now).await,
        None => Ok(()),
    }
}
