//! The console's pages.

pub(crate) mod account;
pub(crate) mod accounts;
pub(crate) mod android;
pub(crate) mod apple;
pub(crate) mod audit;
pub(crate) mod configurations;
pub(crate) mod dashboard;
pub(crate) mod devices;
pub(crate) mod frame;
pub(crate) mod invitations;
pub(crate) mod mails;
pub(crate) mod missing;
pub(crate) mod settings;
pub(crate) mod users;
pub(crate) mod wording;
