//! The first question below a link, which binds it.

use super::super::{
    devices::claim::{Connecting, connect},
    invitations,
    row::Read,
    writer::Tx,
};
use muster_domain::{
    DeviceId, InvitationId, WorkspaceId,
    device::{Facts, HeadwindFacts, Platform},
    headwind::{bound_number, given_number, hardware_id, is_bound},
    invitation::Refusal,
    ports::{AgentClaim, AgentClaimed, Stored},
    time::MINUTE,
};
use sqlx::AssertSqlSafe;

/// What is set up anew over and over is connected again once in so long: it fills no log (ABUSE A44).
const AGAIN: i64 = 10 * MINUTE;

pub(super) async fn claim(tx: &mut Tx<'_>, claim: AgentClaim) -> Stored<AgentClaimed> {
    let sql = format!("{} WHERE i.token_hash = $1", invitations::SELECT);
    let found = tx.row(sqlx::query(AssertSqlSafe(sql)).bind(claim.token.0.to_vec())).await?;
    let Some(found) = found else { return Ok(AgentClaimed::Refused(Refusal::Unknown)) };
    let invitation = invitations::row(&found)?;
    let workspace = invitation.workspace;
    // Its screen may show by now what it was given instead of what was typed.
    let bound = invitation.hardware_id.clone().filter(|id| is_bound(invitation.id, Some(id), &claim.number));
    let hardware_id = bound.unwrap_or_else(|| hardware_id(&claim.number));
    if let Err(refusal) = invitation.admits(Some(&hardware_id), claim.now) {
        return Ok(AgentClaimed::Refused(refusal));
    }
    let sql = "SELECT h.device_id, h.claimed_at, h.moved_at FROM headwind_device h JOIN device d ON d.workspace_id = h.workspace_id AND d.id = h.device_id
        WHERE h.address = $1 AND d.left_at IS NULL";
    if let Some(row) = tx.row(sqlx::query(sql).bind(claim.address.0.to_vec())).await? {
        let fresh = claim.now.since(row.time("claimed_at")?) < AGAIN;
        if fresh || row.time_or_none("moved_at")?.is_none() {
            return Ok(AgentClaimed::Connected { workspace, device: row.parsed("device_id")? });
        }
    }
    let headwind = HeadwindFacts { number: Some(given_number(invitation.id)), ..HeadwindFacts::default() };
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

async fn keep(
    tx: &mut Tx<'_>,
    claim: &AgentClaim,
    workspace: WorkspaceId,
    device: DeviceId,
    invitation: InvitationId,
    typed: &str,
) -> Stored<()> {
    let sql = "INSERT INTO headwind_device (workspace_id, device_id, invitation_id, typed, address, claimed_at) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (workspace_id, device_id) DO UPDATE SET claimed_at = excluded.claimed_at, moved_at = NULL";
    let query = sqlx::query(sql)
        .bind(workspace.to_string())
        .bind(device.to_string())
        .bind(invitation.to_string())
        .bind(typed)
        .bind(claim.address.0.to_vec())
        .bind(claim.now.0);
    tx.run(query).await.map(|_| ())
}
