//! iPhone and iPad: what a workspace needs to manage them.

pub mod certificate;

pub use certificate::{PushCertificate, PushRequest, VendorCertificate};
