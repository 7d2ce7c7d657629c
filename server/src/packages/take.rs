//! A file becomes a package: it is read and verified, put up, and only then known to anybody.

use super::{Draft, Refused, Shelf};
use crate::headwind::told::AGENT;
use muster_apk::{Package, Scheme};
use muster_domain::{
    PackageId, Timestamp, WorkspaceId,
    package::AppPackage,
    ports::{Meant, PackagePut, Store, StoreError, Stored},
    usecase::Ports,
};
use std::{io, sync::Arc};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn described(read: Package, id: PackageId, now: Timestamp) -> AppPackage {
    AppPackage {
        id,
        checksum: read.signature_checksum(),
        certificates: read.certificates.iter().map(|c| hex(c)).collect(),
        // Only the oldest scheme has several signers at once; what later ones have several of is a lineage.
        several: read.signed == Scheme::V2 && read.certificates.len() > 1,
        name: read.name,
        version_code: read.version_code,
        version_name: read.version_name,
        min_sdk: read.min_sdk,
        size: read.size,
        sha256: hex(&read.sha256),
        receiver: read.admin_receiver,
        uploaded_at: now,
        uploaded_by: None,
    }
}

/// Waits for something that blocks, away from the threads that serve.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refused> + Send + 'static,
) -> Result<T, Refused> {
    let ended = tokio::task::spawn_blocking(work).await;
    ended.unwrap_or_else(|error| Err(Refused::Io(io::Error::other(error))))
}

/// Takes a file as a package of the workspace. One with the same name makes room for it; what phones that have that one refuse only if it is `meant`.
///
/// # Errors
/// [`Refused`]; nothing is left of the file then.
pub async fn take(
    shelf: &Arc<Shelf>,
    ports: &Ports,
    workspace: WorkspaceId,
    draft: Draft,
    meant: Meant,
) -> Result<AppPackage, Refused> {
    let one = shelf.judging.acquire().await.map_err(io::Error::other)?;
    let mut file = draft.again()?;
    let read = blocking(move || Ok(muster_apk::read(&mut file)?)).await?;
    drop(one);
    let now = ports.clock.now();
    let new = described(read, PackageId::new(now, &*ports.secrets), now);
    let settings = ports.store.settings(workspace).await?;
    let manages = new.name == AGENT || settings.headwind.set_up.package.as_ref() == Some(&new.name);
    if manages && new.receiver.is_none() {
        return Err(Refused::NoReceiver(new.name));
    }
    let (up, digest) = (shelf.clone(), new.sha256.clone());
    // What is up before the row is written is no package's yet: whoever clears away waits for the lock.
    let held = blocking(move || {
        let held = up.hold()?;
        up.put_up(draft, workspace, &digest, &held)?;
        Ok(held)
    });
    let held = held.await?;
    let address = ports.secrets.package_address(new.id).hash();
    let put = ports.store.put_package(workspace, &new, address, meant).await;
    let unused = match &put {
        Ok(PackagePut::Kept(_, former)) => {
            former.as_ref().map(|f| f.sha256.clone()).filter(|s| *s != new.sha256)
        }
        _ => Some(new.sha256.clone()),
    };
    if let Some(digest) = unused {
        down(shelf, &*ports.store, workspace, &digest, &held).await?;
    }
    drop(held);
    match put? {
        PackagePut::Kept(kept, _) => Ok(*kept),
        PackagePut::OtherSigner(former) => Err(Refused::OtherSigner(former)),
        PackagePut::Older(former) => Err(Refused::Older(former)),
        PackagePut::Full => Err(Refused::Full),
    }
}

/// Takes a file down that no package of the workspace has any more.
async fn down(
    shelf: &Shelf,
    store: &dyn Store,
    workspace: WorkspaceId,
    digest: &str,
    held: &super::shelf::Held,
) -> Result<(), Refused> {
    if !store.packages(workspace).await?.iter().any(|p| p.sha256 == digest) {
        shelf.take_down(workspace, digest, held)?;
    }
    Ok(())
}

/// Deletes a package of the workspace, with its file.
///
/// # Errors
/// [`StoreError::NotFound`] if it is not there.
pub async fn remove(
    shelf: &Arc<Shelf>,
    store: &Arc<dyn Store>,
    workspace: WorkspaceId,
    id: PackageId,
) -> Stored<AppPackage> {
    let failed = |error: Refused| match error {
        Refused::Store(error) => error,
        other => StoreError::Failed(other.to_string()),
    };
    let to = shelf.clone();
    let held = blocking(move || Ok(to.hold()?)).await.map_err(failed)?;
    let gone = store.delete_package(workspace, id).await?;
    // The row is gone: a file that stays is cleared away at the next start.
    if let Err(error) = down(shelf, &**store, workspace, &gone.sha256, &held).await {
        tracing::error!(%error, "the file of a package");
    }
    Ok(gone)
}
