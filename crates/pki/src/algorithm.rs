//! The digests, signatures and ciphers that are known, and their identifiers. Everything else is refused.

use crate::asn1::{Malformed, Reader, constructed, oid, write};
use aws_lc_rs::{cipher, digest};
use der::asn1::ObjectIdentifier;

/// The message asks for an algorithm that is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an algorithm that is not taken")]
pub struct UnknownAlgorithm;

/// A digest (FIPS 180-4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Digest {
    /// SHA-1: read, because old clients write it, and never written.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl Digest {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Sha1, Self::Sha256, Self::Sha384, Self::Sha512];

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

    /// Its identifier (RFC 5754, section 2).
    #[must_use]
    pub const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Sha1 => oid::SHA1,
            Self::Sha256 => oid::SHA256,
            Self::Sha384 => oid::SHA384,
            Self::Sha512 => oid::SHA512,
        }
    }

    /// From its identifier.
    ///
    /// # Errors
    /// [`UnknownAlgorithm`].
    pub fn from_oid(oid: ObjectIdentifier) -> Result<Self, UnknownAlgorithm> {
        Self::ALL.into_iter().find(|d| d.oid() == oid).ok_or(UnknownAlgorithm)
    }
}

/// The kind of key that a signature is made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// RSASSA-PKCS1-v1_5 (RFC 8017, section 8.2).
    Rsa,
    /// RSASSA-PSS (RFC 8017, section 8.1), with the digest's own length of salt and the same digest in MGF1: verified, and
    /// never written.
    RsaPss,
    /// ECDSA on P-256 or P-384 (FIPS 186-5).
    Ecdsa,
}

/// The signature that an identifier and its parameters name; the digest is `None` where they leave it to another field
/// (CMS, RFC 3370, section 3.2: rsaEncryption).
///
/// # Errors
/// [`UnknownAlgorithm`], also for RSASSA-PSS with parameters that differ from what its digest asks for.
pub fn signature(
    identifier: ObjectIdentifier,
    parameters: Reader<'_>,
) -> Result<(Scheme, Option<Digest>), UnknownAlgorithm> {
    Ok(match identifier {
        oid::RSA_PSS => (Scheme::RsaPss, Some(pss(parameters)?)),
        oid::RSA => (Scheme::Rsa, None),
        oid::RSA_SHA1 => (Scheme::Rsa, Some(Digest::Sha1)),
        oid::RSA_SHA256 => (Scheme::Rsa, Some(Digest::Sha256)),
        oid::RSA_SHA384 => (Scheme::Rsa, Some(Digest::Sha384)),
        oid::RSA_SHA512 => (Scheme::Rsa, Some(Digest::Sha512)),
        oid::EC => (Scheme::Ecdsa, None),
        oid::ECDSA_SHA1 => (Scheme::Ecdsa, Some(Digest::Sha1)),
        oid::ECDSA_SHA256 => (Scheme::Ecdsa, Some(Digest::Sha256)),
        oid::ECDSA_SHA384 => (Scheme::Ecdsa, Some(Digest::Sha384)),
        oid::ECDSA_SHA512 => (Scheme::Ecdsa, Some(Digest::Sha512)),
        _ => return Err(UnknownAlgorithm),
    })
}

/// The one digest of RSASSA-PSS-params (RFC 4055, section 3.1). SHA-1, which stands for all that is left out, is not taken.
fn pss(mut parameters: Reader<'_>) -> Result<Digest, UnknownAlgorithm> {
    let what = "RSASSA-PSS-params";
    let mut read = || {
        let mut fields = parameters.sequence(what)?;
        parameters.end(what)?;
        let (digest, _) = read(&mut fields.take(constructed(0), what)?.inside(), what)?;
        let (mask, mut of) = read(&mut fields.take(constructed(1), what)?.inside(), what)?;
        let (mask_digest, _) = read(&mut of, what)?;
        let salt = fields.take(constructed(2), what)?.inside().small(what)?;
        if let Some(trailer) = fields.optional(constructed(3), what)?
            && trailer.inside().small(what)? != 1
        {
            return Err(Malformed(what));
        }
        fields.end(what)?;
        let same = mask == oid::MGF1 && mask_digest == digest;
        if same { Ok((digest, salt)) } else { Err(Malformed(what)) }
    };
    let (digest, salt) = read().map_err(|_| UnknownAlgorithm)?;
    match (Digest::from_oid(digest)?, salt) {
        (digest @ Digest::Sha256, 32) | (digest @ Digest::Sha384, 48) | (digest @ Digest::Sha512, 64) => {
            Ok(digest)
        }
        _ => Err(UnknownAlgorithm),
    }
}

/// AlgorithmIdentifier: the identifier, and what is left after it.
pub(crate) fn read<'a>(
    reader: &mut Reader<'a>,
    what: &'static str,
) -> Result<(ObjectIdentifier, Reader<'a>), Malformed> {
    let mut inner = reader.sequence(what)?;
    Ok((inner.oid(what)?, inner))
}

/// AlgorithmIdentifier of a signature; NULL parameters with RSA (RFC 4055, section 5), none with ECDSA (RFC 5758,
/// section 3.2). SHA-1 is not written: the digest is then SHA-256. Nor is RSASSA-PSS: no key here signs so.
pub(crate) fn signature_identifier(scheme: Scheme, digest: Digest) -> Vec<u8> {
    match (scheme, digest) {
        (Scheme::Rsa | Scheme::RsaPss, Digest::Sha1 | Digest::Sha256) => {
            write::algorithm(oid::RSA_SHA256, write::NULL)
        }
        (Scheme::Rsa | Scheme::RsaPss, Digest::Sha384) => write::algorithm(oid::RSA_SHA384, write::NULL),
        (Scheme::Rsa | Scheme::RsaPss, Digest::Sha512) => write::algorithm(oid::RSA_SHA512, write::NULL),
        (Scheme::Ecdsa, Digest::Sha384) => write::algorithm(oid::ECDSA_SHA384, &[]),
        (Scheme::Ecdsa, _) => write::algorithm(oid::ECDSA_SHA256, &[]),
    }
}

/// A cipher in CBC mode with padding (RFC 8018, appendix B.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cipher {
    /// Single DES: read, because old clients write it, and never written.
    Des,
    /// Triple DES with three keys.
    TripleDes,
    /// AES-128.
    Aes128,
    /// AES-192.
    Aes192,
    /// AES-256.
    Aes256,
}

impl Cipher {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Des, Self::TripleDes, Self::Aes128, Self::Aes192, Self::Aes256];

    /// Its identifier.
    #[must_use]
    pub const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Des => oid::DES_CBC,
            Self::TripleDes => oid::DES_EDE3_CBC,
            Self::Aes128 => oid::AES128_CBC,
            Self::Aes192 => oid::AES192_CBC,
            Self::Aes256 => oid::AES256_CBC,
        }
    }

    /// From its identifier.
    ///
    /// # Errors
    /// [`UnknownAlgorithm`].
    pub fn from_oid(oid: ObjectIdentifier) -> Result<Self, UnknownAlgorithm> {
        Self::ALL.into_iter().find(|c| c.oid() == oid).ok_or(UnknownAlgorithm)
    }

    /// Octets of its key.
    #[must_use]
    pub const fn key_length(self) -> usize {
        match self {
            Self::Des => 8,
            Self::Aes128 => 16,
            Self::TripleDes | Self::Aes192 => 24,
            Self::Aes256 => 32,
        }
    }

    /// Octets of a block, and of the initialisation vector.
    #[must_use]
    pub const fn block_length(self) -> usize {
        match self {
            Self::Des | Self::TripleDes => 8,
            Self::Aes128 | Self::Aes192 | Self::Aes256 => 16,
        }
    }

    #[expect(deprecated, reason = "old clients know no other cipher, and PKCS#12 neither")]
    const fn algorithm(self) -> &'static cipher::Algorithm {
        match self {
            Self::Des => &cipher::DES_FOR_LEGACY_USE_ONLY,
            Self::TripleDes => &cipher::DES_EDE3_FOR_LEGACY_USE_ONLY,
            Self::Aes128 => &cipher::AES_128,
            Self::Aes192 => &cipher::AES_192,
            Self::Aes256 => &cipher::AES_256,
        }
    }

    fn context(self, iv: &[u8]) -> Option<cipher::DecryptionContext> {
        Some(match self {
            Self::Des | Self::TripleDes => {
                cipher::DecryptionContext::Iv64(<&[u8; 8]>::try_from(iv).ok()?.into())
            }
            _ => cipher::DecryptionContext::Iv128(<&[u8; 16]>::try_from(iv).ok()?.into()),
        })
    }

    /// Decrypts, and takes the padding away; `None` says no more than that it did not work.
    #[must_use]
    pub fn decrypt(
        self,
        key: &[u8],
        iv: &[u8],
        mut bytes: zeroize::Zeroizing<Vec<u8>>,
    ) -> Option<zeroize::Zeroizing<Vec<u8>>> {
        let context = self.context(iv)?;
        let key = cipher::UnboundCipherKey::new(self.algorithm(), key).ok()?;
        let key = cipher::PaddedBlockDecryptingKey::cbc_pkcs7(key).ok()?;
        let length = key.decrypt(&mut bytes, context).ok()?.len();
        bytes.truncate(length);
        Some(bytes)
    }

    /// Pads and encrypts.
    #[must_use]
    pub fn encrypt(self, key: &[u8], iv: &[u8], mut bytes: Vec<u8>) -> Option<Vec<u8>> {
        let context = match self {
            Self::Des | Self::TripleDes => {
                cipher::EncryptionContext::Iv64(<&[u8; 8]>::try_from(iv).ok()?.into())
            }
            _ => cipher::EncryptionContext::Iv128(<&[u8; 16]>::try_from(iv).ok()?.into()),
        };
        let key = cipher::UnboundCipherKey::new(self.algorithm(), key).ok()?;
        let key = cipher::PaddedBlockEncryptingKey::cbc_pkcs7(key).ok()?;
        key.less_safe_encrypt(&mut bytes, context).ok()?;
        Some(bytes)
    }
}
