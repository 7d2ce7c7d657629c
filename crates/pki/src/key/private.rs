//! Private keys: those that sign, and those that decrypt. One key is never both, so they are two types.

use super::PublicKey;
use crate::{
    algorithm::{Digest, Scheme},
    asn1::{oid, write},
};
use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    rand::SystemRandom,
    rsa::{KeyPair as RsaKeyPair, KeySize, Pkcs1PrivateDecryptingKey, PrivateDecryptingKey},
    signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, KeyPair,
        RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512,
    },
};
use zeroize::Zeroizing;

/// Why a key cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not a key, or of a kind that is not taken: RSA from 2048 bits, P-256 and P-384.
    #[error("not an RSA key of at least 2048 bits nor one on P-256 or P-384")]
    Kind,
    /// The operation failed.
    #[error("the operation with the key failed")]
    Failed,
}

/// The length of a new RSA key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RsaSize {
    /// 2048 bits.
    Bits2048,
    /// 3072 bits.
    Bits3072,
    /// 4096 bits.
    Bits4096,
}

impl From<RsaSize> for KeySize {
    fn from(size: RsaSize) -> Self {
        match size {
            RsaSize::Bits2048 => Self::Rsa2048,
            RsaSize::Bits3072 => Self::Rsa3072,
            RsaSize::Bits4096 => Self::Rsa4096,
        }
    }
}

enum Pair {
    Rsa(Box<RsaKeyPair>),
    P256(Box<EcdsaKeyPair>),
    P384(Box<EcdsaKeyPair>),
}

/// A private key that signs.
pub struct SigningKey {
    pair: Pair,
    public: PublicKey,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey").field("scheme", &self.public.scheme()).finish_non_exhaustive()
    }
}

impl SigningKey {
    fn rsa(pair: RsaKeyPair) -> Result<Self, KeyError> {
        let public = PublicKey::from_rsa(pair.public_key().as_ref()).map_err(|_| KeyError::Kind)?;
        if public.rsa_bits().is_none_or(|bits| bits < 2048) {
            return Err(KeyError::Kind);
        }
        Ok(Self { pair: Pair::Rsa(Box::new(pair)), public })
    }

    fn p256(pair: EcdsaKeyPair) -> Result<Self, KeyError> {
        let public =
            PublicKey::from_point(oid::P256, pair.public_key().as_ref()).map_err(|_| KeyError::Kind)?;
        Ok(Self { pair: Pair::P256(Box::new(pair)), public })
    }

    fn p384(pair: EcdsaKeyPair) -> Result<Self, KeyError> {
        let public =
            PublicKey::from_point(oid::P384, pair.public_key().as_ref()).map_err(|_| KeyError::Kind)?;
        Ok(Self { pair: Pair::P384(Box::new(pair)), public })
    }

    /// A new RSA key; the randomness is aws-lc-rs's.
    ///
    /// # Errors
    /// [`KeyError::Failed`].
    pub fn generate_rsa(size: RsaSize) -> Result<Self, KeyError> {
        Self::rsa(RsaKeyPair::generate(size.into()).map_err(|_| KeyError::Failed)?)
    }

    /// A new key on P-256; the randomness is aws-lc-rs's.
    ///
    /// # Errors
    /// [`KeyError::Failed`].
    pub fn generate_p256() -> Result<Self, KeyError> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).map_err(|_| KeyError::Failed)?;
        Self::p256(pair)
    }

    /// A new key on P-384; the randomness is aws-lc-rs's.
    ///
    /// # Errors
    /// [`KeyError::Failed`].
    pub fn generate_p384() -> Result<Self, KeyError> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_ASN1_SIGNING).map_err(|_| KeyError::Failed)?;
        Self::p384(pair)
    }

    /// From PKCS#8 (RFC 5208), PKCS#1 (RFC 8017, appendix A.1.2) or SEC 1 (RFC 5915), all in DER.
    ///
    /// # Errors
    /// [`KeyError::Kind`].
    pub fn from_der(der: &[u8]) -> Result<Self, KeyError> {
        if let Ok(pair) = RsaKeyPair::from_pkcs8(der).or_else(|_| RsaKeyPair::from_der(der)) {
            return Self::rsa(pair);
        }
        let on = |curve| {
            EcdsaKeyPair::from_pkcs8(curve, der).or_else(|_| EcdsaKeyPair::from_private_key_der(curve, der))
        };
        if let Ok(pair) = on(&ECDSA_P256_SHA256_ASN1_SIGNING) {
            return Self::p256(pair);
        }
        on(&ECDSA_P384_SHA384_ASN1_SIGNING).map_err(|_| KeyError::Kind).and_then(Self::p384)
    }

    /// To PKCS#8 (RFC 5208).
    ///
    /// # Errors
    /// [`KeyError::Failed`].
    pub fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        match &self.pair {
            Pair::Rsa(pair) => {
                AsDer::<Pkcs8V1Der<'_>>::as_der(pair.as_ref()).map(|d| Zeroizing::new(d.as_ref().to_vec()))
            }
            Pair::P256(pair) | Pair::P384(pair) => {
                pair.to_pkcs8v1().map(|d| Zeroizing::new(d.as_ref().to_vec()))
            }
        }
        .map_err(|_| KeyError::Failed)
    }

    /// Its public half.
    #[must_use]
    pub const fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The kind of its signatures.
    #[must_use]
    pub const fn scheme(&self) -> Scheme {
        match self.pair {
            Pair::Rsa(_) => Scheme::Rsa,
            Pair::P256(_) | Pair::P384(_) => Scheme::Ecdsa,
        }
    }

    /// The digest that it really signs with when asked for this one: no signature is made over SHA-1, P-256 goes
    /// with SHA-256, and P-384 with SHA-384.
    #[must_use]
    pub const fn digest(&self, wanted: Digest) -> Digest {
        match (&self.pair, wanted) {
            (Pair::Rsa(_), Digest::Sha384 | Digest::Sha512) => wanted,
            (Pair::P384(_), _) => Digest::Sha384,
            _ => Digest::Sha256,
        }
    }

    /// Signs with [`SigningKey::digest`] of the digest that is wanted; ECDSA's randomness is aws-lc-rs's.
    ///
    /// # Errors
    /// [`KeyError::Failed`].
    pub fn sign(&self, wanted: Digest, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        match &self.pair {
            Pair::P256(pair) | Pair::P384(pair) => pair
                .sign(&SystemRandom::new(), message)
                .map(|s| s.as_ref().to_vec())
                .map_err(|_| KeyError::Failed),
            Pair::Rsa(pair) => {
                let encoding = match self.digest(wanted) {
                    Digest::Sha384 => &RSA_PKCS1_SHA384,
                    Digest::Sha512 => &RSA_PKCS1_SHA512,
                    Digest::Sha1 | Digest::Sha256 => &RSA_PKCS1_SHA256,
                };
                let mut out = vec![0; pair.public_modulus_len()];
                pair.sign(encoding, &SystemRandom::new(), message, &mut out).map_err(|_| KeyError::Failed)?;
                Ok(out)
            }
        }
    }
}

/// A private RSA key that decrypts content keys, in constant time (aws-lc-rs).
pub struct DecryptingKey {
    key: Pkcs1PrivateDecryptingKey,
    pkcs8: Zeroizing<Vec<u8>>,
    public: PublicKey,
}

impl std::fmt::Debug for DecryptingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DecryptingKey").finish_non_exhaustive()
    }
}

impl DecryptingKey {
    fn new(key: PrivateDecryptingKey) -> Result<Self, KeyError> {
        let spki: PublicKeyX509Der<'_> = key.public_key().as_der().map_err(|_| KeyError::Failed)?;
        let public = PublicKey::from_spki(spki.as_ref()).map_err(|_| KeyError::Kind)?;
        let pkcs8: Pkcs8V1Der<'_> = key.as_der().map_err(|_| KeyError::Failed)?;
        let pkcs8 = Zeroizing::new(pkcs8.as_ref().to_vec());
        let key = Pkcs1PrivateDecryptingKey::new(key).map_err(|_| KeyError::Kind)?;
        Ok(Self { key, pkcs8, public })
    }

    /// A new RSA key; the randomness is aws-lc-rs's.
    ///
    /// # Errors
    /// [`KeyError::Failed`].
    pub fn generate(size: RsaSize) -> Result<Self, KeyError> {
        Self::new(PrivateDecryptingKey::generate(size.into()).map_err(|_| KeyError::Failed)?)
    }

    /// From PKCS#8 (RFC 5208) or PKCS#1 (RFC 8017, appendix A.1.2) in DER.
    ///
    /// # Errors
    /// [`KeyError::Kind`].
    pub fn from_der(der: &[u8]) -> Result<Self, KeyError> {
        PrivateDecryptingKey::from_pkcs8(der)
            .or_else(|_| PrivateDecryptingKey::from_pkcs8(&wrapped(der)))
            .map_err(|_| KeyError::Kind)
            .and_then(Self::new)
    }

    /// To PKCS#8 (RFC 5208).
    #[must_use]
    pub fn to_pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    /// Its public half.
    #[must_use]
    pub const fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Decrypts a content key (RSAES-PKCS1-v1_5, RFC 8017, section 7.2) into `content_key`, which the caller has filled
    /// with random octets: they stay when the padding is wrong or the length is another one, and what comes
    /// after fails as for any wrong key (RFC 3218, section 2.3.2).
    pub fn decrypt(&self, encrypted: &[u8], content_key: &mut [u8]) {
        let mut out = Zeroizing::new(vec![0; self.key.min_output_size()]);
        if let Ok(plain) = self.key.decrypt(encrypted, &mut out)
            && plain.len() == content_key.len()
        {
            content_key.copy_from_slice(plain);
        }
    }
}

/// PKCS#1 in PKCS#8 (RFC 5208, section 5).
fn wrapped(pkcs1: &[u8]) -> Zeroizing<Vec<u8>> {
    let identifier = write::algorithm(oid::RSA, write::NULL);
    Zeroizing::new(write::sequence(&[&write::small(0), &identifier, &write::octets(pkcs1)]))
}
