//! The APNs certificate for the console: files in base64, and the use cases of `crate::apple`.

use crate::apple::{
    certificates::{self, Checked, Files, MOST_BYTES, MOST_FILES},
    signing,
};
use app::{api::apple::Upload, services::Certificates};
use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use muster_domain::{
    WorkspaceId,
    apple::{CertificateProblem as Problem, CertificateWarning as Warning},
    ports::{Store, Stored},
    usecase::Ports,
};
use std::sync::Arc;

/// The use cases on these ports.
pub struct AppleCertificates {
    ports: Ports,
    /// What the enrolment profile has phones trust, in DER.
    trust: Vec<Vec<u8>>,
}

impl AppleCertificates {
    /// With clock and keys of these ports; the store is given with each call, in whose name it writes.
    #[must_use]
    pub fn new(ports: Ports, trust: Vec<Vec<u8>>) -> Self {
        Self { ports, trust }
    }

    fn by(&self, store: &Arc<dyn Store>) -> Ports {
        Ports { store: store.clone(), ..self.ports.clone() }
    }
}

fn files(upload: Upload) -> Checked<Files> {
    let longest = MOST_BYTES.div_ceil(3) * 4;
    if upload.files.len() > MOST_FILES || upload.files.iter().any(|file| file.len() > longest) {
        return Err(vec![Problem::Large]);
    }
    let decoded = upload.files.iter().map(|file| STANDARD.decode(file)).collect::<Result<_, _>>();
    let files = decoded.map_err(|_| vec![Problem::Unreadable])?;
    Ok(Files { files, password: upload.password.filter(|password| !password.is_empty()) })
}

#[async_trait]
impl Certificates for AppleCertificates {
    async fn request(&self, store: &Arc<dyn Store>, workspace: WorkspaceId) -> Stored<()> {
        certificates::make_request(&self.by(store), workspace).await.map(|_| ())
    }

    async fn vendor(
        &self,
        store: &Arc<dyn Store>,
        workspace: WorkspaceId,
        upload: Upload,
    ) -> Stored<Result<Vec<Warning>, Vec<Problem>>> {
        match files(upload) {
            Ok(files) => certificates::set_vendor(&self.by(store), workspace, files).await,
            Err(problems) => Ok(Err(problems)),
        }
    }

    async fn signing(
        &self,
        store: &Arc<dyn Store>,
        workspace: WorkspaceId,
        upload: Upload,
    ) -> Stored<Result<Vec<Warning>, Vec<Problem>>> {
        match files(upload) {
            Ok(files) => signing::upload(&self.by(store), workspace, files, self.trust.clone()).await,
            Err(problems) => Ok(Err(problems)),
        }
    }

    async fn upload(
        &self,
        store: &Arc<dyn Store>,
        workspace: WorkspaceId,
        upload: Upload,
        account: Option<String>,
        cut_off: Option<u64>,
    ) -> Stored<Result<Vec<Warning>, Vec<Problem>>> {
        match files(upload) {
            Ok(files) => certificates::upload(&self.by(store), workspace, files, account, cut_off).await,
            Err(problems) => Ok(Err(problems)),
        }
    }
}
