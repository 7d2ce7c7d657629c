//! Apple's device management protocol, server side: what an iPhone or iPad says and what it is told; no I/O, no
//! clock, no randomness, no cryptography (signing and verifying are the caller's).
//!
//! The sources are Apple's "Device Management" reference and its machine-readable schema (`apple/device-management`);
//! `docs/apple-mdm.md` says of each requirement where it is done and which test shows it.

pub mod answer;
pub mod checkin;
pub mod command;
pub mod declarative;
pub mod document;
pub mod facts;
mod fields;
pub mod ids;
pub mod inventory;
pub mod needs;
pub mod profile;
pub mod push;
pub mod push_answer;
pub mod push_request;
pub mod queries;
pub mod replies;
pub mod results;
pub mod rights;
mod scan;
pub mod stable;
pub mod upload;
pub mod write;

pub use plist::{Dictionary, Value};
