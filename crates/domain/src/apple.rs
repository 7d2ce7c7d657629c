//! iPhone and iPad: what a workspace needs to manage them.

pub mod certificate;
pub mod check;
pub mod reminder;

pub use certificate::{PushCertificate, PushRequest, VendorCertificate};
pub use check::{CertificateProblem, CertificateWarning};
