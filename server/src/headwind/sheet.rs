//! The configuration that a device is handed: what its company wants, with what it is to do just now.

use super::{told::AGENT, wanted};
use muster_domain::{
    InvitationId,
    headwind::{given_number, open_password, pin},
    ports::AgentOrders,
    usecase::Ports,
};
use muster_headwind::{
    Link, Number,
    configuration::{Application, Configuration},
    link::InvalidLink,
    provisioning::{self, AdminExtras, DeviceIdSource},
    values::{AdminPassword, InvalidValue, NewPassword},
};

/// A configuration cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum Unwritten {
    /// The address under which phones reach this server is none that the agent takes.
    #[error("the server's address: {0}")]
    Address(#[from] InvalidLink),
    /// A text is none that the agent takes.
    #[error("{0}")]
    Value(#[from] InvalidValue),
}

/// For whom it is written.
pub struct For<'f> {
    /// The ports.
    pub ports: &'f Ports,
    /// Its link.
    pub invitation: InvitationId,
    /// The number by which it asked.
    pub number: &'f Number,
    /// Where phones reach this server.
    pub base: &'f str,
}

/// The text of the QR code that the agent's set-up scans: server and number, so that nothing is left to type. `None` for an address that
/// it does not take.
#[must_use]
pub fn scanned(link: &str, number: &str) -> Option<String> {
    let mut extras = AdminExtras::new(link.parse().ok()?);
    extras.device_id = DeviceIdSource::Given(number.parse().ok()?);
    provisioning::for_agent(&extras).ok()
}

impl For<'_> {
    /// The configuration of a device with these orders.
    ///
    /// # Errors
    /// [`Unwritten`].
    pub fn configuration(&self, orders: &AgentOrders) -> Result<Configuration, Unwritten> {
        let address = self.ports.secrets.agent_address(self.invitation);
        let mut sheet = Configuration::new(AdminPassword::of(&pin(&address))?);
        let number = given_number(self.invitation);
        if self.number.as_str() != number {
            sheet.new_number = number.parse().ok();
        }
        // Always: an agent that is there already stays, and one that came by a former address moves to the present one.
        sheet.new_server_url = Some(format!("{}/{}", self.base, address.reveal()).parse::<Link>()?);
        // The agent itself, without an address: so it reports its own version, and installs nothing.
        sheet.applications = vec![Application::new(AGENT.parse()?)];
        if let Some(wanted) = &orders.configuration {
            wanted::write(&mut sheet, wanted)?;
        }
        sheet.lock = Some(orders.lock.is_some());
        sheet.lock_message = orders.lock.clone().filter(|words| !words.is_empty());
        sheet.reboot = orders.restart.then_some(true);
        sheet.factory_reset = orders.erase.then_some(true);
        sheet.password_reset = self.password(orders)?;
        Ok(sheet)
    }

    fn password(&self, orders: &AgentOrders) -> Result<Option<NewPassword>, InvalidValue> {
        let kept = orders.password.as_deref();
        kept.and_then(|kept| open_password(&*self.ports.secrets, kept)).map(|plain| plain.parse()).transpose()
    }
}
