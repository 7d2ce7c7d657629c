//! `muster backup`: a copy of the database while everything goes on.

use super::{open::Muster, output};
use anyhow::{Context, bail};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct Backup {
    /// The file to write; it must not be there yet.
    file: PathBuf,
}

impl Backup {
    pub(super) async fn run(self, muster: &Muster, json: bool) -> anyhow::Result<()> {
        let file = self.file;
        if file.exists() {
            bail!("{} is there already: name a new file", file.display());
        }
        muster.sqlite.backup_to(&file).await.with_context(|| format!("cannot write {}", file.display()))?;
        if json {
            return output::document(&json!({ "file": file }));
        }
        println!(
            "{} written. The key is not in it: keep muster.key elsewhere, it is as secret as the links",
            file.display()
        );
        Ok(())
    }
}
