-- Accounts work together: invitations to a workspace's console, and sessions that their account can tell apart.

-- Open invitations alone: one that was taken up or withdrawn is gone. The link is known by its SHA-256.
CREATE TABLE account_offer (
    workspace_id TEXT NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    role TEXT NOT NULL,
    language TEXT NOT NULL,
    secret BLOB NOT NULL,
    by_account TEXT,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    delivery TEXT NOT NULL,
    PRIMARY KEY (workspace_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX account_offer_secret ON account_offer (secret);
CREATE UNIQUE INDEX account_offer_email ON account_offer (workspace_id, email_key);
CREATE INDEX account_offer_by_end ON account_offer (expires_at);

-- When the account last began to work in the workspace.
ALTER TABLE account_role ADD COLUMN signed_in_at INTEGER;
UPDATE account_role SET signed_in_at = (SELECT max(created_at) FROM session s
    WHERE s.account_id = account_role.account_id AND s.workspace_id = account_role.workspace_id);
CREATE INDEX account_role_by_workspace ON account_role (workspace_id, role);

-- A name for a session that is no secret, and what is known of its browser. This one's random bytes are no secret either.
ALTER TABLE session ADD COLUMN id TEXT NOT NULL DEFAULT '';
UPDATE session SET id = lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-' || hex(randomblob(2)) || '-'
    || hex(randomblob(2)) || '-' || hex(randomblob(6)));
ALTER TABLE session ADD COLUMN agent TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN address TEXT NOT NULL DEFAULT '';
