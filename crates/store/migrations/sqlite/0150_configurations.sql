-- Configurations for Android devices with the Headwind agent. A device has the first one, by place, that is for everybody or for a
-- group of its owner.
CREATE TABLE configuration (
    workspace_id TEXT NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    place INTEGER NOT NULL,
    everybody INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE UNIQUE INDEX configuration_name ON configuration (workspace_id, name_key);
CREATE INDEX configuration_place ON configuration (workspace_id, place, id);

CREATE TABLE configuration_group (
    workspace_id TEXT NOT NULL,
    configuration_id TEXT NOT NULL,
    name_key TEXT NOT NULL,
    PRIMARY KEY (workspace_id, configuration_id, name_key),
    FOREIGN KEY (workspace_id, configuration_id) REFERENCES configuration (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, name_key) REFERENCES user_group (workspace_id, name_key) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX configuration_of_group ON configuration_group (workspace_id, name_key);

-- Each version that was ever saved.
CREATE TABLE configuration_version (
    workspace_id TEXT NOT NULL,
    configuration_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    settings TEXT NOT NULL,
    saved_at INTEGER NOT NULL,
    saved_by TEXT NOT NULL,
    -- The version that was brought back with it.
    restored INTEGER,
    PRIMARY KEY (workspace_id, configuration_id, version),
    FOREIGN KEY (workspace_id, configuration_id) REFERENCES configuration (workspace_id, id) ON DELETE CASCADE
) STRICT;

-- What a device fetched last; none if there was none for it.
ALTER TABLE headwind_device ADD COLUMN configuration_id TEXT;
ALTER TABLE headwind_device ADD COLUMN configuration_version INTEGER;

-- What devices log where their configuration asks for it.
CREATE TABLE headwind_log (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    level INTEGER NOT NULL,
    package TEXT NOT NULL,
    message TEXT NOT NULL,
    FOREIGN KEY (workspace_id, device_id) REFERENCES device (workspace_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX headwind_log_of_device ON headwind_log (workspace_id, device_id, number);

-- Whoever joins or leaves a group that has a configuration may have another one from now on, and so may a device that is given to
-- somebody else: their devices are told to ask. The latest moment that is known here is when they were last heard of.
CREATE TRIGGER membership_joined_configuration AFTER INSERT ON membership
WHEN EXISTS (SELECT 1 FROM configuration_group g WHERE g.workspace_id = new.workspace_id AND g.name_key = new.name_key)
BEGIN
    UPDATE headwind_device SET told_at = NULL, due_at =
        (SELECT d.last_seen FROM device d WHERE d.workspace_id = headwind_device.workspace_id AND d.id = headwind_device.device_id)
    WHERE workspace_id = new.workspace_id AND due_at IS NULL
        AND device_id IN (SELECT d.id FROM device d WHERE d.workspace_id = new.workspace_id AND d.user_id = new.user_id AND d.left_at IS NULL);
END;
CREATE TRIGGER membership_left_configuration AFTER DELETE ON membership
WHEN EXISTS (SELECT 1 FROM configuration_group g WHERE g.workspace_id = old.workspace_id AND g.name_key = old.name_key)
BEGIN
    UPDATE headwind_device SET told_at = NULL, due_at =
        (SELECT d.last_seen FROM device d WHERE d.workspace_id = headwind_device.workspace_id AND d.id = headwind_device.device_id)
    WHERE workspace_id = old.workspace_id AND due_at IS NULL
        AND device_id IN (SELECT d.id FROM device d WHERE d.workspace_id = old.workspace_id AND d.user_id = old.user_id AND d.left_at IS NULL);
END;
CREATE TRIGGER device_moved_configuration AFTER UPDATE OF user_id ON device
WHEN new.user_id <> old.user_id AND new.left_at IS NULL
    AND EXISTS (SELECT 1 FROM configuration_group g WHERE g.workspace_id = new.workspace_id)
BEGIN
    UPDATE headwind_device SET told_at = NULL, due_at = new.last_seen
    WHERE workspace_id = new.workspace_id AND due_at IS NULL AND device_id = new.id;
END;
-- A group that goes: its configuration is no longer for its members.
CREATE TRIGGER configuration_group_left BEFORE DELETE ON configuration_group
BEGIN
    UPDATE headwind_device SET told_at = NULL, due_at =
        (SELECT d.last_seen FROM device d WHERE d.workspace_id = headwind_device.workspace_id AND d.id = headwind_device.device_id)
    WHERE workspace_id = old.workspace_id AND configuration_id = old.configuration_id AND due_at IS NULL
        AND EXISTS (SELECT 1 FROM device d WHERE d.workspace_id = old.workspace_id AND d.id = device_id AND d.left_at IS NULL);
END;
