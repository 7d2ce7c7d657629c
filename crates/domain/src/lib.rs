//! The rules of Muster: types, use cases and ports. No I/O; builds for WebAssembly too.
//!
//! Values are parsed once at the border into the types of this crate and never checked again.
//! What touches the world (database, mail, time, randomness) is behind a trait in [`ports`].

pub mod account;
pub mod apple;
pub mod audit;
pub mod browser;
pub mod bulk;
pub mod command;
pub mod configuration;
pub mod detect;
pub mod device;
pub mod headwind;
pub mod host;
pub mod ids;
pub mod import;
pub mod invitation;
pub mod kept;
pub mod look;
pub mod names;
pub mod pace;
pub mod package;
pub mod ports;
pub mod query;
pub mod settings;
pub mod text;
pub mod time;
pub mod token;
pub mod trial;
pub mod usecase;
pub mod user;
pub mod wording;

pub use ids::{
    AccountId, BatchId, CommandId, ConfigurationId, DeviceId, InvitationId, JobId, OfferId, PackageId,
    ProfileId, SessionId, UserId, WorkspaceId,
};
pub use text::{EmailAddress, Language, PersonName};
pub use time::Timestamp;
