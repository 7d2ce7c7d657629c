//! Who matches a filter, and by which way they are found.

use crate::sqlite::{
    Sqlite, failed,
    row::{Read, Term},
};
use muster_domain::{WorkspaceId, ports::Stored, query::UserFilter};
use sqlx::QueryBuilder;

/// More than so many are many.
const FEW: i64 = 1000;

/// How many an index finds, which decides the way: it costs too much to look up nearly everybody one by one, and to
/// walk through everybody for a few.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::sqlite) enum Found {
    /// They are looked up one by one.
    Few,
    /// Everybody is walked through.
    Many,
}

/// The condition of a filter on `user u`, to be appended to a query. `found` says which way is taken; who matches is the same.
pub(in crate::sqlite) fn condition(
    query: &mut QueryBuilder<sqlx::Sqlite>,
    workspace: WorkspaceId,
    filter: &UserFilter,
    found: Found,
) {
    let term = Term::new(&filter.search);
    // The plus keeps SQLite from walking all of the workspace's people and asking of each whether the search found them.
    let looked_up = found == Found::Few && matches!(term, Term::Trigrams(_));
    query.push(if looked_up { "+u.workspace_id = " } else { "u.workspace_id = " });
    query.push_bind(workspace.to_string());
    match term {
        Term::None => {}
        Term::Trigrams(text) if found == Found::Few => {
            query
                .push(" AND u.number IN (SELECT rowid FROM user_search WHERE user_search MATCH ")
                .push_bind(phrase(&text))
                .push(")");
        }
        Term::Short(text) | Term::Trigrams(text) => {
            query.push(" AND instr(u.search, ").push_bind(text).push(") > 0");
        }
    }
    let Some(group) = &filter.group else { return };
    match found {
        Found::Few => query.push(" AND u.id IN (SELECT user_id FROM membership WHERE workspace_id = "),
        Found::Many => {
            query.push(" AND EXISTS (SELECT 1 FROM membership m WHERE m.user_id = u.id AND m.workspace_id = ")
        }
    };
    query.push_bind(workspace.to_string()).push(" AND name_key = ").push_bind(group.to_lowercase()).push(")");
}

/// A text as FTS5 takes it literally.
fn phrase(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

impl Sqlite {
    /// How many match, as far as that decides the way.
    pub(super) async fn found(&self, workspace: WorkspaceId, filter: &UserFilter) -> Stored<Found> {
        let mut few = false;
        match Term::new(&filter.search) {
            Term::Trigrams(text) => {
                let mut query = QueryBuilder::new("SELECT 1 FROM user_search WHERE user_search MATCH ");
                query.push_bind(phrase(&text));
                few |= self.is_few(query).await?;
            }
            Term::None | Term::Short(_) => {}
        }
        if let Some(group) = &filter.group {
            let mut query = QueryBuilder::new("SELECT 1 FROM membership WHERE workspace_id = ");
            query.push_bind(workspace.to_string()).push(" AND name_key = ").push_bind(group.to_lowercase());
            few |= self.is_few(query).await?;
        }
        Ok(if few { Found::Few } else { Found::Many })
    }

    /// Counts no further than needed.
    async fn is_few(&self, mut query: QueryBuilder<sqlx::Sqlite>) -> Stored<bool> {
        query.push(" LIMIT 1 OFFSET ").push_bind(FEW);
        Ok(query.build().fetch_optional(&self.readers).await.map_err(failed)?.is_none())
    }

    /// How many match.
    pub(super) async fn count(
        &self,
        workspace: WorkspaceId,
        filter: &UserFilter,
        found: Found,
    ) -> Stored<u64> {
        let mut query = QueryBuilder::new("SELECT ");
        match (&filter.group, Term::new(&filter.search)) {
            (None, Term::None) => {
                query.push("user_count AS n FROM workspace WHERE id = ").push_bind(workspace.to_string());
            }
            (Some(group), Term::None) => {
                query.push("count(*) AS n FROM membership WHERE workspace_id = ");
                query
                    .push_bind(workspace.to_string())
                    .push(" AND name_key = ")
                    .push_bind(group.to_lowercase());
            }
            _ => {
                query.push("count(*) AS n FROM user u WHERE ");
                condition(&mut query, workspace, filter, found);
                if found == Found::Many {
                    // The one index in whose order the rows themselves lie.
                    query.push(" AND u.id >= ''");
                }
            }
        }
        query.build().fetch_one(&self.readers).await.map_err(failed)?.count("n")
    }
}
