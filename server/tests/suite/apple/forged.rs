//! SCEP messages that no honest client sends.

use super::kit::Company;
use muster_agent::apple::{
    certificate::{self, Certificate, Wanted},
    cms::{
        envelope::{self, Cipher},
        sign::{Content, Signer, attribute, content_info, sign},
        verify,
    },
    http::Answer,
    key::{Digest, Key},
    name, oids,
    scep::{
        authority::Authority,
        message::{self, Outcome},
    },
    tlv,
};
use std::sync::Arc;

const TRANSACTION: &str = "0123456789ABCDEF";
const NONCE: [u8; 16] = [7; 16];

/// Who asks an authority.
pub struct Forger {
    pub key: Arc<Key>,
    pub certificate: Certificate,
    pub authority: Authority,
}

impl Forger {
    /// With a certificate that it made itself.
    pub fn new(key: Arc<Key>, authority: Authority) -> Self {
        let (name, now) = (name::common("device").unwrap(), muster_agent::clock::system());
        let certificate = certificate::self_signed(&key, &name, Digest::Sha256, now).unwrap();
        Self { key, certificate, authority }
    }

    /// With another certificate.
    pub fn with(key: Arc<Key>, certificate: Certificate, authority: Authority) -> Self {
        Self { key, certificate, authority }
    }

    fn by(&self) -> Signer<'_> {
        let now = Some(muster_agent::clock::system());
        Signer { key: &self.key, certificate: &self.certificate, digest: Digest::Sha256, signing_time: now }
    }

    /// A request for its own key.
    pub fn request(&self, challenge: Option<&str>) -> Vec<u8> {
        request(&self.key, challenge)
    }

    pub fn envelope(&self, content: &[u8]) -> Vec<u8> {
        envelope::encrypt(content, &self.authority.recipient, Cipher::Aes128).unwrap()
    }

    /// pkiMessage of that type around whatever stands for the envelope.
    pub fn message(&self, kind: Option<&str>, envelope: &[u8]) -> Vec<u8> {
        let text = |value: &str| tlv::write(tlv::tag::PRINTABLE, value.as_bytes());
        let mut attributes = vec![
            attribute(oids::SCEP_TRANSACTION_ID, &text(TRANSACTION)),
            attribute(oids::SCEP_SENDER_NONCE, &tlv::octet_string(&NONCE)),
        ];
        attributes.extend(kind.map(|kind| attribute(oids::SCEP_MESSAGE_TYPE, &text(kind))));
        sign(Content::Attached(envelope), self.by(), attributes).unwrap()
    }

    /// The same without any signed attribute.
    pub fn bare(&self, envelope: &[u8]) -> Vec<u8> {
        let by = Signer { signing_time: None, ..self.by() };
        sign(Content::Attached(envelope), by, Vec::new()).unwrap()
    }

    /// Sends bytes as they are.
    pub async fn sends(&self, company: &Company, message: Vec<u8>) -> Answer {
        company.client.send(self.authority.carry(message, false)).await.unwrap()
    }

    /// Asks for a certificate: 19 by a challenge, 17 by who signs.
    pub async fn asks(&self, company: &Company, kind: &str, request: &[u8]) -> Outcome {
        let answer = self.sends(company, self.message(Some(kind), &self.envelope(request))).await;
        self.read(&answer)
    }

    /// What an answer says.
    pub fn read(&self, answer: &Answer) -> Outcome {
        assert_eq!((answer.status, answer.content_type.as_str()), (200, "application/x-pki-message"));
        message::answer(&answer.body, &self.authority.signers, self.by(), (TRANSACTION, &NONCE)).unwrap()
    }

    /// All that a refusal says but for what is another one each time: the server's nonce and the time.
    pub fn alike(&self, answer: &Answer) -> (u16, usize, Vec<Vec<u8>>, Vec<u8>) {
        let signed = verify::verify(&answer.body, &self.authority.signers).unwrap();
        let said = [
            oids::SCEP_MESSAGE_TYPE,
            oids::SCEP_TRANSACTION_ID,
            oids::SCEP_RECIPIENT_NONCE,
            oids::SCEP_PKI_STATUS,
            oids::SCEP_FAIL_INFO,
            oids::CONTENT_TYPE,
            oids::MESSAGE_DIGEST,
        ];
        let said = said.map(|id| signed.attribute(id).unwrap().whole.to_vec()).to_vec();
        (answer.status, answer.body.len(), said, signed.content)
    }
}

/// A request for a key.
pub fn request(key: &Key, challenge: Option<&str>) -> Vec<u8> {
    let wanted = Wanted {
        subject: name::common("device").unwrap(),
        challenge: challenge.map(str::to_owned),
        key_usage: 5,
        alternative: Vec::new(),
    };
    certificate::request(key, &wanted, Digest::Sha256).unwrap()
}

/// What every refusal says, whatever it is about.
pub const REFUSED: Outcome = Outcome::Refused("badRequest");

/// The certificate that was issued.
pub fn issued(outcome: Outcome) -> Certificate {
    match outcome {
        Outcome::Issued(mut all) => all.remove(0),
        other => panic!("{other:?}"),
    }
}

/// The parts of SignedData, as they came.
fn parts(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut info = tlv::only(bytes).unwrap().children().unwrap();
    info.need().unwrap();
    let data = tlv::only(info.need().unwrap().content).unwrap().children().unwrap();
    data.map(|part| part.whole.to_vec()).collect()
}

fn wrapped(parts: &[Vec<u8>]) -> Vec<u8> {
    content_info(oids::SIGNED_DATA, &tlv::write(tlv::tag::SEQUENCE, &parts.concat()))
}

/// One message with the certificates and the signers of both.
pub fn two_signers(one: &[u8], other: &[u8]) -> Vec<u8> {
    let (mut one, other) = (parts(one), parts(other));
    let last = one.len() - 1;
    for (mine, theirs) in [(last - 1, other.len() - 2), (last, other.len() - 1)] {
        let inner = |part: &[u8]| tlv::only(part).unwrap().content.to_vec();
        let (tag, both) = (one[mine][0], [inner(&one[mine]), inner(&other[theirs])].concat());
        one[mine] = tlv::write(tag, &both);
    }
    wrapped(&one)
}

/// The same message without any signer.
pub fn no_signer(bytes: &[u8]) -> Vec<u8> {
    let mut parts = parts(bytes);
    if let Some(signers) = parts.last_mut() {
        *signers = tlv::write(tlv::tag::SET, &[]);
    }
    wrapped(&parts)
}
