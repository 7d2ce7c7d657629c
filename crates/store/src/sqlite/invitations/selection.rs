//! Whom a selection means.

use crate::sqlite::{Sqlite, failed, row::Read, users};
use muster_domain::{
    WorkspaceId,
    ports::{Recipient, Stored},
    query::Selection,
};
use sqlx::{QueryBuilder, sqlite::SqliteRow};

pub(super) fn selected(
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
    pub(super) async fn people(
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
