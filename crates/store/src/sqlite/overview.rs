//! The figures of the dashboard: each by an index that has all of it, or kept by triggers (migration 0030).

use super::{
    Sqlite, failed,
    row::{Read, json},
    search::Words,
    users,
};
use async_trait::async_trait;
use muster_domain::{
    Timestamp, WorkspaceId,
    device::{Platform, Status},
    invitation::{Reach, Reached, State},
    ports::{ENDING, Fleet, OverviewStore, Stored, Waits},
    query::{DeviceQuery, InvitationQuery},
};
use sqlx::{AssertSqlSafe, sqlite::SqliteRow};

/// As `State::OPEN` says, in the words of the index `invitation_by_end`, which is found by them.
pub(super) const OPEN: &str = "('queued', 'sent', 'opened', 'enrolling', 'failed')";

/// The smallest id of what was made at a moment or later: ids begin with the milliseconds (RFC 9562, section 5.7).
pub(super) fn first_id(since: Timestamp) -> String {
    let digits = format!("{:012x}", since.millis().min((1 << 48) - 1));
    format!("{}-{}", &digits[..8], &digits[8..])
}

/// The ranks of those that came at least so far.
pub(super) fn ranks(reach: Reach) -> &'static str {
    match reach {
        Reach::Sent => "(1, 2, 3, 4)",
        Reach::Opened => "(2, 3, 4)",
        Reach::Started => "(3, 4)",
        Reach::Connected => "(4)",
    }
}

impl Sqlite {
    /// How many messages of those that were sent came just so far and are in this state.
    pub(super) async fn ranks_and_states(
        &self,
        workspace: WorkspaceId,
        since: Option<Timestamp>,
    ) -> Stored<Vec<(i64, State, u64)>> {
        // Each pair by itself: the index has its ids in order.
        let sql = "SELECT r.value AS rank, s.value AS state, (SELECT count(*) FROM invitation
                WHERE workspace_id = $1 AND reached = r.value AND state = s.value AND id >= $2) AS n
            FROM json_each('[1, 2, 3, 4]') AS r CROSS JOIN json_each($3) AS s";
        let first = since.map(first_id).unwrap_or_default();
        let states = json(&State::ALL.map(State::name))?;
        let query = sqlx::query(sql).bind(workspace.to_string()).bind(first).bind(states);
        let rows = query.fetch_all(&self.readers).await.map_err(failed)?;
        let row = |r: &SqliteRow| Ok((r.val("rank")?, r.named("state", State::from_name)?, r.count("n")?));
        rows.iter().map(row).collect()
    }

    /// How many devices match, where nothing is asked but what is counted by kind.
    pub(super) async fn of_kind(&self, workspace: WorkspaceId, query: &DeviceQuery) -> Stored<Option<u64>> {
        let DeviceQuery {
            search, owner: None, since: None, until: None, status, platform, connected, ..
        } = query
        else {
            return Ok(None);
        };
        if !Words::new(search).is_empty() {
            return Ok(None);
        }
        let sql = "SELECT coalesce(sum(device_count), 0) AS n FROM fleet WHERE workspace_id = $1 AND status = coalesce($2, status)
            AND platform = coalesce($3, platform) AND has_left = coalesce($4, has_left)";
        let query = sqlx::query(sql)
            .bind(workspace.to_string())
            .bind(status.map(Status::rank))
            .bind(platform.map(Platform::name))
            .bind(connected.map(|connected| !connected));
        query.fetch_one(&self.readers).await.map_err(failed)?.count("n").map(Some)
    }
}

#[async_trait]
impl OverviewStore for Sqlite {
    async fn reached(&self, workspace: WorkspaceId, since: Timestamp) -> Stored<Reached> {
        let mut reached = Reached::default();
        for (rank, _, n) in self.ranks_and_states(workspace, Some(since)).await? {
            for (reach, count) in [
                (Reach::Sent, &mut reached.sent),
                (Reach::Opened, &mut reached.opened),
                (Reach::Started, &mut reached.started),
                (Reach::Connected, &mut reached.connected),
            ] {
                *count += if rank >= reach.rank() { n } else { 0 };
            }
        }
        Ok(reached)
    }

    async fn fleet(&self, workspace: WorkspaceId) -> Stored<Fleet> {
        let sql = "SELECT platform, status, has_left, device_count FROM fleet WHERE workspace_id = $1 AND device_count > 0";
        let rows = sqlx::query(sql).bind(workspace.to_string()).fetch_all(&self.readers).await;
        let mut fleet = Fleet::default();
        for row in rows.map_err(failed)? {
            let n = row.count("device_count")?;
            if row.val::<bool>("has_left")? {
                fleet.left += n;
                continue;
            }
            let status = Status::from_rank(row.val("status")?).unwrap_or(Status::Ok);
            fleet.connected.push((row.named("platform", Platform::from_name)?, status, n));
        }
        Ok(fleet)
    }

    async fn connected_between(&self, workspace: WorkspaceId, moments: &[Timestamp]) -> Stored<Vec<u64>> {
        let spans: Vec<_> = moments.windows(2).map(|pair| (pair[0].0, pair[1].0)).collect();
        let sql = "SELECT (SELECT count(*) FROM device WHERE workspace_id = $1 AND enrolled_at >= value ->> 0
                AND enrolled_at < value ->> 1) AS n
            FROM json_each($2) ORDER BY key";
        let query = sqlx::query(sql).bind(workspace.to_string()).bind(json(&spans)?);
        query.fetch_all(&self.readers).await.map_err(failed)?.iter().map(|row| row.count("n")).collect()
    }

    async fn waiting_longest(&self, workspace: WorkspaceId, limit: u32) -> Stored<Vec<Waits>> {
        let sql = format!(
            "SELECT {}, u.waiting_since, EXISTS (SELECT 1 FROM invitation i WHERE i.workspace_id = u.workspace_id
                    AND i.user_id = u.id AND i.requested_at IS NOT NULL AND i.state <> 'revoked') AS asks
                FROM user u INDEXED BY user_waiting WHERE u.workspace_id = $1 AND u.waiting_since IS NOT NULL
                ORDER BY u.waiting_since, u.id LIMIT $2",
            users::COLUMNS
        );
        let query = sqlx::query(AssertSqlSafe(sql)).bind(workspace.to_string()).bind(i64::from(limit));
        let rows = query.fetch_all(&self.readers).await.map_err(failed)?;
        let waits = |row: &SqliteRow| {
            Ok(Waits { user: users::row(row)?, since: row.time("waiting_since")?, asks: row.val("asks")? })
        };
        rows.iter().map(waits).collect()
    }

    async fn messages_that_wait(&self, workspace: WorkspaceId) -> Stored<u64> {
        let waiting = InvitationQuery { waiting: true, ..InvitationQuery::default() };
        self.how_many(workspace, &waiting).await
    }

    async fn ending(&self, workspace: WorkspaceId, until: Timestamp) -> Stored<u64> {
        let sql = format!(
            "SELECT count(*) AS n FROM (SELECT 1 FROM invitation INDEXED BY invitation_by_end
                WHERE state IN {OPEN} AND expires_at <= $2 AND workspace_id = $1 LIMIT $3)"
        );
        let most = i64::try_from(ENDING).unwrap_or(i64::MAX).saturating_add(1);
        let query = sqlx::query(AssertSqlSafe(sql)).bind(workspace.to_string()).bind(until.0).bind(most);
        query.fetch_one(&self.readers).await.map_err(failed)?.count("n")
    }

    async fn asking(&self, workspace: WorkspaceId) -> Stored<u64> {
        let sql = "SELECT count(*) AS n FROM invitation WHERE workspace_id = $1 AND requested_at IS NOT NULL AND state <> 'revoked'";
        let query = sqlx::query(sql).bind(workspace.to_string());
        query.fetch_one(&self.readers).await.map_err(failed)?.count("n")
    }

    async fn any_message(&self, workspace: WorkspaceId) -> Stored<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM invitation WHERE workspace_id = $1)";
        let query = sqlx::query_scalar(sql).bind(workspace.to_string());
        query.fetch_one(&self.readers).await.map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_domain::InvitationId;

    #[test]
    fn the_words_of_the_database_say_what_the_domain_says() {
        let names: Vec<_> = State::OPEN.iter().map(|state| format!("'{}'", state.name())).collect();
        assert_eq!(OPEN, format!("({})", names.join(", ")));
        for reach in Reach::ALL {
            let further: Vec<_> =
                Reach::ALL.iter().filter(|r| **r >= reach).map(|r| r.rank().to_string()).collect();
            assert_eq!(ranks(reach), format!("({})", further.join(", ")));
        }
    }

    #[test]
    fn the_first_id_of_a_moment_comes_before_all_that_are_made_in_it() {
        let moment = Timestamp(1_795_497_120_123_000);
        let id: InvitationId = "01a20b00-0000-7000-8000-000000000000".parse().unwrap();
        assert_eq!(first_id(moment).len(), 13);
        assert!(first_id(moment) > first_id(moment.plus(-1000)));
        assert_eq!(first_id(Timestamp(0)), "00000000-0000");
        assert!(id.to_string() > first_id(Timestamp(0)));
    }
}
