//! Settings of the workspace.

use crate::AppError;
#[cfg(feature = "ssr")]
use crate::services::allowed;
use leptos::{prelude::*, server_fn::codec::Json};
#[cfg(feature = "ssr")]
use muster_domain::account::Permission;
use muster_domain::settings::Settings;
use serde::{Deserialize, Serialize};

/// The settings, and whether a password for the mail server is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Configured {
    /// The settings.
    pub settings: Settings,
    /// Whether a password is kept; the password itself is never shown.
    pub has_password: bool,
}

/// What becomes of the password for the mail server.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "password", rename_all = "snake_case")]
pub enum Password {
    /// It stays.
    Keep,
    /// It is removed.
    Remove,
    /// It is this one from now on.
    Set(String),
}

impl std::fmt::Debug for Password {
    /// Never shows the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Keep => "Keep",
            Self::Remove => "Remove",
            Self::Set(_) => "Set(…)",
        })
    }
}

#[cfg(feature = "ssr")]
const PASSWORD: &str = "smtp.password";

/// The settings.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "settings_get", prefix = "/api/fn", input = Json)]
pub async fn settings_get() -> Result<Configured, AppError> {
    let (s, who) = allowed(Permission::Configure)?;
    let settings = s.ports.store.settings(who.workspace).await?;
    let has_password = s.ports.store.sealed(who.workspace, PASSWORD).await?.is_some();
    Ok(Configured { settings, has_password })
}

/// Writes the settings.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "settings_set", prefix = "/api/fn", input = Json)]
pub async fn settings_set(
    /// All settings.
    settings: Settings,
    /// What becomes of the password.
    password: Password,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Configure)?;
    settings.check()?;
    let sealed = match password {
        Password::Keep => None,
        Password::Remove => Some(None),
        Password::Set(text) => Some(Some(s.ports.secrets.seal(PASSWORD, text.as_bytes()))),
    };
    // The password first: a new server must never be tried with the old one's.
    if let Some(sealed) = sealed {
        s.ports.store.set_sealed(who.workspace, PASSWORD, sealed).await?;
    }
    s.ports.store.set_settings(who.workspace, &settings).await?;
    s.ports.store.refresh_statuses(who.workspace, settings.silence, s.ports.clock.now()).await?;
    Ok(())
}
