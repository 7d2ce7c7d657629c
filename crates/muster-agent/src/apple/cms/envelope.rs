//! EnvelopedData (RFC 5652, section 6) for one RSA key.

#![expect(deprecated, reason = "authorities in the field still answer with DES, as RFC 8894 once had it")]

use super::{sign::content_info, verify::content_of};
use crate::{
    apple::{certificate::Certificate, key::Key, oids, random, tlv},
    error::AgentError,
};
use aws_lc_rs::{
    cipher::{
        AES_128, AES_256, Algorithm, DES_EDE3_FOR_LEGACY_USE_ONLY, DES_FOR_LEGACY_USE_ONLY,
        DecryptionContext, EncryptionContext, PaddedBlockDecryptingKey, PaddedBlockEncryptingKey,
        UnboundCipherKey,
    },
    iv::FixedLength,
    rsa::{Pkcs1PublicEncryptingKey, PublicEncryptingKey},
};
use der::asn1::ObjectIdentifier;

/// How content is encrypted, in CBC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cipher {
    /// AES with 128 bits.
    Aes128,
    /// AES with 256 bits.
    Aes256,
    /// Triple DES.
    Des3,
    /// Single DES; RFC 8894 has it for authorities that say nothing of others.
    Des,
}

impl Cipher {
    fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Aes128 => oids::AES_128_CBC,
            Self::Aes256 => oids::AES_256_CBC,
            Self::Des3 => oids::DES_EDE3_CBC,
            Self::Des => oids::DES_CBC,
        }
    }

    fn algorithm(self) -> &'static Algorithm {
        match self {
            Self::Aes128 => &AES_128,
            Self::Aes256 => &AES_256,
            Self::Des3 => &DES_EDE3_FOR_LEGACY_USE_ONLY,
            Self::Des => &DES_FOR_LEGACY_USE_ONLY,
        }
    }

    /// Octets of a key, and of a block.
    fn sizes(self) -> (usize, usize) {
        match self {
            Self::Aes128 => (16, 16),
            Self::Aes256 => (32, 16),
            Self::Des3 => (24, 8),
            Self::Des => (8, 8),
        }
    }
}

fn odd(why: &str) -> AgentError {
    AgentError::Answer(format!("enveloped data: {why}"))
}

/// Encrypts for whoever has the key of this certificate.
///
/// # Errors
/// [`AgentError::Answer`] if its key does not encrypt.
pub fn encrypt(content: &[u8], to: &Certificate, cipher: Cipher) -> Result<Vec<u8>, AgentError> {
    let (key_size, block) = cipher.sizes();
    let (key, iv) = (random::bytes(key_size)?, random::bytes(block)?);
    let failed = |_| odd("the content could not be encrypted");
    let unbound = UnboundCipherKey::new(cipher.algorithm(), &key).map_err(failed)?;
    let sealing = PaddedBlockEncryptingKey::cbc_pkcs7(unbound).map_err(failed)?;
    let context = match block {
        16 => EncryptionContext::Iv128(FixedLength::<16>::try_from(&iv[..]).map_err(failed)?),
        _ => EncryptionContext::Iv64(FixedLength::<8>::try_from(&iv[..]).map_err(failed)?),
    };
    let mut encrypted = content.to_vec();
    sealing.less_safe_encrypt(&mut encrypted, context).map_err(failed)?;
    let theirs = |_| odd("the authority's certificate has no RSA key to encrypt for");
    let public = PublicEncryptingKey::from_der(to.spki()?)
        .map_err(|_| odd("the authority's certificate has no RSA key to encrypt for"))?;
    let public = Pkcs1PublicEncryptingKey::new(public).map_err(theirs)?;
    let mut wrapped = vec![0; public.ciphertext_size()];
    public.encrypt(&key, &mut wrapped).map_err(theirs)?;
    let recipient = tlv::sequence(&[
        &tlv::integer(&[0]),
        &tlv::sequence(&[to.issuer()?, to.serial()?]),
        &tlv::algorithm(oids::RSA),
        &tlv::octet_string(&wrapped),
    ]);
    let content = tlv::sequence(&[
        &tlv::oid(oids::DATA),
        &tlv::sequence(&[&tlv::oid(cipher.oid()), &tlv::octet_string(&iv)]),
        &tlv::write(0x80, &encrypted),
    ]);
    let data = tlv::sequence(&[&tlv::integer(&[0]), &tlv::set_of(vec![recipient]), &content]);
    Ok(content_info(oids::ENVELOPED_DATA, &data))
}

/// Decrypts what was encrypted for this key and certificate.
///
/// # Errors
/// [`AgentError::Answer`].
pub fn decrypt(bytes: &[u8], key: &Key, certificate: &Certificate) -> Result<Vec<u8>, AgentError> {
    let mut data = content_of(bytes, oids::ENVELOPED_DATA)?;
    let _version = data.need()?;
    let ours = [certificate.issuer()?, certificate.serial()?].concat();
    let mut wrapped = None;
    for recipient in data.need()?.expect(tlv::tag::SET)?.children()? {
        let mut parts = recipient.children()?;
        let (_version, id, _algorithm) = (parts.need()?, parts.need()?, parts.need()?);
        if id.content == ours {
            wrapped = Some(parts.need()?.octets()?);
        }
    }
    let wrapped = wrapped.ok_or_else(|| odd("it is for somebody else"))?;
    let mut content = data.need()?.children()?;
    let _type = content.need()?;
    let mut algorithm = content.need()?.children()?;
    let (id, iv) = (algorithm.need()?.oid()?, algorithm.need()?.octets()?);
    let all = [Cipher::Aes128, Cipher::Aes256, Cipher::Des3, Cipher::Des];
    let cipher = all.into_iter().find(|c| c.oid() == id).ok_or_else(|| odd("a cipher that is not known"))?;
    // Some authorities write the octets in pieces.
    let mut encrypted = content.need()?.octets()?;
    let key = key.decrypt(&wrapped)?;
    let failed = |_| odd("the content cannot be decrypted");
    let unbound = UnboundCipherKey::new(cipher.algorithm(), &key).map_err(failed)?;
    let opening = PaddedBlockDecryptingKey::cbc_pkcs7(unbound).map_err(failed)?;
    let context = match cipher.sizes().1 {
        16 => DecryptionContext::Iv128(FixedLength::<16>::try_from(&iv[..]).map_err(failed)?),
        _ => DecryptionContext::Iv64(FixedLength::<8>::try_from(&iv[..]).map_err(failed)?),
    };
    Ok(opening.decrypt(&mut encrypted, context).map_err(failed)?.to_vec())
}
