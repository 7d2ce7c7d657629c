//! Opening of the data folder: the database, its key and the ports on them.

use crate::system::{SystemClock, keys::Keys, passwords::Argon2id};
use anyhow::Context;
use muster_domain::{InvitationId, WorkspaceId, ports::Secrets, usecase::Ports};
use muster_store::Sqlite;
use std::{
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::Arc,
};

/// The address of links while no public address is set.
pub(super) const LOCAL: &str = "http://127.0.0.1:8080";

/// The file with the server's own address.
const ADDRESS: &str = "address";

/// An opened data folder.
pub(super) struct Muster {
    pub(super) ports: Ports,
    pub(super) sqlite: Arc<Sqlite>,
    pub(super) workspace: WorkspaceId,
    data: PathBuf,
}

impl Muster {
    pub(super) async fn open(data: &Path) -> anyhow::Result<Self> {
        let folder = || format!("cannot use the data folder {}", data.display());
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(data).with_context(folder)?;
        let database = data.join("muster.db");
        let keys: Arc<dyn Secrets> = Arc::new(Keys::open(&data.join("muster.key"), database.exists())?);
        let sqlite =
            Sqlite::open(&database).await.with_context(|| format!("cannot open {}", database.display()))?;
        let sqlite = Arc::new(sqlite);
        let clock = Arc::new(SystemClock);
        let ports =
            Ports { store: sqlite.clone(), clock, secrets: keys, passwords: Arc::new(Argon2id::new()) };
        let now = ports.clock.now();
        let workspace = ports.store.first_workspace(WorkspaceId::new(now, &*ports.secrets), now).await?;
        Ok(Self { ports, sqlite, workspace, data: data.to_owned() })
    }

    /// The address before links, without a slash at the end: the setting, or where the server last listened.
    pub(super) async fn public_url(&self) -> anyhow::Result<String> {
        let settings = self.ports.store.settings(self.workspace).await?;
        let served = || std::fs::read_to_string(self.data.join(ADDRESS)).ok().map(|a| a.trim().to_owned());
        Ok(settings.public_url.or_else(served).unwrap_or_else(|| LOCAL.to_owned()))
    }

    /// Keeps the server's own address for commands that make links.
    pub(super) fn served_at(&self, address: &str) -> anyhow::Result<()> {
        let file = self.data.join(ADDRESS);
        std::fs::write(&file, address).with_context(|| format!("cannot write {}", file.display()))
    }

    /// The link of an invitation's first generation.
    pub(super) fn link(&self, public_url: &str, id: InvitationId) -> String {
        format!("{public_url}/{}", self.ports.secrets.link_token(id, 1).reveal())
    }
}
