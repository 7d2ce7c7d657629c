//! The certificate authority of a workspace.

use crate::{InvitationId, Timestamp, WorkspaceId, apple::Fingerprint, apple::Identity, ports::StoreError};
use async_trait::async_trait;

/// Why nothing was issued.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthorityError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The authority's key does not open with this server's key file.
    #[error("the authority's key does not open: is the key file the one that it was sealed with?")]
    Sealed,
    /// What was asked for cannot be issued.
    #[error("{0}")]
    Failed(String),
}

/// A certificate that a device asks for. All it decides is its key: what the certificate says is the authority's (ABUSE A3).
#[derive(Clone, Debug)]
pub struct IdentityRequest {
    /// The link that it is for.
    pub invitation: InvitationId,
    /// The device's key: SubjectPublicKeyInfo in DER, checked to be one that is taken.
    pub key: Vec<u8>,
    /// The identity in whose place it comes.
    pub renews: Option<Fingerprint>,
    /// Where the revocation list is.
    pub revocation_list: String,
    /// When.
    pub now: Timestamp,
}

/// Who issues identities to devices.
#[async_trait]
pub trait CertificateAuthority: Send + Sync {
    /// Signs a certificate. It counts once the store has it.
    ///
    /// # Errors
    /// [`AuthorityError`].
    async fn issue(
        &self,
        workspace: WorkspaceId,
        request: &IdentityRequest,
    ) -> Result<Identity, AuthorityError>;
    /// The list of those that hold no longer (RFC 5280, section 5), in DER.
    ///
    /// # Errors
    /// [`AuthorityError`].
    async fn revocation_list(
        &self,
        workspace: WorkspaceId,
        now: Timestamp,
    ) -> Result<Vec<u8>, AuthorityError>;
    /// The SHA-256 of its certificate, by which a device knows it.
    ///
    /// # Errors
    /// [`AuthorityError`].
    async fn fingerprint(&self, workspace: WorkspaceId) -> Result<[u8; 32], AuthorityError>;
    /// Signs a profile (CMS SignedData with the profile in it), so that Settings shows who made it.
    ///
    /// # Errors
    /// [`AuthorityError`].
    async fn sign_profile(
        &self,
        workspace: WorkspaceId,
        profile: &[u8],
        now: Timestamp,
    ) -> Result<Vec<u8>, AuthorityError>;
}
