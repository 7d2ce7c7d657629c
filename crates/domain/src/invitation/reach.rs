//! How far messages came: the funnel from a message to a connected device.

use super::State;
use serde::{Deserialize, Serialize};

/// How far a message came at least, whatever became of it afterwards: one that was opened and then expired was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// The mail server took it, or its link was given out by hand.
    Sent,
    /// Its page was looked at, or something further happened.
    Opened,
    /// A device began to connect.
    Started,
    /// A device connected.
    Connected,
}

impl Reach {
    /// All of them, in their order.
    pub const ALL: [Self; 4] = [Self::Sent, Self::Opened, Self::Started, Self::Connected];

    /// The name in addresses.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Opened => "opened",
            Self::Started => "started",
            Self::Connected => "connected",
        }
    }

    /// What has that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reach| reach.name() == name)
    }

    /// Its place in the database, from 1.
    #[must_use]
    pub fn rank(self) -> i64 {
        self as i64 + 1
    }
}

/// How many messages came at least so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// Sent.
    pub sent: u64,
    /// Opened.
    pub opened: u64,
    /// Started.
    pub started: u64,
    /// Connected.
    pub connected: u64,
}

impl Reached {
    /// How many came at least so far.
    #[must_use]
    pub fn of(&self, reach: Reach) -> u64 {
        match reach {
            Reach::Sent => self.sent,
            Reach::Opened => self.opened,
            Reach::Started => self.started,
            Reach::Connected => self.connected,
        }
    }
}

impl State {
    /// Those in which a link still waits for its device.
    pub const OPEN: [Self; 5] = [Self::Queued, Self::Sent, Self::Opened, Self::Enrolling, Self::Failed];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_and_ranks_begin_at_one() {
        for reach in Reach::ALL {
            assert_eq!(Reach::from_name(reach.name()), Some(reach));
        }
        assert_eq!(Reach::ALL.map(Reach::rank), [1, 2, 3, 4]);
        assert_eq!(Reach::from_name("clicked"), None);
    }

    #[test]
    fn an_open_message_may_still_connect_a_device_or_expire() {
        for state in State::ALL {
            let open = state.may_become(State::Enrolled) && state.may_become(State::Expired);
            assert_eq!(State::OPEN.contains(&state), open, "{state:?}");
        }
    }
}
