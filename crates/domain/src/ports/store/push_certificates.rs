//! The APNs certificate of a workspace, the request for the next one, and the vendor's certificate. Keys are sealed before
//! they come here ([`crate::apple::certificate::KEY_CONTEXT`]).

use super::Stored;
use crate::{
    AccountId, Timestamp, WorkspaceId,
    apple::{PushCertificate, PushRequest, VendorCertificate},
};
use async_trait::async_trait;

/// What an owner is told of a certificate's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reminder {
    /// Who.
    pub account: AccountId,
    /// When the certificate ends.
    pub not_after: Timestamp,
    /// Within how many days, as [`crate::apple::reminder::DAYS`] has them.
    pub days: u32,
}

/// Certificates for pushes.
#[async_trait]
pub trait PushCertificateStore {
    /// The certificate. Cheap: it is kept as settings are.
    async fn push_certificate(&self, workspace: WorkspaceId) -> Stored<Option<PushCertificate>>;
    /// Its key: PKCS#8, sealed for `apple.push.key`.
    async fn push_key(&self, workspace: WorkspaceId) -> Stored<Option<Vec<u8>>>;
    /// Writes certificate and key in the place of those that are there. One for another topic than the present one's cuts
    /// the connected Apple devices off: [`super::StoreError::State`] unless `cut_off` is how many they are in that moment
    /// (ABUSE A17). The request that waited for this key, if one did, is over.
    async fn set_push_certificate(
        &self,
        workspace: WorkspaceId,
        certificate: &PushCertificate,
        sealed_key: &[u8],
        cut_off: Option<u64>,
    ) -> Stored<()>;
    /// Notes with which Apple account the certificate was made.
    async fn set_push_account(&self, workspace: WorkspaceId, account: Option<&str>) -> Stored<()>;

    /// The request that waits for Apple's answer, with its sealed key.
    async fn push_request(&self, workspace: WorkspaceId) -> Stored<Option<(PushRequest, Vec<u8>)>>;
    /// Writes the request in the place of an earlier one; or gives it up.
    async fn set_push_request(
        &self,
        workspace: WorkspaceId,
        request: Option<(PushRequest, Vec<u8>)>,
    ) -> Stored<()>;

    /// The workspace's own vendor certificate, with its sealed key.
    async fn push_vendor(&self, workspace: WorkspaceId) -> Stored<Option<(VendorCertificate, Vec<u8>)>>;
    /// Writes or removes it.
    async fn set_push_vendor(
        &self,
        workspace: WorkspaceId,
        vendor: Option<(VendorCertificate, Vec<u8>)>,
    ) -> Stored<()>;

    /// How many connected Apple devices there are: they hear pushes for one topic alone.
    async fn apple_devices(&self, workspace: WorkspaceId) -> Stored<u64>;
    /// Whether an owner was told that the certificate which ends then ends within `days` (0: has ended).
    async fn is_reminded(&self, workspace: WorkspaceId, reminder: Reminder) -> Stored<bool>;
    /// Keeps that they were.
    async fn set_reminded(&self, workspace: WorkspaceId, reminder: Reminder) -> Stored<()>;
}
