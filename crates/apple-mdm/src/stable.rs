//! Identifiers that are the same each time: a profile that is installed again then replaces the first one.

use crate::ids::{InvalidId, PayloadIdentifier};
use uuid::Uuid;

/// The namespace of our names (RFC 9562, section 5.5): a random UUID, fixed for ever.
const NAMESPACE: Uuid = Uuid::from_u128(0x6d2f_0c9e_84b1_4f6a_9c57_3be0_d1a8_72f4);

/// The identifiers of one enrolment profile, made from what stays the same for an invitation (its id, not its secret).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StableIds {
    prefix: String,
    seed: Uuid,
}

impl StableIds {
    /// From a reverse domain name such as `org.example.muster` and the invitation.
    ///
    /// # Errors
    /// [`InvalidId`] if the prefix cannot begin an identifier.
    pub fn new(prefix: &str, invitation: &[u8]) -> Result<Self, InvalidId> {
        let dotted = prefix.split('.').all(|part| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        });
        if !dotted || prefix.len() > 100 {
            return Err(InvalidId("prefix"));
        }
        Ok(Self { prefix: prefix.to_owned(), seed: Uuid::new_v5(&NAMESPACE, invitation) })
    }

    /// The `PayloadUUID` for a part, in upper case.
    #[must_use]
    pub fn uuid(&self, part: &str) -> String {
        Uuid::new_v5(&self.seed, part.as_bytes()).to_string().to_ascii_uppercase()
    }

    /// The `PayloadIdentifier` for a part; the part `""` is the profile itself.
    ///
    /// # Errors
    /// [`InvalidId`] if the part cannot stand in an identifier.
    pub fn identifier(&self, part: &str) -> Result<PayloadIdentifier, InvalidId> {
        let profile = format!("{}.enrolment.{}", self.prefix, self.seed.simple());
        PayloadIdentifier::parse(&if part.is_empty() { profile } else { format!("{profile}.{part}") })
    }
}
