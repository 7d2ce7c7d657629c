//! The signature algorithms of the schemes ("Signature Algorithm IDs"), and how each is verified.

use super::certificate::{Key, KeyKind};
use crate::Error;
use aws_lc_rs::{
    digest,
    signature::{self, UnparsedPublicKey, VerificationAlgorithm},
};

/// The digest over the contents that a signature algorithm goes with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Digest {
    Sha256,
    Sha512,
}

impl Digest {
    pub(super) const fn algorithm(self) -> &'static digest::Algorithm {
        match self {
            Self::Sha256 => &digest::SHA256,
            Self::Sha512 => &digest::SHA512,
        }
    }
}

/// A signature algorithm that is verified here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Algorithm {
    padding: Padding,
    digest: Digest,
}

/// RSASSA-PSS with a salt as long as the digest, RSASSA-PKCS1-v1_5 (RFC 8017), or ECDSA in DER.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Padding {
    Pss,
    Pkcs1,
    Ecdsa,
}

/// DSA with SHA-256, and the same with a digest of the kind "verity".
const DSA: [u32; 2] = [0x0301, 0x0305];

impl Algorithm {
    /// By its number; `None` for DSA, for those whose digest is of the kind "verity", and for what is not known.
    pub(super) const fn from_id(id: u32) -> Option<Self> {
        let (padding, digest) = match id {
            0x0101 => (Padding::Pss, Digest::Sha256),
            0x0102 => (Padding::Pss, Digest::Sha512),
            0x0103 => (Padding::Pkcs1, Digest::Sha256),
            0x0104 => (Padding::Pkcs1, Digest::Sha512),
            0x0201 => (Padding::Ecdsa, Digest::Sha256),
            0x0202 => (Padding::Ecdsa, Digest::Sha512),
            _ => return None,
        };
        Some(Self { padding, digest })
    }

    /// Why none of these is taken.
    pub(super) fn refused(ids: &[u32]) -> Error {
        match ids {
            [id, ..] if !DSA.contains(id) => Error::Algorithm(*id),
            [_, ..] => Error::Dsa,
            [] => Error::SigningBlock("a signer without a signature"),
        }
    }

    pub(super) const fn digest(self) -> Digest {
        self.digest
    }

    /// Whether the signature over the message is the key's.
    pub(super) fn verify(self, key: &Key<'_>, message: &[u8], signature: &[u8]) -> Result<(), Error> {
        let with = self.with(key.kind).ok_or(Error::Key)?;
        let key = UnparsedPublicKey::new(with, key.spki);
        key.verify(message, signature).map_err(|_| Error::Signature)
    }

    fn with(self, kind: KeyKind) -> Option<&'static dyn VerificationAlgorithm> {
        use {Digest::*, Padding::*};
        Some(match (kind, self.padding, self.digest) {
            (KeyKind::Rsa, Pss, Sha256) => &signature::RSA_PSS_2048_8192_SHA256,
            (KeyKind::Rsa, Pss, Sha512) => &signature::RSA_PSS_2048_8192_SHA512,
            (KeyKind::Rsa, Pkcs1, Sha256) => &signature::RSA_PKCS1_2048_8192_SHA256,
            (KeyKind::Rsa, Pkcs1, Sha512) => &signature::RSA_PKCS1_2048_8192_SHA512,
            (KeyKind::P256, Ecdsa, Sha256) => &signature::ECDSA_P256_SHA256_ASN1,
            (KeyKind::P256, Ecdsa, Sha512) => &signature::ECDSA_P256_SHA512_ASN1,
            (KeyKind::P384, Ecdsa, Sha256) => &signature::ECDSA_P384_SHA256_ASN1,
            (KeyKind::P384, Ecdsa, Sha512) => &signature::ECDSA_P384_SHA512_ASN1,
            (KeyKind::P521, Ecdsa, Sha256) => &signature::ECDSA_P521_SHA256_ASN1,
            (KeyKind::P521, Ecdsa, Sha512) => &signature::ECDSA_P521_SHA512_ASN1,
            _ => return None,
        })
    }
}
