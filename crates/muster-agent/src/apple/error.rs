//! What can go wrong for a simulated iPhone besides what can for any agent.

use super::http::Answer;

/// Why it did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum AppleError {
    /// iOS says "Profile Installation Failed".
    #[error("the profile cannot be installed: {0}")]
    Profile(String),
    /// SCEP's FAILURE, with its failInfo.
    #[error("the certificate authority refused: {0}")]
    Scep(&'static str),
    /// SCEP's PENDING, as often as the profile lets a device ask.
    #[error("the certificate authority has not decided yet, after {0} questions")]
    Pending(u64),
    /// A status that means no.
    #[error("{step}: HTTP {status}{said}")]
    Http {
        /// What was tried.
        step: &'static str,
        /// The status.
        status: u16,
        /// What the server said, if it is short.
        said: String,
    },
    /// The enrolment is gone from the device.
    #[error("the enrolment is gone from this device: {0}")]
    Ended(String),
    /// There is none yet, or not any more.
    #[error("this device is not enrolled ({0}): enroll it first")]
    NotEnrolled(&'static str),
    /// `--lose-answers`.
    #[error("did a command and died before it answered, as it was told")]
    Died,
}

impl AppleError {
    /// For an answer that is not 200.
    #[must_use]
    pub fn http(step: &'static str, answer: &Answer) -> Self {
        let text = String::from_utf8_lossy(&answer.body);
        let said = match text.trim() {
            short if !short.is_empty() && short.len() <= 500 && !short.starts_with('<') => {
                format!(": {short}")
            }
            _ => String::new(),
        };
        Self::Http { step, status: answer.status, said }
    }

    /// A word for programs.
    #[must_use]
    pub fn code(&self) -> String {
        match self {
            Self::Profile(_) => "profile".into(),
            Self::Scep(_) => "scep_refused".into(),
            Self::Pending(_) => "scep_pending".into(),
            Self::Http { status, .. } => format!("http_{status}"),
            Self::Ended(_) => "enrolment_ended".into(),
            Self::NotEnrolled(_) => "not_enrolled".into(),
            Self::Died => "died".into(),
        }
    }

    /// Whether the same call may succeed later without anybody doing anything.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Pending(_) | Self::Http { status: 429 | 500.., .. })
    }
}
