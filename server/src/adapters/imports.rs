//! Files of people between their upload and their import, in memory: what an administrator looks at is theirs alone, is
//! gone after an hour, and is not there after a restart.

use app::{
    api::imports::{How, Look, Refusal, Writing},
    services::Imports,
};
use async_trait::async_trait;
use muster_domain::{
    AccountId, Timestamp, UserId, WorkspaceId,
    account::Who,
    ports::{Import, Store, StoreError, Stored},
    time::MINUTE,
    usecase::Ports,
};
use muster_roster::{
    columns, encoding,
    limits::TEXT,
    people::{self, Bad, Person, Read},
    table::{self, Row, Table},
};
use std::{
    collections::{BTreeSet, HashMap, VecDeque},
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
/// Rows that are shown of a file.
const SAMPLE: usize = 10;
/// Rows to be mended that are shown.
const SHOWN: usize = 200;
/// New groups that are named.
const GROUPS: usize = 50;

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

/// Files of people that were uploaded.
pub struct Uploads {
    ports: Ports,
    files: Mutex<VecDeque<File>>,
}

impl Uploads {
    /// None yet.
    #[must_use]
    pub fn new(ports: Ports) -> Self {
        Self { ports, files: Mutex::new(VecDeque::new()) }
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

/// A file as it is read.
struct Opened {
    encoding: encoding::Encoding,
    table: Table,
    columns: Vec<columns::Column>,
    read: Read,
}

fn open(bytes: &[u8], how: &How) -> Result<Opened, Refusal> {
    let (text, encoding) = encoding::decode(bytes, how.encoding).map_err(Refusal::Unreadable)?;
    let mut table = table::read(&text, how.delimiter).map_err(Refusal::Table)?;
    if let Some(header) = how.header {
        table.header = header;
    }
    let guessed = columns::guess(table.head(), table.body());
    let mut columns = how.columns.clone().unwrap_or_else(|| guessed.clone());
    // As many as the file has, whatever was chosen for another way to read it.
    columns.resize(guessed.len(), columns::Column::Nothing);
    let mut read = people::read(table.body(), &columns, &how.left_out);
    if how.without_bad {
        read.left_out += u32::try_from(read.bad.len()).unwrap_or(u32::MAX);
        read.bad.clear();
    }
    Ok(Opened { encoding, table, columns, read })
}

/// [`open`] beside the threads that answer requests: a large file takes a while.
async fn opened(bytes: Arc<[u8]>, how: How) -> Stored<Result<Opened, Refusal>> {
    let task = tokio::task::spawn_blocking(move || open(&bytes, &how));
    task.await.map_err(|error| StoreError::Failed(error.to_string()))
}

fn cut(row: &Row) -> Row {
    let short = |cell: &String| cell.chars().take(muster_roster::SHOWN).collect();
    Row { line: row.line, cells: row.cells.iter().map(short).collect() }
}

fn new_groups(people: &[Person], there: &BTreeSet<String>) -> Vec<String> {
    let mut new: HashMap<String, &str> = HashMap::new();
    for group in people.iter().flat_map(|p| &p.details.groups) {
        let key = group.as_str().to_lowercase();
        if !there.contains(&key) {
            new.entry(key).or_insert(group.as_str());
        }
    }
    let mut new: Vec<_> = new.into_values().map(str::to_owned).collect();
    new.sort_unstable();
    new.truncate(GROUPS);
    new
}

#[async_trait]
impl Imports for Uploads {
    async fn look(&self, who: &Who, upload: &str, how: How) -> Stored<Result<Look, Refusal>> {
        let (bytes, _) = self.find(who, upload)?;
        let Opened { encoding, table, columns, read } = match opened(bytes, how).await? {
            Ok(opened) => opened,
            Err(why) => return Ok(Err(why)),
        };
        let addresses: Vec<_> = read.people.iter().filter_map(|p| p.details.email.clone()).collect();
        let there = self.ports.store.names_of(who.workspace, &addresses).await?.len() as u64;
        let groups = self.ports.store.groups(who.workspace).await?;
        let groups = groups.into_iter().map(|group| group.name.to_lowercase()).collect();
        let count = |n: usize| n as u64;
        let bad: Vec<Bad> = read.bad.iter().take(SHOWN).cloned().collect();
        Ok(Ok(Look {
            encoding,
            delimiter: table.delimiter,
            header: table.header,
            names: table.head().map(|head| cut(head).cells).unwrap_or_default(),
            sample: table.body().iter().take(SAMPLE).map(cut).collect(),
            columns,
            rows: count(read.people.len() + read.bad.len()),
            new: count(read.people.len()).saturating_sub(there),
            there,
            bad,
            bad_total: count(read.bad.len()),
            left_out: u64::from(read.left_out),
            groups: new_groups(&read.people, &groups),
        }))
    }

    async fn write(&self, who: &Who, store: Arc<dyn Store>, upload: &str, how: How) -> Stored<()> {
        let (bytes, writing) = self.find(who, upload)?;
        let Ok(Opened { read, .. }) = opened(bytes, how).await? else { return Err(StoreError::State) };
        if !read.bad.is_empty() || read.people.is_empty() {
            return Err(StoreError::State);
        }
        let now = self.ports.clock.now();
        let mut import = Import { keep_groups: !read.groups, ..Import::default() };
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
