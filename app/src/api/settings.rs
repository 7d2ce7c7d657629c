//! Settings of the workspace: reading, writing, trying them out, and what waits for them.

#[cfg(feature = "ssr")]
use crate::services::{Services, allowed};
use crate::{AppError, wire::Wire};
use leptos::prelude::*;
use muster_domain::{EmailAddress, pace::Through, ports::Waiting, settings::Settings, trial::Stepped};
#[cfg(feature = "ssr")]
use muster_domain::{
    WorkspaceId,
    account::Permission,
    settings::{InvalidSetting, Smtp, is_smtp_password},
};
use serde::{Deserialize, Serialize};

/// The settings, and whether a password for the mail server is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Configured {
    /// The settings.
    pub settings: Settings,
    /// Whether a password is kept; the password itself is never shown.
    pub has_password: bool,
    /// The address of links while the workspace sets none.
    pub own_url: String,
    /// The address of who asks, for a test mail.
    pub my_email: String,
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

/// What waits in the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// How many, and why the newest.
    pub waiting: Waiting,
    /// When all will be through, where a limit holds them up.
    pub through: Option<Through>,
}

#[cfg(feature = "ssr")]
const PASSWORD: &str = "smtp.password";

/// A password as typed, if there can be such a one.
#[cfg(feature = "ssr")]
fn typed(password: String) -> Result<String, AppError> {
    let why = "the SMTP password must be one line of at most 1,000 characters";
    if is_smtp_password(&password) { Ok(password) } else { Err(AppError::invalid(why)) }
}

/// The settings.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "settings_get", prefix = "/api/fn", protocol = Wire)]
pub async fn settings_get() -> Result<Configured, AppError> {
    let (s, who) = allowed(Permission::Configure)?;
    let settings = s.ports.store.settings(who.workspace).await?;
    let has_password = s.ports.store.sealed(who.workspace, PASSWORD).await?.is_some();
    Ok(Configured { settings, has_password, own_url: s.public_url, my_email: who.account.email.to_string() })
}

/// Writes the settings.
///
/// # Errors
/// [`AppError`]; [`AppError::Setting`] names the field.
#[server(endpoint = "settings_set", prefix = "/api/fn", protocol = Wire)]
pub async fn settings_set(
    /// All settings.
    settings: Settings,
    /// What becomes of the password.
    password: Password,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Configure)?;
    // The set-up of new phones has a page of its own: what this one does not show, it does not change.
    let mut settings = settings;
    settings.headwind.set_up = s.ports.store.settings(who.workspace).await?.headwind.set_up;
    settings.check()?;
    if password == Password::Keep {
        may_keep(&s, who.workspace, &settings).await?;
    }
    let sealed = match password {
        Password::Keep => None,
        Password::Remove => Some(None),
        Password::Set(text) => Some(Some(s.ports.secrets.seal(PASSWORD, typed(text)?.as_bytes()))),
    };
    // The password first: a new server must never be tried with the old one's.
    if let Some(sealed) = sealed {
        s.ports.store.set_sealed(who.workspace, PASSWORD, sealed).await?;
    }
    s.ports.store.set_settings(who.workspace, &settings).await?;
    s.ports.store.refresh_statuses(who.workspace, s.ports.clock.now()).await?;
    Ok(())
}

/// A password that is kept stays with the host and user that it was typed for: else whoever may change the host could
/// have it sent to a server of their own, and read there what the console never shows.
#[cfg(feature = "ssr")]
async fn may_keep(s: &Services, workspace: WorkspaceId, new: &Settings) -> Result<(), AppError> {
    let old = s.ports.store.settings(workspace).await?;
    // Without a user nothing is given to anybody.
    let same = match (&old.smtp, &new.smtp) {
        (_, None) | (_, Some(Smtp { user: None, .. })) => true,
        (Some(old), Some(new)) => old.same_account(new),
        (None, Some(_)) => false,
    };
    if !same && s.ports.store.sealed(workspace, PASSWORD).await?.is_some() {
        return Err(InvalidSetting::SmtpPassword.into());
    }
    Ok(())
}

/// Sends a test mail with the settings as typed; nothing of them is written.
///
/// # Errors
/// [`AppError`]; [`AppError::Setting`] names the field.
#[server(endpoint = "settings_try", prefix = "/api/fn", protocol = Wire)]
pub async fn settings_try(
    /// All settings, as typed.
    settings: Settings,
    /// The password, as typed; `Keep` takes the one that is kept.
    password: Password,
    /// To whom.
    to: EmailAddress,
) -> Result<Vec<Stepped>, AppError> {
    let (s, who) = allowed(Permission::Configure)?;
    settings.check()?;
    if settings.smtp.is_none() {
        return Err(InvalidSetting::SmtpHost.into());
    }
    let password = match password {
        Password::Set(text) => Some(typed(text)?),
        Password::Remove => None,
        Password::Keep => {
            may_keep(&s, who.workspace, &settings).await?;
            let sealed = s.ports.store.sealed(who.workspace, PASSWORD).await?;
            let open = sealed.and_then(|sealed| s.ports.secrets.open(PASSWORD, &sealed));
            open.and_then(|bytes| String::from_utf8(bytes).ok())
        }
    };
    let language = who.account.language.unwrap_or(settings.language);
    Ok(s.trial.try_out(&settings, password.as_deref(), &to, language).await)
}

/// What waits in the outbox, why, and until when.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "settings_queue", prefix = "/api/fn", protocol = Wire)]
pub async fn settings_queue() -> Result<Queue, AppError> {
    let (s, who) = allowed(Permission::Configure)?;
    let (waiting, through) = muster_domain::usecase::outbox::waiting(&s.ports, who.workspace).await?;
    Ok(Queue { waiting, through })
}
