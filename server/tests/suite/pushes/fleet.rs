//! A workspace with an APNs certificate and enrolled devices, on a store of its own or on a running server's.

use super::fake::{FakeApns, Manner};
use crate::fake_apple::{FakeApple, TOPIC};
use muster::{
    adapters::apns::{Apns, Limits},
    jobs::calls::{self, Calls},
    system::{SystemClock, keys::Keys, passwords::Argon2id},
};
use muster_domain::{
    CommandId, DeviceId, InvitationId, Timestamp, UserId, WorkspaceId,
    apple::{Fingerprint, Identity, Purpose, PushCertificate, certificate::KEY_CONTEXT},
    command::{CommandKind, Order},
    device::{Facts, Platform},
    ports::*,
    time::DAY,
    usecase::{Ports, send},
    user::UserDetails,
};
use muster_pki::{certificate::Certificate, key::private_key_from_pem};
use muster_store::Sqlite;
use std::{path::Path, sync::Arc, time::Duration};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Short ones, so that tests need not wait.
pub const LIMITS: Limits = Limits {
    connect: Duration::from_millis(2000),
    first: Duration::from_millis(500),
    answer: Duration::from_millis(2500),
    push: Duration::from_secs(10),
    idle: Duration::from_millis(600),
    ping: Duration::from_secs(1),
};

pub struct Fleet {
    pub ports: Ports,
    pub sqlite: Arc<Sqlite>,
    pub ws: WorkspaceId,
    pub apple: FakeApple,
    pub apns: FakeApns,
    _folder: Option<TempDir>,
}

/// A job that runs until it is dropped.
pub struct Running {
    stop: CancellationToken,
    job: Option<JoinHandle<()>>,
}

impl Running {
    /// Stops it in order.
    pub async fn end(mut self) {
        self.stop.cancel();
        self.job.take().unwrap().await.unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

pub fn now() -> Timestamp {
    SystemClock.now()
}

/// A year around now.
pub fn year() -> (Timestamp, Timestamp) {
    (now().plus(-DAY), now().plus(364 * DAY))
}

/// Waits until it is so.
pub async fn until(what: &str, mut so: impl AsyncFnMut() -> bool) {
    for _ in 0..1200 {
        if so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("not within a minute: {what}");
}

impl Fleet {
    /// With a store of its own and a certificate, `a`.
    pub async fn new(manner: Manner) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let fleet = Self::at(folder.path(), manner).await;
        fleet.certificate("a", year()).await;
        Self { _folder: Some(folder), ..fleet }
    }

    /// On the data in a folder, without a certificate.
    pub async fn at(data: &Path, manner: Manner) -> Self {
        let there = data.join("muster.key").exists();
        let keys = Keys::open(&data.join("muster.key"), there).unwrap();
        let sqlite = Arc::new(Sqlite::open(&data.join("muster.db")).await.unwrap());
        let ports = Ports {
            store: sqlite.clone(),
            clock: Arc::new(SystemClock),
            secrets: Arc::new(keys),
            passwords: Arc::new(Argon2id::new()),
        };
        let ws = WorkspaceId::new(now(), &*ports.secrets);
        let ws = ports.store.first_workspace(ws, now()).await.unwrap();
        let apple = FakeApple::new(now());
        apple.server("server");
        let apns = FakeApns::start(&apple, manner).await;
        Self { ports, sqlite, ws, apple, apns, _folder: None }
    }

    /// The workspace has this certificate from now on.
    pub async fn certificate(&self, name: &str, holds: (Timestamp, Timestamp)) {
        self.apple.push(name, TOPIC, holds);
        let pem = self.apple.text(&format!("{name}.pem"));
        let der = self.apple.der(name);
        let serial =
            Certificate::from_der(&der).unwrap().serial().iter().map(|b| format!("{b:02x}")).collect();
        let certificate = PushCertificate {
            chain: vec![der],
            topic: TOPIC.into(),
            serial,
            not_before: holds.0,
            not_after: holds.1,
            account: None,
            uploaded_at: now(),
        };
        assert!(pem.contains("CERTIFICATE"));
        let key = private_key_from_pem(&self.apple.text(&format!("{name}.key"))).unwrap().to_pkcs8().unwrap();
        let sealed = self.ports.secrets.seal(KEY_CONTEXT, &key);
        self.ports.store.set_push_certificate(self.ws, &certificate, &sealed, None).await.unwrap();
    }

    /// The way to the fake.
    pub fn push(&self) -> Apns {
        self.push_within(LIMITS)
    }

    pub fn push_within(&self, limits: Limits) -> Apns {
        let roots = vec![self.apple.der("root"), self.apple.der("authority")];
        Apns::new(self.ports.clone(), &self.apns.url(), roots, limits).unwrap()
    }

    /// Runs the job.
    pub fn job(&self) -> Running {
        let calls = Arc::new(Calls { ports: self.ports.clone(), push: Arc::new(self.push()) });
        let stop = CancellationToken::new();
        let job = tokio::spawn(calls::run(calls, self.sqlite.committed(), stop.clone()));
        Running { stop, job: Some(job) }
    }

    /// A call to a device that is not in the store.
    pub fn call(&self, n: u32) -> Call {
        Call {
            workspace: self.ws,
            invitation: InvitationId::new(now(), &*self.ports.secrets),
            token: token(n),
            magic: format!("MAGIC-{n}"),
            topic: TOPIC.into(),
            due_at: now(),
            attempts: 0,
        }
    }

    /// Enrols so many devices; a call of each is due.
    pub async fn devices(&self, count: u32) -> Vec<DeviceId> {
        let mut links = Vec::new();
        for n in 0..count.div_ceil(10) {
            let id = UserId::new(now(), &*self.ports.secrets);
            let name = format!("Person {n}").parse().unwrap();
            let details = UserDetails { name, email: None, language: None, groups: Vec::new() };
            self.ports.store.add_user(self.ws, id, &details, now()).await.unwrap();
            let made = send::links(&self.ports, self.ws, &[id], 10).await.unwrap();
            links.extend(made.0.into_iter().map(|(_, link)| link));
        }
        let some = links.into_iter().take(count as usize).enumerate();
        let all = some.map(|(n, link)| self.device(n as u32, link, TOPIC));
        futures::future::join_all(all).await
    }

    /// Enrols the device number `n` by this link.
    async fn device(&self, n: u32, link: InvitationId, topic: &str) -> DeviceId {
        let store = &self.ports.store;
        let mut random = [0; 32];
        self.ports.secrets.fill(&mut random);
        let identity = Identity {
            fingerprint: Fingerprint(random),
            serial: random[..16].to_vec(),
            certificate: vec![0x30],
            key: random,
            renews: None,
            issued_at: now(),
            not_after: now().plus(365 * DAY),
        };
        let issue = Issue {
            invitation: link,
            generation: Some(1),
            number: Some(1),
            purpose: Purpose::Connect,
            identity,
            now: now(),
        };
        assert!(matches!(store.issue(self.ws, issue).await.unwrap(), Issued::Certificate(_)));
        let begin = Begin {
            invitation: link,
            identity: Fingerprint(random),
            udid: format!("UDID-{n}"),
            platform: Platform::Ios,
            facts: Facts::default(),
            topic: topic.into(),
            now: now(),
        };
        assert_eq!(store.begin(self.ws, begin).await.unwrap(), Begun::Bound);
        match store.take_tokens(self.ws, self.tokens(link, n, topic)).await.unwrap() {
            Taken::Connected(device) => device,
            other => panic!("{other:?}"),
        }
    }

    fn tokens(&self, link: InvitationId, n: u32, topic: &str) -> Tokens {
        Tokens {
            invitation: link,
            device: DeviceId::new(now(), &*self.ports.secrets),
            token: token(n),
            magic: format!("MAGIC-{n}"),
            topic: topic.into(),
            unlock: None,
            questions: Vec::new(),
            now: now(),
        }
    }

    /// A connected device hands over the token number `n`.
    pub async fn hands_over(&self, device: DeviceId, n: u32) {
        let link = self.ports.store.device(self.ws, device).await.unwrap().unwrap().invitation;
        let taken = self.ports.store.take_tokens(self.ws, self.tokens(link, n, TOPIC)).await.unwrap();
        assert!(matches!(taken, Taken::Updated(_)), "{taken:?}");
    }

    /// A command for a device.
    pub async fn command(&self, device: DeviceId, kind: CommandKind) {
        let id = CommandId::new(now(), &*self.ports.secrets);
        self.ports.store.add_command(self.ws, device, id, &Order::plain(kind), now()).await.unwrap();
    }

    pub async fn reachable(&self, device: DeviceId) -> Reachable {
        self.ports.store.reachable(self.ws, device).await.unwrap().unwrap()
    }

    /// Whether no call is due, now or later.
    pub async fn quiet(&self) -> bool {
        self.ports.store.next_call().await.unwrap().is_none()
    }
}

/// The token of a device.
pub fn token(n: u32) -> Vec<u8> {
    let mut token = vec![0xA5; 28];
    token.extend(n.to_be_bytes());
    token
}
