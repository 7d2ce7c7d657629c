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
    DeviceId, Timestamp, WorkspaceId,
    apple::{End, Fingerprint, Pinned, Signer},
    headwind::Bound,
    invitation::Invitation,
    package::AppPackage,
    ports::{AgentDevice, DeviceKey, Lookups, StoreError, Stored},
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

/// What is known of certificates that signed messages.
pub(super) fn signers(conn: SqliteConnection) -> Finder<Fingerprint, Signer> {
    Finder::start(conn, |conn, certificates| Box::pin(find_signers(conn, certificates)))
}

/// What is read of a certificate: fingerprint, workspace, link, what it renews, end of its time, its end; of the device of
/// the link: UDID, identity, id, whether it has left.
type Columns = (
    String,
    String,
    String,
    Option<String>,
    i64,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    u8,
);

fn signer(columns: &Columns) -> Stored<(Fingerprint, Signer)> {
    let (own, workspace, invitation, renews, not_after, ended, udid, identity, device, left) = columns;
    let digest = |hex: &str| {
        let bytes = row::bytes(hex).and_then(|bytes| bytes.try_into().ok());
        bytes.map(Fingerprint).ok_or_else(|| row::damaged("fingerprint"))
    };
    let fingerprint = digest(own)?;
    let pinned = match (udid, identity) {
        (Some(udid), Some(identity)) => Some(Pinned {
            udid: udid.clone(),
            identity: digest(identity)?,
            device: device.as_ref().and_then(|id| id.parse().ok()),
            left: *left == 1,
        }),
        _ => None,
    };
    let signer = Signer {
        workspace: workspace.parse().map_err(|_| row::damaged("workspace_id"))?,
        invitation: invitation.parse().map_err(|_| row::damaged("invitation_id"))?,
        fingerprint,
        renews: renews.as_deref().map(digest).transpose()?,
        not_after: Timestamp(*not_after),
        ended: ended.as_deref().and_then(End::from_name),
        pinned,
    };
    Ok((fingerprint, signer))
}

async fn find_signers(
    conn: &mut SqliteConnection,
    certificates: &[Fingerprint],
) -> FoundAll<Fingerprint, Signer> {
    let wanted = json(&certificates.iter().map(|c| to_hex(&c.0)).collect::<Vec<_>>())?;
    // As one row: of many, each is a message from the database's thread to this one.
    let sql = "SELECT json_group_array(json_array(hex(fingerprint), workspace_id, invitation_id, hex(renews), not_after, ended,
            udid, hex(identity), device_id, has_left)) AS found FROM (
        SELECT i.fingerprint, i.workspace_id, i.invitation_id, i.renews, i.not_after, i.ended, e.udid, e.identity, e.device_id,
            e.ended_at IS NOT NULL AS has_left
        FROM json_each($1) AS j CROSS JOIN apple_identity i ON i.fingerprint = unhex(j.value)
        LEFT JOIN apple_enrolment e ON e.workspace_id = i.workspace_id AND e.invitation_id = i.invitation_id
        UNION ALL
        SELECT g.fingerprint, g.workspace_id, g.invitation_id, NULL, g.not_after, 'withdrawn', NULL, NULL, NULL, 1
        FROM json_each($1) AS j CROSS JOIN apple_gone g ON g.fingerprint = unhex(j.value))";
    let row = sqlx::query(sql).bind(wanted).fetch_one(conn).await.map_err(failed)?;
    let found: Vec<Columns> = row.json("found")?;
    let none = |text: &Option<String>| text.clone().filter(|t| !t.is_empty());
    let each = found.into_iter().map(|mut c| {
        // The digits of NULL are an empty text.
        (c.3, c.7) = (none(&c.3), none(&c.7));
        signer(&c).map(|(fingerprint, signer)| (fingerprint, Ok(signer)))
    });
    each.collect()
}

/// The devices at addresses of Headwind agents.
pub(super) fn agents(conn: SqliteConnection) -> Finder<TokenHash, AgentDevice> {
    Finder::start(conn, |conn, addresses| Box::pin(find_agents(conn, addresses)))
}

/// What is read of such a device: its address, workspace, id, link, number, when it was last heard of, whether it has left; when it was
/// connected, when it moved to its address, until when it may connect again; since when something waits, when it was told of that, whether
/// it has a configuration.
type AgentColumns = (
    String,
    String,
    String,
    String,
    String,
    i64,
    u8,
    (i64, Option<i64>, Option<i64>),
    Option<i64>,
    Option<i64>,
    u8,
);

fn agent(columns: &AgentColumns) -> Stored<(TokenHash, AgentDevice)> {
    let (address, workspace, device, invitation, typed, last_seen, left, bound, due_at, told_at, configured) =
        columns;
    let address = row::bytes(address).and_then(|bytes| bytes.try_into().ok());
    let found = AgentDevice {
        workspace: workspace.parse().map_err(|_| row::damaged("workspace_id"))?,
        device: device.parse().map_err(|_| row::damaged("device_id"))?,
        invitation: invitation.parse().map_err(|_| row::damaged("invitation_id"))?,
        typed: typed.clone(),
        last_seen: Timestamp(*last_seen),
        left: *left == 1,
        bound: Bound {
            claimed_at: Timestamp(bound.0),
            moved_at: bound.1.map(Timestamp),
            again_until: bound.2.map(Timestamp),
        },
        due_at: due_at.map(Timestamp),
        told_at: told_at.map(Timestamp),
        configured: *configured == 1,
    };
    Ok((address.map(TokenHash).ok_or_else(|| row::damaged("address"))?, found))
}

async fn find_agents(
    conn: &mut SqliteConnection,
    addresses: &[TokenHash],
) -> FoundAll<TokenHash, AgentDevice> {
    let wanted = json(&addresses.iter().map(|a| to_hex(&a.0)).collect::<Vec<_>>())?;
    // As one row: of many, each is a message from the database's thread to this one.
    let sql = "SELECT json_group_array(json_array(hex(h.address), h.workspace_id, h.device_id, h.invitation_id, h.typed, d.last_seen,
            d.left_at IS NOT NULL, json_array(h.claimed_at, h.moved_at, h.again_until), h.due_at, h.told_at, h.configuration_id IS NOT NULL)) AS found
        FROM json_each($1) AS j CROSS JOIN headwind_device h ON h.address = unhex(j.value)
        CROSS JOIN device d ON d.workspace_id = h.workspace_id AND d.id = h.device_id";
    let row = sqlx::query(sql).bind(wanted).fetch_one(conn).await.map_err(failed)?;
    let found: Vec<AgentColumns> = row.json("found")?;
    found.iter().map(|columns| agent(columns).map(|(address, found)| (address, Ok(found)))).collect()
}

#[async_trait]
impl Lookups for Sqlite {
    async fn find_invitation(&self, token: TokenHash) -> Stored<Option<Invitation>> {
        self.links.find(token).await
    }

    async fn find_device_key(&self, id: DeviceId) -> Stored<Option<DeviceKey>> {
        self.keys.find(id).await
    }

    async fn find_signer(&self, certificate: Fingerprint) -> Stored<Option<Signer>> {
        self.signers.find(certificate).await
    }

    async fn find_agent(&self, address: TokenHash) -> Stored<Option<AgentDevice>> {
        self.agents.find(address).await
    }

    async fn find_package(&self, address: TokenHash) -> Stored<Option<(WorkspaceId, AppPackage)>> {
        self.package_at(address).await
    }

    async fn find_logo(&self, name: &str) -> Stored<Option<Vec<u8>>> {
        let sql = "SELECT png FROM logo WHERE name = $1";
        sqlx::query_scalar(sql).bind(name).fetch_optional(&self.readers).await.map_err(failed)
    }
}
