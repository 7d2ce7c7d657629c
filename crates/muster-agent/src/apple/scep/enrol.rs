//! A transaction with a certificate authority: PKCSReq or RenewalReq, then CertPoll while it is pending.

use super::{
    authority::Authority,
    message::{self, Kind, Outcome},
};
use crate::{
    apple::{
        certificate::{self, Certificate, Wanted},
        cms::{envelope, sign::Signer},
        error::AppleError,
        http::Client,
        key::{Digest, Key},
        name, random, tlv,
    },
    error::AgentError,
};
use std::time::Duration;

/// How to go about it.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    /// Messages by GET even if POST is possible.
    pub get: bool,
    /// How often to ask while it is pending.
    pub retries: u64,
    /// How long to wait before.
    pub delay: Duration,
}

/// The identity that there is, for a renewal.
pub type Identity<'a> = (&'a Key, &'a Certificate);

/// The transaction's name: the same key and challenge always have the same one, so that a request whose answer was
/// lost is known to be the same (RFC 8894, 3.2.1.1).
fn transaction(key: &Key, wanted: &Wanted, old: Option<Identity<'_>>) -> String {
    let old = old.map(|(_, certificate)| certificate.der()).unwrap_or_default();
    let challenge = wanted.challenge.as_deref().unwrap_or_default().as_bytes();
    random::hex(&Digest::Sha256.of(&[key.spki(), challenge, old].concat())[..20])
}

/// Gets a certificate for `key`. With an `old` identity it is a renewal.
///
/// # Errors
/// [`AgentError`]; a refusal is [`AppleError::Scep`].
pub async fn enrol(
    client: &Client,
    authority: &Authority,
    key: &Key,
    wanted: &Wanted,
    old: Option<Identity<'_>>,
    manner: Manner,
) -> Result<Certificate, AgentError> {
    let capabilities = authority.capabilities;
    let transaction = transaction(key, wanted, old);
    let temporary;
    let (signing, certificate) = match old {
        Some(identity) => identity,
        None => {
            let subject =
                if wanted.subject.len() > 2 { wanted.subject.clone() } else { name::common("device")? };
            temporary = certificate::self_signed(key, &subject, capabilities.digest, client.now())?;
            (key, &temporary)
        }
    };
    let digest = capabilities.digest;
    let by = Signer { key: signing, certificate, digest, signing_time: Some(client.now()) };
    let send = async |kind: Kind, content: &[u8]| {
        let content = envelope::encrypt(content, &authority.recipient, capabilities.cipher)?;
        let (message, nonce) = message::request(kind, &content, by, &transaction)?;
        let answer = client.send(authority.carry(message, manner.get)).await?.ok("SCEP PKIOperation")?;
        message::answer(&answer.body, &authority.signers, by, (&transaction, &nonce))
    };
    let first = match old {
        Some(_) if capabilities.renewal => Kind::RenewalReq,
        _ => Kind::PkcsReq,
    };
    let mut outcome = send(first, &certificate::request(key, wanted, digest)?).await?;
    let mut asked = 0;
    // IssuerAndSubject (RFC 8894, 3.3.3).
    let poll = tlv::sequence(&[authority.ca.subject()?, &wanted.subject]);
    loop {
        match outcome {
            Outcome::Issued(certificates) => return ours(certificates, key, &authority.ca),
            Outcome::Refused(why) => return Err(AppleError::Scep(why).into()),
            Outcome::Pending if asked >= manner.retries => return Err(AppleError::Pending(asked).into()),
            Outcome::Pending => {
                asked += 1;
                tokio::time::sleep(manner.delay).await;
                outcome = send(Kind::CertPoll, &poll).await?;
            }
        }
    }
}

/// The certificate for our key, issued by the authority.
fn ours(certificates: Vec<Certificate>, key: &Key, ca: &Certificate) -> Result<Certificate, AgentError> {
    let found = certificates.into_iter().find(|c| c.spki().is_ok_and(|spki| spki == key.spki()));
    let found = found
        .ok_or_else(|| AgentError::Answer("the certificate that was issued is for another key".into()))?;
    ca.issued(&found)?;
    Ok(found)
}
