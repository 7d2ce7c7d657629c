//! Invitations: the states of the right to connect one device, and who may change them to what.

mod act;
mod reach;

pub use act::{Act, Acted, Standing, StateCounts};
pub use reach::{Reach, Reached};

use crate::{BatchId, DeviceId, InvitationId, Language, Timestamp, UserId, WorkspaceId, device::Platform};
use serde::{Deserialize, Serialize};

/// How far an invitation came (DESIGN, rule 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The message waits to be sent.
    Queued,
    /// The mail server took the message (or the link was handed over by hand).
    Sent,
    /// Somebody looked at the page: a hint only.
    Opened,
    /// A device began.
    Enrolling,
    /// A device is connected.
    Enrolled,
    /// The mail was refused for good.
    Failed,
    /// Nobody used it in time.
    Expired,
    /// An administrator ended it.
    Revoked,
}

impl State {
    /// All states, in the order of a life.
    pub const ALL: [Self; 8] = [
        Self::Queued,
        Self::Sent,
        Self::Opened,
        Self::Enrolling,
        Self::Enrolled,
        Self::Failed,
        Self::Expired,
        Self::Revoked,
    ];

    /// The name in the database and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Opened => "opened",
            Self::Enrolling => "enrolling",
            Self::Enrolled => "enrolled",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }

    /// Whether an invitation may go from this state to that one.
    /// A failed or expired one lives again when it is resent or extended, and a link that failed to arrive by
    /// mail still connects a device when it was handed over by hand. A revoked one is dead for good.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        use State::*;
        match (self, next) {
            (Revoked, _) => false,
            (_, Revoked) | (Enrolled, Enrolled) => true,
            (Enrolled, _) => false,
            (Queued, Sent | Opened | Failed) => true,
            (Sent, Opened | Queued | Failed) | (Opened, Queued | Failed) => true,
            (Queued | Sent | Opened | Enrolling | Failed, Enrolling | Enrolled | Expired) => true,
            (Failed, Queued | Sent | Opened) | (Expired, Queued | Sent) => true,
            _ => false,
        }
    }
}

/// An invitation as rules and pages need it. It holds no token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Invitation {
    /// Its workspace.
    pub workspace: WorkspaceId,
    /// Its id.
    pub id: InvitationId,
    /// For whom.
    pub user: UserId,
    /// The user's name.
    pub user_name: String,
    /// The user's address.
    pub email: Option<String>,
    /// The press of "Send instructions" that made it.
    pub batch: Option<BatchId>,
    /// How far it came.
    pub state: State,
    /// Since when.
    pub state_at: Timestamp,
    /// The link's generation, from 1; a newer one ends the older link.
    pub generation: u32,
    /// The number of its message, from 1: what a person sends again gets the next one, a retry keeps it. 0 while there
    /// is no message, since the link was given out by hand.
    pub sending: u32,
    /// Until when the link connects a device.
    pub expires_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the mail server took its message; none for a link that was given out by hand.
    pub sent_at: Option<Timestamp>,
    /// When the page was first looked at.
    pub opened_at: Option<Timestamp>,
    /// When the device was connected.
    pub enrolled_at: Option<Timestamp>,
    /// The platform of the page that was looked at, or of the device.
    pub platform: Option<Platform>,
    /// Whether it was looked at on an iPhone or iPad that could not be connected, and nobody has been told since that it can.
    #[serde(default)]
    pub apple_waits: bool,
    /// The device that it connected.
    pub device: Option<DeviceId>,
    /// The hardware id that claimed it.
    pub hardware_id: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
    /// When the person asked for a new link.
    pub requested_at: Option<Timestamp>,
    /// The language of its message.
    pub language: Language,
    /// The sender's note in the message.
    pub note: Option<String>,
    /// The name of the account that sent it; none from the command line.
    pub sent_by: Option<String>,
    /// Why its message waits longer, in the mail server's words.
    pub waiting: Option<String>,
}

/// One step in an invitation's life.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The state that was reached.
    pub state: State,
    /// When.
    pub at: Timestamp,
    /// What else is known: the server's words, the device.
    pub detail: Option<String>,
    /// What was done to reach it, or in it; none when the state was reached by itself.
    pub acted: Option<Acted>,
    /// Who did it, as they were called then; none where a phone or the clock did.
    #[serde(default)]
    pub by: Option<String>,
}

/// Why a link does not connect a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// No such link, or a newer link replaced it.
    #[error("this link is not known")]
    Unknown,
    /// Its time is over.
    #[error("this link has expired")]
    Expired,
    /// An administrator ended it, or deleted the user.
    #[error("this link was withdrawn")]
    Revoked,
    /// Another device is connected with it.
    #[error("this link has already connected another device")]
    Used,
    /// The device is managed by somebody else.
    #[error("this device is managed by another company's system")]
    OtherManagement,
}

impl Invitation {
    /// Whether no message was ever made: the link itself was given out (`muster invite --print-link`). Its state is
    /// `sent` or a later one all the same, without a time of sending.
    #[must_use]
    pub fn link_given_out(&self) -> bool {
        self.sending == 0
    }

    /// Whether `hardware_id` may claim this invitation at `now` (DESIGN, rule 3).
    ///
    /// # Errors
    /// The [`Refusal`] to show.
    pub fn admits(&self, hardware_id: Option<&str>, now: Timestamp) -> Result<(), Refusal> {
        if self.state == State::Revoked {
            return Err(Refusal::Revoked);
        }
        match (&self.hardware_id, hardware_id) {
            (Some(bound), Some(asking)) if bound == asking => Ok(()),
            (Some(_), _) => Err(Refusal::Used),
            (None, _) if self.state == State::Expired || now >= self.expires_at => Err(Refusal::Expired),
            (None, _) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a23_a_revoked_invitation_never_lives_again() {
        assert!(State::ALL.into_iter().all(|next| !State::Revoked.may_become(next)));
    }

    #[test]
    fn a_connected_invitation_only_connects_again_or_is_revoked() {
        for next in State::ALL {
            assert_eq!(
                State::Enrolled.may_become(next),
                matches!(next, State::Enrolled | State::Revoked),
                "{next:?}"
            );
        }
    }

    #[test]
    fn names_are_read_back() {
        for state in State::ALL {
            assert_eq!(State::from_name(state.name()), Some(state));
        }
    }
}
