//! Configuration profiles for iPhones and iPads: uploaded once, installed by commands.

use crate::{AppError, wire::Wire};
#[cfg(feature = "ssr")]
use crate::{error::Invalid, services::allowed};
#[cfg(feature = "ssr")]
use base64::{Engine, engine::general_purpose::STANDARD};
use leptos::prelude::*;
use muster_domain::{ProfileId, ports::ProfileRow};
#[cfg(feature = "ssr")]
use muster_domain::{account::Permission, ports::UploadedProfile};

/// All profiles that were uploaded.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "profiles_list", prefix = "/api/fn", protocol = Wire)]
pub async fn profiles_list() -> Result<Vec<ProfileRow>, AppError> {
    let (s, who) = allowed(Permission::Manage)?;
    Ok(s.ports.store.profiles(who.workspace).await?)
}

/// Takes a `.mobileconfig`, signed or not, or says what is wrong with it. One with the same identifier takes the place of the
/// former one.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "profile_upload", prefix = "/api/fn", protocol = Wire)]
pub async fn profile_upload(
    /// The file in base64.
    file: String,
) -> Result<ProfileRow, AppError> {
    let (s, who) = allowed(Permission::Configure)?;
    let content = STANDARD.decode(file).map_err(|e| AppError::refused(Invalid::Request, e))?;
    let checked = s.profiles.check(&content).map_err(AppError::invalid)?;
    let now = s.ports.clock.now();
    let mut row = ProfileRow {
        id: ProfileId::new(now, &*s.ports.secrets),
        identifier: checked.identifier,
        name: checked.name,
        payloads: checked.payloads,
        uploaded_at: now,
    };
    row.id = s.ports.store.put_profile(who.workspace, &UploadedProfile { row: row.clone(), content }).await?;
    Ok(row)
}

/// Deletes a profile here; it stays on the devices that have it.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "profile_delete", prefix = "/api/fn", protocol = Wire)]
pub async fn profile_delete(
    /// Which one.
    id: ProfileId,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Configure)?;
    Ok(s.ports.store.delete_profile(who.workspace, id).await?)
}

/// The rights that enrolment profiles ask for (Apple: "MDM", `AccessRights`).
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "apple_rights", prefix = "/api/fn", protocol = Wire)]
pub async fn apple_rights() -> Result<u32, AppError> {
    let (s, who) = allowed(Permission::Configure)?;
    Ok(s.ports.store.settings(who.workspace).await?.apple.rights)
}

/// Changes the rights that enrolment profiles ask for. Devices that are connected keep the ones that they have.
///
/// # Errors
/// [`AppError`]; [`AppError::Setting`] when a device would refuse them.
#[server(endpoint = "apple_rights_set", prefix = "/api/fn", protocol = Wire)]
pub async fn apple_rights_set(
    /// The rights.
    rights: u32,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Configure)?;
    let mut settings = s.ports.store.settings(who.workspace).await?;
    settings.apple.rights = rights;
    settings.check()?;
    Ok(s.ports.store.set_settings(who.workspace, &settings).await?)
}
