//! Who signs in to the console, and what each role may do.

use crate::{AccountId, EmailAddress, Language, PersonName, WorkspaceId};
use serde::{Deserialize, Serialize};

/// An account's role in one workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything, and the workspace itself.
    Owner,
    /// Everything but owners and the workspace's end.
    Administrator,
    /// Invites people; changes nothing else.
    Operator,
    /// Reads; never sees a link or a stored mail.
    Auditor,
}

/// Something that a server function or command wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Permission {
    /// See users, invitations, devices.
    Read,
    /// See a link or a stored mail: whoever has it can connect a device.
    SeeLinks,
    /// Send, resend, renew, extend, revoke invitations.
    Invite,
    /// Add, edit and delete users; rename, move and delete devices.
    Manage,
    /// Read and change settings.
    Configure,
    /// Read the audit log.
    Audit,
    /// Invite colleagues to the console, change their roles, remove them; make another workspace.
    Accounts,
}

impl Role {
    /// Whether this role may do that.
    #[must_use]
    pub fn may(self, permission: Permission) -> bool {
        match self {
            Self::Owner | Self::Administrator => true,
            Self::Operator => {
                matches!(permission, Permission::Read | Permission::SeeLinks | Permission::Invite)
            }
            Self::Auditor => matches!(permission, Permission::Read | Permission::Audit),
        }
    }

    /// All of them, the one that may do most first.
    pub const ALL: [Self; 4] = [Self::Owner, Self::Administrator, Self::Operator, Self::Auditor];

    /// Whether this role may give others that role, and take it from them. An administrator makes no owners and changes
    /// none: else each could make themselves one.
    #[must_use]
    pub fn may_give(self, role: Self) -> bool {
        self.may(Permission::Accounts) && (self == Self::Owner || role != Self::Owner)
    }

    /// The name in the database and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Administrator => "administrator",
            Self::Operator => "operator",
            Self::Auditor => "auditor",
        }
    }

    /// The role of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.name() == name)
    }
}

/// An account as the console shows it. It holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// What it signs in with.
    pub email: EmailAddress,
    /// The person's name.
    pub name: PersonName,
    /// The language of the console, if chosen.
    pub language: Option<Language>,
}

/// Who asks: the account of a live session and its role in the session's workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    /// The account.
    pub account: Account,
    /// The workspace that the session looks at.
    pub workspace: WorkspaceId,
    /// The account's role there.
    pub role: Role,
}

#[cfg(test)]
mod tests {
    use super::*;
    use Permission::*;

    #[test]
    fn each_role_may_do_just_what_it_is_for() {
        let table = [
            (Role::Owner, [true, true, true, true, true, true, true]),
            (Role::Administrator, [true, true, true, true, true, true, true]),
            (Role::Operator, [true, true, true, false, false, false, false]),
            (Role::Auditor, [true, false, false, false, false, true, false]),
        ];
        for (role, allowed) in table {
            let got = [Read, SeeLinks, Invite, Manage, Configure, Audit, Accounts].map(|p| role.may(p));
            assert_eq!(got, allowed, "{role:?}");
            assert_eq!(Role::from_name(role.name()), Some(role));
        }
    }

    #[test]
    fn an_administrator_makes_no_owner_and_changes_none() {
        for role in Role::ALL {
            assert!(Role::Owner.may_give(role));
            assert_eq!(Role::Administrator.may_give(role), role != Role::Owner, "{role:?}");
            assert!(!Role::Operator.may_give(role) && !Role::Auditor.may_give(role), "{role:?}");
        }
    }
}
