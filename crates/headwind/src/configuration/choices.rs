//! Fields of a configuration that have one of a few values.

use crate::values::TimeOfDay;
use serde::{Serialize, Serializer};

/// How the agent learns that there is something new.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum PushOptions {
    /// It asks, and the answer is held back until there is something. The agent's other ways go over MQTT without
    /// TLS on a port of its own; without any of these values it gets no pushes, and its hourly synchronisation ends.
    #[default]
    Polling,
}

/// Whether the agent watches where the phone is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RequestUpdates {
    /// It does not.
    #[default]
    Stop,
    /// By satellites.
    Gps,
    /// By the networks around it.
    Network,
}

/// What the agent does about permissions that apps ask for, where it is the device's owner. Without it, all are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum AppPermissions {
    /// The person decides about the location, all others are given.
    AskLocation,
    /// The location is refused, all others are given.
    DenyLocation,
    /// The person decides about all.
    AskAll,
}

/// What the screen lock has to be. Without it, anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PasswordMode {
    /// One digit at least.
    Present,
    /// Six digits at least.
    Easy,
    /// Eight letters and digits at least.
    Moderate,
    /// Eight with letters of both cases, digits and signs.
    Strong,
}

/// When the agent may fetch packages. Without it, always.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DownloadUpdates {
    /// Over a mobile network no more than a few attempts.
    Limited,
    /// Never over a mobile network.
    Wifi,
}

/// Which way up the agent's screen stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Orientation {
    /// As the phone is held.
    Any = 0,
    /// Upright.
    Portrait = 1,
    /// On its side.
    Landscape = 2,
}

/// The size of icons on the agent's screen, in percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IconSize {
    /// As they are.
    Small = 100,
    /// A little larger.
    Medium = 120,
    /// Larger.
    Large = 140,
}

impl Serialize for Orientation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(*self as u8)
    }
}

impl Serialize for IconSize {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(*self as u8)
    }
}

/// What stands at the top of the agent's screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Title {
    /// Nothing.
    #[default]
    None,
    /// A text, in which the agent replaces `deviceId`, `description`, `custom1` to `custom3`, `imei`, `serialNumber`
    /// and `externalIp` by what they are.
    Text(String),
}

impl Serialize for Title {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::None => "none",
            Self::Text(text) => text,
        })
    }
}

/// When Android's own updates are installed, where the agent is the device's owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(into = "SystemUpdateFields")]
pub enum SystemUpdates {
    /// As the phone is set.
    Default,
    /// At once.
    Instant,
    /// Within these hours of the day.
    Within(Hours),
    /// Put off, for 30 days at most.
    Manual,
}

/// From when until when; a window over midnight is one too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    /// The beginning.
    pub from: TimeOfDay,
    /// The end.
    pub to: TimeOfDay,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SystemUpdateFields {
    system_update_type: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    system_update_from: Option<TimeOfDay>,
    #[serde(skip_serializing_if = "Option::is_none")]
    system_update_to: Option<TimeOfDay>,
}

impl From<SystemUpdates> for SystemUpdateFields {
    fn from(updates: SystemUpdates) -> Self {
        let fields = |system_update_type, hours: Option<Hours>| {
            let (from, to) = hours.map(|h| (h.from, h.to)).unzip();
            Self { system_update_type, system_update_from: from, system_update_to: to }
        };
        match updates {
            SystemUpdates::Default => fields(0, None),
            SystemUpdates::Instant => fields(1, None),
            SystemUpdates::Within(hours) => fields(2, Some(hours)),
            SystemUpdates::Manual => fields(3, None),
        }
    }
}

/// When apps are installed and updated. Without it, at any time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AppUpdates {
    /// The beginning.
    #[serde(rename = "appUpdateFrom")]
    pub from: TimeOfDay,
    /// The end.
    #[serde(rename = "appUpdateTo")]
    pub to: TimeOfDay,
}

/// How bright the screen is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(into = "BrightnessFields")]
pub enum Brightness {
    /// The phone sees to it.
    Automatic,
    /// From 0 to 255.
    Fixed(u8),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BrightnessFields {
    auto_brightness: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    brightness: Option<u8>,
}

impl From<Brightness> for BrightnessFields {
    fn from(brightness: Brightness) -> Self {
        match brightness {
            Brightness::Automatic => Self { auto_brightness: true, brightness: None },
            Brightness::Fixed(level) => Self { auto_brightness: false, brightness: Some(level) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn written<T: Serialize>(values: &[T]) -> Value {
        serde_json::to_value(values).unwrap()
    }

    #[test]
    fn each_value_is_the_one_that_the_agent_compares_with() {
        use {
            AppPermissions as A, DownloadUpdates as D, IconSize as I, PasswordMode as P, RequestUpdates as R,
        };
        assert_eq!(written(&[PushOptions::Polling]), json!(["polling"]));
        assert_eq!(written(&[R::Stop, R::Gps, R::Network]), json!(["stop", "gps", "network"]));
        let permissions = written(&[A::AskLocation, A::DenyLocation, A::AskAll]);
        assert_eq!(permissions, json!(["asklocation", "denylocation", "askall"]));
        let modes = written(&[P::Present, P::Easy, P::Moderate, P::Strong]);
        assert_eq!(modes, json!(["present", "easy", "moderate", "strong"]));
        assert_eq!(written(&[D::Limited, D::Wifi]), json!(["limited", "wifi"]));
        assert_eq!(written(&[I::Small, I::Medium, I::Large]), json!([100, 120, 140]));
        let orientations = [Orientation::Any, Orientation::Portrait, Orientation::Landscape];
        assert_eq!(written(&orientations), json!([0, 1, 2]));
        assert_eq!(written(&[Title::None, Title::Text("imei".into())]), json!(["none", "imei"]));
    }

    #[test]
    fn what_belongs_together_is_written_together_or_not_at_all() {
        let hours = Hours { from: "22:00".parse().unwrap(), to: "05:00".parse().unwrap() };
        let updates = [
            SystemUpdates::Default,
            SystemUpdates::Instant,
            SystemUpdates::Within(hours),
            SystemUpdates::Manual,
        ];
        let fields = json!([
            {"systemUpdateType": 0},
            {"systemUpdateType": 1},
            {"systemUpdateType": 2, "systemUpdateFrom": "22:00", "systemUpdateTo": "05:00"},
            {"systemUpdateType": 3},
        ]);
        assert_eq!(written(&updates), fields);
        let fields = json!([{"autoBrightness": true}, {"autoBrightness": false, "brightness": 9}]);
        assert_eq!(written(&[Brightness::Automatic, Brightness::Fixed(9)]), fields);
    }
}
