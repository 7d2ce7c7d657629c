//! What is SQLite's own: upgrades, backups, and what its files promise.

#![expect(clippy::unwrap_used, reason = "a test that panics fails, as it should")]

mod log;
mod world;

use muster_domain::{
    Timestamp, UserId, WorkspaceId,
    device::{DeviceEvent, Reason, Status},
    invitation::Refusal,
    ports::*,
    query::{UserFilter, UserQuery},
    user::UserDetails,
};
use muster_store::Sqlite;
use sqlx::{Connection, SqliteConnection, migrate::Migrator, sqlite::SqliteConnectOptions};
use std::{borrow::Cow, path::Path};
use world::World;

const NOW: Timestamp = Timestamp(1_795_000_000 * 1_000_000);
const WORKSPACE: &str = "019ab9d0-0000-7000-8000-000000000001";
/// The migration that gives the search index numbers of its own.
const NUMBERS: i64 = 7;
/// The migration that takes the marks off letters that are looked for.
const MARKS: i64 = 23;
/// The migration that writes reasons and events in their plain form.
const PLAIN: i64 = 20;

async fn raw(file: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
    SqliteConnection::connect_with(&options).await.unwrap()
}

fn person(n: u32) -> UserId {
    format!("019ab9d0-0000-7000-8000-0000000001{n:02}").parse().unwrap()
}

async fn add(store: &Sqlite, workspace: WorkspaceId, n: u32, name: &str) {
    let details = UserDetails { name: name.parse().unwrap(), email: None, language: None, groups: vec![] };
    store.add_user(workspace, person(n), &details, NOW).await.unwrap();
}

async fn found(store: &Sqlite, workspace: WorkspaceId, search: &str) -> Vec<String> {
    let query = UserQuery {
        filter: UserFilter { search: search.into(), ..UserFilter::default() },
        ..UserQuery::default()
    };
    let page = store.users(workspace, &query).await.unwrap();
    page.rows.into_iter().map(|u| u.name).collect()
}

#[tokio::test]
async fn a_search_in_a_backup_finds_the_right_people_whatever_became_of_the_row_ids() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(&folder.path().join("muster.db")).await.unwrap();
    let workspace = store.first_workspace(WORKSPACE.parse().unwrap(), NOW).await.unwrap();
    for (n, name) in ["Anna Petrova", "Boris Ahmedov", "Clara Zetkin"].into_iter().enumerate() {
        add(&store, workspace, u32::try_from(n).unwrap(), name).await;
    }
    store.delete_user(workspace, person(0)).await.unwrap();
    let backup = folder.path().join("backup.db");
    store.backup_to(&backup).await.unwrap();
    // SQLite keeps row ids in VACUUM INTO today, and promises to do so only for an INTEGER PRIMARY KEY
    // (https://sqlite.org/lang_vacuum.html). This is what it may do, and what a VACUUM by hand or a dump does.
    let mut connection = raw(&backup).await;
    sqlx::query("UPDATE user SET rowid = 10 - rowid").execute(&mut connection).await.unwrap();
    sqlx::query("VACUUM").execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let restored = Sqlite::open(&backup).await.unwrap();
    assert_eq!(found(&restored, workspace, "boris").await, ["Boris Ahmedov"]);
    assert_eq!(found(&restored, workspace, "zetkin").await, ["Clara Zetkin"]);
    assert!(found(&restored, workspace, "petrova").await.is_empty());
    add(&restored, workspace, 3, "Dmitri Ahmedov").await;
    assert_eq!(found(&restored, workspace, "ahmedov").await, ["Boris Ahmedov", "Dmitri Ahmedov"]);
    restored.delete_user(workspace, person(1)).await.unwrap();
    assert_eq!(found(&restored, workspace, "ahmedov").await, ["Dmitri Ahmedov"]);
    let mut connection = raw(&backup).await;
    let check = "INSERT INTO user_search (user_search, rank) VALUES ('integrity-check', 1)";
    sqlx::query(check).execute(&mut connection).await.unwrap();
}

/// A database as it was before a migration, with a workspace in it.
async fn older(file: &Path, before: i64) -> SqliteConnection {
    let mut connection = raw(file).await;
    let all = Migrator::new(Path::new("migrations/sqlite")).await.unwrap();
    let older = all.migrations.iter().filter(|m| m.version < before).cloned().collect();
    let mut older = Migrator { migrations: Cow::Owned(older), ..Migrator::DEFAULT };
    older.set_ignore_missing(true);
    older.run(&mut connection).await.unwrap();
    let sql = "INSERT INTO workspace (id, created_at, settings) VALUES ($1, 0, '{}')";
    sqlx::query(sql).bind(WORKSPACE).execute(&mut connection).await.unwrap();
    connection
}

#[tokio::test]
async fn people_of_an_older_database_are_found_after_the_upgrade() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("muster.db");
    let mut connection = older(&file, NUMBERS).await;
    for (n, name) in ["Anna Petrova", "Boris Ahmedov"].into_iter().enumerate() {
        let sql = "INSERT INTO user (workspace_id, id, name, sort_name, search, created_at) VALUES ($1, $2, $3, $4, $4, 0)";
        let query = sqlx::query(sql).bind(WORKSPACE).bind(person(u32::try_from(n).unwrap()).to_string());
        query.bind(name).bind(name.to_lowercase()).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
    let store = Sqlite::open(&file).await.unwrap();
    let workspace = WORKSPACE.parse().unwrap();
    assert_eq!(found(&store, workspace, "boris").await, ["Boris Ahmedov"]);
    add(&store, workspace, 2, "Clara Zetkin").await;
    assert_eq!(found(&store, workspace, "zetkin").await, ["Clara Zetkin"]);
}

#[tokio::test]
async fn people_with_marks_on_their_letters_are_found_without_them_after_the_upgrade() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("muster.db");
    let mut connection = older(&file, MARKS).await;
    for (n, name) in ["Łukasz Müller", "Ольга Юрьева"].into_iter().enumerate() {
        let sql = "INSERT INTO user (workspace_id, id, name, sort_name, search, created_at, number) VALUES ($1, $2, $3, $4, $4, 0, $5)";
        let query = sqlx::query(sql).bind(WORKSPACE).bind(person(u32::try_from(n).unwrap()).to_string());
        let query = query.bind(name).bind(name.to_lowercase()).bind(i64::try_from(n).unwrap() + 1);
        query.execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
    let store = Sqlite::open(&file).await.unwrap();
    let workspace = WORKSPACE.parse().unwrap();
    for typed in ["lukasz muller", "Łukasz", "Mu\u{308}ller"] {
        assert_eq!(found(&store, workspace, typed).await, ["Łukasz Müller"], "{typed}");
    }
    assert_eq!(found(&store, workspace, "юрьева").await, ["Ольга Юрьева"]);
    add(&store, workspace, 2, "Émilie Durand").await;
    add(&store, workspace, 3, "Zoë Quiñones").await;
    assert_eq!(
        found(&store, workspace, "").await,
        ["Émilie Durand", "Łukasz Müller", "Zoë Quiñones", "Ольга Юрьева"],
        "in the order of their letters"
    );
}

#[tokio::test]
async fn reasons_and_events_of_an_older_database_are_read_after_the_upgrade() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("muster.db");
    let mut connection = older(&file, PLAIN).await;
    let (user, device) = (person(1), "019ab9d0-0000-7000-8000-000000000201");
    let reasons =
        r#"[{"kind":"left"},{"kind":"managed_by","name":"KNOX"},{"kind":"not_connected","days":9}]"#;
    let events = [
        r#"{"kind":"connected"}"#.to_owned(),
        r#"{"kind":"connected_again","new_key":true}"#.to_owned(),
        format!(r#"{{"kind":"status","from":"ok","to":"critical","reasons":{reasons}}}"#),
        r#"{"kind":"status","from":"critical","to":"ok","reasons":[]}"#.to_owned(),
        r#"{"kind":"renamed","from":"A \"b\"","to":"Б"}"#.to_owned(),
    ];
    let sql = "INSERT INTO user (workspace_id, id, name, sort_name, search, created_at, status, reasons) VALUES ($1, $2, 'Anna', 'anna', 'anna', 0, 2, $3)";
    let query = sqlx::query(sql).bind(WORKSPACE).bind(user.to_string()).bind(reasons);
    query.execute(&mut connection).await.unwrap();
    sqlx::query("PRAGMA foreign_keys = OFF").execute(&mut connection).await.unwrap();
    let sql = "INSERT INTO device (workspace_id, id, user_id, invitation_id, name, sort_name, search, platform, model, os_version, facts, public_key, status, reasons, enrolled_at, last_seen) VALUES ($1, $2, $3, $2, 'Pixel', 'pixel', 'pixel', 'android', '', '', '{}', x'00', 2, $4, 0, 0)";
    let query = sqlx::query(sql).bind(WORKSPACE).bind(device).bind(user.to_string()).bind(reasons);
    query.execute(&mut connection).await.unwrap();
    for (event, n) in events.iter().zip(1_i64..) {
        let sql =
            "INSERT INTO device_event (workspace_id, device_id, seq, at, event) VALUES ($1, $2, $3, 0, $4)";
        let query = sqlx::query(sql).bind(WORKSPACE).bind(device).bind(n).bind(event);
        query.execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
    let store = Sqlite::open(&file).await.unwrap();
    let workspace = WORKSPACE.parse().unwrap();
    let why = vec![Reason::Left, Reason::ManagedBy { name: "KNOX".into() }, Reason::NotConnected { days: 9 }];
    assert_eq!(store.user(workspace, user).await.unwrap().unwrap().reasons, why);
    let id = device.parse().unwrap();
    assert_eq!(store.device(workspace, id).await.unwrap().unwrap().reasons, why);
    let told = store.device_history(workspace, id).await.unwrap();
    let told: Vec<DeviceEvent> = told.into_iter().map(|entry| entry.event).collect();
    assert_eq!(
        told.into_iter().rev().collect::<Vec<_>>(),
        [
            DeviceEvent::Connected,
            DeviceEvent::ConnectedAgain { new_key: true },
            DeviceEvent::Status { from: Status::Ok, to: Status::Critical, reasons: why },
            DeviceEvent::Status { from: Status::Critical, to: Status::Ok, reasons: vec![] },
            DeviceEvent::Renamed { from: "A \"b\"".into(), to: "Б".into() },
        ]
    );
}

#[tokio::test]
async fn a_damaged_row_fails_alone_among_check_ins_that_are_written_together() {
    let world = World::sqlite().await;
    let (_, first) = world.link("Anna").await;
    let (_, second) = world.link("Boris").await;
    let damaged = world.connect(first, "hardware-1", "a").await;
    let good = world.connect(second, "hardware-2", "b").await;
    let mut connection = raw(&world.folder.path().join("muster.db")).await;
    let query = sqlx::query("UPDATE device SET facts = 'nonsense' WHERE id = $1").bind(damaged.to_string());
    query.execute(&mut connection).await.unwrap();
    let (bad, ok) = futures::join!(
        world.store.check_in(world.ws, damaged, "n", None, world.now()),
        world.store.check_in(world.ws, good, "n", None, world.now())
    );
    assert!(matches!(bad, Err(StoreError::Failed(_))), "{bad:?}");
    assert_eq!(ok, Ok(true));
    assert_eq!(
        world.store.check_in(world.ws, good, "n", None, world.now()).await,
        Ok(false),
        "it is written"
    );
}

#[tokio::test]
async fn a18_a_nonce_is_taken_once_by_all_who_have_the_file_open_and_is_free_again_when_its_operation_failed()
{
    let world = World::sqlite().await;
    let (_, link) = world.link("Anna").await;
    let device = world.connect(link, "hardware-1", "claim").await;
    let other = Sqlite::open(&world.folder.path().join("muster.db")).await.unwrap();
    let (store, now) = (&world.store, world.now());
    assert_eq!(store.check_in(world.ws, device, "a", None, now).await, Ok(true));
    assert_eq!(other.check_in(world.ws, device, "a", None, now).await, Ok(false));
    assert_eq!(other.check_in(world.ws, device, "b", None, now).await, Ok(true));
    assert_eq!(store.check_in(world.ws, device, "b", None, now).await, Ok(false));
    assert_eq!(store.leave(world.other, device, "c", now).await, Err(StoreError::NotFound));
    assert_eq!(other.leave(world.other, device, "c", now).await, Err(StoreError::NotFound));
    assert_eq!(store.check_in(world.ws, device, "c", None, now).await, Ok(true), "nothing of it was written");
    assert_eq!(other.check_in(world.ws, device, "c", None, now).await, Ok(false));
    let nonces = ["d", "d", "e"].map(|nonce| store.check_in(world.ws, device, nonce, None, now));
    let answers = futures::future::join_all(nonces).await;
    assert_eq!(answers, [Ok(true), Ok(false), Ok(true)], "also of those that are written together");
}

/// A power loss takes what is not in the files. What was answered is in them: the writer's `synchronous=FULL` has flushed
/// it (its own test says so), and here the files of that moment are all that is left.
#[tokio::test]
async fn a48_what_was_spent_is_spent_in_the_files_at_the_moment_of_the_answer() {
    let world = World::sqlite().await;
    let (_, link) = world.link("Anna").await;
    let (file, copy) = (world.folder.path().join("muster.db"), tempfile::tempdir().unwrap());
    let after = async |name: &str| {
        let to = copy.path().join(name);
        for ending in ["", "-wal"] {
            let from = format!("{}{ending}", file.display());
            std::fs::copy(from, format!("{}{ending}", to.display())).unwrap();
        }
        Sqlite::open(&to).await.unwrap()
    };
    let device = world.connect(link, "hardware-1", "nonce-1").await;
    let left = after("claimed").await;
    let other = left.claim(world.claim(link, "hardware-2", "nonce-2")).await;
    assert_eq!(other, Ok(Claimed::Refused(Refusal::Used)), "the link is spent");
    let again = left.claim(world.claim(link, "hardware-1", "nonce-1")).await;
    assert_eq!(again, Ok(Claimed::Replayed), "and the nonce of its claim");
    world.store.check_in(world.ws, device, "nonce-3", None, world.now()).await.unwrap();
    let left = after("checked-in").await;
    assert_eq!(left.check_in(world.ws, device, "nonce-3", None, world.now()).await, Ok(false));
    let (_, second) = world.link("Boris").await;
    world.store.revoke(world.ws, second, world.now()).await.unwrap();
    let left = after("revoked").await;
    let refused = left.claim(world.claim(second, "hardware-3", "nonce-4")).await;
    assert_eq!(refused, Ok(Claimed::Refused(Refusal::Revoked)));
}
