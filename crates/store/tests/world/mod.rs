//! A store on an empty database, with a clock and secrets that the test sets.

#![allow(
    dead_code,
    clippy::panic,
    reason = "each file of tests uses a part of it, and a test that panics fails"
)]

pub mod kept;

use async_trait::async_trait;
use futures::{FutureExt, future::BoxFuture};
use muster_domain::{
    AccountId, BatchId, DeviceId, InvitationId, PackageId, SessionId, Timestamp, UserId, WorkspaceId,
    account::Account,
    device::{Facts, Platform},
    ports::*,
    query::Selection,
    time::DAY,
    token::{AgentAddress, InvitationToken, PackageAddress, TokenHash},
    usecase::{Ports, send},
    user::UserDetails,
};
use muster_store::Sqlite;
use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

struct SetClock(AtomicI64);

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// Counts instead of being random, so that ids are different and the same in each run.
struct Counting(AtomicU64);

impl Secrets for Counting {
    fn fill(&self, out: &mut [u8]) {
        let n = self.0.fetch_add(1, Ordering::SeqCst).to_be_bytes();
        out.fill(0);
        let end = out.len().min(8);
        out[..end].copy_from_slice(&n[8 - end..]);
    }
    fn link_token(&self, id: InvitationId, generation: u32) -> InvitationToken {
        InvitationToken::derive(&[7; 32], id, generation)
    }
    fn agent_address(&self, id: InvitationId) -> AgentAddress {
        AgentAddress::derive(&[7; 32], id)
    }
    fn package_address(&self, id: PackageId) -> PackageAddress {
        PackageAddress::derive(&[7; 32], id)
    }
    fn seal(&self, _: &str, plain: &[u8]) -> Vec<u8> {
        plain.to_vec()
    }
    fn open(&self, _: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        Some(sealed.to_vec())
    }
}

struct NoPasswords;

#[async_trait]
impl Passwords for NoPasswords {
    async fn hash(&self, password: &str) -> String {
        password.to_owned()
    }
    async fn verify(&self, password: &str, hash: Option<&str>) -> bool {
        Some(password) == hash
    }
}

type Open = Box<dyn Fn() -> BoxFuture<'static, Arc<dyn Store>>>;

pub struct World {
    pub store: Arc<dyn Store>,
    pub ports: Ports,
    pub ws: WorkspaceId,
    pub other: WorkspaceId,
    clock: Arc<SetClock>,
    open: Open,
    #[allow(dead_code, reason = "held for its end; some tests look into it")]
    pub folder: tempfile::TempDir,
}

pub fn tokens(id: InvitationId, generation: u32) -> TokenHash {
    InvitationToken::derive(&[7; 32], id, generation).hash()
}

pub fn details(name: &str, email: Option<&str>, groups: &[&str]) -> UserDetails {
    UserDetails {
        name: name.parse().unwrap(),
        email: email.map(|e| e.parse().unwrap()),
        language: None,
        groups: groups.iter().map(|g| g.parse().unwrap()).collect(),
    }
}

impl World {
    /// On SQLite.
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("muster.db");
        let open = move || {
            let file = file.clone();
            async move { Arc::new(Sqlite::open(&file).await.unwrap()) as Arc<dyn Store> }.boxed()
        };
        Self::on(Box::new(open), folder).await
    }

    async fn on(open: Open, folder: tempfile::TempDir) -> Self {
        let store = open().await;
        let clock = Arc::new(SetClock(AtomicI64::new(1_795_000_000 * 1_000_000)));
        let secrets: Arc<dyn Secrets> = Arc::new(Counting(AtomicU64::new(1)));
        let ws = store.first_workspace(WorkspaceId::new(clock.now(), &*secrets), clock.now()).await.unwrap();
        let other = WorkspaceId::new(clock.now(), &*secrets);
        store.add_workspace(other, clock.now()).await.unwrap();
        let ports =
            Ports { store: store.clone(), clock: clock.clone(), secrets, passwords: Arc::new(NoPasswords) };
        Self { store, ports, ws, other, clock, open, folder }
    }

    /// The same database as another process finds it.
    pub async fn reopen(&mut self) {
        self.store = (self.open)().await;
        self.ports.store = self.store.clone();
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn pass(&self, micros: i64) {
        self.clock.0.fetch_add(micros, Ordering::SeqCst);
    }

    pub async fn add(&self, workspace: WorkspaceId, details: UserDetails) -> UserId {
        let id = UserId::new(self.now(), &*self.ports.secrets);
        self.store.add_user(workspace, id, &details, self.now()).await.unwrap();
        id
    }

    pub async fn user(&self, name: &str, email: Option<&str>, groups: &[&str]) -> UserId {
        self.add(self.ws, details(name, email, groups)).await
    }

    pub async fn user_in(&self, workspace: WorkspaceId, name: &str) -> UserId {
        self.add(workspace, details(name, None, &[])).await
    }

    pub fn choices(&self, selection: Selection, devices: u32) -> send::Choices {
        send::Choices { devices, ..send::Choices::one_each(selection) }
    }

    pub async fn send(&self, users: &[UserId]) -> BatchId {
        let these = Selection::These { ids: users.to_vec() };
        send::send(&self.ports, self.ws, None, &self.choices(these, 1)).await.unwrap().batch
    }

    /// A new user with a link that was handed over by hand.
    pub async fn link(&self, name: &str) -> (UserId, InvitationId) {
        let user = self.user(name, Some(&format!("{}@example.org", name.to_lowercase())), &[]).await;
        let (made, expires_at) = send::links(&self.ports, self.ws, &[user], 1).await.unwrap();
        assert_eq!(expires_at, self.now().plus(7 * DAY));
        (user, made[0].1)
    }

    /// A session of an account that begins now.
    pub fn session(&self, account: AccountId, expires_at: Timestamp) -> NewSession {
        NewSession {
            id: SessionId::new(self.now(), &*self.ports.secrets),
            account,
            workspace: None,
            agent: "Firefox/131.0".into(),
            address: "192.0.2.7".into(),
            now: self.now(),
            expires_at,
        }
    }

    /// Someone who signs in with this address.
    pub fn account(&self, email: &str) -> Account {
        Account {
            id: AccountId::new(self.now(), &*self.ports.secrets),
            email: email.parse().unwrap(),
            name: email.split('@').next().unwrap().parse().unwrap(),
            language: None,
        }
    }

    pub fn claim(&self, link: InvitationId, hardware_id: &str, nonce: &str) -> Claim {
        Claim {
            token: tokens(link, 1),
            device: DeviceId::new(self.now(), &*self.ports.secrets),
            hardware_id: hardware_id.into(),
            public_key: vec![4; 65],
            platform: Platform::Android,
            facts: Facts { model: Some("Pixel 8".into()), ..Facts::default() },
            nonce: nonce.into(),
            now: self.now(),
        }
    }

    /// Connects a device with a link.
    pub async fn connect(&self, link: InvitationId, hardware_id: &str, nonce: &str) -> DeviceId {
        match self.store.claim(self.claim(link, hardware_id, nonce)).await.unwrap() {
            Claimed::Connected { device, .. } => device,
            refused => panic!("{refused:?}"),
        }
    }
}
