-- iPhones and iPads: the certificate authority, the identities it issued, the devices that enrolled with them.

-- Keys are sealed with the key outside the database.
CREATE TABLE apple_authority (
    workspace_id TEXT PRIMARY KEY REFERENCES workspace (id) ON DELETE CASCADE,
    certificate BLOB NOT NULL,
    key BLOB NOT NULL,
    recipient BLOB NOT NULL,
    recipient_key BLOB NOT NULL,
    made_at INTEGER NOT NULL
) STRICT;

-- One certificate for each number of a link: a challenge names the number, and is spent with it.
CREATE TABLE apple_identity (
    workspace_id TEXT NOT NULL,
    invitation_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    fingerprint BLOB NOT NULL,
    serial BLOB NOT NULL,
    certificate BLOB NOT NULL,
    key_hash BLOB NOT NULL,
    renews BLOB,
    issued_at INTEGER NOT NULL,
    not_after INTEGER NOT NULL,
    ended_at INTEGER,
    ended TEXT,
    PRIMARY KEY (workspace_id, invitation_id, number),
    FOREIGN KEY (workspace_id, invitation_id) REFERENCES invitation (workspace_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX apple_identity_fingerprint ON apple_identity (fingerprint);
CREATE INDEX apple_identity_ended ON apple_identity (workspace_id, not_after) WHERE ended_at IS NOT NULL;

-- Certificates whose link is deleted with its person: their devices are told to remove the profile, until the certificate ends.
CREATE TABLE apple_gone (
    fingerprint BLOB PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    invitation_id TEXT NOT NULL,
    not_after INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX apple_gone_by_end ON apple_gone (not_after);
CREATE TRIGGER apple_identity_gone AFTER DELETE ON apple_identity BEGIN
    INSERT OR IGNORE INTO apple_gone VALUES (old.fingerprint, old.workspace_id, old.invitation_id, old.not_after);
END;

-- The device that began with a link, and the identity that it is pinned to.
CREATE TABLE apple_enrolment (
    workspace_id TEXT NOT NULL,
    invitation_id TEXT NOT NULL,
    udid TEXT NOT NULL,
    identity BLOB NOT NULL,
    -- From the first TokenUpdate on; a deleted device's stays, so that its UDID is told from others.
    device_id TEXT,
    platform TEXT NOT NULL,
    -- What it said at Authenticate, until it is connected.
    facts TEXT NOT NULL,
    topic TEXT NOT NULL,
    push_token BLOB,
    push_magic TEXT,
    unlock_token BLOB,
    -- The number of its last session with the command queue.
    session INTEGER NOT NULL DEFAULT 0,
    authenticated_at INTEGER NOT NULL,
    connected_at INTEGER,
    ended_at INTEGER,
    -- Somebody let it move to another link; another link asked.
    may_move INTEGER NOT NULL DEFAULT 0,
    wants_to_move_at INTEGER,
    -- When it is to be called next, how often that failed, and why.
    push_due_at INTEGER,
    push_attempts INTEGER NOT NULL DEFAULT 0,
    push_reason TEXT,
    pushed_at INTEGER,
    PRIMARY KEY (workspace_id, invitation_id),
    FOREIGN KEY (workspace_id, invitation_id) REFERENCES invitation (workspace_id, id) ON DELETE CASCADE
) STRICT;
-- In all workspaces: a device is enrolled once.
CREATE UNIQUE INDEX apple_enrolment_udid ON apple_enrolment (udid) WHERE ended_at IS NULL AND may_move = 0;
CREATE INDEX apple_enrolment_device ON apple_enrolment (workspace_id, device_id);
CREATE INDEX apple_enrolment_push ON apple_enrolment (push_due_at) WHERE push_due_at IS NOT NULL;

-- How far a phone came, step by step, each with the last time.
CREATE TABLE enrolment_progress (
    workspace_id TEXT NOT NULL,
    invitation_id TEXT NOT NULL,
    step TEXT NOT NULL,
    at INTEGER NOT NULL,
    detail TEXT,
    PRIMARY KEY (workspace_id, invitation_id, step),
    FOREIGN KEY (workspace_id, invitation_id) REFERENCES invitation (workspace_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- What a device listed last: its apps, profiles, certificates.
CREATE TABLE device_list (
    workspace_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    entries TEXT NOT NULL,
    PRIMARY KEY (workspace_id, device_id, kind),
    FOREIGN KEY (workspace_id, device_id) REFERENCES device (workspace_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Commands with more than their kind, and the places of the queue's rule.
ALTER TABLE device_command ADD COLUMN params TEXT;
ALTER TABLE device_command ADD COLUMN sends INTEGER NOT NULL DEFAULT 0;
ALTER TABLE device_command ADD COLUMN session INTEGER NOT NULL DEFAULT 0;
ALTER TABLE device_command ADD COLUMN account_id TEXT;
DROP INDEX device_command_open;
CREATE INDEX device_command_open ON device_command (workspace_id, device_id) WHERE state IN ('queued', 'delivered', 'postponed');

-- Configuration profiles that were uploaded for devices, as they are sent.
CREATE TABLE apple_profile (
    workspace_id TEXT NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    identifier TEXT NOT NULL,
    name TEXT NOT NULL,
    payloads TEXT NOT NULL,
    content BLOB NOT NULL,
    uploaded_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE UNIQUE INDEX apple_profile_identifier ON apple_profile (workspace_id, identifier);
