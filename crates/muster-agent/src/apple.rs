//! A simulated iPhone or iPad: enrols through a link as iOS does, answers commands, and can misbehave on demand.
//!
//! It shares no protocol code with the server, so that both are not wrong together. What it does as iOS and what it does
//! not is in `docs/simulated-iphone.md`.

mod b64;
pub mod certificate;
pub mod checkin;
pub mod cms;
pub mod commands;
mod declarative;
pub mod device;
pub mod enrol;
pub mod enrolment;
pub mod error;
pub mod hardware;
pub mod http;
pub mod key;
pub mod keys;
pub mod name;
pub mod oids;
pub mod plists;
pub mod profile;
pub mod random;
pub mod scep;
pub mod session;
pub mod state;
pub mod tlv;
