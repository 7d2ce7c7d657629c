//! The codes that a phone scans instead of being typed into: that of the agent, and that of a phone fresh from its box, which makes
//! the agent its owner.

use super::{sheet, told::AGENT};
use crate::adapters::qr;
use muster_domain::{
    InvitationId, WorkspaceId,
    headwind::given_number,
    invitation::Invitation,
    package::{AppPackage, NotReady},
    ports::{StoreError, Stored},
    settings::Settings,
    usecase::Ports,
};
use muster_headwind::provisioning::{
    self, AdminExtras, DeviceIdSource, DeviceOwner, Security, SignatureChecksum, Wifi,
};

/// The name of the password of new phones' network among what is kept sealed.
pub const WIFI: &str = "headwind.wifi";

/// Why there is no code for a phone fresh from its box.
#[derive(Debug, thiserror::Error)]
pub enum NoCode {
    /// Something that it names is missing.
    #[error("{0:?}")]
    NotReady(NotReady),
    /// Something that it names is none that Android takes.
    #[error("{0}")]
    Unwritten(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A workspace's phones, and how they reach this server.
#[derive(Clone, Copy)]
pub struct Codes<'c> {
    /// The ports.
    pub ports: &'c Ports,
    /// The workspace's settings.
    pub settings: &'c Settings,
    /// Where phones reach this server.
    pub base: &'c str,
}

/// The pictures that go with a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pictures {
    /// What an agent that asks for a server scans.
    pub agent: Option<Vec<u8>>,
    /// What a phone fresh from its box scans.
    pub owner: Option<Vec<u8>>,
}

impl Pictures {
    /// Those that are there, by the names that the message has for them.
    #[must_use]
    pub fn named(self) -> Vec<(&'static str, Vec<u8>)> {
        let all = [("agent", self.agent), ("owner", self.owner)];
        all.into_iter().filter_map(|(name, picture)| Some((name, picture?))).collect()
    }
}

impl Codes<'_> {
    /// Whether the messages of the workspace have the agent's code, and the one for new phones.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn mailed(&self, workspace: WorkspaceId) -> Stored<(bool, bool)> {
        let owner = self.settings.headwind.set_up.mailed
            && match self.ready(workspace).await {
                Ok(_) => true,
                Err(NoCode::Store(error)) => return Err(error),
                Err(_) => false,
            };
        Ok((self.settings.agent_package == AGENT, owner))
    }

    /// The package that sets up new phones, if all is there that a code for them needs.
    ///
    /// # Errors
    /// [`NoCode`].
    pub async fn ready(&self, workspace: WorkspaceId) -> Result<AppPackage, NoCode> {
        // Most workspaces have none: nothing is read for them.
        if !self.settings.headwind.set_up.offered {
            return Err(NoCode::NotReady(NotReady::Off));
        }
        let package = self.ports.store.package(workspace, self.settings.set_up_package()).await?;
        self.settings.set_up_ready(self.base, package.as_ref()).map_err(NoCode::NotReady)?;
        package.ok_or(NoCode::NotReady(NotReady::Package))
    }

    /// What a phone fresh from its box scans to become the company's own, and this invitation's device.
    ///
    /// # Errors
    /// [`NoCode`].
    pub async fn owner(&self, invitation: &Invitation, link: &str) -> Result<String, NoCode> {
        let package = self.ready(invitation.workspace).await?;
        let set_up = &self.settings.headwind.set_up;
        let wifi = match &set_up.wifi {
            Some(name) => Some(Wifi { ssid: parsed(name)?, security: self.security(invitation).await? }),
            None => None,
        };
        let checksum = parsed::<SignatureChecksum>(&package.checksum)?;
        let path = self.ports.secrets.package_address(package.id).path();
        let owner = DeviceOwner {
            component: parsed(package.receiver.as_deref().unwrap_or_default())?,
            package_url: parsed(&format!("{}{path}", self.base))?,
            signature_checksum: checksum,
            extras: extras(link, invitation.id)?,
            wifi,
            locale: set_up.locale.as_deref().map(parsed).transpose()?,
            time_zone: set_up.time_zone.as_deref().map(parsed).transpose()?,
            leave_all_system_apps: set_up.keep_apps,
            skip_encryption: false,
        };
        provisioning::for_new_phone(&owner).map_err(|e| NoCode::Unwritten(e.to_string()))
    }

    async fn security(&self, invitation: &Invitation) -> Result<Security, NoCode> {
        let Some(sealed) = self.ports.store.sealed(invitation.workspace, WIFI).await? else {
            return Ok(Security::None);
        };
        let open = self.ports.secrets.open(WIFI, &sealed).and_then(|plain| String::from_utf8(plain).ok());
        Ok(Security::Wpa(parsed(&open.unwrap_or_default())?))
    }

    /// The pictures for the message of an invitation.
    ///
    /// # Errors
    /// When the store fails; what cannot be drawn is left out.
    pub async fn pictures(&self, invitation: &Invitation, link: &str) -> Stored<Pictures> {
        let drawn = |text: &str| qr::large(text).map_err(|error| tracing::error!(%error, "QR code")).ok();
        let mut pictures = Pictures::default();
        if self.settings.agent_package == AGENT {
            let text = sheet::scanned(link, &given_number(invitation.id));
            pictures.agent = text.as_deref().and_then(drawn);
        }
        if self.settings.headwind.set_up.mailed {
            pictures.owner = match self.owner(invitation, link).await {
                Ok(text) => drawn(&text),
                Err(NoCode::Store(error)) => return Err(error),
                Err(NoCode::NotReady(_)) => None,
                Err(NoCode::Unwritten(why)) => {
                    tracing::warn!(why, "no code for new phones");
                    None
                }
            };
        }
        Ok(pictures)
    }
}

/// Codes that look like those of a message and lead nowhere, for previews.
#[must_use]
pub fn samples(base: &str, agent: bool, owner: bool) -> Pictures {
    let text = sheet::scanned(base, "m-0000000000").unwrap_or_else(|| base.to_owned());
    // A new phone's has three times as much in it.
    let drawn = |wanted: bool, text: String| wanted.then(|| qr::large(&text).ok()).flatten();
    Pictures { agent: drawn(agent, text.clone()), owner: drawn(owner, text.repeat(3)) }
}

fn extras(link: &str, invitation: InvitationId) -> Result<AdminExtras, NoCode> {
    let mut extras = AdminExtras::new(parsed(link)?);
    extras.device_id = DeviceIdSource::Given(parsed(&given_number(invitation))?);
    Ok(extras)
}

fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T, NoCode> {
    text.parse().map_err(|error: T::Err| NoCode::Unwritten(error.to_string()))
}
