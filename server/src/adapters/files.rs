//! Mail as files, for a workspace without a mail server: the console shows them.

use crate::{
    adapters::{kept, mail::lettre_message},
    system::SystemClock,
};
use async_trait::async_trait;
use muster_domain::{
    Timestamp, WorkspaceId,
    kept::{KeptMail, KeptQuery, KeptRow},
    ports::{Clock, KeptMails, Mail, MailError, Mailer, StoreError, Stored},
    query::Page,
    settings::Settings,
    time::SECOND,
};
use std::{
    collections::HashMap,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

/// So much of a file holds all headers that we write.
const HEAD: u64 = 16 * 1024;

/// Keeps every message as `{date}-{workspace}-{message}.eml` in one directory.
#[derive(Clone, Debug)]
pub struct FileMailer {
    /// Where the files are. It is made when it is missing.
    pub dir: PathBuf,
    listed: Arc<Mutex<HashMap<WorkspaceId, Listed>>>,
}

/// The messages of a workspace, as they were when the directory was last read.
#[derive(Clone, Debug)]
struct Listed {
    /// When something in the directory had changed last.
    changed: Timestamp,
    /// When it was read.
    read: Timestamp,
    ids: Arc<Vec<String>>,
}

/// A change may follow another one without the directory's time being another, which ticks: in microseconds.
const TICK: i64 = SECOND;

/// When something in a directory changed last; `None` without the directory.
async fn changed(dir: &Path) -> io::Result<Option<Timestamp>> {
    let at = match tokio::fs::metadata(dir).await {
        Ok(about) => about.modified()?,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(e),
    };
    let since = at.duration_since(SystemTime::UNIX_EPOCH).map_err(io::Error::other)?;
    i64::try_from(since.as_micros()).map(|micros| Some(Timestamp(micros))).map_err(io::Error::other)
}

impl Listed {
    fn holds(&self, changed: Timestamp) -> bool {
        self.changed == changed && self.read.since(changed) > TICK
    }
}

/// The files of one workspace.
#[derive(Clone, Debug)]
pub struct WorkspaceFiles<'d> {
    dir: &'d Path,
    workspace: WorkspaceId,
}

impl FileMailer {
    /// Keeps messages in this directory, which is made when it is missing.
    #[must_use]
    pub fn new(dir: PathBuf) -> Self {
        Self { dir, listed: Arc::default() }
    }

    /// [`WorkspaceFiles::list`], without reading a directory again that has not changed: of 100,000 files that takes a tenth of a
    /// second.
    async fn ids(&self, workspace: WorkspaceId) -> io::Result<Arc<Vec<String>>> {
        let Some(changed) = changed(&self.dir).await? else { return Ok(Arc::default()) };
        let listed = || self.listed.lock().unwrap_or_else(PoisonError::into_inner);
        let known = listed().get(&workspace).filter(|listed| listed.holds(changed)).cloned();
        if let Some(known) = known {
            return Ok(known.ids);
        }
        let read = SystemClock.now();
        let ids = Arc::new(self.of(workspace).list().await?);
        listed().insert(workspace, Listed { changed, read, ids: ids.clone() });
        Ok(ids)
    }

    /// The files of a workspace.
    #[must_use]
    pub fn of(&self, workspace: WorkspaceId) -> WorkspaceFiles<'_> {
        WorkspaceFiles { dir: &self.dir, workspace }
    }
}

impl WorkspaceFiles<'_> {
    /// The ids of all messages, newest first.
    ///
    /// # Errors
    /// If the directory cannot be read; one that is missing is empty.
    pub async fn list(&self) -> io::Result<Vec<String>> {
        let mut entries = match tokio::fs::read_dir(self.dir).await {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(e),
        };
        let mut ids = Vec::new();
        while let Some(entry) = entries.next_entry().await? {
            let name = entry.file_name();
            let id = name.to_str().and_then(|n| n.strip_suffix(".eml"));
            ids.extend(id.filter(|id| self.is_ours(id)).map(str::to_owned));
        }
        ids.sort_unstable_by(|a, b| b.cmp(a));
        Ok(ids)
    }

    /// A message; `None` if there is none of that id, it is another workspace's, or the id is not shaped like one
    /// (ABUSE A43).
    ///
    /// # Errors
    /// If the file cannot be read.
    pub async fn read(&self, id: &str) -> io::Result<Option<Vec<u8>>> {
        if !self.is_ours(id) {
            return Ok(None);
        }
        match tokio::fs::read(self.file(id)).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(e),
        }
    }

    fn file(&self, id: &str) -> PathBuf {
        self.dir.join(format!("{id}.eml"))
    }

    /// Letters, digits and hyphens alone lead nowhere else; behind the date stands the workspace.
    fn is_ours(&self, id: &str) -> bool {
        id.len() <= 200
            && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && id.split_once('-').is_some_and(|(_, rest)| rest.starts_with(&self.workspace.to_string()))
    }

    /// The same for every attempt at the same message in the same second.
    fn id(&self, mail: &Mail) -> String {
        let c = mail.date.civil();
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        let name: String = mail.message_id.chars().map(plain).take(100).collect();
        format!(
            "{:04}{:02}{:02}T{:02}{:02}{:02}Z-{}-{}",
            c.year,
            c.month,
            c.day,
            c.hour,
            c.minute,
            c.second,
            self.workspace,
            name.trim_matches('-')
        )
    }

    /// Keeps a message; answers its id.
    ///
    /// # Errors
    /// If it cannot be put together or written.
    pub async fn keep(&self, settings: &Settings, mail: &Mail) -> Result<String, MailError> {
        let (message, id) = (lettre_message(settings, mail)?, self.id(mail));
        let written = self.write(&id, &message.formatted()).await;
        let why = |e| MailError::Transient(format!("the message could not be written to a file: {e}"));
        written.map(|()| id).map_err(why)
    }

    async fn write(&self, id: &str, bytes: &[u8]) -> io::Result<()> {
        tokio::fs::create_dir_all(self.dir).await?;
        let half = self.dir.join(format!("{id}.part"));
        tokio::fs::write(&half, bytes).await?;
        tokio::fs::rename(&half, self.file(id)).await
    }
}

#[async_trait]
impl Mailer for WorkspaceFiles<'_> {
    async fn send(&self, settings: &Settings, _: Option<&str>, mail: &Mail) -> Result<(), MailError> {
        self.keep(settings, mail).await.map(|_| ())
    }
}

fn failed(error: impl std::fmt::Display) -> StoreError {
    StoreError::Failed(format!("kept mails: {error}"))
}

#[async_trait]
impl KeptMails for FileMailer {
    async fn list(&self, workspace: WorkspaceId, query: &KeptQuery) -> Stored<Page<KeptRow>> {
        let ids = self.ids(workspace).await.map_err(failed)?;
        let (skip, take) = (query.window.offset(), query.window.limit());
        let (skip, take) = (usize::try_from(skip).unwrap_or(0), usize::try_from(take).unwrap_or(0));
        let (dir, query) = (self.dir.clone(), query.clone());
        let read = move || {
            let row = |id: &String| {
                let mut head = Vec::new();
                // One that is deleted meanwhile is left out.
                std::fs::File::open(dir.join(format!("{id}.eml")))
                    .ok()?
                    .take(HEAD)
                    .read_to_end(&mut head)
                    .ok()?;
                Some(kept::row(id, &head))
            };
            if query.search.trim().is_empty() {
                let rows = ids.iter().skip(skip).take(take).filter_map(row).collect();
                return Page { rows, total: ids.len() as u64 };
            }
            // Each head is read: files are for trying out, and for the few of a day without a mail server.
            let mut found: Vec<_> = ids.iter().filter_map(row).filter(|row| query.finds(row)).collect();
            let total = found.len() as u64;
            Page { rows: found.drain(skip.min(found.len())..).take(take).collect(), total }
        };
        tokio::task::spawn_blocking(read).await.map_err(failed)
    }

    async fn read(&self, workspace: WorkspaceId, id: &str) -> Stored<Option<KeptMail>> {
        let bytes = self.of(workspace).read(id).await.map_err(failed)?;
        bytes.map(|bytes| kept::mail(id, &bytes).map_err(failed)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::mail::tests::{mail, settings};

    const OURS: &str = "01935c3e-0000-7000-8000-000000000001";
    const THEIRS: &str = "01935c3e-0000-7000-8000-000000000002";

    fn workspace(id: &str) -> WorkspaceId {
        id.parse().unwrap()
    }

    #[tokio::test]
    async fn what_is_sent_is_listed_and_read_once() {
        let dir = tempfile::tempdir().unwrap();
        let mailer = FileMailer::new(dir.path().join("mail"));
        let ours = mailer.of(workspace(OURS));
        assert!(ours.list().await.unwrap().is_empty());
        for _ in 0..2 {
            ours.send(&settings(), None, &mail("anna@example.org")).await.unwrap();
        }
        let page = KeptMails::list(&mailer, workspace(OURS), &KeptQuery::default()).await.unwrap();
        assert_eq!((page.total, page.rows.len()), (1, 1));
        let row = &page.rows[0];
        assert_eq!(row.id, format!("20260921T141320Z-{OURS}-01935c3e-1-muster-example-org"));
        assert_eq!(row.to, "Анна Петрова <anna@example.org>");
        assert_eq!((row.subject.as_str(), row.at), ("Connect your phone", mail("a@b.c").date));
        for (search, total) in [("анна phone", 1), ("boris", 0)] {
            let query = KeptQuery { search: search.into(), ..KeptQuery::default() };
            let page = KeptMails::list(&mailer, workspace(OURS), &query).await.unwrap();
            assert_eq!((page.total, page.rows.len()), (total, usize::try_from(total).unwrap()), "{search}");
        }
        let whole = KeptMails::read(&mailer, workspace(OURS), &row.id).await.unwrap().unwrap();
        assert_eq!(whole.text.trim(), "Hello");
        assert!(whole.html.contains("cid:qr"), "{}", whole.html);
        let parts: Vec<_> =
            whole.parts.iter().map(|p| (p.attached, p.content_id.as_deref(), p.name.as_str())).collect();
        assert_eq!(parts, [(false, Some("qr"), ""), (true, None, "qr-code.png")]);
        assert!(
            whole.parts.iter().all(|p| p.kind == "image/png" && p.bytes == mail("a@b.c").qr_png.unwrap())
        );
    }

    #[test]
    fn a_directory_is_read_again_when_it_has_changed_or_may_have() {
        let read = Timestamp(10 * SECOND);
        let listed = |changed| Listed { changed: Timestamp(changed), read, ids: Arc::default() };
        assert!(listed(8 * SECOND).holds(Timestamp(8 * SECOND)));
        assert!(!listed(8 * SECOND).holds(Timestamp(8 * SECOND + 1)));
        assert!(!listed(9 * SECOND).holds(Timestamp(9 * SECOND)), "another change may have the same time");
    }

    #[tokio::test]
    async fn a29_another_workspaces_messages_are_neither_listed_nor_read() {
        let dir = tempfile::tempdir().unwrap();
        let mailer = FileMailer::new(dir.path().to_owned());
        mailer.of(workspace(THEIRS)).send(&settings(), None, &mail("anna@example.org")).await.unwrap();
        let id = mailer.of(workspace(THEIRS)).list().await.unwrap().remove(0);
        assert_eq!(KeptMails::list(&mailer, workspace(OURS), &KeptQuery::default()).await.unwrap().total, 0);
        assert_eq!(KeptMails::read(&mailer, workspace(OURS), &id).await, Ok(None));
    }

    #[tokio::test]
    async fn a43_ids_lead_nowhere_else() {
        let dir = tempfile::tempdir().unwrap();
        tokio::fs::write(dir.path().join(format!("x-{OURS}.eml")), "Subject: x\r\n\r\n").await.unwrap();
        let mailer = FileMailer::new(dir.path().join("mail"));
        tokio::fs::create_dir(&mailer.dir).await.unwrap();
        for id in ["../x-", "..%2fx-", "/etc/x-", "a/../../x-", "x-", "a\0b-", "..\\x-", "-"] {
            for id in [format!("{id}{OURS}"), id.to_owned(), format!("x-{OURS}/../../{id}{OURS}")] {
                assert_eq!(mailer.of(workspace(OURS)).read(&id).await.unwrap(), None, "{id:?}");
            }
        }
        let there = FileMailer::new(dir.path().to_owned());
        assert!(
            there.of(workspace(OURS)).read(&format!("x-{OURS}")).await.unwrap().is_some(),
            "the bait is there"
        );
    }
}
