//! pkiMessages (RFC 8894, section 3): requests written, CertRep read.

use crate::{
    apple::{
        certificate::Certificate,
        cms::{
            envelope,
            sign::{Content, Signer, attribute, sign},
            verify,
        },
        oids, random, tlv,
    },
    error::AgentError,
};

/// messageType (3.2.1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The first request.
    PkcsReq,
    /// A request that the certificate to be replaced signs.
    RenewalReq,
    /// "Is it decided?"
    CertPoll,
}

impl Kind {
    fn number(self) -> &'static str {
        match self {
            Self::PkcsReq => "19",
            Self::RenewalReq => "17",
            Self::CertPoll => "20",
        }
    }
}

/// pkiStatus (3.2.1.3) with what goes along.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// SUCCESS: the certificates of the answer.
    Issued(Vec<Certificate>),
    /// PENDING.
    Pending,
    /// FAILURE, in words (failInfo, 3.2.1.4).
    Refused(&'static str),
}

fn odd(why: &str) -> AgentError {
    AgentError::Answer(format!("the SCEP server's answer: {why}"))
}

/// A request, and the nonce that its answer has to have. `content` is already encrypted.
///
/// # Errors
/// [`AgentError::Local`].
pub fn request(
    kind: Kind,
    content: &[u8],
    by: Signer<'_>,
    transaction: &str,
) -> Result<(Vec<u8>, Vec<u8>), AgentError> {
    let nonce = random::bytes(16)?;
    let printable = |text: &str| tlv::write(tlv::tag::PRINTABLE, text.as_bytes());
    let attributes = vec![
        attribute(oids::SCEP_MESSAGE_TYPE, &printable(kind.number())),
        attribute(oids::SCEP_TRANSACTION_ID, &printable(transaction)),
        attribute(oids::SCEP_SENDER_NONCE, &tlv::octet_string(&nonce)),
    ];
    Ok((sign(Content::Attached(content), by, attributes)?, nonce))
}

/// Reads a CertRep. It has to be signed by one of `authorities`.
///
/// # Errors
/// [`AgentError::Answer`] for anything that does not fit the request.
pub fn answer(
    bytes: &[u8],
    authorities: &[Certificate],
    by: Signer<'_>,
    (transaction, nonce): (&str, &[u8]),
) -> Result<Outcome, AgentError> {
    let signed = verify::verify(bytes, authorities)?;
    if !authorities.contains(&signed.signer) {
        return Err(odd("it is signed by somebody else than the authority"));
    }
    let text = |id| -> Result<String, AgentError> {
        Ok(String::from_utf8_lossy(signed.attribute(id)?.content).into_owned())
    };
    if text(oids::SCEP_MESSAGE_TYPE)? != "3" {
        return Err(odd("it is no CertRep"));
    }
    if text(oids::SCEP_TRANSACTION_ID)? != transaction {
        return Err(odd("another transactionID"));
    }
    if signed.attribute(oids::SCEP_RECIPIENT_NONCE)?.octets()? != nonce {
        return Err(odd("another recipientNonce"));
    }
    match text(oids::SCEP_PKI_STATUS)?.as_str() {
        "0" => {
            let content = envelope::decrypt(&signed.content, by.key, by.certificate)?;
            Ok(Outcome::Issued(verify::certificates(&content)?))
        }
        "2" => Ok(Outcome::Refused(match text(oids::SCEP_FAIL_INFO)?.as_str() {
            "0" => "badAlg",
            "1" => "badMessageCheck",
            "2" => "badRequest",
            "3" => "badTime",
            "4" => "badCertId",
            _ => return Err(odd("a failInfo that is not known")),
        })),
        "3" => Ok(Outcome::Pending),
        _ => Err(odd("a pkiStatus that is not known")),
    }
}
