-- How many people a workspace has, kept with each change: counting 100,000 index entries for every page costs more than
-- the page's rows.
ALTER TABLE workspace ADD COLUMN user_count INTEGER NOT NULL DEFAULT 0;
UPDATE workspace SET user_count = (SELECT count(*) FROM user WHERE user.workspace_id = workspace.id);
CREATE TRIGGER user_counted AFTER INSERT ON user BEGIN
    UPDATE workspace SET user_count = user_count + 1 WHERE id = new.workspace_id;
END;
CREATE TRIGGER user_discounted AFTER DELETE ON user BEGIN
    UPDATE workspace SET user_count = user_count - 1 WHERE id = old.workspace_id;
END;
