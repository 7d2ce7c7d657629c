//! The Muster server: its commands, and the machine behind the domain's ports.

pub mod commands;
pub mod http;
pub mod system;
