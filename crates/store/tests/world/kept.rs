//! What is kept beside the rows it is told by, compared with what is there once a story is over.

use super::World;
use sqlx::{Connection, Row, SqliteConnection, sqlite::SqliteConnectOptions};

/// Each thing that is kept, and the same told anew; counts of none are left out.
const COUNTS: [(&str, &str, &str); 6] = [
    (
        "people by kind",
        "SELECT * FROM user_kind WHERE user_count <> 0 ORDER BY 1, 2, 3, 4, 5",
        "SELECT workspace_id, email_key IS NOT NULL, min(device_count, 2), status, coalesce(message_state, ''), count(*)
            FROM user GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5",
    ),
    (
        "messages by state",
        "SELECT * FROM invitation_kind WHERE invitation_count <> 0 ORDER BY 1, 2",
        "SELECT workspace_id, state, count(*) FROM invitation GROUP BY 1, 2 ORDER BY 1, 2",
    ),
    (
        "devices by kind",
        "SELECT * FROM fleet WHERE device_count <> 0 ORDER BY 1, 2, 3, 4",
        "SELECT workspace_id, platform, status, left_at IS NOT NULL, count(*) FROM device GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
    ),
    (
        "members of groups",
        "SELECT workspace_id, name_key, user_count, connected_count FROM user_group ORDER BY 1, 2",
        "SELECT g.workspace_id, g.name_key, count(u.id), coalesce(sum(u.device_count > 0), 0) FROM user_group g
            LEFT JOIN membership m ON m.workspace_id = g.workspace_id AND m.name_key = g.name_key
            LEFT JOIN user u ON u.workspace_id = m.workspace_id AND u.id = m.user_id GROUP BY 1, 2 ORDER BY 1, 2",
    ),
    (
        "who waits, and since when",
        "SELECT workspace_id, id, waiting_since FROM user WHERE waiting_since IS NOT NULL ORDER BY 1, 2",
        "WITH last AS (SELECT workspace_id, user_id, max(enrolled_at) AS at FROM invitation GROUP BY 1, 2)
            SELECT u.workspace_id, u.id, min(i.created_at) FROM user u
            JOIN invitation i ON i.workspace_id = u.workspace_id AND i.user_id = u.id
            JOIN last ON last.workspace_id = u.workspace_id AND last.user_id = u.id
            WHERE u.device_count = 0 AND i.state <> 'revoked' AND i.enrolled_at IS NULL AND i.created_at >= coalesce(last.at, 0)
            GROUP BY 1, 2 ORDER BY 1, 2",
    ),
    (
        "messages that are open, and whether they wait",
        "SELECT workspace_id, id, waits, user_id FROM invitation INDEXED BY invitation_waiting WHERE waits IS NOT NULL ORDER BY 1, 2",
        "SELECT i.workspace_id, i.id, u.device_count = 0, u.id FROM invitation i JOIN user u ON u.workspace_id = i.workspace_id AND u.id = i.user_id
            WHERE i.state NOT IN ('enrolled', 'expired', 'revoked') ORDER BY 1, 2",
    ),
];

/// Reads beside the store, also when the story has taken the folder away.
pub struct Kept(SqliteConnection);

impl Kept {
    /// Of the world's database.
    pub async fn of(world: &World) -> Self {
        let file = SqliteConnectOptions::new().filename(world.folder.path().join("muster.db"));
        let mut connection = SqliteConnection::connect_with(&file.read_only(true)).await.unwrap();
        // From now on it has all its files open.
        sqlx::query("SELECT 1 FROM user").fetch_optional(&mut connection).await.unwrap();
        Self(connection)
    }

    async fn rows(&mut self, sql: &'static str) -> Vec<String> {
        let rows = sqlx::query(sql).fetch_all(&mut self.0).await.unwrap();
        let cell = |row: &sqlx::sqlite::SqliteRow, n: usize| {
            row.try_get::<String, _>(n).or_else(|_| row.try_get::<i64, _>(n).map(|n| n.to_string())).unwrap()
        };
        rows.iter().map(|row| (0..row.len()).map(|n| cell(row, n)).collect::<Vec<_>>().join(" ")).collect()
    }

    /// Fails where what is kept is not what is there.
    pub async fn assert_right(mut self) {
        for (name, kept, anew) in COUNTS {
            assert_eq!(self.rows(kept).await, self.rows(anew).await, "{name}");
        }
    }
}
