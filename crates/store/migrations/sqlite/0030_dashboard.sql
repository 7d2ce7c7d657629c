-- What the dashboard counts.

-- How far a message came stays known whatever becomes of it. It is worked out from the row (domain: invitation::Reach), and
-- stands in an index of messages that were sent: those that are queued, many at once, do not write it.
ALTER TABLE invitation ADD COLUMN started_at INTEGER;
UPDATE invitation SET started_at = s.at
FROM (SELECT workspace_id, invitation_id, min(at) AS at FROM invitation_step WHERE state = 'enrolling' GROUP BY workspace_id, invitation_id) AS s
WHERE s.workspace_id = invitation.workspace_id AND s.invitation_id = invitation.id;
ALTER TABLE invitation ADD COLUMN reached INTEGER GENERATED ALWAYS AS (CASE
    WHEN enrolled_at IS NOT NULL THEN 4
    WHEN started_at IS NOT NULL THEN 3
    WHEN opened_at IS NOT NULL THEN 2
    WHEN sent_at IS NOT NULL OR sending = 0 OR state = 'sent' THEN 1
END) VIRTUAL;
CREATE INDEX invitation_by_reach ON invitation (workspace_id, reached, state, id) WHERE reached IS NOT NULL;

-- When a device connected for the first time never changes.
CREATE INDEX device_by_time ON device (workspace_id, enrolled_at);

-- How many devices there are of each kind, kept with each change.
CREATE TABLE fleet (
    workspace_id TEXT NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    platform TEXT NOT NULL,
    status INTEGER NOT NULL,
    has_left INTEGER NOT NULL,
    device_count INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, platform, status, has_left)
) STRICT, WITHOUT ROWID;
INSERT INTO fleet SELECT workspace_id, platform, status, left_at IS NOT NULL, count(*) FROM device GROUP BY 1, 2, 3, 4;

CREATE TRIGGER device_counted AFTER INSERT ON device BEGIN
    INSERT INTO fleet VALUES (new.workspace_id, new.platform, new.status, new.left_at IS NOT NULL, 1)
        ON CONFLICT DO UPDATE SET device_count = device_count + 1;
END;
CREATE TRIGGER device_discounted AFTER DELETE ON device BEGIN
    UPDATE fleet SET device_count = device_count - 1 WHERE workspace_id = old.workspace_id AND platform = old.platform
        AND status = old.status AND has_left = (old.left_at IS NOT NULL);
END;
CREATE TRIGGER device_recounted AFTER UPDATE OF platform, status, left_at ON device
WHEN old.platform <> new.platform OR old.status <> new.status OR (old.left_at IS NULL) <> (new.left_at IS NULL) BEGIN
    UPDATE fleet SET device_count = device_count - 1 WHERE workspace_id = old.workspace_id AND platform = old.platform
        AND status = old.status AND has_left = (old.left_at IS NOT NULL);
    INSERT INTO fleet VALUES (new.workspace_id, new.platform, new.status, new.left_at IS NOT NULL, 1)
        ON CONFLICT DO UPDATE SET device_count = device_count + 1;
END;
