//! Reading and verifying SignedData (RFC 5652, section 5).
//!
//! What is verified is that a certificate's key signed the content. Whether that certificate is to be trusted is for
//! the caller, who compares it with the one that was issued, byte by byte: anyone can put a certificate in.

use super::{attributes::Attributes, content_info};
use crate::{
    algorithm::{self, Digest, Scheme, UnknownAlgorithm},
    asn1::{INTEGER, Malformed, OBJECT_IDENTIFIER, Reader, SEQUENCE, SET, constructed, oid, primitive},
    ber::{self, BerError, Limits},
    certificate::{Certificate, IssuerAndSerial},
};
use der::asn1::ObjectIdentifier;

/// The most certificates in one message.
const MAX_CERTIFICATES: usize = 32;

/// Why signed data was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignedError {
    /// Not BER, or beyond the limits.
    #[error(transparent)]
    Ber(#[from] BerError),
    /// Not SignedData.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// An algorithm that is not taken.
    #[error(transparent)]
    Algorithm(#[from] UnknownAlgorithm),
    /// None or several have signed.
    #[error("not exactly one signer")]
    NotOneSigner,
    /// The content is in it and was also given, or neither.
    #[error("the content must be in the message or beside it, and not both")]
    Content,
    /// The certificate of who signed is not there.
    #[error("the signer's certificate is not there")]
    UnknownSigner,
    /// The signed attributes are not what they must be.
    #[error("the signed attributes are not as they must be: {0}")]
    Attributes(&'static str),
    /// The content is not the one that was signed.
    #[error("the content is not the one that was signed")]
    Digest,
    /// The signature is not by that key.
    #[error("the signature is not by the signer's key")]
    Signature,
}

/// Who signed (section 5.3, SignerIdentifier).
#[derive(Clone, Debug)]
enum SignerId {
    Issued(IssuerAndSerial),
    Key(Vec<u8>),
}

impl SignerId {
    fn names(&self, certificate: &Certificate) -> bool {
        match self {
            Self::Issued(id) => id.names(certificate),
            Self::Key(id) => certificate.subject_key() == Some(id),
        }
    }
}

#[derive(Clone, Debug)]
struct Signer {
    id: SignerId,
    digest: Digest,
    /// The signed attributes as a SET, as they are signed (section 5.4).
    attributes: Option<Vec<u8>>,
    scheme: Scheme,
    signature: Vec<u8>,
}

/// SignedData with one signer, read but not verified.
#[derive(Clone, Debug)]
pub struct SignedData {
    content_type: ObjectIdentifier,
    content: Option<Vec<u8>>,
    certificates: Vec<Certificate>,
    signer: Signer,
}

/// What holds.
#[derive(Debug)]
pub struct Verified<'a> {
    /// The certificate whose key signed.
    pub signer: &'a Certificate,
    /// What was signed.
    pub content: &'a [u8],
    /// With which digest.
    pub digest: Digest,
    /// The signed attributes; empty when there are none.
    pub attributes: Attributes<'a>,
}

impl SignedData {
    /// From BER or DER.
    ///
    /// # Errors
    /// [`SignedError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, SignedError> {
        let der = ber::to_der(bytes, Limits::MESSAGE)?;
        let mut parts = parts(&der)?;
        let signer = match (parts.signers.is_empty(), parts.signers.sequence("SignerInfo")) {
            (false, Ok(signer)) if parts.signers.is_empty() => signer,
            (false, Err(malformed)) => return Err(malformed.into()),
            _ => return Err(SignedError::NotOneSigner),
        };
        Ok(Self {
            content_type: parts.content_type,
            content: parts.content.map(<[u8]>::to_vec),
            certificates: parts.certificates,
            signer: read_signer(signer)?,
        })
    }

    /// The certificates in it, of which nothing is known.
    #[must_use]
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// The certificate that the signer names, if it is in it; whether its key signed is [`SignedData::verify`]'s to say.
    #[must_use]
    pub fn named(&self) -> Option<&Certificate> {
        self.certificates.iter().find(|c| self.signer.id.names(c))
    }

    /// The type of what is signed (section 5.2).
    #[must_use]
    pub const fn content_type(&self) -> ObjectIdentifier {
        self.content_type
    }

    /// Whether the content is in it.
    #[must_use]
    pub const fn is_attached(&self) -> bool {
        self.content.is_some()
    }

    /// Verifies the signature (section 5.6). `beside` is the content when it is not in the message; `known` are
    /// certificates that the signer's may be among when it is not in the message either.
    ///
    /// # Errors
    /// [`SignedError`].
    pub fn verify<'a>(
        &'a self,
        beside: Option<&'a [u8]>,
        known: &'a [Certificate],
    ) -> Result<Verified<'a>, SignedError> {
        let content = match (&self.content, beside) {
            (Some(content), None) => content.as_slice(),
            (None, Some(content)) => content,
            _ => return Err(SignedError::Content),
        };
        let mut candidates = self.certificates.iter().chain(known);
        let certificate = candidates.find(|c| self.signer.id.names(c)).ok_or(SignedError::UnknownSigner)?;
        let digest = self.signer.digest;
        let (message, attributes) = match &self.signer.attributes {
            Some(set) => {
                let attributes = Attributes::read(set)?;
                self.check(&attributes, content)?;
                (set.as_slice(), attributes)
            }
            None if self.content_type != oid::DATA => {
                return Err(SignedError::Attributes("other content than data needs them"));
            }
            // The same signature would hold for attributes and for a content that looks like them.
            None if content.first() == Some(&SET) => {
                return Err(SignedError::Attributes("they are given as the content"));
            }
            None => (content, Attributes::default()),
        };
        if !certificate.key().verifies(self.signer.scheme, digest, message, &self.signer.signature) {
            return Err(SignedError::Signature);
        }
        Ok(Verified { signer: certificate, content, digest, attributes })
    }

    /// contentType and messageDigest (sections 11.1 and 11.2).
    fn check(&self, attributes: &Attributes<'_>, content: &[u8]) -> Result<(), SignedError> {
        let kind = attributes.one(oid::CONTENT_TYPE).filter(|value| value.tag == OBJECT_IDENTIFIER);
        if kind.is_none_or(|value| value.content != self.content_type.as_bytes()) {
            return Err(SignedError::Attributes("the type of the content"));
        }
        let stated = attributes.one(oid::MESSAGE_DIGEST).ok_or(SignedError::Attributes("no digest"))?;
        let stated = Reader::new(stated.raw).octets("messageDigest")?;
        if stated == self.signer.digest.of(content) { Ok(()) } else { Err(SignedError::Digest) }
    }
}

struct Parts<'a> {
    content_type: ObjectIdentifier,
    content: Option<&'a [u8]>,
    certificates: Vec<Certificate>,
    signers: Reader<'a>,
}

/// SignedData (section 5.1).
fn parts(der: &[u8]) -> Result<Parts<'_>, SignedError> {
    let what = "SignedData";
    let mut inner = content_info(der, oid::SIGNED_DATA)?;
    inner.small(what)?;
    inner.take(SET, what)?;
    let mut encapsulated = inner.sequence(what)?;
    let content_type = encapsulated.oid(what)?;
    let content = match encapsulated.optional(constructed(0), what)? {
        Some(explicit) => {
            let mut explicit = explicit.inside();
            let content = explicit.octets("the content")?;
            explicit.end(what)?;
            Some(content)
        }
        None => None,
    };
    encapsulated.end(what)?;
    let mut certificates = Vec::new();
    if let Some(set) = inner.optional(constructed(0), what)? {
        let mut set = set.inside();
        while !set.is_empty() {
            let element = set.any(what)?;
            if certificates.len() == MAX_CERTIFICATES {
                return Err(Malformed("more certificates than are taken").into());
            }
            // Certificates of other kinds (section 10.2.2) are passed over.
            if element.tag == SEQUENCE {
                certificates.push(Certificate::from_der(element.raw)?);
            }
        }
    }
    inner.optional(constructed(1), what)?;
    let signers = inner.take(SET, what)?.inside();
    inner.end(what)?;
    Ok(Parts { content_type, content, certificates, signers })
}

/// SignerInfo (section 5.3).
fn read_signer(mut reader: Reader<'_>) -> Result<Signer, SignedError> {
    let what = "SignerInfo";
    reader.take(INTEGER, what)?;
    let id = reader.any(what)?;
    let id = match id.tag {
        SEQUENCE => SignerId::Issued(IssuerAndSerial::from_der(id.raw)?),
        tag if tag == primitive(0) => SignerId::Key(id.content.to_vec()),
        _ => return Err(Malformed("SignerIdentifier").into()),
    };
    let digest = Digest::from_oid(algorithm::read(&mut reader, what)?.0)?;
    let attributes = reader.optional(constructed(0), what)?.map(|element| {
        let mut set = element.raw.to_vec();
        if let Some(tag) = set.first_mut() {
            *tag = SET;
        }
        set
    });
    let (identifier, parameters) = algorithm::read(&mut reader, what)?;
    let (scheme, stated) = algorithm::signature(identifier, parameters)?;
    if stated.is_some_and(|stated| stated != digest) {
        return Err(Malformed("two digests").into());
    }
    let signature = reader.octets(what)?.to_vec();
    reader.optional(constructed(1), what)?;
    reader.end(what)?;
    Ok(Signer { id, digest, attributes, scheme, signature })
}

/// The certificates of a message that may have no signer, as `.p7b` files and CertRep have them (RFC 8894, section 3.4).
///
/// # Errors
/// [`SignedError`].
pub fn certificates(bytes: &[u8]) -> Result<Vec<Certificate>, SignedError> {
    let der = ber::to_der(bytes, Limits::MESSAGE)?;
    Ok(parts(&der)?.certificates)
}
