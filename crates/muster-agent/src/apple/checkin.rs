//! Check-in messages (Apple: "Check-in"), as an iPhone writes them.

use super::{
    enrolment::Mdm,
    hardware::Hardware,
    plists::{self, dict},
    state::Secrets,
};
use crate::error::AgentError;
use plist::{Dictionary, Value};

fn message(kind: &str, hardware: &Hardware) -> Dictionary {
    dict([("MessageType", kind.into()), ("UDID", hardware.udid.as_str().into())])
}

fn with(mut message: Dictionary, more: Vec<(&str, Value)>) -> Result<Vec<u8>, AgentError> {
    message.extend(more.into_iter().map(|(key, value)| (key.to_owned(), value)));
    message.sort_keys();
    plists::write(&message)
}

/// `Authenticate`.
///
/// # Errors
/// [`AgentError::Local`].
pub fn authenticate(hardware: &Hardware, mdm: &Mdm) -> Result<Vec<u8>, AgentError> {
    let mut more: Vec<(&str, Value)> = vec![
        ("Topic", mdm.topic.as_str().into()),
        ("OSVersion", hardware.os_version.as_str().into()),
        ("BuildVersion", hardware.build.as_str().into()),
        ("ProductName", hardware.product.as_str().into()),
        ("SerialNumber", hardware.serial.as_str().into()),
        ("DeviceName", hardware.name.as_str().into()),
        ("Model", hardware.model.as_str().into()),
        ("ModelName", hardware.model_name.as_str().into()),
    ];
    more.extend(hardware.imei.as_deref().map(|imei| ("IMEI", imei.into())));
    more.extend(hardware.meid.as_deref().map(|meid| ("MEID", meid.into())));
    with(message("Authenticate", hardware), more)
}

/// `TokenUpdate`.
///
/// # Errors
/// [`AgentError::Local`].
pub fn token_update(hardware: &Hardware, mdm: &Mdm, secrets: &Secrets) -> Result<Vec<u8>, AgentError> {
    let more = vec![
        ("Topic", mdm.topic.as_str().into()),
        ("AwaitingConfiguration", false.into()),
        ("Token", Value::Data(secrets.token.clone())),
        ("PushMagic", secrets.magic.as_str().into()),
        ("UnlockToken", Value::Data(secrets.unlock.clone())),
    ];
    with(message("TokenUpdate", hardware), more)
}

/// `CheckOut`.
///
/// # Errors
/// [`AgentError::Local`].
pub fn check_out(hardware: &Hardware, mdm: &Mdm) -> Result<Vec<u8>, AgentError> {
    with(message("CheckOut", hardware), vec![("Topic", mdm.topic.as_str().into())])
}

/// `DeclarativeManagement`.
///
/// # Errors
/// [`AgentError::Local`].
pub fn declarative(
    hardware: &Hardware,
    endpoint: &str,
    data: Option<Vec<u8>>,
) -> Result<Vec<u8>, AgentError> {
    let mut more = vec![("Endpoint", endpoint.into())];
    more.extend(data.map(|data| ("Data", Value::Data(data))));
    with(message("DeclarativeManagement", hardware), more)
}

/// `Idle`, or an answer to a command.
///
/// # Errors
/// [`AgentError::Local`].
pub fn status(
    hardware: &Hardware,
    status: &str,
    command: Option<&str>,
    mut result: Dictionary,
) -> Result<Vec<u8>, AgentError> {
    result.insert("UDID".into(), hardware.udid.as_str().into());
    result.insert("Status".into(), status.into());
    if let Some(uuid) = command {
        result.insert("CommandUUID".into(), uuid.into());
    }
    result.sort_keys();
    plists::write(&result)
}
