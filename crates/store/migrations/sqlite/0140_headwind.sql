-- Devices with the Headwind agent: each has an address of its own, which is its secret.
CREATE TABLE headwind_device (
    workspace_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    invitation_id TEXT NOT NULL,
    -- What somebody typed as its number, and its link is bound to.
    typed TEXT NOT NULL,
    -- SHA-256 of the secret in its address.
    address BLOB NOT NULL,
    claimed_at INTEGER NOT NULL,
    -- When it first came by its own address.
    moved_at INTEGER,
    -- The words on its locked screen; none when it is not locked.
    lock TEXT,
    -- Since when something waits for it, and when it was last told to ask.
    due_at INTEGER,
    told_at INTEGER,
    PRIMARY KEY (workspace_id, device_id),
    FOREIGN KEY (workspace_id, device_id) REFERENCES device (workspace_id, id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX headwind_address ON headwind_device (address);
CREATE INDEX headwind_due ON headwind_device (due_at) WHERE due_at IS NOT NULL;
