-- How many are in a group and how many of them have a connected device, kept with each change: counted anew, a list of groups
-- reads each member's row.
ALTER TABLE user_group ADD COLUMN user_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE user_group ADD COLUMN connected_count INTEGER NOT NULL DEFAULT 0;
UPDATE user_group SET (user_count, connected_count) = (
    SELECT count(*), coalesce(sum(u.device_count > 0), 0)
    FROM membership m JOIN user u ON u.workspace_id = m.workspace_id AND u.id = m.user_id
    WHERE m.workspace_id = user_group.workspace_id AND m.name_key = user_group.name_key);

CREATE TRIGGER member_counted AFTER INSERT ON membership BEGIN
    UPDATE user_group SET user_count = user_count + 1, connected_count = connected_count + (
        SELECT device_count > 0 FROM user WHERE workspace_id = new.workspace_id AND id = new.user_id)
    WHERE workspace_id = new.workspace_id AND name_key = new.name_key;
END;
CREATE TRIGGER member_discounted AFTER DELETE ON membership BEGIN
    UPDATE user_group SET user_count = user_count - 1, connected_count = connected_count - (
        SELECT device_count > 0 FROM user WHERE workspace_id = old.workspace_id AND id = old.user_id)
    WHERE workspace_id = old.workspace_id AND name_key = old.name_key;
END;
-- Who goes leaves the groups first, while it is known whether they have a device.
CREATE TRIGGER member_gone BEFORE DELETE ON user BEGIN
    DELETE FROM membership WHERE workspace_id = old.workspace_id AND user_id = old.id;
END;
CREATE TRIGGER member_connected AFTER UPDATE OF device_count ON user WHEN (old.device_count > 0) <> (new.device_count > 0) BEGIN
    UPDATE user_group SET connected_count = connected_count + iif(new.device_count > 0, 1, -1)
    WHERE workspace_id = new.workspace_id AND name_key IN (
        SELECT name_key FROM membership WHERE workspace_id = new.workspace_id AND user_id = new.id);
END;
