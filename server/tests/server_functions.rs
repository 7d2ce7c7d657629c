//! Server functions are an open door: each of them is called by nobody, by an auditor, by an operator and with
//! another workspace's ids (ABUSE A29, A30, A45). The table must name every function that there is.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that panics fails, as it should")]

use app::services::{Assets, PreviewHtml, Services, Visit};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Method, Request, StatusCode},
    routing::any,
};
use leptos::prelude::provide_context;
use muster::{
    adapters::{files::FileMailer, trial::SmtpTrial},
    system::{SystemClock, keys::Keys, passwords::Argon2id},
};
use muster_domain::{
    AccountId, BatchId, DeviceId, InvitationId, Language, Timestamp, UserId, WorkspaceId,
    account::{Account, Role, Who},
    device::{Facts, Platform},
    ports::{Claim, Claimed, Mail, Mailer, Secrets},
    query::Selection,
    settings::{Settings, Smtp, SmtpTls},
    usecase::{Ports, send},
    user::UserDetails,
};
use muster_store::Sqlite;
use serde_json::{Value, json};
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use tower::ServiceExt;

/// What a function needs: which roles may call it, and which body reaches for the given ids.
struct Call {
    name: &'static str,
    may: &'static [Role],
    body: fn(&Ids) -> Value,
    /// Whether the body names ids, which are refused when they are another workspace's.
    names: bool,
}

const READ: &[Role] = &[Role::Owner, Role::Administrator, Role::Operator, Role::Auditor];
const INVITE: &[Role] = &[Role::Owner, Role::Administrator, Role::Operator];
const MANAGE: &[Role] = &[Role::Owner, Role::Administrator];

/// The name of the message that was kept for a person.
fn kept(ids: &Ids) -> String {
    format!("20260921T141320Z-{}-{}-1", ids.workspace, ids.invitation)
}

#[derive(Clone, Copy)]
struct Ids {
    workspace: WorkspaceId,
    user: UserId,
    invitation: InvitationId,
    device: DeviceId,
    batch: BatchId,
}

fn choices(ids: &Ids) -> Value {
    json!({ "selection": { "kind": "these", "ids": [ids.user] }, "devices": 1, "days": null, "language": null, "note": "" })
}

fn calls() -> Vec<Call> {
    let call = |name, may, names, body| Call { name, may, names, body };
    vec![
        call("users_list", READ, false, |_| json!({ "query": {} })),
        call("user_get", READ, true, |i| json!({ "id": i.user })),
        call(
            "user_add",
            MANAGE,
            false,
            |_| json!({ "details": { "name": "New", "email": null, "language": null, "groups": [] } }),
        ),
        call(
            "user_edit",
            MANAGE,
            true,
            |i| json!({ "id": i.user, "details": { "name": "X", "email": null, "language": null, "groups": [] } }),
        ),
        call("user_delete", MANAGE, true, |i| json!({ "id": i.user })),
        call("groups_list", READ, false, |_| json!({})),
        call("send_review", INVITE, false, |i| json!({ "selection": { "kind": "these", "ids": [i.user] } })),
        call("send_preview", INVITE, true, |i| json!({ "choices": choices(i) })),
        call("send_now", INVITE, true, |i| json!({ "choices": choices(i) })),
        call("send_undo", INVITE, true, |i| json!({ "batch": i.batch })),
        call("send_retry", INVITE, true, |i| json!({ "batch": i.batch })),
        call("user_messages", READ, true, |i| json!({ "user": i.user })),
        call("send_progress", READ, true, |i| json!({ "batch": i.batch })),
        call("invitations_list", READ, false, |_| json!({ "query": {} })),
        call("invitations_counts", READ, false, |_| json!({})),
        call("invitation_get", READ, true, |i| json!({ "id": i.invitation })),
        call("invitation_steps", READ, false, |i| json!({ "id": i.invitation })),
        call("invitation_resend", INVITE, true, |i| json!({ "id": i.invitation })),
        call("invitation_renew", INVITE, true, |i| json!({ "id": i.invitation })),
        call("invitation_revoke", INVITE, true, |i| json!({ "id": i.invitation })),
        call("invitation_extend", INVITE, true, |i| json!({ "id": i.invitation, "days": 7 })),
        call("invitation_link", INVITE, true, |i| json!({ "id": i.invitation })),
        call("devices_list", READ, false, |_| json!({ "query": {} })),
        call("device_get", READ, true, |i| json!({ "id": i.device })),
        call("device_rename", MANAGE, true, |i| json!({ "id": i.device, "name": "X" })),
        call("device_move", MANAGE, true, |i| json!({ "id": i.device, "owner": i.user })),
        call("device_delete", MANAGE, true, |i| json!({ "id": i.device })),
        call("device_commands", READ, true, |i| json!({ "id": i.device })),
        call("device_ask_report", MANAGE, true, |i| json!({ "id": i.device })),
        call("settings_get", MANAGE, false, |_| json!({})),
        call(
            "settings_set",
            MANAGE,
            false,
            |_| json!({ "settings": Settings::default(), "password": { "kind": "keep" } }),
        ),
        call(
            "settings_try",
            MANAGE,
            false,
            // Nobody listens there, and the refusal comes from the machine itself.
            |_| {
                let smtp = json!({ "host": "127.0.0.1", "port": 1, "tls": "none", "user": null });
                json!({ "settings": { "smtp": smtp, "sender": "it@example.org" }, "password": { "kind": "remove" }, "to": "me@example.org" })
            },
        ),
        call("settings_queue", MANAGE, false, |_| json!({})),
        call("mails_list", INVITE, false, |_| json!({ "window": { "page": 1, "size": 50 } })),
        call("mail_get", INVITE, true, |i| json!({ "id": kept(i) })),
        call("counts", READ, false, |_| json!({})),
        call("me", READ, false, |_| json!({})),
    ]
}

struct World {
    ports: Ports,
    ours: WorkspaceId,
    theirs: WorkspaceId,
    files: FileMailer,
    _folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let secrets: Arc<dyn Secrets> = Arc::new(Keys::open(&folder.path().join("key"), false).unwrap());
        let store = Arc::new(Sqlite::open(&folder.path().join("db")).await.unwrap());
        let ports =
            Ports { store, clock: Arc::new(SystemClock), secrets, passwords: Arc::new(Argon2id::new()) };
        let now = ports.clock.now();
        let (ours, theirs) = (WorkspaceId::new(now, &*ports.secrets), WorkspaceId::new(now, &*ports.secrets));
        ports.store.add_workspace(ours, now).await.unwrap();
        ports.store.add_workspace(theirs, now).await.unwrap();
        let files = FileMailer { dir: folder.path().join("mail") };
        Self { ports, ours, theirs, files, _folder: folder }
    }

    /// A person with a connected device, and a message that waits.
    async fn person(&self, workspace: WorkspaceId) -> Ids {
        let (store, now) = (&self.ports.store, self.ports.clock.now());
        let user = UserId::new(now, &*self.ports.secrets);
        let email = Some("victim@example.org".parse().unwrap());
        let details = UserDetails { name: "Victim".parse().unwrap(), email, language: None, groups: vec![] };
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
        let choices =
            send::Choices { selection, devices: 1, days: None, language: None, note: String::new() };
        let batch = send::send(&self.ports, workspace, None, &choices).await.unwrap().batch;
        let invitation = store.user(workspace, user).await.unwrap().unwrap().message.unwrap().invitation;
        let mail = Mail {
            message_id: format!("{invitation}.1"),
            to: ("Victim".into(), "victim@example.org".into()),
            subject: "Connect your phone".into(),
            text: "Victim's link".into(),
            html: "<p>Victim's link</p>".into(),
            qr_png: Some(vec![1, 2, 3]),
            // 2026-09-21T14:13:20Z
            date: Timestamp(1_790_000_000_000_000),
        };
        self.files.of(workspace).send(&Settings::default(), None, &mail).await.unwrap();
        Ids { workspace, user, invitation, device, batch }
    }

    fn router(&self, role: Option<Role>) -> Router {
        let services = Services {
            ports: self.ports.clone(),
            public_url: "https://muster.example.org".into(),
            assets: Assets::default(),
            preview: Arc::new(|p| PreviewHtml { subject: p.company.clone(), html: p.person.clone() }),
            kept: Arc::new(self.files.clone()),
            trial: Arc::new(SmtpTrial::new(
                self.ports.clock.clone(),
                self.ports.secrets.clone(),
                Duration::from_secs(2),
            )),
        };
        let id = AccountId::new(self.ports.clock.now(), &*self.ports.secrets);
        let account = Account {
            id,
            email: "me@example.org".parse().unwrap(),
            name: "Me".parse().unwrap(),
            language: None,
        };
        let who = role.map(|role| Who { account, workspace: self.ours, role });
        let visit = Visit { who, language: Language::En, theme: None };
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

async fn ask(router: &Router, method: Method, name: &str, body: &Value) -> (StatusCode, String) {
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

#[test]
fn the_table_names_every_server_function() {
    let there: BTreeSet<String> = leptos::server_fn::axum::server_fn_paths()
        .map(|(path, _)| path.trim_start_matches("/api/fn/").to_owned())
        .collect();
    let named: BTreeSet<String> = calls().iter().map(|c| c.name.to_owned()).collect();
    assert_eq!(there, named);
}

#[tokio::test]
async fn nobody_gets_anything_without_a_session() {
    let world = World::new().await;
    let ids = world.person(world.ours).await;
    let router = world.router(None);
    for call in calls() {
        let (status, body) = ask(&router, Method::POST, call.name, &(call.body)(&ids)).await;
        assert_eq!(
            (status, body.contains("signed_out")),
            (StatusCode::UNAUTHORIZED, true),
            "{}: {body}",
            call.name
        );
    }
    assert!(world.ports.store.user(world.ours, ids.user).await.unwrap().is_some());
}

#[tokio::test]
async fn each_role_gets_just_what_it_is_for() {
    for role in READ {
        for call in calls() {
            let world = World::new().await;
            let ids = world.person(world.ours).await;
            let (status, body) =
                ask(&world.router(Some(*role)), Method::POST, call.name, &(call.body)(&ids)).await;
            // A message that still waits cannot be sent again: allowed, and told so.
            let allowed = status == StatusCode::OK
                || (call.name == "invitation_resend" && status == StatusCode::CONFLICT);
            let refused = status == StatusCode::FORBIDDEN;
            let may = call.may.contains(role);
            assert_eq!((allowed, refused), (may, !may), "{} as {role:?}: {status} {body}", call.name);
        }
    }
}

#[tokio::test]
async fn a29_ids_of_another_workspace_are_refused_and_nothing_there_changes() {
    let world = World::new().await;
    let victim = world.person(world.theirs).await;
    let state = async || {
        let store = &world.ports.store;
        (
            store.user(world.theirs, victim.user).await.unwrap(),
            store.device(world.theirs, victim.device).await.unwrap(),
            store.commands(world.theirs, victim.device, 9).await.unwrap(),
            store.invitation(world.theirs, victim.invitation).await.unwrap(),
            store.progress(world.theirs, victim.batch).await.unwrap(),
        )
    };
    let before = state().await;
    let router = world.router(Some(Role::Owner));
    for call in calls() {
        let (status, body) = ask(&router, Method::POST, call.name, &(call.body)(&victim)).await;
        assert_eq!(call.names, status.is_client_error(), "{}: {status} {body}", call.name);
        assert!(!body.contains("Victim") && !body.contains("victim@"), "{}: {body}", call.name);
    }
    assert_eq!(state().await, before);
}

#[tokio::test]
async fn a45_server_functions_do_not_answer_get() {
    let world = World::new().await;
    let ids = world.person(world.ours).await;
    let router = world.router(Some(Role::Owner));
    for call in calls() {
        let (status, _) = ask(&router, Method::GET, call.name, &(call.body)(&ids)).await;
        assert!(status.is_client_error(), "{}: {status}", call.name);
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_the_callers_fault() {
    let world = World::new().await;
    let router = world.router(Some(Role::Owner));
    for body in [json!({}), json!({ "id": "x" }), json!([]), json!({ "query": { "sort": "password" } })] {
        for name in ["user_get", "users_list", "device_rename"] {
            let (status, text) = ask(&router, Method::POST, name, &body).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{name} {body}: {text}");
        }
    }
}

#[tokio::test]
async fn a30_the_mail_servers_password_never_comes_back() {
    let world = World::new().await;
    let router = world.router(Some(Role::Owner));
    let body =
        json!({ "settings": Settings::default(), "password": { "kind": "set", "password": "hunter2" } });
    assert_eq!(ask(&router, Method::POST, "settings_set", &body).await.0, StatusCode::OK);
    let (_, text) = ask(&router, Method::POST, "settings_get", &json!({})).await;
    assert!(text.contains("\"has_password\":true") && !text.contains("hunter2"), "{text}");
    let sealed = world.ports.store.sealed(world.ours, "smtp.password").await.unwrap().unwrap();
    assert_eq!(world.ports.secrets.open("smtp.password", &sealed).as_deref(), Some(b"hunter2".as_slice()));
}

#[tokio::test]
async fn a_setting_that_is_refused_names_its_field() {
    let world = World::new().await;
    let router = world.router(Some(Role::Owner));
    let ask = async |settings: Value| {
        let body = json!({ "settings": settings, "password": { "kind": "keep" } });
        ask(&router, Method::POST, "settings_set", &body).await
    };
    for (settings, field) in [
        (json!({ "public_url": "https://a.example/x" }), "public_url"),
        (json!({ "link_days": 0 }), "link_days"),
        (json!({ "agent_package": "agent" }), "agent_package"),
        (json!({ "silence": { "warning_days": 9, "critical_days": 9 } }), "silence"),
    ] {
        let (status, text) = ask(settings).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), json!({ "setting": { "problem": field } }));
    }
}

#[tokio::test]
async fn a30_a_kept_password_goes_to_no_other_host_or_user() {
    let world = World::new().await;
    let router = world.router(Some(Role::Administrator));
    let settings = |host: &str, user: &str| {
        let smtp = json!({ "host": host, "port": 1, "tls": "none", "user": user });
        json!({ "smtp": smtp, "sender": "it@example.org" })
    };
    let set = json!({ "settings": settings("127.0.0.1", "it"), "password": { "kind": "set", "password": "hunter2" } });
    assert_eq!(ask(&router, Method::POST, "settings_set", &set).await.0, StatusCode::OK);
    for (host, user, expected) in [
        ("127.0.0.1", "it", StatusCode::OK),
        ("127.0.0.2", "it", StatusCode::UNPROCESSABLE_ENTITY),
        ("127.0.0.1", "eve", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let body = json!({ "settings": settings(host, user), "password": { "kind": "keep" }, "to": "me@example.org" });
        for name in ["settings_try", "settings_set"] {
            let (status, text) = ask(&router, Method::POST, name, &body).await;
            assert_eq!(status, expected, "{name} {host} {user}: {text}");
            assert_eq!(text.contains("smtp_password"), expected != StatusCode::OK, "{text}");
        }
    }
}

#[tokio::test]
async fn a38_only_who_may_configure_reaches_an_address_typed_as_a_mail_server() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let world = World::new().await;
    let smtp = json!({ "host": "127.0.0.1", "port": port, "tls": "none", "user": null });
    let body = json!({
        "settings": { "smtp": smtp, "sender": "it@example.org" },
        "password": { "kind": "keep" },
        "to": "me@example.org"
    });
    for role in [None, Some(Role::Auditor), Some(Role::Operator)] {
        let (status, _) = ask(&world.router(role), Method::POST, "settings_try", &body).await;
        assert!(status.is_client_error(), "{role:?}: {status}");
        let reached = tokio::time::timeout(Duration::from_millis(100), listener.accept()).await;
        assert!(reached.is_err(), "{role:?} reached it");
    }
    let talk = async {
        use tokio::io::AsyncWriteExt;
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"-ERR secret of an inner service\r\n").await.unwrap();
        stream
    };
    let router = world.router(Some(Role::Owner));
    let ((status, text), _stream) = tokio::join!(ask(&router, Method::POST, "settings_try", &body), talk);
    assert_eq!(status, StatusCode::OK);
    assert!(text.contains("not_mail") && !text.contains("secret"), "{text}");
}

#[tokio::test]
async fn a43_a_kept_messages_name_leads_nowhere_else() {
    let world = World::new().await;
    let ids = world.person(world.ours).await;
    let router = world.router(Some(Role::Owner));
    let outside = world.files.dir.parent().unwrap().join(format!("{}.eml", kept(&ids)));
    std::fs::rename(world.files.dir.join(format!("{}.eml", kept(&ids))), outside).unwrap();
    for id in [kept(&ids), format!("../{}", kept(&ids)), format!("..%2f{}", kept(&ids)), "/etc/passwd".into()]
    {
        let (status, text) = ask(&router, Method::POST, "mail_get", &json!({ "id": id })).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{id}: {text}");
    }
}

#[tokio::test]
async fn before_sending_it_is_said_that_mails_are_kept_and_when_the_queue_is_through() {
    let world = World::new().await;
    let ids = world.person(world.ours).await;
    let router = world.router(Some(Role::Operator));
    let review = json!({ "selection": { "kind": "these", "ids": [ids.user] } });
    let asked = async || -> Value {
        serde_json::from_str(&ask(&router, Method::POST, "send_review", &review).await.1).unwrap()
    };
    let first = asked().await;
    assert_eq!((&first["kept"], &first["through"]), (&json!(true), &Value::Null));
    let smtp = Some(Smtp { host: "127.0.0.1".into(), port: 1, tls: SmtpTls::None, user: None });
    // One message waits already, and one more is asked for.
    let settings = Settings { smtp, mail_per_day: 1, ..Settings::default() };
    world.ports.store.set_settings(world.ours, &settings).await.unwrap();
    let then = asked().await;
    assert_eq!((&then["kept"], &then["through"]["minutes"]), (&json!(false), &json!(1440)));
    let progress = json!({ "batch": ids.batch });
    let (_, progress) = ask(&router, Method::POST, "send_progress", &progress).await;
    assert_eq!(serde_json::from_str::<Value>(&progress).unwrap()["through"]["minutes"], json!(0));
}
