//! The mail job at work: a clock that is set by hand, keys that fail for one invitation, and a small SMTP server.

use muster::{
    adapters::{files::FileMailer, smtp::SmtpMailer},
    jobs::mail::{self, Mails},
    system::{keys::Keys, passwords::Argon2id},
};
use muster_domain::{
    InvitationId, PackageId, Timestamp, UserId, WorkspaceId,
    invitation::{Invitation, State},
    ports::{Clock, Secrets, StoreError},
    query::Selection,
    settings::{Settings, Smtp, SmtpTls},
    token::{AgentAddress, InvitationToken, PackageAddress},
    usecase::{Ports, send},
    user::UserDetails,
};
use muster_store::Sqlite;
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering::SeqCst},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};
use tokio_util::sync::CancellationToken;

pub struct SetClock(AtomicI64);

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(SeqCst))
    }
}

/// Real keys, but for one invitation making the link panics.
pub struct Trap {
    keys: Keys,
    pub invitation: Mutex<Option<InvitationId>>,
}

impl Secrets for Trap {
    fn fill(&self, out: &mut [u8]) {
        self.keys.fill(out);
    }
    fn link_token(&self, id: InvitationId, generation: u32) -> InvitationToken {
        let trapped = *self.invitation.lock().unwrap() == Some(id);
        assert!(!trapped, "as a mistake in making a message would");
        self.keys.link_token(id, generation)
    }
    fn agent_address(&self, id: InvitationId) -> AgentAddress {
        self.keys.agent_address(id)
    }
    fn package_address(&self, id: PackageId) -> PackageAddress {
        self.keys.package_address(id)
    }
    fn seal(&self, context: &str, plain: &[u8]) -> Vec<u8> {
        self.keys.seal(context, plain)
    }
    fn open(&self, context: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        self.keys.open(context, sealed)
    }
}

/// What the server took, and said "later" to after it had read it: the ids of the messages.
pub type Seen = Arc<Mutex<Vec<String>>>;

/// Takes everything, but says "later" to whom the address asks it to, once to each message of "once@", and nothing
/// any more to "hang@".
async fn talk(stream: TcpStream, seen: Seen) -> std::io::Result<()> {
    let (mut once, mut hangs) = (false, false);
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 test\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let answer: &[u8] = match line.split([' ', ':']).next().unwrap_or_default() {
            "RCPT" if line.contains("later@") => b"451 4.7.1 Greylisted\r\n",
            "RCPT" => {
                (once, hangs) = (line.contains("once@"), line.contains("hang@"));
                b"250 ok\r\n"
            }
            "DATA" => {
                write.write_all(b"354 go\r\n").await?;
                let mut id = String::new();
                while let Some(line) = lines.next_line().await?.filter(|l| l != ".") {
                    if let Some(this) = line.strip_prefix("Message-ID: ") {
                        id = this.to_owned();
                    }
                }
                if hangs {
                    std::future::pending::<()>().await;
                }
                let mut seen = seen.lock().unwrap();
                let first = !seen.contains(&id);
                seen.push(id);
                if once && first { b"451 4.3.0 once more\r\n" } else { b"250 taken\r\n" }
            }
            _ => b"250 ok\r\n",
        };
        write.write_all(answer).await?;
    }
    Ok(())
}

pub struct World {
    pub mails: Arc<Mails>,
    pub clock: Arc<SetClock>,
    pub trap: Arc<Trap>,
    pub workspace: WorkspaceId,
    pub seen: Seen,
    _folder: tempfile::TempDir,
}

impl World {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Seen::default();
        let theirs = seen.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, theirs.clone()));
            }
        });
        let keys = Keys::open(&folder.path().join("key"), false).unwrap();
        let trap = Arc::new(Trap { keys, invitation: Mutex::default() });
        let clock = Arc::new(SetClock(AtomicI64::new(1_795_000_000 * 1_000_000)));
        let store = Arc::new(Sqlite::open(&folder.path().join("db")).await.unwrap());
        let ports = Ports {
            store,
            clock: clock.clone(),
            secrets: trap.clone(),
            passwords: Arc::new(Argon2id::new()),
        };
        let now = clock.now();
        let workspace =
            ports.store.first_workspace(WorkspaceId::new(now, &*ports.secrets), now).await.unwrap();
        let smtp = Smtp { host: "127.0.0.1".into(), port, tls: SmtpTls::None, user: None };
        let sender = Some("it@example.org".parse().unwrap());
        let settings = Settings { smtp: Some(smtp), sender, ..Settings::default() };
        ports.store.set_settings(workspace, &settings).await.unwrap();
        let mails = Arc::new(Mails {
            ports,
            address: "https://muster.example.org".into(),
            smtp: SmtpMailer::default(),
            files: FileMailer::new(folder.path().join("mail")),
            worker: "w".into(),
        });
        Self { mails, clock, trap, workspace, seen, _folder: folder }
    }

    pub async fn round(&self) -> Result<usize, StoreError> {
        self.mails.round(&CancellationToken::new()).await
    }

    pub fn pass(&self, micros: i64) {
        self.clock.0.fetch_add(micros, SeqCst);
    }

    pub async fn send_to(&self, address: &str) -> InvitationId {
        self.send_in(self.workspace, address).await
    }

    pub async fn send_in(&self, workspace: WorkspaceId, address: &str) -> InvitationId {
        let (ports, now) = (&self.mails.ports, self.clock.now());
        let id = UserId::new(now, &*ports.secrets);
        let email = Some(address.parse().unwrap());
        let details = UserDetails { name: "Anna".parse().unwrap(), email, language: None, groups: vec![] };
        ports.store.add_user(workspace, id, &details, now).await.unwrap();
        let selection = Selection::These { ids: vec![id] };
        let choices = send::Choices::one_each(selection);
        send::send(ports, workspace, None, &choices).await.unwrap();
        ports.store.user(workspace, id).await.unwrap().unwrap().message.unwrap().invitation
    }

    pub async fn invitation(&self, id: InvitationId) -> Invitation {
        self.mails.ports.store.invitation(self.workspace, id).await.unwrap().unwrap()
    }

    /// Waits until the message is sent, for three seconds at most.
    pub async fn is_sent(&self, id: InvitationId) -> bool {
        for _ in 0..30 {
            if self.invitation(id).await.state == State::Sent {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        false
    }

    /// The outbox at work, as in the server.
    pub fn at_work(&self) -> tokio_util::sync::DropGuard {
        let stop = CancellationToken::new();
        let (_, committed) = tokio::sync::watch::channel(0);
        tokio::spawn(mail::run(self.mails.clone(), committed, stop.clone()));
        stop.drop_guard()
    }
}
