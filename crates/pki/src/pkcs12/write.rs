//! Writing PKCS#12 (RFC 7292): AES-256 with PBES2 and HMAC-SHA-256, authenticated with SHA-256.

use super::kdf::{self, Purpose};
use crate::{
    Random,
    algorithm::{Cipher, Digest},
    asn1::{oid, primitive, write},
    certificate::Certificate,
    key::{KeyError, SigningKey},
};
use aws_lc_rs::{hmac, pbkdf2};
use der::asn1::ObjectIdentifier;
use std::num::NonZeroU32;
use zeroize::Zeroizing;

/// How often the password is hashed, each time.
const ITERATIONS: NonZeroU32 = NonZeroU32::new(100_000).unwrap();

/// Writes a key, its certificate and others behind a password; `random` makes salts and initialisation vectors.
///
/// # Errors
/// [`KeyError`].
pub fn write(
    key: &SigningKey,
    certificate: &Certificate,
    others: &[Certificate],
    password: &str,
    random: Random<'_>,
) -> Result<Vec<u8>, KeyError> {
    // By which other programs find the certificate of the key.
    let id = write::octets(&Digest::Sha1.of(certificate.as_der()));
    let id = write::sequence(&[&write::oid(oid::LOCAL_KEY_ID), &write::set_of(vec![id])]);
    let attributes = write::set_of(vec![id]);
    let bag = |kind: ObjectIdentifier, value: &[u8], attributes: &[u8]| {
        write::sequence(&[&write::oid(kind), &write::explicit(0, value), attributes])
    };
    let mut certificates = Vec::new();
    for (i, one) in std::iter::once(certificate).chain(others).enumerate() {
        let value = write::explicit(0, &write::octets(one.as_der()));
        let value = write::sequence(&[&write::oid(oid::X509_CERTIFICATE), &value]);
        certificates.extend(bag(oid::CERTIFICATE_BAG, &value, if i == 0 { &attributes } else { &[] }));
    }
    let (identifier, encrypted) = encrypt(&write::sequence(&[&certificates]), password, random)?;
    let info =
        write::sequence(&[&write::oid(oid::DATA), &identifier, &write::element(primitive(0), &[&encrypted])]);
    let certificates = content(oid::ENCRYPTED_DATA, &write::sequence(&[&write::small(0), &info]));

    let (identifier, encrypted) = encrypt(&key.to_pkcs8()?, password, random)?;
    let shrouded = write::sequence(&[&identifier, &write::octets(&encrypted)]);
    let bags = write::sequence(&[&bag(oid::SHROUDED_KEY_BAG, &shrouded, &attributes)]);
    let keys = content(oid::DATA, &write::octets(&bags));

    let safe = write::sequence(&[&certificates, &keys]);
    let mut salt = [0; 16];
    random(&mut salt);
    let mac_key = kdf::derive(Digest::Sha256, Purpose::Mac, &kdf::bmp(password), &salt, ITERATIONS.get(), 32);
    let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &mac_key), &safe);
    let digest =
        write::sequence(&[&write::algorithm(oid::SHA256, write::NULL), &write::octets(mac.as_ref())]);
    let mac = write::sequence(&[&digest, &write::octets(&salt), &write::small(ITERATIONS.get())]);
    Ok(write::sequence(&[&write::small(3), &content(oid::DATA, &write::octets(&safe)), &mac]))
}

fn content(kind: ObjectIdentifier, inner: &[u8]) -> Vec<u8> {
    write::sequence(&[&write::oid(kind), &write::explicit(0, inner)])
}

/// PBES2 (RFC 8018, section 6.2): the AlgorithmIdentifier, and what is encrypted.
fn encrypt(plain: &[u8], password: &str, random: Random<'_>) -> Result<(Vec<u8>, Vec<u8>), KeyError> {
    let (mut salt, mut iv) = ([0; 16], [0; 16]);
    random(&mut salt);
    random(&mut iv);
    let mut key = Zeroizing::new([0; 32]);
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, ITERATIONS, &salt, password.as_bytes(), key.as_mut_slice());
    let encrypted = Cipher::Aes256.encrypt(key.as_slice(), &iv, plain.to_vec()).ok_or(KeyError::Failed)?;
    let prf = write::algorithm(oid::HMAC_SHA256, write::NULL);
    let derivation = write::sequence(&[&write::octets(&salt), &write::small(ITERATIONS.get()), &prf]);
    let parameters = write::sequence(&[
        &write::algorithm(oid::PBKDF2, &derivation),
        &write::algorithm(oid::AES256_CBC, &write::octets(&iv)),
    ]);
    Ok((write::algorithm(oid::PBES2, &parameters), encrypted))
}
