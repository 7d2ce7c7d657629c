//! What live pages are told.

use crate::WorkspaceId;
use serde::{Deserialize, Serialize};

/// What changed, for live pages: just the subject; pages fetch again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Topic {
    /// Users and groups.
    Users,
    /// Invitations and sends.
    Invitations,
    /// Devices.
    Devices,
    /// Settings.
    Settings,
    /// Sessions, roles: streams check whether they may go on.
    Accounts,
    /// New jobs.
    Jobs,
    /// The audit log.
    Audit,
}

impl Topic {
    /// All topics.
    pub const ALL: [Self; 7] = [
        Self::Users,
        Self::Invitations,
        Self::Devices,
        Self::Settings,
        Self::Accounts,
        Self::Jobs,
        Self::Audit,
    ];

    /// The name in the database and in events.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Invitations => "invitations",
            Self::Devices => "devices",
            Self::Settings => "settings",
            Self::Accounts => "accounts",
            Self::Jobs => "jobs",
            Self::Audit => "audit",
        }
    }

    /// The topic of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.name() == name)
    }
}

/// Something changed in a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Ever greater.
    pub seq: i64,
    /// Where.
    pub workspace: WorkspaceId,
    /// What.
    pub topic: Topic,
}
