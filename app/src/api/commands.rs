//! Commands to devices.

#[cfg(feature = "ssr")]
use crate::services::{Services, allowed};
use crate::{AppError, wire::Wire};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use muster_domain::{
    CommandId,
    account::{Permission, Who},
    command::{CommandKind, Order},
    device::Device,
};
use muster_domain::{DeviceId, Timestamp, command::Command};
use serde::{Deserialize, Serialize};

/// The last commands that are shown.
#[cfg(feature = "ssr")]
const SHOWN: u32 = 10;

/// The last commands of a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commands {
    /// The server's time.
    pub now: Timestamp,
    /// Whether the asking account may give commands.
    pub may_ask: bool,
    /// Whether the device has left, and can be asked nothing.
    pub left: bool,
    /// The newest first.
    pub rows: Vec<Command>,
}

/// The last commands of a device.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "device_commands", prefix = "/api/fn", protocol = Wire)]
pub async fn device_commands(
    /// Which device.
    id: DeviceId,
) -> Result<Commands, AppError> {
    let (s, who) = allowed(Permission::Read)?;
    let device = s.ports.store.device(who.workspace, id).await?.ok_or_else(|| AppError::NotFound.told())?;
    of(&s, who, &device).await
}

/// The last commands of a device, as the account sees them.
#[cfg(feature = "ssr")]
pub(super) async fn of(s: &Services, who: Who, device: &Device) -> Result<Commands, AppError> {
    let rows = s.ports.store.commands(who.workspace, device.id, SHOWN).await?;
    let may_ask = who.role.may(Permission::Manage);
    Ok(Commands { now: s.ports.clock.now(), may_ask, left: device.left_at.is_some(), rows })
}

/// Asks a device to report now. One that was asked already and has not answered is not asked twice.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "device_ask_report", prefix = "/api/fn", protocol = Wire)]
pub async fn device_ask_report(
    /// Which device.
    id: DeviceId,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Manage)?;
    let (now, secrets) = (s.ports.clock.now(), &*s.ports.secrets);
    let command = CommandId::new(now, secrets);
    s.ports.store.add_command(who.workspace, id, command, &Order::plain(CommandKind::Report), now).await?;
    Ok(())
}
