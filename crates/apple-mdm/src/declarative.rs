//! Declarative management (Apple: "Declarative management", `declarative/protocol/*.yaml`): the answers to the three
//! questions of a device, as JSON, and its status report.
//!
//! Muster declares one thing: a subscription to the status items that its device list shows. The device then reports
//! changes by itself.

use crate::inventory::OsVersion;
use serde_json::{Value, json};
use uuid::Uuid;

/// The type of these bodies.
pub const CONTENT_TYPE: &str = "application/json";

/// The status items that are subscribed to. There is none for the device's name; `DeviceInformation` asks for that.
pub const STATUS_ITEMS: [&str; 10] = [
    "device.model.family",
    "device.model.identifier",
    "device.model.marketing-name",
    "device.operating-system.build-version",
    "device.operating-system.family",
    "device.operating-system.version",
    "device.identifier.serial-number",
    "management.client-capabilities",
    "passcode.is-compliant",
    "passcode.is-present",
];

/// A declaration.
#[derive(Clone, Debug, PartialEq)]
pub struct Declaration {
    kind: Kind,
    /// `Type`.
    type_name: &'static str,
    /// `Identifier`: up to 64 bytes.
    identifier: String,
    payload: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Activation,
    Configuration,
}

impl Kind {
    fn path(self) -> &'static str {
        match self {
            Self::Activation => "activation",
            Self::Configuration => "configuration",
        }
    }
}

impl Declaration {
    /// `ServerToken`: changes whenever anything in the declaration does.
    fn token(&self) -> String {
        let content = json!([self.type_name, self.identifier, self.payload]).to_string();
        Uuid::new_v5(&Uuid::NAMESPACE_OID, content.as_bytes()).to_string()
    }

    fn item(&self) -> Value {
        json!({ "Identifier": self.identifier, "ServerToken": self.token() })
    }

    fn body(&self) -> Vec<u8> {
        let body = json!({
            "Type": self.type_name,
            "Identifier": self.identifier,
            "ServerToken": self.token(),
            "Payload": self.payload,
        });
        body.to_string().into_bytes()
    }
}

/// What is declared for a device.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Declarations(Vec<Declaration>);

impl Declarations {
    /// The subscription to [`STATUS_ITEMS`], and its activation.
    #[must_use]
    pub fn status_subscription() -> Self {
        let items: Vec<Value> = STATUS_ITEMS.iter().map(|name| json!({ "Name": name })).collect();
        let configuration = Declaration {
            kind: Kind::Configuration,
            type_name: "com.apple.configuration.management.status-subscriptions",
            identifier: "muster.status".to_owned(),
            payload: json!({ "StatusItems": items }),
        };
        let activation = Declaration {
            kind: Kind::Activation,
            type_name: "com.apple.activation.simple",
            identifier: "muster.activation".to_owned(),
            payload: json!({ "StandardConfigurations": [configuration.identifier] }),
        };
        Self(vec![activation, configuration])
    }

    /// `DeclarationsToken`: changes whenever any declaration does.
    #[must_use]
    pub fn token(&self) -> String {
        let all: String = self.0.iter().map(Declaration::token).collect();
        Uuid::new_v5(&Uuid::NAMESPACE_OID, all.as_bytes()).to_string()
    }

    /// The answer to `tokens`, and the `Data` of the command. `timestamp` is RFC 3339 in UTC.
    #[must_use]
    pub fn tokens(&self, timestamp: &str) -> Vec<u8> {
        let tokens = json!({ "SyncTokens": { "DeclarationsToken": self.token(), "Timestamp": timestamp } });
        tokens.to_string().into_bytes()
    }

    /// The answer to `declaration-items`.
    #[must_use]
    pub fn items(&self) -> Vec<u8> {
        let of = |kind| -> Vec<Value> {
            self.0.iter().filter(|d| d.kind == kind).map(Declaration::item).collect()
        };
        let items = json!({
            "Declarations": {
                "Activations": of(Kind::Activation),
                "Configurations": of(Kind::Configuration),
                "Assets": [],
                "Management": [],
            },
            "DeclarationsToken": self.token(),
        });
        items.to_string().into_bytes()
    }

    /// The answer to `declaration/{kind}/{identifier}`; none is a 404.
    #[must_use]
    pub fn declaration(&self, kind: &str, identifier: &str) -> Option<Vec<u8>> {
        let wanted = |d: &&Declaration| d.kind.path() == kind && d.identifier == identifier;
        self.0.iter().find(wanted).map(Declaration::body)
    }
}

/// A status report, as far as it was subscribed to. What is not in it has not changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusReport {
    /// `device.model.identifier`, such as `iPhone15,2`.
    pub product_name: Option<String>,
    /// `device.model.marketing-name`, such as `iPhone 14 Pro`.
    pub marketing_name: Option<String>,
    /// `device.operating-system.version`.
    pub os_version: Option<OsVersion>,
    /// `device.operating-system.build-version`.
    pub build_version: Option<String>,
    /// `device.operating-system.family`: `iOS` or `iPadOS`.
    pub os_family: Option<String>,
    /// `device.identifier.serial-number`.
    pub serial_number: Option<String>,
    /// `passcode.is-present`.
    pub passcode_present: Option<bool>,
    /// `passcode.is-compliant`.
    pub passcode_compliant: Option<bool>,
    /// `FullReport`: everything there is, not only what changed.
    pub full: bool,
    /// Status items that the device could not report.
    pub errors: Vec<String>,
}

/// The report is no JSON object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a status report")]
pub struct InvalidReport;

impl StatusReport {
    /// Reads the `Data` of a `status` message.
    ///
    /// # Errors
    /// [`InvalidReport`].
    pub fn read(json: &[u8]) -> Result<Self, InvalidReport> {
        let report: Value = serde_json::from_slice(json).map_err(|_| InvalidReport)?;
        let items = report.get("StatusItems").filter(|i| i.is_object()).ok_or(InvalidReport)?;
        let item = |name: &str| name.split('.').try_fold(items, |at, part| at.get(part));
        let text = |name: &str| item(name).and_then(Value::as_str).and_then(crate::fields::clean);
        let errors = report.get("Errors").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        Ok(Self {
            product_name: text("device.model.identifier").and_then(|t| crate::inventory::product(&t)),
            marketing_name: text("device.model.marketing-name"),
            os_version: text("device.operating-system.version").and_then(|t| OsVersion::parse(&t).ok()),
            build_version: text("device.operating-system.build-version")
                .and_then(|t| crate::inventory::build(&t)),
            os_family: text("device.operating-system.family"),
            serial_number: text("device.identifier.serial-number").and_then(|t| crate::inventory::serial(&t)),
            passcode_present: item("passcode.is-present").and_then(Value::as_bool),
            passcode_compliant: item("passcode.is-compliant").and_then(Value::as_bool),
            full: report.get("FullReport").and_then(Value::as_bool).unwrap_or(false),
            errors: errors
                .iter()
                .filter_map(|e| e.get("StatusItem")?.as_str().and_then(crate::fields::clean))
                .take(STATUS_ITEMS.len() * 4)
                .collect(),
        })
    }
}
