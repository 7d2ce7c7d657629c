//! SignedData (RFC 5652, section 5), read: its signature is verified over the bytes as they came.

use crate::{
    apple::{
        certificate::Certificate,
        key::Digest,
        oids,
        tlv::{self, Children, Tlv},
    },
    error::AgentError,
};
use der::asn1::ObjectIdentifier;

/// SignedData whose one signature holds.
#[derive(Debug)]
pub struct Signed {
    /// What was signed.
    pub content: Vec<u8>,
    /// Who signed it.
    pub signer: Certificate,
    /// All certificates that came along.
    pub certificates: Vec<Certificate>,
    attributes: Vec<(ObjectIdentifier, Vec<u8>)>,
}

fn odd(why: &str) -> AgentError {
    AgentError::Answer(format!("signed data: {why}"))
}

/// What is in a ContentInfo of this type.
///
/// # Errors
/// [`AgentError::Answer`].
pub(super) fn content_of(bytes: &[u8], wanted: ObjectIdentifier) -> Result<Children<'_>, AgentError> {
    let mut info = tlv::only(bytes)?.expect(tlv::tag::SEQUENCE)?.children()?;
    if info.need()?.oid()? != wanted {
        return Err(odd("it is of another type"));
    }
    let content = info.need()?.expect(tlv::tag::CONTEXT_0)?;
    tlv::only(content.content)?.expect(tlv::tag::SEQUENCE)?.children()
}

struct Parts<'a> {
    content: Option<Vec<u8>>,
    certificates: Vec<Certificate>,
    signers: Vec<Tlv<'a>>,
}

fn parts(bytes: &[u8]) -> Result<Parts<'_>, AgentError> {
    let mut data = content_of(bytes, oids::SIGNED_DATA)?;
    let (_version, _digests) = (data.need()?, data.need()?);
    let mut encapsulated = data.need()?.children()?;
    encapsulated.need()?.oid()?;
    let content = encapsulated.maybe(tlv::tag::CONTEXT_0);
    let content = content.map(|c| tlv::only(c.content).and_then(Tlv::octets)).transpose()?;
    let mut certificates = Vec::new();
    if let Some(set) = data.maybe(tlv::tag::CONTEXT_0) {
        for certificate in set.children()? {
            certificates.push(Certificate::from_der(certificate.whole)?);
        }
    }
    data.maybe(0xa1);
    let signers = data.need()?.expect(tlv::tag::SET)?.children()?.collect();
    Ok(Parts { content, certificates, signers })
}

/// The certificates of a message that has nothing else ("certs-only").
///
/// # Errors
/// [`AgentError::Answer`].
pub fn certificates(bytes: &[u8]) -> Result<Vec<Certificate>, AgentError> {
    Ok(parts(bytes)?.certificates)
}

/// Verifies a message of one signer. The signer's certificate may be in it or among `known`.
///
/// # Errors
/// [`AgentError::Answer`].
pub fn verify(bytes: &[u8], known: &[Certificate]) -> Result<Signed, AgentError> {
    let Parts { content, certificates, signers } = parts(bytes)?;
    let content = content.unwrap_or_default();
    let [signer] = signers.as_slice() else { return Err(odd("it has not one signer")) };
    let mut info = signer.children()?;
    let _version = info.need()?;
    let id = info.need()?.expect(tlv::tag::SEQUENCE)?;
    let digest = info.need()?.children()?.need()?.oid()?;
    let digest = Digest::by_oid(digest).ok_or_else(|| odd("a digest that is not known"))?;
    let attributes = info.maybe(tlv::tag::CONTEXT_0);
    let algorithm = info.need()?.children()?.need()?.oid()?;
    let signature = info.need()?.octets()?;
    let named = |c: &&Certificate| matches!((c.issuer(), c.serial()), (Ok(issuer), Ok(serial)) if [issuer, serial].concat() == id.content);
    let certificate = certificates.iter().chain(known).find(named);
    let certificate = certificate.ok_or_else(|| odd("the signer's certificate is missing"))?.clone();
    let mut read = Vec::new();
    let message = match attributes {
        None => content.clone(),
        Some(attributes) => {
            for attribute in attributes.children()? {
                let mut parts = attribute.children()?;
                read.push((parts.need()?.oid()?, parts.need()?.content.to_vec()));
            }
            let mut set = attributes.whole.to_vec();
            set[0] = tlv::tag::SET;
            set
        }
    };
    certificate.verify(algorithm, Some(digest), &message, &signature)?;
    let signed = Signed { content, signer: certificate, certificates, attributes: read };
    if attributes.is_some() {
        let said = signed.attribute(oids::MESSAGE_DIGEST)?.octets()?;
        if said != digest.of(&signed.content) {
            return Err(odd("the content is another one than was signed"));
        }
    }
    Ok(signed)
}

impl Signed {
    /// The one value of a signed attribute.
    ///
    /// # Errors
    /// [`AgentError::Answer`] if it is not there.
    pub fn attribute(&self, id: ObjectIdentifier) -> Result<Tlv<'_>, AgentError> {
        let mut found = self.attributes.iter().filter(|(i, _)| *i == id);
        match (found.next(), found.next()) {
            (Some((_, value)), None) => tlv::only(value),
            _ => Err(odd(&format!("attribute {id} is not there once"))),
        }
    }
}
