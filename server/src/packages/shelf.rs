//! The files: `data/packages/{workspace}/{SHA-256}.apk`. A file that is on its way has a lock and another name, so that what a killed
//! process has left is told from what still comes.

use super::Refused;
use muster_domain::{WorkspaceId, ports::Store};
use rustix::fs::statvfs;
use std::{
    collections::BTreeSet,
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, ErrorKind},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::Arc,
};
use tempfile::NamedTempFile;
use tokio::sync::Semaphore;

/// How the names of files begin that are on their way.
const COMING: &str = ".coming-";
/// Bytes that are left to the database, whatever comes.
const SPARED: u64 = 64 << 20;
/// Files that come at once: each may fill a part of the disk.
const AT_ONCE: usize = 4;
/// Phones that fetch at once; the others are asked to come again, as Android does by itself.
const FETCHING: usize = 256;

/// The folder of packages.
pub struct Shelf {
    folder: PathBuf,
    /// Places for files that come.
    pub coming: Semaphore,
    /// Files are read through one at a time.
    pub judging: Semaphore,
    /// Places for phones that fetch.
    pub fetching: Arc<Semaphore>,
}

/// A file that is on its way; it is gone with this value unless it was put up.
pub struct Draft(NamedTempFile);

/// Nobody else puts up or takes down a file as long as this lives.
pub struct Held(#[expect(dead_code, reason = "held for its end")] File);

/// Whether it is the name of a file as we write it: nothing else becomes a part of a path (ABUSE A43).
fn is_digest(sha256: &str) -> bool {
    sha256.len() == 64 && sha256.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn make(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

fn gone(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

impl Draft {
    /// The file, to be written.
    #[must_use]
    pub fn file(&self) -> &File {
        self.0.as_file()
    }

    /// The file from its beginning, to be read.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn again(&self) -> io::Result<File> {
        self.0.reopen()
    }
}

impl Shelf {
    /// The packages in a data folder.
    #[must_use]
    pub fn new(data: &Path) -> Self {
        Self {
            folder: data.join("packages"),
            coming: Semaphore::new(AT_ONCE),
            judging: Semaphore::new(1),
            fetching: Arc::new(Semaphore::new(FETCHING)),
        }
    }

    /// Whether there has ever been a package.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.folder.exists()
    }

    /// Where the file of a workspace's package lies; `None` for what is no digest.
    #[must_use]
    pub fn file(&self, workspace: WorkspaceId, sha256: &str) -> Option<PathBuf> {
        is_digest(sha256).then(|| self.folder.join(workspace.to_string()).join(format!("{sha256}.apk")))
    }

    /// A file to be written.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn draft(&self) -> io::Result<Draft> {
        make(&self.folder)?;
        let draft = tempfile::Builder::new().prefix(COMING).tempfile_in(&self.folder)?;
        draft.as_file().lock()?;
        Ok(Draft(draft))
    }

    /// A file of so many bytes to be written, if there is room for it.
    ///
    /// # Errors
    /// [`Refused::NoRoom`]; when it cannot be made.
    pub fn draft_of(&self, bytes: u64) -> Result<Draft, Refused> {
        let draft = self.draft()?;
        // Where that cannot be told, the disk says so when it is full.
        if let Ok(about) = statvfs(&self.folder) {
            fits(bytes, about.f_bavail.saturating_mul(about.f_frsize))?;
        }
        Ok(draft)
    }

    /// Waits until nobody else changes something here.
    ///
    /// # Errors
    /// When there can be no lock.
    pub fn hold(&self) -> io::Result<Held> {
        make(&self.folder)?;
        let mut options = OpenOptions::new();
        let lock =
            options.write(true).create(true).truncate(false).mode(0o600).open(self.folder.join("lock"))?;
        lock.lock()?;
        Ok(Held(lock))
    }

    /// Puts a file up: it is whole on the disk before anybody is told of it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn put_up(&self, draft: Draft, workspace: WorkspaceId, sha256: &str, _held: &Held) -> io::Result<()> {
        let Some(place) = self.file(workspace, sha256) else { return Err(ErrorKind::InvalidInput.into()) };
        draft.file().sync_all()?;
        let folder = self.folder.join(workspace.to_string());
        make(&folder)?;
        draft.0.persist(&place).map_err(|e| e.error)?;
        File::open(&folder)?.sync_all()?;
        File::open(&self.folder)?.sync_all()
    }

    /// Takes a file down. Whoever is fetching it gets it to its end.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn take_down(&self, workspace: WorkspaceId, sha256: &str, _held: &Held) -> io::Result<()> {
        self.file(workspace, sha256).map_or(Ok(()), |file| gone(fs::remove_file(file)))
    }

    /// Removes what belongs to no package: what killed processes have left.
    ///
    /// # Errors
    /// When the folder or the store cannot be read.
    pub async fn sweep(&self, store: &dyn Store) -> anyhow::Result<usize> {
        if !self.is_there() {
            return Ok(0);
        }
        // Not before the lock: what is put up meanwhile would be no package's yet.
        let held = self.hold()?;
        let mut known = BTreeSet::new();
        for workspace in store.workspaces().await? {
            known.extend(
                store.packages(workspace).await?.iter().filter_map(|p| self.file(workspace, &p.sha256)),
            );
        }
        let removed = self.clear(&known)?;
        drop(held);
        Ok(removed)
    }

    /// Files that belong to no package: not what still comes.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn strays(&self, known: &BTreeSet<PathBuf>) -> io::Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                for file in fs::read_dir(entry.path())? {
                    let file = file?.path();
                    if file.extension().is_some_and(|e| e == "apk") && !known.contains(&file) {
                        found.push(file);
                    }
                }
            } else if entry.file_name().to_string_lossy().starts_with(COMING) && is_left(&entry.path())? {
                found.push(entry.path());
            }
        }
        Ok(found)
    }

    fn clear(&self, known: &BTreeSet<PathBuf>) -> io::Result<usize> {
        let strays = self.strays(known)?;
        strays.iter().try_for_each(|file| gone(fs::remove_file(file)))?;
        Ok(strays.len())
    }
}

/// Whether so many bytes leave the database what it needs.
fn fits(bytes: u64, free: u64) -> Result<(), Refused> {
    if bytes.saturating_add(SPARED) > free { Err(Refused::NoRoom(bytes, free)) } else { Ok(()) }
}

/// Whether nobody writes a file any more.
fn is_left(file: &Path) -> io::Result<bool> {
    let file = match File::open(file) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(false),
        other => other?,
    };
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn workspace() -> WorkspaceId {
        WorkspaceId::from_bytes([1; 16])
    }

    #[test]
    fn a43_nothing_but_a_digest_becomes_a_part_of_a_path() {
        let shelf = Shelf::new(Path::new("/data"));
        let digest = "0f".repeat(32);
        let file = shelf.file(workspace(), &digest).unwrap();
        assert_eq!(file, Path::new(&format!("/data/packages/{}/{digest}.apk", workspace())));
        let up = format!("../{}", &digest[3..]);
        for bad in
            ["", "..", "../../muster.key", &up, &digest.to_uppercase(), &format!("{digest}0"), "/etc/passwd"]
        {
            assert_eq!(shelf.file(workspace(), bad), None, "{bad}");
        }
    }

    #[test]
    fn what_would_fill_the_disk_is_refused_before_it_comes() {
        fits(10 << 20, 80 << 20).unwrap();
        let why = fits(20 << 20, 80 << 20).unwrap_err();
        assert_eq!(why.kind(), super::super::Kind::NoRoom);
        assert!(why.to_string().starts_with("it has 20 MB, and 80 MB are free"), "{why}");
        let data = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(data.path());
        assert!(matches!(shelf.draft_of(1 << 60), Err(Refused::NoRoom(..))));
        assert_eq!(fs::read_dir(data.path().join("packages")).unwrap().count(), 0, "nothing is left of it");
    }

    #[test]
    fn a_draft_is_gone_with_its_value_and_stays_under_its_digest_when_it_is_put_up() {
        let data = tempfile::tempdir().unwrap();
        let (shelf, digest) = (Shelf::new(data.path()), "ab".repeat(32));
        drop(shelf.draft().unwrap());
        let draft = shelf.draft().unwrap();
        draft.file().write_all(b"content").unwrap();
        let held = shelf.hold().unwrap();
        shelf.put_up(draft, workspace(), &digest, &held).unwrap();
        let file = shelf.file(workspace(), &digest).unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"content");
        let names: Vec<_> =
            fs::read_dir(data.path().join("packages")).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert!(names.iter().all(|n| !n.to_string_lossy().starts_with(COMING)), "{names:?}");
        shelf.take_down(workspace(), &digest, &held).unwrap();
        shelf.take_down(workspace(), &digest, &held).unwrap();
        assert!(!file.exists());
    }

    #[test]
    fn what_a_killed_process_has_left_is_cleared_away_and_what_comes_or_is_known_stays() {
        let data = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(data.path());
        let coming = shelf.draft().unwrap();
        let left = shelf.draft().unwrap().0.keep().unwrap();
        drop(left.0);
        let (known, unknown) = ("aa".repeat(32), "bb".repeat(32));
        let held = shelf.hold().unwrap();
        for digest in [&known, &unknown] {
            shelf.put_up(shelf.draft().unwrap(), workspace(), digest, &held).unwrap();
        }
        let kept = shelf.file(workspace(), &known).unwrap();
        assert_eq!(shelf.clear(&BTreeSet::from([kept.clone()])).unwrap(), 2);
        assert!(kept.exists() && coming.again().is_ok());
        assert!(!left.1.exists() && !shelf.file(workspace(), &unknown).unwrap().exists());
    }
}
