//! Issuing certificates (RFC 5280, section 4).

use super::{Certificate, KeyUsage, Template};
use crate::{
    algorithm::{Digest, signature_identifier},
    asn1::{Malformed, write},
    key::{KeyError, PublicKey, SigningKey},
    name::Name,
};

/// Why a certificate was not issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssueError {
    /// The key is not that of the authority's certificate.
    #[error("the key is not that of the authority's certificate")]
    OtherKey,
    /// The authority's certificate is not one that may issue.
    #[error("the certificate is not one of an authority that may issue")]
    NotAuthority,
    /// It would end before it begins, or after the authority's own.
    #[error("the validity ends before it begins or after the authority's own")]
    Validity,
    /// A name in the template cannot be written.
    #[error("a name that cannot be written in a certificate")]
    Name,
    /// A time cannot be written.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// The signature failed.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// Issues what the template says for that key; signed over SHA-256, on P-384 over SHA-384.
///
/// # Errors
/// [`IssueError`].
pub fn issue(
    template: &Template,
    key: &PublicKey,
    authority: &Certificate,
    authority_key: &SigningKey,
) -> Result<Certificate, IssueError> {
    if authority_key.public() != authority.key() {
        return Err(IssueError::OtherKey);
    }
    if !authority.is_authority() || !authority.allows(KeyUsage::CertificateSign) {
        return Err(IssueError::NotAuthority);
    }
    if template.not_after > authority.not_after() {
        return Err(IssueError::Validity);
    }
    let own = authority.key().identifier();
    signed(template, key, authority.subject(), authority.subject_key().unwrap_or(&own), authority_key)
}

/// Issues what the template says for the key that signs it: an authority's own certificate, or a request's (RFC 8894,
/// section 2.3).
///
/// # Errors
/// [`IssueError`].
pub fn self_signed(template: &Template, key: &SigningKey) -> Result<Certificate, IssueError> {
    signed(template, key.public(), &template.subject, &key.public().identifier(), key)
}

fn signed(
    template: &Template,
    key: &PublicKey,
    issuer: &Name,
    issuer_key: &[u8],
    signer: &SigningKey,
) -> Result<Certificate, IssueError> {
    if template.not_after < template.not_before {
        return Err(IssueError::Validity);
    }
    let identifier = signature_identifier(signer.scheme(), signer.digest(Digest::Sha256));
    let tbs = write::sequence(&[
        &write::explicit(0, &write::small(2)),
        &write::unsigned(template.serial.as_bytes()),
        &identifier,
        issuer.as_der(),
        &write::sequence(&[&write::time(template.not_before)?, &write::time(template.not_after)?]),
        template.subject.as_der(),
        key.spki(),
        &template.extensions(key, issuer_key).ok_or(IssueError::Name)?,
    ]);
    let signature = signer.sign(Digest::Sha256, &tbs)?;
    Ok(Certificate::from_der(&write::sequence(&[&tbs, &identifier, &write::bits(&signature)]))?)
}
