//! What can be done, by the names that stand in the log for ever.

use serde::{Deserialize, Serialize};

/// What an action is about: the first half of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Area {
    /// People.
    User,
    /// Groups.
    Group,
    /// Invitations and sendings.
    Invitation,
    /// Devices.
    Device,
    /// Settings.
    Settings,
    /// Accounts and sessions.
    Account,
    /// Exports.
    List,
}

impl Area {
    /// All of them, in the order of the menu.
    pub const ALL: [Self; 7] =
        [Self::User, Self::Group, Self::Invitation, Self::Device, Self::Settings, Self::Account, Self::List];

    /// The name in addresses and in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Invitation => "invitation",
            Self::Device => "device",
            Self::Settings => "settings",
            Self::Account => "account",
            Self::List => "list",
        }
    }

    /// The area of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|area| area.name() == name)
    }
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// A person was added.
    #[serde(rename = "user.added")]
    UserAdded,
    /// Details of a person were changed.
    #[serde(rename = "user.changed")]
    UserChanged,
    /// A person was deleted, with their devices and invitations.
    #[serde(rename = "user.deleted")]
    UserDeleted,
    /// A list of people was imported.
    #[serde(rename = "user.imported")]
    UsersImported,
    /// A group was made.
    #[serde(rename = "group.added")]
    GroupAdded,
    /// A group got another name.
    #[serde(rename = "group.renamed")]
    GroupRenamed,
    /// A group was deleted.
    #[serde(rename = "group.deleted")]
    GroupDeleted,
    /// People were put into a group.
    #[serde(rename = "group.joined")]
    GroupJoined,
    /// People were taken out of a group.
    #[serde(rename = "group.left")]
    GroupLeft,
    /// Instructions were sent, or links made.
    #[serde(rename = "invitation.sent")]
    InstructionsSent,
    /// A sending was taken back.
    #[serde(rename = "invitation.undone")]
    InstructionsUndone,
    /// A message was sent again.
    #[serde(rename = "invitation.resent")]
    InvitationResent,
    /// What had failed of a sending was sent again.
    #[serde(rename = "invitation.failures_resent")]
    FailuresResent,
    /// An invitation got a new link; the older one ended.
    #[serde(rename = "invitation.renewed")]
    InvitationRenewed,
    /// An invitation was revoked.
    #[serde(rename = "invitation.revoked")]
    InvitationRevoked,
    /// A link works longer.
    #[serde(rename = "invitation.extended")]
    InvitationExtended,
    /// A link was shown.
    #[serde(rename = "invitation.link_shown")]
    LinkShown,
    /// A device claimed its link.
    #[serde(rename = "device.connected")]
    DeviceConnected,
    /// A device claimed its link again, with a new key (DESIGN, rule 3).
    #[serde(rename = "device.reconnected")]
    DeviceReconnected,
    /// A device said good-bye.
    #[serde(rename = "device.left")]
    DeviceLeft,
    /// A device got another name.
    #[serde(rename = "device.renamed")]
    DeviceRenamed,
    /// A device got another owner.
    #[serde(rename = "device.moved")]
    DeviceMoved,
    /// A device was deleted.
    #[serde(rename = "device.deleted")]
    DeviceDeleted,
    /// A command was given to a device.
    #[serde(rename = "device.command")]
    CommandQueued,
    /// A command was taken back.
    #[serde(rename = "device.command_cancelled")]
    CommandCancelled,
    /// A device was let move to another link.
    #[serde(rename = "device.may_move")]
    DeviceMayMove,
    /// Somebody decided that what speaks at a device's address is the device.
    #[serde(rename = "device.is_the_same")]
    DeviceIsTheSame,
    /// Another piece of hardware spoke at a device's address.
    #[serde(rename = "device.possible_copy")]
    DevicePossibleCopy,
    /// Something asked below a device's link though the device has moved, and was refused.
    #[serde(rename = "device.link_used_again")]
    DeviceLinkUsedAgain,
    /// A device was allowed to connect below its link again.
    #[serde(rename = "device.may_connect_again")]
    DeviceMayConnectAgain,
    /// Somebody decided that it was not the device that asked below its link.
    #[serde(rename = "device.link_use_dismissed")]
    DeviceLinkUseDismissed,
    /// A configuration profile was uploaded.
    #[serde(rename = "settings.profile_uploaded")]
    ProfileUploaded,
    /// A configuration profile was deleted.
    #[serde(rename = "settings.profile_deleted")]
    ProfileDeleted,
    /// A configuration for Android devices was made.
    #[serde(rename = "settings.configuration_added")]
    ConfigurationAdded,
    /// A configuration for Android devices was changed.
    #[serde(rename = "settings.configuration_changed")]
    ConfigurationChanged,
    /// A former version of a configuration was brought back.
    #[serde(rename = "settings.configuration_restored")]
    ConfigurationRestored,
    /// A configuration for Android devices was deleted.
    #[serde(rename = "settings.configuration_deleted")]
    ConfigurationDeleted,
    /// Configurations were put in another order.
    #[serde(rename = "settings.configurations_ordered")]
    ConfigurationsOrdered,
    /// An Android package was uploaded.
    #[serde(rename = "settings.package_uploaded")]
    PackageUploaded,
    /// An Android package was deleted.
    #[serde(rename = "settings.package_deleted")]
    PackageDeleted,
    /// Settings were changed.
    #[serde(rename = "settings.changed")]
    SettingsChanged,
    /// The message got other words in a language, or its usual ones.
    #[serde(rename = "settings.wording")]
    WordingChanged,
    /// The phone's page got another colour, or names somebody else to ask.
    #[serde(rename = "settings.look")]
    LookChanged,
    /// The logo was changed or taken away.
    #[serde(rename = "settings.logo")]
    LogoChanged,
    /// A secret was set or taken away; its value is never told.
    #[serde(rename = "settings.secret")]
    SecretChanged,
    /// A request for an APNs certificate was made, or given up.
    #[serde(rename = "settings.apple_request")]
    PushRequestMade,
    /// A request for an APNs certificate was signed by the vendor certificate.
    #[serde(rename = "settings.apple_signed")]
    PushRequestSigned,
    /// The MDM vendor certificate was set or taken away.
    #[serde(rename = "settings.apple_vendor")]
    VendorChanged,
    /// An APNs certificate came, or was renewed.
    #[serde(rename = "settings.apple_certificate")]
    PushCertificateChanged,
    /// The APNs certificate was exported with its key.
    #[serde(rename = "settings.apple_export")]
    PushKeyExported,
    /// The certificate that signs profiles came, was renewed or taken away.
    #[serde(rename = "settings.apple_signing")]
    SigningChanged,
    /// An account was made.
    #[serde(rename = "account.added")]
    AccountAdded,
    /// A colleague was invited.
    #[serde(rename = "account.invited")]
    AccountInvited,
    /// A colleague's invitation got a new link.
    #[serde(rename = "account.invited_again")]
    OfferRenewed,
    /// A colleague's invitation was withdrawn.
    #[serde(rename = "account.invitation_revoked")]
    OfferRevoked,
    /// A colleague took an invitation up.
    #[serde(rename = "account.joined")]
    AccountJoined,
    /// An account was taken out of the workspace.
    #[serde(rename = "account.removed")]
    AccountRemoved,
    /// An account left the workspace.
    #[serde(rename = "account.left")]
    AccountLeft,
    /// An account got another name.
    #[serde(rename = "account.renamed")]
    AccountRenamed,
    /// Sessions of an account were ended.
    #[serde(rename = "account.sessions_ended")]
    SessionsEnded,
    /// The workspace was made.
    #[serde(rename = "account.workspace")]
    WorkspaceMade,
    /// An account got another role.
    #[serde(rename = "account.role")]
    RoleChanged,
    /// A password was set.
    #[serde(rename = "account.password")]
    PasswordChanged,
    /// A one-time link for an account was made.
    #[serde(rename = "account.ticket")]
    TicketMade,
    /// Someone signed in.
    #[serde(rename = "account.signed_in")]
    SignedIn,
    /// A sign-in was refused.
    #[serde(rename = "account.refused")]
    SignInRefused,
    /// Someone signed out.
    #[serde(rename = "account.signed_out")]
    SignedOut,
    /// A list was exported.
    #[serde(rename = "list.exported")]
    ListExported,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 68] = [
        Self::UserAdded,
        Self::UserChanged,
        Self::UserDeleted,
        Self::UsersImported,
        Self::GroupAdded,
        Self::GroupRenamed,
        Self::GroupDeleted,
        Self::GroupJoined,
        Self::GroupLeft,
        Self::InstructionsSent,
        Self::InstructionsUndone,
        Self::InvitationResent,
        Self::FailuresResent,
        Self::InvitationRenewed,
        Self::InvitationRevoked,
        Self::InvitationExtended,
        Self::LinkShown,
        Self::DeviceConnected,
        Self::DeviceReconnected,
        Self::DeviceLeft,
        Self::DeviceRenamed,
        Self::DeviceMoved,
        Self::DeviceDeleted,
        Self::CommandQueued,
        Self::CommandCancelled,
        Self::DeviceMayMove,
        Self::DeviceIsTheSame,
        Self::DevicePossibleCopy,
        Self::DeviceLinkUsedAgain,
        Self::DeviceMayConnectAgain,
        Self::DeviceLinkUseDismissed,
        Self::ConfigurationAdded,
        Self::ConfigurationChanged,
        Self::ConfigurationRestored,
        Self::ConfigurationDeleted,
        Self::ConfigurationsOrdered,
        Self::ProfileUploaded,
        Self::ProfileDeleted,
        Self::PackageUploaded,
        Self::PackageDeleted,
        Self::SettingsChanged,
        Self::WordingChanged,
        Self::LookChanged,
        Self::LogoChanged,
        Self::SecretChanged,
        Self::PushRequestMade,
        Self::PushRequestSigned,
        Self::VendorChanged,
        Self::PushCertificateChanged,
        Self::PushKeyExported,
        Self::SigningChanged,
        Self::AccountAdded,
        Self::AccountInvited,
        Self::OfferRenewed,
        Self::OfferRevoked,
        Self::AccountJoined,
        Self::AccountRemoved,
        Self::AccountLeft,
        Self::AccountRenamed,
        Self::SessionsEnded,
        Self::WorkspaceMade,
        Self::RoleChanged,
        Self::PasswordChanged,
        Self::TicketMade,
        Self::SignedIn,
        Self::SignInRefused,
        Self::SignedOut,
        Self::ListExported,
    ];

    /// The name in the log.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::UserAdded => "user.added",
            Self::UserChanged => "user.changed",
            Self::UserDeleted => "user.deleted",
            Self::UsersImported => "user.imported",
            Self::GroupAdded => "group.added",
            Self::GroupRenamed => "group.renamed",
            Self::GroupDeleted => "group.deleted",
            Self::GroupJoined => "group.joined",
            Self::GroupLeft => "group.left",
            Self::InstructionsSent => "invitation.sent",
            Self::InstructionsUndone => "invitation.undone",
            Self::InvitationResent => "invitation.resent",
            Self::FailuresResent => "invitation.failures_resent",
            Self::InvitationRenewed => "invitation.renewed",
            Self::InvitationRevoked => "invitation.revoked",
            Self::InvitationExtended => "invitation.extended",
            Self::LinkShown => "invitation.link_shown",
            Self::DeviceConnected => "device.connected",
            Self::DeviceReconnected => "device.reconnected",
            Self::DeviceLeft => "device.left",
            Self::DeviceRenamed => "device.renamed",
            Self::DeviceMoved => "device.moved",
            Self::DeviceDeleted => "device.deleted",
            Self::CommandQueued => "device.command",
            Self::CommandCancelled => "device.command_cancelled",
            Self::DeviceMayMove => "device.may_move",
            Self::DeviceIsTheSame => "device.is_the_same",
            Self::DevicePossibleCopy => "device.possible_copy",
            Self::DeviceLinkUsedAgain => "device.link_used_again",
            Self::DeviceMayConnectAgain => "device.may_connect_again",
            Self::DeviceLinkUseDismissed => "device.link_use_dismissed",
            Self::ConfigurationAdded => "settings.configuration_added",
            Self::ConfigurationChanged => "settings.configuration_changed",
            Self::ConfigurationRestored => "settings.configuration_restored",
            Self::ConfigurationDeleted => "settings.configuration_deleted",
            Self::ConfigurationsOrdered => "settings.configurations_ordered",
            Self::ProfileUploaded => "settings.profile_uploaded",
            Self::ProfileDeleted => "settings.profile_deleted",
            Self::PackageUploaded => "settings.package_uploaded",
            Self::PackageDeleted => "settings.package_deleted",
            Self::SettingsChanged => "settings.changed",
            Self::WordingChanged => "settings.wording",
            Self::LookChanged => "settings.look",
            Self::LogoChanged => "settings.logo",
            Self::SecretChanged => "settings.secret",
            Self::PushRequestMade => "settings.apple_request",
            Self::PushRequestSigned => "settings.apple_signed",
            Self::VendorChanged => "settings.apple_vendor",
            Self::PushCertificateChanged => "settings.apple_certificate",
            Self::PushKeyExported => "settings.apple_export",
            Self::SigningChanged => "settings.apple_signing",
            Self::AccountAdded => "account.added",
            Self::AccountInvited => "account.invited",
            Self::OfferRenewed => "account.invited_again",
            Self::OfferRevoked => "account.invitation_revoked",
            Self::AccountJoined => "account.joined",
            Self::AccountRemoved => "account.removed",
            Self::AccountLeft => "account.left",
            Self::AccountRenamed => "account.renamed",
            Self::SessionsEnded => "account.sessions_ended",
            Self::WorkspaceMade => "account.workspace",
            Self::RoleChanged => "account.role",
            Self::PasswordChanged => "account.password",
            Self::TicketMade => "account.ticket",
            Self::SignedIn => "account.signed_in",
            Self::SignInRefused => "account.refused",
            Self::SignedOut => "account.signed_out",
            Self::ListExported => "list.exported",
        }
    }

    /// What it is about.
    #[must_use]
    pub fn area(self) -> Area {
        let (area, _) = self.name().split_once('.').unwrap_or_default();
        Area::from_name(area).unwrap_or(Area::List)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_action_has_a_name_of_its_own_that_begins_with_its_area() {
        let names: BTreeSet<_> = Action::ALL.iter().map(|action| action.name()).collect();
        assert_eq!(names.len(), Action::ALL.len());
        for action in Action::ALL {
            assert!(action.name().starts_with(&format!("{}.", action.area().name())), "{}", action.name());
            assert_eq!(serde_json::to_string(&action).unwrap(), format!("{:?}", action.name()));
        }
    }
}
