//! What iPhones and iPads need of the rules: the certificate for calls, identities, the challenge that leads to one, and the
//! queue of commands. The protocol itself is `crates/apple-mdm`'s and `crates/scep`'s.

pub mod certificate;
pub mod challenge;
pub mod check;
pub mod identity;
pub mod progress;
pub mod queue;
pub mod reminder;
pub mod signing;
pub mod validity;

pub use certificate::{PushCertificate, PushRequest, VendorCertificate};
pub use challenge::{Challenge, Purpose};
pub use check::{CertificateProblem, CertificateWarning};
pub use identity::{Authority, End, Fingerprint, Identity, NotTrusted, Pinned, Signer, Voice};
pub use progress::{Progress, Step, Stopped};
pub use signing::SigningCertificate;
