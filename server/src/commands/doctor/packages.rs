//! The files of Android packages: each is there as it was verified, and there are no others.

use super::{Finding, files::bytes};
use crate::packages::Shelf;
use muster_domain::{WorkspaceId, package::AppPackage, ports::Store};
use muster_store::Sqlite;
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, ErrorKind},
    path::Path,
};

const CHECK: &str = "packages";
const AGAIN: &str =
    "upload it again under Settings, Android, or restore a backup: until then phones cannot fetch it";

/// What is wrong with the file of a package, if something is.
fn fault(shelf: &Shelf, workspace: WorkspaceId, package: &AppPackage) -> Option<String> {
    let file = shelf.file(workspace, &package.sha256)?;
    match digest(&file) {
        Ok(found) if found == package.sha256 => None,
        Ok(_) => Some("its file is not the one that was verified".to_owned()),
        Err(e) if e.kind() == ErrorKind::NotFound => Some("its file is not there".to_owned()),
        Err(e) => Some(format!("its file cannot be read: {e}")),
    }
}

fn digest(file: &Path) -> io::Result<String> {
    let mut hash = Sha256::new();
    io::copy(&mut File::open(file)?, &mut super::super::restore::HashWriter(&mut hash))?;
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Looks at each package of each workspace.
pub(super) async fn look(store: &Sqlite, data: &Path) -> Vec<Finding> {
    match whole(store, &Shelf::new(data)).await {
        Ok(found) => found,
        Err(error) => vec![Finding::failed(CHECK, format!("cannot be read: {error:#}"), "run doctor again")],
    }
}

async fn whole(store: &dyn Store, shelf: &Shelf) -> anyhow::Result<Vec<Finding>> {
    let (mut found, mut known, mut size) = (Vec::new(), BTreeSet::new(), 0);
    for workspace in store.workspaces().await? {
        for package in store.packages(workspace).await? {
            size += package.size;
            known.extend(shelf.file(workspace, &package.sha256));
            if let Some(fault) = fault(shelf, workspace, &package) {
                found.push(Finding::failed(
                    CHECK,
                    format!("{} {}: {fault}", package.name, package.version()),
                    AGAIN,
                ));
            }
        }
    }
    let strays = if shelf.is_there() { shelf.strays(&known)?.len() } else { 0 };
    if strays > 0 {
        let words = format!("files that belong to no package: {strays}");
        found.push(Finding::warning(CHECK, words, "nothing: the next start of the server removes them"));
    }
    if found.is_empty() && !known.is_empty() {
        found.push(Finding::ok(CHECK, format!("{}, as they were verified, {}", known.len(), bytes(size))));
    }
    Ok(found)
}
