//! What comes in hundreds is written together with all of its kind that wait: in a few statements for all, since each
//! statement costs a way to the database's thread and back.

use super::{
    changes::Changed,
    nonces::Nonces,
    writer::{Reply, Tx, gone, settle},
};
use futures::{FutureExt, future::BoxFuture};
use muster_domain::ports::Stored;
use sqlx::SqliteConnection;
use std::panic::AssertUnwindSafe;
use tokio::sync::oneshot;

/// A kind of what is written together.
pub(crate) trait Together: Sized + Send + Sync + 'static {
    /// What each is answered.
    type Answer: Send + 'static;

    /// Writes all of them, and answers each in its place.
    fn all<'t>(tx: &'t mut Tx<'_>, waiting: &'t [Self]) -> BoxFuture<'t, Stored<Vec<Stored<Self::Answer>>>>;
}

/// All of one kind that wait, each with the way to who asked.
pub(super) struct Gathered<T: Together> {
    waiting: Vec<T>,
    answers: Vec<oneshot::Sender<Stored<T::Answer>>>,
}

impl<T: Together> Default for Gathered<T> {
    fn default() -> Self {
        Self { waiting: Vec::new(), answers: Vec::new() }
    }
}

impl<T: Together> Gathered<T> {
    pub(super) fn push(&mut self, one: T, answer: oneshot::Sender<Stored<T::Answer>>) {
        self.waiting.push(one);
        self.answers.push(answer);
    }

    /// Writes them, and puts what is to be said after the commit to the replies.
    pub(super) async fn write(
        self,
        conn: &mut SqliteConnection,
        changed: &mut Changed,
        nonces: &mut Nonces,
        replies: &mut Vec<Reply>,
    ) -> sqlx::Result<()> {
        let outcomes = all_or_each(conn, changed, nonces, &self.waiting).await?;
        for (answer, outcome) in self.answers.into_iter().zip(outcomes) {
            replies.push(Box::new(move |committed| {
                let _ = answer.send(committed.and(outcome));
            }));
        }
        Ok(())
    }
}

/// All together; were that to fail, each by itself, so that one damaged row stops nobody else.
async fn all_or_each<T: Together>(
    conn: &mut SqliteConnection,
    changed: &mut Changed,
    nonces: &mut Nonces,
    waiting: &[T],
) -> sqlx::Result<Vec<Stored<T::Answer>>> {
    if waiting.is_empty() {
        return Ok(Vec::new());
    }
    if let Ok(outcomes) = together(conn, changed, nonces, waiting).await? {
        return Ok(outcomes);
    }
    let mut outcomes = Vec::with_capacity(waiting.len());
    for one in waiting.chunks(1) {
        outcomes.push(
            together(conn, changed, nonces, one)
                .await?
                .and_then(|mut o| o.pop().unwrap_or_else(|| Err(gone()))),
        );
    }
    Ok(outcomes)
}

async fn together<T: Together>(
    conn: &mut SqliteConnection,
    changed: &mut Changed,
    nonces: &mut Nonces,
    waiting: &[T],
) -> sqlx::Result<Stored<Vec<Stored<T::Answer>>>> {
    let before = nonces.point();
    let mut tx = Tx::new(&mut *conn, &mut *nonces);
    let ran = AssertUnwindSafe(T::all(&mut tx, waiting)).catch_unwind().await;
    let its = tx.into_changed();
    let ran = ran.unwrap_or_else(|_| Err(gone()));
    settle(conn, ran.is_ok(), nonces, before).await?;
    match &ran {
        Ok(_) => changed.add(its),
        Err(error) => tracing::error!(%error, kind = std::any::type_name::<T>(), "taken back"),
    }
    Ok(ran)
}
