//! The first question below a link, which binds it, and the same once more.

use super::super::{
    devices::{
        self, about,
        claim::{Connecting, connect},
    },
    invitations,
    row::Read,
    writer::Tx,
};
use muster_domain::{
    DeviceId, InvitationId, Timestamp, WorkspaceId,
    audit::Action,
    device::{Device, Facts, HeadwindFacts, Platform},
    headwind::{AGAIN, Bound, Repeated, bound_number, given_number, hardware_id, is_bound},
    invitation::Refusal,
    ports::{AgentClaim, AgentClaimed, StoreError, Stored},
    time::DAY,
};
use sqlx::AssertSqlSafe;

/// That something was refused is noted once in so long: it fills no log (ABUSE A44).
const NOTED: i64 = DAY;

pub(super) async fn claim(tx: &mut Tx<'_>, claim: AgentClaim) -> Stored<AgentClaimed> {
    let sql = format!("{} WHERE i.token_hash = $1", invitations::SELECT);
    let found = tx.row(sqlx::query(AssertSqlSafe(sql)).bind(claim.token.0.to_vec())).await?;
    let Some(found) = found else { return Ok(AgentClaimed::Refused(Refusal::Unknown)) };
    let invitation = invitations::row(&found)?;
    let workspace = invitation.workspace;
    // Its screen may show by now what it was given instead of what was typed.
    let its = invitation.hardware_id.clone().filter(|id| is_bound(invitation.id, Some(id), &claim.number));
    let hardware_id = its.unwrap_or_else(|| hardware_id(&claim.number));
    if let Err(refusal) = invitation.admits(Some(&hardware_id), claim.now) {
        return Ok(AgentClaimed::Refused(refusal));
    }
    if let Some((device, bound)) = bound_to(tx, &claim).await? {
        match bound.repeated(claim.now) {
            Repeated::Same => return Ok(AgentClaimed::Connected { workspace, device }),
            Repeated::Again => {}
            Repeated::Refused => {
                refused(tx, workspace, device, claim.now).await?;
                return Ok(AgentClaimed::Refused(Refusal::Used));
            }
        }
    }
    let number = Some(given_number(invitation.id));
    let headwind =
        HeadwindFacts { number, asked_again: Some(false), erased: Some(false), ..HeadwindFacts::default() };
    let typed = bound_number(Some(&hardware_id)).unwrap_or_default().to_owned();
    let new = Connecting {
        device: claim.device,
        hardware_id,
        platform: Platform::Android,
        key: claim.address.0.to_vec(),
        facts: Facts { headwind: Some(Box::new(headwind)), ..Facts::default() },
        now: claim.now,
    };
    let Some(device) = connect(tx, &invitation, new).await? else {
        return Ok(AgentClaimed::Refused(Refusal::Used));
    };
    keep(tx, &claim, workspace, device, invitation.id, &typed).await?;
    Ok(AgentClaimed::Connected { workspace, device })
}

/// Which device has the link, and how that stands to it.
async fn bound_to(tx: &mut Tx<'_>, claim: &AgentClaim) -> Stored<Option<(DeviceId, Bound)>> {
    let sql = "SELECT device_id, claimed_at, moved_at, again_until FROM headwind_device WHERE address = $1";
    let row = tx.row(sqlx::query(sql).bind(claim.address.0.to_vec())).await?;
    row.map(|row| {
        let bound = Bound {
            claimed_at: row.time("claimed_at")?,
            moved_at: row.time_or_none("moved_at")?,
            again_until: row.time_or_none("again_until")?,
        };
        Ok((row.parsed("device_id")?, bound))
    })
    .transpose()
}

/// Something asked below the link of a device that has moved: it is said to those who look after the device.
async fn refused(tx: &mut Tx<'_>, workspace: WorkspaceId, id: DeviceId, now: Timestamp) -> Stored<()> {
    let sql = "UPDATE headwind_device SET asked_again_at = $3 WHERE workspace_id = $1 AND device_id = $2
        AND (asked_again_at IS NULL OR asked_again_at <= $4)";
    let query =
        sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string()).bind(now.0).bind(now.0 - NOTED);
    if tx.run(query).await? == 0 {
        return Ok(());
    }
    let before = devices::get(tx, workspace, id).await?;
    decided(tx, &before, true, now).await?;
    tx.note(workspace, about(Action::DeviceLinkUsedAgain, &before)).await
}

/// Whether somebody has yet to decide on what asked.
async fn decided(tx: &mut Tx<'_>, before: &Device, open: bool, now: Timestamp) -> Stored<()> {
    let mut device = before.clone();
    device.facts.headwind.get_or_insert_default().asked_again = Some(open);
    devices::judge(tx, before, device, now).await
}

/// Somebody has decided.
pub(super) async fn asked_again(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    id: DeviceId,
    yes: bool,
    now: Timestamp,
) -> Stored<()> {
    let before = devices::get(tx, workspace, id).await?;
    if before.facts.headwind.as_ref().and_then(|h| h.asked_again) != Some(true) {
        return Err(StoreError::State);
    }
    decided(tx, &before, false, now).await?;
    let sql = "UPDATE headwind_device SET again_until = $3 WHERE workspace_id = $1 AND device_id = $2";
    let until = yes.then_some(now.0 + AGAIN);
    tx.run(sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string()).bind(until)).await?;
    let action = if yes { Action::DeviceMayConnectAgain } else { Action::DeviceLinkUseDismissed };
    tx.note(workspace, about(action, &before)).await
}

async fn keep(
    tx: &mut Tx<'_>,
    claim: &AgentClaim,
    workspace: WorkspaceId,
    device: DeviceId,
    invitation: InvitationId,
    typed: &str,
) -> Stored<()> {
    let sql = "INSERT INTO headwind_device (workspace_id, device_id, invitation_id, typed, address, claimed_at) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (workspace_id, device_id) DO UPDATE SET claimed_at = excluded.claimed_at, moved_at = NULL, asked_again_at = NULL, again_until = NULL";
    let query = sqlx::query(sql)
        .bind(workspace.to_string())
        .bind(device.to_string())
        .bind(invitation.to_string())
        .bind(typed)
        .bind(claim.address.0.to_vec())
        .bind(claim.now.0);
    tx.run(query).await.map(|_| ())
}
