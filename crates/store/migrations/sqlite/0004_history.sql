-- What happened to devices, and what was done to invitations beside their states.

CREATE TABLE device_event (
    workspace_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    event TEXT NOT NULL,
    account_id TEXT,
    PRIMARY KEY (workspace_id, device_id, seq),
    FOREIGN KEY (workspace_id, device_id) REFERENCES device (workspace_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

INSERT INTO device_event (workspace_id, device_id, seq, at, event)
    SELECT workspace_id, id, 1, enrolled_at, '{"kind":"connected"}' FROM device;

-- Names what was done: resent, renewed, extended, asked, device_deleted. NULL: the state was reached by itself.
ALTER TABLE invitation_step ADD COLUMN acted TEXT;

CREATE INDEX invitation_asking ON invitation (workspace_id, id) WHERE requested_at IS NOT NULL;
