//! SignedData (RFC 5652, section 5), written.

use crate::{
    apple::{
        certificate::Certificate,
        key::{Digest, Key},
        oids, tlv,
    },
    error::AgentError,
};
use der::asn1::ObjectIdentifier;

/// Who signs, and how.
#[derive(Clone, Copy, Debug)]
pub struct Signer<'a> {
    /// The key.
    pub key: &'a Key,
    /// Its certificate, which goes along.
    pub certificate: &'a Certificate,
    /// Over what.
    pub digest: Digest,
    /// The time for signingTime, in seconds since the Unix epoch; without one there are no signed attributes at all.
    pub signing_time: Option<i64>,
}

/// Signed content.
#[derive(Clone, Copy, Debug)]
pub enum Content<'a> {
    /// Goes along.
    Attached(&'a [u8]),
    /// Is elsewhere, such as in the body of a request.
    Detached(&'a [u8]),
}

/// A signed attribute.
#[must_use]
pub fn attribute(id: ObjectIdentifier, value: &[u8]) -> Vec<u8> {
    tlv::sequence(&[&tlv::oid(id), &tlv::write(tlv::tag::SET, value)])
}

/// ContentInfo with SignedData of one signer. `more` are further signed attributes.
///
/// # Errors
/// [`AgentError::Local`].
pub fn sign(content: Content<'_>, by: Signer<'_>, more: Vec<Vec<u8>>) -> Result<Vec<u8>, AgentError> {
    let (bytes, encapsulated) = match content {
        Content::Attached(bytes) => {
            (bytes, tlv::sequence(&[&tlv::oid(oids::DATA), &tlv::write(0xa0, &tlv::octet_string(bytes))]))
        }
        Content::Detached(bytes) => (bytes, tlv::sequence(&[&tlv::oid(oids::DATA)])),
    };
    let (attributes, signature) = match by.signing_time {
        Some(now) => {
            let mut attributes = vec![
                attribute(oids::CONTENT_TYPE, &tlv::oid(oids::DATA)),
                attribute(oids::SIGNING_TIME, &tlv::utc_time(now)?),
                attribute(oids::MESSAGE_DIGEST, &tlv::octet_string(&by.digest.of(bytes))),
            ];
            attributes.extend(more);
            // The signature is over them as a SET; in the message they have the tag [0] instead.
            let mut set = tlv::set_of(attributes);
            let signature = by.key.sign(by.digest, &set)?;
            set[0] = tlv::tag::CONTEXT_0;
            (set, signature)
        }
        None => (Vec::new(), by.key.sign(by.digest, bytes)?),
    };
    let digest = tlv::algorithm(by.digest.oid());
    let signer = tlv::sequence(&[
        &tlv::integer(&[1]),
        &tlv::sequence(&[by.certificate.issuer()?, by.certificate.serial()?]),
        &digest,
        &attributes,
        &tlv::algorithm(oids::RSA),
        &tlv::octet_string(&signature),
    ]);
    let signed = tlv::sequence(&[
        &tlv::integer(&[1]),
        &tlv::set_of(vec![digest]),
        &encapsulated,
        &tlv::write(tlv::tag::CONTEXT_0, by.certificate.der()),
        &tlv::set_of(vec![signer]),
    ]);
    Ok(content_info(oids::SIGNED_DATA, &signed))
}

/// ContentInfo (RFC 5652, section 3).
#[must_use]
pub fn content_info(id: ObjectIdentifier, content: &[u8]) -> Vec<u8> {
    tlv::sequence(&[&tlv::oid(id), &tlv::write(tlv::tag::CONTEXT_0, content)])
}
