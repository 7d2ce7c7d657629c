//! EnvelopedData (RFC 5652, section 6) with key transport by RSA.

use super::{content_info, write_content_info};
use crate::{
    Random,
    algorithm::{self, Cipher, UnknownAlgorithm},
    asn1::{Element, INTEGER, Malformed, SEQUENCE, SET, constructed, oid, primitive, write},
    ber::{self, BerError, Limits},
    certificate::{Certificate, IssuerAndSerial},
    key::{DecryptingKey, KeyError},
};
use zeroize::Zeroizing;

/// Why an envelope was not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecryptError {
    /// Not BER, or beyond the limits.
    #[error(transparent)]
    Ber(#[from] BerError),
    /// Not EnvelopedData.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// An algorithm that is not taken.
    #[error(transparent)]
    Algorithm(#[from] UnknownAlgorithm),
    /// No recipient is one of ours.
    #[error("the envelope is for somebody else")]
    NotForUs,
    /// It did not work; nothing says where, since that would tell an attacker about the key (RFC 3218).
    #[error("the envelope cannot be opened")]
    Failed,
}

/// What was in an envelope.
pub struct Opened {
    /// The content.
    pub content: Zeroizing<Vec<u8>>,
    /// The cipher that the sender chose.
    pub cipher: Cipher,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened").field("cipher", &self.cipher).finish_non_exhaustive()
    }
}

/// Opens an envelope with the first key that it is for. `random` makes the content key that stands in for one
/// whose padding is wrong.
///
/// # Errors
/// [`DecryptError`]; whatever is wrong with what is encrypted is [`DecryptError::Failed`].
pub fn decrypt(
    bytes: &[u8],
    recipients: &[(&Certificate, &DecryptingKey)],
    random: Random<'_>,
) -> Result<Opened, DecryptError> {
    let der = ber::to_der(bytes, Limits::MESSAGE)?;
    let what = "EnvelopedData";
    let mut inner = content_info(&der, oid::ENVELOPED_DATA)?;
    inner.small(what)?;
    inner.optional(constructed(0), what)?;
    let infos = inner.take(SET, what)?;
    let mut content = inner.sequence(what)?;
    inner.optional(constructed(1), what)?;
    inner.end(what)?;

    content.oid(what)?;
    let (cipher, mut parameters) = algorithm::read(&mut content, what)?;
    let cipher = Cipher::from_oid(cipher)?;
    let iv = parameters.octets("the initialisation vector")?;
    if iv.len() != cipher.block_length() {
        return Err(Malformed("the initialisation vector").into());
    }
    let encrypted = Zeroizing::new(ber::joined(&content.any(what)?)?.into_owned());
    content.end(what)?;

    let (key, encrypted_key) = transport(infos, recipients)?;
    let mut content_key = Zeroizing::new(vec![0; cipher.key_length()]);
    random(&mut content_key);
    key.decrypt(encrypted_key, &mut content_key);
    let content = cipher.decrypt(&content_key, iv, encrypted).ok_or(DecryptError::Failed)?;
    Ok(Opened { content, cipher })
}

/// The first KeyTransRecipientInfo (section 6.2.1) that is for one of ours.
fn transport<'a, 'k>(
    infos: Element<'a>,
    recipients: &[(&Certificate, &'k DecryptingKey)],
) -> Result<(&'k DecryptingKey, &'a [u8]), DecryptError> {
    let what = "RecipientInfo";
    let mut infos = infos.inside();
    while !infos.is_empty() {
        let info = infos.any(what)?;
        // The other kinds are tagged (section 6.2).
        if info.tag != SEQUENCE {
            continue;
        }
        let mut info = info.inside();
        info.take(INTEGER, what)?;
        let id = info.any(what)?;
        let (identifier, _) = algorithm::read(&mut info, what)?;
        let encrypted = info.octets(what)?;
        info.end(what)?;
        let Some((_, key)) = recipients.iter().find(|(certificate, _)| names(&id, certificate)) else {
            continue;
        };
        if identifier != oid::RSA {
            return Err(UnknownAlgorithm.into());
        }
        return Ok((key, encrypted));
    }
    Err(DecryptError::NotForUs)
}

fn names(id: &Element<'_>, certificate: &Certificate) -> bool {
    if id.tag == primitive(0) {
        return certificate.subject_key() == Some(id.content);
    }
    IssuerAndSerial::from_der(id.raw).is_ok_and(|id| id.names(certificate))
}

/// Why nothing was encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncryptError {
    /// Single DES is not written.
    #[error("single DES is not written")]
    Weak,
    /// The recipient's key is not one that encrypts.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// Puts data into an envelope for one recipient; `random` makes content key and initialisation vector.
///
/// # Errors
/// [`EncryptError`].
pub fn encrypt(
    content: &[u8],
    recipient: &Certificate,
    cipher: Cipher,
    random: Random<'_>,
) -> Result<Vec<u8>, EncryptError> {
    if cipher == Cipher::Des {
        return Err(EncryptError::Weak);
    }
    let mut content_key = Zeroizing::new(vec![0; cipher.key_length()]);
    let mut iv = vec![0; cipher.block_length()];
    random(&mut content_key);
    random(&mut iv);
    let encrypted = cipher.encrypt(&content_key, &iv, content.to_vec()).ok_or(KeyError::Failed)?;
    let info = write::sequence(&[
        &write::small(0),
        &IssuerAndSerial::of(recipient).to_der(),
        &write::algorithm(oid::RSA, write::NULL),
        &write::octets(&recipient.key().encrypt(&content_key)?),
    ]);
    let enveloped = write::sequence(&[
        &write::small(0),
        &write::set_of(vec![info]),
        &write::sequence(&[
            &write::oid(oid::DATA),
            &write::algorithm(cipher.oid(), &write::octets(&iv)),
            &write::element(primitive(0), &[&encrypted]),
        ]),
    ]);
    Ok(write_content_info(oid::ENVELOPED_DATA, &enveloped))
}
