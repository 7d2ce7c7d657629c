//! A client for what no honest program sends.

use crate::authority::{Authority, now, random, template};
use muster_pki::{
    algorithm::{Cipher, Digest},
    asn1::{PRINTABLE_STRING, oid, write},
    certificate::{self, Certificate},
    cms::{self, Content, Signature, SignedData},
    key::{DecryptingKey, RsaSize, SigningKey},
    request,
};

/// The attributes of SCEP, by the last number of their identifiers.
fn attribute(last: u8) -> der::asn1::ObjectIdentifier {
    der::asn1::ObjectIdentifier::new_unwrap("2.16.840.1.113733.1.9").push_arc(u32::from(last)).unwrap()
}

pub struct Client {
    pub key: SigningKey,
    pub certificate: Certificate,
    pub transaction: Option<&'static str>,
    pub nonce: Option<Vec<u8>>,
    pub cipher: Cipher,
    pub digest: Digest,
}

impl Client {
    pub fn new() -> Self {
        let key = SigningKey::generate_rsa(RsaSize::Bits2048).unwrap();
        let certificate = certificate::self_signed(&template("client"), &key).unwrap();
        Self {
            key,
            certificate,
            transaction: Some("A/b+c="),
            nonce: Some(vec![7; 16]),
            cipher: Cipher::Aes256,
            digest: Digest::Sha256,
        }
    }

    pub fn request(&self, challenge: &str) -> Vec<u8> {
        request::make(self.certificate.subject(), &self.key, Some(challenge)).unwrap()
    }

    /// pkiMessage around an envelope around the content.
    pub fn message(&self, kind: Option<&str>, content: &[u8], authority: &Authority) -> Vec<u8> {
        let envelope = cms::encrypt(content, &authority.recipient, self.cipher, &mut random).unwrap();
        self.signed(kind, &envelope)
    }

    /// pkiMessage around whatever stands for the envelope.
    pub fn signed(&self, kind: Option<&str>, envelope: &[u8]) -> Vec<u8> {
        let text = |value: &str| write::element(PRINTABLE_STRING, &[value.as_bytes()]);
        let mut attributes = Vec::new();
        attributes.extend(kind.map(|kind| (attribute(2), text(kind))));
        attributes.extend(self.transaction.map(|id| (attribute(7), text(id))));
        attributes.extend(self.nonce.as_ref().map(|nonce| (attribute(5), write::octets(nonce))));
        let signature = Signature {
            certificate: &self.certificate,
            key: &self.key,
            digest: self.digest,
            time: Some(now()),
            chain: &[],
            attributes: &attributes,
        };
        signature.sign(Content::Attached(envelope)).unwrap()
    }

    /// What an answer says: pkiStatus, failInfo, and the certificates in it.
    pub fn read(&self, answer: &[u8], authority: &Authority) -> (String, Option<String>, Vec<Certificate>) {
        let signed = SignedData::parse(answer).unwrap();
        let beside = (!signed.is_attached()).then_some(&[][..]);
        let verified = signed.verify(beside, &[]).unwrap();
        assert_eq!(verified.signer, &authority.certificate);
        let text = |last| {
            let value = verified.attributes.one(attribute(last))?;
            Some(String::from_utf8(value.content.to_vec()).unwrap())
        };
        assert_eq!(text(2).as_deref(), Some("3"), "messageType");
        assert_eq!(text(7).as_deref(), self.transaction, "transactionID");
        let nonce = |last| verified.attributes.one(attribute(last)).map(|v| v.content.to_vec());
        assert_eq!(nonce(6), self.nonce, "recipientNonce");
        assert_eq!(nonce(5).unwrap().len(), 16, "senderNonce");
        assert_ne!(nonce(5), nonce(6));
        let kind = verified.attributes.one(oid::CONTENT_TYPE).unwrap();
        assert_eq!(kind.content, oid::DATA.as_bytes());
        let certificates = if signed.is_attached() {
            let key = DecryptingKey::from_der(&self.key.to_pkcs8().unwrap()).unwrap();
            let opened = cms::decrypt(verified.content, &[(&self.certificate, &key)], &mut random).unwrap();
            assert_eq!(opened.cipher, self.cipher);
            assert_eq!(verified.digest, self.digest);
            cms::certificates(&opened.content).unwrap()
        } else {
            Vec::new()
        };
        (text(3).unwrap(), text(4), certificates)
    }
}
