//! The mail job against a small SMTP server: what fails for ever parks with its reason, and the others go on.

#![expect(clippy::unwrap_used, reason = "a test that panics fails, as it should")]

use muster::{
    adapters::{files::FileMailer, smtp::SmtpMailer},
    jobs::{LONGEST_WAIT, TRIES, mail::Mails},
    system::{keys::Keys, passwords::Argon2id},
};
use muster_domain::{
    InvitationId, Timestamp, UserId, WorkspaceId,
    invitation::{Invitation, State},
    ports::{Clock, Secrets},
    query::{InvitationQuery, Selection},
    settings::{Settings, Smtp, SmtpTls},
    token::InvitationToken,
    usecase::{Ports, send},
    user::UserDetails,
};
use muster_store::Sqlite;
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicI64, Ordering::SeqCst},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

struct SetClock(AtomicI64);

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(SeqCst))
    }
}

/// Real keys, but for one invitation making the link panics.
struct Trap {
    keys: Keys,
    invitation: Mutex<Option<InvitationId>>,
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
    fn seal(&self, context: &str, plain: &[u8]) -> Vec<u8> {
        self.keys.seal(context, plain)
    }
    fn open(&self, context: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        self.keys.open(context, sealed)
    }
}

/// Takes everything, but says "later" to whom the address asks it to.
async fn talk(stream: TcpStream) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 test\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let answer: &[u8] = match line.split([' ', ':']).next().unwrap_or_default() {
            "RCPT" if line.contains("later@") => b"451 4.7.1 Greylisted\r\n",
            "DATA" => {
                write.write_all(b"354 go\r\n").await?;
                while lines.next_line().await?.is_some_and(|l| l != ".") {}
                b"250 taken\r\n"
            }
            _ => b"250 ok\r\n",
        };
        write.write_all(answer).await?;
    }
    Ok(())
}

struct World {
    mails: Mails,
    clock: Arc<SetClock>,
    trap: Arc<Trap>,
    workspace: WorkspaceId,
    _folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream));
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
        let mails = Mails {
            ports,
            address: "https://muster.example.org".into(),
            smtp: SmtpMailer::default(),
            files: FileMailer { dir: folder.path().join("mail") },
            worker: "w".into(),
            limited: tokio::sync::Mutex::new(()),
        };
        Self { mails, clock, trap, workspace, _folder: folder }
    }

    fn pass(&self, micros: i64) {
        self.clock.0.fetch_add(micros, SeqCst);
    }

    async fn send_to(&self, address: &str) -> InvitationId {
        let (ports, now) = (&self.mails.ports, self.clock.now());
        let id = UserId::new(now, &*ports.secrets);
        let email = Some(address.parse().unwrap());
        let details = UserDetails { name: "Anna".parse().unwrap(), email, language: None, groups: vec![] };
        ports.store.add_user(self.workspace, id, &details, now).await.unwrap();
        let selection = Selection::These { ids: vec![id] };
        let choices =
            send::Choices { selection, devices: 1, days: None, language: None, note: String::new() };
        send::send(ports, self.workspace, None, &choices).await.unwrap();
        ports.store.user(self.workspace, id).await.unwrap().unwrap().message.unwrap().invitation
    }

    async fn invitation(&self, id: InvitationId) -> Invitation {
        let query = InvitationQuery { id: Some(id), ..InvitationQuery::default() };
        self.mails.ports.store.invitations(self.workspace, &query).await.unwrap().rows.remove(0)
    }
}

#[tokio::test]
async fn a47_a_message_that_is_always_put_off_parks_with_the_servers_words_and_the_others_go() {
    let world = World::new().await;
    let never = world.send_to("later@example.org").await;
    for round in 0..TRIES {
        assert_eq!(world.invitation(never).await.state, State::Queued, "round {round}");
        let address = format!("a{round}@example.org");
        let other = if round % 40 == 0 { Some(world.send_to(&address).await) } else { None };
        world.pass(LONGEST_WAIT + 1);
        assert!(world.mails.round().await.unwrap() > 0);
        if let Some(other) = other {
            assert_eq!(world.invitation(other).await.state, State::Sent, "the others go on");
        }
    }
    let parked = world.invitation(never).await;
    assert_eq!(parked.state, State::Failed);
    let reason = parked.error.unwrap();
    assert!(reason.contains("451 4.7.1 Greylisted") && reason.contains("126 tries"), "{reason}");
    assert_eq!(world.mails.ports.store.next_mail().await, Ok(None), "it is not tried any more");
}

#[tokio::test]
async fn a47_a_message_whose_making_panics_stops_no_other_and_parks() {
    let world = World::new().await;
    let poison = world.send_to("poison@example.org").await;
    let good = world.send_to("good@example.org").await;
    *world.trap.invitation.lock().unwrap() = Some(poison);
    world.pass(LONGEST_WAIT);
    assert_eq!(world.mails.round().await, Ok(2));
    assert_eq!(world.invitation(good).await.state, State::Sent);
    assert_eq!(world.invitation(poison).await.state, State::Queued);
    for _ in 1..TRIES {
        world.pass(LONGEST_WAIT + 1);
        assert_eq!(world.mails.round().await, Ok(1));
    }
    let parked = world.invitation(poison).await;
    assert_eq!(parked.state, State::Failed);
    assert!(parked.error.unwrap().contains("its log says more"));
}

#[tokio::test]
async fn a47_a_message_at_which_the_process_dies_each_time_parks_without_being_tried_again() {
    let world = World::new().await;
    let deadly = world.send_to("deadly@example.org").await;
    world.pass(LONGEST_WAIT);
    for _ in 0..TRIES {
        let claimed = world.mails.ports.store.claim_mails("dead", 9, world.clock.now(), 1).await.unwrap();
        assert_eq!(claimed.len(), 1);
        world.pass(2);
    }
    assert_eq!(world.mails.round().await, Ok(1));
    let parked = world.invitation(deadly).await;
    assert_eq!((parked.state, parked.sent_at), (State::Failed, None));
}
