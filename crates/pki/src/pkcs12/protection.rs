//! Encryption by password: PBES2 (RFC 8018, section 6.2) and the two old ways (RFC 7292, appendix C).

use super::{
    Budget, Pkcs12Error,
    kdf::{self, Purpose},
};
use crate::{
    algorithm::{self, Cipher, Digest},
    asn1::{OCTET_STRING, Reader, SEQUENCE, oid},
};
use aws_lc_rs::pbkdf2;
use cbc::cipher::{BlockModeDecrypt, KeyIvInit, block_padding::Pkcs7};
use std::num::NonZeroU32;
use zeroize::Zeroizing;

/// A file's password in its two forms.
pub(super) struct Password<'a> {
    pub utf8: &'a str,
    pub bmp: Zeroizing<Vec<u8>>,
}

/// Decrypts what an AlgorithmIdentifier says.
pub(super) fn decrypt(
    algorithms: &mut Reader<'_>,
    encrypted: &[u8],
    password: &Password<'_>,
    budget: &mut Budget,
) -> Result<Zeroizing<Vec<u8>>, Pkcs12Error> {
    let what = "the encryption's parameters";
    let (identifier, mut parameters) = algorithm::read(algorithms, what)?;
    if identifier == oid::PBES2 {
        return pbes2(parameters.sequence(what)?, encrypted, password, budget);
    }
    let mut parameters = parameters.sequence(what)?;
    let (salt, iterations) = (parameters.octets(what)?, parameters.small(what)?);
    let mut derive = |purpose, length| {
        budget.spend(iterations, length, 20)?;
        Ok::<_, Pkcs12Error>(kdf::derive(Digest::Sha1, purpose, &password.bmp, salt, iterations, length))
    };
    let bytes = Zeroizing::new(encrypted.to_vec());
    let plain = match identifier {
        oid::PBE_TRIPLE_DES => {
            Cipher::TripleDes.decrypt(&derive(Purpose::Key, 24)?, &derive(Purpose::Iv, 8)?, bytes)
        }
        oid::PBE_RC2_40 | oid::PBE_RC2_128 => {
            let length = if identifier == oid::PBE_RC2_40 { 5 } else { 16 };
            let (key, iv) = (derive(Purpose::Key, length)?, derive(Purpose::Iv, 8)?);
            let cipher = cbc::Decryptor::<rc2::Rc2>::new_from_slices(&key, &iv);
            cipher.ok().and_then(|c| c.decrypt_padded_vec::<Pkcs7>(&bytes).ok()).map(Zeroizing::new)
        }
        _ => return Err(Pkcs12Error::Algorithm),
    };
    plain.ok_or(Pkcs12Error::Password)
}

fn pbes2(
    mut parameters: Reader<'_>,
    encrypted: &[u8],
    password: &Password<'_>,
    budget: &mut Budget,
) -> Result<Zeroizing<Vec<u8>>, Pkcs12Error> {
    let what = "the parameters of PBES2";
    let mut derivation = parameters.sequence(what)?;
    if derivation.oid(what)? != oid::PBKDF2 {
        return Err(Pkcs12Error::Algorithm);
    }
    let (cipher, mut iv) = algorithm::read(&mut parameters, what)?;
    let cipher = Cipher::from_oid(cipher).map_err(|_| Pkcs12Error::Algorithm)?;
    let iv = iv.octets(what)?;
    let mut derivation = derivation.sequence(what)?;
    let salt = derivation.take(OCTET_STRING, what)?.content;
    let iterations = derivation.small(what)?;
    if derivation.peek() != Some(SEQUENCE) && !derivation.is_empty() {
        let length = derivation.small(what)?;
        if usize::try_from(length) != Ok(cipher.key_length()) {
            return Err(Pkcs12Error::Algorithm);
        }
    }
    let (prf, octets) = if derivation.is_empty() {
        (pbkdf2::PBKDF2_HMAC_SHA1, 20)
    } else {
        match algorithm::read(&mut derivation, what)?.0 {
            oid::HMAC_SHA1 => (pbkdf2::PBKDF2_HMAC_SHA1, 20),
            oid::HMAC_SHA256 => (pbkdf2::PBKDF2_HMAC_SHA256, 32),
            oid::HMAC_SHA384 => (pbkdf2::PBKDF2_HMAC_SHA384, 48),
            oid::HMAC_SHA512 => (pbkdf2::PBKDF2_HMAC_SHA512, 64),
            _ => return Err(Pkcs12Error::Algorithm),
        }
    };
    budget.spend(iterations, cipher.key_length(), octets)?;
    let mut key = Zeroizing::new(vec![0; cipher.key_length()]);
    let rounds = NonZeroU32::new(iterations).ok_or(Pkcs12Error::Rounds)?;
    pbkdf2::derive(prf, rounds, salt, password.utf8.as_bytes(), &mut key);
    cipher.decrypt(&key, iv, Zeroizing::new(encrypted.to_vec())).ok_or(Pkcs12Error::Password)
}
