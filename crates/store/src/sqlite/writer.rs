//! The one writer: operations that wait are gathered into one transaction, each behind a savepoint of its own.

use super::failed;
use futures::{FutureExt, future::BoxFuture};
use muster_domain::{
    WorkspaceId,
    ports::{StoreError, Stored, Topic},
};
use sqlx::{SqliteConnection, SqlitePool};
use std::{collections::BTreeSet, panic::AssertUnwindSafe};
use tokio::sync::{mpsc, oneshot, watch};

/// Operations in one commit at most.
const MOST: usize = 64;
/// Changes that are kept for those who were away.
const CHANGES: i64 = 10_000;

/// What an operation writes with: the connection, and the notes of what it changed.
pub(crate) struct Tx<'c> {
    pub(crate) conn: &'c mut SqliteConnection,
    changed: Vec<(WorkspaceId, Topic)>,
}

impl Tx<'_> {
    /// Notes a change for live pages. Told only if the operation succeeds.
    pub(crate) fn changed(&mut self, workspace: WorkspaceId, topics: &[Topic]) {
        self.changed.extend(topics.iter().map(|t| (workspace, *t)));
    }
}

type Done = BoxFuture<'static, ()>;
type Run = Box<dyn for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, (bool, Reply)> + Send>;
type Reply = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// The way to the writer's task.
pub(crate) struct Writer {
    queue: mpsc::Sender<Run>,
    committed: watch::Receiver<u64>,
}

impl Writer {
    /// Waits until what was asked for is written, and ends the connection.
    pub(crate) async fn close(self) {
        let Self { queue, mut committed } = self;
        drop(queue);
        // The task ends with its queue and lets go of the other side of this channel.
        while committed.changed().await.is_ok() {}
    }

    pub(crate) fn start(pool: SqlitePool) -> Self {
        let (queue, waiting) = mpsc::channel(1024);
        let (tell, committed) = watch::channel(0);
        let task: Done = Box::pin(work(pool, waiting, tell));
        tokio::spawn(task);
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
        let gone = || StoreError::Failed("the operation did not end, and nothing of it was written".into());
        self.queue.send(run).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}

async fn work(pool: SqlitePool, mut waiting: mpsc::Receiver<Run>, tell: watch::Sender<u64>) {
    let mut batch = Vec::with_capacity(MOST);
    while waiting.recv_many(&mut batch, MOST).await > 0 {
        let mut replies = Vec::with_capacity(batch.len());
        let result = commit(&pool, batch.drain(..), &mut replies).await;
        let (outcome, changes) = match result {
            Ok(changes) => (Ok(()), changes),
            Err(error) => (Err(failed(error)), false),
        };
        if changes {
            tell.send_modify(|n| *n += 1);
        }
        for reply in replies {
            reply(outcome.clone());
        }
    }
    pool.close().await;
    drop(tell);
}

async fn commit(
    pool: &SqlitePool,
    batch: impl Iterator<Item = Run>,
    replies: &mut Vec<Reply>,
) -> sqlx::Result<bool> {
    // Dropping `transaction` on an early return rolls back.
    let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
    let mut changes = BTreeSet::new();
    for run in batch {
        sqlx::query("SAVEPOINT op").execute(&mut *transaction).await?;
        let mut tx = Tx { conn: &mut transaction, changed: Vec::new() };
        // One that panics fails alone: its caller gets an error, and the writer goes on.
        let ran = AssertUnwindSafe(run(&mut tx)).catch_unwind().await;
        let changed = tx.changed;
        if matches!(ran, Ok((true, _))) {
            changes.extend(changed);
        } else {
            sqlx::query("ROLLBACK TO op").execute(&mut *transaction).await?;
        }
        match ran {
            Ok((_, reply)) => replies.push(reply),
            Err(_) => tracing::error!("an operation of the store panicked and was taken back"),
        }
        sqlx::query("RELEASE op").execute(&mut *transaction).await?;
    }
    for (workspace, topic) in &changes {
        let sql = "INSERT INTO change (workspace_id, topic) VALUES ($1, $2)";
        let done = sqlx::query(sql)
            .bind(workspace.to_string())
            .bind(topic.name())
            .execute(&mut *transaction)
            .await?;
        let seq = done.last_insert_rowid();
        if seq % 1000 == 0 {
            sqlx::query("DELETE FROM change WHERE seq < $1")
                .bind(seq - CHANGES)
                .execute(&mut *transaction)
                .await?;
        }
    }
    transaction.commit().await?;
    Ok(!changes.is_empty())
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
