//! `muster backup`: a copy of the database while everything goes on, with the keys under a passphrase if asked.

use super::{open, open::Muster, output, passphrase};
use crate::{packages::Shelf, system};
use anyhow::{Context, bail};
use clap::Args;
use muster_store::PackageFile;
use serde_json::json;
use std::{
    fs::{self, File, OpenOptions},
    io::ErrorKind,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

#[derive(Args)]
pub(super) struct Backup {
    /// The file to write; it must not be there yet.
    file: PathBuf,
    /// Adds the keys, encrypted with a passphrase that is read from stdin.
    #[arg(long)]
    with_keys: bool,
    /// Reads the passphrase from this file instead.
    #[arg(long, value_name = "FILE", requires = "with_keys")]
    passphrase_file: Option<PathBuf>,
}

/// A file beside the one to be written, which gets its name when it is whole; removed otherwise.
struct Draft(PathBuf);

impl Draft {
    /// Nobody else can read it, and a link that lies there is not followed (ABUSE A43).
    fn beside(file: &Path) -> anyhow::Result<Self> {
        let name = file.file_name().with_context(|| format!("{} is no name of a file", file.display()))?;
        let draft = file.with_file_name(format!(".{}.{}.part", name.to_string_lossy(), std::process::id()));
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&draft)
            .with_context(|| format!("cannot write {}", draft.display()))?;
        Ok(Self(draft))
    }

    /// Gives it its name, unless something else has that name by now.
    fn finish(self, file: &Path) -> anyhow::Result<()> {
        let there = || format!("{} is there already: name a new file", file.display());
        File::open(&self.0)?.sync_all()?;
        match fs::hard_link(&self.0, file) {
            Ok(()) => {}
            Err(e) if e.kind() == ErrorKind::AlreadyExists => bail!(there()),
            // Some file systems have no links.
            Err(_) if fs::symlink_metadata(file).is_err() => fs::rename(&self.0, file)?,
            Err(_) => bail!(there()),
        }
        let folder = file.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Ok(File::open(folder)?.sync_all()?)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// Names in the data folder that are Muster's own, such as `muster.db-wal`: a backup there would be taken for it.
fn own(file: &Path, data: &Path) -> bool {
    let folder =
        |path: &Path| fs::canonicalize(if path.as_os_str().is_empty() { Path::new(".") } else { path }).ok();
    let inside = file.parent().and_then(folder) == folder(data);
    let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    inside
        && (name.starts_with("muster.")
            || ["address", "instance", "lock", "serve.lock", "mail", "packages"].contains(&name.as_str()))
}

/// Adds the file of a package. One that is not there must not keep everything else from being saved.
async fn attach(shelf: &Shelf, draft: &Path, package: &PackageFile) -> anyhow::Result<()> {
    let place = shelf.file(package.0, &package.1).context("a package without a digest")?;
    match File::open(&place) {
        Ok(mut from) => Ok(muster_store::attach_package(draft, package, &mut from).await?),
        Err(e) if e.kind() == ErrorKind::NotFound => {
            eprintln!(
                "muster: {} is not there, and so not in the backup: upload that package again",
                place.display()
            );
            Ok(())
        }
        Err(e) => Err(e).with_context(|| format!("cannot read {}", place.display())),
    }
}

impl Backup {
    pub(super) async fn run(self, muster: &Muster, json: bool) -> anyhow::Result<()> {
        let file = &self.file;
        if fs::symlink_metadata(file).is_ok() {
            bail!("{} is there already: name a new file", file.display());
        }
        if own(file, muster.data()) {
            bail!("{} is a name that Muster uses itself: choose another folder", file.display());
        }
        let keys = if self.with_keys {
            let words = passphrase::read(self.passphrase_file.as_deref(), true)?;
            let content = fs::read(open::key(muster.data())).context("cannot read the key file")?;
            let secrets = &*muster.ports.secrets;
            Some(system::passphrase::seal(&content, &words, secrets)?)
        } else {
            None
        };
        let draft = Draft::beside(file)?;
        let cannot = || format!("cannot write {}", file.display());
        let shelf = Shelf::new(muster.data());
        // No package comes or goes between the copy and the reading of its file.
        let held = shelf.is_there().then(|| shelf.hold()).transpose().context("cannot lock the packages")?;
        muster.sqlite.backup_to(&draft.0).await.with_context(cannot)?;
        if let Some(keys) = &keys {
            muster_store::attach_keys(&draft.0, keys).await.with_context(cannot)?;
        }
        for package in muster_store::package_files(&draft.0).await.with_context(cannot)? {
            attach(&shelf, &draft.0, &package).await.with_context(cannot)?;
        }
        drop(held);
        draft.finish(file)?;
        if json {
            return output::document(&json!({ "file": file, "keys": keys.is_some() }));
        }
        if keys.is_some() {
            output::say!(
                "{} written, with the keys. Without the passphrase they are lost: keep it elsewhere",
                file.display()
            );
        } else {
            output::say!(
                "{} written. The key is not in it: keep muster.key elsewhere, it is as secret as the links",
                file.display()
            );
        }
        Ok(())
    }
}
