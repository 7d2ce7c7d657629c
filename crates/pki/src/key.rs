//! Public keys (RFC 5280, section 4.1.2.7) and the signatures that they verify.

mod pem;
mod private;

pub use pem::{PemError, pem_blocks, private_key_from_pem, write_pem};
pub use private::{DecryptingKey, KeyError, RsaSize, SigningKey};

use crate::{
    algorithm::{self, Digest, Scheme},
    asn1::{Malformed, NULL, Reader, oid, write},
};
use aws_lc_rs::{
    rsa::{Pkcs1PublicEncryptingKey, PublicEncryptingKey},
    signature::{
        ECDSA_P256_SHA1_ASN1, ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, ECDSA_P256_SHA512_ASN1,
        ECDSA_P384_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, ECDSA_P384_SHA512_ASN1,
        RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
        RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384,
        RSA_PSS_2048_8192_SHA512, UnparsedPublicKey, VerificationAlgorithm,
    },
};

use der::asn1::ObjectIdentifier;

/// What is wrong with a key of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeakKey {
    /// Not RSA, which is all that Apple's SCEP payload knows.
    #[error("the key is not an RSA key")]
    NotRsa,
    /// Too short or too long.
    #[error("the RSA key has {0} bits, and must have 2048 to 4096")]
    Bits(usize),
    /// Another exponent than 65537, or a modulus that is even.
    #[error("the RSA key has a strange exponent or modulus")]
    Exponent,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
    P256,
    P384,
    Other,
}

/// A public key: its SubjectPublicKeyInfo as it came.
#[derive(Clone, Debug)]
pub struct PublicKey {
    raw: Vec<u8>,
    bits: Vec<u8>,
    kind: Kind,
}

impl PartialEq for PublicKey {
    /// The same algorithm and the same key, whatever stands in the parameters.
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.bits == other.bits
    }
}

impl Eq for PublicKey {}

impl PublicKey {
    /// From SubjectPublicKeyInfo. Keys of other kinds are kept, and verify nothing.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn from_spki(raw: &[u8]) -> Result<Self, Malformed> {
        let what = "SubjectPublicKeyInfo";
        let mut reader = Reader::whole(raw, what)?;
        let (identifier, mut parameters) = algorithm::read(&mut reader, what)?;
        let bits = reader.bits(what)?;
        reader.end(what)?;
        let kind = match identifier {
            oid::RSA => {
                // NULL, or nothing at all (RFC 3279, section 2.3.1): what we issue has the key as it came.
                if parameters.optional(NULL, what)?.is_some_and(|null| !null.content.is_empty()) {
                    return Err(Malformed(what));
                }
                parameters.end(what)?;
                let mut key = Reader::whole(bits, "RSAPublicKey")?;
                let (modulus, exponent) = (key.integer("RSAPublicKey")?, key.integer("RSAPublicKey")?);
                key.end("RSAPublicKey")?;
                Kind::Rsa { modulus: magnitude(modulus)?, exponent: magnitude(exponent)? }
            }
            oid::EC => match parameters.oid(what) {
                Ok(oid::P256) => Kind::P256,
                Ok(oid::P384) => Kind::P384,
                _ => Kind::Other,
            },
            _ => Kind::Other,
        };
        Ok(Self { raw: raw.to_vec(), bits: bits.to_vec(), kind })
    }

    /// SubjectPublicKeyInfo, as it came.
    #[must_use]
    pub fn spki(&self) -> &[u8] {
        &self.raw
    }

    /// The kind of signatures it verifies, if it is one that we know; RSA keys verify RSASSA-PSS, too.
    #[must_use]
    pub const fn scheme(&self) -> Option<Scheme> {
        match self.kind {
            Kind::Rsa { .. } => Some(Scheme::Rsa),
            Kind::P256 | Kind::P384 => Some(Scheme::Ecdsa),
            Kind::Other => None,
        }
    }

    /// Its identifier: SHA-1 over the BIT STRING's content (RFC 5280, section 4.2.1.2, method 1).
    #[must_use]
    pub fn identifier(&self) -> Vec<u8> {
        Digest::Sha1.of(&self.bits)
    }

    /// The bits of an RSA modulus.
    #[must_use]
    pub fn rsa_bits(&self) -> Option<usize> {
        match &self.kind {
            Kind::Rsa { modulus, .. } => {
                let first = modulus.first().map_or(0, |b| b.leading_zeros() as usize);
                Some(modulus.len() * 8 - first)
            }
            _ => None,
        }
    }

    /// Whether a device may have such a key: RSA of 2048 to 4096 bits with the exponent 65537.
    ///
    /// # Errors
    /// [`WeakKey`].
    pub fn fit_for_device(&self) -> Result<(), WeakKey> {
        let (Kind::Rsa { modulus, exponent }, Some(bits)) = (&self.kind, self.rsa_bits()) else {
            return Err(WeakKey::NotRsa);
        };
        if !(2048..=4096).contains(&bits) {
            return Err(WeakKey::Bits(bits));
        }
        let odd = modulus.last().is_some_and(|b| b & 1 == 1);
        if odd && exponent.as_slice() == [1, 0, 1] { Ok(()) } else { Err(WeakKey::Exponent) }
    }

    /// Whether the signature of the message holds. RSA keys have at least 2048 bits, at most 8192.
    #[must_use]
    pub fn verifies(&self, scheme: Scheme, digest: Digest, message: &[u8], signature: &[u8]) -> bool {
        let Some(with) = self.verification(scheme, digest) else { return false };
        UnparsedPublicKey::new(with, &self.bits).verify(message, signature).is_ok()
    }

    /// How such a signature is verified; `None` when it is none of this key.
    fn verification(&self, scheme: Scheme, digest: Digest) -> Option<&'static dyn VerificationAlgorithm> {
        Some(match (&self.kind, scheme, digest) {
            (Kind::Rsa { .. }, Scheme::Rsa, Digest::Sha1) => &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
            (Kind::Rsa { .. }, Scheme::Rsa, Digest::Sha256) => &RSA_PKCS1_2048_8192_SHA256,
            (Kind::Rsa { .. }, Scheme::Rsa, Digest::Sha384) => &RSA_PKCS1_2048_8192_SHA384,
            (Kind::Rsa { .. }, Scheme::Rsa, Digest::Sha512) => &RSA_PKCS1_2048_8192_SHA512,
            (Kind::Rsa { .. }, Scheme::RsaPss, Digest::Sha256) => &RSA_PSS_2048_8192_SHA256,
            (Kind::Rsa { .. }, Scheme::RsaPss, Digest::Sha384) => &RSA_PSS_2048_8192_SHA384,
            (Kind::Rsa { .. }, Scheme::RsaPss, Digest::Sha512) => &RSA_PSS_2048_8192_SHA512,
            (Kind::P256, Scheme::Ecdsa, Digest::Sha1) => &ECDSA_P256_SHA1_ASN1,
            (Kind::P256, Scheme::Ecdsa, Digest::Sha256) => &ECDSA_P256_SHA256_ASN1,
            (Kind::P256, Scheme::Ecdsa, Digest::Sha384) => &ECDSA_P256_SHA384_ASN1,
            (Kind::P256, Scheme::Ecdsa, Digest::Sha512) => &ECDSA_P256_SHA512_ASN1,
            (Kind::P384, Scheme::Ecdsa, Digest::Sha256) => &ECDSA_P384_SHA256_ASN1,
            (Kind::P384, Scheme::Ecdsa, Digest::Sha384) => &ECDSA_P384_SHA384_ASN1,
            (Kind::P384, Scheme::Ecdsa, Digest::Sha512) => &ECDSA_P384_SHA512_ASN1,
            _ => return None,
        })
    }

    /// Encrypts a content key (RSAES-PKCS1-v1_5, RFC 8017, section 7.2); the padding's randomness is aws-lc-rs's.
    ///
    /// # Errors
    /// [`KeyError`] when it is not an RSA key of 2048 to 8192 bits.
    pub fn encrypt(&self, content_key: &[u8]) -> Result<Vec<u8>, KeyError> {
        let key = PublicEncryptingKey::from_der(&self.raw).map_err(|_| KeyError::Kind)?;
        let key = Pkcs1PublicEncryptingKey::new(key).map_err(|_| KeyError::Kind)?;
        let mut out = vec![0; key.ciphertext_size()];
        let length = key.encrypt(content_key, &mut out).map_err(|_| KeyError::Failed)?.len();
        out.truncate(length);
        Ok(out)
    }

    /// SubjectPublicKeyInfo of an RSA key from RSAPublicKey (RFC 8017, appendix A.1.1).
    pub(crate) fn from_rsa(key: &[u8]) -> Result<Self, Malformed> {
        Self::from_spki(&write::sequence(&[&write::algorithm(oid::RSA, write::NULL), &write::bits(key)]))
    }

    /// SubjectPublicKeyInfo of a point on that curve (RFC 5480, section 2).
    pub(crate) fn from_point(curve: ObjectIdentifier, point: &[u8]) -> Result<Self, Malformed> {
        let identifier = write::algorithm(oid::EC, &write::oid(curve));
        Self::from_spki(&write::sequence(&[&identifier, &write::bits(point)]))
    }
}

/// A positive INTEGER without its sign octet, in its shortest form.
fn magnitude(content: &[u8]) -> Result<Vec<u8>, Malformed> {
    match content {
        [0, rest @ ..] if rest.first().is_some_and(|b| *b >= 0x80) => Ok(rest.to_vec()),
        [1..0x80, ..] => Ok(content.to_vec()),
        _ => Err(Malformed("RSAPublicKey")),
    }
}
