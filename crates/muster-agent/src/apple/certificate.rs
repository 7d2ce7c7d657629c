//! Certificates (RFC 5280) with the bytes that they came in.

use super::{
    key::{Digest, Key},
    name, oids,
    tlv::{self, Tlv},
};
use crate::error::AgentError;
use aws_lc_rs::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use der::{Decode, asn1::ObjectIdentifier};
use x509_cert::ext::pkix::KeyUsage;

/// A certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    parsed: x509_cert::Certificate,
}

fn odd(why: impl std::fmt::Display) -> AgentError {
    AgentError::Answer(format!("a certificate that cannot be read: {why}"))
}

impl Certificate {
    /// Reads one.
    ///
    /// # Errors
    /// [`AgentError::Answer`].
    pub fn from_der(der: &[u8]) -> Result<Self, AgentError> {
        let parsed = x509_cert::Certificate::from_der(der).map_err(odd)?;
        Ok(Self { der: der.to_vec(), parsed })
    }

    /// The bytes.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The parts of TBSCertificate from serialNumber on, as they came.
    fn parts(&self) -> Result<tlv::Children<'_>, AgentError> {
        let mut parts = tlv::only(&self.der)?.children()?.need()?.children()?;
        parts.maybe(tlv::tag::CONTEXT_0);
        Ok(parts)
    }

    fn part(&self, number: usize) -> Result<Tlv<'_>, AgentError> {
        self.parts()?.nth(number).ok_or_else(|| odd("a part is missing"))
    }

    /// serialNumber, the whole element.
    ///
    /// # Errors
    /// [`AgentError::Answer`].
    pub fn serial(&self) -> Result<&[u8], AgentError> {
        Ok(self.part(0)?.whole)
    }

    /// serialNumber in hexadecimal digits.
    #[must_use]
    pub fn serial_hex(&self) -> String {
        let serial = self.parsed.tbs_certificate().serial_number();
        serial.as_bytes().iter().map(|b| format!("{b:02X}")).collect()
    }

    /// issuer, the whole element.
    ///
    /// # Errors
    /// [`AgentError::Answer`].
    pub fn issuer(&self) -> Result<&[u8], AgentError> {
        Ok(self.part(2)?.whole)
    }

    /// subject, the whole element.
    ///
    /// # Errors
    /// [`AgentError::Answer`].
    pub fn subject(&self) -> Result<&[u8], AgentError> {
        Ok(self.part(4)?.whole)
    }

    /// subjectPublicKeyInfo, the whole element.
    ///
    /// # Errors
    /// [`AgentError::Answer`].
    pub fn spki(&self) -> Result<&[u8], AgentError> {
        Ok(self.part(5)?.whole)
    }

    /// The subject's common name, as `CertificateList` shows it.
    #[must_use]
    pub fn common_name(&self) -> Option<String> {
        self.parsed.tbs_certificate().subject().common_name().ok()?.map(|n| n.value().into_owned())
    }

    /// notAfter in seconds since the Unix epoch.
    #[must_use]
    pub fn not_after(&self) -> i64 {
        let validity = self.parsed.tbs_certificate().validity();
        i64::try_from(validity.not_after.to_unix_duration().as_secs()).unwrap_or(i64::MAX)
    }

    /// keyUsage, if it says anything.
    #[must_use]
    pub fn key_usage(&self) -> Option<KeyUsage> {
        self.parsed.tbs_certificate().get_extension::<KeyUsage>().ok()?.map(|(_, usage)| usage)
    }

    /// Whether this one's key made the signature of `other`.
    ///
    /// # Errors
    /// [`AgentError::Answer`] if not.
    pub fn issued(&self, other: &Self) -> Result<(), AgentError> {
        if self.subject()? != other.issuer()? {
            return Err(odd("it names another issuer"));
        }
        let mut parts = tlv::only(&other.der)?.children()?;
        let (tbs, algorithm, signature) = (parts.need()?, parts.need()?, parts.need()?);
        let algorithm = algorithm.children()?.need()?.oid()?;
        self.verify(algorithm, None, tbs.whole, signature.bits()?)
    }

    /// Verifies a signature of this certificate's key. CMS may name the key's kind alone, and the digest elsewhere.
    ///
    /// # Errors
    /// [`AgentError::Answer`] if it does not hold.
    pub fn verify(
        &self,
        algorithm: ObjectIdentifier,
        digest: Option<Digest>,
        message: &[u8],
        signed: &[u8],
    ) -> Result<(), AgentError> {
        let sha = |d| match d {
            Digest::Sha1 => &signature::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
            Digest::Sha256 => &signature::RSA_PKCS1_2048_8192_SHA256,
            Digest::Sha384 => &signature::RSA_PKCS1_2048_8192_SHA384,
            Digest::Sha512 => &signature::RSA_PKCS1_2048_8192_SHA512,
        };
        let p384 = self.spki()?.len() > 100;
        let by: &dyn VerificationAlgorithm = match algorithm {
            oids::RSA => sha(digest.ok_or_else(|| odd("no digest is named"))?),
            oids::RSA_SHA1 => sha(Digest::Sha1),
            oids::RSA_SHA256 => sha(Digest::Sha256),
            oids::RSA_SHA384 => sha(Digest::Sha384),
            oids::RSA_SHA512 => sha(Digest::Sha512),
            oids::ECDSA_SHA256 if p384 => &signature::ECDSA_P384_SHA256_ASN1,
            oids::ECDSA_SHA384 if p384 => &signature::ECDSA_P384_SHA384_ASN1,
            oids::ECDSA_SHA256 => &signature::ECDSA_P256_SHA256_ASN1,
            oids::ECDSA_SHA384 => &signature::ECDSA_P256_SHA384_ASN1,
            other => return Err(odd(format!("signature algorithm {other}"))),
        };
        let verified = UnparsedPublicKey::new(by, self.spki()?).verify(message, signed);
        verified.map_err(|_| AgentError::Answer("a signature does not hold".into()))
    }
}

/// The certificate that a SCEP client signs its first request with (RFC 8894, 2.3), for a key that has no other.
///
/// # Errors
/// [`AgentError::Local`].
pub fn self_signed(key: &Key, subject: &[u8], digest: Digest, now: i64) -> Result<Certificate, AgentError> {
    const DAY: i64 = 86_400;
    // Bits 0 and 2: digitalSignature and keyEncipherment.
    let usage = tlv::write(tlv::tag::BIT_STRING, &[5, 0b1010_0000]);
    let usage = tlv::sequence(&[&tlv::oid(oids::KEY_USAGE), &[1, 1, 0xff], &tlv::octet_string(&usage)]);
    let mut serial = [0; 16];
    super::random::fill(&mut serial)?;
    serial[0] = serial[0] & 0x7f | 1;
    let tbs = tlv::sequence(&[
        &tlv::write(0xa0, &tlv::integer(&[2])),
        &tlv::integer(&serial),
        &tlv::algorithm(digest.rsa_oid()),
        subject,
        &tlv::sequence(&[&tlv::utc_time(now - DAY)?, &tlv::utc_time(now + 30 * DAY)?]),
        subject,
        key.spki(),
        &tlv::write(0xa3, &tlv::sequence(&[&usage])),
    ]);
    let signature = tlv::bit_string(&key.sign(digest, &tbs)?);
    Certificate::from_der(&tlv::sequence(&[&tbs, &tlv::algorithm(digest.rsa_oid()), &signature]))
}

/// What a request asks for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The subject's name, DER.
    pub subject: Vec<u8>,
    /// The password that SCEP calls challenge.
    pub challenge: Option<String>,
    /// Bits as Apple has them: 1 signing, 4 encryption.
    pub key_usage: u64,
    /// GeneralNames for subjectAltName, DER; none if empty.
    pub alternative: Vec<u8>,
}

/// A certification request (RFC 2986), as iOS makes it.
///
/// # Errors
/// [`AgentError::Local`].
pub fn request(key: &Key, wanted: &Wanted, digest: Digest) -> Result<Vec<u8>, AgentError> {
    let attribute = |id, value: &[u8]| tlv::sequence(&[&tlv::oid(id), &tlv::write(tlv::tag::SET, value)]);
    let mut attributes = Vec::new();
    if let Some(challenge) = &wanted.challenge {
        attributes.push(attribute(oids::CHALLENGE_PASSWORD, &name::directory_string(challenge)));
    }
    let mut extensions = Vec::new();
    let bits = (wanted.key_usage & 1 != 0, wanted.key_usage & 4 != 0);
    let usage = match bits {
        (true, true) => Some([5, 0b1010_0000]),
        (true, false) => Some([7, 0b1000_0000]),
        (false, true) => Some([5, 0b0010_0000]),
        (false, false) => None,
    };
    if let Some(usage) = usage {
        let usage = tlv::octet_string(&tlv::write(tlv::tag::BIT_STRING, &usage));
        extensions.push(tlv::sequence(&[&tlv::oid(oids::KEY_USAGE), &[1, 1, 0xff], &usage]));
    }
    if !wanted.alternative.is_empty() {
        let names = tlv::octet_string(&wanted.alternative);
        extensions.push(tlv::sequence(&[&tlv::oid(oids::SUBJECT_ALT_NAME), &names]));
    }
    if !extensions.is_empty() {
        let extensions = tlv::write(tlv::tag::SEQUENCE, &extensions.concat());
        attributes.push(attribute(oids::EXTENSION_REQUEST, &extensions));
    }
    attributes.sort();
    let info = tlv::sequence(&[
        &tlv::integer(&[0]),
        &wanted.subject,
        key.spki(),
        &tlv::write(0xa0, &attributes.concat()),
    ]);
    let signature = tlv::bit_string(&key.sign(digest, &info)?);
    Ok(tlv::sequence(&[&info, &tlv::algorithm(digest.rsa_oid()), &signature]))
}
