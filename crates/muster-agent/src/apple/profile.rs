//! Configuration profiles: read and checked as iOS does before "Install" (Apple: "TopLevel", "CommonPayloadKeys").

use super::{
    b64,
    plists::{self, Items},
};
use plist::Dictionary;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// A profile that is, or could be, installed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// `PayloadIdentifier`: another profile with it is replaced.
    pub identifier: String,
    /// `PayloadUUID`.
    pub uuid: String,
    /// `PayloadDisplayName`.
    pub name: Option<String>,
    /// `PayloadDescription`.
    pub description: Option<String>,
    /// `PayloadOrganization`.
    pub organization: Option<String>,
    /// `PayloadRemovalDisallowed`.
    pub removal_disallowed: bool,
    /// What is in it.
    pub payloads: Vec<Payload>,
    /// The certificate of who signed it, DER; empty without a signature.
    #[serde(with = "b64")]
    pub signer: Vec<u8>,
    /// Whether it came by `InstallProfile`.
    pub managed: bool,
}

/// One payload's common keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payload {
    /// `PayloadType`.
    pub kind: String,
    /// `PayloadIdentifier`.
    pub identifier: String,
    /// `PayloadUUID`.
    pub uuid: String,
    /// `PayloadDisplayName`.
    pub name: Option<String>,
    /// A certificate, DER, if it is one; else empty.
    #[serde(with = "b64", default, skip_serializing_if = "Vec::is_empty")]
    pub certificate: Vec<u8>,
}

fn text(from: &Dictionary, key: &str) -> Result<String, String> {
    from.text(key).filter(|t| !t.is_empty()).map(str::to_owned).ok_or_else(|| format!("{key} is missing"))
}

fn version(from: &Dictionary) -> Result<(), String> {
    match from.number("PayloadVersion") {
        Some(1) => Ok(()),
        _ => Err("PayloadVersion is not 1".into()),
    }
}

/// A UUID in its usual form.
fn uuid(from: &Dictionary) -> Result<String, String> {
    let uuid = text(from, "PayloadUUID")?;
    let form = uuid.bytes().enumerate().all(|(n, b)| match n {
        8 | 13 | 18 | 23 => b == b'-',
        _ => b.is_ascii_hexdigit(),
    });
    if uuid.len() == 36 && form { Ok(uuid) } else { Err(format!("PayloadUUID {uuid:?} is no UUID")) }
}

/// Reads and checks a profile; the payloads come along as they are.
///
/// # Errors
/// Words for why iOS would not install it.
pub fn read(bytes: &[u8]) -> Result<(Profile, Vec<Dictionary>), String> {
    let all = plists::read(bytes)?;
    match all.text("PayloadType") {
        Some("Configuration") => version(&all)?,
        other => return Err(format!("PayloadType is {other:?}, not Configuration")),
    }
    let mut profile = Profile {
        identifier: text(&all, "PayloadIdentifier")?,
        uuid: uuid(&all)?,
        name: all.text("PayloadDisplayName").map(str::to_owned),
        description: all.text("PayloadDescription").map(str::to_owned),
        organization: all.text("PayloadOrganization").map(str::to_owned),
        removal_disallowed: all.yes("PayloadRemovalDisallowed"),
        payloads: Vec::new(),
        signer: Vec::new(),
        managed: false,
    };
    let (mut uuids, mut identifiers) = (HashSet::from([profile.uuid.clone()]), HashSet::new());
    let mut contents = Vec::new();
    for payload in all.list("PayloadContent") {
        let payload = payload.as_dictionary().ok_or("a payload is no dictionary")?;
        version(payload)?;
        let read = Payload {
            kind: text(payload, "PayloadType")?,
            identifier: text(payload, "PayloadIdentifier")?,
            uuid: uuid(payload)?,
            name: payload.text("PayloadDisplayName").map(str::to_owned),
            certificate: match payload.text("PayloadType") {
                Some("com.apple.security.root" | "com.apple.security.pkcs1" | "com.apple.security.pem") => {
                    payload.data("PayloadContent").ok_or("a certificate payload is empty")?.to_vec()
                }
                _ => Vec::new(),
            },
        };
        if !uuids.insert(read.uuid.clone()) {
            return Err(format!("PayloadUUID {} is there twice", read.uuid));
        }
        if !identifiers.insert(read.identifier.clone()) {
            return Err(format!("PayloadIdentifier {} is there twice", read.identifier));
        }
        profile.payloads.push(read);
        contents.push(payload.clone());
    }
    if contents.is_empty() {
        return Err("there is nothing in it".into());
    }
    Ok((profile, contents))
}
