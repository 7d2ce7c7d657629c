//! A certificate authority with SCEP, as simple as it can be. It reads and writes with the device's own modules; that
//! others understand those is what `foreign` is for.

use der::asn1::ObjectIdentifier;
use muster_agent::apple::{
    certificate::{Certificate, self_signed},
    cms::{
        envelope::{self, Cipher},
        sign::{Content, Signer, attribute, content_info, sign},
        verify,
    },
    key::{Digest, Key},
    name, oids, tlv,
};
use std::collections::HashMap;

pub struct Authority {
    pub key: Key,
    pub certificate: Certificate,
    /// A registration authority, which then reads and signs messages instead.
    pub registration: Option<(Key, Certificate)>,
    pub capabilities: String,
    /// PENDING so many times.
    pub pending: u32,
    /// FAILURE with this failInfo.
    pub refuse: Option<&'static str>,
    /// What is spoilt in an answer.
    pub spoil: Option<&'static str>,
    /// messageType, transactionID and challenge of what came.
    pub seen: Vec<(String, String, Option<String>)>,
    pub gets: u32,
    pub issued: Vec<Certificate>,
    waiting: HashMap<String, Vec<u8>>,
    serial: u32,
}

fn printable(text: &str) -> Vec<u8> {
    tlv::write(tlv::tag::PRINTABLE, text.as_bytes())
}

/// A certificate for a public key: `usage` is the content of its keyUsage.
fn issue(by: &Key, issuer: &[u8], subject: &[u8], spki: &[u8], serial: u32, usage: [u8; 2]) -> Certificate {
    let usage = tlv::octet_string(&tlv::write(tlv::tag::BIT_STRING, &usage));
    let usage = tlv::sequence(&[&tlv::oid(oids::KEY_USAGE), &[1, 1, 0xff], &usage]);
    let now = muster_agent::clock::system();
    let tbs = tlv::sequence(&[
        &tlv::write(0xa0, &tlv::integer(&[2])),
        &tlv::integer(&serial.to_be_bytes()),
        &tlv::algorithm(oids::RSA_SHA256),
        issuer,
        &tlv::sequence(&[&tlv::utc_time(now - 60).unwrap(), &tlv::utc_time(now + 86_400).unwrap()]),
        subject,
        spki,
        &tlv::write(0xa3, &tlv::sequence(&[&usage])),
    ]);
    let signature = tlv::bit_string(&by.sign(Digest::Sha256, &tbs).unwrap());
    Certificate::from_der(&tlv::sequence(&[&tbs, &tlv::algorithm(oids::RSA_SHA256), &signature])).unwrap()
}

impl Authority {
    pub fn new() -> Self {
        let key = Key::generate(2048).unwrap();
        let subject = name::common("Test authority").unwrap();
        // keyCertSign and keyEncipherment.
        let certificate = issue(&key, &subject, &subject, key.spki(), 1, [2, 0b0010_0100]);
        Self {
            key,
            certificate,
            registration: None,
            capabilities: "AES\nSHA-256\nPOSTPKIOperation\nRenewal\nSCEPStandard\n".into(),
            pending: 0,
            refuse: None,
            spoil: None,
            seen: Vec::new(),
            gets: 0,
            issued: Vec::new(),
            waiting: HashMap::new(),
            serial: 10,
        }
    }

    pub fn add_registration(&mut self) {
        let key = Key::generate(2048).unwrap();
        let subject = name::common("Registration").unwrap();
        let issuer = self.certificate.subject().unwrap();
        let certificate = issue(&self.key, issuer, &subject, key.spki(), 2, [5, 0b1010_0000]);
        self.registration = Some((key, certificate));
    }

    fn speaker(&self) -> (&Key, &Certificate) {
        match &self.registration {
            Some((key, certificate)) => (key, certificate),
            None => (&self.key, &self.certificate),
        }
    }

    /// GetCACert: type and body.
    pub fn certificates(&self) -> (&'static str, Vec<u8>) {
        match &self.registration {
            None => ("application/x-x509-ca-cert", self.certificate.der().to_vec()),
            Some((_, registration)) => {
                ("application/x-x509-ca-ra-cert", certs_only(&[registration, &self.certificate]))
            }
        }
    }

    /// PKIOperation.
    pub fn operate(&mut self, message: &[u8]) -> Vec<u8> {
        let signed = verify::verify(message, &[]).unwrap();
        let text =
            |id: ObjectIdentifier| String::from_utf8(signed.attribute(id).unwrap().content.to_vec()).unwrap();
        let (kind, transaction) = (text(oids::SCEP_MESSAGE_TYPE), text(oids::SCEP_TRANSACTION_ID));
        let nonce = signed.attribute(oids::SCEP_SENDER_NONCE).unwrap().octets().unwrap();
        let (key, certificate) = self.speaker();
        let content = envelope::decrypt(&signed.content, key, certificate).unwrap();
        match kind.as_str() {
            "20" => assert!(self.waiting.contains_key(&transaction), "a poll for what was never asked"),
            "17" => assert!(self.issued.contains(&signed.signer), "renewal by somebody else"),
            "19" => assert_eq!(signed.signer.issuer().unwrap(), signed.signer.subject().unwrap()),
            other => panic!("messageType {other}"),
        }
        let request = if kind == "20" { self.waiting[&transaction].clone() } else { content };
        let (subject, spki, challenge) = read_request(&request);
        self.seen.push((kind, transaction.clone(), challenge));
        self.waiting.insert(transaction.clone(), request);
        let mut attributes = vec![attribute(oids::SCEP_MESSAGE_TYPE, &printable("3"))];
        let content = if let Some(info) = self.refuse {
            attributes.push(attribute(oids::SCEP_PKI_STATUS, &printable("2")));
            attributes.push(attribute(oids::SCEP_FAIL_INFO, &printable(info)));
            Vec::new()
        } else if self.pending > 0 {
            self.pending -= 1;
            attributes.push(attribute(oids::SCEP_PKI_STATUS, &printable("3")));
            Vec::new()
        } else {
            attributes.push(attribute(oids::SCEP_PKI_STATUS, &printable("0")));
            let other = self.spoil.map(|_| Key::generate(2048).unwrap());
            let spki = match (&other, self.spoil) {
                (Some(other), Some("key")) => other.spki().to_vec(),
                _ => spki,
            };
            let by = other.as_ref().filter(|_| self.spoil == Some("issuer")).unwrap_or(&self.key);
            self.serial += 1;
            let issuer = self.certificate.subject().unwrap().to_vec();
            let new = issue(by, &issuer, &subject, &spki, self.serial, [5, 0b1010_0000]);
            let content = certs_only(&[&new, &self.certificate]);
            self.issued.push(new);
            envelope::encrypt(&content, &signed.signer, Cipher::Aes256).unwrap()
        };
        let nonce = if self.spoil == Some("nonce") { vec![0; 16] } else { nonce };
        let transaction = if self.spoil == Some("transaction") { "another" } else { &transaction };
        attributes.push(attribute(oids::SCEP_TRANSACTION_ID, &printable(transaction)));
        attributes.push(attribute(oids::SCEP_RECIPIENT_NONCE, &tlv::octet_string(&nonce)));
        attributes.push(attribute(oids::SCEP_SENDER_NONCE, &tlv::octet_string(&[7; 16])));
        let stranger = (self.spoil == Some("signer")).then(|| {
            let key = Key::generate(2048).unwrap();
            let name = name::common("stranger").unwrap();
            let own = self_signed(&key, &name, Digest::Sha256, muster_agent::clock::system()).unwrap();
            (key, own)
        });
        let speaker = stranger.as_ref().map(|(key, certificate)| (key, certificate));
        let (key, certificate) = speaker.unwrap_or_else(|| self.speaker());
        let digest = Digest::Sha256;
        let signing_time = Some(muster_agent::clock::system());
        let mut answer =
            sign(Content::Attached(&content), Signer { key, certificate, digest, signing_time }, attributes)
                .unwrap();
        if self.spoil == Some("signature") {
            *answer.last_mut().unwrap() ^= 1;
        }
        answer
    }
}

/// SignedData that has certificates alone (RFC 8894, 3.4).
pub fn certs_only(certificates: &[&Certificate]) -> Vec<u8> {
    let all: Vec<u8> = certificates.iter().flat_map(|c| c.der().to_vec()).collect();
    let data = tlv::sequence(&[
        &tlv::integer(&[1]),
        &tlv::set_of(Vec::new()),
        &tlv::sequence(&[&tlv::oid(oids::DATA)]),
        &tlv::write(0xa0, &all),
        &tlv::set_of(Vec::new()),
    ]);
    content_info(oids::SIGNED_DATA, &data)
}

/// Subject, public key and challenge, read by somebody else's parser.
fn read_request(bytes: &[u8]) -> (Vec<u8>, Vec<u8>, Option<String>) {
    use der::{Decode, Encode};
    let request = x509_cert::request::CertReq::from_der(bytes).unwrap();
    let challenge = request.info.attributes.iter().find(|a| a.oid == oids::CHALLENGE_PASSWORD);
    let challenge = challenge.map(|a| String::from_utf8(a.values.get(0).unwrap().value().to_vec()).unwrap());
    (request.info.subject.to_der().unwrap(), request.info.public_key.to_der().unwrap(), challenge)
}
