//! RSA keys of devices, and digests.

use super::{oids, tlv};
use crate::error::AgentError;
use aws_lc_rs::{
    digest,
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    rand::SystemRandom,
    rsa::{KeyPair, KeySize, Pkcs1PrivateDecryptingKey, PrivateDecryptingKey},
    signature::{self, KeyPair as _},
};
use der::asn1::ObjectIdentifier;
use num_bigint::BigUint;

/// What a signature is made over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digest {
    /// SHA-1: what old devices, and old authorities, speak.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl Digest {
    /// Of these bytes.
    #[must_use]
    pub fn of(self, bytes: &[u8]) -> Vec<u8> {
        let algorithm = match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        };
        digest::digest(algorithm, bytes).as_ref().to_vec()
    }

    /// Its identifier.
    #[must_use]
    pub fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Sha1 => oids::SHA1,
            Self::Sha256 => oids::SHA256,
            Self::Sha384 => oids::SHA384,
            Self::Sha512 => oids::SHA512,
        }
    }

    /// The identifier of an RSA signature over it.
    #[must_use]
    pub fn rsa_oid(self) -> ObjectIdentifier {
        match self {
            Self::Sha1 => oids::RSA_SHA1,
            Self::Sha256 => oids::RSA_SHA256,
            Self::Sha384 => oids::RSA_SHA384,
            Self::Sha512 => oids::RSA_SHA512,
        }
    }

    /// By its identifier.
    #[must_use]
    pub fn by_oid(oid: ObjectIdentifier) -> Option<Self> {
        [Self::Sha1, Self::Sha256, Self::Sha384, Self::Sha512].into_iter().find(|d| d.oid() == oid)
    }
}

/// A private key. Its `Debug` says nothing.
pub struct Key {
    pair: KeyPair,
    pkcs8: Vec<u8>,
    spki: Vec<u8>,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").finish_non_exhaustive()
    }
}

fn local(why: &str) -> AgentError {
    AgentError::Local(why.into())
}

impl Key {
    /// A new one of 2048, 3072 or 4096 bits, which are the sizes that a profile may ask for.
    ///
    /// # Errors
    /// [`AgentError::Answer`] for other sizes, [`AgentError::Local`] without randomness.
    pub fn generate(bits: u64) -> Result<Self, AgentError> {
        let size = match bits {
            2048 => KeySize::Rsa2048,
            3072 => KeySize::Rsa3072,
            4096 => KeySize::Rsa4096,
            other => return Err(AgentError::Answer(format!("keys of {other} bits are not made"))),
        };
        Self::of(KeyPair::generate(size).map_err(|_| local("no key could be made"))?)
    }

    /// From PKCS#8.
    ///
    /// # Errors
    /// [`AgentError::Local`] if it is none.
    pub fn from_pkcs8(bytes: &[u8]) -> Result<Self, AgentError> {
        Self::of(KeyPair::from_pkcs8(bytes).map_err(|_| local("the key that was kept is damaged"))?)
    }

    fn of(pair: KeyPair) -> Result<Self, AgentError> {
        let none = |_| local("the key cannot be written");
        let pkcs8 = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).map_err(none)?.as_ref().to_vec();
        let spki = AsDer::<PublicKeyX509Der<'_>>::as_der(pair.public_key()).map_err(none)?.as_ref().to_vec();
        Ok(Self { pair, pkcs8, spki })
    }

    /// PKCS#8.
    #[must_use]
    pub fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    /// SubjectPublicKeyInfo (RFC 5280, 4.1).
    #[must_use]
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// Bits.
    #[must_use]
    pub fn bits(&self) -> usize {
        self.pair.public_modulus_len() * 8
    }

    /// RSASSA-PKCS1-v1_5 (RFC 8017, 8.2).
    ///
    /// # Errors
    /// [`AgentError::Local`].
    pub fn sign(&self, digest: Digest, message: &[u8]) -> Result<Vec<u8>, AgentError> {
        let encoding = match digest {
            Digest::Sha1 => return self.sign_sha1(message),
            Digest::Sha256 => &signature::RSA_PKCS1_SHA256,
            Digest::Sha384 => &signature::RSA_PKCS1_SHA384,
            Digest::Sha512 => &signature::RSA_PKCS1_SHA512,
        };
        let mut out = vec![0; self.pair.public_modulus_len()];
        let signed = self.pair.sign(encoding, &SystemRandom::new(), message, &mut out);
        signed.map_err(|_| local("the key does not sign"))?;
        Ok(out)
    }

    /// By hand, since aws-lc-rs makes no signatures with SHA-1. Not in constant time: the keys of a simulator protect
    /// nothing.
    fn sign_sha1(&self, message: &[u8]) -> Result<Vec<u8>, AgentError> {
        let length = self.pair.public_modulus_len();
        let info =
            tlv::sequence(&[&tlv::algorithm(oids::SHA1), &tlv::octet_string(&Digest::Sha1.of(message))]);
        let padding = vec![0xff; length - info.len() - 3];
        let encoded = BigUint::from_bytes_be(&[&[0, 1], &padding[..], &[0], &info].concat());
        // PrivateKeyInfo, then RSAPrivateKey: version, n, e, d, p, q, d mod p-1, d mod q-1, 1/q mod p.
        let mut outer = tlv::only(&self.pkcs8)?.children()?;
        let (_version, _algorithm) = (outer.need()?, outer.need()?);
        let mut parts = tlv::only(outer.need()?.content)?.children()?;
        let numbers: Vec<BigUint> =
            parts.by_ref().skip(1).map(|n| BigUint::from_bytes_be(n.content)).collect();
        let [_, _, _, p, q, dp, dq, inverse] = numbers.as_slice() else {
            return Err(local("the key that was kept is damaged"));
        };
        let (a, b) = (encoded.modpow(dp, p), encoded.modpow(dq, q));
        let h = (inverse * ((a + p) - (&b % p))) % p;
        let signature = (b + h * q).to_bytes_be();
        Ok([vec![0; length - signature.len()], signature].concat())
    }

    /// RSAES-PKCS1-v1_5 (RFC 8017, 7.2).
    ///
    /// # Errors
    /// [`AgentError::Answer`] if it was not for this key.
    pub fn decrypt(&self, bytes: &[u8]) -> Result<Vec<u8>, AgentError> {
        let damaged = |_| local("the key that was kept is damaged");
        let key = PrivateDecryptingKey::from_pkcs8(&self.pkcs8)
            .map_err(|_| local("the key that was kept is damaged"))?;
        let key = Pkcs1PrivateDecryptingKey::new(key).map_err(damaged)?;
        let mut out = vec![0; key.min_output_size()];
        match key.decrypt(bytes, &mut out) {
            Ok(plain) => Ok(plain.to_vec()),
            Err(_) => Err(AgentError::Answer("it was not encrypted for this device's key".into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digest_signs_and_aws_lc_verifies_the_one_made_by_hand_too() {
        let key = Key::generate(2048).unwrap();
        let again = Key::from_pkcs8(key.pkcs8()).unwrap();
        assert_eq!((key.spki(), key.bits()), (again.spki(), 2048));
        for (digest, verify) in [
            (Digest::Sha1, &signature::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY),
            (Digest::Sha256, &signature::RSA_PKCS1_2048_8192_SHA256),
            (Digest::Sha384, &signature::RSA_PKCS1_2048_8192_SHA384),
            (Digest::Sha512, &signature::RSA_PKCS1_2048_8192_SHA512),
        ] {
            let signature = again.sign(digest, b"message").unwrap();
            let key = signature::UnparsedPublicKey::new(verify, key.spki());
            key.verify(b"message", &signature).unwrap_or_else(|_| panic!("{digest:?}"));
        }
        assert!(Key::generate(1024).is_err() && Key::from_pkcs8(b"no").is_err());
    }
}
