//! The one writer: operations that wait are gathered into one transaction, each behind a savepoint of its own, and
//! what comes in hundreds behind one for all of its kind.

use super::{
    changes::{Changed, Key, Told},
    devices::check_in::{CheckIn, Outcome},
    failed,
    jobs::sent::Sent,
    nonces::{Nonces, Point},
    together::Gathered,
};
use futures::{FutureExt, future::BoxFuture};
use muster_domain::{
    Timestamp, WorkspaceId,
    audit::Act,
    ports::{StoreError, Stored, Topic},
};
use sqlx::{
    AssertSqlSafe, Sqlite, SqliteConnection, SqlitePool,
    query::Query,
    sqlite::{SqliteArguments, SqliteRow},
};
use std::{collections::BTreeSet, panic::AssertUnwindSafe, sync::Arc, time::Duration};
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::Instant,
};

/// Operations in one commit at most.
const MOST: usize = 512;

/// The writer's cache, as SQLite's pragma takes it: 16 MiB. Each write of many touches pages of some twenty indexes at
/// random places, and what is not in the cache is read from the file again.
pub(super) const CACHE: &str = "-16384";
/// The log is copied into the database when it has so many pages, 32 MiB: a page that many commits write is copied once.
pub(super) const CHECKPOINT: &str = "8000";
/// For a large transaction: 128 MiB of pages in memory, and no checkpoint within the commit.
const LARGE: &str = "PRAGMA cache_size = -131072; PRAGMA wal_autocheckpoint = 0";
/// After it: the log is copied into the database, and both are as they were ([`CACHE`], [`CHECKPOINT`]).
fn usual() -> String {
    format!(
        "PRAGMA wal_checkpoint(PASSIVE); PRAGMA wal_autocheckpoint = {CHECKPOINT}; PRAGMA cache_size = {CACHE}; PRAGMA shrink_memory"
    )
}

/// A statement with its arguments.
pub(crate) type Statement<'q> = Query<'q, Sqlite, SqliteArguments>;

/// `commit!(self, |tx| { … })`: an operation of the store, run in the writer's next transaction.
macro_rules! commit {
    ($store:expr, |$tx:ident| $operation:expr) => {
        $store.writer.write($store.act.clone(), move |$tx| Box::pin(async move { $operation })).await
    };
}
pub(crate) use commit;

/// What an operation writes with: the connection, and the notes of what it changed.
pub(crate) struct Tx<'c> {
    pub(crate) conn: &'c mut SqliteConnection,
    nonces: &'c mut Nonces,
    changed: Changed,
    large: bool,
    act: Option<Arc<Act>>,
    /// Whether the operation takes back what another one did: its entries say so.
    undoes: bool,
}

impl<'c> Tx<'c> {
    pub(super) fn new(conn: &'c mut SqliteConnection, nonces: &'c mut Nonces) -> Self {
        Self { conn, nonces, changed: Changed::default(), large: false, act: None, undoes: false }
    }

    /// In whose name the operation is, if in anyone's.
    pub(crate) fn act(&self) -> Option<Arc<Act>> {
        self.act.clone()
    }

    /// From here on, the operation takes back what another one did.
    pub(crate) fn undo(&mut self) {
        self.undoes = true;
    }

    /// Whether it does.
    pub(crate) fn undoes(&self) -> bool {
        self.undoes
    }

    /// Takes nonces, each for its key; says of each whether it was new.
    pub(crate) async fn take(&mut self, nonces: &[(String, &str, Timestamp)]) -> Stored<Vec<bool>> {
        self.nonces.take(self.conn, nonces).await
    }

    /// Runs a statement; answers how many rows it changed.
    pub(crate) async fn run(&mut self, query: Statement<'_>) -> Stored<u64> {
        Ok(query.execute(&mut *self.conn).await.map_err(failed)?.rows_affected())
    }

    /// The first row of a query.
    pub(crate) async fn row(&mut self, query: Statement<'_>) -> Stored<Option<SqliteRow>> {
        query.fetch_optional(&mut *self.conn).await.map_err(failed)
    }

    /// All rows of a query.
    pub(crate) async fn rows(&mut self, query: Statement<'_>) -> Stored<Vec<SqliteRow>> {
        query.fetch_all(&mut *self.conn).await.map_err(failed)
    }

    /// Notes a change for live pages. Told only if the operation succeeds.
    pub(crate) fn changed(&mut self, workspace: WorkspaceId, topics: &[Topic]) {
        self.changed.at_once(workspace, topics);
    }

    /// Notes a change of which live pages are told once in an interval.
    pub(crate) fn changed_soon(&mut self, workspace: WorkspaceId, topics: &[Topic], interval: Duration) {
        self.changed.soon(workspace, topics, interval);
    }

    /// What was noted.
    pub(super) fn into_changed(self) -> Changed {
        self.changed
    }

    /// Tens of thousands of rows are to be written. Until the commit the cache has room for them, or each page would be
    /// written to the log and read again many times; the log is copied into the database after the answer.
    pub(crate) async fn large(&mut self) -> Stored<()> {
        self.large = true;
        self.run(sqlx::query(LARGE)).await.map(|_| ())
    }
}

type Run = Box<dyn for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, (bool, Reply)> + Send>;
/// Says what became of it, after the commit or its failure.
pub(super) type Reply = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// What waits for the next transaction.
enum Work {
    Operation(Run),
    CheckIn(Box<CheckIn>, oneshot::Sender<Outcome>),
    Sent(Sent, oneshot::Sender<Stored<()>>),
}

/// The way to the writer's task.
pub(crate) struct Writer {
    queue: mpsc::Sender<Work>,
    committed: watch::Receiver<u64>,
    settings: watch::Receiver<u64>,
}

/// What the writer's task ticks after commits.
struct Ticks {
    /// Any that changed something.
    committed: watch::Sender<u64>,
    /// Those that changed settings.
    settings: watch::Sender<u64>,
}

pub(super) fn gone() -> StoreError {
    StoreError::Failed("the operation did not end, and nothing of it was written".into())
}

impl Writer {
    /// Waits until what was asked for is written, and ends the connection.
    pub(crate) async fn close(self) {
        let Self { queue, mut committed, settings: _ } = self;
        drop(queue);
        // The task ends with its queue and lets go of the other side of this channel.
        while committed.changed().await.is_ok() {}
    }

    pub(crate) fn start(pool: SqlitePool) -> Self {
        let (queue, waiting) = mpsc::channel(2 * MOST);
        let (any, committed) = watch::channel(0);
        let (some, settings) = watch::channel(0);
        tokio::spawn(work(pool, waiting, Ticks { committed: any, settings: some }));
        Self { queue, committed, settings }
    }

    /// Ticks with each commit of this process that changed settings, before its answer.
    pub(crate) fn settings(&self) -> watch::Receiver<u64> {
        self.settings.clone()
    }

    pub(crate) fn committed(&self) -> watch::Receiver<u64> {
        self.committed.clone()
    }

    /// Runs `op` in the next transaction, in the name of an act. Its answer comes after the commit.
    pub(crate) async fn write<T, F>(&self, act: Option<Arc<Act>>, op: F) -> Stored<T>
    where
        T: Send + 'static,
        F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Stored<T>> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel::<Stored<T>>();
        let run: Run = Box::new(move |tx| {
            Box::pin(async move {
                (tx.act, tx.undoes) = (act, false);
                let result = op(tx).await;
                let ok = result.is_ok();
                let reply: Reply = Box::new(move |committed| {
                    let _ = answer.send(committed.and(result));
                });
                (ok, reply)
            })
        });
        self.queue.send(Work::Operation(run)).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }

    /// Writes a check-in together with all that wait. Its answer comes after the commit.
    pub(crate) async fn check_in(&self, check_in: CheckIn) -> Outcome {
        self.together(|answer| Work::CheckIn(Box::new(check_in), answer)).await
    }

    /// Writes that a mail was taken, together with all such marks that wait. Its answer comes after the commit.
    pub(crate) async fn sent(&self, sent: Sent) -> Stored<()> {
        self.together(|answer| Work::Sent(sent, answer)).await
    }

    async fn together<T>(&self, work: impl FnOnce(oneshot::Sender<Stored<T>>) -> Work) -> Stored<T> {
        let (answer, answered) = oneshot::channel();
        self.queue.send(work(answer)).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}

async fn work(pool: SqlitePool, mut waiting: mpsc::Receiver<Work>, ticks: Ticks) {
    let (mut told, mut nonces) = (Told::default(), Nonces::default());
    loop {
        let mut batch = Vec::new();
        let received = waiting.recv_many(&mut batch, MOST);
        let received = match told.next() {
            // What is owed is told at its time also when nobody writes.
            Some(at) => tokio::time::timeout_at(at, received).await.unwrap_or(usize::MAX),
            None => received.await,
        };
        if received == 0 {
            break;
        }
        let mut replies = Vec::with_capacity(batch.len());
        let mut large = false;
        nonces.begin();
        let before = nonces.point();
        let outcome = match commit_all(&pool, batch, &mut told, &mut nonces, &mut large, &mut replies).await {
            Ok(tell) => {
                if tell.iter().any(|(_, topic)| *topic == Topic::Settings) {
                    ticks.settings.send_modify(|n| *n += 1);
                }
                if !tell.is_empty() {
                    ticks.committed.send_modify(|n| *n += 1);
                }
                Ok(())
            }
            Err(error) => {
                nonces.back_to(before);
                Err(failed(error))
            }
        };
        for reply in replies {
            reply(outcome.clone());
        }
        if large && let Err(error) = sqlx::query(AssertSqlSafe(usual())).execute(&pool).await {
            tracing::error!(%error, "after a large transaction");
        }
    }
    pool.close().await;
    drop(ticks);
}

/// Runs all of it in one transaction; answers what live pages are told.
async fn commit_all(
    pool: &SqlitePool,
    batch: Vec<Work>,
    told: &mut Told,
    nonces: &mut Nonces,
    large: &mut bool,
    replies: &mut Vec<Reply>,
) -> sqlx::Result<BTreeSet<Key>> {
    // Dropping it on an early return rolls back.
    let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::query("SAVEPOINT op").execute(&mut *transaction).await?;
    let mut changed = Changed::default();
    let (mut check_ins, mut sent) = (Gathered::default(), Gathered::default());
    for work in batch {
        match work {
            Work::Operation(run) => {
                replies.extend(operation(&mut transaction, &mut changed, nonces, large, run).await?);
            }
            Work::CheckIn(check_in, answer) => check_ins.push(*check_in, answer),
            Work::Sent(mark, answer) => sent.push(mark, answer),
        }
    }
    check_ins.write(&mut transaction, &mut changed, nonces, replies).await?;
    sent.write(&mut transaction, &mut changed, nonces, replies).await?;
    let tell = told.tell(changed, Instant::now());
    for (workspace, topic) in &tell {
        let sql = "INSERT INTO change (workspace_id, topic) VALUES ($1, $2)";
        let query = sqlx::query(sql).bind(workspace.to_string()).bind(topic.name());
        query.execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(tell)
}

/// One that fails is taken back alone; one that panics too: its caller gets an error, and the writer goes on.
async fn operation(
    conn: &mut SqliteConnection,
    changed: &mut Changed,
    nonces: &mut Nonces,
    large: &mut bool,
    run: Run,
) -> sqlx::Result<Option<Reply>> {
    let before = nonces.point();
    let mut tx = Tx::new(&mut *conn, &mut *nonces);
    let ran = AssertUnwindSafe(run(&mut tx)).catch_unwind().await;
    *large |= tx.large;
    let its = tx.changed;
    let ok = matches!(ran, Ok((true, _)));
    settle(conn, ok, nonces, before).await?;
    if ok {
        changed.add(its);
    }
    if ran.is_err() {
        tracing::error!("an operation of the store panicked and was taken back");
    }
    Ok(ran.ok().map(|(_, reply)| reply))
}

/// Keeps what came since the savepoint, or takes it back; the savepoint stays for the next one.
pub(super) async fn settle(
    conn: &mut SqliteConnection,
    keep: bool,
    nonces: &mut Nonces,
    before: Point,
) -> sqlx::Result<()> {
    if !keep {
        nonces.back_to(before);
    }
    let sql = if keep { "RELEASE op; SAVEPOINT op" } else { "ROLLBACK TO op" };
    sqlx::query(sql).execute(conn).await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::sqlite::SqlitePoolOptions;

    async fn count(writer: &Writer) -> i64 {
        writer
            .write(None, |tx| {
                async move {
                    sqlx::query_scalar("SELECT count(*) FROM t")
                        .fetch_one(&mut *tx.conn)
                        .await
                        .map_err(failed)
                }
                .boxed()
            })
            .await
            .unwrap()
    }

    #[tokio::test]
    async fn an_operation_that_panics_is_taken_back_and_the_writer_goes_on() {
        let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await.unwrap();
        sqlx::query("CREATE TABLE t (x)").execute(&pool).await.unwrap();
        sqlx::query("CREATE TABLE change (seq INTEGER PRIMARY KEY, workspace_id, topic)")
            .execute(&pool)
            .await
            .unwrap();
        let writer = Writer::start(pool);
        let insert = |panics: bool| {
            writer.write(None, move |tx| {
                async move {
                    sqlx::query("INSERT INTO t VALUES (1)").execute(&mut *tx.conn).await.map_err(failed)?;
                    assert!(!panics, "as a mistake in an operation would");
                    Ok(())
                }
                .boxed()
            })
        };
        assert!(insert(true).await.is_err());
        assert_eq!(count(&writer).await, 0);
        insert(false).await.unwrap();
        assert_eq!(count(&writer).await, 1);
    }
}
