//! Keys: ECDSA on P-256 (FIPS 186-5), public keys as uncompressed points in base64url.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, ParsedPublicKey,
    },
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// The bytes are no key of this kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an ECDSA key on P-256")]
pub struct InvalidKey;

/// A device's public key, checked to be a point on P-256.
#[derive(Clone)]
pub struct PublicKey {
    point: Vec<u8>,
    parsed: ParsedPublicKey,
}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PublicKey({})", self.to_base64url())
    }
}

impl PublicKey {
    /// From the 65 bytes of an uncompressed point.
    ///
    /// # Errors
    /// [`InvalidKey`] for another length, another curve, or no point of the curve.
    pub fn from_point(point: &[u8]) -> Result<Self, InvalidKey> {
        if point.len() != 65 || point[0] != 4 {
            return Err(InvalidKey);
        }
        let parsed = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).map_err(|_| InvalidKey)?;
        Ok(Self { point: point.to_vec(), parsed })
    }

    /// From base64url without padding.
    ///
    /// # Errors
    /// [`InvalidKey`].
    pub fn from_base64url(text: &str) -> Result<Self, InvalidKey> {
        Self::from_point(&URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidKey)?)
    }

    /// The uncompressed point, to be kept.
    #[must_use]
    pub fn point(&self) -> &[u8] {
        &self.point
    }

    /// The point in base64url, as a claim carries it.
    #[must_use]
    pub fn to_base64url(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.point)
    }

    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        signature.len() == 64 && self.parsed.verify_sig(message, signature).is_ok()
    }
}

/// An agent's private key.
pub struct SigningKey(EcdsaKeyPair);

impl SigningKey {
    /// A new key from the system's randomness.
    ///
    /// # Errors
    /// [`InvalidKey`] when the system gives none.
    pub fn generate() -> Result<Self, InvalidKey> {
        EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map(Self).map_err(|_| InvalidKey)
    }

    /// From PKCS#8 (RFC 5208).
    ///
    /// # Errors
    /// [`InvalidKey`].
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, InvalidKey> {
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der).map(Self).map_err(|_| InvalidKey)
    }

    /// To PKCS#8.
    ///
    /// # Errors
    /// [`InvalidKey`].
    pub fn to_pkcs8(&self) -> Result<Vec<u8>, InvalidKey> {
        self.0.to_pkcs8v1().map(|d| d.as_ref().to_vec()).map_err(|_| InvalidKey)
    }

    /// Its public half.
    ///
    /// # Errors
    /// [`InvalidKey`].
    pub fn public(&self) -> Result<PublicKey, InvalidKey> {
        PublicKey::from_point(self.0.public_key().as_ref())
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, InvalidKey> {
        self.0.sign(&SystemRandom::new(), message).map(|s| s.as_ref().to_vec()).map_err(|_| InvalidKey)
    }
}
