//! The audit log: what is done in someone's name leaves an entry, in one chain for each workspace.

use crate::world::{World, details};
use muster_domain::{
    AccountId, InvitationId, UserId, WorkspaceId,
    account::{Account, Role, Who},
    audit::{Act, Action, Area, By, Head, Note, Subject},
    ports::*,
    query::*,
    settings::Settings,
    time::MINUTE,
    usecase::send,
};
use std::sync::Arc;

fn rosa(world: &World) -> Act {
    let account = Account {
        id: AccountId::new(world.now(), &*world.ports.secrets),
        email: "rosa@example.org".parse().unwrap(),
        name: "Rosa Klein".parse().unwrap(),
        language: None,
    };
    let who = Who { account, workspace: world.ws, role: Role::Owner };
    Act::of(&who, Some("192.0.2.7".into()), world.now())
}

/// The whole log, the oldest entry first, in few words: action, subject, and each value before and after.
async fn log(world: &World) -> Vec<(&'static str, String, Vec<String>)> {
    let mut rows = world.store.audit(world.ws, &AuditQuery::default()).await.unwrap().rows;
    rows.reverse();
    let told = |row: AuditRow| {
        let value = |v: Option<String>| v.unwrap_or_default();
        let changes = row.entry.changes.into_iter();
        let changes = changes.map(|c| format!("{}: {} > {}", c.field, value(c.before), value(c.after)));
        (row.entry.action.name(), row.entry.subject.name, changes.collect())
    };
    rows.into_iter().map(told).collect()
}

async fn ends_well(store: &dyn Store, workspace: WorkspaceId) -> Head {
    let verdict = store.verify_audit(workspace, None).await.unwrap();
    assert_eq!(verdict.fault, None);
    verdict.head
}

pub async fn what_is_done_in_someones_name_leaves_an_entry_and_nothing_else_does(mut world: World) {
    let mut act = rosa(&world);
    let plain = world.store.clone();
    world.user("Nobody asked", None, &[]).await;
    assert_eq!(log(&world).await, [], "without an act");
    assert!(plain.note(world.ws, Note::new(Action::ListExported, Subject::default())).await.is_err());
    world.store = plain.acting(act.clone());
    world.ports.store = world.store.clone();
    let ada = world.user("Ada", Some("ada@example.org"), &["Night"]).await;
    world
        .store
        .update_user(world.ws, ada, &details("Ada Lovelace", None, &["Night", "Day"]), None)
        .await
        .unwrap();
    world
        .store
        .update_user(world.ws, ada, &details("Ada Lovelace", None, &["Night", "Day"]), None)
        .await
        .unwrap();
    world.store.rename_group(world.ws, "night", &"Late".parse().unwrap()).await.unwrap();
    assert!(world.store.delete_group(world.ws, "Nowhere").await.is_err(), "and no entry");
    world.store.delete_group(world.ws, "Late").await.unwrap();
    let all = Selection::Matching { filter: UserFilter::default(), except: Vec::new() };
    world.store.join_group(world.ws, &"All".parse().unwrap(), &all).await.unwrap();
    world.store.leave_group(world.ws, "All", &all).await.unwrap();
    let settings = Settings { link_days: 9, help_contact: Some("IT, 2400".into()), ..Settings::default() };
    world.store.set_settings(world.ws, &settings).await.unwrap();
    world.store.set_settings(world.ws, &settings).await.unwrap();
    world.store.set_sealed(world.ws, "smtp.password", Some(b"hidden".to_vec())).await.unwrap();
    world.store.delete_user(world.ws, ada).await.unwrap();
    let expected: [(&str, &str, &[&str]); 9] = [
        ("user.added", "Ada", &["email:  > ada@example.org", "groups:  > Night"]),
        (
            "user.changed",
            "Ada Lovelace",
            &["name: Ada > Ada Lovelace", "email: ada@example.org > ", "groups: Night > Day, Night"],
        ),
        ("group.renamed", "Late", &["name: Night > Late"]),
        ("group.deleted", "Late", &["people: 1 > "]),
        ("group.joined", "All", &["people:  > 2", "names:  > Ada Lovelace, Nobody asked"]),
        ("group.left", "All", &["people:  > 2", "names:  > Ada Lovelace, Nobody asked"]),
        ("settings.changed", "", &["help_contact:  > IT, 2400", "link_days: 7 > 9"]),
        ("settings.secret", "smtp.password", &["state:  > set"]),
        ("user.deleted", "Ada Lovelace", &["groups: Day > ", "devices: 0 > ", "invitations: 0 > "]),
    ];
    let told = log(&world).await;
    for (told, expected) in told.iter().zip(&expected) {
        assert_eq!((told.0, told.1.as_str()), (expected.0, expected.1));
        assert_eq!(told.2, expected.2, "{}", told.0);
    }
    assert_eq!(told.len(), expected.len(), "{told:?}");
    let row = world.store.audit(world.ws, &AuditQuery::default()).await.unwrap().rows.remove(0);
    assert_eq!((row.entry.by, row.entry.from, row.entry.at), (act.by.clone(), act.from.clone(), act.at));
    let head = ends_well(&*world.store, world.ws).await;
    assert_eq!((head.seq, head.hash), (9, row.hash));
    act.at = act.at.plus(MINUTE);
    let later = plain.acting(act);
    later.note(world.ws, Note::new(Action::ListExported, Subject::named("users"))).await.unwrap();
    assert_eq!(ends_well(&*world.store, world.ws).await.seq, 10);
    assert_eq!(ends_well(&*world.store, world.other).await, Head { seq: 0, hash: "0".repeat(64) });
}

pub async fn an_import_says_whom_it_added_and_of_whom_it_changed_what_was_there(mut world: World) {
    world.user("Ada", Some("ada@example.org"), &["Night"]).await;
    world.user("Bob", Some("bob@example.org"), &["Day"]).await;
    world.store = world.store.clone().acting(rosa(&world));
    let rows = || {
        let row = |name: &str, email: &str, groups: &[&str]| {
            (UserId::new(world.now(), &*world.ports.secrets), details(name, Some(email), groups))
        };
        let new = (0..21).map(|n| row(&format!("New {n:02}"), &format!("new{n}@example.org"), &[]));
        [row("Ada Lovelace", "ADA@example.org", &["Day", "night"]), row("Bob", "bob@example.org", &["DAY"])]
            .into_iter()
            .chain(new)
            .collect::<Vec<_>>()
    };
    world.store.import_users(world.ws, rows().into(), world.now()).await.unwrap();
    world.store.import_users(world.ws, rows().into(), world.now()).await.unwrap();
    let mut names: Vec<_> = (0..20).map(|n| format!("New {n:02}")).collect();
    names.push("…".to_owned());
    let first =
        ["added:  > 21".to_owned(), "updated:  > 1".to_owned(), format!("names:  > {}", names.join(", "))];
    let expected = [
        ("user.imported", String::new(), first.to_vec()),
        (
            "user.changed",
            "Ada Lovelace".to_owned(),
            [
                "name: Ada > Ada Lovelace",
                "email: ada@example.org > ADA@example.org",
                "groups: Night > Day, Night",
            ]
            .map(str::to_owned)
            .to_vec(),
        ),
        ("user.imported", String::new(), vec!["added:  > 0".to_owned(), "updated:  > 0".to_owned()]),
    ];
    assert_eq!(log(&world).await, expected);
    ends_well(&*world.store, world.ws).await;
}

pub async fn what_becomes_of_invitations_and_devices_is_told_with_its_author(mut world: World) {
    let plain = world.store.clone();
    world.store = plain.acting(rosa(&world));
    world.ports.store = world.store.clone();
    let (_, link) = world.link("Ada").await;
    let bo = world.user("Bo", Some("bo@example.org"), &[]).await;
    let batch = world.send(&[bo]).await;
    world.store.undo_batch(world.ws, batch, world.now()).await.unwrap();
    let (made, _) = send::links(&world.ports, world.ws, &[bo], 1).await.unwrap();
    let id: InvitationId = made[0].1;
    let until = world.now().plus_days(30);
    world.store.extend(world.ws, id, until, world.now()).await.unwrap();
    world.store.revoke(world.ws, id, world.now()).await.unwrap();
    // The device's own doing is in the name that the request gives.
    world.store = plain.acting(Act { by: By::Device, from: None, at: world.now() });
    let device = world.connect(link, "hardware", "n1").await;
    world.connect(link, "hardware", "n2").await;
    world.store.leave(world.ws, device, "n3", world.now()).await.unwrap();
    world.store = plain.acting(rosa(&world));
    world.store.rename_device(world.ws, device, &"Ward 3".parse().unwrap(), None, world.now()).await.unwrap();
    world.store.move_device(world.ws, device, bo, None, world.now()).await.unwrap();
    world.store.delete_device(world.ws, device, world.now()).await.unwrap();
    let told = log(&world).await;
    let actions: Vec<_> = told.iter().map(|(action, subject, _)| (*action, subject.as_str())).collect();
    let name = told.iter().find(|(action, ..)| *action == "device.connected").unwrap().1.clone();
    assert_eq!(
        actions,
        [
            ("user.added", "Ada"),
            ("invitation.sent", ""),
            ("user.added", "Bo"),
            ("invitation.sent", ""),
            ("invitation.undone", ""),
            ("invitation.sent", ""),
            ("invitation.extended", "Bo"),
            ("invitation.revoked", "Bo"),
            ("device.connected", &name),
            ("device.reconnected", &name),
            ("device.left", &name),
            ("device.renamed", "Ward 3"),
            ("device.moved", "Ward 3"),
            ("device.deleted", "Ward 3"),
        ]
    );
    let told_of = |n: usize| told[n].2.join("; ");
    let until = until.rfc3339();
    assert_eq!(told_of(6), format!("until:  > {until}"));
    assert!(told_of(3).starts_with("messages:  > 1; way:  > mail; until:  > "), "{}", told_of(3));
    assert!(told_of(5).contains("way:  > link") && told_of(5).ends_with("names:  > Bo"), "{}", told_of(5));
    assert_eq!(told_of(12), "owner: Ada > Bo");
    ends_well(&*world.store, world.ws).await;
}

pub async fn the_log_is_found_by_area_author_time_and_words_and_by_its_workspace_alone(world: World) {
    let (first, mut second) = (rosa(&world), rosa(&world));
    second.by = By::CommandLine { user: "root".into() };
    second.from = None;
    second.at = first.at.plus(MINUTE);
    let person = details("Žofie", None, &[]);
    for act in [&first, &second] {
        let store = world.store.acting(act.clone());
        let id = muster_domain::UserId::new(act.at, &*world.ports.secrets);
        store.add_user(world.ws, id, &person, act.at).await.unwrap();
        store.add_group(world.ws, &format!("G {}", act.by.key()).parse().unwrap()).await.unwrap();
    }
    let store: Arc<dyn Store> = world.store.clone();
    let found = async |query: AuditQuery| {
        let page = store.audit(world.ws, &query).await.unwrap();
        assert_eq!(page.total, page.rows.len() as u64);
        page.rows.iter().map(|row| row.entry.seq).collect::<Vec<_>>()
    };
    let any = AuditQuery::default;
    assert_eq!(found(any()).await, [4, 3, 2, 1], "the newest first");
    assert_eq!(found(AuditQuery { area: Some(Area::Group), ..any() }).await, [4, 2]);
    assert_eq!(found(AuditQuery { author: Some("command_line".into()), ..any() }).await, [4, 3]);
    assert_eq!(found(AuditQuery { since: Some(second.at), ..any() }).await, [4, 3]);
    assert_eq!(found(AuditQuery { until: Some(second.at), ..any() }).await, [2, 1]);
    assert_eq!(found(AuditQuery { search: "zofie rosa".into(), ..any() }).await, [1]);
    assert_eq!(found(AuditQuery { search: "192.0.2.7".into(), ..any() }).await, [2, 1]);
    let page = AuditQuery { window: Window { page: 2, size: 3 }, ..any() };
    let page = store.audit(world.ws, &page).await.unwrap();
    assert_eq!((page.total, page.rows.len()), (4, 1));
    let authors = store.audit_authors(world.ws).await.unwrap();
    let names: Vec<_> = authors.iter().map(|a| (a.key.as_str(), a.name.as_str())).collect();
    assert_eq!(names, [(first.by.key().as_str(), "Rosa Klein"), ("command_line", "")]);
    assert_eq!(store.audit(world.other, &any()).await.unwrap().total, 0);
    assert_eq!(store.audit_authors(world.other).await.unwrap(), []);
}
