//! What a push carries (Apple: "Sending push notifications to MDM"), and what makes a topic the right one.

use crate::ids::{PushMagic, Topic};

/// The body: `{"mdm":"<PushMagic>"}`, nothing else.
#[must_use]
pub fn payload(magic: &PushMagic) -> Vec<u8> {
    serde_json::json!({ "mdm": magic.as_str() }).to_string().into_bytes()
}

/// The path on APNs' host (Apple: "Sending notification requests to APNs"): the token in hexadecimal.
#[must_use]
pub fn path(token: &[u8]) -> String {
    use std::fmt::Write;
    token.iter().fold("/3/device/".to_owned(), |mut path, byte| {
        // Writing to a string cannot fail.
        let _ = write!(path, "{byte:02x}");
        path
    })
}

/// `apns-push-type` of these pushes.
pub const PUSH_TYPE: &str = "mdm";

/// Whether a certificate's topic can serve a device that enrolled under another one: a device takes pushes for the
/// topic of its profile alone, letter by letter, and the topic of a profile cannot be changed.
///
/// # Errors
/// [`OtherTopic`] if it cannot.
pub fn same_topic(enrolled: &Topic, certificate: &Topic) -> Result<(), OtherTopic> {
    if enrolled == certificate {
        Ok(())
    } else {
        Err(OtherTopic { enrolled: enrolled.clone(), certificate: certificate.clone() })
    }
}

/// The certificate is for another topic: devices would not hear its pushes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("devices are enrolled with the topic {enrolled}, the certificate is for {certificate}")]
pub struct OtherTopic {
    /// The devices'.
    pub enrolled: Topic,
    /// The certificate's.
    pub certificate: Topic,
}
