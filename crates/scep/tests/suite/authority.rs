//! An authority as a caller of the crate makes it: one key that signs, another that opens envelopes.

use muster_pki::{
    certificate::{self, Certificate, ExtendedUsage, KeyUsage, Serial, Template},
    key::{DecryptingKey, PublicKey, RsaSize, SigningKey},
    name::{Attribute, Name},
};
use muster_scep::answer::Answerer;

/// When the tests take place: programs look at the clock.
pub fn now() -> i64 {
    i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_secs()).unwrap()
}

/// Octets that are good enough for tests.
pub fn random(octets: &mut [u8]) {
    aws_lc_rs::rand::fill(octets).unwrap();
}

pub fn template(common: &str) -> Template {
    let mut serial = [0; 16];
    random(&mut serial);
    Template {
        subject: Name::new(&[(Attribute::Organization, "Acme"), (Attribute::CommonName, common)]).unwrap(),
        alternative_names: Vec::new(),
        serial: Serial::from_random(serial),
        not_before: now() - 3600,
        not_after: now() + 86_400,
        usages: vec![KeyUsage::DigitalSignature, KeyUsage::KeyEncipherment],
        extended_usages: vec![ExtendedUsage::ClientAuth],
        revocation_list: None,
        authority: false,
    }
}

pub struct Authority {
    pub certificate: Certificate,
    pub key: SigningKey,
    pub recipient: Certificate,
    pub opens: DecryptingKey,
}

impl Authority {
    pub fn new() -> Self {
        let key = SigningKey::generate_rsa(RsaSize::Bits2048).unwrap();
        let own = Template {
            usages: vec![KeyUsage::DigitalSignature, KeyUsage::CertificateSign, KeyUsage::CrlSign],
            extended_usages: Vec::new(),
            not_after: now() + 10 * 86_400,
            authority: true,
            ..template("Acme CA")
        };
        let certificate = certificate::self_signed(&own, &key).unwrap();
        let opens = DecryptingKey::generate(RsaSize::Bits2048).unwrap();
        let envelopes = Template {
            usages: vec![KeyUsage::KeyEncipherment],
            extended_usages: Vec::new(),
            ..template("Acme SCEP envelopes")
        };
        let recipient = certificate::issue(&envelopes, opens.public(), &certificate, &key).unwrap();
        Self { certificate, key, recipient, opens }
    }

    pub fn answerer(&self) -> Answerer<'_> {
        Answerer { certificate: &self.certificate, key: &self.key }
    }

    pub fn issue(&self, key: &PublicKey) -> Certificate {
        certificate::issue(&template("Ann's phone"), key, &self.certificate, &self.key).unwrap()
    }
}
