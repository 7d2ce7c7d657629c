//! Values of the signed attributes (RFC 8894, section 3.2.1).

use muster_pki::name::printable;

/// The longest transactionID that is taken, in characters.
const MAX_TRANSACTION_ID: usize = 128;

/// transactionID (section 3.2.1.1): the client's name for one enrolment, the same in each of its messages.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TransactionId(String);

impl TransactionId {
    /// Of the characters of PrintableString, at most 128.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=MAX_TRANSACTION_ID).contains(&text.len()) && text.bytes().all(printable);
        fits.then(|| Self(text.to_owned()))
    }

    /// Its characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a request failed (section 3.2.1.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailInfo {
    /// An algorithm that is not taken.
    BadAlg,
    /// The signature does not hold.
    BadMessageCheck,
    /// The request is not permitted or not taken; also all that comes out once the envelope is opened (ABUSE.md, A6).
    BadRequest,
    /// The message's time is too far from the server's.
    BadTime,
    /// No certificate goes with what was said.
    BadCertId,
}

impl FailInfo {
    /// As it is written.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::BadAlg => "0",
            Self::BadMessageCheck => "1",
            Self::BadRequest => "2",
            Self::BadTime => "3",
            Self::BadCertId => "4",
        }
    }
}
