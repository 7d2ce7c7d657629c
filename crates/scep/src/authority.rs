//! What a client learns first: capabilities and certificates (RFC 8894, sections 3.5 and 4.2).

use muster_pki::{certificate::Certificate, cms};

/// The answer to GetCACaps (section 3.5.2), of the type `text/plain`.
///
/// SHA-384 is in no list of the RFC: strongSwan 5.9 tests the wrong bit, and takes SHA-256 with AES only when it is there.
/// Single DES is read, and not recommended to anyone.
pub const CAPABILITIES: &str =
    "AES\nDES3\nPOSTPKIOperation\nRenewal\nSHA-1\nSHA-256\nSHA-384\nSHA-512\nSCEPStandard\n";

/// The media type of [`CAPABILITIES`].
pub const CAPABILITIES_TYPE: &str = "text/plain";

/// The media type of CertRep (section 4.3).
pub const MESSAGE_TYPE: &str = "application/x-pki-message";

/// The answer to GetCACert with its media type: the one certificate (section 4.2.1.1), or the authority's first with those
/// that act for it and those above it (section 4.2.1.2). `None` without any.
#[must_use]
pub fn certificates(certificates: &[Certificate]) -> Option<(&'static str, Vec<u8>)> {
    match certificates {
        [] => None,
        [one] => Some(("application/x-x509-ca-cert", one.as_der().to_vec())),
        several => Some(("application/x-x509-ca-ra-cert", cms::certificates_only(several))),
    }
}
