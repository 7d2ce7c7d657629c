//! Server functions: all of them ask for a permission in their first line.

pub mod account;
pub mod accounts;
pub mod android;
pub mod apple;
pub mod audit;
pub mod bulk;
pub mod commands;
pub mod configurations;
pub mod devices;
pub mod find;
pub mod groups;
pub mod imports;
pub mod invitations;
pub mod mails;
pub mod overview;
pub mod profiles;
pub mod session;
pub mod settings;
pub mod users;
pub mod wording;
