//! Configurations for Android devices with the Headwind agent, and what devices log.

#[cfg(feature = "ssr")]
use crate::services::{Services, allowed};
use crate::{AppError, wire::Wire};
use leptos::prelude::*;
use muster_domain::{
    ConfigurationId, DeviceId, PersonName,
    configuration::{Difference, Form, Problem},
    ports::{Audience, ConfigurationRow, LogEntry, Reach, SavedConfiguration, VersionRow},
};
#[cfg(feature = "ssr")]
use muster_domain::{
    WorkspaceId,
    account::Permission,
    configuration::{ConfigurationSettings, differences},
    ports::SaveConfiguration,
};
use serde::{Deserialize, Serialize};

/// Entries of a log that come at once.
#[cfg(feature = "ssr")]
const LOGGED: u32 = 100;

/// What the editor begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigurationDesk {
    /// The configuration as it is; none for a new one.
    pub row: Option<ConfigurationRow>,
    /// Which version the form shows.
    pub version: u64,
    /// What it says.
    pub form: Form,
    /// All versions, the newest first.
    pub versions: Vec<VersionRow>,
    /// The groups that there are.
    pub groups: Vec<String>,
}

/// What a save would change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Previewed {
    /// What is wrong; then nothing else is said.
    pub problems: Vec<Problem>,
    /// What differs from the version that holds.
    pub differences: Vec<Difference>,
    /// Which connected devices it reaches.
    pub reach: Reach,
    /// Another one has the name.
    pub name_taken: bool,
    /// The version that holds, if it is another than the one that this is based on.
    pub newer: Option<u64>,
}

/// What became of a save.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfigurationSaved {
    /// The form is wrong.
    Wrong {
        /// How.
        problems: Vec<Problem>,
    },
    /// It was saved, or not.
    Done {
        /// Which one.
        id: ConfigurationId,
        /// How.
        saved: SavedConfiguration,
    },
}

/// All configurations, in their order.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "configurations_list", prefix = "/api/fn", protocol = Wire)]
pub async fn configurations_list() -> Result<Vec<ConfigurationRow>, AppError> {
    let (s, who) = allowed(Permission::Manage)?;
    Ok(s.ports.store.configurations(who.workspace).await?)
}

/// A configuration to be looked at, or an empty one to begin with.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "configuration_get", prefix = "/api/fn", protocol = Wire)]
pub async fn configuration_get(
    /// Which one; none for a new one.
    id: Option<ConfigurationId>,
    /// Which version; the one that holds if it is left out.
    version: Option<u64>,
) -> Result<ConfigurationDesk, AppError> {
    let (s, who) = allowed(Permission::Manage)?;
    let store = &s.ports.store;
    let groups = store.groups(who.workspace).await?.into_iter().map(|group| group.name).collect();
    let Some(id) = id else {
        let (form, versions) = (Form::default(), Vec::new());
        return Ok(ConfigurationDesk { row: None, version: 0, form, versions, groups });
    };
    let found = store.configuration(who.workspace, id, version).await?;
    let found = found.ok_or_else(|| AppError::NotFound.told())?;
    let versions = store.configuration_versions(who.workspace, id).await?;
    let (version, form) = (found.version, found.settings.form());
    Ok(ConfigurationDesk { row: Some(found.row), version, form, versions, groups })
}

/// What a form says, or what is wrong with it.
#[cfg(feature = "ssr")]
async fn before(
    s: &Services,
    workspace: WorkspaceId,
    id: Option<ConfigurationId>,
) -> Result<(ConfigurationSettings, Option<u64>), AppError> {
    let Some(id) = id else { return Ok((ConfigurationSettings::default(), None)) };
    let found = s.ports.store.configuration(workspace, id, None).await?;
    let found = found.ok_or_else(|| AppError::NotFound.told())?;
    Ok((found.settings, Some(found.version)))
}

/// What saving a form would change, and how many devices it would reach. Nothing is written.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "configuration_preview", prefix = "/api/fn", protocol = Wire)]
pub async fn configuration_preview(
    /// Which one; none for a new one.
    id: Option<ConfigurationId>,
    /// On which version it is based.
    base: Option<u64>,
    /// Its name.
    name: PersonName,
    /// For whom.
    audience: Audience,
    /// What it says.
    form: Form,
) -> Result<Previewed, AppError> {
    let (s, who) = allowed(Permission::Configure)?;
    let (former, version) = before(&s, who.workspace, id).await?;
    let settings = match form.settings() {
        Ok(settings) => settings,
        Err(problems) => return Ok(Previewed { problems, ..Previewed::default() }),
    };
    let reach = s.ports.store.configuration_reach(who.workspace, id, &audience).await?;
    let key = name.as_str().to_lowercase();
    let all = s.ports.store.configurations(who.workspace).await?;
    Ok(Previewed {
        problems: Vec::new(),
        differences: differences(&former, &settings),
        reach,
        name_taken: all.iter().any(|row| Some(row.id) != id && row.name.to_lowercase() == key),
        newer: version.filter(|_| version != base),
    })
}

/// Saves a configuration as a new version; a new one comes last in the order. What is based on a former version is refused.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "configuration_save", prefix = "/api/fn", protocol = Wire)]
pub async fn configuration_save(
    /// Which one; none for a new one.
    id: Option<ConfigurationId>,
    /// On which version it is based.
    base: Option<u64>,
    /// Its name.
    name: PersonName,
    /// For whom.
    audience: Audience,
    /// What it says.
    form: Form,
    /// The version that is brought back with it.
    restored: Option<u64>,
) -> Result<ConfigurationSaved, AppError> {
    let (s, who) = allowed(Permission::Configure)?;
    let settings = match form.settings() {
        Ok(settings) => settings,
        Err(problems) => return Ok(ConfigurationSaved::Wrong { problems }),
    };
    let now = s.ports.clock.now();
    let (base, id) = match id {
        Some(id) => (Some(base.unwrap_or_default()), id),
        None => (None, ConfigurationId::new(now, &*s.ports.secrets)),
    };
    let save = SaveConfiguration { id, base, name, audience, settings, restored, now };
    let saved = s.ports.store.save_configuration(who.workspace, save).await?;
    Ok(ConfigurationSaved::Done { id, saved })
}

/// Deletes a configuration with all its versions. Its devices have the next one that is for them.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "configuration_delete", prefix = "/api/fn", protocol = Wire)]
pub async fn configuration_delete(
    /// Which one.
    id: ConfigurationId,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Configure)?;
    Ok(s.ports.store.delete_configuration(who.workspace, id, s.ports.clock.now()).await?)
}

/// Puts all configurations in another order: a device has the first one that is for it.
///
/// # Errors
/// [`AppError`]; [`AppError::Conflict`] if they are not all there are.
#[server(endpoint = "configurations_order", prefix = "/api/fn", protocol = Wire)]
pub async fn configurations_order(
    /// All of them.
    ids: Vec<ConfigurationId>,
) -> Result<(), AppError> {
    let (s, who) = allowed(Permission::Configure)?;
    Ok(s.ports.store.order_configurations(who.workspace, &ids, s.ports.clock.now()).await?)
}

/// What a device has logged, the newest first.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "device_log", prefix = "/api/fn", protocol = Wire)]
pub async fn device_log(
    /// Which device.
    id: DeviceId,
    /// Only what came before the entry of that number.
    before: Option<u64>,
) -> Result<Vec<LogEntry>, AppError> {
    let (s, who) = allowed(Permission::Manage)?;
    let (store, workspace) = (&s.ports.store, who.workspace);
    store.device(workspace, id).await?.ok_or_else(|| AppError::NotFound.told())?;
    Ok(store.device_log(workspace, id, before, LOGGED).await?)
}
