//! Commands to devices: given in the console, fetched by the agent with its next check-in, and ended by its word.

use crate::{CommandId, DeviceId, Timestamp};
use serde::{Deserialize, Serialize};

/// What a device can be asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommandKind {
    /// To say how it is, now.
    Report,
}

impl CommandKind {
    /// The name in the database and in the agent protocol.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Report => "report",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Report].into_iter().find(|k| k.name() == name)
    }
}

/// How far a command came: `queued → delivered → done`, or `failed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CommandState {
    /// Waits for the device's next check-in.
    Queued,
    /// The device was told, and will be told again until it answers.
    Delivered,
    /// The device did it.
    Done,
    /// The device did not, and will not.
    Failed,
}

impl CommandState {
    /// The name in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Delivered => "delivered",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Queued, Self::Delivered, Self::Done, Self::Failed].into_iter().find(|s| s.name() == name)
    }

    /// Whether the device still has to answer.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Queued | Self::Delivered)
    }
}

/// Something that a device was asked to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// Its id, which the agent names in its answer.
    pub id: CommandId,
    /// Who shall do it.
    pub device: DeviceId,
    /// What.
    pub kind: CommandKind,
    /// How far it came.
    pub state: CommandState,
    /// When it was given.
    pub created_at: Timestamp,
    /// When the device was first told.
    pub delivered_at: Option<Timestamp>,
    /// When the device answered.
    pub ended_at: Option<Timestamp>,
    /// The agent's own words.
    pub detail: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written_and_only_the_first_two_states_are_open() {
        for state in [CommandState::Queued, CommandState::Delivered, CommandState::Done, CommandState::Failed]
        {
            assert_eq!(CommandState::from_name(state.name()), Some(state));
            assert_eq!(state.is_open(), matches!(state.name(), "queued" | "delivered"));
        }
        assert_eq!(CommandKind::from_name("report"), Some(CommandKind::Report));
        assert_eq!(CommandKind::from_name("wipe"), None);
    }
}
