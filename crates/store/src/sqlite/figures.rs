//! Figures for whoever watches: jobs by kind and state, and the size of the database.

use super::{Sqlite, failed, row::Read};
use async_trait::async_trait;
use muster_domain::{
    Timestamp,
    ports::{FigureStore, Figures, JobFigure, Stored},
};

#[async_trait]
impl FigureStore for Sqlite {
    async fn figures(&self, now: Timestamp) -> Stored<Figures> {
        // `run_at` of a claimed job is the end of its lease: one whose worker died is due again.
        let sql = "SELECT
                count(*) FILTER (WHERE worker IS NOT NULL AND run_at > $1) AS running,
                count(*) FILTER (WHERE run_at <= $1) AS due,
                count(*) FILTER (WHERE worker IS NULL AND run_at > $1 AND reason IS NULL) AS waiting,
                count(*) FILTER (WHERE worker IS NULL AND run_at > $1 AND reason IS NOT NULL) AS delayed,
                (SELECT count(*) FROM invitation WHERE state = 'failed') AS failed
            FROM mail_job";
        let row = sqlx::query(sql).bind(now.0).fetch_one(&self.readers).await.map_err(failed)?;
        let mut jobs = Vec::new();
        for state in ["running", "due", "waiting", "delayed", "failed"] {
            jobs.push(JobFigure { kind: "mail", state, count: row.count(state)? });
        }
        let sql = "SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()";
        let row = sqlx::query(sql).fetch_one(&self.readers).await.map_err(failed)?;
        Ok(Figures { jobs, database_bytes: row.count("bytes")? })
    }
}
