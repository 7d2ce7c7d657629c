//! The audit log: entries are written in the transaction of what they are about, each with the hash of the one before.

use super::{
    Sqlite, failed,
    row::{Read, damaged, json, to_hex},
    search::{Words, folded},
    writer::{Tx, commit},
};
use async_trait::async_trait;
use muster_domain::{
    AccountId, EmailAddress, InvitationId, WorkspaceId,
    audit::{Act, By, Entry, Fault, Head, Link, NAMED, Note, Subject, Verdict},
    ports::{AuditRow, AuditStore, Author, Store, StoreError, Stored, Topic},
    query::{AuditQuery, Page},
};
use sqlx::{QueryBuilder, sqlite::SqliteRow};
use std::sync::Arc;

/// Entries that a check reads at a time.
const PART: i64 = 1000;

/// What an entry is found by: its author's, its subject's and its values' texts.
fn search(entry: &Entry) -> String {
    let mut texts = vec![entry.subject.name.as_str()];
    match &entry.by {
        By::Account { name, email, .. } => texts.extend([name.as_str(), email]),
        By::CommandLine { user } => texts.push(user),
        By::Device | By::Visitor => {}
    }
    texts.extend(entry.from.as_deref());
    for change in &entry.changes {
        texts.extend(change.before.iter().chain(&change.after).map(String::as_str));
    }
    folded(&texts.join("\n"))
}

fn link(row: &SqliteRow) -> Stored<Link> {
    let bytes: Vec<u8> = row.val("hash")?;
    bytes.try_into().map(Link).map_err(|_| damaged("hash"))
}

impl Tx<'_> {
    /// Adds an entry, if this is done in anyone's name.
    pub(crate) async fn note(&mut self, workspace: WorkspaceId, note: Note) -> Stored<()> {
        let note = if self.undoes() { note.now("undo", "yes") } else { note };
        match self.act() {
            Some(act) => self.note_by(&act, workspace, note).await,
            None => Ok(()),
        }
    }

    /// The same in each workspace of an account.
    pub(crate) async fn note_everywhere(&mut self, account: AccountId, note: Note) -> Stored<()> {
        let sql = "SELECT workspace_id FROM account_role WHERE account_id = $1";
        for row in self.rows(sqlx::query(sql).bind(account.to_string())).await? {
            self.note(row.parsed("workspace_id")?, note.clone()).await?;
        }
        Ok(())
    }

    /// Adds an entry by this act.
    pub(crate) async fn note_by(&mut self, act: &Act, workspace: WorkspaceId, note: Note) -> Stored<()> {
        let sql = "SELECT seq, hash FROM audit WHERE workspace_id = $1 ORDER BY seq DESC LIMIT 1";
        let last = self.row(sqlx::query(sql).bind(workspace.to_string())).await?;
        let (seq, before) = match last {
            Some(last) => (last.count("seq")?, link(&last)?),
            None => (0, Link::default()),
        };
        let Act { by, from, at } = act.clone();
        let Note { action, subject, changes } = note;
        let entry = Entry { seq: seq + 1, at, by, from, action, subject, changes };
        let record = json(&entry)?;
        let sql = "INSERT INTO audit (workspace_id, seq, at, area, author, search, record, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        let query = sqlx::query(sql)
            .bind(workspace.to_string())
            .bind(i64::try_from(entry.seq).unwrap_or(i64::MAX))
            .bind(entry.at.0)
            .bind(entry.action.area().name())
            .bind(entry.by.key())
            .bind(search(&entry))
            .bind(&record)
            .bind(before.next(&record).0.to_vec());
        self.run(query).await?;
        self.changed(workspace, &[Topic::Audit]);
        Ok(())
    }

    /// A note about people: how many, and the first of their names.
    pub(crate) async fn note_people(
        &mut self,
        workspace: WorkspaceId,
        note: Note,
        people: &[String],
    ) -> Stored<()> {
        if self.act().is_none() {
            return Ok(());
        }
        let first = people.get(..NAMED.min(people.len())).unwrap_or_default();
        let sql = "SELECT name FROM user WHERE workspace_id = $1 AND id IN (SELECT value FROM json_each($2)) ORDER BY sort_name, id";
        let rows = self.rows(sqlx::query(sql).bind(workspace.to_string()).bind(json(&first)?)).await?;
        let mut names = rows.iter().map(|row| row.text("name")).collect::<Stored<Vec<_>>>()?;
        if people.len() > first.len() {
            names.push("…".to_owned());
        }
        let note = note.now("people", &people.len().to_string()).now("names", &names.join(", "));
        self.note(workspace, note).await
    }
}

/// An invitation as the log calls it: by whom it is for.
pub(super) async fn invitation(tx: &mut Tx<'_>, workspace: WorkspaceId, id: InvitationId) -> Stored<Subject> {
    let sql =
        "SELECT u.name FROM invitation i JOIN user u ON u.workspace_id = i.workspace_id AND u.id = i.user_id
        WHERE i.workspace_id = $1 AND i.id = $2";
    let row = tx.row(sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string())).await?;
    Ok(Subject::new(id, row.map(|row| row.text("name")).transpose()?.unwrap_or_default()))
}

/// An account as the log calls it: its address, which stays when its name changes.
pub(super) async fn account(tx: &mut Tx<'_>, id: AccountId) -> Stored<Subject> {
    let sql = "SELECT email FROM account WHERE id = $1";
    let row = tx.row(sqlx::query(sql).bind(id.to_string())).await?;
    Ok(Subject::new(id, row.map(|row| row.text("email")).transpose()?.unwrap_or_default()))
}

fn row(row: &SqliteRow) -> Stored<AuditRow> {
    Ok(AuditRow { entry: row.json("record")?, hash: link(row)?.hex() })
}

/// What is wrong with an entry, if something is.
fn fault(row: &SqliteRow, seq: u64, before: Link) -> Stored<Option<Fault>> {
    let at = row.count("seq")?;
    if at != seq {
        return Ok(Some(Fault::Missing(seq)));
    }
    let record = row.text("record")?;
    if link(row)? != before.next(&record) {
        return Ok(Some(Fault::Hash(seq)));
    }
    let Ok(entry) = serde_json::from_str::<Entry>(&record) else { return Ok(Some(Fault::Hash(seq))) };
    let filed = entry.seq == seq
        && entry.at == row.time("at")?
        && entry.action.area().name() == row.text("area")?
        && entry.by.key() == row.text("author")?
        && search(&entry) == row.text("search")?;
    Ok((!filed).then_some(Fault::Filed(seq)))
}

/// Whether the log still has the end that was noted, as far as the walk has come.
fn other(noted: Option<&Head>, seq: u64, link: Link) -> Option<Fault> {
    let noted = noted.filter(|noted| noted.seq == seq)?;
    (!noted.hash.eq_ignore_ascii_case(&link.hex())).then_some(Fault::Other(seq))
}

#[async_trait]
impl AuditStore for Sqlite {
    fn acting(&self, act: Act) -> Arc<dyn Store> {
        Arc::new(Self { base: self.base.clone(), act: Some(Arc::new(act)) })
    }

    async fn note(&self, workspace: WorkspaceId, note: Note) -> Stored<()> {
        if self.act.is_none() {
            return Err(StoreError::State);
        }
        commit!(self, |tx| tx.note(workspace, note).await)
    }

    async fn note_account(&self, email: &EmailAddress, note: Note) -> Stored<()> {
        let key = email.key();
        commit!(self, |tx| {
            let sql = "SELECT id FROM account WHERE email_key = $1";
            match tx.row(sqlx::query(sql).bind(key)).await? {
                Some(row) => tx.note_everywhere(row.parsed("id")?, note).await,
                None => Ok(()),
            }
        })
    }

    async fn audit(&self, workspace: WorkspaceId, query: &AuditQuery) -> Stored<Page<AuditRow>> {
        let conditions = |sql: &mut QueryBuilder<sqlx::Sqlite>| {
            sql.push(" FROM audit a WHERE a.workspace_id = ").push_bind(workspace.to_string());
            if let Some(area) = query.area {
                sql.push(" AND a.area = ").push_bind(area.name());
            }
            if let Some(author) = &query.author {
                sql.push(" AND a.author = ").push_bind(author.clone());
            }
            for (comparison, at) in [(" AND a.at >= ", query.since), (" AND a.at < ", query.until)] {
                if let Some(at) = at {
                    sql.push(comparison).push_bind(at.0);
                }
            }
            Words::new(&query.search).all_in(sql, "a.search");
        };
        let mut count = QueryBuilder::new("SELECT count(*)");
        conditions(&mut count);
        let total: i64 = count.build_query_scalar().fetch_one(&self.readers).await.map_err(failed)?;
        let mut list = QueryBuilder::new("SELECT a.record, a.hash");
        conditions(&mut list);
        list.push(" ORDER BY a.seq DESC LIMIT ").push_bind(query.window.limit());
        list.push(" OFFSET ").push_bind(query.window.offset());
        let rows = list.build().fetch_all(&self.readers).await.map_err(failed)?;
        let rows = rows.iter().map(row).collect::<Stored<_>>()?;
        Ok(Page { rows, total: u64::try_from(total).unwrap_or(0) })
    }

    async fn audit_authors(&self, workspace: WorkspaceId) -> Stored<Vec<Author>> {
        // One step in the index for each author, however many entries they have.
        let sql = "WITH RECURSIVE authors (author) AS (
                SELECT min(author) FROM audit WHERE workspace_id = $1
                UNION ALL
                SELECT (SELECT min(author) FROM audit WHERE workspace_id = $1 AND author > authors.author) FROM authors WHERE author IS NOT NULL
            )
            SELECT author, (SELECT record FROM audit WHERE workspace_id = $1 AND audit.author = authors.author ORDER BY seq DESC LIMIT 1) AS record
            FROM authors WHERE author IS NOT NULL";
        let query = sqlx::query(sql).bind(workspace.to_string());
        let rows = query.fetch_all(&self.readers).await.map_err(failed)?;
        let author = |row: &SqliteRow| {
            let name = match row.json::<Entry>("record")?.by {
                By::Account { name, .. } => name,
                _ => String::new(),
            };
            Ok(Author { key: row.text("author")?, name })
        };
        rows.iter().map(author).collect()
    }

    async fn verify_audit(&self, workspace: WorkspaceId, noted: Option<&Head>) -> Stored<Verdict> {
        let (mut seq, mut last) = (0, Link::default());
        let head = |seq, link: Link| Head { seq, hash: to_hex(&link.0) };
        loop {
            let sql = "SELECT seq, at, area, author, search, record, hash FROM audit WHERE workspace_id = $1 AND seq > $2 ORDER BY seq LIMIT $3";
            let query = sqlx::query(sql)
                .bind(workspace.to_string())
                .bind(i64::try_from(seq).unwrap_or(i64::MAX))
                .bind(PART);
            let rows = query.fetch_all(&self.readers).await.map_err(failed)?;
            for row in &rows {
                let wrong = fault(row, seq + 1, last)?;
                if wrong.is_some() {
                    return Ok(Verdict { head: head(seq, last), fault: wrong });
                }
                (seq, last) = (seq + 1, link(row)?);
                let wrong = other(noted, seq, last);
                if wrong.is_some() {
                    return Ok(Verdict { head: head(seq, last), fault: wrong });
                }
            }
            if rows.is_empty() {
                break;
            }
        }
        let short = noted.is_some_and(|noted| noted.seq > seq).then_some(Fault::Short(seq));
        Ok(Verdict { head: head(seq, last), fault: short })
    }
}
