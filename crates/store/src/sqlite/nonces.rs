//! Nonces that were taken (RFC 9421, section 7.2.2): a log in the database, and the set of the last minutes' in memory.
//!
//! In a table ordered by nonces, which are random, each would cost a page of the write-ahead log. The log grows at its
//! end alone. What it says is exact all the same: whoever takes a nonce holds the database's one write lock, and first
//! reads what others have written to the log since.

use super::row::{Read, json};
use muster_domain::{Timestamp, ports::Stored, time::MINUTE};
use sqlx::SqliteConnection;
use std::{
    collections::{HashSet, VecDeque},
    hash::{BuildHasher, RandomState},
};

/// How long a nonce is remembered: longer than a signature is taken (300 s, and 30 s of clock skew).
const REMEMBERED: i64 = 6 * MINUTE;

/// The nonces of the last minutes. Of each 64 bits of a hash that nobody outside can foresee: two that are the same by
/// chance cost their agent another signature once in many million years.
#[derive(Default)]
pub(crate) struct Nonces {
    hasher: RandomState,
    taken: HashSet<u64>,
    /// Those of `taken`, the oldest first.
    by_age: VecDeque<(i64, u64)>,
    /// The newest entry of the log that is known here.
    last: i64,
    /// Whether the log was read in this transaction.
    read: bool,
}

/// Where one may have to go back to.
#[derive(Clone, Copy)]
pub(super) struct Point {
    count: usize,
    last: i64,
}

impl Nonces {
    /// Before a transaction: others may have written since the last one, and what is old is forgotten.
    pub(super) fn begin(&mut self) {
        self.read = false;
        let newest = self.by_age.back().map_or(0, |(at, _)| *at);
        while let Some((at, hash)) = self.by_age.front().copied() {
            if at >= newest - REMEMBERED {
                break;
            }
            self.by_age.pop_front();
            self.taken.remove(&hash);
        }
    }

    /// To be taken with each savepoint.
    pub(super) fn point(&self) -> Point {
        Point { count: self.by_age.len(), last: self.last }
    }

    /// Forgets what was taken since: the database does as well.
    pub(super) fn back_to(&mut self, point: Point) {
        for (_, hash) in self.by_age.drain(point.count..) {
            self.taken.remove(&hash);
        }
        self.last = point.last;
        // What others wrote may be among what was forgotten.
        self.read = false;
    }

    /// Takes nonces, each for its key; says of each whether it was new. Of two that are the same the first is.
    pub(crate) async fn take(
        &mut self,
        conn: &mut SqliteConnection,
        nonces: &[(String, &str, Timestamp)],
    ) -> Stored<Vec<bool>> {
        self.read(conn).await?;
        let mut new = Vec::with_capacity(nonces.len());
        let mut fresh = Vec::with_capacity(nonces.len());
        for (key, nonce, at) in nonces {
            let is_new = self.remember(key, nonce, at.0);
            fresh.push(is_new);
            if is_new {
                new.push((key, nonce, at.0));
            }
        }
        if !new.is_empty() {
            let sql = "INSERT INTO nonce_log (key, nonce, at) SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each($1)";
            let written = sqlx::query(sql).bind(json(&new)?).execute(conn).await.map_err(super::failed)?;
            self.last = written.last_insert_rowid();
        }
        Ok(fresh)
    }

    fn remember(&mut self, key: &str, nonce: &str, at: i64) -> bool {
        let hash = self.hasher.hash_one((key, nonce));
        let new = self.taken.insert(hash);
        if new {
            self.by_age.push_back((at, hash));
        }
        new
    }

    /// Reads what is new in the log: all of it at first, later what another process wrote.
    async fn read(&mut self, conn: &mut SqliteConnection) -> Stored<()> {
        if self.read {
            return Ok(());
        }
        let sql = "SELECT number, key, nonce, at FROM nonce_log WHERE number > $1 ORDER BY number";
        let rows = sqlx::query(sql).bind(self.last).fetch_all(conn).await.map_err(super::failed)?;
        for row in &rows {
            self.remember(&row.text("key")?, &row.text("nonce")?, row.val("at")?);
            self.last = row.val("number")?;
        }
        self.read = true;
        Ok(())
    }
}
