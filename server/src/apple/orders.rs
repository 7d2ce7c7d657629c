//! A command as the device gets it.

use super::{Apple, profile};
use crate::apple::profile::{NoProfile, Way};
use muster_apple_mdm::{
    checkin::Secret,
    command::{Command as Told, DeviceName, InvalidText, LostMessage, PhoneNumber, ScreenText},
    declarative::Declarations,
    ids::{CommandUuid, InvalidId, PayloadIdentifier},
    queries,
};
use muster_domain::{
    apple::{Fingerprint, Purpose},
    command::{Command, CommandKind, Order},
    invitation::Invitation,
    ports::StoreError,
    settings::Settings,
    usecase::Ports,
};

/// The context under which `UnlockToken` is sealed.
pub const UNLOCK_TOKEN: &str = "apple.unlock-token";

/// Why a command cannot be told to the device.
#[derive(Debug, thiserror::Error)]
pub enum Untold {
    /// The device has not handed over its unlock token, or it does not open.
    #[error("the device has not handed over its unlock token")]
    NoUnlockToken,
    /// The profile was deleted meanwhile.
    #[error("the profile is not there any more")]
    NoProfile,
    /// A kind that Apple's devices do not know.
    #[error("Apple's devices do not know this")]
    Unknown,
    /// Its words cannot stand in a command.
    #[error(transparent)]
    Text(#[from] InvalidText),
    /// An identifier cannot.
    #[error(transparent)]
    Identifier(#[from] InvalidId),
    /// The enrolment profile cannot be made.
    #[error(transparent)]
    Enrolment(#[from] NoProfile),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// For whom a command is written.
pub struct For<'f> {
    /// The ports.
    pub ports: &'f Ports,
    /// What Apple's routes need.
    pub apple: &'f Apple,
    /// The device's link.
    pub invitation: &'f Invitation,
    /// The workspace's settings.
    pub settings: &'f Settings,
    /// Where phones reach this server.
    pub base: &'f str,
    /// The identity that the device has.
    pub identity: Fingerprint,
}

/// A `CommandUUID` names the command's id.
///
/// # Errors
/// [`InvalidId`], which an id is not.
pub fn uuid(command: &Command) -> Result<CommandUuid, InvalidId> {
    CommandUuid::parse(&command.id.to_string().to_ascii_uppercase())
}

fn screen(message: Option<&String>) -> Result<Option<ScreenText>, InvalidText> {
    message.map(|m| ScreenText::parse(m)).transpose()
}

fn phone(number: Option<&String>) -> Result<Option<PhoneNumber>, InvalidText> {
    number.map(|n| PhoneNumber::parse(n)).transpose()
}

impl For<'_> {
    /// The document that the device gets.
    ///
    /// # Errors
    /// [`Untold`].
    pub async fn document(&self, command: &Command) -> Result<Vec<u8>, Untold> {
        Ok(self.told(command).await?.document(&uuid(command)?))
    }

    async fn told(&self, command: &Command) -> Result<Told, Untold> {
        Ok(match &command.order {
            Order::Plain { what } => self.plain(command, *what).await?,
            Order::Lock { message, phone: number } => {
                Told::DeviceLock(screen(message.as_ref())?, phone(number.as_ref())?)
            }
            Order::Rename { name } => Told::Rename(DeviceName::parse(name)?),
            Order::Erase { keep_data_plan } => {
                Told::EraseDevice { preserve_data_plan: *keep_data_plan, disallow_proximity_setup: false }
            }
            Order::LostMode { message, phone: number } => {
                let words = match (screen(message.as_ref())?, phone(number.as_ref())?) {
                    (Some(message), Some(number)) => LostMessage::Both(message, number),
                    (Some(message), None) => LostMessage::Message(message),
                    (None, Some(number)) => LostMessage::Number(number),
                    (None, None) => return Err(InvalidText::Empty.into()),
                };
                Told::EnableLostMode(words, None)
            }
            Order::ResetPassword { .. } | Order::RunApp { .. } => return Err(Untold::Unknown),
            Order::InstallProfile { profile, .. } => {
                let found = self.ports.store.profile(self.invitation.workspace, *profile).await?;
                Told::InstallProfile(found.ok_or(Untold::NoProfile)?.content)
            }
            Order::RemoveProfile { identifier, .. } => {
                Told::RemoveProfile(PayloadIdentifier::parse(identifier)?)
            }
        })
    }

    async fn plain(&self, command: &Command, kind: CommandKind) -> Result<Told, Untold> {
        Ok(match kind {
            CommandKind::DeviceInformation => {
                let rights = profile::rights(self.settings);
                let names = queries::inventory(rights, None);
                Told::DeviceInformation(names.into_iter().map(str::to_owned).collect())
            }
            CommandKind::SecurityInfo => Told::SecurityInfo,
            CommandKind::ProfileList => Told::ProfileList,
            CommandKind::ApplicationList => Told::InstalledApplicationList,
            CommandKind::CertificateList => Told::CertificateList,
            CommandKind::Declarations => {
                let now = self.ports.clock.now().rfc3339();
                Told::DeclarativeManagement(Declarations::status_subscription().tokens(&now))
            }
            CommandKind::ClearPasscode => Told::ClearPasscode(self.unlock_token(command).await?),
            CommandKind::Restart => Told::RestartDevice,
            CommandKind::ShutDown => Told::ShutDownDevice,
            CommandKind::EndLostMode => Told::DisableLostMode,
            CommandKind::Locate => Told::DeviceLocation,
            CommandKind::PlaySound => Told::PlayLostModeSound,
            CommandKind::RenewIdentity => {
                let way = Way {
                    base: self.base,
                    purpose: Purpose::Renew(self.identity),
                    language: self.invitation.language,
                };
                let made = profile::signed(self.ports, self.apple, self.invitation, self.settings, way);
                Told::InstallProfile(made.await?)
            }
            CommandKind::RemoveManagement => Told::RemoveManagement(profile::identifier(self.invitation.id)?),
            CommandKind::Report
            | CommandKind::Unlock
            | CommandKind::ResetPassword
            | CommandKind::RunApp
            | CommandKind::Lock
            | CommandKind::Rename
            | CommandKind::Erase
            | CommandKind::LostMode
            | CommandKind::InstallProfile
            | CommandKind::RemoveProfile => return Err(Untold::Unknown),
        })
    }

    async fn unlock_token(&self, command: &Command) -> Result<Secret, Untold> {
        let sealed = self.ports.store.unlock_token(self.invitation.workspace, command.device).await?;
        let token = sealed.and_then(|sealed| self.ports.secrets.open(UNLOCK_TOKEN, &sealed));
        token.map(Secret).ok_or(Untold::NoUnlockToken)
    }
}
