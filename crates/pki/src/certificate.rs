//! X.509 certificates (RFC 5280, section 4), kept as they came.

mod issue;
mod template;

pub use issue::{IssueError, issue, self_signed};
pub use template::{AlternativeName, ExtendedUsage, KeyUsage, Serial, Template};

use crate::{
    algorithm::{self, Digest, Scheme},
    asn1::{BIT_STRING, BOOLEAN, Element, INTEGER, Malformed, Reader, constructed, oid, primitive, write},
    key::PublicKey,
    name::Name,
};
use der::asn1::ObjectIdentifier;
use std::ops::Range;

/// The largest certificate that is read, in bytes.
pub const MAX_SIZE: usize = 64 * 1024;

/// A certificate.
#[derive(Clone)]
pub struct Certificate {
    raw: Vec<u8>,
    tbs: Range<usize>,
    serial: Vec<u8>,
    issuer: Name,
    subject: Name,
    not_before: i64,
    not_after: i64,
    key: PublicKey,
    extensions: Vec<(ObjectIdentifier, Vec<u8>)>,
    signed_with: Option<(Scheme, Digest)>,
    signature: Vec<u8>,
}

impl PartialEq for Certificate {
    /// The very same bytes.
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}

impl Eq for Certificate {}

impl std::fmt::Debug for Certificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Certificate({}, issued by {})", self.subject, self.issuer)
    }
}

impl Certificate {
    /// From DER.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn from_der(raw: &[u8]) -> Result<Self, Malformed> {
        if raw.len() > MAX_SIZE {
            return Err(Malformed("a certificate larger than is taken"));
        }
        let what = "a certificate";
        let mut outer = Reader::whole(raw, what)?;
        let (tbs, algorithm) = (outer.sequence_element(what)?, outer.sequence_element(what)?);
        let signature = outer.bits(what)?.to_vec();
        outer.end(what)?;
        let mut inner = tbs.inside();
        inner.optional(constructed(0), what)?;
        let serial = inner.integer("the serial number")?.to_vec();
        // What is signed must name the same algorithm (section 4.1.1.2).
        if inner.sequence_element(what)?.raw != algorithm.raw {
            return Err(Malformed("two signature algorithms"));
        }
        let issuer = Name::from_der(inner.sequence_element("the issuer")?.raw)?;
        let mut validity = inner.sequence("the validity")?;
        let (not_before, not_after) = (validity.time("the validity")?, validity.time("the validity")?);
        let subject = Name::from_der(inner.sequence_element("the subject")?.raw)?;
        let key = PublicKey::from_spki(inner.sequence_element("the key")?.raw)?;
        inner.optional(primitive(1), what)?;
        inner.optional(primitive(2), what)?;
        let extensions = match inner.optional(constructed(3), what)? {
            Some(list) => extensions(&list)?,
            None => Vec::new(),
        };
        inner.end(what)?;
        let (identifier, parameters) = algorithm::read(&mut Reader::new(algorithm.raw), what)?;
        let signed_with = algorithm::signature(identifier, parameters).ok().and_then(|(s, d)| Some((s, d?)));
        let start = tbs.raw.as_ptr() as usize - raw.as_ptr() as usize;
        let tbs = start..start + tbs.raw.len();
        Ok(Self {
            raw: raw.to_vec(),
            tbs,
            serial,
            issuer,
            subject,
            not_before,
            not_after,
            key,
            extensions,
            signed_with,
            signature,
        })
    }

    /// Its DER, as it came.
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        &self.raw
    }

    /// SHA-256 over all of it.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        let mut out = [0; 32];
        out.copy_from_slice(&Digest::Sha256.of(&self.raw));
        out
    }

    /// TBSCertificate: what is signed, as it came.
    #[must_use]
    pub fn tbs(&self) -> &[u8] {
        self.raw.get(self.tbs.clone()).unwrap_or_default()
    }

    /// The content of the serial number's INTEGER, as it came.
    #[must_use]
    pub fn serial(&self) -> &[u8] {
        &self.serial
    }

    /// Who issued it.
    #[must_use]
    pub const fn issuer(&self) -> &Name {
        &self.issuer
    }

    /// Whose it is.
    #[must_use]
    pub const fn subject(&self) -> &Name {
        &self.subject
    }

    /// From when it holds, in seconds since the Unix epoch.
    #[must_use]
    pub const fn not_before(&self) -> i64 {
        self.not_before
    }

    /// Until when it holds, in seconds since the Unix epoch.
    #[must_use]
    pub const fn not_after(&self) -> i64 {
        self.not_after
    }

    /// Whether it holds at that moment (section 4.1.2.5: both ends included).
    #[must_use]
    pub const fn holds_at(&self, now: i64) -> bool {
        self.not_before <= now && now <= self.not_after
    }

    /// Its key.
    #[must_use]
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The value of an extension.
    #[must_use]
    pub fn extension(&self, wanted: ObjectIdentifier) -> Option<&[u8]> {
        self.extensions.iter().find(|(kind, _)| *kind == wanted).map(|(_, value)| value.as_slice())
    }

    /// Whether it is an authority's (section 4.2.1.9): without the extension it is not.
    #[must_use]
    pub fn is_authority(&self) -> bool {
        let Some(value) = self.extension(oid::BASIC_CONSTRAINTS) else { return false };
        let flag = Reader::whole(value, "basicConstraints").and_then(|mut r| r.optional(BOOLEAN, "cA"));
        matches!(flag, Ok(Some(flag)) if flag.content == [0xff])
    }

    /// Whether it may be used so (section 4.2.1.3): without the extension for everything.
    #[must_use]
    pub fn allows(&self, usage: KeyUsage) -> bool {
        let Some(value) = self.extension(oid::KEY_USAGE) else { return true };
        let Ok(bits) = Reader::new(value).take(BIT_STRING, "keyUsage") else { return false };
        bits.content.get(1).is_some_and(|b| b & usage.bit() != 0)
    }

    /// Whether it says that it may be used so (section 4.2.1.12): without the extension it does not say so.
    #[must_use]
    pub fn says_it_is_for(&self, usage: ExtendedUsage) -> bool {
        let Some(value) = self.extension(oid::EXTENDED_KEY_USAGE) else { return false };
        let Ok(mut usages) = Reader::new(value).sequence("extKeyUsage") else { return false };
        while let Ok(found) = usages.oid("extKeyUsage") {
            if found == usage.oid() {
                return true;
            }
        }
        false
    }

    /// subjectKeyIdentifier (section 4.2.1.2), if it has one.
    #[must_use]
    pub fn subject_key(&self) -> Option<&[u8]> {
        Reader::new(self.extension(oid::SUBJECT_KEY)?).octets("subjectKeyIdentifier").ok()
    }

    /// Whether that authority issued it: the name, the right to, and the signature over what came (section 6.1.3). Time and
    /// revocation are for the caller.
    #[must_use]
    pub fn issued_by(&self, authority: &Self) -> bool {
        self.issuer == authority.subject
            && authority.is_authority()
            && authority.allows(KeyUsage::CertificateSign)
            && self.signature_by(authority.key())
    }

    /// Whether the signature is by that key.
    #[must_use]
    pub fn signature_by(&self, key: &PublicKey) -> bool {
        self.signed_with
            .is_some_and(|(scheme, digest)| key.verifies(scheme, digest, self.tbs(), &self.signature))
    }
}

/// Extensions (section 4.1.2.9): each once.
fn extensions(list: &Element<'_>) -> Result<Vec<(ObjectIdentifier, Vec<u8>)>, Malformed> {
    let what = "the extensions";
    let (mut reader, mut out) = (Reader::whole(list.content, what)?, Vec::new());
    while !reader.is_empty() {
        let mut extension = reader.sequence(what)?;
        let kind = extension.oid(what)?;
        extension.optional(BOOLEAN, what)?;
        let value = extension.octets(what)?;
        extension.end(what)?;
        if out.iter().any(|(k, _)| *k == kind) {
            return Err(Malformed("an extension twice"));
        }
        out.push((kind, value.to_vec()));
    }
    Ok(out)
}

/// IssuerAndSerialNumber (RFC 5652, section 10.2.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerAndSerial {
    /// The issuer, as it came.
    pub issuer: Vec<u8>,
    /// The content of the serial number's INTEGER, as it came.
    pub serial: Vec<u8>,
}

impl IssuerAndSerial {
    /// From DER.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn from_der(raw: &[u8]) -> Result<Self, Malformed> {
        let what = "IssuerAndSerialNumber";
        let mut inner = Reader::whole(raw, what)?;
        let (issuer, serial) = (inner.sequence_element(what)?.raw, inner.integer(what)?);
        inner.end(what)?;
        Ok(Self { issuer: issuer.to_vec(), serial: serial.to_vec() })
    }

    /// Of that certificate.
    #[must_use]
    pub fn of(certificate: &Certificate) -> Self {
        Self { issuer: certificate.issuer.as_der().to_vec(), serial: certificate.serial.clone() }
    }

    /// Its DER.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        write::sequence(&[&self.issuer, &write::element(INTEGER, &[&self.serial])])
    }

    /// Whether that certificate is meant.
    #[must_use]
    pub fn names(&self, certificate: &Certificate) -> bool {
        self.issuer == certificate.issuer.as_der() && self.serial == certificate.serial
    }
}
