//! The audit log against whoever has the file.

use muster_domain::{
    Timestamp, WorkspaceId,
    audit::{Act, By, Fault},
    ports::*,
};
use muster_store::Sqlite;
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

const WORKSPACE: &str = "019ab9d0-0000-7000-8000-000000000001";

/// A log of five entries, and the way to its rows that an intruder with the file would have.
async fn log_of_five() -> (tempfile::TempDir, Sqlite, WorkspaceId, SqliteConnection) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("muster.db");
    let store = Sqlite::open(&file).await.unwrap();
    let workspace = store.first_workspace(WORKSPACE.parse().unwrap(), Timestamp(0)).await.unwrap();
    let act = Act { by: By::CommandLine { user: "root".into() }, from: None, at: Timestamp(7) };
    let acting = store.acting(act);
    for n in 1..=5 {
        acting.add_group(workspace, &format!("Group {n}").parse().unwrap()).await.unwrap();
    }
    let options = SqliteConnectOptions::new().filename(&file);
    (folder, store, workspace, SqliteConnection::connect_with(&options).await.unwrap())
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_or_delete_an_entry_of_the_log() {
    let (_folder, store, workspace, mut connection) = log_of_five().await;
    for sql in
        ["UPDATE audit SET record = '{}'", "DELETE FROM audit", "UPDATE audit SET at = 0 WHERE seq = 1"]
    {
        let error = sqlx::query(sql).execute(&mut connection).await.unwrap_err();
        assert!(error.to_string().contains("only added to"), "{sql}: {error}");
    }
    assert_eq!(store.verify_audit(workspace, None).await.unwrap().fault, None);
}

#[tokio::test]
async fn an_entry_that_was_changed_taken_out_or_put_in_is_told() {
    let cases: [(&'static str, Fault); 8] = [
        ("UPDATE audit SET record = replace(record, 'Group 3', 'Group 9') WHERE seq = 3", Fault::Hash(3)),
        ("UPDATE audit SET hash = zeroblob(32) WHERE seq = 2", Fault::Hash(2)),
        ("UPDATE audit SET at = 9 WHERE seq = 4", Fault::Filed(4)),
        ("UPDATE audit SET author = 'device' WHERE seq = 4", Fault::Filed(4)),
        ("UPDATE audit SET area = 'user' WHERE seq = 5", Fault::Filed(5)),
        ("UPDATE audit SET search = '' WHERE seq = 1", Fault::Filed(1)),
        ("DELETE FROM audit WHERE seq = 2", Fault::Missing(2)),
        ("DELETE FROM audit WHERE seq = 1", Fault::Missing(1)),
    ];
    for (sql, fault) in cases {
        let (_folder, store, workspace, mut connection) = log_of_five().await;
        for trigger in ["audit_stays", "audit_stays_as_it_is"] {
            let sql = format!("DROP TRIGGER {trigger}");
            sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
        }
        sqlx::query(sql).execute(&mut connection).await.unwrap();
        assert_eq!(store.verify_audit(workspace, None).await.unwrap().fault, Some(fault), "{sql}");
    }
}

#[tokio::test]
async fn a_log_that_was_cut_off_or_written_anew_does_not_have_the_end_that_was_noted() {
    let (_folder, store, workspace, mut connection) = log_of_five().await;
    let noted = store.verify_audit(workspace, None).await.unwrap().head;
    assert_eq!(store.verify_audit(workspace, Some(&noted)).await.unwrap().fault, None);
    sqlx::query("DROP TRIGGER audit_stays").execute(&mut connection).await.unwrap();
    sqlx::query("DELETE FROM audit WHERE seq > 3").execute(&mut connection).await.unwrap();
    assert_eq!(store.verify_audit(workspace, None).await.unwrap().fault, None, "the rest is whole");
    assert_eq!(store.verify_audit(workspace, Some(&noted)).await.unwrap().fault, Some(Fault::Short(3)));
    let act = Act { by: By::CommandLine { user: "root".into() }, from: None, at: Timestamp(8) };
    for n in 6..=7 {
        let name = format!("Group {n}").parse().unwrap();
        store.acting(act.clone()).add_group(workspace, &name).await.unwrap();
    }
    assert_eq!(store.verify_audit(workspace, Some(&noted)).await.unwrap().fault, Some(Fault::Other(5)));
}
