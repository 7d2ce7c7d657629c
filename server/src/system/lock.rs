//! The locks of a data folder: whoever uses the database shares one, which a restore needs alone; the server has another
//! for itself, since two would send the same mails and count limits apart.

use anyhow::{Context, bail};
use std::{
    fs::{File, OpenOptions, TryLockError},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    thread::sleep,
    time::Duration,
};

/// The lock of all in the data folder. The system lets go of it when a process ends, however that happens.
const FILE: &str = "lock";
/// The lock of the one server.
const SERVER: &str = "serve.lock";

/// Held as long as it lives.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "the lock lives as long as the open file")] File);

fn open(data: &Path, name: &str) -> anyhow::Result<File> {
    let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(data.join(name));
    file.with_context(|| format!("cannot use the data folder {}", data.display()))
}

/// Tries for a second: commands hold the lock for a moment only.
fn patiently(attempt: impl Fn() -> Result<(), TryLockError>) -> std::io::Result<bool> {
    for _ in 0..20 {
        match attempt() {
            Ok(()) => return Ok(true),
            Err(TryLockError::WouldBlock) => sleep(Duration::from_millis(50)),
            Err(TryLockError::Error(e)) => return Err(e),
        }
    }
    Ok(false)
}

impl Lock {
    /// For whoever uses the database together with others.
    ///
    /// # Errors
    /// While a restore is going on.
    pub fn shared(data: &Path) -> anyhow::Result<Self> {
        let file = open(data, FILE)?;
        if !patiently(|| file.try_lock_shared())? {
            bail!("the database in {} is being restored: try again when that is done", data.display());
        }
        Ok(Self(file))
    }

    /// For whoever replaces the database.
    ///
    /// # Errors
    /// While a server or another command uses it.
    pub fn alone(data: &Path) -> anyhow::Result<Self> {
        let file = open(data, FILE)?;
        if !patiently(|| file.try_lock())? {
            bail!("a server or another command is using {}: stop it first", data.display());
        }
        Ok(Self(file))
    }

    /// Whether somebody replaces the database at the moment.
    #[must_use]
    pub fn restoring(data: &Path) -> bool {
        let file = OpenOptions::new().write(true).open(data.join(FILE));
        file.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    /// For the server.
    ///
    /// # Errors
    /// While another one runs.
    pub fn server(data: &Path) -> anyhow::Result<Self> {
        let file = open(data, SERVER)?;
        if !patiently(|| file.try_lock())? {
            bail!(
                "a server already runs on the data folder {}: stop it first, or name another folder with --data",
                data.display()
            );
        }
        Ok(Self(file))
    }

    /// Whether a server runs at the moment.
    #[must_use]
    pub fn served(data: &Path) -> bool {
        let file = OpenOptions::new().write(true).open(data.join(SERVER));
        file.is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_share_the_folder_and_a_restore_has_it_alone() {
        let folder = tempfile::tempdir().unwrap();
        let one = Lock::shared(folder.path()).unwrap();
        let two = Lock::shared(folder.path()).unwrap();
        assert!(Lock::alone(folder.path()).unwrap_err().to_string().contains("stop it first"));
        drop((one, two));
        assert!(!Lock::restoring(folder.path()));
        let _alone = Lock::alone(folder.path()).unwrap();
        assert!(Lock::restoring(folder.path()));
        assert!(Lock::shared(folder.path()).unwrap_err().to_string().contains("being restored"));
    }

    #[test]
    fn one_server_runs_on_a_folder_beside_any_number_of_commands() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!Lock::served(folder.path()));
        let _command = Lock::shared(folder.path()).unwrap();
        assert!(!Lock::served(folder.path()));
        let server = Lock::server(folder.path()).unwrap();
        assert!(Lock::served(folder.path()));
        assert!(Lock::server(folder.path()).unwrap_err().to_string().contains("already runs"));
        let _other = Lock::shared(folder.path()).unwrap();
        drop(server);
        assert!(!Lock::served(folder.path()));
        Lock::server(folder.path()).unwrap();
    }
}
