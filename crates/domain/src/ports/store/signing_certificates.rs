//! The workspace's own certificate for signing profiles. Its key is sealed before it comes here
//! ([`crate::apple::signing::KEY_CONTEXT`]).

use super::Stored;
use crate::{WorkspaceId, apple::SigningCertificate};
use async_trait::async_trait;

/// The certificate by which profiles are signed.
#[async_trait]
pub trait SigningCertificateStore {
    /// The certificate, with its sealed key.
    async fn signing_certificate(
        &self,
        workspace: WorkspaceId,
    ) -> Stored<Option<(SigningCertificate, Vec<u8>)>>;
    /// Writes certificate and key in the place of those that are there, or removes them.
    async fn set_signing_certificate(
        &self,
        workspace: WorkspaceId,
        certificate: Option<(SigningCertificate, Vec<u8>)>,
    ) -> Stored<()>;
}
