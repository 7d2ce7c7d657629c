//! What a device can be asked to do, with what it needs to know for it.

use crate::{ProfileId, apple::queue::Repeat};
use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal),* $(,)?) => {
        /// What a device can be asked to do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum CommandKind {
            $($(#[$doc])* $kind),*
        }

        impl CommandKind {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// The name in the database and in the agent protocol.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name),*
                }
            }
        }
    };
}

kinds! {
    /// To say how it is, now.
    Report = "report",
    /// Apple: what it is, and how full.
    DeviceInformation = "device_information",
    /// Apple: how its data is protected.
    SecurityInfo = "security_info",
    /// Apple: its configuration profiles.
    ProfileList = "profile_list",
    /// Apple: its apps.
    ApplicationList = "application_list",
    /// Apple: its certificates.
    CertificateList = "certificate_list",
    /// Apple: to look for declarations, and report changes by itself from then on.
    Declarations = "declarations",
    /// To lock the screen.
    Lock = "lock",
    /// Headwind: to unlock the screen that was locked from here.
    Unlock = "unlock",
    /// Headwind: to have another password.
    ResetPassword = "reset_password",
    /// Headwind: to open an app now.
    RunApp = "run_app",
    /// To forget its passcode.
    ClearPasscode = "clear_passcode",
    /// To restart.
    Restart = "restart",
    /// To shut down.
    ShutDown = "shut_down",
    /// To call itself otherwise.
    Rename = "rename",
    /// To erase all that is on it.
    Erase = "erase",
    /// To be lost: locked, with words for who finds it.
    LostMode = "lost_mode",
    /// To be lost no longer.
    EndLostMode = "end_lost_mode",
    /// Lost: to say where it is.
    Locate = "locate",
    /// Lost: to make itself heard.
    PlaySound = "play_sound",
    /// To install a configuration profile.
    InstallProfile = "install_profile",
    /// To remove one that was installed from here.
    RemoveProfile = "remove_profile",
    /// To get itself a new identity before the old one ends.
    RenewIdentity = "renew_identity",
    /// Not to be managed any more.
    RemoveManagement = "remove_management",
}

impl CommandKind {
    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|k| k.name() == name)
    }

    /// Whether it only asks: the console does so by itself, too, and shows the answers rather than the questions.
    #[must_use]
    pub fn asks(self) -> bool {
        Self::QUESTIONS.contains(&self) || matches!(self, Self::Report | Self::Declarations)
    }

    /// What an Apple device is asked when it is to report: after it has connected, daily, and when somebody presses the
    /// button.
    pub const QUESTIONS: [Self; 5] = [
        Self::DeviceInformation,
        Self::SecurityInfo,
        Self::ProfileList,
        Self::ApplicationList,
        Self::CertificateList,
    ];

    /// Whether it cannot be undone by another command: a person is asked to confirm it with the device's name.
    #[must_use]
    pub fn is_grave(self) -> bool {
        matches!(self, Self::Erase | Self::RemoveManagement | Self::ClearPasscode | Self::ResetPassword)
    }

    /// Whether it may be sent again when its answer was lost.
    #[must_use]
    pub fn repeat(self) -> Repeat {
        match self {
            // A second time it would restart again, or take away a passcode that the person has set meanwhile.
            Self::Restart | Self::ShutDown | Self::ClearPasscode | Self::ResetPassword | Self::PlaySound => {
                Repeat::Never
            }
            Self::Erase | Self::RemoveManagement => Repeat::WhileEnrolled,
            _ => Repeat::Always,
        }
    }
}

/// What a device is asked to do, with what it needs for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Order {
    /// A question, or something that needs no more words; never one of the kinds below.
    Plain {
        /// What.
        what: CommandKind,
    },
    /// [`CommandKind::Lock`].
    Lock {
        /// What the lock screen says.
        message: Option<String>,
        /// Whom to call.
        phone: Option<String>,
    },
    /// [`CommandKind::Rename`].
    Rename {
        /// The new name.
        name: String,
    },
    /// [`CommandKind::Erase`].
    Erase {
        /// An eSIM stays.
        keep_data_plan: bool,
    },
    /// [`CommandKind::LostMode`].
    LostMode {
        /// What the screen says.
        message: Option<String>,
        /// Whom to call; at least one of the two.
        phone: Option<String>,
    },
    /// [`CommandKind::ResetPassword`].
    ResetPassword {
        /// The new one: as it was typed on its way in, sealed where it is kept, empty to whoever looks at the command later.
        password: String,
    },
    /// [`CommandKind::RunApp`].
    RunApp {
        /// The app's package.
        package: String,
    },
    /// [`CommandKind::InstallProfile`].
    InstallProfile {
        /// Which of the uploaded ones.
        profile: ProfileId,
        /// What it is called.
        name: String,
    },
    /// [`CommandKind::RemoveProfile`].
    RemoveProfile {
        /// Its `PayloadIdentifier`.
        identifier: String,
        /// What it is called.
        name: String,
    },
}

/// What was typed cannot be told to a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum InvalidOrder {
    /// The message for the screen.
    #[error("the message must have at most 500 characters")]
    Message,
    /// The number to call.
    #[error("the number to call may have digits, blanks and + - ( ) . * #, at most 32")]
    Phone,
    /// Lost Mode wants something to show.
    #[error("a message or a number to call is needed, so that who finds it knows what to do")]
    Nothing,
    /// The name.
    #[error("the name must be one line of 1 to 63 characters")]
    Name,
    /// The profile by which the device is managed is not removed like another.
    #[error("this profile manages the device: remove the management instead")]
    Management,
    /// The new password.
    #[error("the password must have 4 to 16 letters, digits or marks of the English keyboard")]
    Password,
    /// The app's package.
    #[error("this is no package of an app, such as com.android.chrome")]
    Package,
    /// A kind that needs words came without them.
    #[error("this needs more than its name")]
    Kind,
}

impl Order {
    /// An order without words.
    #[must_use]
    pub fn plain(what: CommandKind) -> Self {
        Self::Plain { what }
    }

    /// What kind of command it is.
    #[must_use]
    pub fn kind(&self) -> CommandKind {
        match self {
            Self::Plain { what } => *what,
            Self::Lock { .. } => CommandKind::Lock,
            Self::Rename { .. } => CommandKind::Rename,
            Self::Erase { .. } => CommandKind::Erase,
            Self::LostMode { .. } => CommandKind::LostMode,
            Self::ResetPassword { .. } => CommandKind::ResetPassword,
            Self::RunApp { .. } => CommandKind::RunApp,
            Self::InstallProfile { .. } => CommandKind::InstallProfile,
            Self::RemoveProfile { .. } => CommandKind::RemoveProfile,
        }
    }

    /// Checks what was typed, and takes blanks around it away.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn checked(self) -> Result<Self, InvalidOrder> {
        Ok(match self {
            Self::Plain { what } if Self::has_words(what) => return Err(InvalidOrder::Kind),
            Self::Lock { message, phone } => Self::Lock { message: words(message)?, phone: number(phone)? },
            Self::LostMode { message, phone } => {
                let (message, phone) = (words(message)?, number(phone)?);
                if message.is_none() && phone.is_none() {
                    return Err(InvalidOrder::Nothing);
                }
                Self::LostMode { message, phone }
            }
            Self::Rename { name } => {
                Self::Rename { name: crate::text::line(name.trim(), 63).map_err(|_| InvalidOrder::Name)? }
            }
            Self::ResetPassword { password } if !is_password(&password) => {
                return Err(InvalidOrder::Password);
            }
            Self::RunApp { package } if !is_package(&package) => return Err(InvalidOrder::Package),
            Self::RemoveProfile { identifier, .. } if identifier.starts_with(ENROLMENT_PROFILE) => {
                return Err(InvalidOrder::Management);
            }
            other => other,
        })
    }

    fn has_words(kind: CommandKind) -> bool {
        use CommandKind::{
            Erase, InstallProfile, Lock, LostMode, RemoveProfile, Rename, ResetPassword, RunApp,
        };
        matches!(
            kind,
            Lock | Rename | Erase | LostMode | InstallProfile | RemoveProfile | ResetPassword | RunApp
        )
    }
}

/// How the identifiers of the profiles begin by which devices are managed.
pub const ENROLMENT_PROFILE: &str = "muster.enrolment.";

/// What Android takes as a password of a screen lock (AOSP, `LockPatternUtils`: 4 to 16 ASCII characters).
fn is_password(text: &str) -> bool {
    (4..=16).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}

/// Whether a text is the name of an Android package: two or more parts of letters, digits and underscores, each of which begins
/// with a letter (Android, "Configure the app module").
#[must_use]
pub fn is_package(text: &str) -> bool {
    let part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic())
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    text.len() <= 255 && text.contains('.') && text.split('.').all(part)
}

/// Nothing, or what is left of the text without blanks around it.
fn filled(text: Option<String>) -> Option<String> {
    text.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty())
}

fn words(text: Option<String>) -> Result<Option<String>, InvalidOrder> {
    let text = filled(text);
    let fits = |t: &String| t.chars().count() <= 500 && t.chars().all(|c| c == '\n' || !c.is_control());
    if text.as_ref().is_none_or(fits) { Ok(text) } else { Err(InvalidOrder::Message) }
}

fn number(text: Option<String>) -> Result<Option<String>, InvalidOrder> {
    let text = filled(text);
    let fits = |t: &String| {
        t.chars().count() <= 32 && t.chars().all(|c| c.is_ascii_digit() || "+-(). *#".contains(c))
    };
    if text.as_ref().is_none_or(fits) { Ok(text) } else { Err(InvalidOrder::Phone) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        for kind in CommandKind::ALL {
            assert_eq!(CommandKind::from_name(kind.name()), Some(*kind));
            let json = serde_json::to_value(kind).unwrap();
            assert_eq!(json, kind.name(), "as JSON, too");
        }
        assert_eq!(CommandKind::from_name("wipe"), None);
    }

    #[test]
    fn what_must_not_happen_twice_is_not_repeated() {
        use CommandKind::{
            ClearPasscode, Erase, PlaySound, RemoveManagement, ResetPassword, Restart, ShutDown,
        };
        for kind in CommandKind::ALL.iter().copied() {
            let expected = match kind {
                Restart | ShutDown | ClearPasscode | ResetPassword | PlaySound => Repeat::Never,
                Erase | RemoveManagement => Repeat::WhileEnrolled,
                _ => Repeat::Always,
            };
            assert_eq!(kind.repeat(), expected, "{kind:?}");
        }
    }

    #[test]
    fn what_is_typed_is_checked() {
        let lock = |message: &str, phone: &str| {
            Order::Lock { message: Some(message.into()), phone: Some(phone.into()) }.checked()
        };
        assert_eq!(
            lock(" Bring it back \n", " +49 30 1234 "),
            Ok(Order::Lock { message: Some("Bring it back".into()), phone: Some("+49 30 1234".into()) })
        );
        assert_eq!(lock("  ", ""), Ok(Order::Lock { message: None, phone: None }));
        assert_eq!(lock(&"x".repeat(501), ""), Err(InvalidOrder::Message));
        assert_eq!(lock("\u{7}", ""), Err(InvalidOrder::Message));
        assert_eq!(lock("", "call me"), Err(InvalidOrder::Phone));
        let lost = Order::LostMode { message: Some(" ".into()), phone: None };
        assert_eq!(lost.checked(), Err(InvalidOrder::Nothing));
        for bad in ["", " ", "a\nb", &"x".repeat(64)] {
            assert_eq!(Order::Rename { name: bad.into() }.checked(), Err(InvalidOrder::Name), "{bad:?}");
        }
        assert_eq!(Order::plain(CommandKind::Erase).checked(), Err(InvalidOrder::Kind));
        for bad in ["", "123", "a b c d", "pässword", "12345678901234567"] {
            let reset = Order::ResetPassword { password: bad.into() };
            assert_eq!(reset.checked(), Err(InvalidOrder::Password), "{bad:?}");
        }
        assert!(Order::ResetPassword { password: "4711".into() }.checked().is_ok());
        for bad in ["", "chrome", "com.", ".com", "com..x", "com.1x", "com.x/../y", "com.x y"] {
            let run = Order::RunApp { package: bad.into() };
            assert_eq!(run.checked(), Err(InvalidOrder::Package), "{bad:?}");
        }
        assert!(Order::RunApp { package: "com.android.chrome".into() }.checked().is_ok());
    }
}
