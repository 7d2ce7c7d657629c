//! The Muster server: its commands, HTTP, jobs and adapters.

fn main() {}
