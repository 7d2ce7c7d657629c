//! What can go wrong, and the exit code that says so.

use crate::apple::error::AppleError;
use muster_agent_protocol::problem::{ProblemCode, ProblemResponse};

/// Why a call did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// The server refused, and said why.
    #[error("{} {}", .0.message, .0.advice)]
    Refused(ProblemResponse),
    /// The words on the command line are off.
    #[error("{0}")]
    Usage(String),
    /// There is no server at that address, or none that answers.
    #[error("cannot reach the server: {0}")]
    Unreachable(String),
    /// Something answers there, but it does not speak this protocol.
    #[error("the server's answer makes no sense: {0}")]
    Answer(String),
    /// Something is wrong on this machine, such as a state file that cannot be read.
    #[error("{0}")]
    Local(String),
    /// A simulated iPhone's own reasons.
    #[error(transparent)]
    Apple(#[from] AppleError),
}

impl AgentError {
    /// 1 refused or failed, 2 usage, 3 the server cannot be reached.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Refused(_) | Self::Answer(_) | Self::Local(_) | Self::Apple(_) => 1,
            Self::Usage(_) => 2,
            Self::Unreachable(_) => 3,
        }
    }

    /// A word for programs: the server's code, or `usage`, `unreachable`, `answer`, `local`, or an
    /// [`AppleError`]'s.
    #[must_use]
    pub fn code(&self) -> String {
        match self {
            Self::Refused(problem) => serde_json::to_value(problem.code)
                .ok()
                .and_then(|v| v.as_str().map(str::to_owned))
                .unwrap_or_default(),
            Self::Usage(_) => "usage".into(),
            Self::Unreachable(_) => "unreachable".into(),
            Self::Answer(_) => "answer".into(),
            Self::Local(_) => "local".into(),
            Self::Apple(error) => error.code(),
        }
    }

    /// Whether the same call may succeed later without anybody doing anything.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable(_) => true,
            Self::Refused(problem) => problem.code == ProblemCode::Unavailable,
            Self::Apple(error) => error.is_transient(),
            _ => false,
        }
    }
}
