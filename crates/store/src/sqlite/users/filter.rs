//! Who matches a filter, and by which way they are found.

use crate::sqlite::{
    Sqlite, failed,
    overview::OPEN,
    row::{Read, json},
    search::Words,
};
use muster_domain::{
    WorkspaceId,
    ports::Stored,
    query::{DeviceCount, Messaged, UserFilter, Window},
};
use sqlx::QueryBuilder;

/// More than so many are many.
const FEW: i64 = 1000;
/// Looking somebody up by an index costs as much as so many entries of an index that are read in a row.
const LOOK_UP: u64 = 20;

/// How many match, which decides the way to them: it costs too much to look up nearly everybody one by one, or to walk
/// through everybody for a few.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::sqlite) enum Found {
    /// They are looked up one by one, and sorted.
    Few,
    /// The index of what can be filtered by is walked through, and who matches is sorted.
    Filtered,
    /// Everybody is walked through as the rows lie, and who matches is sorted.
    Many,
    /// Everybody is walked through in the order of the list, until there are enough for a page.
    Most,
}

impl Found {
    /// The table, and which of its indexes is walked through where that is not for SQLite to choose.
    pub(super) fn table(self) -> &'static str {
        if self == Self::Filtered { "user u INDEXED BY user_by_message" } else { "user u" }
    }
}

/// The names of groups as they are compared.
fn keys(groups: &[String]) -> Stored<String> {
    json(&groups.iter().map(|name| name.to_lowercase()).collect::<Vec<_>>())
}

/// Whether something is asked of the row itself.
fn asks_of_row(filter: &UserFilter) -> bool {
    let UserFilter { search: _, groups: _, address, devices, status, message } = filter;
    address.is_some() || devices.is_some() || status.is_some() || message.is_some()
}

/// What is asked of the row itself.
fn of_row(query: &mut QueryBuilder<sqlx::Sqlite>, filter: &UserFilter) {
    query.push(match filter.devices {
        None => "",
        Some(DeviceCount::None) => " AND u.device_count = 0",
        Some(DeviceCount::One) => " AND u.device_count = 1",
        Some(DeviceCount::More) => " AND u.device_count > 1",
    });
    match filter.message {
        None => {}
        Some(Messaged::Never) => {
            query.push(" AND u.message_at IS NULL");
        }
        Some(Messaged::Ever) => {
            query.push(" AND u.message_at >= 0");
        }
        Some(Messaged::Open) => {
            query.push(" AND u.message_at >= 0 AND u.message_state IN ").push(OPEN);
        }
        Some(Messaged::State(state)) => {
            query.push(" AND u.message_state = ").push_bind(state.name());
        }
    }
    if let Some(status) = filter.status {
        query.push(" AND u.status = ").push_bind(status.rank());
    }
    query.push(match filter.address {
        None => "",
        Some(true) => " AND (u.email_key IS NULL) = 0",
        Some(false) => " AND (u.email_key IS NULL) = 1",
    });
}

/// The condition of a filter on `user u`, to be appended to a query. `found` says which way is taken; who matches is the same.
pub(in crate::sqlite) fn condition(
    query: &mut QueryBuilder<sqlx::Sqlite>,
    workspace: WorkspaceId,
    filter: &UserFilter,
    found: Found,
) -> Stored<()> {
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
    of_row(query, filter);
    if filter.groups.is_empty() {
        return Ok(());
    }
    query.push(match found {
        Found::Few => " AND u.id IN (SELECT user_id FROM membership WHERE workspace_id = ",
        _ => " AND EXISTS (SELECT 1 FROM membership m WHERE m.user_id = u.id AND m.workspace_id = ",
    });
    query.push_bind(workspace.to_string());
    query.push(" AND name_key IN (SELECT value FROM json_each(").push_bind(keys(&filter.groups)?).push(")))");
    Ok(())
}

impl Sqlite {
    /// How many match, and the way to those of a page.
    pub(super) async fn found(
        &self,
        workspace: WorkspaceId,
        filter: &UserFilter,
        window: Window,
    ) -> Stored<(u64, Found)> {
        let words = Words::new(&filter.search);
        let mut few = false;
        if let Some(phrases) = words.phrases() {
            let mut query = QueryBuilder::new("SELECT 1 FROM user_search WHERE user_search MATCH ");
            query.push_bind(phrases);
            few |= self.is_few(query).await?;
        }
        if !filter.groups.is_empty() {
            let mut query = QueryBuilder::new("SELECT 1 FROM membership WHERE workspace_id = ");
            query.push_bind(workspace.to_string()).push(" AND name_key IN (SELECT value FROM json_each(");
            query.push_bind(keys(&filter.groups)?).push("))");
            few |= self.is_few(query).await?;
        }
        if few {
            return Ok((self.count(workspace, filter, Found::Few).await?, Found::Few));
        }
        if words.is_empty() && filter.groups.is_empty() && asks_of_row(filter) {
            let total = self.count(workspace, filter, Found::Filtered).await?;
            let everyone = self.everyone(workspace).await?;
            // So many are walked past until the page is full, if those who match lie evenly.
            let rows = u64::try_from(window.offset() + window.limit()).unwrap_or(u64::MAX);
            let walked = rows.saturating_mul(everyone) / total.max(1);
            let most = walked < total.saturating_add(everyone / LOOK_UP);
            return Ok((total, if most { Found::Most } else { Found::Filtered }));
        }
        let total = self.count(workspace, filter, Found::Many).await?;
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
        let alone = Words::new(&filter.search).is_empty() && !asks_of_row(filter);
        match filter.groups.as_slice() {
            [] if alone => {
                query.push("user_count AS n FROM workspace WHERE id = ").push_bind(workspace.to_string());
            }
            [_, ..] if alone => {
                // Each once, in however many of the groups; the index has those of one group together.
                let each = if filter.groups.len() == 1 { "*" } else { "DISTINCT user_id" };
                query.push("count(").push(each).push(") AS n FROM membership WHERE workspace_id = ");
                query.push_bind(workspace.to_string()).push(" AND name_key IN (SELECT value FROM json_each(");
                query.push_bind(keys(&filter.groups)?).push("))");
            }
            _ => {
                query.push("count(*) AS n FROM ").push(found.table()).push(" WHERE ");
                condition(&mut query, workspace, filter, found)?;
            }
        }
        query.build().fetch_one(&self.readers).await.map_err(failed)?.count("n")
    }
}
