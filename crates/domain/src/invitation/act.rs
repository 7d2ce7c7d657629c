//! What can be done about an invitation, and what was done.

use super::{Invitation, State};
use crate::{Timestamp, bulk::Refused};
use serde::{Deserialize, Serialize};

/// Something that can be done about an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Send the same link again.
    Resend,
    /// Send the next link; the older one ends.
    Renew,
    /// Let the link work for longer.
    Extend,
    /// End it.
    Revoke,
    /// Take the link out, to hand it over by hand.
    CopyLink,
}

impl Act {
    /// All of them, in the order of their buttons: what cannot be taken back stands last.
    pub const ALL: [Self; 5] = [Self::CopyLink, Self::Resend, Self::Renew, Self::Extend, Self::Revoke];
}

/// Something that was done to an invitation and stands in its history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Acted {
    /// The same link was sent again.
    Resent,
    /// The next link was made; the older one ended.
    Renewed,
    /// The link works for longer.
    Extended,
    /// What it was given more was taken back.
    Unextended,
    /// The person asked for a new link.
    Asked,
    /// The device was deleted, and the link with it.
    DeviceDeleted,
}

impl Acted {
    const ALL: [Self; 6] =
        [Self::Resent, Self::Renewed, Self::Extended, Self::Unextended, Self::Asked, Self::DeviceDeleted];

    /// The name in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Resent => "resent",
            Self::Renewed => "renewed",
            Self::Extended => "extended",
            Self::Unextended => "unextended",
            Self::Asked => "asked",
            Self::DeviceDeleted => "device_deleted",
        }
    }

    /// What has that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.name() == name)
    }
}

/// How many invitations are in each state, for the tabs above the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateCounts {
    /// By state; a state without any may be left out.
    pub states: Vec<(State, u64)>,
    /// Whose person asks for a new link.
    pub asking: u64,
}

impl StateCounts {
    /// In all states.
    #[must_use]
    pub fn all(&self) -> u64 {
        self.states.iter().map(|(_, n)| n).sum()
    }

    /// In this state.
    #[must_use]
    pub fn of(&self, state: State) -> u64 {
        self.states.iter().find(|(s, _)| *s == state).map_or(0, |(_, n)| *n)
    }
}

/// What of an invitation decides what can be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// How far it came.
    pub state: State,
    /// Whether a device has claimed it.
    pub claimed: bool,
    /// Whether its person has an address.
    pub address: bool,
    /// Until when its link works.
    pub expires_at: Timestamp,
}

impl Standing {
    /// Why `act` is not possible at `now`; none if it is.
    #[must_use]
    pub fn refuses(self, act: Act, now: Timestamp) -> Option<Refused> {
        if self.state == State::Revoked {
            return Some(Refused::Revoked);
        }
        let when = |no: bool, why: Refused| no.then_some(why);
        let connected = self.state == State::Enrolled || self.claimed;
        let over = now >= self.expires_at;
        // Without an address there is nowhere to send to.
        let nowhere = when(!self.address, Refused::NoAddress);
        match act {
            Act::Revoke => None,
            // Whoever was connected comes back with the same link, also after its time.
            Act::CopyLink => when(!connected && (over || self.state == State::Expired), Refused::Expired),
            Act::Extend | Act::Renew | Act::Resend if connected => Some(Refused::Connected),
            Act::Extend => None,
            Act::Renew => nowhere,
            Act::Resend => nowhere
                .or(when(over, Refused::Expired))
                .or(when(self.state == State::Enrolling, Refused::Connecting))
                .or(when(!self.state.may_become(State::Queued), Refused::Underway)),
        }
    }
}

impl Invitation {
    /// Whether its time is over at `now`, also when nobody has marked it yet.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.state == State::Expired || now >= self.expires_at
    }

    /// Whether `act` is possible at `now`. The store decides again; this is what the console offers.
    #[must_use]
    pub fn offers(&self, act: Act, now: Timestamp) -> bool {
        self.refuses(act, now).is_none()
    }

    /// Why the link cannot end at `end`: it works for longer already, and nothing takes that from its person.
    #[must_use]
    pub fn refuses_end(&self, end: Timestamp) -> Option<Refused> {
        (self.expires_at > end).then_some(Refused::Longer(self.expires_at))
    }

    /// Why `act` is not possible at `now`; none if it is.
    #[must_use]
    pub fn refuses(&self, act: Act, now: Timestamp) -> Option<Refused> {
        let (claimed, address) = (self.hardware_id.is_some(), self.email.is_some());
        Standing { state: self.state, claimed, address, expires_at: self.expires_at }.refuses(act, now)
    }
}
