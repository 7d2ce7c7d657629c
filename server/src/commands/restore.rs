//! `muster restore`: a backup takes the place of the database. The file is verified first, and nothing is lost:
//! what was there before is kept aside in a folder of its own.

use super::{
    open::{database, folder, key},
    output, passphrase,
};
use crate::{
    packages::{self, Shelf},
    system::{
        SystemClock,
        keys::{self, Keys},
        lock::Lock,
        passphrase as sealed,
    },
};
use anyhow::{Context, bail, ensure};
use clap::Args;
use muster_domain::{WorkspaceId, ports::Clock};
use muster_store::{Inspection, Sqlite};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{ErrorKind, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

#[derive(Args)]
pub(super) struct Restore {
    /// A file that `backup` wrote.
    file: PathBuf,
    /// Replaces the database that is there; it is kept aside.
    #[arg(long)]
    force: bool,
    /// Reads the passphrase of a backup with keys from this file instead of stdin.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

/// A file that is removed unless it was given another name.
struct Draft(PathBuf);

impl Drop for Draft {
    fn drop(&mut self) {
        for ending in ["", "-wal", "-shm", "-journal"] {
            let _ = fs::remove_file(beside(&self.0, ending));
        }
    }
}

/// The key that the restored database will be served with.
enum Key {
    /// From the backup.
    Restored(Vec<u8>),
    /// The one that is there.
    There,
    /// None yet.
    Missing,
}

/// Copies the backup into the data folder: what is verified is what is used.
fn copy(file: &Path, draft: &Path) -> anyhow::Result<()> {
    let mut from = File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
    ensure!(from.metadata()?.is_file(), "{} is no file", file.display());
    let mut log = file.as_os_str().to_owned();
    log.push("-wal");
    ensure!(
        !fs::metadata(&log).is_ok_and(|m| m.len() > 0),
        "{} is a database in use, not a backup: make one with `muster backup`",
        file.display()
    );
    let mut to = private(draft)?;
    std::io::copy(&mut from, &mut to).with_context(|| format!("cannot write {}", draft.display()))?;
    Ok(to.sync_all()?)
}

fn private(file: &Path) -> anyhow::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    options.open(file).with_context(|| format!("cannot write {}", file.display()))
}

/// Keeps a file under the same name in another folder; it stays where it is, too.
fn keep(file: &Path, folder: &Path) -> anyhow::Result<()> {
    let Some(name) = file.file_name() else { return Ok(()) };
    match fs::hard_link(file, folder.join(name)) {
        Ok(()) => Ok(()),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(()),
        Err(_) => {
            fs::copy(file, folder.join(name)).with_context(|| format!("cannot keep {}", file.display()))?;
            Ok(File::open(folder.join(name))?.sync_all()?)
        }
    }
}

fn beside(database: &Path, ending: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

impl Restore {
    /// The key for this backup.
    async fn key(&self, draft: &Path, look: &Inspection, data: &Path) -> anyhow::Result<Key> {
        let fits = |content: &[u8]| -> anyhow::Result<bool> {
            let keys = Keys::from_content(&String::from_utf8_lossy(content))?;
            Ok(look.key_check.as_ref().is_none_or(|check| keys.matches(check)))
        };
        if let Some(found) = muster_store::attached_keys(draft).await? {
            let words = passphrase::read(self.passphrase_file.as_deref(), false)?;
            let content = sealed::open(&found, &words)?;
            ensure!(fits(&content)?, "the keys in the backup are not those of its database");
            return Ok(Key::Restored(content));
        }
        ensure!(self.passphrase_file.is_none(), "there are no keys in this backup, and so no passphrase");
        match fs::read(key(data)) {
            Ok(content) if fits(&content)? => Ok(Key::There),
            Ok(_) => bail!(
                "{} is not the key that this backup was made with: put the right key file there first",
                key(data).display()
            ),
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(Key::Missing),
            Err(e) => Err(e).with_context(|| format!("cannot read {}", key(data).display())),
        }
    }

    pub(super) async fn run(self, data: &Path, json: bool) -> anyhow::Result<()> {
        folder(data)?;
        let lock = Lock::alone(data)?;
        let database = database(data);
        let there = fs::metadata(&database).is_ok_and(|m| m.len() > 0);
        if there && !self.force {
            bail!(
                "there is a database in {} already: with --force the backup takes its place, and the old one is kept aside",
                data.display()
            );
        }
        let now = SystemClock.now();
        let stamp = now.rfc3339().replace(['-', ':'], "");
        let draft = Draft(data.join(format!("restoring-{stamp}")));
        copy(&self.file, &draft.0)?;
        let name = self.file.display();
        let look = muster_store::inspect(&draft.0, keys::CHECK).await;
        let look = look.with_context(|| format!("{name} was not restored"))?;
        ensure!(look.damage.is_empty(), "{name} is damaged and was not restored: {}", look.damage.join("; "));
        let key =
            self.key(&draft.0, &look, data).await.with_context(|| format!("{name} was not restored"))?;
        let shelf = Shelf::new(data);
        let packages = unpack(&shelf, &draft.0).await.with_context(|| format!("{name} was not restored"))?;
        muster_store::settle(&draft.0).await?;
        // Brings its tables up to date before anything is replaced: what cannot be opened is not restored.
        Sqlite::open(&draft.0).await.with_context(|| format!("{name} was not restored"))?.close().await;
        File::open(&draft.0)?.sync_all()?;
        put_up(&shelf, packages).with_context(|| format!("{name} was not restored"))?;
        let kept = exchange(data, &draft, &key, &stamp)?;
        drop(lock);
        let missing = matches!(key, Key::Missing);
        if json {
            return output::document(&json!({
                "restored": self.file, "kept": kept, "key": if missing { "missing" } else { "ok" }, "queued": look.waiting,
            }));
        }
        output::say!("{name} restored into {}", data.display());
        if let Some(kept) = kept {
            output::say!("What was there before is kept in {}", kept.display());
        }
        if look.waiting > 0 {
            output::say!(
                "{} messages wait in it and go out when the server runs; some may have gone out after the backup was made. \
                 `muster invitations list` shows them as queued, `muster invitations revoke ID` stops them",
                look.waiting
            );
        }
        if missing {
            output::say!(
                "The key is not in the backup: put muster.key into {} before the server starts",
                data.display()
            );
        }
        Ok(())
    }
}

/// The file of a package that the backup has.
struct Unpacked {
    workspace: WorkspaceId,
    digest: String,
    draft: packages::Draft,
}

/// The files of packages that the backup has, each if it is what it says. They are gone with the value until they are put up.
async fn unpack(shelf: &Shelf, backup: &Path) -> anyhow::Result<Vec<Unpacked>> {
    let mut all = Vec::new();
    for package in muster_store::attached_packages(backup).await? {
        let (workspace, digest) = &package;
        ensure!(shelf.file(*workspace, digest).is_some(), "it names a package that is none: {digest:?}");
        let draft = shelf.draft()?;
        muster_store::detach_package(backup, &package, &mut draft.file()).await?;
        let mut hash = Sha256::new();
        std::io::copy(&mut draft.again()?, &mut HashWriter(&mut hash))?;
        let found: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        ensure!(found == *digest, "the package {digest} in it is damaged");
        let (workspace, digest) = package;
        all.push(Unpacked { workspace, digest, draft });
    }
    Ok(all)
}

/// Puts them up. What belongs to no package in the end is cleared away at the next start.
fn put_up(shelf: &Shelf, all: Vec<Unpacked>) -> anyhow::Result<()> {
    for Unpacked { workspace, digest, draft } in all {
        let held = shelf.hold()?;
        shelf.put_up(draft, workspace, &digest, &held)?;
    }
    Ok(())
}

/// What is written goes into a hash.
pub(super) struct HashWriter<'h>(pub(super) &'h mut Sha256);

impl Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Keeps the files of packages aside, too: they take no more room there.
fn keep_packages(from: &Path, to: &Path) -> anyhow::Result<()> {
    let folders = match fs::read_dir(from) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(()),
        other => other?,
    };
    let mut made = DirBuilder::new();
    made.recursive(true).mode(0o700);
    for folder in folders {
        let folder = folder?;
        if !folder.file_type()?.is_dir() {
            continue;
        }
        let there = to.join(folder.file_name());
        made.create(&there)?;
        for file in fs::read_dir(folder.path())? {
            keep(&file?.path(), &there)?;
        }
    }
    Ok(())
}

/// Keeps aside what is there, then gives the restored files their names.
fn exchange(data: &Path, draft: &Draft, restored: &Key, stamp: &str) -> anyhow::Result<Option<PathBuf>> {
    let (database, key) = (database(data), key(data));
    let kept = data.join(format!("before-restore-{stamp}"));
    let (wal, shm) = (beside(&database, "-wal"), beside(&database, "-shm"));
    let something = [&database, &wal, &key].iter().any(|f| fs::metadata(f).is_ok_and(|m| m.len() > 0));
    if something {
        let mut folder = DirBuilder::new();
        folder.mode(0o700).create(&kept).with_context(|| format!("cannot make {}", kept.display()))?;
        for file in [&database, &wal, &shm, &key] {
            keep(file, &kept)?;
        }
        keep_packages(&data.join("packages"), &kept.join("packages"))?;
        File::open(&kept)?.sync_all()?;
        File::open(data)?.sync_all()?;
    }
    for file in [&wal, &shm] {
        match fs::remove_file(file) {
            Err(e) if e.kind() != ErrorKind::NotFound => return Err(e).context("cannot remove the old log"),
            _ => {}
        }
    }
    if let Key::Restored(content) = restored {
        let part = Draft(data.join(format!("restoring-{stamp}.key")));
        let mut file = private(&part.0)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&part.0, &key)?;
    }
    fs::rename(&draft.0, &database)?;
    fs::set_permissions(&database, fs::Permissions::from_mode(0o600))?;
    File::open(data)?.sync_all()?;
    Ok(something.then_some(kept))
}
