//! The world behind the ports: mail over SMTP, mail as files, QR codes.

pub mod files;
pub mod kept;
pub mod mail;
pub mod qr;
pub mod smtp;
pub mod trial;
