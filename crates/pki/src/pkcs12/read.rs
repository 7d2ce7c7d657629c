//! Reading PKCS#12 (RFC 7292, sections 4 and 5).

use super::{
    Budget, Identity, MAX_ROUNDS, MAX_SIZE, Pkcs12Error,
    kdf::{self, Purpose},
    protection::{self, Password},
};
use crate::{
    algorithm::{self, Digest},
    asn1::{Malformed, Reader, constructed, oid},
    ber::{self, BerError, Limits},
    certificate::Certificate,
    key::SigningKey,
};
use aws_lc_rs::hmac;
use std::borrow::Cow;
use zeroize::Zeroizing;

/// Within which the parts of a file are read.
const LIMITS: Limits = Limits { size: MAX_SIZE, depth: 32, elements: 5_000 };
/// The most certificates and keys in a file.
const MAX_BAGS: usize = 64;

#[derive(Default)]
struct Bags {
    keys: Vec<SigningKey>,
    certificates: Vec<Certificate>,
    seen: usize,
}

/// Reads a file with one key and its certificate.
///
/// # Errors
/// [`Pkcs12Error`].
pub fn read(bytes: &[u8], password: &str) -> Result<Identity, Pkcs12Error> {
    read_within(bytes, password, MAX_ROUNDS)
}

/// Like [`read()`], with another limit than [`MAX_ROUNDS`].
///
/// # Errors
/// [`Pkcs12Error`].
pub fn read_within(bytes: &[u8], password: &str, rounds: u64) -> Result<Identity, Pkcs12Error> {
    let mut budget = Budget(rounds);
    let password_of = |bmp| Password { utf8: password, bmp };
    let first = open(bytes, &password_of(kdf::bmp(password)), &mut budget);
    let bags = match first {
        // An empty password is written in two ways: as its terminator alone, and as nothing.
        Err(Pkcs12Error::Password) if password.is_empty() => {
            open(bytes, &password_of(Zeroizing::default()), &mut budget)?
        }
        other => other?,
    };
    let mut keys = bags.keys.into_iter();
    let (Some(key), None) = (keys.next(), keys.next()) else {
        return Err(Pkcs12Error::NotOneIdentity);
    };
    let mut others = bags.certificates;
    let own = others.iter().position(|c| c.key() == key.public()).ok_or(Pkcs12Error::NotOneIdentity)?;
    let certificate = others.remove(own);
    Ok(Identity { key, certificate, others })
}

/// PFX (section 4).
fn open(bytes: &[u8], password: &Password<'_>, budget: &mut Budget) -> Result<Bags, Pkcs12Error> {
    let der = ber::to_der(bytes, LIMITS)?;
    let what = "PFX";
    let mut outer = Reader::whole(&der, what)?;
    if outer.small(what)? != 3 {
        return Err(Malformed("the version of PFX").into());
    }
    let mut safe = outer.sequence(what)?;
    // Signed instead of authenticated by a password: nobody writes it.
    if safe.oid(what)? != oid::DATA {
        return Err(Pkcs12Error::Algorithm);
    }
    let content = safe.take(constructed(0), what)?.inside().octets(what)?;
    if !outer.is_empty() {
        authenticate(outer.sequence("MacData")?, content, password, budget)?;
    }
    outer.end(what)?;

    let what = "AuthenticatedSafe";
    let content = ber::to_der(content, LIMITS)?;
    let mut safes = Reader::whole(&content, what)?;
    let mut bags = Bags::default();
    while !safes.is_empty() {
        let mut info = safes.sequence(what)?;
        let kind = info.oid(what)?;
        let inner = info.take(constructed(0), what)?.inside();
        let plain = match kind {
            oid::DATA => Zeroizing::new({ inner }.octets(what)?.to_vec()),
            oid::ENCRYPTED_DATA => encrypted(inner, password, budget)?,
            _ => return Err(Pkcs12Error::Algorithm),
        };
        contents(&readable(&plain)?, password, budget, &mut bags)?;
    }
    Ok(bags)
}

/// What was decrypted with another password is not BER.
fn readable(plain: &[u8]) -> Result<Cow<'_, [u8]>, Pkcs12Error> {
    ber::to_der(plain, LIMITS).map_err(|e| match e {
        BerError::Malformed(_) => Pkcs12Error::Password,
        other => other.into(),
    })
}

/// MacData (section 4).
fn authenticate(
    mut mac: Reader<'_>,
    content: &[u8],
    password: &Password<'_>,
    budget: &mut Budget,
) -> Result<(), Pkcs12Error> {
    let what = "MacData";
    let mut info = mac.sequence(what)?;
    let digest = Digest::from_oid(algorithm::read(&mut info, what)?.0).map_err(|_| Pkcs12Error::Algorithm)?;
    let expected = info.octets(what)?;
    let salt = mac.octets(what)?;
    let iterations = if mac.is_empty() { 1 } else { mac.small(what)? };
    let (with, length) = match digest {
        Digest::Sha1 => (hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, 20),
        Digest::Sha256 => (hmac::HMAC_SHA256, 32),
        Digest::Sha384 => (hmac::HMAC_SHA384, 48),
        Digest::Sha512 => (hmac::HMAC_SHA512, 64),
    };
    budget.spend(iterations, length, length)?;
    let key = kdf::derive(digest, Purpose::Mac, &password.bmp, salt, iterations, length);
    hmac::verify(&hmac::Key::new(with, &key), content, expected).map_err(|_| Pkcs12Error::Password)
}

/// EncryptedData (RFC 5652, section 8).
fn encrypted(
    mut inner: Reader<'_>,
    password: &Password<'_>,
    budget: &mut Budget,
) -> Result<Zeroizing<Vec<u8>>, Pkcs12Error> {
    let what = "EncryptedData";
    let mut data = inner.sequence(what)?;
    data.small(what)?;
    let mut info = data.sequence(what)?;
    info.oid(what)?;
    let mut algorithms = info;
    info.sequence(what)?;
    let content = info.any(what)?;
    protection::decrypt(&mut algorithms, &ber::joined(&content)?, password, budget)
}

/// SafeContents (section 4.2): keys and certificates; the rest is passed over.
fn contents(
    der: &[u8],
    password: &Password<'_>,
    budget: &mut Budget,
    bags: &mut Bags,
) -> Result<(), Pkcs12Error> {
    let what = "SafeContents";
    let mut reader = Reader::whole(der, what)?;
    while !reader.is_empty() {
        bags.seen += 1;
        if bags.seen > MAX_BAGS {
            return Err(Malformed("more in the file than is taken").into());
        }
        let mut bag = reader.sequence(what)?;
        let kind = bag.oid(what)?;
        let mut value = bag.take(constructed(0), what)?.inside();
        match kind {
            oid::KEY_BAG => bags.keys.push(SigningKey::from_der(value.sequence_element(what)?.raw)?),
            oid::SHROUDED_KEY_BAG => {
                let mut info = value.sequence(what)?;
                let mut algorithms = info;
                info.sequence(what)?;
                let key = protection::decrypt(&mut algorithms, info.octets(what)?, password, budget)?;
                bags.keys.push(SigningKey::from_der(&key)?);
            }
            oid::CERTIFICATE_BAG => {
                let mut bag = value.sequence(what)?;
                if bag.oid(what)? == oid::X509_CERTIFICATE {
                    let der = bag.take(constructed(0), what)?.inside().octets(what)?;
                    bags.certificates.push(Certificate::from_der(der)?);
                }
            }
            _ => {}
        }
    }
    Ok(())
}
