//! What devices answer to the commands that ask something, as types. Which command it was is seen from the keys.
//!
//! What is not known stays in `other`, as it came: bounded by [`crate::document::Limits::ANSWER`].

mod device;

pub use device::{DeviceInformation, SecurityInfo};

use crate::{
    answer::{ErrorItem, chain},
    fields::Inventory,
};
use plist::{Dictionary, Value};

/// The results of an acknowledged command.
#[derive(Clone, Debug, PartialEq)]
pub enum Results {
    /// The command has no results.
    None,
    /// `DeviceInformation`.
    Device(Box<DeviceInformation>),
    /// `SecurityInfo`.
    Security(SecurityInfo),
    /// `ProfileList`.
    Profiles(Vec<InstalledProfile>),
    /// `InstalledApplicationList`.
    Applications(Vec<Application>),
    /// `CertificateList`.
    Certificates(Vec<Certificate>),
    /// `Settings`: each setting with its outcome.
    Settings(Vec<SettingResult>),
    /// `DeviceLock` with a message or number: whether it is shown.
    Lock(String),
    /// `DeviceLocation`.
    Location(Location),
    /// Anything else.
    Other(Dictionary),
}

/// One profile of `ProfileList`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstalledProfile {
    /// `PayloadIdentifier`.
    pub identifier: String,
    /// `PayloadUUID`.
    pub uuid: Option<String>,
    /// `PayloadDisplayName`.
    pub display_name: Option<String>,
    /// `PayloadOrganization`.
    pub organization: Option<String>,
    /// `IsManaged`: installed through this server.
    pub managed: Option<bool>,
    /// `PayloadRemovalDisallowed`.
    pub removal_disallowed: bool,
    /// `IsEncrypted`.
    pub encrypted: bool,
    /// The types of its payloads, such as `com.apple.mdm`.
    pub payload_types: Vec<String>,
}

/// One application of `InstalledApplicationList`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// `Identifier`.
    pub identifier: String,
    /// `Name`.
    pub name: Option<String>,
    /// `ShortVersion`, or else `Version`.
    pub version: Option<String>,
    /// `BundleSize` and `DynamicSize` together, in bytes.
    pub size: u64,
}

/// One certificate of `CertificateList`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// `CommonName`.
    pub common_name: Option<String>,
    /// `IsIdentity`: the device has its key.
    pub identity: bool,
    /// `Data`: the certificate in DER.
    pub der: Vec<u8>,
}

/// One entry of the answer to `Settings`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingResult {
    /// `Item` or `Identifier`; empty if the device names neither.
    pub item: String,
    /// Whether `Status` is `Acknowledged`, or says nothing.
    pub done: bool,
    /// `ErrorChain`, where it was not.
    pub errors: Vec<ErrorItem>,
}

/// `DeviceLocation`.
#[derive(Clone, Debug, PartialEq)]
pub struct Location {
    /// Degrees north, −90 to 90.
    pub latitude: f64,
    /// Degrees east, −180 to 180.
    pub longitude: f64,
    /// Metres; `None` if unknown.
    pub accuracy: Option<f64>,
    /// `Timestamp` (RFC 3339).
    pub at: Option<String>,
}

/// Takes the results out of an acknowledged answer.
pub(crate) fn take(message: &mut Dictionary) -> Results {
    if let Some(answers) = message.remove("QueryResponses").and_then(Value::into_dictionary) {
        return Results::Device(Box::new(device::device(answers)));
    }
    if let Some(info) = message.remove("SecurityInfo").and_then(Value::into_dictionary) {
        return Results::Security(device::security(info));
    }
    if let Some(list) = message.remove("ProfileList").and_then(Value::into_array) {
        return Results::Profiles(each(list, profile));
    }
    if let Some(list) = message.remove("InstalledApplicationList").and_then(Value::into_array) {
        return Results::Applications(each(list, application));
    }
    if let Some(list) = message.remove("CertificateList").and_then(Value::into_array) {
        return Results::Certificates(each(list, certificate));
    }
    if let Some(settings) = message.remove("Settings") {
        return Results::Settings(each(listed(settings), setting));
    }
    if let Some(result) = message.clean("MessageResult") {
        return Results::Lock(result);
    }
    if let Some(location) = location(message) {
        return Results::Location(location);
    }
    for known in ["UDID", "EnrollmentID", "UserID", "EnrollmentUserID", "UserShortName", "UserLongName"] {
        message.remove(known);
    }
    for known in ["Status", "CommandUUID", "RequestType", "NotOnConsole"] {
        message.remove(known);
    }
    if message.is_empty() { Results::None } else { Results::Other(std::mem::take(message)) }
}

/// The schema has a dictionary where the older reference and devices have an array of them.
fn listed(value: Value) -> Vec<Value> {
    match value {
        Value::Array(list) => list,
        one => vec![one],
    }
}

fn each<T>(list: Vec<Value>, take: fn(Dictionary) -> Option<T>) -> Vec<T> {
    list.into_iter().filter_map(Value::into_dictionary).filter_map(take).collect()
}

fn profile(mut from: Dictionary) -> Option<InstalledProfile> {
    let contents = from.remove("PayloadContent").and_then(Value::into_array).unwrap_or_default();
    Some(InstalledProfile {
        identifier: from.clean("PayloadIdentifier")?,
        uuid: from.clean("PayloadUUID"),
        display_name: from.clean("PayloadDisplayName"),
        organization: from.clean("PayloadOrganization"),
        managed: from.yes("IsManaged"),
        removal_disallowed: from.yes("PayloadRemovalDisallowed").unwrap_or(false),
        encrypted: from.yes("IsEncrypted").unwrap_or(false),
        payload_types: each(contents, |mut payload| payload.clean("PayloadType")),
    })
}

fn application(mut from: Dictionary) -> Option<Application> {
    let short = from.clean("ShortVersion");
    let sizes = [from.count("BundleSize"), from.count("DynamicSize")];
    Some(Application {
        identifier: from.clean("Identifier")?,
        name: from.clean("Name"),
        version: short.or_else(|| from.clean("Version")),
        size: sizes.into_iter().flatten().fold(0, u64::saturating_add),
    })
}

fn certificate(mut from: Dictionary) -> Option<Certificate> {
    Some(Certificate {
        common_name: from.clean("CommonName"),
        identity: from.yes("IsIdentity").unwrap_or(false),
        der: from.remove("Data")?.into_data()?,
    })
}

fn setting(mut from: Dictionary) -> Option<SettingResult> {
    let done = from.clean("Status").is_none_or(|s| s == "Acknowledged");
    let item = from.clean("Item").or_else(|| from.clean("Identifier")).unwrap_or_default();
    Some(SettingResult { item, done, errors: chain(&mut from) })
}

fn location(from: &mut Dictionary) -> Option<Location> {
    if !(from.contains_key("Latitude") && from.contains_key("Longitude")) {
        return None;
    }
    Some(Location {
        latitude: from.number("Latitude").filter(|n| (-90.0..=90.0).contains(n))?,
        longitude: from.number("Longitude").filter(|n| (-180.0..=180.0).contains(n))?,
        accuracy: from.number("HorizontalAccuracy").filter(|n| *n >= 0.0),
        at: from.clean("Timestamp"),
    })
}
