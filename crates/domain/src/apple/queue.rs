//! The rule of the command queue, without its storage: what an answer does to a command, and which command the device
//! gets next.
//!
//! - In order, one at a time. A device works on one command and says how it went before it takes another.
//! - `NotNow`: kept in its place, and tried again in the next session (the device connects by itself when it can). A
//!   session begins with `Idle`; the other commands go on meanwhile.
//! - A lost answer: a command that was sent and not answered is sent again with the same `CommandUUID` when the device
//!   says something else. Devices do not know repeated commands by their ids, so those that must not happen twice have
//!   rules of their own: see [`Repeat`].
//! - A new enrolment (`Authenticate`) or its end (`CheckOut`) closes all that is open.

use crate::CommandId;

/// Whether a command may be sent again when no answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Repeat {
    /// Twice is like once.
    Always,
    /// Once done, the enrolment is gone: a device that speaks in the same enrolment has not done it, so it gets it again.
    /// (Erasing, removing the management.)
    WhileEnrolled,
    /// Done once at most; without an answer it is left to a person. (Restarting, shutting down, clearing a passcode
    /// that may be a new one.) It is sent again after the first `NotNow` alone: what comes after the second sending may be that
    /// very answer once more, from a line that doubles, and the command be done.
    Never,
}

/// A command is sent this often at most: a device that chokes on one must get to the others.
pub const MOST_SENDS: u8 = 5;

/// How far a command has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Waits for the device.
    Queued,
    /// Was given to the device this often.
    Sent {
        /// How often.
        times: u8,
    },
    /// The device could not do it in this session.
    NotNow {
        /// In which session.
        session: u64,
        /// How often it was lost on its way before; of what may not be repeated, how often it was sent.
        times: u8,
    },
    /// Done.
    Acknowledged,
    /// The device reported an error.
    Failed,
    /// The device did not understand it.
    FormatError,
    /// It was sent, perhaps done, and never answered. A late answer is still taken.
    Unanswered,
    /// Sent, and the enrolment then ended as it does when the command is done.
    Presumed,
    /// Taken back, or overtaken by a new enrolment. A late answer is taken if it had been sent.
    Cancelled {
        /// Whether it was ever sent.
        sent: bool,
    },
}

/// How a device says that a command went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// `Acknowledged`.
    Acknowledged,
    /// `Error`.
    Error,
    /// `CommandFormatError`.
    FormatError,
    /// `NotNow`.
    NotNow,
}

/// Why an answer changes nothing (`A12`). The device is given its next command all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Ignored {
    /// There is no such command for this device.
    #[error("no such command for this device")]
    Unknown,
    /// It was never sent.
    #[error("the command was not sent yet")]
    NotSent,
    /// It was answered before; the first answer counts.
    #[error("the command was answered before")]
    Repeated,
}

impl State {
    /// Whether nothing happens to it any more by itself.
    #[must_use]
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Queued | Self::Sent { .. } | Self::NotNow { .. })
    }

    /// What an answer makes of it, and of a command that may be sent again so.
    ///
    /// # Errors
    /// [`Ignored`] if the answer changes nothing.
    pub fn answered(self, repeat: Repeat, outcome: Outcome, session: u64) -> Result<Self, Ignored> {
        let times = match self {
            Self::Queued | Self::Cancelled { sent: false } => return Err(Ignored::NotSent),
            Self::Acknowledged | Self::Failed | Self::FormatError | Self::NotNow { .. } => {
                return Err(Ignored::Repeated);
            }
            // Too late to be tried again, but "not now" is no outcome.
            Self::Unanswered | Self::Presumed | Self::Cancelled { sent: true } => match outcome {
                Outcome::NotNow => return Err(Ignored::Repeated),
                _ => 0,
            },
            Self::Sent { times } => times,
        };
        Ok(match outcome {
            Outcome::Acknowledged => Self::Acknowledged,
            Outcome::Error => Self::Failed,
            Outcome::FormatError => Self::FormatError,
            Outcome::NotNow if repeat == Repeat::Never && times > 1 => Self::Unanswered,
            Outcome::NotNow if repeat == Repeat::Never => Self::NotNow { session, times },
            // It was answered, so this sending was not lost.
            Outcome::NotNow => Self::NotNow { session, times: times.saturating_sub(1) },
        })
    }

    /// What is made of it when the device asks for its next command, before one is chosen: a command that is still
    /// `Sent` then was lost, or its answer was.
    #[must_use]
    pub fn unanswered(self, repeat: Repeat) -> Self {
        match self {
            Self::Sent { .. } if repeat == Repeat::Never => Self::Unanswered,
            Self::Sent { times } if times >= MOST_SENDS => Self::Unanswered,
            other => other,
        }
    }

    /// Whether it can be given to the device in this session.
    #[must_use]
    pub fn is_due(self, session: u64) -> bool {
        match self {
            Self::Queued | Self::Sent { .. } => true,
            Self::NotNow { session: then, .. } => then != session,
            _ => false,
        }
    }

    /// Given to the device.
    #[must_use]
    pub fn sent(self) -> Self {
        match self {
            Self::Queued => Self::Sent { times: 1 },
            Self::Sent { times } | Self::NotNow { times, .. } => {
                Self::Sent { times: times.saturating_add(1) }
            }
            other => other,
        }
    }

    /// Taken back by a person. What the device has already may still be done and answered.
    #[must_use]
    pub fn cancelled(self) -> Self {
        match self {
            Self::Queued => Self::Cancelled { sent: false },
            Self::Sent { .. } | Self::NotNow { .. } => Self::Cancelled { sent: true },
            other => other,
        }
    }

    /// The enrolment is over, or a new one begins.
    #[must_use]
    pub fn enrolment_ended(self, repeat: Repeat) -> Self {
        match (self, repeat) {
            (Self::Sent { .. }, Repeat::WhileEnrolled) => Self::Presumed,
            (Self::Sent { .. }, _) => Self::Unanswered,
            (other, _) => other.cancelled(),
        }
    }
}

/// One command of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: CommandId,
    /// Whether it may be sent again.
    pub repeat: Repeat,
    /// How far it has come.
    pub state: State,
}

/// The commands of one device, oldest first: the rule as a whole, as storage has to follow it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Queue {
    entries: Vec<Entry>,
    session: u64,
}

impl Queue {
    /// As storage has it: the commands, oldest first, and the number of the device's last session.
    #[must_use]
    pub fn restore(entries: Vec<Entry>, session: u64) -> Self {
        Self { entries, session }
    }

    /// The number of the device's last session, to be kept.
    #[must_use]
    pub fn session(&self) -> u64 {
        self.session
    }

    /// Adds a command at the end. An id that is there already changes nothing.
    pub fn push(&mut self, id: CommandId, repeat: Repeat) {
        if !self.entries.iter().any(|e| e.id == id) {
            self.entries.push(Entry { id, repeat, state: State::Queued });
        }
    }

    /// All of them.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The device says `Idle`: a new session. What it gets, or nothing.
    pub fn idle(&mut self) -> Option<&Entry> {
        self.session = self.session.wrapping_add(1);
        self.next()
    }

    /// The device answers a command: whether that changed anything, and what it gets next.
    pub fn answer(&mut self, id: &CommandId, outcome: Outcome) -> (Result<(), Ignored>, Option<&Entry>) {
        let session = self.session;
        let taken = match self.entries.iter_mut().find(|e| e.id == *id) {
            Some(entry) => {
                entry.state.answered(entry.repeat, outcome, session).map(|state| entry.state = state)
            }
            None => Err(Ignored::Unknown),
        };
        (taken, self.next())
    }

    /// A person takes a command back.
    pub fn cancel(&mut self, id: &CommandId) {
        for entry in self.entries.iter_mut().filter(|e| e.id == *id) {
            entry.state = entry.state.cancelled();
        }
    }

    /// `Authenticate` or `CheckOut`.
    pub fn enrolment_ended(&mut self) {
        for entry in &mut self.entries {
            entry.state = entry.state.enrolment_ended(entry.repeat);
        }
    }

    /// What was sent and not answered comes first, then in order.
    fn next(&mut self) -> Option<&Entry> {
        let session = self.session;
        for entry in &mut self.entries {
            entry.state = entry.state.unanswered(entry.repeat);
        }
        let sent = self.entries.iter().position(|e| matches!(e.state, State::Sent { .. }));
        let due = sent.or_else(|| self.entries.iter().position(|e| e.state.is_due(session)));
        let entry = self.entries.get_mut(due?)?;
        entry.state = entry.state.sent();
        Some(entry)
    }
}
