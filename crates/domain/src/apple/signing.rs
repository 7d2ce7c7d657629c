//! The workspace's own certificate by which enrolment profiles are signed, so that Settings says "Verified". Its key is kept
//! apart, sealed, and never leaves the server.

use crate::{Timestamp, time::DAY};

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
    /// From when it holds.
    pub not_before: Timestamp,
    /// Until when it holds.
    pub not_after: Timestamp,
    /// When it came here.
    pub uploaded_at: Timestamp,
}

impl SigningCertificate {
    /// Whether profiles are signed by it.
    #[must_use]
    pub fn holds_at(&self, now: Timestamp) -> bool {
        self.not_before <= now && now <= self.not_after
    }

    /// Whole days until it ends; negative once it has ended.
    #[must_use]
    pub fn days_left(&self, now: Timestamp) -> i64 {
        self.not_after.since(now).div_euclid(DAY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_signs_from_its_beginning_to_its_end_both_included() {
        let certificate = SigningCertificate {
            chain: Vec::new(),
            subject: "muster.example.org".into(),
            issuer: "Example CA".into(),
            not_before: Timestamp(10),
            not_after: Timestamp(10 + 3 * DAY),
            uploaded_at: Timestamp(0),
        };
        assert!(!certificate.holds_at(Timestamp(9)));
        assert!(certificate.holds_at(Timestamp(10)));
        assert!(certificate.holds_at(certificate.not_after));
        assert!(!certificate.holds_at(certificate.not_after.plus(1)));
        assert_eq!(certificate.days_left(Timestamp(11)), 2);
        assert_eq!(certificate.days_left(certificate.not_after.plus(1)), -1);
    }
}
