//! The key in a signer's certificate (RFC 5280, section 4.1). Nothing else in it matters to Android.

use crate::Error;
use aws_lc_rs::digest::{Context, SHA256};
use muster_pki::asn1::{Malformed, Reader, constructed};
use std::ops::RangeInclusive;

/// The content of the identifiers: rsaEncryption (RFC 8017), id-ecPublicKey and its curves (RFC 5480).
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const P384: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x22];
const P521: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x23];

/// The octets of an RSA modulus of 2048 to 8192 bits, with the zero in front that says it is not negative.
const RSA_OCTETS: RangeInclusive<usize> = 2048 / 8 + 1..=8192 / 8 + 1;

/// What kind of key it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyKind {
    Rsa,
    P256,
    P384,
    P521,
    Other,
}

/// A public key.
pub(super) struct Key<'a> {
    /// SubjectPublicKeyInfo, as it came.
    pub(super) spki: &'a [u8],
    pub(super) kind: KeyKind,
}

impl<'a> Key<'a> {
    /// From SubjectPublicKeyInfo.
    pub(super) fn from_spki(spki: &'a [u8]) -> Result<Self, Error> {
        kind(spki).map(|kind| Self { spki, kind }).map_err(|_| Error::Key)
    }

    /// From a certificate's DER.
    pub(super) fn of_certificate(der: &'a [u8]) -> Result<Self, Error> {
        Self::from_spki(spki(der).map_err(|_| Error::Certificate)?)
    }
}

/// SHA-256 over a certificate.
pub(super) fn fingerprint(der: &[u8]) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    context.update(der);
    super::sha256_of(context)
}

fn spki(der: &[u8]) -> Result<&[u8], Malformed> {
    let what = "a certificate";
    let mut tbs = Reader::whole(der, what)?.sequence(what)?;
    tbs.optional(constructed(0), what)?;
    tbs.integer(what)?;
    // The algorithm, the issuer, the validity and the subject.
    for _ in 0..4 {
        tbs.sequence(what)?;
    }
    tbs.sequence_element(what).map(|key| key.raw)
}

fn kind(spki: &[u8]) -> Result<KeyKind, Malformed> {
    let what = "SubjectPublicKeyInfo";
    let mut key = Reader::whole(spki, what)?;
    let mut algorithm = key.sequence(what)?;
    let identifier = algorithm.any(what)?.content;
    if identifier == RSA {
        let modulus = Reader::whole(key.bits(what)?, what)?.integer(what)?;
        return Ok(if RSA_OCTETS.contains(&modulus.len()) { KeyKind::Rsa } else { KeyKind::Other });
    }
    if identifier != EC {
        return Ok(KeyKind::Other);
    }
    Ok(match algorithm.any(what)?.content {
        P256 => KeyKind::P256,
        P384 => KeyKind::P384,
        P521 => KeyKind::P521,
        _ => KeyKind::Other,
    })
}
