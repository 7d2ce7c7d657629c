-- What the Users list is filtered by, in one index: who matches is told without a look at anybody's row.
CREATE INDEX user_by_filter ON user (workspace_id, device_count, message_state, status, email_key);
