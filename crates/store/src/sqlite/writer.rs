//! The one writer: operations that wait are gathered into one transaction, each behind a savepoint of its own, and
//! check-ins, which come in hundreds, behind one for all.

use super::{
    changes::{Changed, Told},
    devices::check_in::{self, CheckIn, Outcome},
    failed,
};
use futures::{FutureExt, future::BoxFuture};
use muster_domain::{
    WorkspaceId,
    ports::{StoreError, Stored, Topic},
};
use sqlx::{
    Sqlite, SqliteConnection, SqlitePool,
    query::Query,
    sqlite::{SqliteArguments, SqliteRow},
};
use std::{panic::AssertUnwindSafe, time::Duration};
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::Instant,
};

/// Operations in one commit at most.
const MOST: usize = 512;

/// A statement with its arguments.
type Statement<'q> = Query<'q, Sqlite, SqliteArguments>;

/// `commit!(self, |tx| { … })`: an operation of the store, run in the writer's next transaction.
macro_rules! commit {
    ($store:expr, |$tx:ident| $operation:expr) => {
        $store.writer.write(move |$tx| Box::pin(async move { $operation })).await
    };
}
pub(crate) use commit;

/// What an operation writes with: the connection, and the notes of what it changed.
pub(crate) struct Tx<'c> {
    pub(crate) conn: &'c mut SqliteConnection,
    changed: Changed,
}

impl Tx<'_> {
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
}

type Run = Box<dyn for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, (bool, Reply)> + Send>;
type Reply = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// What waits for the next transaction.
enum Work {
    Operation(Run),
    CheckIn(Box<CheckIn>, oneshot::Sender<Outcome>),
}

/// The way to the writer's task.
pub(crate) struct Writer {
    queue: mpsc::Sender<Work>,
    committed: watch::Receiver<u64>,
}

fn gone() -> StoreError {
    StoreError::Failed("the operation did not end, and nothing of it was written".into())
}

impl Writer {
    pub(crate) fn start(pool: SqlitePool) -> Self {
        let (queue, waiting) = mpsc::channel(2 * MOST);
        let (tell, committed) = watch::channel(0);
        tokio::spawn(work(pool, waiting, tell));
        Self { queue, committed }
    }

    pub(crate) fn committed(&self) -> watch::Receiver<u64> {
        self.committed.clone()
    }

    /// Runs `op` in the next transaction. Its answer comes after the commit.
    pub(crate) async fn write<T, F>(&self, op: F) -> Stored<T>
    where
        T: Send + 'static,
        F: for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Stored<T>> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel::<Stored<T>>();
        let run: Run = Box::new(move |tx| {
            Box::pin(async move {
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
        let (answer, answered) = oneshot::channel();
        self.queue.send(Work::CheckIn(Box::new(check_in), answer)).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}

async fn work(pool: SqlitePool, mut waiting: mpsc::Receiver<Work>, tell: watch::Sender<u64>) {
    let mut told = Told::default();
    loop {
        let mut batch = Vec::new();
        let received = waiting.recv_many(&mut batch, MOST);
        let received = match told.next() {
            // What is owed is told at its time also when nobody writes.
            Some(at) => tokio::time::timeout_at(at, received).await.unwrap_or(usize::MAX),
            None => received.await,
        };
        if received == 0 {
            return;
        }
        let mut replies = Vec::with_capacity(batch.len());
        let outcome = match commit_all(&pool, batch, &mut told, &mut replies).await {
            Ok(changes) => {
                if changes {
                    tell.send_modify(|n| *n += 1);
                }
                Ok(())
            }
            Err(error) => Err(failed(error)),
        };
        for reply in replies {
            reply(outcome.clone());
        }
    }
}

/// Runs all of it in one transaction; answers whether live pages have something to fetch.
async fn commit_all(
    pool: &SqlitePool,
    batch: Vec<Work>,
    told: &mut Told,
    replies: &mut Vec<Reply>,
) -> sqlx::Result<bool> {
    // Dropping it on an early return rolls back.
    let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::query("SAVEPOINT op").execute(&mut *transaction).await?;
    let mut changed = Changed::default();
    let (mut check_ins, mut answers) = (Vec::new(), Vec::new());
    for work in batch {
        match work {
            Work::Operation(run) => replies.extend(operation(&mut transaction, &mut changed, run).await?),
            Work::CheckIn(check_in, answer) => {
                check_ins.push(*check_in);
                answers.push(answer);
            }
        }
    }
    let outcomes = check_in_all(&mut transaction, &mut changed, &check_ins).await?;
    for (answer, outcome) in answers.into_iter().zip(outcomes) {
        replies.push(Box::new(move |committed| {
            let _ = answer.send(committed.and(outcome));
        }));
    }
    let tell = told.tell(changed, Instant::now());
    for (workspace, topic) in &tell {
        let sql = "INSERT INTO change (workspace_id, topic) VALUES ($1, $2)";
        let query = sqlx::query(sql).bind(workspace.to_string()).bind(topic.name());
        query.execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(!tell.is_empty())
}

/// One that fails is taken back alone; one that panics too: its caller gets an error, and the writer goes on.
async fn operation(
    conn: &mut SqliteConnection,
    changed: &mut Changed,
    run: Run,
) -> sqlx::Result<Option<Reply>> {
    let mut tx = Tx { conn: &mut *conn, changed: Changed::default() };
    let ran = AssertUnwindSafe(run(&mut tx)).catch_unwind().await;
    let its = tx.changed;
    let ok = matches!(ran, Ok((true, _)));
    settle(conn, ok).await?;
    if ok {
        changed.add(its);
    }
    if ran.is_err() {
        tracing::error!("an operation of the store panicked and was taken back");
    }
    Ok(ran.ok().map(|(_, reply)| reply))
}

/// All together; were that to fail, each by itself, so that one damaged row stops nobody else.
async fn check_in_all(
    conn: &mut SqliteConnection,
    changed: &mut Changed,
    check_ins: &[CheckIn],
) -> sqlx::Result<Vec<Outcome>> {
    if check_ins.is_empty() {
        return Ok(Vec::new());
    }
    if let Ok(outcomes) = together(conn, changed, check_ins).await? {
        return Ok(outcomes);
    }
    let mut outcomes = Vec::with_capacity(check_ins.len());
    for one in check_ins.chunks(1) {
        outcomes.push(
            together(conn, changed, one).await?.and_then(|mut o| o.pop().unwrap_or_else(|| Err(gone()))),
        );
    }
    Ok(outcomes)
}

async fn together(
    conn: &mut SqliteConnection,
    changed: &mut Changed,
    check_ins: &[CheckIn],
) -> sqlx::Result<Stored<Vec<Outcome>>> {
    let mut tx = Tx { conn: &mut *conn, changed: Changed::default() };
    let ran = AssertUnwindSafe(check_in::all(&mut tx, check_ins)).catch_unwind().await;
    let its = tx.changed;
    let ran = ran.unwrap_or_else(|_| Err(gone()));
    settle(conn, ran.is_ok()).await?;
    match &ran {
        Ok(_) => changed.add(its),
        Err(error) => tracing::error!(%error, "check-ins were taken back"),
    }
    Ok(ran)
}

/// Keeps what came since the savepoint, or takes it back; the savepoint stays for the next one.
async fn settle(conn: &mut SqliteConnection, keep: bool) -> sqlx::Result<()> {
    let sql = if keep { "RELEASE op; SAVEPOINT op" } else { "ROLLBACK TO op" };
    sqlx::query(sql).execute(conn).await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::sqlite::SqlitePoolOptions;

    async fn count(writer: &Writer) -> i64 {
        writer
            .write(|tx| {
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
            writer.write(move |tx| {
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
