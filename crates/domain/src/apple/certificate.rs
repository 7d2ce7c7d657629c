//! The APNs certificate, without which no Apple device can be managed, and what leads to it. Keys are kept apart, sealed.

use super::validity;
use crate::Timestamp;

/// The context under which the certificate's key, and the one of a request, is sealed (PKCS#8).
pub const KEY_CONTEXT: &str = "apple.push.key";
/// The context under which the vendor's key is sealed (PKCS#8).
pub const VENDOR_CONTEXT: &str = "apple.vendor.key";

/// The certificate by which pushes are sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushCertificate {
    /// In DER, the certificate itself first.
    pub chain: Vec<Vec<u8>>,
    /// For which topic it is, `com.apple.mgmt.…`: devices hear no other one, and keep theirs for ever.
    pub topic: String,
    /// Its serial number, in hexadecimal digits.
    pub serial: String,
    /// From when it holds.
    pub not_before: Timestamp,
    /// Until when it holds.
    pub not_after: Timestamp,
    /// The Apple account it was made with, as the person noted it: it must be renewed with the same.
    pub account: Option<String>,
    /// When it came here.
    pub uploaded_at: Timestamp,
}

impl PushCertificate {
    /// How many connected devices cannot be called by it, of those that each topic has: they were connected by a certificate for
    /// another topic.
    #[must_use]
    pub fn cuts_off(&self, topics: &[(String, u64)]) -> u64 {
        topics.iter().filter(|(topic, _)| *topic != self.topic).map(|(_, devices)| devices).sum()
    }

    /// Whether pushes can be sent by it.
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

/// A request for a certificate that waits for Apple's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushRequest {
    /// PKCS#10, in DER.
    pub csr: Vec<u8>,
    /// When it was made.
    pub made_at: Timestamp,
}

/// The workspace's own MDM vendor certificate, by which it signs its requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VendorCertificate {
    /// In DER, the certificate itself first, Apple's root last.
    pub chain: Vec<Vec<u8>>,
    /// What its subject says.
    pub name: String,
    /// Until when it holds.
    pub not_after: Timestamp,
    /// When it came here.
    pub uploaded_at: Timestamp,
}
