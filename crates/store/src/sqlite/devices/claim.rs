//! The claim: one statement decides which device has a link.

use super::{
    about,
    check_in::{fresh, merge},
    get, put, silence,
};
use crate::sqlite::{
    device_events,
    invitations::{self, Move},
    row::Read,
    writer::Tx,
};
use muster_domain::{
    DeviceId,
    audit::Action,
    device::{self, Platform},
    invitation::{Refusal, State},
    ports::{Claim, Claimed, Stored},
};
use sqlx::AssertSqlSafe;

pub(super) async fn claim(tx: &mut Tx<'_>, claim: Claim) -> Stored<Claimed> {
    let sql = format!("{} WHERE i.token_hash = $1", invitations::SELECT);
    let found = tx.row(sqlx::query(AssertSqlSafe(sql)).bind(claim.token.0.to_vec())).await?;
    let Some(found) = found else { return Ok(Claimed::Refused(Refusal::Unknown)) };
    let invitation = invitations::row(&found)?;
    let workspace = invitation.workspace;
    if let Err(refusal) = invitation.admits(Some(&claim.hardware_id), claim.now) {
        return Ok(Claimed::Refused(refusal));
    }
    if claim.facts.managed_by.as_deref().is_some_and(|m| !m.is_empty()) {
        return Ok(Claimed::Refused(Refusal::OtherManagement));
    }
    if !fresh(tx, &format!("claim:{}", invitation.id), &claim.nonce, claim.now).await? {
        return Ok(Claimed::Replayed);
    }
    // The one statement that decides between two devices: whoever changes the row has the link.
    let sql = "UPDATE invitation SET hardware_id = $3, device_id = coalesce(device_id, $4), platform = $5, enrolled_at = coalesce(enrolled_at, $6), error = NULL, requested_at = NULL
        WHERE workspace_id = $1 AND id = $2 AND (hardware_id IS NULL OR hardware_id = $3) AND state <> 'revoked' RETURNING device_id";
    let query = sqlx::query(sql)
        .bind(workspace.to_string())
        .bind(invitation.id.to_string())
        .bind(&claim.hardware_id)
        .bind(claim.device.to_string())
        .bind(claim.platform.name())
        .bind(claim.now.0);
    let Some(bound) = tx.row(query).await? else {
        return Ok(Claimed::Refused(Refusal::Used));
    };
    let id: DeviceId = bound.parsed("device_id")?;
    let former_key = device_events::pinned_key(tx, workspace, id).await?;
    let word = match claim.platform {
        Platform::Android => "Android",
        Platform::Ios => "iPhone",
        Platform::Ipados => "iPad",
    };
    let name =
        claim.facts.name.clone().or_else(|| claim.facts.model.clone()).unwrap_or_else(|| word.to_owned());
    let sql = "INSERT INTO device (workspace_id, id, user_id, invitation_id, name, sort_name, search, platform, model, os_version, facts,
            public_key, status, reasons, enrolled_at, last_seen, number)
        VALUES ($1, $2, $3, $4, $5, '', '', $6, '', '', '{}', $7, 1, '[]', $8, $8, (SELECT coalesce(max(number), 0) + 1 FROM device))
        ON CONFLICT (workspace_id, id) DO UPDATE SET public_key = excluded.public_key, left_at = NULL";
    tx.run(
        sqlx::query(sql)
            .bind(workspace.to_string())
            .bind(id.to_string())
            .bind(invitation.user.to_string())
            .bind(invitation.id.to_string())
            .bind(name)
            .bind(claim.platform.name())
            .bind(&claim.public_key)
            .bind(claim.now.0),
    )
    .await?;
    let mut device = get(tx, workspace, id).await?;
    device_events::claimed(tx, &device, former_key.as_deref(), &claim.public_key, claim.now).await?;
    let before = device.clone();
    merge(&mut device.facts, &claim.facts);
    device.last_seen = claim.now;
    (device.status, device.reasons) =
        device::status(&device.facts, claim.now, false, claim.now, silence(tx, workspace).await?);
    put(tx, &device).await?;
    device_events::changed(tx, &before, &device, None, claim.now).await?;
    invitations::dequeue(tx, workspace, invitation.id).await?;
    invitations::step(
        tx,
        workspace,
        invitation.id,
        Move { to: State::Enrolled, at: claim.now, detail: device.facts.model.clone() },
    )
    .await?;
    let action = if former_key.is_some() { Action::DeviceReconnected } else { Action::DeviceConnected };
    tx.note(workspace, about(action, &device).now("owner", &device.owner_name)).await?;
    Ok(Claimed::Connected { workspace, device: id, owner: invitation.user_name })
}
