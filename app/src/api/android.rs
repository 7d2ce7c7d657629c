//! Android: the packages that phones fetch from here, and the set-up of phones fresh from their box.

use super::settings::Password;
#[cfg(feature = "ssr")]
use crate::services::allowed;
use crate::{AppError, wire::Wire};
use leptos::prelude::*;
use muster_domain::{
    PackageId,
    package::{AppPackage, NotReady},
    settings::SetUp,
};
#[cfg(feature = "ssr")]
use muster_domain::{
    account::Permission,
    settings::{InvalidSetting, is_smtp_password, is_wifi_password},
};
use serde::{Deserialize, Serialize};

/// A package, and where phones fetch it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shelved {
    /// The package.
    pub package: AppPackage,
    /// Its address in full.
    pub address: String,
}

/// Where one stands with Android.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Android {
    /// All packages, by name.
    pub packages: Vec<Shelved>,
    /// How phones fresh from their box are set up.
    pub set_up: SetUp,
    /// Whether the password of their network is kept; it is never shown.
    pub has_password: bool,
    /// The package that they get unless another is named.
    pub agent: String,
    /// Whether the company's own build of the agent has a secret, by which its requests are checked; it is never shown.
    pub signed: bool,
    /// What is missing for their code; nothing if there is one.
    pub missing: Option<NotReady>,
}

/// The name of the secret of the company's own build of the agent among what is kept sealed.
#[cfg(feature = "ssr")]
const SECRET: &str = "headwind.secret";

/// The name of the password of new phones' network among what is kept sealed.
#[cfg(feature = "ssr")]
const WIFI: &str = "headwind.wifi";

/// Packages, and how phones fresh from their box are set up.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "android_get", prefix = "/api/fn", protocol = Wire)]
pub async fn android_get() -> Result<Android, AppError> {
    let (s, who) = allowed(Permission::Configure)?;
    let store = &s.ports.store;
    let settings = store.settings(who.workspace).await?;
    let base = settings.public_url.clone().unwrap_or(s.public_url);
    let packages = store.packages(who.workspace).await?;
    let chosen = packages.iter().find(|p| p.name == settings.set_up_package());
    let missing = settings.set_up_ready(&base, chosen).err();
    let at = |p: &AppPackage| format!("{base}{}", s.ports.secrets.package_address(p.id).path());
    Ok(Android {
        missing,
        signed: settings.headwind.signed,
        packages: packages.iter().map(|p| Shelved { address: at(p), package: p.clone() }).collect(),
        has_password: store.sealed(who.workspace, WIFI).await?.is_some(),
        agent: settings.agent_package,
        set_up: settings.headwind.set_up,
    })
}

/// Sets how phones fresh from their box are set up.
///
/// # Errors
/// [`AppError`]; [`AppError::Setting`] names the field.
#[server(endpoint = "android_set", prefix = "/api/fn", protocol = Wire)]
pub async fn android_set(
    /// How.
    set_up: SetUp,
    /// What becomes of the password of their network.
    password: Password,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Configure)?;
    let store = &s.ports.store;
    let mut settings = store.settings(who.workspace).await?;
    // A password is of one network: another one, or none, does not get it.
    let other = set_up.wifi != settings.headwind.set_up.wifi;
    let password = match password {
        Password::Keep if other => Password::Remove,
        // Typed for a network that has no name: nobody is to think that it is kept.
        Password::Set(_) if set_up.wifi.is_none() => return Err(InvalidSetting::SetUpWifi.into()),
        as_said => as_said,
    };
    settings.headwind.set_up = set_up;
    settings.check()?;
    let sealed = match password {
        Password::Keep => None,
        Password::Remove => Some(None),
        Password::Set(text) if is_wifi_password(&text) => {
            Some(Some(s.ports.secrets.seal(WIFI, text.as_bytes())))
        }
        Password::Set(_) => return Err(InvalidSetting::SetUpPassword.into()),
    };
    let is_there = store.sealed(who.workspace, WIFI).await?.is_some();
    if let Some(sealed) = sealed.filter(|new| new.is_some() || is_there) {
        store.set_sealed(who.workspace, WIFI, sealed).await?;
    }
    Ok(store.set_settings(who.workspace, &settings).await?)
}

/// Sets the secret of the company's own build of the agent. With one, what is not signed by it is refused from then on; without one
/// nothing is asked of the agent's signature, since everybody knows the secret of the usual build.
///
/// # Errors
/// [`AppError`]; [`AppError::Setting`] if it cannot be one.
#[server(endpoint = "agent_secret_set", prefix = "/api/fn", protocol = Wire)]
pub async fn agent_secret_set(
    /// What becomes of it.
    secret: Password,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Configure)?;
    let sealed = match secret {
        Password::Keep => return Ok(()),
        Password::Remove => None,
        Password::Set(text) if !text.is_empty() && is_smtp_password(&text) => {
            Some(s.ports.secrets.seal(SECRET, text.as_bytes()))
        }
        Password::Set(_) => return Err(InvalidSetting::AgentSecret.into()),
    };
    let store = &s.ports.store;
    let mut settings = store.settings(who.workspace).await?;
    settings.headwind.signed = sealed.is_some();
    store.set_sealed(who.workspace, SECRET, sealed).await?;
    Ok(store.set_settings(who.workspace, &settings).await?)
}

/// Deletes a package, with its file. Phones that have it keep it.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "package_delete", prefix = "/api/fn", protocol = Wire)]
pub async fn package_delete(
    /// Which one.
    id: PackageId,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Configure)?;
    Ok(s.packages.remove(&s.ports.store, who.workspace, id).await?)
}
