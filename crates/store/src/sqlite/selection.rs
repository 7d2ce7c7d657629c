//! Whom a selection means.

use crate::sqlite::{Sqlite, failed, row::Read, users};
use muster_domain::{
    Language, UserId, WorkspaceId,
    ports::{Addressees, Recipient, Stored},
    query::Selection,
};
use sqlx::{QueryBuilder, sqlite::SqliteRow};

pub(in crate::sqlite) fn selected(
    query: &mut QueryBuilder<sqlx::Sqlite>,
    workspace: WorkspaceId,
    selection: &Selection,
) -> Stored<()> {
    let ids = match selection {
        Selection::These { ids } => {
            query.push("u.workspace_id = ").push_bind(workspace.to_string());
            query.push(" AND u.id IN (SELECT value FROM json_each(");
            ids
        }
        Selection::Matching { filter, except } => {
            // Whoever is sent to is looked up anyway.
            users::condition(query, workspace, filter, users::Found::Few)?;
            query.push(" AND u.id NOT IN (SELECT value FROM json_each(");
            except
        }
    };
    query.push_bind(serde_json::json!(ids).to_string()).push("))");
    Ok(())
}

impl Sqlite {
    /// As one row: a hundred thousand would be as many messages between threads.
    pub(in crate::sqlite) async fn with_address(
        &self,
        workspace: WorkspaceId,
        selection: &Selection,
        limit: u32,
    ) -> Stored<Addressees> {
        let mut query = QueryBuilder::new(
            "SELECT json_group_array(json_array(id, language)) FILTER (WHERE has_address) AS people, count(*) AS n
            FROM (SELECT u.id, u.language, u.email IS NOT NULL AS has_address FROM user u WHERE ",
        );
        selected(&mut query, workspace, selection)?;
        query.push(" LIMIT ").push_bind(i64::from(limit)).push(")");
        let row = query.build().fetch_one(&self.readers).await.map_err(failed)?;
        let people: Vec<(UserId, Option<String>)> = row.json("people")?;
        let without = row.count("n")?.saturating_sub(people.len() as u64);
        let language = |tag: Option<String>| tag.as_deref().and_then(Language::from_tag);
        Ok(Addressees { with: people.into_iter().map(|(id, tag)| (id, language(tag))).collect(), without })
    }

    pub(in crate::sqlite) async fn people(
        &self,
        workspace: WorkspaceId,
        selection: &Selection,
        condition: &'static str,
        limit: u32,
    ) -> Stored<Vec<Recipient>> {
        let mut query = QueryBuilder::new("SELECT u.id, u.name, u.email, u.language FROM user u WHERE ");
        selected(&mut query, workspace, selection)?;
        query.push(condition).push(" ORDER BY u.sort_name, u.id LIMIT ").push_bind(i64::from(limit));
        let rows = query.build().fetch_all(&self.readers).await.map_err(failed)?;
        let person = |r: &SqliteRow| {
            let (id, name, email) = (r.parsed("id")?, r.text("name")?, r.maybe("email")?);
            Ok(Recipient { id, name, email, language: r.language_or_none("language")? })
        };
        rows.iter().map(person).collect()
    }
}
