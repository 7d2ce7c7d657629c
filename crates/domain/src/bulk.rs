//! Acts on many rows of a list: which rows, what is done to each, and what became of it.
//!
//! Rows go to the server [`AT_ONCE`] at a time. Each is its own: one that is refused undoes no other. All acts can be
//! repeated, since an answer may be lost on its way: what the act that began then ([`Since`]) has done is kept for a day,
//! and answered again instead of being done twice.

pub mod pattern;

use crate::{
    AccountId, CommandId, DeviceId, InvitationId, Timestamp, UserId,
    command::{CommandKind, Impossible, Order},
    query::{DeviceQuery, InvitationQuery},
    text::InvalidText,
    time::DAY,
};
use pattern::{Pattern, Values};
use serde::{Deserialize, Serialize};

/// Rows that one request acts on at most.
pub const AT_ONCE: usize = 200;
/// Rows that can be picked at most.
pub const MOST: u32 = 100_000;
/// Devices that [`Chosen::first`] tells of.
pub const FIRST: usize = 5;

/// Rows that were picked in a list. Whichever they are, they come in the order of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pick<Q, I> {
    /// The order; and which rows, all that match, where none are named.
    pub query: Q,
    /// Just these, whether they match or not.
    pub these: Option<Vec<I>>,
    /// But not these.
    pub except: Vec<I>,
}

impl<Q: Default, I> Default for Pick<Q, I> {
    fn default() -> Self {
        Self { query: Q::default(), these: None, except: Vec::new() }
    }
}

/// Messages that were picked.
pub type PickMessages = Pick<InvitationQuery, InvitationId>;
/// Devices that were picked.
pub type PickDevices = Pick<DeviceQuery, DeviceId>;

/// What a pick means.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chosen<I> {
    /// The rows, in the order of the list. Of messages first those to which the act can be done, then those to which it may
    /// be once somebody has mended what is in the way ([`Refused::may_pass`]).
    pub ids: Vec<I>,
    /// To how many of the rows, the first ones, it can be done.
    pub able: u64,
    /// What they are called, in the same order: a message by its person, a device by its name and its person's.
    pub names: Vec<String>,
    /// How many people they are of; of devices.
    pub people: u64,
    /// What a name can be made of, for the first few devices.
    pub first: Vec<Values>,
    /// To how many of those that were picked it cannot be done, by why; of messages.
    pub refused: Vec<(Refused, u64)>,
    /// How many links that can be given more time work for so many days yet, a begun one with them.
    pub days: Vec<(i64, u64)>,
    /// The server's time: the act counts from here.
    pub begun: Timestamp,
}

impl<I> Chosen<I> {
    /// How many rows were picked.
    #[must_use]
    pub fn all(&self) -> u64 {
        self.refused.iter().map(|(_, n)| n).sum::<u64>() + self.able
    }

    /// How many of the links work for longer already than so many days from now.
    #[must_use]
    pub fn longer(&self, days: u32) -> u64 {
        self.days.iter().filter(|(left, _)| *left > i64::from(days)).map(|(_, n)| n).sum()
    }
}

/// When an act on many rows began, by the server's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Since(Timestamp);

impl Since {
    /// The moment that a browser names, kept within the last day: whoever is later begins anew.
    #[must_use]
    pub fn of(begun: Timestamp, now: Timestamp) -> Self {
        Self(Timestamp(begun.0.clamp(now.plus(-DAY).0, now.0)))
    }

    /// The moment.
    #[must_use]
    pub fn begun(self) -> Timestamp {
        self.0
    }
}

/// What is done to messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageDeed {
    /// The same link is sent again.
    Resend,
    /// The link ends.
    Revoke,
    /// The link works for so many days from the beginning of the act.
    Extend {
        /// 1 to 90.
        days: u32,
    },
}

/// What is done to devices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceDeed {
    /// Each gets a name after a pattern.
    Rename {
        /// The pattern.
        pattern: Pattern,
    },
    /// All go to this person.
    Move {
        /// Whose they become.
        owner: UserId,
    },
    /// They are deleted, and their links withdrawn.
    Delete,
    /// Each is told to do this.
    Order {
        /// What.
        order: Order,
        /// How many devices it is told, as whoever decides typed it: what cannot be undone is told to no more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        named: Option<u32>,
    },
}

/// Who acts on devices, since when, and when.
#[derive(Clone, Copy, Debug)]
pub struct Acting {
    /// When the act began.
    pub since: Since,
    /// Who.
    pub by: Option<AccountId>,
    /// The id of the first command that the act gives, if it gives any; the others come after it.
    pub first: CommandId,
    /// When.
    pub now: Timestamp,
}

/// A device with its number among those that were picked, from 1.
pub type Numbered = (DeviceId, u32);

/// What was changed in a row, so that it can be put back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// A device's name.
    Name {
        /// Before.
        was: String,
        /// By the act.
        set: String,
    },
    /// A device's owner.
    Owner {
        /// Before.
        was: UserId,
        /// By the act.
        set: UserId,
    },
    /// Until when a link works.
    End {
        /// Before.
        was: Timestamp,
        /// By the act.
        set: Timestamp,
    },
}

/// Why a row was left as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refused {
    /// It is not there, or not in this workspace.
    Gone,
    /// The link is withdrawn.
    Revoked,
    /// The link has connected a device.
    Connected,
    /// The link's time is over.
    Expired,
    /// The person has no address.
    NoAddress,
    /// The message waits to be sent.
    Underway,
    /// A device is half connected by the link.
    Connecting,
    /// The link works until then already: no act ends it earlier.
    Longer(Timestamp),
    /// The device cannot do it.
    Unable(Impossible),
    /// The new owner is not there any more.
    NoOwner,
    /// The name that came out.
    Name(InvalidText),
    /// Somebody else has changed it since; only what is as the act left it is put back.
    Changed,
    /// The database could not: the log says why.
    Failed,
}

impl Refused {
    /// Whether trying again may help, once somebody has mended what is in the way.
    #[must_use]
    pub fn may_pass(self) -> bool {
        matches!(self, Self::NoAddress | Self::Expired | Self::Failed)
    }
}

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome<I> {
    /// The row.
    pub id: I,
    /// As [`Chosen::names`] has it; empty where it is not known, or not needed since it was done before.
    pub name: String,
    /// What was changed, where it can be put back; or why nothing was.
    pub became: Result<Option<Change>, Refused>,
}

/// What became of messages.
pub type MessageOutcome = Outcome<InvitationId>;
/// What became of devices.
pub type DeviceOutcome = Outcome<DeviceId>;

impl MessageDeed {
    /// Its name, by which it is remembered.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Resend => "resend",
            Self::Revoke => "revoke",
            Self::Extend { .. } => "extend",
        }
    }
}

impl DeviceDeed {
    /// Its name, by which it is remembered.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Rename { .. } => "rename",
            Self::Move { .. } => "move",
            Self::Delete => "delete",
            // Its own name is the other act's.
            Self::Order { order, .. } if order.kind() == CommandKind::Rename => "order_rename",
            Self::Order { order, .. } => order.kind().name(),
        }
    }
}

/// What a device is called among others: by its name and its person's.
#[must_use]
pub fn device_name(name: &str, owner: &str) -> String {
    format!("{name} · {owner}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_an_act_lies_within_the_last_day_whatever_a_browser_says() {
        let now = Timestamp(10 * DAY);
        assert_eq!(Since::of(Timestamp(10 * DAY - 5), now).begun(), Timestamp(10 * DAY - 5));
        assert_eq!(Since::of(Timestamp(99 * DAY), now).begun(), now);
        assert_eq!(Since::of(Timestamp(i64::MIN), now).begun(), Timestamp(9 * DAY));
    }
}
