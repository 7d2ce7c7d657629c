//! Stories with the real program and the real router. One binary: each more would be linked with the whole server anew.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that panics fails, as it should")]

mod abuse;
mod apple;
mod backup;
mod certificate;
mod command_line;
mod commands;
mod config;
mod demo;
mod doctor;
mod fake_apple;
mod guide;
mod headwind;
mod hostile;
mod imports;
mod kept_mails;
mod kill;
mod line;
mod mail_tls;
mod noticed;
mod outbox;
mod phone;
mod program;
mod proxies;
mod pushes;
mod served;
mod server_functions;
mod sheets;
mod surface;
mod terminal;
mod world;
