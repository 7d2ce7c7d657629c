-- Who waits for a device, since when, and by which messages.

-- A person who has no connected device waits since the first message to them, not withdrawn, after their last connection.
ALTER TABLE user ADD COLUMN waiting_since INTEGER;
UPDATE user SET waiting_since = (SELECT min(i.created_at) FROM invitation i
    WHERE i.workspace_id = user.workspace_id AND i.user_id = user.id AND i.state <> 'revoked' AND i.enrolled_at IS NULL
        AND i.created_at >= coalesce((SELECT max(c.enrolled_at) FROM invitation c WHERE c.workspace_id = user.workspace_id AND c.user_id = user.id), 0))
WHERE device_count = 0 AND message_id IS NOT NULL;
CREATE INDEX user_waiting ON user (workspace_id, waiting_since, id) WHERE waiting_since IS NOT NULL;

-- A message whose link is open waits (1) while its person has no connected device; with one it does not (0). What is not open has none.
ALTER TABLE invitation ADD COLUMN person_connected INTEGER NOT NULL DEFAULT 0;
UPDATE invitation SET person_connected = 1
    WHERE EXISTS (SELECT 1 FROM user u WHERE u.workspace_id = invitation.workspace_id AND u.id = invitation.user_id AND u.device_count > 0);
ALTER TABLE invitation ADD COLUMN waits INTEGER GENERATED ALWAYS AS
    (CASE WHEN state IN ('queued', 'sent', 'opened', 'enrolling', 'failed') THEN person_connected = 0 END) VIRTUAL;
CREATE INDEX invitation_waiting ON invitation (workspace_id, waits, id, user_id) WHERE waits IS NOT NULL;
CREATE TRIGGER user_connected AFTER UPDATE OF device_count ON user WHEN (old.device_count > 0) <> (new.device_count > 0) BEGIN
    UPDATE invitation SET person_connected = new.device_count > 0 WHERE workspace_id = new.workspace_id AND user_id = new.id;
END;
CREATE TRIGGER invitation_given AFTER UPDATE OF user_id ON invitation WHEN old.user_id <> new.user_id BEGIN
    UPDATE invitation SET person_connected = (SELECT device_count > 0 FROM user WHERE workspace_id = new.workspace_id AND id = new.user_id)
        WHERE workspace_id = new.workspace_id AND id = new.id;
END;

-- The requests for a new link that a batch answered, for as long as it can be undone.
CREATE TABLE request_answered (
    workspace_id TEXT NOT NULL,
    batch_id TEXT NOT NULL,
    invitation_id TEXT NOT NULL,
    requested_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, invitation_id, batch_id),
    FOREIGN KEY (workspace_id, invitation_id) REFERENCES invitation (workspace_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
-- A newer message answers a request, and so does a device that connects.
UPDATE invitation SET requested_at = NULL WHERE requested_at IS NOT NULL AND (hardware_id IS NOT NULL OR EXISTS (SELECT 1 FROM invitation n
    WHERE n.workspace_id = invitation.workspace_id AND n.user_id = invitation.user_id AND n.sending > 0 AND n.created_at > invitation.requested_at));
