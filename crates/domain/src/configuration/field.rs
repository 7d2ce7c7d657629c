//! The fields of a configuration: one place for what there is.

use super::{
    cell::{Cell, Kind},
    form::{Entry, Form, Problem},
    list::{Action, App, AppSetting, File, LogRule, Page, Row},
    values::{
        Address, AppPermissions, Brightness, Colour, Downloads, Hours, IconSize, Line, Locating, Orientation,
        Package, PasswordQuality, Percent, Seconds, SystemUpdates, TimeZone, Words,
    },
};
use serde::{Deserialize, Serialize};

/// Rows of a list at most.
pub const MOST_ROWS: usize = 300;

/// The parts of the editor, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// One app alone, and the home screen.
    Home,
    /// Apps.
    Apps,
    /// Files, and which app opens which links.
    Files,
    /// What is closed.
    Security,
    /// Wi-Fi and the like, and where the phone is.
    Connections,
    /// Screen and sound.
    Screen,
    /// When what is updated.
    Updates,
    /// Words about the device, and its log.
    Log,
}

impl Section {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Home,
        Self::Apps,
        Self::Files,
        Self::Security,
        Self::Connections,
        Self::Screen,
        Self::Updates,
        Self::Log,
    ];
}

macro_rules! settings {
    (values { $($(#[$doc:meta])* $section:ident $field:ident $name:ident: $type:ty),+ $(,)? }
     lists { $($(#[$ldoc:meta])* $lsection:ident $list:ident $lname:ident: $row:ty),+ $(,)? }) => {
        /// What a company wants of its devices. What is not there is left as it is on the phone.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct ConfigurationSettings {
            $($(#[$doc])* pub $name: Option<$type>,)+
            $($(#[$ldoc])* pub $lname: Vec<$row>,)+
        }

        /// A field of a configuration.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Field { $($(#[$doc])* $field,)+ $($(#[$ldoc])* $list,)+ }

        impl Field {
            /// All of them, as they stand in the editor's sections.
            pub const ALL: &'static [Self] = &[$(Self::$field,)+ $(Self::$list,)+];

            /// Its name in documents.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$field => stringify!($name),)+ $(Self::$list => stringify!($lname),)+ }
            }

            /// Of that name.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                match name {
                    $(stringify!($name) => Some(Self::$field),)+
                    $(stringify!($lname) => Some(Self::$list),)+
                    _ => None,
                }
            }

            /// Where it stands.
            #[must_use]
            pub fn section(self) -> Section {
                match self { $(Self::$field => Section::$section,)+ $(Self::$list => Section::$lsection,)+ }
            }

            /// How it is filled in.
            #[must_use]
            pub fn kind(self) -> Kind {
                match self {
                    $(Self::$field => <$type as Cell>::KIND,)+
                    $(Self::$list => Kind::Rows(<$row as Row>::COLUMNS),)+
                }
            }
        }

        impl ConfigurationSettings {
            /// As texts.
            #[must_use]
            pub fn form(&self) -> Form {
                let mut entries = Vec::new();
                $(if let Some(value) = &self.$name {
                    entries.push(Entry { field: Field::$field, text: value.written(), rows: Vec::new() });
                })+
                $(if !self.$lname.is_empty() {
                    let rows = self.$lname.iter().map(Row::cells).collect();
                    entries.push(Entry { field: Field::$list, text: String::new(), rows });
                })+
                Form { entries }
            }

            /// What can be read of a form; what cannot is told to `problem`.
            pub(super) fn read(form: &Form, mut problem: impl FnMut(Problem)) -> Self {
                let mut settings = Self::default();
                $(let text = form.text(Field::$field).trim();
                if !text.is_empty() {
                    match <$type as Cell>::read(text) {
                        Ok(value) => settings.$name = Some(value),
                        Err(fault) => problem(Problem { field: Field::$field, row: None, column: None, fault }),
                    }
                })+
                $(for (number, cells) in form.rows(Field::$list).iter().enumerate() {
                    settings.$lname.extend(<$row as Row>::read(cells, &mut problem, (Field::$list, number)));
                })+
                settings
            }
        }
    };
}

settings! {
    values {
        /// The app that fills the screen; with it, kiosk mode is on.
        Home KioskApp kiosk_app: Package,
        /// Whether a person with the PIN can leave it.
        Home KioskExit kiosk_exit: bool,
        /// Whether the screen stays on there.
        Home KioskScreenOn kiosk_screen_on: bool,
        /// Whether the agent is the home screen.
        Home Launcher launcher: bool,
        /// Whether nothing but the listed apps can be opened.
        Home OnlyListed only_listed: bool,
        /// What stands above the icons.
        Home Title title: Line,
        /// Whether clock and battery stand there.
        Home ShowStatus show_status: bool,
        /// The colour behind the icons.
        Home Background background: Colour,
        /// The colour of the words below them.
        Home TextColour text_colour: Colour,
        /// A picture behind them.
        Home Picture picture: Address,
        /// Their size.
        Home IconSize icon_size: IconSize,
        /// Which way up the agent's screen stands.
        Home Orientation orientation: Orientation,
        /// Whether the app at boot stays in front.
        Home ForegroundAtBoot foreground_at_boot: bool,
        /// What becomes of permissions that apps ask for.
        Apps AppPermissions app_permissions: AppPermissions,
        /// Activities that may be used beside the apps.
        Apps AllowedActivities allowed_activities: Words,
        /// What the screen lock has to be.
        Security Password password: PasswordQuality,
        /// Android's names of what a person may not do.
        Security Restrictions restrictions: Words,
        /// Whether the bar at the top cannot be drawn down.
        Security StatusBarLocked status_bar_locked: bool,
        /// Whether pictures of the screen are refused.
        Security NoScreenshots no_screenshots: bool,
        /// Whether files are kept from going over the cable.
        Security UsbStorageLocked usb_storage_locked: bool,
        /// Whether Wi-Fi is held on or off.
        Connections Wifi wifi: bool,
        /// Whether Wi-Fi can be chosen where there is no network.
        Connections ShowWifi show_wifi: bool,
        /// Whether Bluetooth is held on or off.
        Connections Bluetooth bluetooth: bool,
        /// Whether mobile data is held on or off.
        Connections MobileData mobile_data: bool,
        /// Whether satellite location is held on or off.
        Connections Gps gps: bool,
        /// By what the agent tells where the phone is; without it, it does not.
        Connections Location location: Locating,
        /// How bright the screen is.
        Screen Brightness brightness: Brightness,
        /// After how many seconds it goes dark.
        Screen Timeout timeout: Seconds,
        /// How loud it is.
        Screen Volume volume: Percent,
        /// Whether that cannot be changed.
        Screen VolumeLocked volume_locked: bool,
        /// The time zone.
        Screen TimeZone time_zone: TimeZone,
        /// When Android's updates are installed.
        Updates SystemUpdates system_updates: SystemUpdates,
        /// When apps are.
        Updates AppUpdates app_updates: Hours,
        /// Over which networks packages come.
        Updates Downloads downloads: Downloads,
        /// What the device is.
        Log Description description: Line,
        /// Words of one's own.
        Log Custom1 custom1: Line,
        /// Words of one's own.
        Log Custom2 custom2: Line,
        /// Words of one's own.
        Log Custom3 custom3: Line,
    }
    lists {
        /// Apps.
        Apps Apps apps: App,
        /// Web pages with an icon.
        Apps Pages pages: Page,
        /// Settings of apps.
        Apps AppSettings app_settings: AppSetting,
        /// Files.
        Files Files files: File,
        /// Which app opens what.
        Files Actions actions: Action,
        /// Which entries of the log are wanted.
        Log LogRules log_rules: LogRule,
    }
}
