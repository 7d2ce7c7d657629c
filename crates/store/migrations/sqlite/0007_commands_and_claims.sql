-- Commands to devices: they come with each check-in until the agent has answered.
CREATE TABLE device_command (
    workspace_id TEXT NOT NULL,
    id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    delivered_at INTEGER,
    ended_at INTEGER,
    detail TEXT,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, device_id) REFERENCES device (workspace_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX device_command_by_device ON device_command (workspace_id, device_id, id);
CREATE INDEX device_command_open ON device_command (workspace_id, device_id) WHERE state IN ('queued', 'delivered');
CREATE INDEX device_command_by_end ON device_command (ended_at) WHERE ended_at IS NOT NULL;

-- A claim of mails has a number that no other has: a worker that claims a message again, or a message that was put
-- into the outbox anew, ends the older claim whoever made it.
CREATE TABLE mail_claim (
    number INTEGER PRIMARY KEY AUTOINCREMENT
) STRICT;
ALTER TABLE mail_job ADD COLUMN claim INTEGER;

CREATE INDEX session_by_end ON session (expires_at);
CREATE INDEX mail_log_by_age ON mail_log (at);

-- The search index names a person by a number of its own. The implicit rowid, which it named before, may change with
-- VACUUM, since the table has no INTEGER PRIMARY KEY (https://sqlite.org/lang_vacuum.html), and a search in a restored
-- backup would then find other people.
DROP TRIGGER user_search_insert;
DROP TRIGGER user_search_delete;
DROP TRIGGER user_search_update;
DROP TABLE user_search;
ALTER TABLE user ADD COLUMN number INTEGER;
UPDATE user SET number = rowid;
CREATE UNIQUE INDEX user_by_number ON user (number);
CREATE VIRTUAL TABLE user_search USING fts5 (search, content = 'user', content_rowid = 'number', tokenize = 'trigram');
INSERT INTO user_search (user_search) VALUES ('rebuild');
CREATE TRIGGER user_search_insert AFTER INSERT ON user BEGIN
    UPDATE user SET number = (SELECT coalesce(max(number), 0) + 1 FROM user) WHERE workspace_id = new.workspace_id AND id = new.id;
    INSERT INTO user_search (rowid, search)
        SELECT number, search FROM user WHERE workspace_id = new.workspace_id AND id = new.id;
END;
CREATE TRIGGER user_search_delete AFTER DELETE ON user BEGIN
    INSERT INTO user_search (user_search, rowid, search) VALUES ('delete', old.number, old.search);
END;
CREATE TRIGGER user_search_update AFTER UPDATE OF search ON user BEGIN
    INSERT INTO user_search (user_search, rowid, search) VALUES ('delete', old.number, old.search);
    INSERT INTO user_search (rowid, search) VALUES (new.number, new.search);
END;
