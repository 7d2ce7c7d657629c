-- Mails are claimed workspace by workspace, so that nobody waits for another's mail server.
DROP INDEX mail_job_ready;
CREATE INDEX mail_job_ready ON mail_job (workspace_id, run_at);
