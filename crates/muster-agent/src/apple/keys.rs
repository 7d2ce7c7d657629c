//! Where keys come from: each device makes its own, or a fleet shares a pool that is made once and kept.

use super::{
    key::Key,
    state::{KeyPlace, private_file},
};
use crate::error::AgentError;
use std::{fs, io::Write, path::Path, sync::Arc};

/// Keys that a fleet shares: 10,000 devices start in a minute, where as many keys would take half an hour.
#[derive(Clone, Debug, Default)]
pub struct Pool(Arc<Vec<Arc<Key>>>);

impl Pool {
    /// Of keys that are there.
    #[must_use]
    pub fn of(keys: Vec<Arc<Key>>) -> Self {
        Self(Arc::new(keys))
    }

    /// The pool in a fleet's folder, with `count` keys at least; the missing ones are made. Without a count it is what
    /// is there.
    ///
    /// # Errors
    /// [`AgentError::Local`].
    pub async fn open(folder: &Path, count: Option<usize>) -> Result<Self, AgentError> {
        let folder = folder.join("keys");
        let wrong = |e: std::io::Error| AgentError::Local(format!("{}: {e}", folder.display()));
        let mut keys = Vec::new();
        loop {
            let path = folder.join(format!("key-{:05}.p8", keys.len() + 1));
            match fs::read(&path) {
                Ok(bytes) => keys.push(Arc::new(Key::from_pkcs8(&bytes)?)),
                Err(_) if count.is_none_or(|count| keys.len() >= count) => break,
                Err(_) => {
                    fs::create_dir_all(&folder).map_err(wrong)?;
                    let key = make(2048).await?;
                    let new = path.with_extension("tmp");
                    private_file(&new).and_then(|mut f| f.write_all(key.pkcs8())).map_err(wrong)?;
                    fs::rename(&new, &path).map_err(wrong)?;
                    keys.push(key);
                }
            }
        }
        Ok(Self(Arc::new(keys)))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The key that a place names.
    ///
    /// # Errors
    /// [`AgentError::Local`] if it is not there.
    pub fn find(&self, place: &KeyPlace) -> Result<Arc<Key>, AgentError> {
        match place {
            KeyPlace::Own(pkcs8) => Ok(Arc::new(Key::from_pkcs8(pkcs8)?)),
            KeyPlace::Pool(number) => self
                .0
                .get(*number)
                .cloned()
                .ok_or_else(|| AgentError::Local(format!("key {} of the pool is not there", number + 1))),
        }
    }

    /// Another key of that size than the one in use: of the pool if it has any, else a new one.
    ///
    /// # Errors
    /// [`AgentError`].
    pub async fn fresh(&self, bits: u64, not: Option<&KeyPlace>) -> Result<(KeyPlace, Arc<Key>), AgentError> {
        let mut drawn = [0; 8];
        super::random::fill(&mut drawn)?;
        if !self.is_empty() && bits == 2048 {
            let mut number = usize::from_le_bytes(drawn) % self.0.len();
            if not == Some(&KeyPlace::Pool(number)) {
                number = (number + 1) % self.0.len();
            }
            return Ok((KeyPlace::Pool(number), Arc::clone(&self.0[number])));
        }
        let key = make(bits).await?;
        Ok((KeyPlace::Own(key.pkcs8().to_vec()), key))
    }
}

/// Takes a tenth of a second and more, so it is done aside.
async fn make(bits: u64) -> Result<Arc<Key>, AgentError> {
    let made = tokio::task::spawn_blocking(move || Key::generate(bits)).await;
    made.map_err(|e| AgentError::Local(e.to_string()))?.map(Arc::new)
}
