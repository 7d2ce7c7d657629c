//! The workspace's own certificate by which enrolment profiles are signed, so that Settings says "Verified". Its key is kept
//! apart, sealed, and never leaves the server.

use super::validity;
use crate::Timestamp;

/// The context under which its key is sealed (PKCS#8).
pub const KEY_CONTEXT: &str = "apple.signing.key";

/// The certificate that signs profiles in the place of Muster's own authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningCertificate {
    /// In DER, the certificate itself first, then those that issued it; the root is left out.
    pub chain: Vec<Vec<u8>>,
    /// Whose it is.
    pub subject: String,
    /// Who issued it.
    pub issuer: String,
    /// From when it holds, with those that issued it.
    pub not_before: Timestamp,
    /// Until when it holds, with those that issued it: devices trust it no longer than the first of them ends.
    pub not_after: Timestamp,
    /// When it came here.
    pub uploaded_at: Timestamp,
}

impl SigningCertificate {
    /// Whether profiles are signed by it.
    #[must_use]
    pub fn holds_at(&self, now: Timestamp) -> bool {
        validity::holds(self.not_before, self.not_after, now)
    }

    /// Whole days until it ends; negative once it has ended.
    #[must_use]
    pub fn days_left(&self, now: Timestamp) -> i64 {
        validity::days_left(self.not_after, now)
    }
}
