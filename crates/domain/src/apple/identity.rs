//! Identities: the certificates by which iPhones and iPads prove who they are, and whom each of them speaks for.
//!
//! The chain is challenge → link → certificate → the first UDID that began with it, each bound once (ABUSE A11).

use crate::{DeviceId, InvitationId, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};

/// SHA-256 of a certificate in DER: two certificates with one fingerprint are the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(pub [u8; 32]);

/// A workspace's certificate authority. Its own key signs certificates and answers; another key opens envelopes (ABUSE
/// A6). Keys are sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    /// Its certificate in DER.
    pub certificate: Vec<u8>,
    /// Its key in PKCS#8, sealed.
    pub key: Vec<u8>,
    /// The certificate to which clients encrypt, in DER.
    pub recipient: Vec<u8>,
    /// The key of that, sealed.
    pub recipient_key: Vec<u8>,
    /// When it was made.
    pub made_at: Timestamp,
}

/// Why a certificate holds no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// Another certificate of the same device took its place.
    Superseded,
    /// The device is not managed any more.
    Left,
    /// An administrator ended it.
    Withdrawn,
}

impl End {
    /// The name in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Superseded => "superseded",
            Self::Left => "left",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The end of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Superseded, Self::Left, Self::Withdrawn].into_iter().find(|e| e.name() == name)
    }
}

/// A certificate that was issued to a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Its fingerprint.
    pub fingerprint: Fingerprint,
    /// Its serial number.
    pub serial: Vec<u8>,
    /// The certificate in DER.
    pub certificate: Vec<u8>,
    /// SHA-256 of its key (SubjectPublicKeyInfo): a lost answer may be asked for again with the same key alone.
    pub key: [u8; 32],
    /// The identity in whose place it is to come, if it was issued to renew one.
    pub renews: Option<Fingerprint>,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// Until when it holds.
    pub not_after: Timestamp,
}

/// A certificate that signed a message, as far as it is known here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    /// Its workspace.
    pub workspace: WorkspaceId,
    /// The link for which it was issued.
    pub invitation: InvitationId,
    /// Its fingerprint.
    pub fingerprint: Fingerprint,
    /// The identity in whose place it is to come.
    pub renews: Option<Fingerprint>,
    /// Until when it holds.
    pub not_after: Timestamp,
    /// It holds no longer.
    pub ended: Option<End>,
    /// The device that began with the link, if one has.
    pub pinned: Option<Pinned>,
}

/// The device of a link, and its identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pinned {
    /// The device's UDID.
    pub udid: String,
    /// The identity that it has.
    pub identity: Fingerprint,
    /// The row in the list of devices, from the first `TokenUpdate` on.
    pub device: Option<DeviceId>,
    /// Its management has ended.
    pub left: bool,
}

/// Whom a signer speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// For the device that is pinned to it.
    Own,
    /// For the device whose identity it renews: from now on it is pinned in its place.
    Renewed,
}

/// Why a message is not believed. A device is told none of this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTrusted {
    /// Its time is over, or has not come.
    #[error("the certificate's time is over")]
    Expired,
    /// It was replaced or ended.
    #[error("the certificate was replaced or withdrawn")]
    Ended,
    /// No device began with it.
    #[error("no device is pinned to the certificate")]
    NotPinned,
    /// It is pinned to another device (ABUSE A10).
    #[error("the certificate is another device's")]
    OtherDevice,
    /// The device's management has ended.
    #[error("the device's management has ended")]
    Left,
}

impl Signer {
    /// Whether the certificate holds.
    ///
    /// # Errors
    /// [`NotTrusted::Expired`], [`NotTrusted::Ended`].
    pub fn holds(&self, now: Timestamp) -> Result<(), NotTrusted> {
        if self.ended.is_some() {
            return Err(NotTrusted::Ended);
        }
        if now > self.not_after { Err(NotTrusted::Expired) } else { Ok(()) }
    }

    /// For whom the certificate speaks in a message of the device `udid` that is no `Authenticate`.
    ///
    /// # Errors
    /// [`NotTrusted`].
    pub fn speaks_for(&self, udid: &str, now: Timestamp) -> Result<Voice, NotTrusted> {
        self.holds(now)?;
        let pinned = self.pinned.as_ref().ok_or(NotTrusted::NotPinned)?;
        let voice = if pinned.identity == self.fingerprint {
            Voice::Own
        } else if self.renews == Some(pinned.identity) {
            Voice::Renewed
        } else {
            return Err(NotTrusted::NotPinned);
        };
        if pinned.udid != udid {
            return Err(NotTrusted::OtherDevice);
        }
        if pinned.left { Err(NotTrusted::Left) } else { Ok(voice) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: Fingerprint = Fingerprint([1; 32]);
    const OTHER: Fingerprint = Fingerprint([2; 32]);

    fn signer() -> Signer {
        Signer {
            workspace: "01935c3e-7b1a-7c3d-9e4f-0a1b2c3d4e5f".parse().unwrap(),
            invitation: "01935c3e-7b1a-7c3d-9e4f-0a1b2c3d4e60".parse().unwrap(),
            fingerprint: OWN,
            renews: None,
            not_after: Timestamp(100),
            ended: None,
            pinned: Some(Pinned { udid: "A".into(), identity: OWN, device: None, left: false }),
        }
    }

    fn pinned(change: impl FnOnce(&mut Pinned)) -> Option<Pinned> {
        let mut pinned = signer().pinned.unwrap();
        change(&mut pinned);
        Some(pinned)
    }

    #[test]
    fn a10_a_certificate_speaks_for_its_own_device_alone() {
        let now = Timestamp(50);
        assert_eq!(signer().speaks_for("A", now), Ok(Voice::Own));
        assert_eq!(signer().speaks_for("B", now), Err(NotTrusted::OtherDevice));
        assert_eq!(Signer { pinned: None, ..signer() }.speaks_for("A", now), Err(NotTrusted::NotPinned));
        let elsewhere = Signer { pinned: pinned(|p| p.identity = OTHER), ..signer() };
        assert_eq!(elsewhere.speaks_for("A", now), Err(NotTrusted::NotPinned));
        let left = Signer { pinned: pinned(|p| p.left = true), ..signer() };
        assert_eq!(left.speaks_for("A", now), Err(NotTrusted::Left));
    }

    #[test]
    fn a5_one_that_expired_or_was_ended_speaks_for_nobody() {
        assert_eq!(signer().speaks_for("A", Timestamp(100)), Ok(Voice::Own), "the end is included");
        assert_eq!(signer().speaks_for("A", Timestamp(101)), Err(NotTrusted::Expired));
        let ended = Signer { ended: Some(End::Superseded), ..signer() };
        assert_eq!(ended.speaks_for("A", Timestamp(50)), Err(NotTrusted::Ended));
    }

    #[test]
    fn pinning_survives_a_renewal_of_just_the_identity_that_is_pinned() {
        let renewing = Signer { renews: Some(OTHER), pinned: pinned(|p| p.identity = OTHER), ..signer() };
        assert_eq!(renewing.speaks_for("A", Timestamp(50)), Ok(Voice::Renewed));
        assert_eq!(renewing.speaks_for("B", Timestamp(50)), Err(NotTrusted::OtherDevice));
        let of_another = Signer { renews: Some(Fingerprint([3; 32])), ..renewing };
        assert_eq!(of_another.speaks_for("A", Timestamp(50)), Err(NotTrusted::NotPinned));
    }

    #[test]
    fn ends_are_read_as_they_are_written() {
        for end in [End::Superseded, End::Left, End::Withdrawn] {
            assert_eq!(End::from_name(end.name()), Some(end));
        }
    }
}
