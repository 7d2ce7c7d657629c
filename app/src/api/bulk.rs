//! Acts on many messages or devices: first which rows are meant, then two hundred at a time.

use crate::{AppError, wire::Wire};
#[cfg(feature = "ssr")]
use crate::{error::Invalid, services::allowed};
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use muster_domain::{
    CommandId,
    account::Permission,
    bulk::{AT_ONCE, Acting, MOST, Since},
};
use muster_domain::{
    DeviceId, InvitationId, Timestamp,
    bulk::{
        Change, Chosen, DeviceDeed, DeviceOutcome, MessageDeed, MessageOutcome, Numbered, PickDevices,
        PickMessages,
    },
    invitation::Act,
};

#[cfg(feature = "ssr")]
fn too_many(most: usize) -> AppError {
    AppError::refused(Invalid::Rows, format_args!("at most {most} at once"))
}

/// Refuses more rows than one request may act on.
#[cfg(feature = "ssr")]
fn bounded<T>(rows: &[T]) -> Result<(), AppError> {
    if rows.len() > AT_ONCE { Err(too_many(AT_ONCE)) } else { Ok(()) }
}

/// Refuses a pick of more rows than can be acted on, rather than leave some of them out.
#[cfg(feature = "ssr")]
fn whole<I>(chosen: Chosen<I>) -> Result<Chosen<I>, AppError> {
    if chosen.all() > u64::from(MOST) { Err(too_many(MOST as usize)) } else { Ok(chosen) }
}

/// Which messages a pick means, and to how many of them this can be done.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "invitations_pick", prefix = "/api/fn", protocol = Wire)]
pub async fn invitations_pick(
    /// What is ticked.
    pick: PickMessages,
    /// What is to be done.
    act: Act,
) -> Result<Chosen<InvitationId>, AppError> {
    let (s, who) = allowed(Permission::Invite)?;
    whole(s.ports.store.pick_messages(who.workspace, &pick, act, MOST + 1, s.ports.clock.now()).await?)
}

/// Which devices a pick means.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "devices_pick", prefix = "/api/fn", protocol = Wire)]
pub async fn devices_pick(
    /// What is ticked.
    pick: PickDevices,
) -> Result<Chosen<DeviceId>, AppError> {
    let (s, who) = allowed(Permission::Manage)?;
    whole(s.ports.store.pick_devices(who.workspace, &pick, MOST + 1, s.ports.clock.now()).await?)
}

/// Does the same to up to two hundred messages; answers for each in its place.
///
/// # Errors
/// [`AppError`]: then nothing was done to any of them.
#[server(endpoint = "invitations_act", prefix = "/api/fn", protocol = Wire)]
pub async fn invitations_act(
    /// To which.
    ids: Vec<InvitationId>,
    /// What.
    deed: MessageDeed,
    /// When the act began, as the pick told it: what it has done since is not done twice.
    begun: Timestamp,
) -> Result<Vec<MessageOutcome>, AppError> {
    let (s, who) = allowed(Permission::Invite)?;
    bounded(&ids)?;
    if let MessageDeed::Extend { days } = deed {
        super::invitations::lifetime(days)?;
    }
    let now = s.ports.clock.now();
    let since = Since::of(begun, now);
    Ok(s.ports.store.act_on_messages(who.workspace, ids, deed, since, now).await?)
}

/// Does the same to up to two hundred devices; answers for each in its place.
///
/// # Errors
/// [`AppError`]: then nothing was done to any of them.
#[server(endpoint = "devices_act", prefix = "/api/fn", protocol = Wire)]
pub async fn devices_act(
    /// To which, each with its number among all that were picked.
    rows: Vec<Numbered>,
    /// What.
    deed: DeviceDeed,
    /// When the act began, as the pick told it: what it has done since is not done twice.
    begun: Timestamp,
) -> Result<Vec<DeviceOutcome>, AppError> {
    let (s, who) = allowed(Permission::Manage)?;
    bounded(&rows)?;
    let deed = match deed {
        DeviceDeed::Order { order, named } => {
            let order = order.checked().map_err(|problem| AppError::Order { problem }.told())?;
            let last = rows.iter().map(|(_, number)| *number).max().unwrap_or_default();
            let last = last.max(u32::try_from(rows.len()).unwrap_or(u32::MAX));
            if order.kind().is_grave() && named.is_none_or(|all| all < last) {
                return Err(AppError::refused(
                    Invalid::DeviceCount,
                    "how many devices it is for was not said",
                ));
            }
            DeviceDeed::Order { order: super::commands::kept(&s, order), named }
        }
        deed => deed,
    };
    let now = s.ports.clock.now();
    let first = CommandId::new(now, &*s.ports.secrets);
    let acting = Acting { since: Since::of(begun, now), by: Some(who.account.id), first, now };
    Ok(s.ports.store.act_on_devices(who.workspace, rows, deed, acting).await?)
}

/// Puts back what was changed in up to two hundred messages, where it is as the act left it.
///
/// # Errors
/// [`AppError`]: then nothing was done to any of them.
#[server(endpoint = "invitations_put_back", prefix = "/api/fn", protocol = Wire)]
pub async fn invitations_put_back(
    /// Which, and what was changed.
    rows: Vec<(InvitationId, Change)>,
) -> Result<Vec<MessageOutcome>, AppError> {
    let (s, who) = allowed(Permission::Invite)?;
    bounded(&rows)?;
    Ok(s.ports.store.put_messages_back(who.workspace, rows, s.ports.clock.now()).await?)
}

/// Puts back what was changed in up to two hundred devices, where it is as the act left it.
///
/// # Errors
/// [`AppError`]: then nothing was done to any of them.
#[server(endpoint = "devices_put_back", prefix = "/api/fn", protocol = Wire)]
pub async fn devices_put_back(
    /// Which, and what was changed.
    rows: Vec<(DeviceId, Change)>,
) -> Result<Vec<DeviceOutcome>, AppError> {
    let (s, who) = allowed(Permission::Manage)?;
    bounded(&rows)?;
    let now = s.ports.clock.now();
    Ok(s.ports.store.put_devices_back(who.workspace, rows, Some(who.account.id), now).await?)
}
