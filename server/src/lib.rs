//! The Muster server: its commands, HTTP, jobs and adapters.

pub mod system;
