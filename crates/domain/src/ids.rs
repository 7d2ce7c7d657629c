//! Identifiers: UUIDv7 (RFC 9562, section 5.7), so that they sort by the time they were made.

use crate::{Timestamp, ports::Secrets};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// The text is not an identifier of this kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier: expected a UUID")]
pub struct InvalidId;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new identifier from the given moment and randomness.
            #[must_use]
            pub fn new(now: Timestamp, secrets: &dyn Secrets) -> Self {
                let mut random = [0; 10];
                secrets.fill(&mut random);
                Self(uuid::Builder::from_unix_timestamp_millis(now.millis(), &random).into_uuid())
            }

            /// When it was made, to the millisecond.
            #[must_use]
            pub fn made(&self) -> Timestamp {
                let bytes = self.0.as_bytes();
                let millis = bytes[..6].iter().fold(0_i64, |sum, byte| (sum << 8) | i64::from(*byte));
                Timestamp(millis * 1000)
            }

            /// The one that comes so many after this one in the order of ids: for several that are made at once.
            #[must_use]
            pub fn nth(self, n: usize) -> Self {
                Self(Uuid::from_u128(self.0.as_u128().wrapping_add(n as u128)))
            }

            /// From its 16 bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// The 16 bytes, as keys are derived from them.
            #[must_use]
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Uuid::try_parse(text).map(Self).map_err(|_| InvalidId)
            }
        }
    )*};
}

ids! {
    /// One company's separate space.
    WorkspaceId,
    /// Someone who signs in to the console.
    AccountId,
    /// A browser that is signed in. It is no secret: whoever knows it cannot sign in with it.
    SessionId,
    /// The right to join a workspace's console, for the account of one address.
    OfferId,
    /// A person whose devices are managed.
    UserId,
    /// One press of "Send instructions".
    BatchId,
    /// The right to connect exactly one device.
    InvitationId,
    /// A connected phone or tablet.
    DeviceId,
    /// Something that a device was asked to do.
    CommandId,
    /// A configuration profile that was uploaded for devices.
    ProfileId,
    /// A configuration for Android devices with the Headwind agent.
    ConfigurationId,
    /// An Android package that was uploaded for phones.
    PackageId,
    /// A piece of work in the outbox.
    JobId,
}
