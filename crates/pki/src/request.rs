//! Certificate requests (PKCS#10, RFC 2986).

use crate::{
    algorithm::{self, Digest, Scheme, signature_identifier},
    asn1::{Malformed, PRINTABLE_STRING, Reader, SET, UTF8_STRING, constructed, oid, write},
    key::{KeyError, PublicKey, SigningKey, WeakKey},
    name::{self, Name},
};

/// The largest request that is read, in bytes.
pub const MAX_SIZE: usize = 64 * 1024;
/// The longest challenge, in characters (RFC 2985, section 5.4.1, pkcs-9-ub-challengePassword).
pub const MAX_CHALLENGE: usize = 255;

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// Not a request.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// The signature's algorithm is not taken.
    #[error(transparent)]
    Algorithm(#[from] algorithm::UnknownAlgorithm),
    /// The key is not one that a device may have.
    #[error(transparent)]
    Key(#[from] WeakKey),
    /// The signature is not by the key in it.
    #[error("the request's signature is not by its own key")]
    Signature,
}

/// A request whose signature holds. What it asks for beside its key is not even read: subject, names, usages and
/// validity of a certificate are the issuer's (ABUSE.md, A3).
#[derive(Clone, Debug)]
pub struct CertificateRequest {
    subject: Name,
    key: PublicKey,
    challenge: Option<String>,
}

impl CertificateRequest {
    /// From DER: reads it, holds the key against the list of those that a device may have, and verifies the signature over
    /// CertificationRequestInfo as it came.
    ///
    /// # Errors
    /// [`RequestError`].
    pub fn from_device(raw: &[u8]) -> Result<Self, RequestError> {
        let (request, signed) = parse(raw)?;
        request.key.fit_for_device()?;
        signed.holds(&request.key)?;
        Ok(request)
    }

    /// The subject that it asks for, which says nothing about who asks.
    #[must_use]
    pub const fn subject(&self) -> &Name {
        &self.subject
    }

    /// Its key.
    #[must_use]
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// challengePassword (RFC 2985, section 5.4.1).
    #[must_use]
    pub fn challenge(&self) -> Option<&str> {
        self.challenge.as_deref()
    }
}

struct Signed<'a> {
    info: &'a [u8],
    scheme: Scheme,
    digest: Digest,
    signature: &'a [u8],
}

impl Signed<'_> {
    fn holds(&self, key: &PublicKey) -> Result<(), RequestError> {
        if key.verifies(self.scheme, self.digest, self.info, self.signature) {
            Ok(())
        } else {
            Err(RequestError::Signature)
        }
    }
}

fn parse(raw: &[u8]) -> Result<(CertificateRequest, Signed<'_>), RequestError> {
    if raw.len() > MAX_SIZE {
        return Err(Malformed("a request larger than is taken").into());
    }
    let what = "CertificationRequest";
    let mut outer = Reader::whole(raw, what)?;
    let info = outer.sequence_element(what)?;
    let (identifier, parameters) = algorithm::read(&mut outer, what)?;
    let signature = outer.bits(what)?;
    outer.end(what)?;
    let (scheme, digest) = algorithm::signature(identifier, parameters)?;
    let digest = digest.ok_or(algorithm::UnknownAlgorithm)?;

    let what = "CertificationRequestInfo";
    let mut inner = info.inside();
    if inner.small(what)? != 0 {
        return Err(Malformed("the version of CertificationRequestInfo").into());
    }
    let subject = Name::from_der(inner.sequence_element(what)?.raw)?;
    let key = PublicKey::from_spki(inner.sequence_element(what)?.raw)?;
    // Some leave the attributes out altogether.
    let challenge = match inner.optional(constructed(0), what)? {
        Some(attributes) => challenge(attributes.inside())?,
        None => None,
    };
    inner.end(what)?;
    let signed = Signed { info: info.raw, scheme, digest, signature };
    Ok((CertificateRequest { subject, key, challenge }, signed))
}

/// The one value of the one challengePassword among the attributes.
fn challenge(mut attributes: Reader<'_>) -> Result<Option<String>, Malformed> {
    let what = "the request's attributes";
    let mut found = None;
    while !attributes.is_empty() {
        let mut attribute = attributes.sequence(what)?;
        let kind = attribute.oid(what)?;
        let mut values = attribute.take(SET, what)?.inside();
        attribute.end(what)?;
        if kind != oid::CHALLENGE_PASSWORD {
            continue;
        }
        let what = "challengePassword";
        let value = values.any(what)?;
        values.end(what)?;
        let text = name::text(value.tag, value.content).filter(|t| t.chars().count() <= MAX_CHALLENGE);
        if found.replace(text.ok_or(Malformed(what))?).is_some() {
            return Err(Malformed("challengePassword twice"));
        }
    }
    Ok(found)
}

/// Makes a request, as for an APNs certificate; signed over SHA-256, on P-384 over SHA-384.
///
/// # Errors
/// [`KeyError`].
pub fn make(subject: &Name, key: &SigningKey, challenge: Option<&str>) -> Result<Vec<u8>, KeyError> {
    let attribute = challenge.map_or_else(Vec::new, |text| {
        let tag = if text.bytes().all(name::printable) { PRINTABLE_STRING } else { UTF8_STRING };
        let values = write::set_of(vec![write::element(tag, &[text.as_bytes()])]);
        write::sequence(&[&write::oid(oid::CHALLENGE_PASSWORD), &values])
    });
    let info = write::sequence(&[
        &write::small(0),
        subject.as_der(),
        key.public().spki(),
        &write::element(constructed(0), &[&attribute]),
    ]);
    let signature = key.sign(Digest::Sha256, &info)?;
    let identifier = signature_identifier(key.scheme(), key.digest(Digest::Sha256));
    Ok(write::sequence(&[&info, &identifier, &write::bits(&signature)]))
}
