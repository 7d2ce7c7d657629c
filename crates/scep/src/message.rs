//! Opening pkiMessage (RFC 8894, section 3.2): from bytes to a request that the caller decides on.
//!
//! In this order: the signature over what came, the message type by a list of those that are taken, then who sent it
//! and how, and only then the envelope. Once it is opened, every failure is the same one.

use crate::{FailInfo, TransactionId, oid};
use muster_pki::{
    Random,
    algorithm::{Cipher, Digest, Scheme},
    asn1::{Element, PRINTABLE_STRING, Reader},
    certificate::Certificate,
    cms::{self, Attributes, DecryptError, SignedData, SignedError},
    key::DecryptingKey,
    name::{self, Name},
    request::{CertificateRequest, RequestError},
};

/// The length of the nonces that are taken, in octets; section 3.2.1.5 wants 16.
const NONCE: std::ops::RangeInclusive<usize> = 16..=64;

/// The messages that are taken (section 3.2.1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Renewal,
    Enrolment,
    Poll,
}

/// What stays the same through one exchange, and decides how its answer is written.
#[derive(Clone, Debug)]
pub struct Exchange {
    pub(crate) transaction: TransactionId,
    pub(crate) nonce: Vec<u8>,
    pub(crate) signer: Certificate,
    pub(crate) digest: Digest,
    pub(crate) cipher: Cipher,
}

impl Exchange {
    /// The client's name for the transaction.
    #[must_use]
    pub const fn transaction(&self) -> &TransactionId {
        &self.transaction
    }

    /// The certificate whose key signed the request. At an enrolment it is one that the client made for the key in its
    /// request; at a renewal it must be one that was issued, which the caller finds out by its fingerprint.
    #[must_use]
    pub const fn signer(&self) -> &Certificate {
        &self.signer
    }

    /// The digest of the request's signature.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// The cipher of the request's envelope.
    #[must_use]
    pub const fn cipher(&self) -> Cipher {
        self.cipher
    }
}

/// What the client wants.
#[derive(Clone, Debug)]
pub enum Request {
    /// A first certificate (PKCSReq): what proves the right to it is the challenge. The request's key also signed the
    /// message.
    Enrol(CertificateRequest),
    /// Another certificate (RenewalReq): what proves the right to it is [`Exchange::signer`].
    Renew(CertificateRequest),
    /// To know what became of a request (CertPoll); the transaction says which.
    Poll {
        /// The authority that was asked.
        issuer: Name,
        /// The subject that was asked for.
        subject: Name,
    },
}

/// A request and its exchange.
#[derive(Clone, Debug)]
pub struct Received {
    /// What the client wants.
    pub request: Request,
    /// For the answer.
    pub exchange: Exchange,
}

/// Why a message was not taken, for the log; a client is told [`FailInfo`] at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The outer signature, or what it is over.
    #[error("the signed message: {0}")]
    Signed(#[from] SignedError),
    /// The message type is not one that is taken.
    #[error("a message type that is not taken")]
    MessageType,
    /// An attribute that every request must have is missing or malformed.
    #[error("the attribute {0} is missing or malformed")]
    Attribute(&'static str),
    /// An answer cannot be encrypted for the signer.
    #[error("the signer's key is not an RSA key")]
    SignerKey,
    /// The envelope.
    #[error("the envelope: {0}")]
    Envelope(#[from] DecryptError),
    /// The request in the envelope.
    #[error("the request: {0}")]
    Request(#[from] RequestError),
    /// The message was not signed with the key that the request is for.
    #[error("the message was signed with another key than the request's")]
    OtherKey,
    /// What is polled for is malformed.
    #[error("IssuerAndSubject is malformed")]
    Poll,
}

/// A message that was not taken.
#[derive(Debug)]
pub struct Refused {
    /// Why, for the log.
    pub reason: Reason,
    /// What the client is told, in [`Refused::exchange`]; without one the answer is a 400 of HTTP.
    pub info: FailInfo,
    /// For the answer: there is none when nobody knows whom to answer.
    pub exchange: Option<Exchange>,
}

/// Opens a message. `recipients` are the certificates that GetCACert gives for encryption, with their keys; `random`
/// makes the key that stands in for one whose padding is wrong.
///
/// # Errors
/// [`Refused`].
pub fn open(
    bytes: &[u8],
    recipients: &[(&Certificate, &DecryptingKey)],
    random: Random<'_>,
) -> Result<Received, Box<Refused>> {
    let unanswered =
        |reason: Reason| Box::new(Refused { reason, info: FailInfo::BadMessageCheck, exchange: None });
    let signed = SignedData::parse(bytes).map_err(|e| unanswered(e.into()))?;
    let verified = signed.verify(None, &[]).map_err(|e| unanswered(e.into()))?;
    let refused =
        |reason: Reason, info, exchange| Box::new(Refused { reason, info, exchange: Some(exchange) });
    let (kind, mut exchange) = match (kind(&verified.attributes), exchange(&verified)) {
        (Some(kind), read) => (kind, read.map_err(unanswered)?),
        (None, Ok(exchange)) => return Err(refused(Reason::MessageType, FailInfo::BadRequest, exchange)),
        (None, Err(_)) => return Err(unanswered(Reason::MessageType)),
    };
    if exchange.signer.key().scheme() != Some(Scheme::Rsa) {
        return Err(refused(Reason::SignerKey, FailInfo::BadAlg, exchange));
    }
    let opened = match cms::decrypt(verified.content, recipients, random) {
        Ok(opened) => opened,
        Err(error) => {
            // That a cipher is not taken shows before any key is used.
            let unknown = matches!(error, DecryptError::Algorithm(_));
            let info = if unknown { FailInfo::BadAlg } else { FailInfo::BadRequest };
            return Err(refused(error.into(), info, exchange));
        }
    };
    exchange.cipher = opened.cipher;
    match request(kind, &opened.content, &exchange) {
        Ok(request) => Ok(Received { request, exchange }),
        Err(reason) => Err(refused(reason, FailInfo::BadRequest, exchange)),
    }
}

/// messageType, by the list of those that are taken (ABUSE.md, A1).
fn kind(attributes: &Attributes<'_>) -> Option<Kind> {
    let value = attributes.one(oid::MESSAGE_TYPE).filter(|v| v.tag == PRINTABLE_STRING)?;
    match value.content {
        b"17" => Some(Kind::Renewal),
        b"19" => Some(Kind::Enrolment),
        b"20" => Some(Kind::Poll),
        _ => None,
    }
}

fn exchange(verified: &cms::Verified<'_>) -> Result<Exchange, Reason> {
    let one = |kind, what| verified.attributes.one(kind).ok_or(Reason::Attribute(what));
    let text = |value: Element<'_>| name::text(value.tag, value.content);
    let transaction = text(one(oid::TRANSACTION_ID, "transactionID")?);
    let transaction = transaction.and_then(|t| TransactionId::parse(&t));
    let nonce = Reader::new(one(oid::SENDER_NONCE, "senderNonce")?.raw).octets("senderNonce");
    Ok(Exchange {
        transaction: transaction.ok_or(Reason::Attribute("transactionID"))?,
        nonce: nonce
            .ok()
            .filter(|n| NONCE.contains(&n.len()))
            .ok_or(Reason::Attribute("senderNonce"))?
            .to_vec(),
        signer: verified.signer.clone(),
        digest: verified.digest,
        // Until the envelope is opened; nothing is encrypted before.
        cipher: Cipher::Aes128,
    })
}

/// What was in the envelope (section 3.3).
fn request(kind: Kind, content: &[u8], exchange: &Exchange) -> Result<Request, Reason> {
    if kind == Kind::Poll {
        return poll(content).ok_or(Reason::Poll);
    }
    let request = CertificateRequest::from_device(content)?;
    if kind == Kind::Renewal {
        return Ok(Request::Renew(request));
    }
    if request.key() != exchange.signer.key() {
        return Err(Reason::OtherKey);
    }
    Ok(Request::Enrol(request))
}

/// IssuerAndSubject (section 3.3.3).
fn poll(content: &[u8]) -> Option<Request> {
    let mut inner = Reader::whole(content, "IssuerAndSubject").ok()?;
    let issuer = Name::from_der(inner.sequence_element("issuer").ok()?.raw).ok()?;
    let subject = Name::from_der(inner.sequence_element("subject").ok()?.raw).ok()?;
    inner.is_empty().then_some(Request::Poll { issuer, subject })
}
