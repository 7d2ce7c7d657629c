//! `muster packages`: Android packages that phones fetch from here.

use super::{open::Muster, output};
use crate::packages::{self, FILE, Shelf};
use anyhow::{Context, bail, ensure};
use clap::Subcommand;
use muster_domain::{package::AppPackage, ports::Meant};
use serde_json::{Value, json};
use std::{fs::File, io::Read, path::PathBuf, sync::Arc};

#[derive(Subcommand)]
pub(super) enum Packages {
    /// Takes an Android package (.apk), verified. One with the same name makes room for it, at the same address.
    Add {
        /// The package.
        file: PathBuf,
        /// Takes it even if it is signed by another key than the version that is here, which phones refuse as an update.
        #[arg(long)]
        other_signer: bool,
        /// Takes it even if it is older than the version that is here, on which phones that have it stay.
        #[arg(long)]
        older: bool,
    },
    /// Prints all packages, with the addresses at which phones fetch them.
    List,
    /// Deletes a package by its name; phones that have it keep it. Codes for new phones that were made so far stop working, also if
    /// it is added again: it gets another address.
    Remove {
        /// Its name, such as `com.hmdm.launcher`.
        name: String,
    },
}

impl Packages {
    pub(super) async fn run(self, muster: &Muster, json: bool) -> anyhow::Result<()> {
        let shelf = Arc::new(Shelf::new(muster.data()));
        let (store, workspace) = (&muster.ports.store, muster.workspace);
        match self {
            Self::Add { file, other_signer, older } => {
                let draft = copied(&shelf, &file)?;
                let taken =
                    packages::take(&shelf, &muster.ports, workspace, draft, Meant { other_signer, older })
                        .await;
                let taken = match taken {
                    Err(why @ packages::Refused::OtherSigner(_)) => bail!("{why} (--other-signer)"),
                    Err(why @ packages::Refused::Older(_)) => bail!("{why} (--older)"),
                    other => other.with_context(|| format!("{} was not taken", file.display()))?,
                };
                let told = told(muster, &muster.public_url().await?, &taken);
                if json {
                    return output::document(&told);
                }
                output::say!("{} {} is here: {}", taken.name, taken.version(), said(&told["address"]));
                Ok(())
            }
            Self::List => {
                let base = muster.public_url().await?;
                let all = store.packages(workspace).await?;
                let all: Vec<Value> = all.iter().map(|package| told(muster, &base, package)).collect();
                if json {
                    return output::document(&Value::Array(all));
                }
                for one in all {
                    let words =
                        ["name", "version", "checksum", "address"].map(|field| said(&one[field]).to_owned());
                    output::say!("{}", words.join("  "));
                }
                Ok(())
            }
            Self::Remove { name } => {
                let found = store.package(workspace, &name).await?;
                let found = found.with_context(|| format!("there is no package {name:?}"))?;
                packages::remove(&shelf, store, workspace, found.id).await?;
                if json { output::document(&json!({ "removed": name })) } else { Ok(()) }
            }
        }
    }
}

fn said(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Copies the file to where it will lie: what is verified is what is kept.
fn copied(shelf: &Shelf, file: &std::path::Path) -> anyhow::Result<packages::Draft> {
    let from = File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
    let about = from.metadata()?;
    ensure!(about.is_file(), "{} is no file", file.display());
    let draft = shelf.draft_of(about.len().min(FILE as u64)).context("it was not taken")?;
    let copied = std::io::copy(&mut from.take(FILE as u64 + 1), &mut draft.file());
    let size = copied.map_err(packages::Refused::from)?;
    ensure!(size <= FILE as u64, "{}: {}", file.display(), packages::Refused::Large);
    Ok(draft)
}

fn told(muster: &Muster, base: &str, package: &AppPackage) -> Value {
    let address = format!("{base}{}", muster.ports.secrets.package_address(package.id).path());
    json!({
        "id": package.id, "name": package.name, "version": package.version(), "version_code": package.version_code,
        "min_sdk": package.min_sdk, "size": package.size, "sha256": package.sha256, "certificates": package.certificates,
        "checksum": package.checksum, "receiver": package.receiver, "uploaded_at": package.uploaded_at.rfc3339(),
        "uploaded_by": package.uploaded_by, "address": address,
    })
}
