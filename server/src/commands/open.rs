//! Opening of the data folder: the database, its key and the ports on them.

use crate::system::{
    SystemClock,
    keys::{self, Keys},
    lock::Lock,
    passwords::Argon2id,
};
use anyhow::{Context, bail};
use muster_domain::{
    InvitationId, WorkspaceId,
    audit::{Act, By},
    ports::AuditStore,
    usecase::Ports,
};
use muster_store::Sqlite;
use std::{
    fs::OpenOptions,
    io::IsTerminal,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::Arc,
};

/// The address of links while no public address is set.
pub(super) const LOCAL: &str = "http://127.0.0.1:8080";

/// How phones get to reach a server.
pub(super) const SET_ADDRESS: &str = "muster settings set public_url https://muster.example.org";

/// The file with the server's own address.
const ADDRESS: &str = "address";

/// An opened data folder.
pub(super) struct Muster {
    pub(super) ports: Ports,
    pub(super) sqlite: Arc<Sqlite>,
    pub(super) workspace: WorkspaceId,
    data: PathBuf,
    _lock: Lock,
}

/// The database in a data folder.
pub(super) fn database(data: &Path) -> PathBuf {
    data.join("muster.db")
}

/// The key file in a data folder.
pub(super) fn key(data: &Path) -> PathBuf {
    data.join("muster.key")
}

/// Who runs this process: whoever became another with sudo, the name of the session, or the number of the user.
fn user() -> String {
    let named = ["SUDO_USER", "USER", "LOGNAME"].into_iter().filter_map(|name| std::env::var(name).ok());
    let name = named.into_iter().find(|name| !name.is_empty() && name.chars().all(|c| !c.is_control()));
    name.unwrap_or_else(|| {
        let number = rustix::process::getuid().as_raw().to_string();
        // A service or a timer has no such variable: `name:password:number:…`, passwd(5).
        let all = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
        let mine = all.lines().find(|line| line.split(':').nth(2) == Some(number.as_str()));
        mine.and_then(|line| line.split(':').next()).map_or(number.clone(), str::to_owned)
    })
}

/// Makes a data folder that nobody else can look into, unless it is there.
pub(super) fn folder(data: &Path) -> anyhow::Result<()> {
    let mut folder = std::fs::DirBuilder::new();
    folder
        .recursive(true)
        .mode(0o700)
        .create(data)
        .with_context(|| format!("cannot use the data folder {}", data.display()))
}

/// Makes sure that no other server runs on a data folder, for as long as what is answered lives.
pub(super) fn alone(data: &Path) -> anyhow::Result<Lock> {
    folder(data)?;
    Lock::server(data)
}

impl Muster {
    pub(super) async fn open(data: &Path) -> anyhow::Result<Self> {
        folder(data)?;
        let lock = Lock::shared(data)?;
        let database = database(data);
        // A process that was killed while it made the file may have left an empty one.
        let there = std::fs::metadata(&database).is_ok_and(|m| m.len() > 0);
        // For who mistyped a folder. Scripts know what they make.
        if !there && std::io::stderr().is_terminal() {
            eprintln!("muster: {} was empty and is a new installation now", data.display());
        }
        let keys = Arc::new(Keys::open(&key(data), there)?);
        // SQLite gives its other files the mode of this one.
        let made = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&database);
        made.with_context(|| format!("cannot open {}", database.display()))?;
        let sqlite =
            Sqlite::open(&database).await.with_context(|| format!("cannot open {}", database.display()))?;
        let sqlite = Arc::new(sqlite);
        let clock = Arc::new(SystemClock);
        let ports = Ports {
            store: sqlite.clone(),
            clock,
            secrets: keys.clone(),
            passwords: Arc::new(Argon2id::new()),
        };
        let now = ports.clock.now();
        let workspace = ports.store.first_workspace(WorkspaceId::new(now, &*ports.secrets), now).await?;
        match ports.store.sealed(workspace, keys::CHECK).await? {
            Some(check) if !keys.matches(&check) => bail!(
                "{} is not the key of this database: put the right one back from a backup; \
                 with another one the links that people have received cannot work",
                key(data).display()
            ),
            Some(_) => {}
            None => ports.store.set_sealed(workspace, keys::CHECK, Some(keys.check_value())).await?,
        }
        Ok(Self { ports, sqlite, workspace, data: data.to_owned(), _lock: lock })
    }

    /// From now on what is written is written in the name of whoever sits at the command line.
    pub(super) fn by_hand(&mut self) {
        let act = Act { by: By::CommandLine { user: user() }, from: None, at: self.ports.clock.now() };
        self.ports.store = self.sqlite.acting(act);
    }

    /// The data folder.
    pub(super) fn data(&self) -> &Path {
        &self.data
    }

    /// The address before links, without a slash at the end: the setting, or where the server last listened.
    pub(super) async fn public_url(&self) -> anyhow::Result<String> {
        let settings = self.ports.store.settings(self.workspace).await?;
        let served =
            || std::fs::read_to_string(Self::address_file(&self.data)).ok().map(|a| a.trim().to_owned());
        Ok(settings.public_url.or_else(served).unwrap_or_else(|| LOCAL.to_owned()))
    }

    /// The file with the server's own address.
    pub(super) fn address_file(data: &Path) -> PathBuf {
        data.join(ADDRESS)
    }

    /// Keeps the server's own address for commands that make links.
    pub(super) fn served_at(&self, address: &str) -> anyhow::Result<()> {
        let file = Self::address_file(&self.data);
        std::fs::write(&file, address).with_context(|| format!("cannot write {}", file.display()))
    }

    /// The link of an invitation's first generation.
    pub(super) fn link(&self, public_url: &str, id: InvitationId) -> String {
        format!("{public_url}/{}", self.ports.secrets.link_token(id, 1).reveal())
    }
}
