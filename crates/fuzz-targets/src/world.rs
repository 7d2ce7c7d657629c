//! Keys and certificates that stay the same, so that a kept input does what it did. The keys are for nothing else.

use muster_pki::{
    algorithm::Digest,
    asn1::{SET, constructed, oid, write},
    certificate::{self, Certificate, IssuerAndSerial, KeyUsage, Serial, Template},
    key::{DecryptingKey, PublicKey, SigningKey},
    name::{Attribute, Name},
};
use std::sync::LazyLock;

/// When it all takes place.
pub const NOW: i64 = 1_795_000_000;

/// What the signed messages are over.
pub const CONTENT: &[u8] = b"what was signed";

/// Whoever takes part.
pub struct World {
    /// Issues and signs.
    pub authority: Certificate,
    /// Its key.
    pub authority_key: SigningKey,
    /// Requests are encrypted for it.
    pub recipient: Certificate,
    /// Its key.
    pub opens: DecryptingKey,
    /// Asks for a certificate, or renews this one.
    pub client: Certificate,
    /// Its key.
    pub client_key: SigningKey,
    /// The same key, for what is encrypted for the client.
    pub client_opens: DecryptingKey,
    /// Signs what a device sends.
    pub device: Certificate,
    /// Its key.
    pub device_key: SigningKey,
}

/// All of them.
pub static WORLD: LazyLock<World> = LazyLock::new(|| {
    let key = |der: &[u8]| SigningKey::from_der(der).unwrap();
    let client_der = include_bytes!("../keys/client.der");
    let authority_key = key(include_bytes!("../keys/authority.der"));
    let own = Template {
        usages: vec![KeyUsage::DigitalSignature, KeyUsage::CertificateSign, KeyUsage::CrlSign],
        authority: true,
        ..template("Acme CA", 1)
    };
    let authority = certificate::self_signed(&own, &authority_key).unwrap();
    let opens = DecryptingKey::from_der(include_bytes!("../keys/recipient.der")).unwrap();
    let issue = |name, number, key: &PublicKey| {
        certificate::issue(&template(name, number), key, &authority, &authority_key).unwrap()
    };
    let client_key = key(client_der);
    let device_key = key(include_bytes!("../keys/device.der"));
    World {
        recipient: issue("Envelopes", 2, opens.public()),
        client: issue("Client", 3, client_key.public()),
        device: issue("Device", 4, device_key.public()),
        client_opens: DecryptingKey::from_der(client_der).unwrap(),
        opens,
        client_key,
        device_key,
        authority,
        authority_key,
    }
});

/// A certificate of that time, without anything special in it.
pub fn template(common: &str, number: u8) -> Template {
    Template {
        subject: Name::new(&[(Attribute::Organization, "Acme"), (Attribute::CommonName, common)]).unwrap(),
        alternative_names: Vec::new(),
        serial: Serial::from_random([number; 16]),
        not_before: NOW - 86_400,
        not_after: NOW + 86_400,
        usages: vec![KeyUsage::DigitalSignature, KeyUsage::KeyEncipherment],
        extended_usages: Vec::new(),
        revocation_list: None,
        authority: false,
    }
}

/// Octets that are always the same. They differ from each other: a key for 3DES of three equal parts is refused.
pub fn random(octets: &mut [u8]) {
    octets.iter_mut().zip((0..=u8::MAX).cycle()).for_each(|(octet, n)| *octet = n.wrapping_mul(73) ^ 7);
}

/// SignedData over these signed attributes (a SET), or over the content itself, by the device's key; parts as they are given.
pub fn signed(attributes: Option<&[u8]>, content: &[u8], attached: bool, certificates: &[u8]) -> Vec<u8> {
    let world = &*WORLD;
    let signature = world.device_key.sign(Digest::Sha256, attributes.unwrap_or(content)).unwrap();
    let mut tagged = attributes.unwrap_or_default().to_vec();
    if let Some(tag) = tagged.first_mut() {
        *tag = constructed(0);
    }
    let digest = write::algorithm(oid::SHA256, &[]);
    let signer = write::sequence(&[
        &write::small(1),
        &IssuerAndSerial::of(&world.device).to_der(),
        &digest,
        &tagged,
        &write::algorithm(oid::ECDSA_SHA256, &[]),
        &write::octets(&signature),
    ]);
    let content = if attached { write::explicit(0, &write::octets(content)) } else { Vec::new() };
    let data = write::sequence(&[
        &write::small(1),
        &write::element(SET, &[&digest]),
        &write::sequence(&[&write::oid(oid::DATA), &content]),
        &write::element(constructed(0), &[certificates]),
        &write::element(SET, &[&signer]),
    ]);
    write::sequence(&[&write::oid(oid::SIGNED_DATA), &write::explicit(0, &data)])
}
