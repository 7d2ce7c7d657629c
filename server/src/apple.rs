//! iPhones and iPads: what the protocol's libraries and the store are told, and what they say, put together.

pub mod certificates;
mod check;
mod files;
pub mod orders;
pub mod profile;
mod roots;
pub mod signing;
#[cfg(test)]
mod tests;
pub mod told;

use crate::adapters::authority::LocalAuthority;
use http::HeaderName;
use muster_apple_mdm::profile::TrustCertificate;

/// What Apple's routes need beside the ports.
pub struct Apple {
    /// Who issues identities.
    pub authority: LocalAuthority,
    /// Certificates that phones are to trust for this server's TLS, where no public authority issued it.
    pub trust: Vec<TrustCertificate>,
    /// Whether phones are to trust these alone for this server.
    pub pin: bool,
    /// Who signs profiles where a workspace has a certificate for it.
    pub signers: signing::Signers,
    /// The header in which a trusted proxy passes a client's certificate on.
    pub certificate_header: Option<HeaderName>,
}

/// The certificates that phones are to trust, in DER.
#[must_use]
pub fn trusted(trust: &[TrustCertificate]) -> Vec<Vec<u8>> {
    trust.iter().map(|certificate| certificate.der().to_vec()).collect()
}

/// Where phones find what they need. The paths are in profiles that stay on phones for years: they do not change.
pub mod paths {
    use muster_domain::WorkspaceId;

    /// Check-in.
    pub const CHECK_IN: &str = "/apple/checkin";
    /// Commands.
    pub const COMMANDS: &str = "/apple/mdm";
    /// SCEP, with the workspace as its last part.
    pub const SCEP: &str = "/apple/scep/{workspace}";
    /// The revocation list, with the workspace as its last part.
    pub const REVOKED: &str = "/apple/revoked/{workspace}";

    /// SCEP of a workspace.
    #[must_use]
    pub fn scep(workspace: WorkspaceId) -> String {
        SCEP.replace("{workspace}", &workspace.to_string())
    }

    /// The revocation list of a workspace.
    #[must_use]
    pub fn revoked(workspace: WorkspaceId) -> String {
        REVOKED.replace("{workspace}", &workspace.to_string())
    }
}
