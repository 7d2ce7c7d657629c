//! What stands in the lists of a configuration: apps, their settings, files, and what opens which links.

use crate::values::{Checksum, CommaList, PackageName, StoragePath};
use serde::{Serialize, Serializer};

/// What an entry of the list of apps is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ApplicationKind {
    /// An app.
    #[default]
    App,
    /// A web page with an icon.
    Web,
    /// An icon that calls something up in the phone.
    Intent,
}

/// The version of an app. The agent breaks off where it has none, so that "any" is a value of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AppVersion(String);

impl AppVersion {
    /// Any version will do.
    #[must_use]
    pub fn any() -> Self {
        Self("0".to_owned())
    }

    /// This one; [`Self::any`] if the text is empty.
    #[must_use]
    pub fn of(text: &str) -> Self {
        match text.trim() {
            "" => Self::any(),
            version => Self(version.to_owned()),
        }
    }
}

/// An app, a web page or an icon. The agent reports only those that are listed here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Application {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: ApplicationKind,
    /// Its package. Web pages and icons have one of their own making: the agent looks all of them up.
    pub pkg: PackageName,
    /// Which version should be there.
    pub version: AppVersion,
    /// Its name, which comes back in the report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The number of the version, which counts where it is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<i32>,
    /// Where its package is, or the web page. Without it the agent installs nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Whether a web page opens in Headwind's own browser, `com.hmdm.kiosk`.
    pub use_kiosk: bool,
    /// Whether it has an icon on the agent's screen.
    pub show_icon: bool,
    /// Whether it is taken off the phone.
    pub remove: bool,
    /// Whether it is started once it is there.
    pub run_after_install: bool,
    /// Whether it is started with the phone.
    pub run_at_boot: bool,
    /// Whether any version that is there is left alone.
    pub skip_version: bool,
    /// What stands below its icon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon_text: Option<String>,
    /// Where its picture is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    /// Its place among the icons.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub screen_order: Option<i32>,
    /// The key that starts it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_code: Option<i32>,
    /// Whether its icon stands in the row at the bottom.
    pub bottom: bool,
    /// Whether a long tap on its icon opens the system's settings of it.
    pub long_tap: bool,
    /// What an [`ApplicationKind::Intent`] calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intent: Option<String>,
}

impl Application {
    /// An app that is reported if it is there, and otherwise left alone.
    #[must_use]
    pub fn new(pkg: PackageName) -> Self {
        Self {
            kind: ApplicationKind::App,
            pkg,
            version: AppVersion::any(),
            name: None,
            code: None,
            url: None,
            use_kiosk: false,
            show_icon: false,
            remove: false,
            run_after_install: false,
            run_at_boot: false,
            skip_version: false,
            icon_text: None,
            icon: None,
            screen_order: None,
            key_code: None,
            bottom: false,
            long_tap: false,
            intent: None,
        }
    }
}

/// The kind of an app's setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingKind {
    /// A text.
    Text = 1,
    /// A whole number.
    Integer = 2,
    /// `true` or `false`.
    Flag = 3,
}

impl Serialize for SettingKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(*self as u8)
    }
}

/// A setting that an app asks the agent for, or gets as its managed configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ApplicationSetting {
    /// Whose.
    pub package_id: PackageName,
    /// Its name.
    pub name: String,
    /// What its value is.
    #[serde(rename = "type")]
    pub kind: SettingKind,
    /// Its value.
    pub value: String,
    /// Whether the app may not change it.
    pub read_only: bool,
    /// When it was changed, in milliseconds since the Unix epoch.
    pub last_update: i64,
    /// Whether the agent replaces the names of what it knows (`DEVICE_NUMBER`, `IMEI`, …) in the value.
    pub variable: bool,
}

/// A file below the phone's shared storage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RemoteFile {
    /// Where it goes. One without a path would break the agent's report.
    pub path: StoragePath,
    /// Where it is fetched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// When it was changed, in milliseconds since the Unix epoch: it is fetched again if this is later than before.
    pub last_update: i64,
    /// Its MD5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checksum: Option<Checksum>,
    /// Whether it is taken away.
    pub remove: bool,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether the agent replaces the names of what it knows in its content.
    pub var_content: bool,
}

/// Which app opens something by itself, where the agent is the device's owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Action {
    /// What is done, such as `VIEW`, without `android.intent.action.` before it.
    pub action: String,
    /// Categories such as `BROWSABLE`, without `android.intent.category.` before them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub categories: Option<CommaList>,
    /// The app.
    pub package_id: PackageName,
    /// Its activity, by its full name.
    pub activity: String,
    /// Schemes of links such as `https`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schemes: Option<CommaList>,
    /// Hosts of links, with a port or without. Of no effect without schemes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hosts: Option<CommaList>,
    /// Kinds of data such as `text/plain`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mime_types: Option<CommaList>,
}
