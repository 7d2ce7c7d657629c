-- Keys begin with the workspace, and foreign keys carry it: the database itself refuses a reference across workspaces.
-- Ids are UUIDv7 text, times are microseconds since the epoch.

CREATE TABLE workspace (
    id TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL,
    settings TEXT NOT NULL
) STRICT;

CREATE TABLE sealed (
    workspace_id TEXT NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (workspace_id, name)
) STRICT;

CREATE TABLE change (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace_id TEXT NOT NULL,
    topic TEXT NOT NULL
) STRICT;

-- The columns from device_count on are kept in the transaction that changes what they summarise.
CREATE TABLE user (
    workspace_id TEXT NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT,
    email_key TEXT,
    language TEXT,
    sort_name TEXT NOT NULL,
    search TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    device_count INTEGER NOT NULL DEFAULT 0,
    status INTEGER NOT NULL DEFAULT 0,
    reasons TEXT NOT NULL DEFAULT '[]',
    last_seen INTEGER,
    message_id TEXT,
    message_state TEXT,
    message_at INTEGER,
    message_detail TEXT,
    PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE UNIQUE INDEX user_email ON user (workspace_id, email_key);
CREATE INDEX user_by_name ON user (workspace_id, sort_name, id);
CREATE INDEX user_by_devices ON user (workspace_id, device_count, id);
CREATE INDEX user_by_status ON user (workspace_id, status, id);
CREATE INDEX user_by_message ON user (workspace_id, message_at, id);
CREATE INDEX user_by_last_seen ON user (workspace_id, last_seen, id);

CREATE VIRTUAL TABLE user_search USING fts5 (search, content = 'user', content_rowid = 'rowid', tokenize = 'trigram');
CREATE TRIGGER user_search_insert AFTER INSERT ON user BEGIN
    INSERT INTO user_search (rowid, search) VALUES (new.rowid, new.search);
END;
CREATE TRIGGER user_search_delete AFTER DELETE ON user BEGIN
    INSERT INTO user_search (user_search, rowid, search) VALUES ('delete', old.rowid, old.search);
END;
CREATE TRIGGER user_search_update AFTER UPDATE OF search ON user BEGIN
    INSERT INTO user_search (user_search, rowid, search) VALUES ('delete', old.rowid, old.search);
    INSERT INTO user_search (rowid, search) VALUES (new.rowid, new.search);
END;

CREATE TABLE user_group (
    workspace_id TEXT NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    name_key TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (workspace_id, name_key)
) STRICT;

CREATE TABLE membership (
    workspace_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    name_key TEXT NOT NULL,
    PRIMARY KEY (workspace_id, user_id, name_key),
    FOREIGN KEY (workspace_id, user_id) REFERENCES user (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, name_key) REFERENCES user_group (workspace_id, name_key) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX membership_by_group ON membership (workspace_id, name_key, user_id);

CREATE TABLE batch (
    workspace_id TEXT NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    account_id TEXT,
    note TEXT,
    created_at INTEGER NOT NULL,
    undo_until INTEGER NOT NULL,
    undone_at INTEGER,
    total INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, id)
) STRICT;

CREATE TABLE invitation (
    workspace_id TEXT NOT NULL,
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    batch_id TEXT NOT NULL,
    token_hash BLOB NOT NULL,
    generation INTEGER NOT NULL,
    language TEXT NOT NULL,
    state TEXT NOT NULL,
    state_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    sent_at INTEGER,
    opened_at INTEGER,
    enrolled_at INTEGER,
    requested_at INTEGER,
    platform TEXT,
    device_id TEXT,
    hardware_id TEXT,
    error TEXT,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, user_id) REFERENCES user (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, batch_id) REFERENCES batch (workspace_id, id)
) STRICT;
CREATE UNIQUE INDEX invitation_token ON invitation (token_hash);
CREATE INDEX invitation_by_user ON invitation (workspace_id, user_id, id);
CREATE INDEX invitation_by_batch ON invitation (workspace_id, batch_id, state);
CREATE INDEX invitation_by_state ON invitation (workspace_id, state, id);
CREATE INDEX invitation_by_end ON invitation (expires_at) WHERE state IN ('queued', 'sent', 'opened', 'enrolling', 'failed');

CREATE TABLE invitation_step (
    workspace_id TEXT NOT NULL,
    invitation_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    state TEXT NOT NULL,
    at INTEGER NOT NULL,
    detail TEXT,
    PRIMARY KEY (workspace_id, invitation_id, seq),
    FOREIGN KEY (workspace_id, invitation_id) REFERENCES invitation (workspace_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE device (
    workspace_id TEXT NOT NULL,
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    invitation_id TEXT NOT NULL,
    name TEXT NOT NULL,
    sort_name TEXT NOT NULL,
    search TEXT NOT NULL,
    platform TEXT NOT NULL,
    model TEXT NOT NULL,
    os_version TEXT NOT NULL,
    facts TEXT NOT NULL,
    public_key BLOB NOT NULL,
    status INTEGER NOT NULL,
    reasons TEXT NOT NULL,
    enrolled_at INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    left_at INTEGER,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, user_id) REFERENCES user (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, invitation_id) REFERENCES invitation (workspace_id, id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX device_id ON device (id);
CREATE INDEX device_by_user ON device (workspace_id, user_id);
CREATE INDEX device_by_invitation ON device (workspace_id, invitation_id);
CREATE INDEX device_by_name ON device (workspace_id, sort_name, id);
CREATE INDEX device_by_model ON device (workspace_id, model, id);
CREATE INDEX device_by_platform ON device (workspace_id, platform, os_version, id);
CREATE INDEX device_by_status ON device (workspace_id, status, id);
CREATE INDEX device_by_last_seen ON device (workspace_id, last_seen, id);

-- Nonces of signed requests: one is taken once (RFC 9421, section 7.2.2).
CREATE TABLE nonce (
    key TEXT NOT NULL,
    nonce TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (key, nonce)
) STRICT, WITHOUT ROWID;
CREATE INDEX nonce_by_age ON nonce (at);

-- The outbox: one mail job for an invitation at most.
CREATE TABLE mail_job (
    workspace_id TEXT NOT NULL,
    id TEXT NOT NULL,
    run_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    worker TEXT,
    reason TEXT,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, id) REFERENCES invitation (workspace_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX mail_job_ready ON mail_job (run_at);

CREATE TABLE mail_log (
    workspace_id TEXT NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX mail_log_by_time ON mail_log (workspace_id, at);

CREATE TABLE account (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    language TEXT,
    password TEXT,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE account_role (
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    workspace_id TEXT NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    PRIMARY KEY (account_id, workspace_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
    secret BLOB PRIMARY KEY,
    account_id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_used INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    FOREIGN KEY (account_id, workspace_id) REFERENCES account_role (account_id, workspace_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_account ON session (account_id);

CREATE TABLE ticket (
    secret BLOB PRIMARY KEY,
    account_id TEXT REFERENCES account (id) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT, WITHOUT ROWID;
