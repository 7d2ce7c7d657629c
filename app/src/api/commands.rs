//! Commands to devices.

use crate::{AppError, wire::Wire};
#[cfg(feature = "ssr")]
use crate::{
    error::Invalid,
    services::{Services, allowed},
};
use leptos::prelude::*;
use muster_domain::{
    CommandId, DeviceId, Timestamp,
    command::{Command, CommandKind, Impossible, Order},
    ports::Reachable,
};
#[cfg(feature = "ssr")]
use muster_domain::{
    account::{Permission, Who},
    command::{Abilities, CommandState, possible},
    device::{Device, Platform},
    headwind::{pin as agent_pin, seal_password},
};
use serde::{Deserialize, Serialize};

/// The last commands that are shown.
#[cfg(feature = "ssr")]
const SHOWN: u32 = 20;

/// What a device can be asked for, and why not.
pub type Able = Vec<(CommandKind, Option<Impossible>)>;

/// The last commands of a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commands {
    /// The server's time.
    pub now: Timestamp,
    /// Whether the asking account may give commands.
    pub may_ask: bool,
    /// Whether the device has left, and can be asked nothing.
    pub left: bool,
    /// The newest first. Questions that were answered are not among them: what they brought is shown instead.
    pub rows: Vec<Command>,
    /// What the device can be asked for; empty for those that only report.
    pub able: Able,
    /// How the device can be called; none for those that come by themselves.
    pub reach: Option<Reachable>,
    /// What another piece of hardware said at its address.
    pub copy: Option<String>,
    /// Something asked below its link though it has an address of its own, and nobody has decided yet.
    pub asked_again: bool,
    /// What opens the agent's own settings on it; for those alone who may give commands.
    pub pin: Option<String>,
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

#[cfg(feature = "ssr")]
fn abilities(device: &Device) -> Abilities<'_> {
    Abilities { platform: device.platform, left: device.left_at.is_some(), facts: &device.facts }
}

/// The last commands of a device, as the account sees them.
#[cfg(feature = "ssr")]
pub(super) async fn of(s: &Services, who: Who, device: &Device) -> Result<Commands, AppError> {
    let mut rows = s.ports.store.commands(who.workspace, device.id, SHOWN).await?;
    let (may_ask, left) = (who.role.may(Permission::Manage), device.left_at.is_some());
    let (mut able, mut reach) = (Able::new(), None);
    let headwind = device.facts.headwind.as_deref();
    if device.platform != Platform::Android || headwind.is_some() {
        rows.retain(|c| c.state != CommandState::Done || !c.order.kind().asks());
        reach = s.ports.store.reachable(who.workspace, device.id).await?;
        // What this kind of device never does is not shown, also when it has left.
        let there = Abilities { left: false, ..abilities(device) };
        let knows = |kind: CommandKind| possible(kind, there) != Err(Impossible::Platform);
        let shown = CommandKind::ALL.iter().copied();
        let shown = shown.filter(|k| (!k.asks() || *k == CommandKind::Report) && knows(*k));
        able = shown.map(|kind| (kind, possible(kind, abilities(device)).err())).collect();
    }
    let copy = headwind.and_then(|told| told.copy.clone());
    let address = || s.ports.secrets.agent_address(device.invitation);
    let asked_again = headwind.is_some_and(|told| told.asked_again == Some(true));
    let pin = headwind.filter(|_| may_ask && !left).map(|_| agent_pin(&address()));
    Ok(Commands { now: s.ports.clock.now(), may_ask, left, rows, able, reach, copy, asked_again, pin })
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
    let report = Order::plain(CommandKind::Report);
    s.ports.store.add_command(who.workspace, id, command, &report, now).await?;
    Ok(())
}

/// Asks a device for something. What cannot be undone is asked for with the device's name, so that it is the one that is
/// meant.
///
/// # Errors
/// [`AppError`]; [`AppError::Invalid`] when the name is another or the words cannot be told to a device,
/// [`AppError::NotNow`] when the device cannot do it.
#[server(endpoint = "device_order", prefix = "/api/fn", protocol = Wire)]
pub async fn device_order(
    /// Which device.
    id: DeviceId,
    /// What it is to do.
    order: Order,
    /// What the device is called, for what cannot be undone.
    named: Option<String>,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Manage)?;
    let order = order.checked().map_err(|problem| AppError::Order { problem }.told())?;
    let device = s.ports.store.device(who.workspace, id).await?.ok_or_else(|| AppError::NotFound.told())?;
    if order.kind().is_grave() && named.as_deref().map(str::trim) != Some(device.name.trim()) {
        return Err(AppError::refused(Invalid::DeviceName, "the device has another name"));
    }
    possible(order.kind(), abilities(&device)).map_err(|why| AppError::Unable { why }.told())?;
    let now = s.ports.clock.now();
    let command = CommandId::new(now, &*s.ports.secrets);
    s.ports.store.add_command(who.workspace, id, command, &kept(&s, order), now).await?;
    Ok(())
}

/// Takes a command back that the device has not answered yet.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "device_order_cancel", prefix = "/api/fn", protocol = Wire)]
pub async fn device_order_cancel(
    /// Which device.
    id: DeviceId,
    /// Which command.
    command: CommandId,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Manage)?;
    Ok(s.ports.store.cancel_command(who.workspace, id, command, s.ports.clock.now()).await?)
}

/// Calls a device: it comes and asks for its commands, if it can be reached.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "device_call", prefix = "/api/fn", protocol = Wire)]
pub async fn device_call(
    /// Which device.
    id: DeviceId,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Manage)?;
    Ok(s.ports.store.call_device(who.workspace, id, s.ports.clock.now()).await?)
}

/// Lets a device connect by another link: it was wiped, and said no good-bye.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "device_let_move", prefix = "/api/fn", protocol = Wire)]
pub async fn device_let_move(
    /// Which device.
    id: DeviceId,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Manage)?;
    Ok(s.ports.store.let_move(who.workspace, id, s.ports.clock.now()).await?)
}

/// Decides that what speaks at a device's address is the device, though it said another serial number, IMEI or model.
///
/// # Errors
/// [`AppError`]; [`AppError::NotNow`] when there is nothing to decide.
#[server(endpoint = "device_is_the_same", prefix = "/api/fn", protocol = Wire)]
pub async fn device_is_the_same(
    /// Which device.
    id: DeviceId,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Manage)?;
    Ok(s.ports.store.agent_is_the_same(who.workspace, id, s.ports.clock.now()).await?)
}

/// Decides on what asked below the link of a device that has an address of its own: the device was reset and may connect again for a
/// day, or it was not the device.
///
/// # Errors
/// [`AppError`]; [`AppError::NotNow`] when there is nothing to decide.
#[server(endpoint = "device_asked_again", prefix = "/api/fn", protocol = Wire)]
pub async fn device_asked_again(
    /// Which device.
    id: DeviceId,
    /// Whether it may connect again.
    yes: bool,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Manage)?;
    Ok(s.ports.store.agent_asked_again(who.workspace, id, yes, s.ports.clock.now()).await?)
}

/// An order as it is kept: what is secret in it is sealed.
#[cfg(feature = "ssr")]
pub(super) fn kept(s: &Services, order: Order) -> Order {
    match order {
        Order::ResetPassword { password } => {
            Order::ResetPassword { password: seal_password(&*s.ports.secrets, &password) }
        }
        other => other,
    }
}

/// An app, a profile or a certificate on a device, as lists show it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Held {
    /// Its identifier; empty for certificates.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// An app's version.
    pub version: String,
    /// An app's size with its data, in bytes.
    pub bytes: u64,
    /// Whose profile it is.
    pub organization: String,
    /// A profile that was installed from here.
    pub managed: bool,
    /// A certificate whose key the device has.
    pub identity: bool,
    /// Until when a certificate holds, in seconds since the epoch.
    pub until: Option<i64>,
}

/// A list with when the device told it.
pub type Told<T> = Option<(Timestamp, Vec<T>)>;

/// What a device listed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Lists {
    /// Its apps.
    pub apps: Told<Held>,
    /// Its profiles.
    pub profiles: Told<Held>,
    /// Its certificates.
    pub certificates: Told<Held>,
    /// Where it was, in Lost Mode.
    pub place: Told<Place>,
}

/// Where a device was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// Metres.
    pub accuracy: Option<f64>,
}

/// What a device listed last.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "device_lists", prefix = "/api/fn", protocol = Wire)]
pub async fn device_lists(
    /// Which device.
    id: DeviceId,
) -> Result<Lists, AppError> {
    let (s, who) = allowed(Permission::Read)?;
    async fn read<T: serde::de::DeserializeOwned>(
        s: &Services,
        who: &Who,
        id: DeviceId,
        kind: CommandKind,
    ) -> Result<Told<T>, AppError> {
        let found = s.ports.store.device_list(who.workspace, id, kind).await?;
        Ok(found.and_then(|(at, entries)| Some((at, serde_json::from_str(&entries).ok()?))))
    }
    Ok(Lists {
        apps: read(&s, &who, id, CommandKind::ApplicationList).await?,
        profiles: read(&s, &who, id, CommandKind::ProfileList).await?,
        certificates: read(&s, &who, id, CommandKind::CertificateList).await?,
        // Where somebody's phone is, is for those alone who may ask it.
        place: match who.role.may(Permission::Manage) {
            true => read(&s, &who, id, CommandKind::Locate).await?,
            false => None,
        },
    })
}
