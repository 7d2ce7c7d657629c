//! The claim: one statement decides which device has a link.

use super::{about, check_in::fresh, get, insert, put, rules};
use crate::sqlite::{
    device_events,
    invitations::{self, Move},
    row::Read,
    users,
    writer::Tx,
};
use muster_domain::{
    DeviceId, Timestamp,
    audit::Action,
    device::{self, Device, DeviceEvent, Facts, Platform, Status},
    invitation::{Invitation, Refusal, State},
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
    let new = Connecting {
        device: claim.device,
        hardware_id: claim.hardware_id,
        platform: claim.platform,
        key: claim.public_key,
        facts: claim.facts,
        now: claim.now,
    };
    let Some(device) = connect(tx, &invitation, new).await? else {
        return Ok(Claimed::Refused(Refusal::Used));
    };
    Ok(Claimed::Connected { workspace, device, owner: invitation.user_name })
}

/// A device that is to be connected by a link which admits it.
pub(in crate::sqlite) struct Connecting {
    /// Its id if it is new.
    pub(in crate::sqlite) device: DeviceId,
    /// What the link is bound to.
    pub(in crate::sqlite) hardware_id: String,
    /// What runs on it.
    pub(in crate::sqlite) platform: Platform,
    /// What its key is known by.
    pub(in crate::sqlite) key: Vec<u8>,
    /// What it tells.
    pub(in crate::sqlite) facts: Facts,
    /// When.
    pub(in crate::sqlite) now: Timestamp,
}

/// Connects a device, or connects it again; answers its id, or `None` if the link is another device's by now.
pub(in crate::sqlite) async fn connect(
    tx: &mut Tx<'_>,
    invitation: &Invitation,
    new: Connecting,
) -> Stored<Option<DeviceId>> {
    let workspace = invitation.workspace;
    let steps = invitation.state.may_become(State::Enrolled);
    // The one statement that decides between two devices: whoever changes the row has the link.
    let sql = "UPDATE invitation SET hardware_id = $3, device_id = coalesce(device_id, $4), platform = $5, enrolled_at = coalesce(enrolled_at, $6), error = NULL, requested_at = NULL,
            state = iif($7, $8, state), state_at = iif($7, $6, state_at)
        WHERE workspace_id = $1 AND id = $2 AND (hardware_id IS NULL OR hardware_id = $3) AND state <> 'revoked' RETURNING device_id";
    let query = sqlx::query(sql)
        .bind(workspace.to_string())
        .bind(invitation.id.to_string())
        .bind(&new.hardware_id)
        .bind(new.device.to_string())
        .bind(new.platform.name())
        .bind(new.now.0)
        .bind(steps)
        .bind(State::Enrolled.name());
    let Some(bound) = tx.row(query).await? else { return Ok(None) };
    let id: DeviceId = bound.parsed("device_id")?;
    let is_new = id == new.device;
    let former_key = if is_new { None } else { device_events::pinned_key(tx, workspace, id).await? };
    let (before, event) = match &former_key {
        Some(former) => {
            let sql = "UPDATE device SET public_key = $3, left_at = NULL WHERE workspace_id = $1 AND id = $2";
            let query = sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string()).bind(&new.key);
            tx.run(query).await?;
            (get(tx, workspace, id).await?, DeviceEvent::ConnectedAgain { new_key: *former != new.key })
        }
        None => (unheard(invitation, id, &new), DeviceEvent::Connected),
    };
    let mut device = before.clone();
    device.facts.merge(&new.facts);
    device.last_seen = new.now;
    (device.status, device.reasons) =
        device::status(&device.facts, new.now, false, new.now, &rules(tx, workspace).await?);
    match former_key {
        Some(_) => put(tx, &device).await?,
        None => insert(tx, &device, &new.key).await?,
    }
    let mut events = vec![event];
    events.extend(DeviceEvent::between(&before, &device));
    device_events::record(tx, workspace, id, &events, None, new.now).await?;
    invitations::dequeue(tx, workspace, invitation.id).await?;
    if steps {
        let step = Move { to: State::Enrolled, at: new.now, detail: device.facts.model.clone() };
        invitations::noted(tx, workspace, invitation.id, step).await?;
    }
    users::refresh(tx, workspace, device.owner).await?;
    let action = if former_key.is_some() { Action::DeviceReconnected } else { Action::DeviceConnected };
    tx.note(workspace, about(action, &device).now("owner", &device.owner_name)).await?;
    Ok(Some(id))
}

/// A new device, of which nothing is known yet but what it is called.
fn unheard(invitation: &Invitation, id: DeviceId, new: &Connecting) -> Device {
    let word = match new.platform {
        Platform::Android => "Android",
        Platform::Ios => "iPhone",
        Platform::Ipados => "iPad",
    };
    let name = new.facts.name.clone().or_else(|| new.facts.model.clone());
    Device {
        workspace: invitation.workspace,
        id,
        name: name.unwrap_or_else(|| word.to_owned()),
        owner: invitation.user,
        owner_name: invitation.user_name.clone(),
        owner_email: invitation.email.clone(),
        invitation: invitation.id,
        platform: new.platform,
        facts: Facts::default(),
        status: Status::Ok,
        reasons: Vec::new(),
        enrolled_at: new.now,
        last_seen: new.now,
        left_at: None,
    }
}
