//! The commands (Apple: "Commands and queries", `mdm/commands/*.yaml`), and what each needs. How each may be
//! repeated is the domain's rule.

use crate::{
    checkin::Secret,
    ids::{CommandUuid, PayloadIdentifier},
    needs::Needs,
    rights::AccessRights,
    write::{self, dict},
};
use plist::{Dictionary, Value};

/// Text on a lock screen: one to 500 characters, no control characters but line breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScreenText(String);

/// A phone number on a lock screen: up to 32 digits and `+ - ( ) . *  #` and spaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneNumber(String);

/// A device's name: one to 63 characters in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceName(String);

/// What was typed cannot stand in a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    /// Empty.
    #[error("there is nothing in it")]
    Empty,
    /// Too long.
    #[error("longer than {0} characters")]
    TooLong(usize),
    /// A character that it may not have.
    #[error("it has characters that are not possible here")]
    Characters,
}

fn checked(text: &str, most: usize, allowed: fn(char) -> bool) -> Result<String, InvalidText> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(InvalidText::Empty),
        n if n > most => Err(InvalidText::TooLong(most)),
        _ if !text.chars().all(allowed) => Err(InvalidText::Characters),
        _ => Ok(text.to_owned()),
    }
}

impl ScreenText {
    /// Parses it.
    ///
    /// # Errors
    /// [`InvalidText`].
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        checked(text, 500, |c| c == '\n' || !c.is_control()).map(Self)
    }
}

impl PhoneNumber {
    /// Parses it.
    ///
    /// # Errors
    /// [`InvalidText`].
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        checked(text, 32, |c| c.is_ascii_digit() || "+-(). *#".contains(c)).map(Self)
    }
}

impl DeviceName {
    /// Parses it.
    ///
    /// # Errors
    /// [`InvalidText`].
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        checked(text, 63, |c| !c.is_control()).map(Self)
    }
}

/// What the lock screen says in Lost Mode: at least one of message and number, or the device refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LostMessage {
    /// A message.
    Message(ScreenText),
    /// A number to call.
    Number(PhoneNumber),
    /// Both.
    Both(ScreenText, PhoneNumber),
}

/// A command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// `DeviceInformation` with these questions; see [`crate::queries`].
    DeviceInformation(Vec<String>),
    /// `SecurityInfo`.
    SecurityInfo,
    /// `ProfileList`.
    ProfileList,
    /// `InstalledApplicationList`.
    InstalledApplicationList,
    /// `CertificateList`.
    CertificateList,
    /// `DeviceLock`. The message is shown only if a passcode is set.
    DeviceLock(Option<ScreenText>, Option<PhoneNumber>),
    /// `ClearPasscode` with the device's `UnlockToken`.
    ClearPasscode(Secret),
    /// `RestartDevice`.
    RestartDevice,
    /// `ShutDownDevice`.
    ShutDownDevice,
    /// `Settings` with `DeviceName`.
    Rename(DeviceName),
    /// `EraseDevice`.
    EraseDevice {
        /// `PreserveDataPlan` (iOS 11): keeps an eSIM.
        preserve_data_plan: bool,
        /// `DisallowProximitySetup` (iOS 11.3).
        disallow_proximity_setup: bool,
    },
    /// `EnableLostMode` with an optional footnote.
    EnableLostMode(LostMessage, Option<ScreenText>),
    /// `DisableLostMode`.
    DisableLostMode,
    /// `DeviceLocation`, in Lost Mode alone.
    DeviceLocation,
    /// `PlayLostModeSound`, in Lost Mode alone.
    PlayLostModeSound,
    /// `InstallProfile`: a profile, signed or not.
    InstallProfile(Vec<u8>),
    /// `RemoveProfile`: one that this server has installed.
    RemoveProfile(PayloadIdentifier),
    /// `RemoveProfile` of the enrolment profile: the device is not managed afterwards.
    RemoveManagement(PayloadIdentifier),
    /// `DeclarativeManagement`: look for declarations, now. With the tokens, or empty.
    DeclarativeManagement(Vec<u8>),
}

impl Command {
    /// `RequestType`.
    #[must_use]
    pub fn request_type(&self) -> &'static str {
        match self {
            Self::DeviceInformation(_) => "DeviceInformation",
            Self::SecurityInfo => "SecurityInfo",
            Self::ProfileList => "ProfileList",
            Self::InstalledApplicationList => "InstalledApplicationList",
            Self::CertificateList => "CertificateList",
            Self::DeviceLock(..) => "DeviceLock",
            Self::ClearPasscode(_) => "ClearPasscode",
            Self::RestartDevice => "RestartDevice",
            Self::ShutDownDevice => "ShutDownDevice",
            Self::Rename(_) => "Settings",
            Self::EraseDevice { .. } => "EraseDevice",
            Self::EnableLostMode(..) => "EnableLostMode",
            Self::DisableLostMode => "DisableLostMode",
            Self::DeviceLocation => "DeviceLocation",
            Self::PlayLostModeSound => "PlayLostModeSound",
            Self::InstallProfile(_) => "InstallProfile",
            Self::RemoveProfile(_) | Self::RemoveManagement(_) => "RemoveProfile",
            Self::DeclarativeManagement(_) => "DeclarativeManagement",
        }
    }

    /// What a device needs for it.
    #[must_use]
    pub fn needs(&self) -> Needs {
        match self {
            Self::DeviceInformation(_) => Needs::of(AccessRights::NONE, 4, 0),
            Self::SecurityInfo => Needs::of(AccessRights::QUERY_SECURITY, 4, 0),
            Self::ProfileList | Self::CertificateList => Needs::of(AccessRights::INSPECT_PROFILES, 4, 0),
            Self::InstalledApplicationList => Needs::of(AccessRights::INSPECT_APPLICATIONS, 5, 0),
            Self::DeviceLock(None, None) => Needs::of(AccessRights::LOCK, 4, 0),
            Self::DeviceLock(..) => Needs::of(AccessRights::LOCK, 7, 0),
            Self::ClearPasscode(_) => Needs::of(AccessRights::LOCK, 4, 0).device_enrolment().unlock_token(),
            Self::RestartDevice | Self::ShutDownDevice => {
                Needs::of(AccessRights::LOCK, 10, 3).supervised().device_enrolment()
            }
            Self::Rename(_) => Needs::of(AccessRights::SETTINGS, 5, 0).supervised().device_enrolment(),
            Self::EraseDevice { disallow_proximity_setup: true, .. } => {
                Needs::of(AccessRights::ERASE, 11, 3).device_enrolment()
            }
            Self::EraseDevice { preserve_data_plan: true, .. } => {
                Needs::of(AccessRights::ERASE, 11, 0).device_enrolment()
            }
            Self::EraseDevice { .. } => Needs::of(AccessRights::ERASE, 4, 0).device_enrolment(),
            Self::EnableLostMode(..) => Needs::of(AccessRights::NONE, 9, 3).supervised().device_enrolment(),
            Self::DisableLostMode | Self::DeviceLocation => {
                Needs::of(AccessRights::NONE, 9, 3).supervised().device_enrolment().lost_mode()
            }
            Self::PlayLostModeSound => {
                Needs::of(AccessRights::NONE, 10, 3).supervised().device_enrolment().lost_mode()
            }
            Self::InstallProfile(_) | Self::RemoveProfile(_) | Self::RemoveManagement(_) => {
                Needs::of(AccessRights::INSTALL_PROFILES, 4, 0)
            }
            Self::DeclarativeManagement(_) => Needs::of(AccessRights::NONE, 15, 0),
        }
    }

    /// The document that the device gets. The same command and id are always the same bytes.
    #[must_use]
    pub fn document(&self, id: &CommandUuid) -> Vec<u8> {
        let mut command = self.parameters();
        command.insert("RequestType".to_owned(), self.request_type().into());
        write::document(&dict([("Command", command.into()), ("CommandUUID", id.as_str().into())]))
    }

    fn parameters(&self) -> Dictionary {
        match self {
            Self::DeviceInformation(queries) => {
                dict([("Queries", Value::Array(queries.iter().map(|q| q.as_str().into()).collect()))])
            }
            Self::DeviceLock(message, number) => on_screen(message.as_ref(), number.as_ref()),
            Self::ClearPasscode(token) => dict([("UnlockToken", Value::Data(token.0.clone()))]),
            Self::Rename(DeviceName(name)) => {
                let setting = dict([("Item", "DeviceName".into()), ("DeviceName", name.as_str().into())]);
                dict([("Settings", Value::Array(vec![setting.into()]))])
            }
            Self::EraseDevice { preserve_data_plan, disallow_proximity_setup } => {
                // Older versions refuse keys that they do not know, so each is there only when it is set.
                [
                    ("PreserveDataPlan", *preserve_data_plan),
                    ("DisallowProximitySetup", *disallow_proximity_setup),
                ]
                .into_iter()
                .filter(|(_, set)| *set)
                .map(|(key, set)| (key.to_owned(), Value::Boolean(set)))
                .collect()
            }
            Self::EnableLostMode(shown, footnote) => {
                let mut parameters = match shown {
                    LostMessage::Message(message) => on_screen(Some(message), None),
                    LostMessage::Number(number) => on_screen(None, Some(number)),
                    LostMessage::Both(message, number) => on_screen(Some(message), Some(number)),
                };
                if let Some(ScreenText(footnote)) = footnote {
                    parameters.insert("Footnote".to_owned(), footnote.as_str().into());
                }
                parameters
            }
            Self::InstallProfile(profile) => dict([("Payload", Value::Data(profile.clone()))]),
            Self::RemoveProfile(identifier) | Self::RemoveManagement(identifier) => {
                dict([("Identifier", identifier.as_str().into())])
            }
            Self::DeclarativeManagement(tokens) if !tokens.is_empty() => {
                dict([("Data", Value::Data(tokens.clone()))])
            }
            _ => Dictionary::new(),
        }
    }
}

fn on_screen(message: Option<&ScreenText>, number: Option<&PhoneNumber>) -> Dictionary {
    let message = message.map(|ScreenText(text)| ("Message".to_owned(), Value::from(text.as_str())));
    let number = number.map(|PhoneNumber(text)| ("PhoneNumber".to_owned(), Value::from(text.as_str())));
    message.into_iter().chain(number).collect()
}
