//! The look-ups that find a workspace, by a link's token, a device's key or a logo's name: the only ones that do not
//! name one.
//!
//! Each phone and each agent begins with one. Those that wait at the same time are made together, by one statement on a
//! connection of their own: nothing is kept, so that what another process wrote counts at once.

use super::{
    Sqlite, failed, invitations,
    row::{self, Read, json, to_hex},
};
use async_trait::async_trait;
use futures::future::BoxFuture;
use muster_domain::{
    DeviceId,
    invitation::Invitation,
    ports::{DeviceKey, Lookups, StoreError, Stored},
    token::TokenHash,
};
use sqlx::{AssertSqlSafe, SqliteConnection};
use std::{collections::HashMap, hash::Hash};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

/// Look-ups of one statement at most.
const MOST: usize = 256;

/// What all that wait find, each its own or why not.
type FoundAll<K, V> = Stored<HashMap<K, Stored<V>>>;
/// Finds many by one statement.
type Find<K, V> = for<'c> fn(&'c mut SqliteConnection, &'c [K]) -> BoxFuture<'c, FoundAll<K, V>>;
/// A key with the way to who asked.
type Asked<K, V> = (K, oneshot::Sender<Stored<Option<V>>>);

/// The way to one kind of look-ups.
pub(super) struct Finder<K, V> {
    queue: mpsc::Sender<Asked<K, V>>,
    task: JoinHandle<()>,
}

impl<K, V> Finder<K, V>
where
    K: Eq + Hash + Clone + Send + Sync + 'static,
    V: Clone + Send + 'static,
{
    fn start(conn: SqliteConnection, find: Find<K, V>) -> Self {
        let (queue, waiting) = mpsc::channel(2 * MOST);
        Self { queue, task: tokio::spawn(work(conn, waiting, find)) }
    }

    async fn find(&self, key: K) -> Stored<Option<V>> {
        let gone = || StoreError::Failed("the look-up did not end".into());
        let (answer, answered) = oneshot::channel();
        self.queue.send((key, answer)).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }

    /// Ends the connection.
    pub(super) async fn close(self) {
        let Self { queue, task } = self;
        drop(queue);
        let _ = task.await;
    }
}

async fn work<K, V>(mut conn: SqliteConnection, mut waiting: mpsc::Receiver<Asked<K, V>>, find: Find<K, V>)
where
    K: Eq + Hash + Clone,
    V: Clone,
{
    let mut asked = Vec::new();
    while waiting.recv_many(&mut asked, MOST).await > 0 {
        let keys: Vec<K> = asked.iter().map(|(key, _)| key.clone()).collect();
        let found = find(&mut conn, &keys).await;
        for (key, answer) in asked.drain(..) {
            let one = match &found {
                Ok(found) => found.get(&key).cloned().transpose(),
                Err(error) => Err(error.clone()),
            };
            let _ = answer.send(one);
        }
    }
    if let Err(error) = sqlx::Connection::close(conn).await {
        tracing::error!(%error, "look-ups");
    }
}

/// Links by the hashes of their tokens.
pub(super) fn links(conn: SqliteConnection) -> Finder<TokenHash, Invitation> {
    Finder::start(conn, |conn, hashes| Box::pin(find_links(conn, hashes)))
}

async fn find_links(conn: &mut SqliteConnection, hashes: &[TokenHash]) -> FoundAll<TokenHash, Invitation> {
    let hashes = json(&hashes.iter().map(|hash| to_hex(&hash.0)).collect::<Vec<_>>())?;
    let sql =
        format!("{} WHERE i.token_hash IN (SELECT unhex(value) FROM json_each($1))", invitations::SELECT);
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(hashes).fetch_all(conn).await.map_err(failed)?;
    let hash = |hash: Vec<u8>| hash.try_into().map(TokenHash).map_err(|_| row::damaged("token_hash"));
    rows.iter().map(|r| Ok((hash(r.val("token_hash")?)?, invitations::row(r)))).collect()
}

/// The workspaces and pinned keys of devices.
pub(super) fn keys(conn: SqliteConnection) -> Finder<DeviceId, DeviceKey> {
    Finder::start(conn, |conn, devices| Box::pin(find_keys(conn, devices)))
}

async fn find_keys(conn: &mut SqliteConnection, devices: &[DeviceId]) -> FoundAll<DeviceId, DeviceKey> {
    // As one row: of many, each is a message from the database's thread to this one.
    let sql = "SELECT json_group_array(json_array(d.id, d.workspace_id, hex(d.public_key), d.left_at IS NOT NULL)) AS found
        FROM json_each($1) AS j CROSS JOIN device d ON d.id = j.value";
    let row = sqlx::query(sql).bind(json(&devices)?).fetch_one(conn).await.map_err(failed)?;
    let found: Vec<(DeviceId, String, String, u8)> = row.json("found")?;
    let key = |workspace: &str, point: &str, left| {
        let workspace = workspace.parse().map_err(|_| row::damaged("workspace_id"))?;
        let point = row::bytes(point).ok_or_else(|| row::damaged("public_key"))?;
        Ok(DeviceKey { workspace, point, left })
    };
    Ok(found.iter().map(|(id, workspace, point, left)| (*id, key(workspace, point, *left == 1))).collect())
}

#[async_trait]
impl Lookups for Sqlite {
    async fn find_invitation(&self, token: TokenHash) -> Stored<Option<Invitation>> {
        self.links.find(token).await
    }

    async fn find_device_key(&self, id: DeviceId) -> Stored<Option<DeviceKey>> {
        self.keys.find(id).await
    }

    async fn find_logo(&self, name: &str) -> Stored<Option<Vec<u8>>> {
        let sql = "SELECT png FROM logo WHERE name = $1";
        sqlx::query_scalar(sql).bind(name).fetch_optional(&self.readers).await.map_err(failed)
    }
}
