//! What a device says at the command endpoint (Apple: "Sending MDM commands to a device"): that it has nothing to do,
//! or how a command went.

use crate::{
    checkin::{InvalidMessage, Sender, sender},
    document::{self, Limits},
    fields::{Fields, Inventory},
    ids::CommandUuid,
    results::{self, Results},
};
use plist::{Dictionary, Value};

/// A message at the command endpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Who.
    pub sender: Sender,
    /// What.
    pub report: Report,
}

/// What is reported.
#[derive(Clone, Debug, PartialEq)]
pub enum Report {
    /// `Idle`: nothing to report, is there anything to do?
    Idle,
    /// `Acknowledged`: done, with what the command asked for.
    Acknowledged(CommandUuid, Box<Results>),
    /// `Error`: it failed.
    Error(CommandUuid, Vec<ErrorItem>),
    /// `CommandFormatError`: the command is not understood.
    FormatError(CommandUuid, Vec<ErrorItem>),
    /// `NotNow`: the device cannot do it at the moment and will ask again by itself.
    NotNow(CommandUuid),
}

/// One error of an `ErrorChain`; the first is the outermost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorItem {
    /// `ErrorCode`.
    pub code: i64,
    /// `ErrorDomain`, such as `MCMDMErrorDomain`.
    pub domain: String,
    /// `USEnglishDescription`, or else `LocalizedDescription`.
    pub description: String,
}

/// The most errors that are kept of a chain.
const LONGEST_CHAIN: usize = 16;

/// Reads a message of the command endpoint.
///
/// # Errors
/// [`InvalidMessage`] names the field.
pub fn read(bytes: &[u8]) -> Result<Answer, InvalidMessage> {
    let mut message = document::dictionary(bytes, Limits::ANSWER)?;
    let sender = sender(&message)?;
    let status = message.text("Status")?.ok_or(InvalidMessage::Missing("Status"))?.to_owned();
    let command = message.parsed("CommandUUID", |t| CommandUuid::parse(t).ok())?;
    let named = || command.clone().ok_or(InvalidMessage::Missing("CommandUUID"));
    let report = match status.as_str() {
        "Idle" => Report::Idle,
        "Acknowledged" => Report::Acknowledged(named()?, Box::new(results::take(&mut message))),
        "Error" => Report::Error(named()?, chain(&mut message)),
        "CommandFormatError" => Report::FormatError(named()?, chain(&mut message)),
        "NotNow" => Report::NotNow(named()?),
        other => return Err(InvalidMessage::UnknownStatus(other.chars().take(64).collect())),
    };
    Ok(Answer { sender, report })
}

pub(crate) fn chain(message: &mut Dictionary) -> Vec<ErrorItem> {
    let items = message.remove("ErrorChain").and_then(Value::into_array).unwrap_or_default();
    items
        .into_iter()
        .filter_map(Value::into_dictionary)
        .take(LONGEST_CHAIN)
        .map(|mut item| {
            let english = item.clean("USEnglishDescription");
            ErrorItem {
                code: item.get("ErrorCode").and_then(Value::as_signed_integer).unwrap_or_default(),
                domain: item.clean("ErrorDomain").unwrap_or_default(),
                description: english.or_else(|| item.clean("LocalizedDescription")).unwrap_or_default(),
            }
        })
        .collect()
}
