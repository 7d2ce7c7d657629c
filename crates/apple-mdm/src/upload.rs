//! The check of a `.mobileconfig` that somebody uploads, before it is sent to devices with `InstallProfile`.
//!
//! For a signed one the caller takes the content out of its CMS envelope, has this checked, and may send the signed
//! bytes as they are.

use crate::{
    document::{self, Limits, Unreadable},
    fields::clean,
    ids::PayloadIdentifier,
};
use plist::{Dictionary, Value};
use std::collections::BTreeSet;

/// What is in a profile that may be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// `PayloadIdentifier`: by it the profile is replaced and removed.
    pub identifier: PayloadIdentifier,
    /// `PayloadUUID`.
    pub uuid: String,
    /// `PayloadDisplayName`, or the identifier.
    pub name: String,
    /// `PayloadOrganization`.
    pub organization: Option<String>,
    /// The types of its payloads, in order.
    pub payload_types: Vec<String>,
    /// What the administrator should know.
    pub remarks: Vec<Remark>,
}

/// Not wrong, but worth a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Remark {
    /// `PayloadRemovalDisallowed` counts on supervised devices alone.
    #[error("that it cannot be removed counts on supervised devices alone")]
    RemovalNeedsSupervision,
    /// `PayloadScope` says nothing on iPhones and iPads.
    #[error("PayloadScope is for Macs")]
    Scope,
    /// `ConsentText` is not shown for profiles that a server installs.
    #[error("nobody is asked for consent when a server installs it")]
    Consent,
    /// It removes itself.
    #[error("it removes itself after a time")]
    RemovesItself,
}

/// Why a profile is not taken. `payload` counts from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It cannot be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// It is in a CMS envelope; the caller has to take it out first.
    #[error("it is signed: take the profile out of its signature first")]
    Signed,
    /// Its content is encrypted for a device and cannot be checked.
    #[error("its content is encrypted and cannot be checked")]
    Encrypted,
    /// The `PayloadType` is not `Configuration`.
    #[error("it is no configuration profile: PayloadType is not Configuration")]
    NoProfile,
    /// A key that each payload has to have is missing or not in order.
    #[error("{key} of {} is missing or not in order", place(*payload))]
    Key {
        /// 0 for the profile itself.
        payload: usize,
        /// Which.
        key: &'static str,
    },
    /// No payloads at all.
    #[error("there is nothing in it")]
    Empty,
    /// More payloads than a profile can sensibly have.
    #[error("more than {MOST_PAYLOADS} payloads")]
    TooMany,
    /// A payload that would take the device away from this server.
    #[error("payload {payload} is {kind}, which only the enrolment may install")]
    Forbidden {
        /// Which.
        payload: usize,
        /// Its type.
        kind: String,
    },
    /// The same `PayloadIdentifier` or `PayloadUUID` as another payload's.
    #[error("{key} of payload {payload} is there twice")]
    Duplicate {
        /// Which.
        payload: usize,
        /// Which of the two.
        key: &'static str,
    },
    /// It would replace the enrolment profile.
    #[error("its PayloadIdentifier is the enrolment profile's")]
    Ours,
}

fn place(payload: usize) -> String {
    if payload == 0 { "the profile".to_owned() } else { format!("payload {payload}") }
}

/// The most payloads in one profile.
pub const MOST_PAYLOADS: usize = 200;

/// Types that only the enrolment may bring: management itself.
const FORBIDDEN: [&str; 1] = ["com.apple.mdm"];

/// Checks a profile. `ours` says whether an identifier belongs to an enrolment profile.
///
/// # Errors
/// [`Refused`] says why it is not taken.
pub fn check(bytes: &[u8], ours: impl Fn(&PayloadIdentifier) -> bool) -> Result<Summary, Refused> {
    if bytes.first() == Some(&0x30) {
        return Err(Refused::Signed);
    }
    let profile = document::dictionary(bytes, Limits::UPLOAD)?;
    if profile.get("PayloadType").and_then(Value::as_string) != Some("Configuration") {
        return Err(Refused::NoProfile);
    }
    let encrypted = profile.get("IsEncrypted").and_then(Value::as_boolean).unwrap_or(false);
    if encrypted || profile.contains_key("EncryptedPayloadContent") {
        return Err(Refused::Encrypted);
    }
    let (identifier, uuid) = common(&profile, 0)?;
    if ours(&identifier) {
        return Err(Refused::Ours);
    }
    let contents = profile
        .get("PayloadContent")
        .and_then(Value::as_array)
        .ok_or(Refused::Key { payload: 0, key: "PayloadContent" })?;
    let payload_types = payloads(contents, &identifier, &uuid)?;
    let text = |key: &str| profile.get(key).and_then(Value::as_string).and_then(clean);
    Ok(Summary {
        name: text("PayloadDisplayName").unwrap_or_else(|| identifier.as_str().to_owned()),
        organization: text("PayloadOrganization"),
        remarks: remarks(&profile),
        identifier,
        uuid,
        payload_types,
    })
}

/// The keys that a profile and each payload have.
fn common(payload: &Dictionary, number: usize) -> Result<(PayloadIdentifier, String), Refused> {
    let wrong = |key| Refused::Key { payload: number, key };
    if payload.get("PayloadVersion").and_then(Value::as_unsigned_integer) != Some(1) {
        return Err(wrong("PayloadVersion"));
    }
    let identifier = payload
        .get("PayloadIdentifier")
        .and_then(Value::as_string)
        .and_then(|t| PayloadIdentifier::parse(t).ok())
        .ok_or(wrong("PayloadIdentifier"))?;
    let uuid = payload
        .get("PayloadUUID")
        .and_then(Value::as_string)
        .filter(|t| (1..=64).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_graphic()))
        .ok_or(wrong("PayloadUUID"))?;
    Ok((identifier, uuid.to_ascii_uppercase()))
}

fn payloads(contents: &[Value], identifier: &PayloadIdentifier, uuid: &str) -> Result<Vec<String>, Refused> {
    if contents.is_empty() {
        return Err(Refused::Empty);
    }
    if contents.len() > MOST_PAYLOADS {
        return Err(Refused::TooMany);
    }
    let mut identifiers = BTreeSet::from([identifier.as_str().to_owned()]);
    let mut uuids = BTreeSet::from([uuid.to_owned()]);
    let mut types = Vec::with_capacity(contents.len());
    for (number, content) in (1..).zip(contents) {
        let wrong = |key| Refused::Key { payload: number, key };
        let payload = content.as_dictionary().ok_or(wrong("PayloadContent"))?;
        let kind = payload
            .get("PayloadType")
            .and_then(Value::as_string)
            .filter(|t| (1..=128).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_graphic()))
            .ok_or(wrong("PayloadType"))?;
        if FORBIDDEN.iter().any(|f| f.eq_ignore_ascii_case(kind)) {
            return Err(Refused::Forbidden { payload: number, kind: kind.to_owned() });
        }
        let (identifier, uuid) = common(payload, number)?;
        if !identifiers.insert(identifier.as_str().to_owned()) {
            return Err(Refused::Duplicate { payload: number, key: "PayloadIdentifier" });
        }
        if !uuids.insert(uuid) {
            return Err(Refused::Duplicate { payload: number, key: "PayloadUUID" });
        }
        types.push(kind.to_owned());
    }
    Ok(types)
}

fn remarks(profile: &Dictionary) -> Vec<Remark> {
    let mut remarks = Vec::new();
    if profile.get("PayloadRemovalDisallowed").and_then(Value::as_boolean) == Some(true) {
        remarks.push(Remark::RemovalNeedsSupervision);
    }
    if profile.contains_key("PayloadScope") {
        remarks.push(Remark::Scope);
    }
    if profile.contains_key("ConsentText") {
        remarks.push(Remark::Consent);
    }
    if profile.contains_key("RemovalDate") || profile.contains_key("DurationUntilRemoval") {
        remarks.push(Remark::RemovesItself);
    }
    remarks
}
