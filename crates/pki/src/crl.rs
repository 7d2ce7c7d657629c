//! Certificate revocation lists (RFC 5280, section 5).

use crate::{
    algorithm::{Digest, signature_identifier},
    asn1::{ENUMERATED, INTEGER, oid, primitive, write},
    certificate::{Certificate, IssueError, KeyUsage},
    key::SigningKey,
};

/// Why a certificate holds no more (RFC 5280, section 5.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Nothing is said; the entry then has no such extension.
    Unspecified,
    /// Somebody else may have the key.
    KeyCompromise,
    /// Another certificate stands in its place.
    Superseded,
    /// The device is no longer managed.
    CessationOfOperation,
    /// Somebody took the right away.
    PrivilegeWithdrawn,
}

impl Reason {
    const fn code(self) -> Option<u8> {
        match self {
            Self::Unspecified => None,
            Self::KeyCompromise => Some(1),
            Self::Superseded => Some(4),
            Self::CessationOfOperation => Some(5),
            Self::PrivilegeWithdrawn => Some(9),
        }
    }
}

/// A certificate that holds no more.
#[derive(Clone, Debug)]
pub struct Revoked {
    /// The content of its serial number's INTEGER.
    pub serial: Vec<u8>,
    /// Since when, in seconds since the Unix epoch.
    pub at: i64,
    /// Why.
    pub reason: Reason,
}

/// The list, signed over SHA-256 (on P-384 over SHA-384); times in seconds since the Unix epoch, `number` greater than that of the last list.
///
/// # Errors
/// [`IssueError`].
pub fn list(
    revoked: &[Revoked],
    number: u64,
    this_update: i64,
    next_update: i64,
    authority: &Certificate,
    key: &SigningKey,
) -> Result<Vec<u8>, IssueError> {
    if key.public() != authority.key() {
        return Err(IssueError::OtherKey);
    }
    if !authority.is_authority() || !authority.allows(KeyUsage::CrlSign) {
        return Err(IssueError::NotAuthority);
    }
    if next_update < this_update {
        return Err(IssueError::Validity);
    }
    let mut entries = Vec::new();
    for entry in revoked {
        entries.extend_from_slice(&written(entry)?);
    }
    // The list of entries is absent when there are none (section 5.1.2.6).
    let entries = if entries.is_empty() { Vec::new() } else { write::sequence(&[&entries]) };
    let own = authority.key().identifier();
    let authority_key = write::element(primitive(0), &[authority.subject_key().unwrap_or(&own)]);
    let extensions = write::sequence(&[
        &extension(oid::AUTHORITY_KEY, &write::sequence(&[&authority_key])),
        &extension(oid::CRL_NUMBER, &write::unsigned(&number.to_be_bytes())),
    ]);
    let identifier = signature_identifier(key.scheme(), key.digest(Digest::Sha256));
    let tbs = write::sequence(&[
        &write::small(1),
        &identifier,
        authority.subject().as_der(),
        &write::time(this_update)?,
        &write::time(next_update)?,
        &entries,
        &write::explicit(0, &extensions),
    ]);
    let signature = key.sign(Digest::Sha256, &tbs)?;
    Ok(write::sequence(&[&tbs, &identifier, &write::bits(&signature)]))
}

fn written(entry: &Revoked) -> Result<Vec<u8>, IssueError> {
    let reason = entry.reason.code().map_or_else(Vec::new, |code| {
        write::sequence(&[&extension(oid::CRL_REASON, &write::element(ENUMERATED, &[&[code]]))])
    });
    Ok(write::sequence(&[&write::element(INTEGER, &[&entry.serial]), &write::time(entry.at)?, &reason]))
}

fn extension(kind: der::asn1::ObjectIdentifier, value: &[u8]) -> Vec<u8> {
    write::sequence(&[&write::oid(kind), &write::octets(value)])
}
