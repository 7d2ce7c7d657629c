//! Configurations for Android devices with the Headwind agent, what devices have fetched of them, and their logs.

use super::Stored;
use crate::{
    ConfigurationId, DeviceId, PersonName, Timestamp, WorkspaceId,
    configuration::{ConfigurationSettings, LogLevel, one_of},
};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// Entries of a device's log that are kept at most: the newest.
pub const MOST_LOGGED: u32 = 1000;

/// For whom a configuration is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audience {
    /// Everybody.
    pub everybody: bool,
    /// The members of these groups, by name.
    pub groups: Vec<String>,
}

impl Audience {
    /// What I made of `base`, laid over what they made of it. Where all differ, mine stands.
    #[must_use]
    pub fn merged(base: &Self, mine: &Self, theirs: &Self) -> Self {
        let everybody = *one_of(&base.everybody, &mine.everybody, &theirs.everybody).0;
        let mut groups = theirs.groups.clone();
        groups.retain(|group| mine.groups.contains(group) || !base.groups.contains(group));
        let added = mine.groups.iter().filter(|group| !base.groups.contains(group));
        groups.extend(added.cloned());
        groups.sort_by_key(|name| name.to_lowercase());
        groups.dedup();
        Self { everybody, groups }
    }

    /// Whether it is for nobody.
    #[must_use]
    pub fn is_nobody(&self) -> bool {
        !self.everybody && self.groups.is_empty()
    }
}

/// Whom a configuration would reach.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    /// How many connected devices have it.
    pub devices: u64,
    /// How many are its people's, and have another one that comes first: its name, and how many.
    pub elsewhere: Vec<(String, u64)>,
}

/// A configuration as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigurationRow {
    /// Its id.
    pub id: ConfigurationId,
    /// Its name.
    pub name: String,
    /// For whom.
    pub audience: Audience,
    /// Which version holds.
    pub version: u64,
    /// When that was saved.
    pub changed_at: Timestamp,
    /// By whom.
    pub changed_by: String,
    /// How many connected devices it reaches.
    pub devices: u64,
}

/// A version of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigurationVersion {
    /// The configuration as it is now.
    pub row: ConfigurationRow,
    /// Which version this is.
    pub version: u64,
    /// What it says.
    pub settings: ConfigurationSettings,
}

/// A former or present version, without what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionRow {
    /// Its number.
    pub version: u64,
    /// When it was saved.
    pub saved_at: Timestamp,
    /// By whom.
    pub saved_by: String,
    /// The version that was brought back with it.
    pub restored: Option<u64>,
}

/// A configuration that is saved.
#[derive(Clone, Debug)]
pub struct SaveConfiguration {
    /// Which one.
    pub id: ConfigurationId,
    /// On which version it was based; none for a new one.
    pub base: Option<u64>,
    /// Its name.
    pub name: PersonName,
    /// For whom.
    pub audience: Audience,
    /// What it says.
    pub settings: ConfigurationSettings,
    /// The version that is brought back with it.
    pub restored: Option<u64>,
    /// When.
    pub now: Timestamp,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SavedConfiguration {
    /// It is this version from now on.
    Saved {
        /// Which.
        version: u64,
    },
    /// Somebody has saved another version meanwhile; nothing was changed.
    Stale {
        /// Which.
        version: u64,
    },
    /// Another one has that name; nothing was changed.
    NameTaken,
    /// A group is not there any more; nothing was changed.
    NoSuchGroup,
}

/// A version of a configuration by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedVersion {
    /// Which configuration.
    pub id: ConfigurationId,
    /// Its name.
    pub name: String,
    /// Which version.
    pub version: u64,
}

/// What a device is to have, and what it has fetched.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceConfiguration {
    /// What it is to have; none where there is none for it.
    pub wanted: Option<NamedVersion>,
    /// What it fetched last; none if that was none.
    pub fetched: Option<NamedVersion>,
}

/// An entry of a device's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    /// Its number.
    pub number: u64,
    /// When, by the phone's clock.
    pub at: Timestamp,
    /// How much it matters: 1 an error, to 5.
    pub level: u8,
    /// Which app wrote it.
    pub package: String,
    /// What.
    pub message: String,
}

/// An entry that a device sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLogEntry {
    /// When, by the phone's clock.
    pub at: Timestamp,
    /// How much it matters.
    pub level: LogLevel,
    /// Which app wrote it.
    pub package: String,
    /// What.
    pub message: String,
}

/// Configurations. A device has the first one, in the workspace's order, that is for everybody or for a group of its owner.
#[async_trait]
pub trait ConfigurationStore {
    /// All of them, in their order.
    async fn configurations(&self, workspace: WorkspaceId) -> Stored<Vec<ConfigurationRow>>;
    /// One of them, in that version, or the one that holds.
    async fn configuration(
        &self,
        workspace: WorkspaceId,
        id: ConfigurationId,
        version: Option<u64>,
    ) -> Stored<Option<ConfigurationVersion>>;
    /// All its versions, the newest first.
    async fn configuration_versions(
        &self,
        workspace: WorkspaceId,
        id: ConfigurationId,
    ) -> Stored<Vec<VersionRow>>;
    /// Which connected devices it would reach if it were for these; a new one comes last in the order.
    async fn configuration_reach(
        &self,
        workspace: WorkspaceId,
        id: Option<ConfigurationId>,
        audience: &Audience,
    ) -> Stored<Reach>;
    /// Saves one, and tells the devices whose configuration that changes. [`super::StoreError::NotFound`] if it is gone.
    async fn save_configuration(
        &self,
        workspace: WorkspaceId,
        save: SaveConfiguration,
    ) -> Stored<SavedConfiguration>;
    /// Deletes one with its versions; its devices have the next one that is for them.
    async fn delete_configuration(
        &self,
        workspace: WorkspaceId,
        id: ConfigurationId,
        now: Timestamp,
    ) -> Stored<()>;
    /// Puts all of them in this order. [`super::StoreError::State`] if they are not all there are.
    async fn order_configurations(
        &self,
        workspace: WorkspaceId,
        order: &[ConfigurationId],
        now: Timestamp,
    ) -> Stored<()>;
    /// What a device is to have, and what it has fetched.
    async fn device_configuration(
        &self,
        workspace: WorkspaceId,
        device: DeviceId,
    ) -> Stored<DeviceConfiguration>;
    /// What the configuration that a device fetched last says; none if that was none.
    async fn fetched_configuration(
        &self,
        workspace: WorkspaceId,
        device: DeviceId,
    ) -> Stored<Option<ConfigurationSettings>>;
    /// Keeps what a device has logged; of all that it has, the newest [`MOST_LOGGED`].
    async fn keep_log(
        &self,
        workspace: WorkspaceId,
        device: DeviceId,
        entries: &[NewLogEntry],
        now: Timestamp,
    ) -> Stored<()>;
    /// A device's log, the newest first, before that number if one is given.
    async fn device_log(
        &self,
        workspace: WorkspaceId,
        device: DeviceId,
        before: Option<u64>,
        most: u32,
    ) -> Stored<Vec<LogEntry>>;
}
