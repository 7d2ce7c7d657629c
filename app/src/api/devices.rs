//! Devices.

use super::{commands::Commands, users::Listed};
#[cfg(feature = "ssr")]
use crate::services::allowed;
use crate::{AppError, wire::Wire};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use muster_domain::account::Permission;
use muster_domain::{
    DeviceId, PersonName, UserId,
    device::{Device, HistoryEntry},
    invitation::Invitation,
    ports::{DeviceConfiguration, Fleet},
    query::DeviceQuery,
};
use serde::{Deserialize, Serialize};

/// A device's window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeviceWindow {
    /// The device.
    pub device: Device,
    /// The message that it came by.
    pub invitation: Invitation,
    /// What happened to it, the newest first.
    pub history: Vec<HistoryEntry>,
    /// What it was asked to do.
    pub commands: Commands,
    /// Its configuration, and what it has fetched of it.
    pub configuration: DeviceConfiguration,
}

/// A page of devices.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "devices_list", prefix = "/api/fn", protocol = Wire)]
pub async fn devices_list(
    /// Which rows.
    query: DeviceQuery,
) -> Result<Listed<Device>, AppError> {
    let (s, who) = allowed(Permission::Read)?;
    let query = DeviceQuery { window: query.window.bounded(), ..query };
    let page = s.ports.store.devices(who.workspace, &query).await?;
    Ok(Listed { now: s.ports.clock.now(), page })
}

/// How many devices there are of each kind.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "devices_counts", prefix = "/api/fn", protocol = Wire)]
pub async fn devices_counts() -> Result<Fleet, AppError> {
    let (s, who) = allowed(Permission::Read)?;
    Ok(s.ports.store.fleet(who.workspace).await?)
}

/// One device with its message and its history.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "device_get", prefix = "/api/fn", protocol = Wire)]
pub async fn device_get(
    /// Which one.
    id: DeviceId,
) -> Result<DeviceWindow, AppError> {
    let (s, who) = allowed(Permission::Read)?;
    let (store, gone) = (&s.ports.store, || AppError::NotFound.told());
    let device = store.device(who.workspace, id).await?.ok_or_else(gone)?;
    let invitation = store.invitation(who.workspace, device.invitation).await?.ok_or_else(gone)?;
    let history = store.device_history(who.workspace, id).await?;
    let configuration = store.device_configuration(who.workspace, id).await?;
    let commands = super::commands::of(&s, who, &device).await?;
    Ok(DeviceWindow { device, invitation, history, commands, configuration })
}

/// Gives a device another name.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "device_rename", prefix = "/api/fn", protocol = Wire)]
pub async fn device_rename(
    /// Which one.
    id: DeviceId,
    /// The new name.
    name: PersonName,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Manage)?;
    let now = s.ports.clock.now();
    Ok(s.ports.store.rename_device(who.workspace, id, &name, Some(who.account.id), now).await?)
}

/// Gives a device to another user.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "device_move", prefix = "/api/fn", protocol = Wire)]
pub async fn device_move(
    /// Which one.
    id: DeviceId,
    /// The new owner.
    owner: UserId,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Manage)?;
    let now = s.ports.clock.now();
    Ok(s.ports.store.move_device(who.workspace, id, owner, Some(who.account.id), now).await?)
}

/// Deletes a device; its link is revoked.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "device_delete", prefix = "/api/fn", protocol = Wire)]
pub async fn device_delete(
    /// Which one.
    id: DeviceId,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Manage)?;
    Ok(s.ports.store.delete_device(who.workspace, id, s.ports.clock.now()).await?)
}
