//! What an enrolment profile tells a device: where its identity comes from, and who manages it (Apple: "SCEP", "MDM").

use super::{
    b64, name,
    plists::Items,
    profile::{self, Profile},
};
use plist::{Dictionary, Value};
use serde::{Deserialize, Serialize};

/// The SCEP payload.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scep {
    /// `URL`.
    pub url: String,
    /// `Name`.
    pub name: String,
    /// `Challenge`.
    pub challenge: Option<String>,
    /// `Subject`, DER.
    #[serde(with = "b64")]
    pub subject: Vec<u8>,
    /// `SubjectAltName`, DER; empty without one.
    #[serde(with = "b64")]
    pub alternative: Vec<u8>,
    /// `Keysize`.
    pub key_size: u64,
    /// `Key Usage`.
    pub key_usage: u64,
    /// `CAFingerprint`; empty without one.
    #[serde(with = "b64")]
    pub fingerprint: Vec<u8>,
    /// `Retries`.
    pub retries: u64,
    /// `RetryDelay`, in seconds.
    pub retry_delay: u64,
}

/// The MDM payload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mdm {
    /// `Topic`.
    pub topic: String,
    /// `ServerURL`.
    pub server_url: String,
    /// `CheckInURL`, or `ServerURL` without one.
    pub check_in_url: String,
    /// `AccessRights`.
    pub rights: u64,
    /// `CheckOutWhenRemoved`.
    pub check_out: bool,
    /// `SignMessage`.
    pub sign: bool,
}

/// An enrolment profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// As a profile.
    pub profile: Profile,
    /// SCEP.
    pub scep: Scep,
    /// MDM.
    pub mdm: Mdm,
}

impl std::fmt::Debug for Scep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scep").field("url", &self.url).field("name", &self.name).finish_non_exhaustive()
    }
}

/// Reads and checks an enrolment profile. `takes`: which addresses a device takes.
///
/// # Errors
/// Words for why iOS would not install it.
pub fn read(bytes: &[u8], takes: impl Fn(&str) -> bool) -> Result<Enrolment, String> {
    let (profile, contents) = profile::read(bytes)?;
    let one = |kind: &str| -> Result<&Dictionary, String> {
        let mut found = contents.iter().filter(|p| p.text("PayloadType") == Some(kind));
        match (found.next(), found.next()) {
            (Some(payload), None) => Ok(payload),
            (None, _) => Err(format!("it has no {kind} payload")),
            _ => Err(format!("it has several {kind} payloads")),
        }
    };
    let (scep, mdm) = (one("com.apple.security.scep")?, one("com.apple.mdm")?);
    match (mdm.text("IdentityCertificateUUID"), scep.text("PayloadUUID")) {
        (Some(named), Some(uuid)) if named.eq_ignore_ascii_case(uuid) => {}
        _ => return Err("IdentityCertificateUUID does not name the SCEP payload".into()),
    }
    let address = |from: &Dictionary, key: &str| -> Result<String, String> {
        let url = from.text(key).ok_or_else(|| format!("{key} is missing"))?;
        if takes(url) {
            Ok(url.to_owned())
        } else {
            Err(format!("{key} does not begin with https://: {url}"))
        }
    };
    let inner = scep.get("PayloadContent").and_then(Value::as_dictionary);
    let inner = inner.ok_or("the SCEP payload has no PayloadContent")?;
    if inner.text("Key Type").is_some_and(|kind| kind != "RSA") {
        return Err("the SCEP payload's Key Type is not RSA".into());
    }
    let scep = Scep {
        url: address(inner, "URL")?,
        name: inner.text("Name").unwrap_or_default().to_owned(),
        challenge: inner.text("Challenge").map(str::to_owned),
        subject: match inner.get("Subject") {
            Some(subject) => name::subject(subject)?,
            None => vec![0x30, 0],
        },
        alternative: inner
            .get("SubjectAltName")
            .and_then(Value::as_dictionary)
            .map(name::alternative)
            .unwrap_or_default(),
        // Apple's default is 1024, which no device makes any more.
        key_size: inner.number("Keysize").unwrap_or(2048).max(2048),
        key_usage: inner.number("Key Usage").unwrap_or_default(),
        fingerprint: inner.data("CAFingerprint").unwrap_or_default().to_vec(),
        retries: inner.number("Retries").unwrap_or(3),
        retry_delay: inner.number("RetryDelay").unwrap_or(10),
    };
    let server_url = address(mdm, "ServerURL")?;
    let check_in_url = match mdm.get("CheckInURL") {
        Some(_) => address(mdm, "CheckInURL")?,
        None => server_url.clone(),
    };
    let mdm = Mdm {
        topic: mdm.text("Topic").unwrap_or_default().to_owned(),
        server_url,
        check_in_url,
        rights: mdm.number("AccessRights").unwrap_or_default(),
        check_out: mdm.yes("CheckOutWhenRemoved"),
        sign: mdm.yes("SignMessage"),
    };
    if !mdm.topic.starts_with("com.apple.mgmt.") {
        return Err(format!("Topic {:?} does not begin with com.apple.mgmt.", mdm.topic));
    }
    rights(mdm.rights)?;
    Ok(Enrolment { profile, scep, mdm })
}

/// `AccessRights`: known bits, and no right to change without the one to look.
fn rights(rights: u64) -> Result<(), String> {
    let both = |change, look| rights & change == 0 || rights & look != 0;
    match rights {
        0 => Err("AccessRights is missing or 0".into()),
        n if n > 8191 => Err(format!("AccessRights {n} has unknown bits")),
        _ if !both(2, 1) => Err("AccessRights has 2 without 1".into()),
        _ if !both(128, 64) => Err("AccessRights has 128 without 64".into()),
        _ => Ok(()),
    }
}
