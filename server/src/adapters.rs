//! The world behind the ports: mail over SMTP, mail as files, pushes through APNs, QR codes.

pub mod apns;
pub mod authority;
pub mod certificates;
mod dialogue;
pub mod drafts;
pub mod files;
pub mod imports;
pub mod kept;
pub mod letters;
pub mod logo;
pub mod mail;
pub mod packages;
pub mod profiles;
pub mod qr;
pub mod sights;
pub mod smtp;
pub mod trial;
