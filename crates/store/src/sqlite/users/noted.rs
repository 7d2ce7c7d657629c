//! What the audit log says of people.

use crate::sqlite::{row::Read, writer::Tx};
use muster_domain::{
    PersonName, UserId, WorkspaceId,
    audit::{Action, NAMED, Note, Subject},
    ports::{Imported, Stored},
    user::UserDetails,
};
use std::collections::BTreeMap;

/// What is known of a person, as the log tells it.
pub(super) struct Known {
    name: String,
    values: [(&'static str, Option<String>); 4],
    lost: [(&'static str, u64); 2],
}

/// What is known of a person, if anyone wants it for the log.
pub(super) async fn known(tx: &mut Tx<'_>, workspace: WorkspaceId, id: UserId) -> Stored<Option<Known>> {
    if tx.act().is_none() {
        return Ok(None);
    }
    let sql = "SELECT name, email, language,
            (SELECT group_concat(name, ', ') FROM (SELECT g.name FROM membership m JOIN user_group g ON g.workspace_id = m.workspace_id AND g.name_key = m.name_key
             WHERE m.workspace_id = $1 AND m.user_id = $2 ORDER BY g.name_key)) AS groups,
            (SELECT count(*) FROM device WHERE workspace_id = $1 AND user_id = $2) AS devices,
            (SELECT count(*) FROM invitation WHERE workspace_id = $1 AND user_id = $2) AS invitations
        FROM user WHERE workspace_id = $1 AND id = $2";
    let row = tx.row(sqlx::query(sql).bind(workspace.to_string()).bind(id.to_string())).await?;
    let known = |row: sqlx::sqlite::SqliteRow| {
        let name = row.text("name")?;
        Ok(Known {
            values: [
                ("name", Some(name.clone())),
                ("email", row.maybe("email")?),
                ("language", row.maybe("language")?),
                ("groups", row.maybe("groups")?),
            ],
            lost: [("devices", row.count("devices")?), ("invitations", row.count("invitations")?)],
            name,
        })
    };
    row.map(known).transpose()
}

pub(super) async fn added(tx: &mut Tx<'_>, workspace: WorkspaceId, id: UserId) -> Stored<()> {
    let Some(after) = known(tx, workspace, id).await? else { return Ok(()) };
    let note = Note::new(Action::UserAdded, Subject::new(id, &after.name));
    let note = after
        .values
        .iter()
        .skip(1)
        .fold(note, |note, (field, value)| note.with(field, None, value.as_deref()));
    tx.note(workspace, note).await
}

pub(super) async fn changed(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    id: UserId,
    before: Option<Known>,
) -> Stored<()> {
    let (Some(before), Some(after)) = (before, known(tx, workspace, id).await?) else { return Ok(()) };
    let note = Note::new(Action::UserChanged, Subject::new(id, &after.name));
    let pairs = before.values.iter().zip(&after.values);
    let note =
        pairs.fold(note, |note, ((field, was), (_, is))| note.with(field, was.as_deref(), is.as_deref()));
    if note.changes.is_empty() {
        return Ok(());
    }
    tx.note(workspace, note).await
}

pub(super) async fn deleted(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    id: UserId,
    before: Option<Known>,
) -> Stored<()> {
    let Some(before) = before else { return Ok(()) };
    let note = Note::new(Action::UserDeleted, Subject::new(id, &before.name));
    let values = before.values.iter().skip(1);
    let note = values.fold(note, |note, (field, value)| note.with(field, value.as_deref(), None));
    let note = before.lost.iter().fold(note, |note, (field, n)| note.was(field, &n.to_string()));
    tx.note(workspace, note).await
}

/// How many came by an import, with the first of the new ones' names.
pub(super) async fn imported(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    imported: Imported,
    new: &[(String, UserDetails)],
) -> Stored<()> {
    if imported == Imported::default() {
        return Ok(());
    }
    let mut names: Vec<_> = new.iter().take(NAMED).map(|(_, details)| details.name.as_str()).collect();
    if new.len() > names.len() {
        names.push("…");
    }
    let names = names.join(", ");
    let note = Note::new(Action::UsersImported, Subject::default())
        .now("added", &imported.added.to_string())
        .now("updated", &imported.updated.to_string())
        .with("names", None, (!names.is_empty()).then_some(&names));
    tx.note(workspace, note).await
}

/// Whom an import changed, each with what was there before: it is nowhere else any more.
pub(super) async fn rewritten(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    before: &[UserDetails],
    after: &[(String, UserDetails)],
) -> Stored<()> {
    if tx.act().is_none() {
        return Ok(());
    }
    for (before, (id, after)) in before.iter().zip(after) {
        let note = Note::new(Action::UserChanged, Subject::new(id, after.name.as_str()));
        let note = values(before, &before.groups)
            .into_iter()
            .zip(values(after, &before.groups))
            .fold(note, |note, ((field, was), (_, is))| note.with(field, was.as_deref(), is.as_deref()));
        if !note.changes.is_empty() {
            tx.note(workspace, note).await?;
        }
    }
    Ok(())
}

/// A person's details as [`known`] reads them. A group stays written as it is, however a file writes it.
fn values(details: &UserDetails, written: &[PersonName]) -> [(&'static str, Option<String>); 4] {
    let written = written.iter().map(|group| (group.as_str().to_lowercase(), group.as_str()));
    let mut groups: BTreeMap<_, _> =
        details.groups.iter().map(|group| (group.as_str().to_lowercase(), group.as_str())).collect();
    for (key, name) in written {
        groups.entry(key).and_modify(|group| *group = name);
    }
    let groups = groups.into_values().collect::<Vec<_>>().join(", ");
    [
        ("name", Some(details.name.to_string())),
        ("email", details.email.as_ref().map(ToString::to_string)),
        ("language", details.language.map(|language| language.tag().to_owned())),
        ("groups", Some(groups)),
    ]
}
