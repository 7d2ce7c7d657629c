//! What people do to one device, alone or as one of many.

use super::{about, get, put};
use crate::sqlite::{
    apple::enrol,
    device_events, invitation_acts,
    invitations::{self, Move},
    row::Read,
    users,
    writer::Tx,
};
use muster_domain::{
    AccountId, DeviceId, PersonName, Timestamp, UserId, WorkspaceId,
    audit::{Action, Note, Subject},
    invitation::{Acted, State},
    ports::{StoreError, Stored, Topic},
};

/// Gives it another name.
pub(in crate::sqlite) async fn rename(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    id: DeviceId,
    name: &PersonName,
    by: Option<AccountId>,
    now: Timestamp,
) -> Stored<()> {
    let mut device = get(tx, workspace, id).await?;
    let before = device.clone();
    device.name = name.to_string();
    put(tx, &device).await?;
    device_events::changed(tx, &before, &device, by, now).await?;
    let note = Note::new(Action::DeviceRenamed, Subject::new(id, &device.name));
    tx.note(workspace, note.with("name", Some(&before.name), Some(&device.name))).await
}

/// Gives it to another user.
pub(in crate::sqlite) async fn give(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    id: DeviceId,
    owner: UserId,
    by: Option<AccountId>,
    now: Timestamp,
) -> Stored<()> {
    let sql = "SELECT name, email FROM user WHERE workspace_id = $1 AND id = $2";
    let query = sqlx::query(sql).bind(workspace.to_string()).bind(owner.to_string());
    let to = tx.row(query).await?.ok_or(StoreError::NotFound)?;
    let mut device = get(tx, workspace, id).await?;
    let former = device.clone();
    let before = std::mem::replace(&mut device.owner, owner);
    (device.owner_name, device.owner_email) = (to.text("name")?, to.maybe("email")?);
    put(tx, &device).await?;
    device_events::changed(tx, &former, &device, by, now).await?;
    // The link goes with its device: deleting the former owner must not take either.
    let sql = "UPDATE invitation SET user_id = $3 WHERE workspace_id = $1 AND id = $2";
    let query = sqlx::query(sql)
        .bind(workspace.to_string())
        .bind(device.invitation.to_string())
        .bind(owner.to_string());
    tx.run(query).await?;
    for user in [before, owner] {
        users::refresh_message(tx, workspace, &user.to_string()).await?;
    }
    users::refresh_devices(tx, workspace, &before.to_string()).await?;
    let note = Note::new(Action::DeviceMoved, Subject::new(id, &device.name));
    tx.note(workspace, note.with("owner", Some(&former.owner_name), Some(&device.owner_name))).await
}

/// Deletes it, and withdraws its link.
pub(in crate::sqlite) async fn delete(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    id: DeviceId,
    now: Timestamp,
) -> Stored<()> {
    let device = get(tx, workspace, id).await?;
    enrol::closed(tx, workspace, id, now).await?;
    let sql = "DELETE FROM device WHERE workspace_id = $1 AND id = $2";
    tx.run(sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string())).await?;
    let link = device.invitation;
    let end = Move { to: State::Revoked, at: now, detail: Some(device.name.clone()) };
    let ended = invitations::step(tx, workspace, link, end).await?;
    invitation_acts::acted(tx, workspace, link, Acted::DeviceDeleted, ended, now).await?;
    tx.changed(workspace, &[Topic::Devices]);
    users::refresh_devices(tx, workspace, &device.owner.to_string()).await?;
    tx.note(workspace, about(Action::DeviceDeleted, &device).was("owner", &device.owner_name)).await
}
