//! Which messages a list's query means, and how many.

use crate::sqlite::{
    Sqlite,
    apple_waiting::WAITS,
    failed,
    overview::{OPEN, first_id, ranks},
    row::Read,
    search::Words,
};
use muster_domain::{WorkspaceId, invitation::State, ports::Stored, query::InvitationQuery};
use sqlx::QueryBuilder;

/// The names of all states, as JSON.
fn all_states() -> String {
    serde_json::json!(State::ALL.map(State::name)).to_string()
}

/// Which messages a list's query means. `walked`: they are looked for in the order of the list;
/// `few`: the index of letters leads to whom they are for.
pub(in crate::sqlite) fn conditions(
    sql: &mut QueryBuilder<sqlx::Sqlite>,
    workspace: WorkspaceId,
    query: &InvitationQuery,
    walked: bool,
    few: bool,
) {
    sql.push(" WHERE i.workspace_id = ").push_bind(workspace.to_string());
    if let Some(since) = query.since {
        sql.push(" AND i.id >= ").push_bind(first_id(since));
    }
    if let Some(reach) = query.reached {
        // The plus keeps SQLite from sorting all of them for a page.
        let plus = if walked { "+" } else { "" };
        sql.push(" AND ").push(plus).push("i.reached IN ").push(ranks(reach));
        if !walked {
            // All states, so that the index leads to the ids.
            sql.push(" AND i.state IN (SELECT value FROM json_each(").push_bind(all_states()).push("))");
        }
    }
    if let Some(ends) = query.ends {
        sql.push(" AND i.id IN (SELECT id FROM invitation INDEXED BY invitation_by_end WHERE state IN ")
            .push(OPEN)
            .push(" AND expires_at <= ")
            .push_bind(ends.0)
            .push(" AND workspace_id = ")
            .push_bind(workspace.to_string())
            .push(")");
    }
    if let Some(user) = query.user {
        sql.push(" AND i.user_id = ").push_bind(user.to_string());
    }
    if let Some(state) = query.state {
        sql.push(" AND i.state = ").push_bind(state.name());
    }
    if query.waiting {
        sql.push(" AND i.waits = 1");
    }
    if query.apple {
        sql.push(" AND ")
            .push(WAITS)
            .push(" AND i.id IN (SELECT invitation_id FROM apple_waiting WHERE workspace_id = ");
        sql.push_bind(workspace.to_string()).push(")");
    }
    if query.asking {
        sql.push(" AND i.requested_at IS NOT NULL AND i.state <> 'revoked'");
    }
    if let Some(id) = query.id {
        sql.push(" AND i.id = ").push_bind(id.to_string());
    }
    let words = Words::new(&query.search);
    match words.phrases().filter(|_| few) {
        Some(phrases) => {
            // The people first, and then the messages of each.
            sql.push(" AND i.user_id IN (SELECT f.id FROM user f WHERE +f.workspace_id = ")
                .push_bind(workspace.to_string());
            sql.push(" AND f.number IN (SELECT rowid FROM user_search WHERE user_search MATCH ")
                .push_bind(phrases);
            sql.push("))");
            words.short_in(sql, "u.search");
        }
        None => words.all_in(sql, "u.search"),
    }
}

impl Sqlite {
    /// How many messages a list's query means; what can be told by the kept counts is.
    pub(in crate::sqlite) async fn how_many(
        &self,
        workspace: WorkspaceId,
        query: &InvitationQuery,
    ) -> Stored<u64> {
        let InvitationQuery {
            search,
            user,
            state,
            asking,
            id,
            since,
            reached,
            ends,
            waiting,
            apple,
            window: _,
        } = query;
        let search = Words::new(search);
        if let (None, false, None, None, None, None, false, false, true) =
            (user, asking, id, since, reached, ends, waiting, apple, search.is_empty())
        {
            return match state {
                Some(state) => self.in_states(workspace, &[*state]).await,
                None => self.in_states(workspace, &State::ALL).await,
            };
        }
        let few = !search.is_empty() && {
            let everyone = self.everyone(workspace).await?;
            self.finds_few("user_search", &search, everyone).await?
        };
        let mut count = QueryBuilder::new("SELECT count(*) AS n FROM invitation i");
        if !(search.is_empty() || few && search.all_long()) {
            count.push(" JOIN user u ON u.workspace_id = i.workspace_id AND u.id = i.user_id");
        }
        conditions(&mut count, workspace, query, false, few);
        count.build().fetch_one(&self.readers).await.map_err(failed)?.count("n")
    }
}
