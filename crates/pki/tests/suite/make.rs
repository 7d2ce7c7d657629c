//! Keys and certificates for tests.

use crate::foreign::Bench;
use muster_pki::{
    certificate::{self, Certificate, ExtendedUsage, KeyUsage, Serial, Template},
    key::{RsaSize, SigningKey, write_pem},
    name::{Attribute, Name},
};

/// When the tests take place: programs look at the clock, so the certificates hold around today.
pub fn now() -> i64 {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

/// Octets that are good enough for tests.
pub fn random(octets: &mut [u8]) {
    aws_lc_rs::rand::fill(octets).unwrap();
}

pub fn name(common: &str) -> Name {
    Name::new(&[(Attribute::Organization, "Müller, Söhne"), (Attribute::CommonName, common)]).unwrap()
}

pub fn template(subject: &str) -> Template {
    let mut serial = [0; 16];
    random(&mut serial);
    Template {
        subject: name(subject),
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

pub fn authority_template() -> Template {
    Template {
        usages: vec![KeyUsage::DigitalSignature, KeyUsage::CertificateSign, KeyUsage::CrlSign],
        extended_usages: Vec::new(),
        not_after: now() + 10 * 86_400,
        authority: true,
        ..template("Test CA")
    }
}

/// An authority.
pub struct Authority {
    pub certificate: Certificate,
    pub key: SigningKey,
}

impl Authority {
    pub fn new() -> Self {
        let key = SigningKey::generate_rsa(RsaSize::Bits2048).unwrap();
        Self { certificate: certificate::self_signed(&authority_template(), &key).unwrap(), key }
    }

    pub fn issue(&self, template: &Template, key: &SigningKey) -> Certificate {
        certificate::issue(template, key.public(), &self.certificate, &self.key).unwrap()
    }
}

pub fn pem(certificate: &Certificate) -> String {
    write_pem("CERTIFICATE", certificate.as_der())
}

/// A key and a certificate that OpenSSL made: `{name}.key`, `{name}.pem`, `{name}.der`.
pub fn foreign_identity(bench: &Bench, name: &str, kind: &str) -> Certificate {
    let kind = match kind {
        "ec" => "ec -pkeyopt ec_paramgen_curve:P-256",
        _ => "rsa:2048",
    };
    bench.run(&format!(
        "openssl req -x509 -newkey {kind} -nodes -keyout {name}.key -out {name}.pem -days 30 -subj /O=Acme/CN={name}"
    ));
    bench.run(&format!("openssl x509 -in {name}.pem -outform DER -out {name}.der"));
    Certificate::from_der(&bench.get(&format!("{name}.der"))).unwrap()
}
