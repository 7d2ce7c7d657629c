//! A device's configuration: what the agent asks for at each synchronisation, and then does.

mod choices;
mod parts;

use crate::{
    Link, Number,
    values::{AdminPassword, Colour, CommaList, NewPassword, PackageName, Percent},
};
pub use choices::{
    AppPermissions, AppUpdates, Brightness, DownloadUpdates, Hours, IconSize, Orientation, PasswordMode,
    PushOptions, RequestUpdates, SystemUpdates, Title,
};
pub use parts::{
    Action, AppVersion, Application, ApplicationKind, ApplicationSetting, RemoteFile, SettingKind,
};
use serde::Serialize;

/// Fields of the agent's class that are never written, and why.
pub const LEFT_OUT: &[(&str, &str)] = &[
    ("keepaliveTime", "belongs to MQTT, which goes without TLS to a port of its own"),
    ("phone", "the agent would report it as the phone's own number, where that has none"),
    ("imei", "the agent would report it as the phone's own IMEI, where that may not be read"),
    ("disableLocation", UNREAD),
    ("kioskHome", UNREAD),
    ("kioskRecents", UNREAD),
    ("kioskNotifications", UNREAD),
    ("kioskSystemInfo", UNREAD),
    ("kioskKeyguard", UNREAD),
    ("kioskLockButtons", UNREAD),
    ("lockSafeSettings", UNREAD),
    ("appName", UNREAD),
    ("vendor", UNREAD),
];

const UNREAD: &str = "the open-source agent has it and never looks at it";

/// The agent's `ServerConfig`. What is `None` is left out, and the agent leaves it as it is or as the phone has it;
/// what would do harm by being left out is always written. Start from [`Configuration::new`].
///
/// A field that makes the agent act at each synchronisation is marked **acts**: it is set, confirmed, and taken away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Configuration {
    /// How it learns of news. Without it the agent's hourly synchronisation breaks.
    pub push_options: PushOptions,
    /// The PIN of the agent's own settings. Without it they open with a public one.
    pub password: AdminPassword,
    /// Whether the phone keeps the launcher that it has. Without it an agent that is the device's owner takes its place.
    pub run_default_launcher: bool,
    /// Whether one app fills the screen: [`Configuration::main_app`], without which the synchronisation then fails.
    pub kiosk_mode: bool,
    /// Whether the agent lets everything be used.
    pub permissive: bool,
    /// Whether it watches where the phone is.
    pub request_updates: RequestUpdates,
    /// Apps. As all four lists, always there: the agent breaks off where one is `null`.
    pub applications: Vec<Application>,
    /// Their settings.
    pub application_settings: Vec<ApplicationSetting>,
    /// Files.
    pub files: Vec<RemoteFile>,
    /// Which app opens what.
    pub actions: Vec<Action>,

    /// **Acts.** The number that the device has from now on. Only where it is another than the agent's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_number: Option<Number>,
    /// **Acts.** Where the agent asks from now on; it tries the address before it moves. It compares addresses without
    /// regard to case: a new secret has to differ by more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_server_url: Option<Link>,
    /// **Acts.** Wipes the phone, once the server has confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub factory_reset: Option<bool>,
    /// **Acts.** Restarts it, once the server has confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reboot: Option<bool>,
    /// **Acts.** Changes the screen password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_reset: Option<NewPassword>,
    /// Whether the agent covers the screen until this is no longer so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lock: Option<bool>,
    /// What stands there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lock_message: Option<String>,

    /// Behind the agent's icons.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background_color: Option<Colour>,
    /// Of the words below them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text_color: Option<Colour>,
    /// A picture behind them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background_image_url: Option<String>,
    /// Their size.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon_size: Option<IconSize>,
    /// What stands above them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Title>,
    /// Whether clock and battery stand there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_status: Option<bool>,
    /// Which way up the screen stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub orientation: Option<Orientation>,

    /// Whether satellite location is held on or off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gps: Option<bool>,
    /// Whether Bluetooth is held on or off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bluetooth: Option<bool>,
    /// Whether Wi-Fi is held on or off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wifi: Option<bool>,
    /// Whether mobile data is held on or off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mobile_data: Option<bool>,
    /// Whether files are kept from going over the cable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usb_storage: Option<bool>,
    /// Whether pictures of the screen are refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_screenshots: Option<bool>,
    /// Whether the bar at the top cannot be drawn down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lock_status_bar: Option<bool>,
    /// Android's names of what a person may not do (`no_add_user`, …).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restrictions: Option<CommaList>,
    /// Activities that may be used beside the apps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_classes: Option<CommaList>,
    /// What the screen lock has to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_mode: Option<PasswordMode>,
    /// What becomes of permissions that apps ask for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_permissions: Option<AppPermissions>,
    /// The name of a time zone, or `auto`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,

    /// How bright the screen is.
    #[serde(flatten)]
    pub brightness: Option<Brightness>,
    /// Whether [`Configuration::timeout`] holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manage_timeout: Option<bool>,
    /// After how many seconds the screen goes dark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u16>,
    /// Whether the volume cannot be changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lock_volume: Option<bool>,
    /// Whether [`Configuration::volume`] holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manage_volume: Option<bool>,
    /// How loud it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume: Option<Percent>,

    /// When Android's updates are installed.
    #[serde(flatten)]
    pub system_updates: Option<SystemUpdates>,
    /// When apps are.
    #[serde(flatten)]
    pub app_updates: Option<AppUpdates>,
    /// Over which networks packages come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub download_updates: Option<DownloadUpdates>,

    /// The app that fills the screen in kiosk mode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub main_app: Option<PackageName>,
    /// Whether a person with the PIN can leave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kiosk_exit: Option<bool>,
    /// Whether the screen stays on there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kiosk_screen_on: Option<bool>,
    /// Whether the app at boot stays in front.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub autostart_foreground: Option<bool>,
    /// Whether Wi-Fi can be chosen where there is no network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub show_wifi: Option<bool>,

    /// What the device is; see [`Title::Text`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Words of one's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom1: Option<String>,
    /// Words of one's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom2: Option<String>,
    /// Words of one's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom3: Option<String>,
}

impl Configuration {
    /// A phone that is reported and otherwise left as it is: its own launcher, nothing closed, nothing watched.
    #[must_use]
    pub fn new(password: AdminPassword) -> Self {
        Self {
            push_options: PushOptions::Polling,
            password,
            run_default_launcher: true,
            kiosk_mode: false,
            permissive: true,
            request_updates: RequestUpdates::Stop,
            applications: Vec::new(),
            application_settings: Vec::new(),
            files: Vec::new(),
            actions: Vec::new(),
            title: Some(Title::None),
            new_number: None,
            new_server_url: None,
            factory_reset: None,
            reboot: None,
            password_reset: None,
            lock: None,
            lock_message: None,
            background_color: None,
            text_color: None,
            background_image_url: None,
            icon_size: None,
            display_status: None,
            orientation: None,
            gps: None,
            bluetooth: None,
            wifi: None,
            mobile_data: None,
            usb_storage: None,
            disable_screenshots: None,
            lock_status_bar: None,
            restrictions: None,
            allowed_classes: None,
            password_mode: None,
            app_permissions: None,
            time_zone: None,
            brightness: None,
            manage_timeout: None,
            timeout: None,
            lock_volume: None,
            manage_volume: None,
            volume: None,
            system_updates: None,
            app_updates: None,
            download_updates: None,
            main_app: None,
            kiosk_exit: None,
            kiosk_screen_on: None,
            autostart_foreground: None,
            show_wifi: None,
            description: None,
            custom1: None,
            custom2: None,
            custom3: None,
        }
    }
}
