//! The challenge of SCEP (RFC 8894, section 2.4): it proves that who asks for a certificate holds the profile of a link.
//!
//! It is not stored. It says, sealed with the server's key, for which link it was made and as which certificate of that
//! link; the store takes each number once (ABUSE A2). A profile that nobody installs therefore costs nothing, and
//! fetching one uses nothing up (A21).

use super::Fingerprint;
use crate::{InvitationId, Timestamp, WorkspaceId, ports::Secrets, time::DAY};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};

/// How long a challenge is good for: from "Allow" in Safari to "Install" in Settings. iOS itself throws a profile away
/// that was not installed within eight minutes.
pub const LIFETIME: i64 = DAY;
/// How long one is good for that goes to a device as a command: it may be switched off for its owner's holidays.
pub const RENEWAL_LIFETIME: i64 = 30 * DAY;

/// The context under which it is sealed.
const CONTEXT: &str = "apple.scep.challenge.v1";
/// Bytes of the longest one: workspace, invitation, generation, number, time, and what it renews.
const LONGEST: usize = 16 + 16 + 4 + 4 + 8 + 32;

/// What a certificate is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To connect a device by a link: the device begins with `Authenticate`.
    Connect,
    /// To take the place of the identity that a connected device has.
    Renew(Fingerprint),
}

/// What a challenge says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The link's workspace.
    pub workspace: WorkspaceId,
    /// The link.
    pub invitation: InvitationId,
    /// The link's generation: a newer link ends the challenges of the older one.
    pub generation: u32,
    /// Which certificate of the link it is for, from 1. Two profiles that were fetched before either was installed have the
    /// same: the first one installed is the one.
    pub number: u32,
    /// Until when.
    pub expires_at: Timestamp,
    /// What for.
    pub purpose: Purpose,
}

impl Challenge {
    /// As it stands in the profile: letters and digits of base64, which a PrintableString has.
    #[must_use]
    pub fn seal(&self, secrets: &dyn Secrets) -> String {
        let mut plain = Vec::with_capacity(LONGEST);
        plain.extend(self.workspace.as_bytes());
        plain.extend(self.invitation.as_bytes());
        plain.extend(self.generation.to_be_bytes());
        plain.extend(self.number.to_be_bytes());
        plain.extend(self.expires_at.0.to_be_bytes());
        if let Purpose::Renew(of) = self.purpose {
            plain.extend(of.0);
        }
        STANDARD_NO_PAD.encode(secrets.seal(CONTEXT, &plain))
    }

    /// Reads one that this server made; `None` for anything else. Whether it still holds is [`Challenge::holds`]'s to say.
    #[must_use]
    pub fn open(text: &str, secrets: &dyn Secrets) -> Option<Self> {
        let plain = secrets.open(CONTEXT, &STANDARD_NO_PAD.decode(text).ok()?)?;
        let (workspace, rest) = plain.split_first_chunk::<16>()?;
        let (invitation, rest) = rest.split_first_chunk::<16>()?;
        let (generation, rest) = rest.split_first_chunk::<4>()?;
        let (number, rest) = rest.split_first_chunk::<4>()?;
        let (expires_at, rest) = rest.split_first_chunk::<8>()?;
        let purpose = match rest {
            [] => Purpose::Connect,
            of => Purpose::Renew(Fingerprint(of.try_into().ok()?)),
        };
        Some(Self {
            workspace: WorkspaceId::from_bytes(*workspace),
            invitation: InvitationId::from_bytes(*invitation),
            generation: u32::from_be_bytes(*generation),
            number: u32::from_be_bytes(*number),
            expires_at: Timestamp(i64::from_be_bytes(*expires_at)),
            purpose,
        })
    }

    /// Whether its time is not over.
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        now < self.expires_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        PackageId,
        token::{AgentAddress, InvitationToken, PackageAddress},
    };

    /// Seals by turning bytes and adding a check.
    struct Turned;
    impl Secrets for Turned {
        fn fill(&self, out: &mut [u8]) {
            out.fill(0);
        }
        fn link_token(&self, id: InvitationId, generation: u32) -> InvitationToken {
            InvitationToken::derive(&[0; 32], id, generation)
        }
        fn agent_address(&self, id: InvitationId) -> AgentAddress {
            AgentAddress::derive(&[0; 32], id)
        }
        fn package_address(&self, id: PackageId) -> PackageAddress {
            PackageAddress::derive(&[0; 32], id)
        }
        fn seal(&self, context: &str, plain: &[u8]) -> Vec<u8> {
            let turned: Vec<u8> = plain.iter().map(|b| !b).collect();
            let check = context.bytes().chain(turned.iter().copied()).fold(0_u8, u8::wrapping_add);
            [turned, vec![check]].concat()
        }
        fn open(&self, context: &str, sealed: &[u8]) -> Option<Vec<u8>> {
            let (check, turned) = sealed.split_last()?;
            let sum = context.bytes().chain(turned.iter().copied()).fold(0_u8, u8::wrapping_add);
            (sum == *check).then(|| turned.iter().map(|b| !b).collect())
        }
    }

    fn challenge(purpose: Purpose) -> Challenge {
        Challenge {
            workspace: "01935c3e-7b1a-7c3d-9e4f-0a1b2c3d4e5f".parse().unwrap(),
            invitation: "01935c3e-7b1a-7c3d-9e4f-0a1b2c3d4e60".parse().unwrap(),
            generation: 2,
            number: 3,
            expires_at: Timestamp(1_000),
            purpose,
        }
    }

    #[test]
    fn what_is_sealed_is_read_back_and_fits_into_a_printable_string_of_255() {
        for purpose in [Purpose::Connect, Purpose::Renew(Fingerprint([7; 32]))] {
            let text = challenge(purpose).seal(&Turned);
            assert!(text.len() <= 255 - 28, "with the seal's nonce and tag: {}", text.len());
            assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/'), "{text}");
            assert_eq!(Challenge::open(&text, &Turned), Some(challenge(purpose)));
        }
    }

    #[test]
    fn a2_what_this_server_did_not_make_is_none() {
        let text = challenge(Purpose::Connect).seal(&Turned);
        for bad in ["", "secret", &text[..text.len() - 4], &format!("A{}", &text[1..]), &text.to_lowercase()]
        {
            assert_eq!(Challenge::open(bad, &Turned), None, "{bad}");
        }
    }

    #[test]
    fn a2_it_ends_with_its_time() {
        let challenge = challenge(Purpose::Connect);
        assert!(challenge.holds(Timestamp(999)));
        assert!(!challenge.holds(Timestamp(1_000)));
    }
}
