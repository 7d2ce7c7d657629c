//! Commands to devices: given in the console, fetched by the device with its next check-in, and ended by its word.

mod order;
mod possible;

pub use order::{CommandKind, ENROLMENT_PROFILE, InvalidOrder, Order, is_package};
pub use possible::{Abilities, Impossible, possible};

/// The detail of an erasing that an agent says it may not do; the console has its own words for it.
pub const NO_ADMINISTRATOR: &str = "the agent is no device administrator";
/// The detail of an erasing that a device confirmed, and spoke again later.
pub const CAME_BACK: &str =
    "it confirmed and has asked again since: it was not erased, or another phone has its settings";

use crate::{CommandId, DeviceId, Timestamp, apple::queue};
use serde::{Deserialize, Serialize};

/// How far a command came: `queued → delivered → done`, or another end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CommandState {
    /// Waits for the device's next check-in.
    Queued,
    /// The device was told, and will be told again until it answers.
    Delivered,
    /// The device could not do it yet (it is locked, say), and will be told again when it asks the next time.
    Postponed,
    /// The device did it.
    Done,
    /// The device did not, and will not.
    Failed,
    /// The device was told, and never answered: it may have done it or not.
    Unanswered,
    /// The device was told, and is not managed any more, as it would be after doing it.
    Presumed,
    /// The device was told, and its agent never says whether it has done it.
    Told,
    /// Taken back, or overtaken by a new connection.
    Cancelled,
}

impl CommandState {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Queued,
        Self::Delivered,
        Self::Postponed,
        Self::Done,
        Self::Failed,
        Self::Unanswered,
        Self::Presumed,
        Self::Told,
        Self::Cancelled,
    ];

    /// The name in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Delivered => "delivered",
            Self::Postponed => "postponed",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Unanswered => "unanswered",
            Self::Presumed => "presumed",
            Self::Told => "told",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }

    /// Whether the device still has to answer.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Queued | Self::Delivered | Self::Postponed)
    }

    /// As people are told of what the queue's rule has.
    #[must_use]
    pub fn of(state: queue::State) -> Self {
        match state {
            queue::State::Queued => Self::Queued,
            queue::State::Sent { .. } => Self::Delivered,
            queue::State::NotNow { .. } => Self::Postponed,
            queue::State::Acknowledged => Self::Done,
            queue::State::Failed | queue::State::FormatError => Self::Failed,
            queue::State::Unanswered => Self::Unanswered,
            queue::State::Presumed => Self::Presumed,
            queue::State::Cancelled { .. } => Self::Cancelled,
        }
    }

    /// As the queue's rule has it: sent so often, in that session.
    #[must_use]
    pub fn in_queue(self, times: u8, session: u64) -> queue::State {
        match self {
            Self::Queued => queue::State::Queued,
            Self::Delivered => queue::State::Sent { times },
            Self::Postponed => queue::State::NotNow { session, times },
            Self::Done => queue::State::Acknowledged,
            Self::Failed => queue::State::Failed,
            // Apple's devices always answer; what others are told and never confirm is as little an outcome.
            Self::Unanswered | Self::Told => queue::State::Unanswered,
            Self::Presumed => queue::State::Presumed,
            Self::Cancelled => queue::State::Cancelled { sent: times > 0 },
        }
    }
}

/// Something that a device was asked to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// Its id, which the device names in its answer.
    pub id: CommandId,
    /// Who shall do it.
    pub device: DeviceId,
    /// What.
    pub order: Order,
    /// How far it came.
    pub state: CommandState,
    /// When it was given.
    pub created_at: Timestamp,
    /// When the device was first told.
    pub delivered_at: Option<Timestamp>,
    /// When the device answered.
    pub ended_at: Option<Timestamp>,
    /// The device's own words.
    pub detail: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written_and_only_the_first_three_states_are_open() {
        for state in CommandState::ALL {
            assert_eq!(CommandState::from_name(state.name()), Some(state));
            assert_eq!(state.is_open(), matches!(state.name(), "queued" | "delivered" | "postponed"));
        }
    }

    #[test]
    fn a_state_goes_to_the_queues_rule_and_back() {
        for state in CommandState::ALL.into_iter().filter(|s| *s != CommandState::Told) {
            assert_eq!(CommandState::of(state.in_queue(1, 7)), state);
        }
    }
}
