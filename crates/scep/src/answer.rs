//! Writing CertRep (RFC 8894, section 3.3.2).

use crate::{FailInfo, message::Exchange, oid};
use muster_pki::{
    Random,
    algorithm::Cipher,
    asn1::{PRINTABLE_STRING, write},
    certificate::Certificate,
    cms::{self, Content, EncryptError, SignError, Signature},
    key::SigningKey,
};

/// Who answers: the authority, or who signs for it. Never the key that opens envelopes.
#[derive(Clone, Copy, Debug)]
pub struct Answerer<'a> {
    /// The certificate.
    pub certificate: &'a Certificate,
    /// Its key.
    pub key: &'a SigningKey,
}

/// Why no answer was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// The envelope.
    #[error(transparent)]
    Encrypt(#[from] EncryptError),
    /// The signature.
    #[error(transparent)]
    Sign(#[from] SignError),
}

/// pkiStatus (section 3.2.1.3) as it is written.
mod status {
    pub(super) const SUCCESS: &str = "0";
    pub(super) const FAILURE: &str = "2";
    pub(super) const PENDING: &str = "3";
}

/// messageType of CertRep (section 3.2.1.2).
const CERT_REP: &str = "3";

impl Exchange {
    /// The certificate, with those above it if `above` has any (section 3.3.2.1), encrypted for who asked with the cipher of the
    /// request; AES-128, which every client must know (section 2.9), stands in for single DES. `now` is in seconds since
    /// the Unix epoch.
    ///
    /// # Errors
    /// [`AnswerError`].
    pub fn success(
        &self,
        issued: &Certificate,
        above: &[Certificate],
        answerer: Answerer<'_>,
        now: i64,
        random: Random<'_>,
    ) -> Result<Vec<u8>, AnswerError> {
        let cipher = if self.cipher == Cipher::Des { Cipher::Aes128 } else { self.cipher };
        let mut certificates = vec![issued.clone()];
        certificates.extend_from_slice(above);
        let content = cms::certificates_only(&certificates);
        let envelope = cms::encrypt(&content, &self.signer, cipher, random)?;
        self.signed(status::SUCCESS, None, Content::Attached(&envelope), answerer, now, random)
    }

    /// It failed (section 3.3.2.2).
    ///
    /// # Errors
    /// [`AnswerError`].
    pub fn failure(
        &self,
        info: FailInfo,
        answerer: Answerer<'_>,
        now: i64,
        random: Random<'_>,
    ) -> Result<Vec<u8>, AnswerError> {
        self.signed(status::FAILURE, Some(info), Content::Detached(&[]), answerer, now, random)
    }

    /// It is not decided (section 3.3.2.3).
    ///
    /// # Errors
    /// [`AnswerError`].
    pub fn pending(
        &self,
        answerer: Answerer<'_>,
        now: i64,
        random: Random<'_>,
    ) -> Result<Vec<u8>, AnswerError> {
        self.signed(status::PENDING, None, Content::Detached(&[]), answerer, now, random)
    }

    /// pkiMessage (section 3.2), signed over the digest of the request, or over a better one.
    fn signed(
        &self,
        status: &str,
        info: Option<FailInfo>,
        content: Content<'_>,
        answerer: Answerer<'_>,
        now: i64,
        random: Random<'_>,
    ) -> Result<Vec<u8>, AnswerError> {
        let text = |value: &str| write::element(PRINTABLE_STRING, &[value.as_bytes()]);
        let mut nonce = [0; 16];
        random(&mut nonce);
        let mut attributes = vec![
            (oid::MESSAGE_TYPE, text(CERT_REP)),
            (oid::PKI_STATUS, text(status)),
            (oid::TRANSACTION_ID, text(self.transaction.as_str())),
            (oid::SENDER_NONCE, write::octets(&nonce)),
            (oid::RECIPIENT_NONCE, write::octets(&self.nonce)),
        ];
        if let Some(info) = info {
            attributes.push((oid::FAIL_INFO, text(info.code())));
        }
        let signature = Signature {
            certificate: answerer.certificate,
            key: answerer.key,
            digest: self.digest,
            time: Some(now),
            chain: &[],
            attributes: &attributes,
        };
        Ok(signature.sign(content)?)
    }
}
