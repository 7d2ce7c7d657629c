//! Check-in messages (Apple: "Check-in", `mdm/checkin/*.yaml`): what a device says at enrolment, when its push token
//! changes, when it leaves, and when it asks for tokens and declarations.
//!
//! Everything here is said by the device and proves nothing by itself: the caller compares it with the certificate
//! that signed the request.

pub use crate::fields::InvalidMessage;
use crate::{
    document::{self, Limits},
    fields::{Fields, clean, name},
    ids::{EnrollmentId, PushMagic, Topic, Udid},
    inventory::{OsVersion, build, imei, meid, product, serial},
};
use plist::Dictionary;

/// Bytes that are a secret or nearly one; never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub Vec<u8>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secret({} bytes)", self.0.len())
    }
}

/// Which enrolment speaks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Enrolled {
    /// A device enrolment: the device's own identifier.
    Device(Udid),
    /// A user enrolment, which has an identifier of its own instead.
    UserEnrolment(EnrollmentId),
}

/// The user channel (macOS, Shared iPad). Muster manages devices alone and declines it, but must tell it apart: its
/// `TokenUpdate` must not replace the device's push token.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UserChannel {
    /// `UserID`, or `EnrollmentUserID` in a user enrolment.
    pub id: EnrollmentId,
    /// `UserShortName`.
    pub short_name: Option<String>,
}

/// Who sends a message.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sender {
    /// The enrolment.
    pub enrolled: Enrolled,
    /// The user channel, if the message does not come from the device's.
    pub user: Option<UserChannel>,
}

/// A check-in message.
#[derive(Clone, Debug, PartialEq)]
pub enum CheckIn {
    /// The device begins to enrol.
    Authenticate(Authenticate),
    /// The device can be reached under this token; the first one ends the enrolment.
    TokenUpdate(TokenUpdate),
    /// The profile was removed.
    CheckOut(Sender),
    /// A network user of a Mac wants to be managed; answered with [`crate::replies::DECLINED`].
    UserAuthenticate(Sender),
    /// A Mac hands over its bootstrap token; nothing in it means that the one kept is to be forgotten.
    SetBootstrapToken(Sender, Option<Secret>),
    /// A Mac asks for its bootstrap token.
    GetBootstrapToken(Sender),
    /// The device asks for a token of a service.
    GetToken(Sender, TokenService),
    /// Declarative management.
    DeclarativeManagement(Sender, Endpoint),
}

/// `Authenticate`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authenticate {
    /// Who.
    pub sender: Sender,
    /// The topic that the device was given.
    pub topic: Topic,
    /// The device as it describes itself; what `AccessRights` do not allow is not there.
    pub device: Described,
}

/// How a device describes itself in `Authenticate`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Described {
    /// `SerialNumber`.
    pub serial_number: Option<String>,
    /// `ProductName`, such as `iPhone15,2`.
    pub product_name: Option<String>,
    /// `OSVersion`.
    pub os_version: Option<OsVersion>,
    /// `BuildVersion`.
    pub build_version: Option<String>,
    /// `IMEI`.
    pub imei: Option<String>,
    /// `MEID`.
    pub meid: Option<String>,
    /// `DeviceName`: what its owner calls it.
    pub device_name: Option<String>,
    /// `ModelName`, such as `iPhone`.
    pub model_name: Option<String>,
    /// `Model`.
    pub model: Option<String>,
}

/// `TokenUpdate`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenUpdate {
    /// Who.
    pub sender: Sender,
    /// The topic of the pushes.
    pub topic: Topic,
    /// The push token: 1 to 256 bytes.
    pub token: Secret,
    /// What each push carries.
    pub push_magic: PushMagic,
    /// Clears the passcode. Comes once in a while; one that is not there leaves the kept one as it is.
    pub unlock_token: Option<Secret>,
    /// Whether the Setup Assistant waits for `DeviceConfigured`.
    pub awaiting_configuration: bool,
    /// Whether nobody is signed in at the console (macOS).
    pub not_on_console: bool,
}

/// The service for which `GetToken` wants a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenService {
    /// `com.apple.maid`: the Managed Apple Account's.
    ManagedAppleAccount,
    /// `com.apple.watch.pairing`.
    WatchPairing {
        /// `SecurityToken`.
        security_token: Secret,
        /// `PhoneUDID`.
        phone: Udid,
        /// `WatchUDID`.
        watch: Udid,
    },
    /// One that this version does not know.
    Other(String),
}

/// What a `DeclarativeManagement` message is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// `tokens`: has anything changed?
    Tokens,
    /// `declaration-items`: what is there?
    DeclarationItems,
    /// `status`: a report, as JSON.
    Status(Vec<u8>),
    /// `declaration/{kind}/{identifier}`: one declaration.
    Declaration {
        /// `activation`, `asset`, `configuration` or `management`.
        kind: String,
        /// The declaration's identifier.
        identifier: String,
    },
}

/// Reads a check-in message.
///
/// # Errors
/// [`InvalidMessage`] names the field.
pub fn read(bytes: &[u8]) -> Result<CheckIn, InvalidMessage> {
    let message = document::dictionary(bytes, Limits::CHECK_IN)?;
    let kind = message.text("MessageType")?.ok_or(InvalidMessage::Missing("MessageType"))?;
    let sender = || sender(&message);
    Ok(match kind {
        "Authenticate" => CheckIn::Authenticate(authenticate(&message)?),
        "TokenUpdate" => CheckIn::TokenUpdate(token_update(&message)?),
        "CheckOut" => CheckIn::CheckOut(sender()?),
        "UserAuthenticate" => CheckIn::UserAuthenticate(sender()?),
        "SetBootstrapToken" => {
            CheckIn::SetBootstrapToken(sender()?, secret(&message, "BootstrapToken", 4096)?)
        }
        "GetBootstrapToken" => CheckIn::GetBootstrapToken(sender()?),
        "GetToken" => CheckIn::GetToken(sender()?, token_service(&message)?),
        "DeclarativeManagement" => CheckIn::DeclarativeManagement(sender()?, endpoint(&message)?),
        other => return Err(InvalidMessage::UnknownMessage(other.chars().take(64).collect())),
    })
}

/// Who sends it; the same in check-in messages and in answers to commands.
pub(crate) fn sender(message: &Dictionary) -> Result<Sender, InvalidMessage> {
    let udid = message.parsed("UDID", |t| Udid::parse(t).ok())?;
    let enrollment = message.parsed("EnrollmentID", |t| EnrollmentId::parse(t).ok())?;
    let enrolled = match (udid, enrollment) {
        (Some(udid), _) => Enrolled::Device(udid),
        (None, Some(id)) => Enrolled::UserEnrolment(id),
        (None, None) => return Err(InvalidMessage::Missing("UDID")),
    };
    let user = match message.parsed("UserID", |t| EnrollmentId::parse(t).ok())? {
        Some(id) => Some(id),
        None => message.parsed("EnrollmentUserID", |t| EnrollmentId::parse(t).ok())?,
    };
    let short_name = message.text("UserShortName")?.and_then(clean);
    Ok(Sender { enrolled, user: user.map(|id| UserChannel { id, short_name }) })
}

fn topic(message: &Dictionary) -> Result<Topic, InvalidMessage> {
    message.required("Topic", |t| Topic::parse(t).ok())
}

/// Bytes that are there and not empty.
fn secret(message: &Dictionary, key: &'static str, most: usize) -> Result<Option<Secret>, InvalidMessage> {
    Ok(message.data(key, most)?.filter(|d| !d.is_empty()).map(|d| Secret(d.to_vec())))
}

fn authenticate(message: &Dictionary) -> Result<Authenticate, InvalidMessage> {
    let device = Described {
        serial_number: message.parsed("SerialNumber", serial)?,
        product_name: message.parsed("ProductName", product)?,
        os_version: message.parsed("OSVersion", |t| OsVersion::parse(t).ok())?,
        build_version: message.parsed("BuildVersion", build)?,
        imei: message.parsed("IMEI", imei)?,
        meid: message.parsed("MEID", meid)?,
        device_name: message.text("DeviceName")?.and_then(name),
        model_name: message.text("ModelName")?.and_then(name),
        model: message.text("Model")?.and_then(name),
    };
    Ok(Authenticate { sender: sender(message)?, topic: topic(message)?, device })
}

fn token_update(message: &Dictionary) -> Result<TokenUpdate, InvalidMessage> {
    Ok(TokenUpdate {
        sender: sender(message)?,
        topic: topic(message)?,
        token: secret(message, "Token", 256)?.ok_or(InvalidMessage::Missing("Token"))?,
        push_magic: message.required("PushMagic", |t| PushMagic::parse(t).ok())?,
        unlock_token: secret(message, "UnlockToken", 64 << 10)?,
        awaiting_configuration: message.flag("AwaitingConfiguration")?.unwrap_or(false),
        not_on_console: message.flag("NotOnConsole")?.unwrap_or(false),
    })
}

fn token_service(message: &Dictionary) -> Result<TokenService, InvalidMessage> {
    let service = message.required("TokenServiceType", |t| (t.len() <= 64).then(|| clean(t)).flatten())?;
    if service == "com.apple.maid" {
        return Ok(TokenService::ManagedAppleAccount);
    }
    if service != "com.apple.watch.pairing" {
        return Ok(TokenService::Other(service));
    }
    let parameters = message
        .get("TokenParameters")
        .and_then(|v| v.as_dictionary())
        .ok_or(InvalidMessage::Missing("TokenParameters"))?;
    Ok(TokenService::WatchPairing {
        security_token: parameters.required("SecurityToken", |t| {
            (1..=4096).contains(&t.len()).then(|| Secret(t.as_bytes().to_vec()))
        })?,
        phone: parameters.required("PhoneUDID", |t| Udid::parse(t).ok())?,
        watch: parameters.required("WatchUDID", |t| Udid::parse(t).ok())?,
    })
}

fn endpoint(message: &Dictionary) -> Result<Endpoint, InvalidMessage> {
    let endpoint = message.text("Endpoint")?.ok_or(InvalidMessage::Missing("Endpoint"))?;
    match endpoint {
        "tokens" => return Ok(Endpoint::Tokens),
        "declaration-items" => return Ok(Endpoint::DeclarationItems),
        "status" => {
            let report = message.data("Data", 1 << 20)?.ok_or(InvalidMessage::Missing("Data"))?;
            return Ok(Endpoint::Status(report.to_vec()));
        }
        _ => {}
    }
    let (kind, identifier) = endpoint
        .strip_prefix("declaration/")
        .and_then(|rest| rest.split_once('/'))
        .ok_or(InvalidMessage::Field("Endpoint"))?;
    let known = ["activation", "asset", "configuration", "management"].contains(&kind);
    let plain = identifier.bytes().all(|b| b.is_ascii_graphic() && b != b'/');
    if !known || !plain || !(1..=64).contains(&identifier.len()) {
        return Err(InvalidMessage::Field("Endpoint"));
    }
    Ok(Endpoint::Declaration { kind: kind.to_owned(), identifier: identifier.to_owned() })
}
