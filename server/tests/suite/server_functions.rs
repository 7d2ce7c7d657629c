//! Server functions are an open door: each of them is called by nobody, by an auditor, by an operator and with
//! another workspace's ids (ABUSE A29, A30, A45). The table must name every function that there is.

mod calls;
mod world;

use axum::http::{Method, StatusCode};
use calls::*;
use muster_domain::{
    Timestamp,
    account::Role,
    audit::{Action, By},
    query::AuditQuery,
    settings::{Settings, Smtp, SmtpTls},
};
use serde_json::{Value, json};
use std::{collections::BTreeSet, time::Duration};
use world::{World, ask};

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
    let router = world.router(None).await;
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
        // What was refused changed nothing: its world is as good as a new one.
        let mut untouched = None;
        for call in calls() {
            let (world, ids) = match untouched.take() {
                Some(kept) => kept,
                None => {
                    let world = World::new().await;
                    let ids = world.person(world.ours).await;
                    (world, ids)
                }
            };
            let (status, body) =
                ask(&world.router(Some(*role)).await, Method::POST, call.name, &(call.body)(&ids)).await;
            // Allowed, and told that it is not possible.
            let impossible = matches!(status, StatusCode::CONFLICT | StatusCode::NOT_FOUND);
            let allowed = status == StatusCode::OK || (IMPOSSIBLE.contains(&call.name) && impossible);
            let refused = status == StatusCode::FORBIDDEN;
            let may = call.may.contains(role);
            assert_eq!((allowed, refused), (may, !may), "{} as {role:?}: {status} {body}", call.name);
            if refused {
                untouched = Some((world, ids));
            }
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
            store.groups(world.theirs).await.unwrap(),
            store.device(world.theirs, victim.device).await.unwrap(),
            store.commands(world.theirs, victim.device, 9).await.unwrap(),
            store.invitation(world.theirs, victim.invitation).await.unwrap(),
            store.progress(world.theirs, victim.batch).await.unwrap(),
            store.brand(world.theirs).await.unwrap(),
            store.push_certificate(world.theirs).await.unwrap(),
            store.members(world.theirs).await.unwrap(),
            store.offers(world.theirs, Timestamp(0)).await.unwrap(),
            store.sessions(victim.account, Timestamp(0), Timestamp(0)).await.unwrap(),
            store.configurations(world.theirs).await.unwrap(),
        )
    };
    let before = state().await;
    let router = world.router(Some(Role::Owner)).await;
    for call in calls() {
        let (status, body) = ask(&router, Method::POST, call.name, &(call.body)(&victim)).await;
        assert_eq!(call.names, status.is_client_error(), "{}: {status} {body}", call.name);
        assert!(!body.contains("Victim") && !body.contains("victim@"), "{}: {body}", call.name);
    }
    assert_eq!(state().await, before);
}

#[tokio::test]
async fn whatever_changes_something_leaves_one_entry_in_the_audit_log_and_nothing_else_does() {
    let mut untouched = None;
    for call in calls() {
        let (world, ids) = match untouched.take() {
            Some(kept) => kept,
            None => {
                let world = World::new().await;
                let ids = world.person(world.ours).await;
                (world, ids)
            }
        };
        ask(&world.router(Some(Role::Owner)).await, Method::POST, call.name, &(call.body)(&ids)).await;
        let told = usize::from(TOLD.contains(&call.name));
        // The world's accounts signed in before.
        let entries = async || {
            let mut rows = world.ports.store.audit(world.ours, &AuditQuery::default()).await.unwrap().rows;
            rows.retain(|row| row.entry.action != Action::SignedIn);
            rows
        };
        // An import is written after its answer.
        for _ in 0..100 {
            if call.name != "import_write" || entries().await.len() == told {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let entries = entries().await;
        assert_eq!(entries.len(), told, "{}: {entries:?}", call.name);
        for row in &entries {
            assert!(matches!(row.entry.by, By::Account { .. }), "{}", call.name);
        }
        if entries.is_empty() {
            untouched = Some((world, ids));
        }
    }
}

#[tokio::test]
async fn a45_server_functions_do_not_answer_get() {
    let world = World::new().await;
    let ids = world.person(world.ours).await;
    let router = world.router(Some(Role::Owner)).await;
    for call in calls() {
        let (status, _) = ask(&router, Method::GET, call.name, &(call.body)(&ids)).await;
        assert!(status.is_client_error(), "{}: {status}", call.name);
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_the_callers_fault() {
    let world = World::new().await;
    let router = world.router(Some(Role::Owner)).await;
    for body in [
        json!({}),
        json!({ "id": "x" }),
        json!([]),
        json!({ "query": { "sort": "password" } }),
        json!({ "query": { "filter": { "group": "Night" } } }),
    ] {
        for name in ["user_get", "users_list", "device_rename"] {
            let (status, text) = ask(&router, Method::POST, name, &body).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{name} {body}: {text}");
        }
    }
}

#[tokio::test]
async fn a31_filters_that_are_not_known_are_refused() {
    let world = World::new().await;
    let router = world.router(Some(Role::Owner)).await;
    for (name, body) in [
        ("users_list", json!({ "query": { "filter": { "message": "opened" } } })),
        ("users_list", json!({ "query": { "filter": { "status": "nonsense" } } })),
        ("invitations_list", json!({ "query": { "reached": "clicked" } })),
        ("invitations_list", json!({ "query": { "since": "yesterday" } })),
        ("invitations_list", json!({ "query": { "ends": [1] } })),
        ("invitations_counts", json!({ "reached": "1 OR 1" })),
        ("devices_list", json!({ "query": { "connected": "yes" } })),
        ("devices_list", json!({ "query": { "platform": "windows" } })),
        ("overview", json!({ "period": "year", "zone": "0" })),
        ("overview", json!({ "period": 14, "zone": "0" })),
        ("overview", json!({ "period": "week", "zone": "Europe/Berlin" })),
        ("overview", json!({ "period": "week", "zone": "900" })),
    ] {
        let (status, text) = ask(&router, Method::POST, name, &body).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{name} {body}: {text}");
    }
}

#[tokio::test]
async fn a30_the_mail_servers_password_never_comes_back() {
    let world = World::new().await;
    let router = world.router(Some(Role::Owner)).await;
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
    let router = world.router(Some(Role::Owner)).await;
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
    let router = world.router(Some(Role::Administrator)).await;
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
        let (status, _) = ask(&world.router(role).await, Method::POST, "settings_try", &body).await;
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
    let router = world.router(Some(Role::Owner)).await;
    let ((status, text), _stream) = tokio::join!(ask(&router, Method::POST, "settings_try", &body), talk);
    assert_eq!(status, StatusCode::OK);
    assert!(text.contains("not_mail") && !text.contains("secret"), "{text}");
}

#[tokio::test]
async fn a43_a_kept_messages_name_leads_nowhere_else() {
    let world = World::new().await;
    let ids = world.person(world.ours).await;
    let router = world.router(Some(Role::Owner)).await;
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
    let router = world.router(Some(Role::Operator)).await;
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

#[tokio::test]
async fn an_act_on_many_takes_two_hundred_rows_and_refuses_more_days_and_patterns_out_of_bounds() {
    let world = World::new().await;
    let ids = world.person(world.ours).await;
    let router = world.router(Some(Role::Owner)).await;
    let devices = |n: usize| vec![json!([ids.device, 1]); n];
    let rename = |pattern: &str| json!({ "rename": { "pattern": pattern } });
    let erase = |named: Option<u32>| json!({ "order": { "order": { "kind": "erase", "keep_data_plan": false }, "named": named } });
    for (name, body) in [
        ("devices_act", json!({ "rows": devices(201), "deed": "delete", "begun": 0 })),
        ("devices_act", json!({ "rows": devices(1), "deed": rename("{ward}"), "begun": 0 })),
        ("devices_act", json!({ "rows": devices(1), "deed": rename("a\nb"), "begun": 0 })),
        ("devices_act", json!({ "rows": devices(1), "deed": "erase", "begun": 0 })),
        // What cannot be undone is told to as many as was typed.
        ("devices_act", json!({ "rows": devices(1), "deed": erase(None), "begun": 0 })),
        ("devices_act", json!({ "rows": [[ids.device, 2]], "deed": erase(Some(1)), "begun": 0 })),
        ("devices_act", json!({ "rows": devices(2), "deed": erase(Some(1)), "begun": 0 })),
        (
            "device_order",
            json!({ "id": ids.device, "order": { "kind": "remove_profile", "identifier": "muster.enrolment.x", "name": "x" }, "named": null }),
        ),
        ("devices_act", json!({ "rows": [[ids.device, -1]], "deed": "delete", "begun": 0 })),
        (
            "devices_put_back",
            json!({ "rows": vec![json!([ids.device, { "name": { "was": "A", "set": "B" } }]); 201] }),
        ),
        ("invitations_act", json!({ "ids": vec![ids.invitation; 201], "deed": "revoke", "begun": 0 })),
        (
            "invitations_act",
            json!({ "ids": [ids.invitation], "deed": { "extend": { "days": 91 } }, "begun": 0 }),
        ),
        (
            "invitations_act",
            json!({ "ids": [ids.invitation], "deed": { "extend": { "days": 0 } }, "begun": 0 }),
        ),
        ("invitations_act", json!({ "ids": ["1 OR 1"], "deed": "revoke", "begun": 0 })),
    ] {
        let (status, text) = ask(&router, Method::POST, name, &body).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{name} {body}: {text}");
    }
    let device = world.ports.store.device(world.ours, ids.device).await.unwrap();
    assert!(device.is_some(), "nothing was done");
    let rows = json!({ "rows": devices(200), "deed": rename("Ward {n}"), "begun": 0 });
    let (status, text) = ask(&router, Method::POST, "devices_act", &rows).await;
    assert_eq!(status, StatusCode::OK, "{text}");
    let told: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert_eq!((told.len(), &told[0]["became"]["Ok"]["name"]["set"]), (200, &json!("Ward 1")));
}

#[tokio::test]
async fn a29_two_hundred_ids_of_another_workspace_change_nothing_and_tell_nothing() {
    let world = World::new().await;
    let victim = world.person(world.theirs).await;
    let router = world.router(Some(Role::Owner)).await;
    let before = world.ports.store.device(world.theirs, victim.device).await.unwrap();
    let rows = vec![json!([victim.device, 1]); 200];
    for deed in [json!("delete"), json!({ "rename": { "pattern": "Mine {n}" } })] {
        let body = json!({ "rows": rows, "deed": deed, "begun": 0 });
        let (status, text) = ask(&router, Method::POST, "devices_act", &body).await;
        assert_eq!(status, StatusCode::OK, "{text}");
        assert_eq!(text.matches(r#"{"Err":"gone"}"#).count(), 200, "{text}");
        assert!(!text.contains("Victim"), "{text}");
    }
    assert_eq!(world.ports.store.device(world.theirs, victim.device).await.unwrap(), before);
    let entries = world.ports.store.audit(world.theirs, &AuditQuery::default()).await.unwrap();
    assert!(!entries.rows.iter().any(|row| row.entry.action == Action::DeviceRenamed));
}
