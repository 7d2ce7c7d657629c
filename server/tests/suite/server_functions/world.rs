//! Two workspaces, and the server functions as one who is signed in to the first, or nobody, reaches them.

use super::calls::{Ids, group};
use app::services::{Assets, PreviewHtml, Services, Visit};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Method, Request, StatusCode},
    routing::any,
};
use leptos::prelude::provide_context;
use muster::{
    adapters::{
        certificates::AppleCertificates, drafts::DraftMailer, files::FileMailer, imports::Uploads,
        letters::Letters, trial::SmtpTrial,
    },
    system::{SystemClock, keys::Keys, passwords::Argon2id},
};
use muster_domain::{
    AccountId, ConfigurationId, DeviceId, Language, OfferId, SessionId, Timestamp, UserId, WorkspaceId,
    account::{Account, Role, Who},
    apple::{PushCertificate, certificate::KEY_CONTEXT},
    configuration::ConfigurationSettings,
    device::{Facts, Platform},
    ports::{Audience, Claim, Claimed, Delivery, Mail, Mailer, NewSession, SaveConfiguration, Secrets},
    query::Selection,
    settings::Settings,
    usecase::{
        Ports,
        colleagues::{self, Wanted},
        send,
    },
    user::UserDetails,
};
use muster_store::Sqlite;
use serde_json::Value;
use std::{sync::Arc, time::Duration};
use tower::ServiceExt;

/// The hash of the password of who looks: to make it takes long.
static HASH: tokio::sync::OnceCell<String> = tokio::sync::OnceCell::const_new();

/// A private key; to make it takes long.
fn a_key() -> Vec<u8> {
    static KEY: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(|| {
        let key = muster_pki::key::SigningKey::generate_p256().unwrap();
        key.to_pkcs8().unwrap().to_vec()
    });
    KEY.clone()
}

pub struct World {
    pub ports: Ports,
    pub ours: WorkspaceId,
    pub theirs: WorkspaceId,
    pub files: FileMailer,
    pub uploads: Arc<Uploads>,
    account: AccountId,
    session: SessionId,
    /// Another session of who looks.
    own: SessionId,
    folder: tempfile::TempDir,
}

impl World {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let secrets: Arc<dyn Secrets> = Arc::new(Keys::open(&folder.path().join("key"), false).unwrap());
        let store = Arc::new(Sqlite::open(&folder.path().join("db")).await.unwrap());
        let ports =
            Ports { store, clock: Arc::new(SystemClock), secrets, passwords: Arc::new(Argon2id::new()) };
        let now = ports.clock.now();
        let (ours, theirs) = (WorkspaceId::new(now, &*ports.secrets), WorkspaceId::new(now, &*ports.secrets));
        ports.store.add_workspace(ours, now).await.unwrap();
        ports.store.add_workspace(theirs, now).await.unwrap();
        let files = FileMailer::new(folder.path().join("mail"));
        let uploads = Arc::new(Uploads::new(ports.clone()));
        let account = AccountId::new(now, &*ports.secrets);
        let session = SessionId::new(now, &*ports.secrets);
        let own = SessionId::new(now, &*ports.secrets);
        let world = Self { ports, ours, theirs, files, uploads, account, session, own, folder };
        let hash = HASH.get_or_init(|| world.ports.passwords.hash("long enough 1")).await;
        let me = world.who(ours, Role::Owner).account;
        world.ports.store.add_account(ours, &me, Role::Owner, Some(hash), now).await.unwrap();
        world.certificate(ours, None).await;
        world.certificate(theirs, Some("victim@apple.example.org")).await;
        // Who looks is never the last owner.
        for (workspace, name) in [(ours, "Colleague"), (theirs, "Victim")] {
            world.member(workspace, name, Role::Owner).await;
        }
        world
    }

    /// An APNs certificate that holds.
    async fn certificate(&self, workspace: WorkspaceId, account: Option<&str>) {
        let now = self.ports.clock.now();
        let certificate = PushCertificate {
            chain: Vec::new(),
            topic: format!("com.apple.mgmt.External.{workspace}"),
            serial: "01".into(),
            not_before: now.plus(-1),
            not_after: now.plus_days(365),
            account: account.map(Into::into),
            uploaded_at: now,
        };
        let sealed = self.ports.secrets.seal(KEY_CONTEXT, &a_key());
        self.ports.store.set_push_certificate(workspace, &certificate, &sealed, None).await.unwrap();
    }

    /// An account in the workspace.
    async fn member(&self, workspace: WorkspaceId, name: &str, role: Role) -> AccountId {
        let now = self.ports.clock.now();
        let id = AccountId::new(now, &*self.ports.secrets);
        let email = format!("{name}@{id}.example.org").parse().unwrap();
        let account = Account { id, email, name: name.parse().unwrap(), language: None };
        self.ports.store.add_account(workspace, &account, role, None, now).await.unwrap();
        id
    }

    /// A session of an account that is no other's.
    async fn session(&self, workspace: WorkspaceId, account: AccountId, id: SessionId) {
        let now = self.ports.clock.now();
        let session = NewSession {
            id,
            account,
            workspace: Some(workspace),
            agent: String::new(),
            address: String::new(),
            now,
            expires_at: now.plus_days(1),
        };
        let mut secret = [0; 32];
        self.ports.secrets.fill(&mut secret);
        self.ports.store.add_session(secret, session).await.unwrap();
    }

    /// An open invitation.
    async fn offer(&self, workspace: WorkspaceId) -> OfferId {
        let email = format!("victim@{workspace}.example.org").parse().unwrap();
        let wanted = Wanted { email, role: Role::Auditor, language: Language::En };
        colleagues::invite(&self.ports, workspace, None, &wanted, Delivery::Shown).await.unwrap().0
    }

    /// A person with a connected device, and a message that waits.
    pub async fn person(&self, workspace: WorkspaceId) -> Ids {
        let (store, now) = (&self.ports.store, self.ports.clock.now());
        let user = UserId::new(now, &*self.ports.secrets);
        let email = Some("victim@example.org".parse().unwrap());
        let groups = vec![group(user).parse().unwrap()];
        let details = UserDetails { name: "Victim".parse().unwrap(), email, language: None, groups };
        store.add_user(workspace, user, &details, now).await.unwrap();
        let (made, _) = send::links(&self.ports, workspace, &[user], 1).await.unwrap();
        let token = self.ports.secrets.link_token(made[0].1, 1).hash();
        let device = DeviceId::new(now, &*self.ports.secrets);
        let claim = Claim {
            token,
            device,
            hardware_id: "hardware-1".into(),
            public_key: vec![4; 65],
            platform: Platform::Android,
            facts: Facts::default(),
            nonce: "nonce".into(),
            now,
        };
        let Claimed::Connected { device, .. } = store.claim(claim).await.unwrap() else { panic!("refused") };
        let selection = Selection::These { ids: vec![user] };
        let choices = send::Choices::one_each(selection);
        let batch = send::send(&self.ports, workspace, None, &choices).await.unwrap().batch;
        let invitation = store.user(workspace, user).await.unwrap().unwrap().message.unwrap().invitation;
        let mail = Mail {
            message_id: format!("{invitation}.1"),
            to: ("Victim".into(), "victim@example.org".into()),
            subject: "Connect your phone".into(),
            text: "Victim's link".into(),
            html: "<p>Victim's link</p>".into(),
            qr_png: Some(vec![1, 2, 3]),
            pictures: Vec::new(),
            logo_png: None,
            // 2026-09-21T14:13:20Z
            date: Timestamp(1_790_000_000_000_000),
        };
        self.files.of(workspace).send(&Settings::default(), None, &mail).await.unwrap();
        let file = self
            .uploads
            .put(&self.who(workspace, Role::Owner), b"name,email\nNew,new@example.org\n".to_vec());
        let configuration = ConfigurationId::new(self.ports.clock.now(), &*self.ports.secrets);
        let save = SaveConfiguration {
            id: configuration,
            base: None,
            name: format!("Of {configuration}").parse().unwrap(),
            audience: Audience { everybody: true, groups: Vec::new() },
            settings: ConfigurationSettings::default(),
            restored: None,
            now: self.ports.clock.now(),
        };
        self.ports.store.save_configuration(workspace, save).await.unwrap();
        let account = self.member(workspace, "Victim", Role::Operator).await;
        let session = SessionId::new(self.ports.clock.now(), &*self.ports.secrets);
        let session = if workspace == self.ours { self.own } else { session };
        self.session(workspace, account, session).await;
        let offer = self.offer(workspace).await;
        Ids {
            workspace,
            user,
            invitation,
            device,
            batch,
            configuration,
            account,
            session,
            offer,
            file: file.leak(),
        }
    }

    /// Someone with this role in this workspace, always the same.
    fn who(&self, workspace: WorkspaceId, role: Role) -> Who {
        let account = Account {
            id: self.account,
            email: "me@example.org".parse().unwrap(),
            name: "Me".parse().unwrap(),
            language: None,
        };
        Who { account, workspace, role }
    }

    pub async fn router(&self, role: Option<Role>) -> Router {
        if let Some(role) = role {
            self.ports.store.set_role(self.ours, None, self.account, role).await.unwrap();
            self.session(self.ours, self.account, self.own).await;
        }
        let session = role.map(|_| self.session);
        let trial = Arc::new(SmtpTrial::new(
            self.ports.clock.clone(),
            self.ports.secrets.clone(),
            Duration::from_secs(2),
        ));
        let packages = Arc::new(muster::packages::Shelf::new(self.folder.path()));
        let services = Services {
            ports: self.ports.clone(),
            public_url: "https://muster.example.org".into(),
            assets: Assets::default(),
            preview: Arc::new(|p| PreviewHtml { subject: p.company.clone(), html: p.person.clone() }),
            kept: Arc::new(self.files.clone()),
            imports: self.uploads.clone(),
            drafts: Arc::new(DraftMailer {
                ports: self.ports.clone(),
                address: "https://muster.example.org".into(),
                files: self.files.clone(),
                trial: trial.clone(),
            }),
            trial,
            letters: Arc::new(Letters::new(self.ports.clone(), Duration::from_secs(2))),
            profiles: Arc::new(muster::adapters::profiles::ProfileCheck),
            packages: Arc::new(muster::adapters::packages::Shelved(packages)),
            certificates: Arc::new(AppleCertificates::new(self.ports.clone(), Vec::new())),
            guesses: Arc::new(|_| true),
            sight: Arc::new(|_, _, _| true),
        };
        let who = role.map(|role| self.who(self.ours, role));
        let visit = Visit { who, session, language: Language::En, theme: None, from: None };
        Router::new().route(
            "/api/fn/{name}",
            any(move |request: Request<Body>| {
                let (services, visit) = (services.clone(), visit.clone());
                leptos_axum::handle_server_fns_with_context(
                    move || {
                        provide_context(services.clone());
                        provide_context(visit.clone());
                    },
                    request,
                )
            }),
        )
    }
}

pub async fn ask(router: &Router, method: Method, name: &str, body: &Value) -> (StatusCode, String) {
    let request = Request::builder()
        .method(method)
        .uri(format!("/api/fn/{name}"))
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, String::from_utf8_lossy(&bytes).into_owned())
}
