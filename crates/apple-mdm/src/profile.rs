//! The enrolment profile (Apple: "TopLevel", "CommonPayloadKeys", "MDM", "SCEP", "CertificateRoot"): certificates where
//! the trust needs them, SCEP for the device's identity, and the MDM payload. Unsigned; signing is the caller's.
//!
//! The same invitation and settings are always the same bytes, with the same identifiers and UUIDs, so that a profile
//! that is installed again replaces the first.

mod trust;

pub use trust::TrustCertificate;

use crate::{
    fields::clean,
    ids::{InvalidId, Topic},
    rights::AccessRights,
    stable::StableIds,
    write::{self, dict},
};
use plist::{Dictionary, Value};
use std::collections::BTreeMap;

/// An address that a device takes: `https://`, and nothing in it that would need escaping. `http://` is taken of the machine
/// itself alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpsUrl(String);

/// What is wrong with a profile's parts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidProfile {
    /// Not an `https://` address of printable ASCII, up to 2000 characters, with a host and without a fragment.
    #[error("not an https:// address")]
    Url,
    /// A certificate that is not DER.
    #[error("a certificate is not in DER")]
    Certificate,
    /// A language that is no tag of RFC 5646.
    #[error("{0:?} is no language")]
    Language(String),
    /// A key size other than 2048 or 4096.
    #[error("a key of {0} bits is not possible")]
    KeySize(u16),
    /// A part of the subject is empty, too long or has no name.
    #[error("the subject is not in order")]
    Subject,
    /// An identifier cannot be made.
    #[error(transparent)]
    Identifier(#[from] InvalidId),
}

impl HttpsUrl {
    /// Parses it.
    ///
    /// # Errors
    /// [`InvalidProfile::Url`].
    pub fn parse(text: &str) -> Result<Self, InvalidProfile> {
        let host = |rest: &'_ str| rest.split(['/', '?']).next().map(str::to_owned);
        let host = match text.strip_prefix("https://") {
            Some(rest) => host(rest),
            None => text.strip_prefix("http://").and_then(host).filter(|host| is_this_machine(host)),
        };
        let plain = text.bytes().all(|b| b.is_ascii_graphic() && !b"\"<>\\^`{|}#".contains(&b));
        let fits = text.len() <= 2000 && host.is_some_and(|h| !h.is_empty() && !h.contains('@'));
        (plain && fits).then(|| Self(text.to_owned())).ok_or(InvalidProfile::Url)
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a host, with or without a port, is the machine itself. No phone reaches it; simulated devices on it do, and
/// need no TLS.
fn is_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let address = name.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    name == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// The SCEP payload: where the device gets its identity.
#[derive(Clone, PartialEq, Eq)]
pub struct Scep {
    /// `URL`.
    pub url: HttpsUrl,
    /// `Name`: which certificate authority.
    pub name: String,
    /// `Challenge`: good once.
    pub challenge: String,
    /// `Subject`: pairs such as `("CN", "…")`, one relative name each.
    pub subject: Vec<(String, String)>,
    /// `Keysize`: 2048 or 4096 bits.
    pub key_size: u16,
    /// `CAFingerprint`: a digest of the certificate authority's certificate.
    pub ca_fingerprint: Option<Vec<u8>>,
    /// `Retries` while the answer is "pending".
    pub retries: u8,
    /// `RetryDelay`, in seconds.
    pub retry_delay: u16,
}

impl std::fmt::Debug for Scep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scep").field("url", &self.url).field("name", &self.name).finish_non_exhaustive()
    }
}

/// The MDM payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mdm {
    /// `Topic`, from the push certificate. Cannot change later.
    pub topic: Topic,
    /// `ServerURL`, for commands. Cannot change later.
    pub server_url: HttpsUrl,
    /// `CheckInURL`; without one, `ServerURL` takes both. Cannot change later.
    pub check_in_url: Option<HttpsUrl>,
    /// `AccessRights`. An update of the profile cannot add any.
    pub rights: AccessRights,
    /// Whether the server answers `GetToken`.
    pub tokens: bool,
    /// `ServerURLPinningCertificateUUIDs`, `CheckInURLPinningCertificateUUIDs`: the device trusts the profile's certificates
    /// alone for these addresses. Nothing where the profile has none.
    pub pin: bool,
    /// `UseDevelopmentAPNS`: only with certificates that Apple's portal does not issue.
    pub development_apns: bool,
}

/// What the person sees in Settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// `PayloadDisplayName`.
    pub name: String,
    /// `PayloadOrganization`.
    pub organization: String,
    /// `PayloadDescription`.
    pub description: String,
    /// `ConsentText` by language (`default` for all others); asked for before the installation.
    pub consent: BTreeMap<String, String>,
}

/// The whole profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrolmentProfile {
    /// The identifiers of this invitation.
    pub ids: StableIds,
    /// What is shown.
    pub shown: Shown,
    /// Certificates, in the order in which they are installed.
    pub certificates: Vec<TrustCertificate>,
    /// The identity.
    pub scep: Scep,
    /// The management.
    pub mdm: Mdm,
}

impl EnrolmentProfile {
    /// The document.
    ///
    /// # Errors
    /// [`InvalidProfile`] names the part.
    pub fn document(&self) -> Result<Vec<u8>, InvalidProfile> {
        let mut contents = Vec::with_capacity(self.certificates.len() + 2);
        for (index, certificate) in self.certificates.iter().enumerate() {
            contents.push(self.certificate(index, certificate)?.into());
        }
        contents.push(self.scep_payload()?.into());
        contents.push(self.mdm_payload()?.into());

        let mut profile = self.payload("", "Configuration", &self.shown.name)?;
        profile.insert("PayloadContent".to_owned(), Value::Array(contents));
        // On iOS 1 is iPhone, iPad and iPod touch: no question "iPhone or Watch?".
        profile.insert("TargetDeviceType".to_owned(), 1.into());
        profile.insert("PayloadRemovalDisallowed".to_owned(), false.into());
        set_text(&mut profile, "PayloadDescription", &self.shown.description);
        if !self.shown.consent.is_empty() {
            profile.insert("ConsentText".to_owned(), self.consent()?.into());
        }
        Ok(write::document(&profile))
    }

    /// The keys that all payloads have.
    fn payload(&self, part: &str, kind: &str, name: &str) -> Result<Dictionary, InvalidProfile> {
        let mut payload = dict([
            ("PayloadType", kind.into()),
            ("PayloadVersion", 1.into()),
            ("PayloadIdentifier", self.ids.identifier(part)?.as_str().into()),
            ("PayloadUUID", self.ids.uuid(part).into()),
        ]);
        set_text(&mut payload, "PayloadDisplayName", name);
        set_text(&mut payload, "PayloadOrganization", &self.shown.organization);
        Ok(payload)
    }

    fn scep_payload(&self) -> Result<Dictionary, InvalidProfile> {
        let scep = &self.scep;
        if !matches!(scep.key_size, 2048 | 4096) {
            return Err(InvalidProfile::KeySize(scep.key_size));
        }
        let mut content = dict([
            ("URL", scep.url.as_str().into()),
            ("Name", scep.name.as_str().into()),
            ("Challenge", scep.challenge.as_str().into()),
            ("Subject", subject(&scep.subject)?),
            ("Keysize", u64::from(scep.key_size).into()),
            ("Key Type", "RSA".into()),
            // 1 signing and 4 encryption: the identity signs messages, and SCEP encrypts to it.
            ("Key Usage", 5.into()),
            ("Retries", u64::from(scep.retries).into()),
            ("RetryDelay", u64::from(scep.retry_delay).into()),
        ]);
        if let Some(fingerprint) = &scep.ca_fingerprint {
            content.insert("CAFingerprint".to_owned(), Value::Data(fingerprint.clone()));
        }
        let mut payload = self.payload("scep", "com.apple.security.scep", &self.shown.name)?;
        payload.insert("PayloadContent".to_owned(), content.into());
        Ok(payload)
    }

    fn mdm_payload(&self) -> Result<Dictionary, InvalidProfile> {
        let mdm = &self.mdm;
        let mut payload = self.payload("mdm", "com.apple.mdm", &self.shown.name)?;
        payload.extend(dict([
            ("Topic", mdm.topic.as_str().into()),
            ("ServerURL", mdm.server_url.as_str().into()),
            ("IdentityCertificateUUID", self.ids.uuid("scep").into()),
            ("SignMessage", true.into()),
            ("CheckOutWhenRemoved", true.into()),
            ("AccessRights", u64::from(mdm.rights.bits()).into()),
        ]));
        if let Some(url) = &mdm.check_in_url {
            payload.insert("CheckInURL".to_owned(), url.as_str().into());
        }
        if mdm.pin && !self.certificates.is_empty() {
            payload.extend(self.pins());
        }
        if mdm.tokens {
            let capabilities = Value::Array(vec!["com.apple.mdm.token".into()]);
            payload.insert("ServerCapabilities".to_owned(), capabilities);
        }
        if mdm.development_apns {
            payload.insert("UseDevelopmentAPNS".to_owned(), true.into());
        }
        Ok(payload)
    }

    fn consent(&self) -> Result<Dictionary, InvalidProfile> {
        let language = |tag: &str| {
            tag.len() <= 35
                && tag.split('-').all(|part| {
                    (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
                })
        };
        match self.shown.consent.keys().find(|tag| !language(tag)) {
            Some(tag) => Err(InvalidProfile::Language(tag.clone())),
            None => Ok(self
                .shown
                .consent
                .iter()
                .map(|(tag, text)| (tag.clone(), Value::from(text.as_str())))
                .collect()),
        }
    }
}

/// One line of text, if there is any.
fn set_text(payload: &mut Dictionary, key: &str, text: &str) {
    if let Some(text) = clean(text) {
        payload.insert(key.to_owned(), text.into());
    }
}

/// An X.500 name as Apple writes it: an array of relative names, each an array of pairs.
fn subject(names: &[(String, String)]) -> Result<Value, InvalidProfile> {
    let in_order = |(name, value): &(String, String)| {
        let short = ["C", "L", "ST", "O", "OU", "CN"].contains(&name.as_str());
        let number = !name.is_empty() && name.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        (short || number) && (1..=64).contains(&value.chars().count()) && !value.chars().any(char::is_control)
    };
    if names.is_empty() || !names.iter().all(in_order) {
        return Err(InvalidProfile::Subject);
    }
    let pair = |name: &str, value: &str| Value::Array(vec![name.into(), value.into()]);
    Ok(Value::Array(names.iter().map(|(name, value)| Value::Array(vec![pair(name, value)])).collect()))
}
