//! The Store port: everything that is kept, one trait for each subject.
//!
//! Every method but those of [`Lookups`] names the workspace first (DESIGN, rule 8).

mod accounts;
mod apple;
mod apple_waiting;
mod audit;
mod brand;
mod bulk;
mod changes;
mod commands;
mod configurations;
mod devices;
mod groups;
mod headwind;
mod invitations;
mod jobs;
mod lookups;
mod members;
mod overview;
mod packages;
mod profiles;
mod push_certificates;
mod sessions;
mod signing_certificates;
mod upkeep;
mod users;
mod workspaces;

pub use accounts::*;
pub use apple::*;
pub use apple_waiting::*;
pub use audit::*;
pub use brand::*;
pub use bulk::*;
pub use changes::*;
pub use commands::*;
pub use configurations::*;
pub use devices::*;
pub use groups::*;
pub use headwind::*;
pub use invitations::*;
pub use jobs::*;
pub use lookups::*;
pub use members::*;
pub use overview::*;
pub use packages::*;
pub use profiles::*;
pub use push_certificates::*;
pub use sessions::*;
pub use signing_certificates::*;
pub use upkeep::*;
pub use users::*;
pub use workspaces::*;

/// Why the store did not do it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// It is not there, or not in this workspace: the two look the same from outside.
    #[error("not found")]
    NotFound,
    /// Something of that name or address is there already.
    #[error("already exists")]
    Exists,
    /// It is not in a state for that.
    #[error("not possible in its present state")]
    State,
    /// The database failed; the text is for the log alone.
    #[error("database: {0}")]
    Failed(String),
}

/// What a store method answers.
pub type Stored<T> = Result<T, StoreError>;

/// Everything that is kept.
pub trait Store:
    WorkspaceStore
    + BrandStore
    + UserStore
    + GroupStore
    + InvitationStore
    + DeviceStore
    + BulkStore
    + CommandStore
    + ConfigurationStore
    + AccountStore
    + AppleStore
    + ProfileStore
    + CallStore
    + HeadwindStore
    + AppleWaitingStore
    + AuditStore
    + MemberStore
    + SessionStore
    + JobStore
    + Lookups
    + OverviewStore
    + PackageStore
    + PushCertificateStore
    + SigningCertificateStore
    + UpkeepStore
    + super::FigureStore
    + super::RoleStore
    + Send
    + Sync
{
}

impl<T> Store for T where
    T: WorkspaceStore
        + BrandStore
        + UserStore
        + GroupStore
        + InvitationStore
        + DeviceStore
        + BulkStore
        + CommandStore
        + ConfigurationStore
        + AccountStore
        + AppleStore
        + ProfileStore
        + CallStore
        + HeadwindStore
        + HeadwindStore
        + AppleWaitingStore
        + AuditStore
        + MemberStore
        + SessionStore
        + JobStore
        + Lookups
        + OverviewStore
        + PackageStore
        + PushCertificateStore
        + SigningCertificateStore
        + UpkeepStore
        + super::FigureStore
        + super::RoleStore
        + Send
        + Sync
{
}
