//! What the agent itself learns from a QR code.

use crate::{Link, Number, values::CommaList};
use serde_json::{Map, Value};

/// Server, number, and what the first request should ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdminExtras {
    /// Where the agent asks.
    pub server: Link,
    /// Where the device's number comes from.
    pub device_id: DeviceIdSource,
    /// Goes into [`Enrolment::customer`](crate::request::Enrolment).
    pub customer: Option<String>,
    /// Goes into [`Enrolment::configuration`](crate::request::Enrolment).
    pub configuration: Option<String>,
    /// Goes into [`Enrolment::groups`](crate::request::Enrolment).
    pub groups: Option<CommaList>,
    /// How stubborn the first request is. Read on new phones alone.
    pub retries: Option<Retries>,
    /// Whether the agent's words of welcome are left out. Read on new phones alone.
    pub skip_intro: bool,
}

/// Where a device's number comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum DeviceIdSource {
    /// It is this one, and nobody is asked.
    Given(Number),
    /// The person types it.
    #[default]
    Typed,
    /// The IMEI, where the agent may read it.
    Imei,
    /// The serial number, where the agent may read it.
    Serial,
}

/// How often, and how far apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retries {
    /// How often it tries again.
    pub count: u8,
    /// Seconds between.
    pub delay: u16,
}

impl AdminExtras {
    /// An agent for this server, whose number is typed.
    #[must_use]
    pub const fn new(server: Link) -> Self {
        Self {
            server,
            device_id: DeviceIdSource::Typed,
            customer: None,
            configuration: None,
            groups: None,
            retries: None,
            skip_intro: false,
        }
    }

    /// The members of `PROVISIONING_ADMIN_EXTRAS_BUNDLE`.
    pub(crate) fn bundle(&self) -> Map<String, Value> {
        let text = |name: &str, value: &str| (format!("com.hmdm.{name}"), Value::from(value));
        // The project stands there even if it is empty: a build may have another as its default.
        let mut members = Map::from_iter([
            text("BASE_URL", self.server.base()),
            text("SERVER_PROJECT", self.server.project()),
        ]);
        members.extend(match &self.device_id {
            DeviceIdSource::Given(number) => Some(text("DEVICE_ID", number.as_str())),
            DeviceIdSource::Imei => Some(text("DEVICE_ID_USE", "imei")),
            DeviceIdSource::Serial => Some(text("DEVICE_ID_USE", "serial")),
            DeviceIdSource::Typed => None,
        });
        members.extend(self.customer.as_deref().map(|c| text("CUSTOMER", c)));
        members.extend(self.configuration.as_deref().map(|c| text("CONFIG", c)));
        members.extend(self.groups.as_ref().map(|g| text("GROUP", &g.to_string())));
        if let Some(retries) = self.retries {
            members.insert("com.hmdm.CONN_RETRY_COUNT".to_owned(), retries.count.into());
            members.insert("com.hmdm.CONN_RETRY_DELAY".to_owned(), retries.delay.into());
        }
        if self.skip_intro {
            members.insert("com.hmdm.SKIP_INTRO".to_owned(), true.into());
        }
        members
    }
}
