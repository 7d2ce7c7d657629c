//! Writing SignedData (RFC 5652, section 5), with signed attributes.

use super::write_content_info;
use crate::{
    algorithm::{Digest, Scheme, signature_identifier},
    asn1::{Malformed, SET, constructed, oid, write},
    certificate::{Certificate, IssuerAndSerial},
    key::{KeyError, SigningKey},
};
use der::asn1::ObjectIdentifier;

/// What is signed, and whether it is in the message.
#[derive(Clone, Copy, Debug)]
pub enum Content<'a> {
    /// In the message.
    Attached(&'a [u8]),
    /// Beside it.
    Detached(&'a [u8]),
}

/// Who signs, and how.
#[derive(Debug)]
pub struct Signature<'a> {
    /// The signer's certificate.
    pub certificate: &'a Certificate,
    /// Its key.
    pub key: &'a SigningKey,
    /// The digest that is wanted; see [`SigningKey::digest`].
    pub digest: Digest,
    /// signingTime, in seconds since the Unix epoch.
    pub time: Option<i64>,
    /// Certificates that are put in after the signer's.
    pub chain: &'a [Certificate],
    /// More signed attributes: each with its one value in DER.
    pub attributes: &'a [(ObjectIdentifier, Vec<u8>)],
}

/// Why nothing was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The key is not that of the certificate.
    #[error("the key is not that of the certificate")]
    OtherKey,
    /// The signing time cannot be written.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// The signature failed.
    #[error(transparent)]
    Key(#[from] KeyError),
}

fn attribute(kind: ObjectIdentifier, value: Vec<u8>) -> Vec<u8> {
    write::sequence(&[&write::oid(kind), &write::set_of(vec![value])])
}

impl Signature<'_> {
    /// Signs data.
    ///
    /// # Errors
    /// [`SignError`].
    pub fn sign(&self, content: Content<'_>) -> Result<Vec<u8>, SignError> {
        if self.key.public() != self.certificate.key() {
            return Err(SignError::OtherKey);
        }
        let digest = self.key.digest(self.digest);
        let (bytes, attached) = match content {
            Content::Attached(bytes) => (bytes, write::explicit(0, &write::octets(bytes))),
            Content::Detached(bytes) => (bytes, Vec::new()),
        };
        let mut attributes = vec![
            attribute(oid::CONTENT_TYPE, write::oid(oid::DATA)),
            attribute(oid::MESSAGE_DIGEST, write::octets(&digest.of(bytes))),
        ];
        if let Some(time) = self.time {
            attributes.push(attribute(oid::SIGNING_TIME, write::time(time)?));
        }
        attributes.extend(self.attributes.iter().map(|(kind, value)| attribute(*kind, value.clone())));
        let set = write::set_of(attributes);
        let signature = self.key.sign(digest, &set)?;
        let mut tagged = set;
        if let Some(tag) = tagged.first_mut() {
            *tag = constructed(0);
        }
        let digest_identifier = write::algorithm(digest.oid(), &[]);
        // RFC 3370, section 3.2: rsaEncryption, which all readers know.
        let signature_identifier = match self.key.scheme() {
            Scheme::Rsa | Scheme::RsaPss => write::algorithm(oid::RSA, write::NULL),
            scheme @ Scheme::Ecdsa => signature_identifier(scheme, digest),
        };
        let signer = write::sequence(&[
            &write::small(1),
            &IssuerAndSerial::of(self.certificate).to_der(),
            &digest_identifier,
            &tagged,
            &signature_identifier,
            &write::octets(&signature),
        ]);
        let encapsulated = write::sequence(&[&write::oid(oid::DATA), &attached]);
        let mut certificates = vec![self.certificate];
        certificates.extend(self.chain.iter().filter(|c| *c != self.certificate));
        Ok(signed_data(&[digest_identifier], &encapsulated, &certificates, vec![signer]))
    }
}

/// SignedData that carries certificates and no signature (section 5.1, "degenerate").
#[must_use]
pub fn certificates_only(certificates: &[Certificate]) -> Vec<u8> {
    let encapsulated = write::sequence(&[&write::oid(oid::DATA)]);
    signed_data(&[], &encapsulated, &certificates.iter().collect::<Vec<_>>(), Vec::new())
}

fn signed_data(
    digests: &[Vec<u8>],
    encapsulated: &[u8],
    certificates: &[&Certificate],
    signers: Vec<Vec<u8>>,
) -> Vec<u8> {
    // The order in which they were given, which is that of the chain: readers that take the first one as
    // the signer's are more than those that ask for the order of a SET OF.
    let certificates: Vec<_> = certificates.iter().map(|c| c.as_der()).collect();
    let content = write::sequence(&[
        &write::small(1),
        &write::element(SET, &digests.iter().map(Vec::as_slice).collect::<Vec<_>>()),
        encapsulated,
        &write::element(constructed(0), &certificates),
        &write::set_of(signers),
    ]);
    write_content_info(oid::SIGNED_DATA, &content)
}
