//! Who matches a filter, and by which way they are found.

use crate::sqlite::{Sqlite, failed, row::Read, search::Words};
use muster_domain::{WorkspaceId, ports::Stored, query::UserFilter};
use sqlx::QueryBuilder;

/// More than so many are many.
const FEW: i64 = 1000;

/// How many match, which decides the way to them: it costs too much to look up nearly everybody one by one, or to walk
/// through everybody for a few.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::sqlite) enum Found {
    /// They are looked up one by one, and sorted.
    Few,
    /// Everybody is walked through as the rows lie, and who matches is sorted.
    Many,
    /// Everybody is walked through in the order of the list, until there are enough for a page.
    Most,
}

/// The condition of a filter on `user u`, to be appended to a query. `found` says which way is taken; who matches is the same.
pub(in crate::sqlite) fn condition(
    query: &mut QueryBuilder<sqlx::Sqlite>,
    workspace: WorkspaceId,
    filter: &UserFilter,
    found: Found,
) {
    let words = Words::new(&filter.search);
    let phrases = words.phrases().filter(|_| found == Found::Few);
    // The plus keeps SQLite from walking all of the workspace's people and asking of each whether the search found them.
    query.push(if phrases.is_some() { "+u.workspace_id = " } else { "u.workspace_id = " });
    query.push_bind(workspace.to_string());
    match phrases {
        Some(phrases) => {
            query
                .push(" AND u.number IN (SELECT rowid FROM user_search WHERE user_search MATCH ")
                .push_bind(phrases)
                .push(")");
            words.short_in(query, "u.search");
        }
        None => words.all_in(query, "u.search"),
    }
    if found == Found::Many {
        // This makes SQLite take the index in whose order most rows lie.
        query.push(" AND u.id >= ''");
    }
    let Some(group) = &filter.group else { return };
    match found {
        Found::Few => query.push(" AND u.id IN (SELECT user_id FROM membership WHERE workspace_id = "),
        Found::Many | Found::Most => {
            query.push(" AND EXISTS (SELECT 1 FROM membership m WHERE m.user_id = u.id AND m.workspace_id = ")
        }
    };
    query.push_bind(workspace.to_string()).push(" AND name_key = ").push_bind(group.to_lowercase()).push(")");
}

impl Sqlite {
    /// How many match, and the way to them.
    pub(super) async fn found(&self, workspace: WorkspaceId, filter: &UserFilter) -> Stored<(u64, Found)> {
        let words = Words::new(&filter.search);
        let mut few = false;
        if let Some(phrases) = words.phrases() {
            let mut query = QueryBuilder::new("SELECT 1 FROM user_search WHERE user_search MATCH ");
            query.push_bind(phrases);
            few |= self.is_few(query).await?;
        }
        if let Some(group) = &filter.group {
            let mut query = QueryBuilder::new("SELECT 1 FROM membership WHERE workspace_id = ");
            query.push_bind(workspace.to_string()).push(" AND name_key = ").push_bind(group.to_lowercase());
            few |= self.is_few(query).await?;
        }
        let found = if few { Found::Few } else { Found::Many };
        let total = self.count(workspace, filter, found).await?;
        if few {
            return Ok((total, Found::Few));
        }
        // Whether someone is in a group is told by an index; a search reads the row of everyone on the way, and those
        // of the list's order lie apart: that pays if the first page is soon full.
        let most =
            words.is_empty() || total.saturating_mul(4) >= self.everyone(workspace).await?.saturating_mul(3);
        Ok((total, if most { Found::Most } else { Found::Many }))
    }

    async fn everyone(&self, workspace: WorkspaceId) -> Stored<u64> {
        self.count(workspace, &UserFilter::default(), Found::Most).await
    }

    /// Counts no further than needed.
    async fn is_few(&self, mut query: QueryBuilder<sqlx::Sqlite>) -> Stored<bool> {
        query.push(" LIMIT 1 OFFSET ").push_bind(FEW);
        Ok(query.build().fetch_optional(&self.readers).await.map_err(failed)?.is_none())
    }

    /// How many match.
    async fn count(&self, workspace: WorkspaceId, filter: &UserFilter, found: Found) -> Stored<u64> {
        let mut query = QueryBuilder::new("SELECT ");
        match (&filter.group, Words::new(&filter.search).is_empty()) {
            (None, true) => {
                query.push("user_count AS n FROM workspace WHERE id = ").push_bind(workspace.to_string());
            }
            (Some(group), true) => {
                query.push("count(*) AS n FROM membership WHERE workspace_id = ");
                query
                    .push_bind(workspace.to_string())
                    .push(" AND name_key = ")
                    .push_bind(group.to_lowercase());
            }
            _ => {
                query.push("count(*) AS n FROM user u WHERE ");
                condition(&mut query, workspace, filter, found);
            }
        }
        query.build().fetch_one(&self.readers).await.map_err(failed)?.count("n")
    }
}
