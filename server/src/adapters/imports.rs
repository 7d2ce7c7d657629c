//! Files of people between their upload and their import, in memory: what an administrator looks at is theirs alone, is
//! gone after an hour, and is not there after a restart.

mod preview;

use app::{
    api::imports::{How, Look, Part, Refusal, Writing},
    services::Imports,
};
use async_trait::async_trait;
use muster_domain::{
    AccountId, Timestamp, UserId, WorkspaceId,
    account::Who,
    import::There,
    ports::{Import, Store, StoreError, Stored},
    time::MINUTE,
    usecase::Ports,
};
use muster_roster::limits::TEXT;
use preview::{Opened, Preview, opened, previewed};
use std::{
    collections::{BTreeSet, VecDeque},
    fmt::Write,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// How long a file is kept.
const LIFE: i64 = 60 * MINUTE;
/// Bytes of all files at most; the oldest goes for a new one.
const ALL: usize = 4 * TEXT;
/// How long it is told who is there already without asking the store again, to who looks through the rows.
const FRESH: i64 = MINUTE;

struct File {
    id: String,
    at: Timestamp,
    workspace: WorkspaceId,
    account: AccountId,
    bytes: Arc<[u8]>,
    writing: Arc<Mutex<Progress>>,
}

/// The bytes of a file, and how far its import is.
type Found = (Arc<[u8]>, Arc<Mutex<Progress>>);

#[derive(Default)]
struct Progress {
    state: Option<Writing>,
    written: Arc<AtomicU64>,
}

/// A poisoned lock held nothing half done.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What was looked at last, so that the next page of it is there at once, and soon with a row less.
struct Seen {
    upload: String,
    how: How,
    preview: Arc<Preview>,
    /// Who of it is there already, when it was asked, and without which rows.
    there: There,
    at: Timestamp,
    without: BTreeSet<u32>,
}

impl Seen {
    /// Whether who is there is known for the file read like this too: it has the same people, or fewer.
    fn knows(&self, how: &How) -> bool {
        let same = self.how.encoding == how.encoding
            && self.how.delimiter == how.delimiter
            && self.how.header == how.header
            && self.how.columns == how.columns;
        same && self.without.is_subset(&how.left_out)
    }
}

/// Files of people that were uploaded.
pub struct Uploads {
    ports: Ports,
    files: Mutex<VecDeque<File>>,
    seen: Mutex<Option<Arc<Seen>>>,
}

impl Uploads {
    /// None yet.
    #[must_use]
    pub fn new(ports: Ports) -> Self {
        Self { ports, files: Mutex::default(), seen: Mutex::default() }
    }

    /// Takes a file; the name under which it is asked for.
    pub fn put(&self, who: &Who, bytes: Vec<u8>) -> String {
        let mut random = [0; 16];
        self.ports.secrets.fill(&mut random);
        let id = random.iter().fold(String::new(), |mut id, byte| {
            let _ = write!(id, "{byte:02x}");
            id
        });
        let now = self.ports.clock.now();
        let mut files = lock(&self.files);
        files.retain(|file| now.0 - file.at.0 < LIFE);
        let mut all = bytes.len() + files.iter().map(|file| file.bytes.len()).sum::<usize>();
        while all > ALL {
            let Some(oldest) = files.pop_front() else { break };
            all -= oldest.bytes.len();
        }
        files.push_back(File {
            id: id.clone(),
            at: now,
            workspace: who.workspace,
            account: who.account.id,
            bytes: bytes.into(),
            writing: Arc::default(),
        });
        id
    }

    fn find(&self, who: &Who, upload: &str) -> Stored<Found> {
        let now = self.ports.clock.now();
        let files = lock(&self.files);
        let mine = |file: &&File| {
            file.id == upload && file.workspace == who.workspace && file.account == who.account.id
        };
        let file = files.iter().find(mine).filter(|file| now.0 - file.at.0 < LIFE);
        file.map(|file| (file.bytes.clone(), file.writing.clone())).ok_or(StoreError::NotFound)
    }
}

#[async_trait]
impl Imports for Uploads {
    async fn look(&self, who: &Who, upload: &str, how: How, part: Part) -> Stored<Result<Look, Refusal>> {
        let (bytes, _) = self.find(who, upload)?;
        let now = self.ports.clock.now();
        let seen = lock(&self.seen).clone();
        let fresh = |seen: &Arc<Seen>| seen.upload == upload && now.0 - seen.at.0 < FRESH && seen.knows(&how);
        let seen = seen.filter(fresh);
        if let Some(seen) = seen.as_ref().filter(|seen| seen.how == how) {
            return Ok(Ok(seen.preview.look(part)));
        }
        let opened = match opened(bytes, how.clone()).await? {
            Ok(opened) => opened,
            Err(why) => return Ok(Err(why)),
        };
        let (there, at, without) = match seen {
            Some(seen) => (seen.there.clone(), seen.at, seen.without.clone()),
            None => {
                let people: Vec<_> = opened.read.people.iter().map(|person| person.details.clone()).collect();
                (self.ports.store.there(who.workspace, &people).await?, now, how.left_out.clone())
            }
        };
        let groups = self.ports.store.groups(who.workspace).await?;
        let groups = groups.into_iter().map(|group| group.name.to_lowercase()).collect();
        let preview = Arc::new(previewed(opened, how.clone(), there.clone(), groups).await?);
        let look = preview.look(part);
        let upload = upload.to_owned();
        *lock(&self.seen) = Some(Arc::new(Seen { upload, how, preview, there, at, without }));
        Ok(Ok(look))
    }

    async fn write(&self, who: &Who, store: Arc<dyn Store>, upload: &str, how: How) -> Stored<()> {
        let (bytes, writing) = self.find(who, upload)?;
        let groups = how.groups;
        let Ok(Opened { read, .. }) = opened(bytes, how).await? else { return Err(StoreError::State) };
        if !read.bad.is_empty() || read.people.is_empty() {
            return Err(StoreError::State);
        }
        let now = self.ports.clock.now();
        *lock(&self.seen) = None;
        let mut import = Import { groups, ..Import::default() };
        for person in read.people {
            let id = UserId::new(now, &*self.ports.secrets);
            if person.invented {
                import.invented.insert(id);
            }
            import.users.push((id, person.details));
        }
        {
            let mut progress = lock(&writing);
            if matches!(progress.state, Some(Writing::Going { .. } | Writing::Done(_))) {
                return Err(StoreError::State);
            }
            progress.written = import.written.clone();
            progress.state = Some(Writing::Going { written: 0, total: import.users.len() as u64 });
        }
        let workspace = who.workspace;
        tokio::spawn(async move {
            let done = match store.import_users(workspace, import, now).await {
                Ok(imported) => Writing::Done(imported),
                Err(error) => {
                    tracing::error!(%error, "import");
                    Writing::Failed
                }
            };
            lock(&writing).state = Some(done);
        });
        Ok(())
    }

    fn state(&self, who: &Who, upload: &str) -> Stored<Writing> {
        let (_, writing) = self.find(who, upload)?;
        let progress = lock(&writing);
        Ok(match &progress.state {
            None => Writing::NotBegun,
            Some(Writing::Going { total, .. }) => {
                Writing::Going { written: progress.written.load(Ordering::Relaxed), total: *total }
            }
            Some(over) => over.clone(),
        })
    }
}
