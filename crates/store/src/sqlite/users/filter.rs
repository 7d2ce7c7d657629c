//! Who matches a filter, and how many.

use super::ways::{By, Found, states};
use crate::sqlite::{
    Sqlite, failed,
    overview::OPEN,
    row::{Read, json},
    search::{LOOK_UP, Words},
};
use muster_domain::{
    WorkspaceId,
    ports::Stored,
    query::{DeviceCount, Messaged, UserFilter, Window},
};
use sqlx::QueryBuilder;

/// How large a group is, as triggers keep it (migration 0026).
#[derive(Clone, Copy)]
pub(super) struct Size {
    pub(super) people: u64,
    /// Those with a connected device.
    pub(super) connected: u64,
}

/// So many groups are merged; SQLite takes no more than 500 parts.
const TOGETHER: usize = 50;

/// The names of groups as they are compared.
fn keys(groups: &[String]) -> Stored<String> {
    json(&groups.iter().map(|name| name.to_lowercase()).collect::<Vec<_>>())
}

/// Whether something is asked of the row itself.
pub(super) fn asks_of_row(filter: &UserFilter) -> bool {
    let UserFilter { search: _, groups: _, address, devices, status, message } = filter;
    address.is_some() || devices.is_some() || status.is_some() || message.is_some()
}

/// What is asked of the row itself.
fn of_row(
    query: &mut QueryBuilder<sqlx::Sqlite>,
    workspace: WorkspaceId,
    filter: &UserFilter,
    found: Found,
) -> Stored<()> {
    // The plus keeps SQLite from an index that has one of these, where another way is taken.
    let and = match found {
        // The few are found in an index that has what is asked without a look at their rows, where there is one.
        Found::Led(By::Address | By::Devices | By::Status | By::Message) | Found::Filtered | Found::Few => {
            " AND u."
        }
        Found::Led(By::State) | Found::Many | Found::Most => " AND +u.",
    };
    if let Some(devices) = filter.devices {
        query.push(and).push(match devices {
            DeviceCount::None => "device_count = 0",
            DeviceCount::One => "device_count = 1",
            DeviceCount::More => "device_count > 1",
        });
    }
    match filter.message {
        None => {}
        Some(Messaged::Never) => {
            query.push(and).push("message_at IS NULL");
        }
        Some(Messaged::Ever) => {
            query.push(and).push("message_at >= 0");
        }
        Some(Messaged::Open) => {
            query.push(and).push("message_at >= 0").push(and).push("message_state IN ").push(OPEN);
        }
        Some(Messaged::State(state)) => {
            query.push(and).push("message_state = ").push_bind(state.name());
        }
    }
    if let Some(status) = filter.status {
        query.push(and).push("status = ").push_bind(status.rank());
    }
    query.push(match filter.address {
        None => "",
        Some(false) if found == Found::Led(By::Address) => " AND u.email_key IS NULL",
        // As an expression, which the index has that is walked through.
        Some(true) => " AND (u.email_key IS NULL) = 0",
        Some(false) => " AND (u.email_key IS NULL) = 1",
    });
    if let Some(states) = states(filter.message).filter(|_| found == Found::Led(By::State)) {
        let names = json(&states.iter().map(|state| state.name()).collect::<Vec<_>>())?;
        query.push(" AND u.id IN (SELECT i.user_id FROM invitation i INDEXED BY invitation_by_state WHERE i.workspace_id = ");
        query.push_bind(workspace.to_string());
        query.push(" AND i.state IN (SELECT value FROM json_each(").push_bind(names).push(")))");
    }
    Ok(())
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
    of_row(query, workspace, filter, found)?;
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

/// The members of groups, each once, in however many of them. Ordered, they are merged as they come from the index.
fn merged(query: &mut QueryBuilder<sqlx::Sqlite>, workspace: WorkspaceId, groups: &[String], with: &str) {
    let mut before = "(";
    for key in groups.iter().map(|name| name.to_lowercase()) {
        query.push(before).push("SELECT user_id FROM membership WHERE workspace_id = ");
        query.push_bind(workspace.to_string()).push(" AND name_key = ").push_bind(key);
        before = with;
    }
    query.push(" ORDER BY user_id)");
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
        if words.is_empty() {
            return self.without_words(workspace, filter, window).await;
        }
        let everyone = self.everyone(workspace).await?;
        let mut few = self.finds_few("user_search", &words, everyone).await?;
        if !filter.groups.is_empty() {
            few |= self.members(workspace, &filter.groups).await? <= everyone / LOOK_UP;
        }
        if few {
            return Ok((self.count(workspace, filter, Found::Few).await?, Found::Few));
        }
        let total = self.count(workspace, filter, Found::Many).await?;
        // In the order of the list the rows lie apart: that pays if the first page is soon full.
        let most = total.saturating_mul(4) >= everyone.saturating_mul(3);
        Ok((total, if most { Found::Most } else { Found::Many }))
    }

    /// How many people a workspace has.
    pub(in crate::sqlite) async fn everyone(&self, workspace: WorkspaceId) -> Stored<u64> {
        Ok(self.kinds(workspace).await?.count(&UserFilter::default()))
    }

    /// How many match.
    pub(super) async fn count(
        &self,
        workspace: WorkspaceId,
        filter: &UserFilter,
        found: Found,
    ) -> Stored<u64> {
        let mut query = QueryBuilder::new("SELECT count(*) AS n FROM ");
        let alone = Words::new(&filter.search).is_empty() && !asks_of_row(filter);
        match filter.groups.as_slice() {
            [_] if alone => return self.members(workspace, &filter.groups).await,
            groups @ [_, ..] if alone && groups.len() <= TOGETHER => {
                let sizes = self.sizes(workspace, groups).await?;
                if let ([one, other], 2) = (sizes.as_slice(), groups.len()) {
                    // Fewer come out of what two have in common than of both: that takes half as long.
                    merged(&mut query, workspace, groups, " INTERSECT ");
                    let both = query.build().fetch_one(&self.readers).await.map_err(failed)?.count("n")?;
                    return Ok((one.people + other.people).saturating_sub(both));
                }
                merged(&mut query, workspace, groups, " UNION ");
            }
            _ => {
                query.push(found.table()).push(" WHERE ");
                condition(&mut query, workspace, filter, found)?;
            }
        }
        query.build().fetch_one(&self.readers).await.map_err(failed)?.count("n")
    }

    /// How many are in these groups; who is in several counts as often.
    pub(super) async fn members(&self, workspace: WorkspaceId, groups: &[String]) -> Stored<u64> {
        Ok(self.sizes(workspace, groups).await?.iter().map(|size| size.people).sum())
    }

    /// How large these groups are, of those that there are.
    pub(super) async fn sizes(&self, workspace: WorkspaceId, groups: &[String]) -> Stored<Vec<Size>> {
        if groups.is_empty() {
            return Ok(Vec::new());
        }
        let sql = "SELECT coalesce(json_group_array(json_array(user_count, connected_count)), '[]') AS sizes FROM user_group
            WHERE workspace_id = $1 AND name_key IN (SELECT value FROM json_each($2))";
        let query = sqlx::query(sql).bind(workspace.to_string()).bind(keys(groups)?);
        let sizes: Vec<(u64, u64)> = query.fetch_one(&self.readers).await.map_err(failed)?.json("sizes")?;
        Ok(sizes.into_iter().map(|(people, connected)| Size { people, connected }).collect())
    }
}
