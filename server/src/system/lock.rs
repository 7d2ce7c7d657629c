//! The lock of a data folder: whoever uses the database shares it, and a restore needs it alone.

use anyhow::{Context, bail};
use std::{
    fs::{File, OpenOptions, TryLockError},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    thread::sleep,
    time::Duration,
};

/// The lock's file in the data folder. The system lets go of it when a process ends, however that happens.
pub const FILE: &str = "lock";

/// Held as long as it lives.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "the lock lives as long as the open file")] File);

fn open(data: &Path) -> std::io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(data.join(FILE))
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
        let file = open(data).with_context(|| format!("cannot use the data folder {}", data.display()))?;
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
        let file = open(data).with_context(|| format!("cannot use the data folder {}", data.display()))?;
        if !patiently(|| file.try_lock())? {
            bail!("a server or another command is using {}: stop it first", data.display());
        }
        Ok(Self(file))
    }

    /// Whether somebody uses the database at the moment.
    #[must_use]
    pub fn taken(data: &Path) -> bool {
        let file = OpenOptions::new().write(true).open(data.join(FILE));
        file.is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_share_the_folder_and_a_restore_has_it_alone() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!Lock::taken(folder.path()));
        let one = Lock::shared(folder.path()).unwrap();
        let two = Lock::shared(folder.path()).unwrap();
        assert!(Lock::taken(folder.path()));
        assert!(Lock::alone(folder.path()).unwrap_err().to_string().contains("stop it first"));
        drop((one, two));
        let alone = Lock::alone(folder.path()).unwrap();
        assert!(Lock::shared(folder.path()).unwrap_err().to_string().contains("being restored"));
        drop(alone);
        assert!(!Lock::taken(folder.path()));
    }
}
