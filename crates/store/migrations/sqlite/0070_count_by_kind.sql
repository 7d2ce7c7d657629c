-- How many people and messages there are of each kind, kept with each change: a list says how many match, and a filter that
-- counts walks through 50,000 entries of an index. Whatever is asked of the row itself is a sum of a few of these.
CREATE TABLE user_kind (
    workspace_id TEXT NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    has_address INTEGER NOT NULL,
    -- Connected: none, one, or 2 for more.
    devices INTEGER NOT NULL,
    status INTEGER NOT NULL,
    -- The state of the last message; empty where there was none.
    message_state TEXT NOT NULL,
    user_count INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, message_state, devices, status, has_address)
) STRICT, WITHOUT ROWID;
INSERT INTO user_kind
SELECT workspace_id, email_key IS NOT NULL, min(device_count, 2), status, coalesce(message_state, ''), count(*) FROM user GROUP BY 1, 2, 3, 4, 5;

DROP TRIGGER user_counted;
DROP TRIGGER user_discounted;
ALTER TABLE workspace DROP COLUMN user_count;
CREATE TRIGGER user_counted AFTER INSERT ON user BEGIN
    INSERT INTO user_kind VALUES (new.workspace_id, new.email_key IS NOT NULL, min(new.device_count, 2), new.status, coalesce(new.message_state, ''), 1)
        ON CONFLICT DO UPDATE SET user_count = user_count + 1;
END;
CREATE TRIGGER user_discounted AFTER DELETE ON user BEGIN
    UPDATE user_kind SET user_count = user_count - 1 WHERE workspace_id = old.workspace_id AND has_address = (old.email_key IS NOT NULL)
        AND devices = min(old.device_count, 2) AND status = old.status AND message_state = coalesce(old.message_state, '');
END;
CREATE TRIGGER user_recounted AFTER UPDATE OF email_key, device_count, status, message_state ON user
WHEN old.message_state IS NOT new.message_state OR old.status <> new.status OR min(old.device_count, 2) <> min(new.device_count, 2)
    OR (old.email_key IS NULL) <> (new.email_key IS NULL) BEGIN
    UPDATE user_kind SET user_count = user_count - 1 WHERE workspace_id = old.workspace_id AND has_address = (old.email_key IS NOT NULL)
        AND devices = min(old.device_count, 2) AND status = old.status AND message_state = coalesce(old.message_state, '');
    INSERT INTO user_kind VALUES (new.workspace_id, new.email_key IS NOT NULL, min(new.device_count, 2), new.status, coalesce(new.message_state, ''), 1)
        ON CONFLICT DO UPDATE SET user_count = user_count + 1;
END;

CREATE TABLE invitation_kind (
    workspace_id TEXT NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    invitation_count INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, state)
) STRICT, WITHOUT ROWID;
INSERT INTO invitation_kind SELECT workspace_id, state, count(*) FROM invitation GROUP BY 1, 2;

CREATE TRIGGER invitation_counted AFTER INSERT ON invitation BEGIN
    INSERT INTO invitation_kind VALUES (new.workspace_id, new.state, 1) ON CONFLICT DO UPDATE SET invitation_count = invitation_count + 1;
END;
CREATE TRIGGER invitation_discounted AFTER DELETE ON invitation BEGIN
    UPDATE invitation_kind SET invitation_count = invitation_count - 1 WHERE workspace_id = old.workspace_id AND state = old.state;
END;
CREATE TRIGGER invitation_recounted AFTER UPDATE OF state ON invitation WHEN old.state <> new.state BEGIN
    UPDATE invitation_kind SET invitation_count = invitation_count - 1 WHERE workspace_id = old.workspace_id AND state = old.state;
    INSERT INTO invitation_kind VALUES (new.workspace_id, new.state, 1) ON CONFLICT DO UPDATE SET invitation_count = invitation_count + 1;
END;
