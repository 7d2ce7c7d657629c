-- The certificates of deleted people stand in the revocation list too, until they end. Those deleted before this have no serial.
ALTER TABLE apple_gone ADD COLUMN serial BLOB;
ALTER TABLE apple_gone ADD COLUMN ended_at INTEGER;
ALTER TABLE apple_gone ADD COLUMN ended TEXT;
CREATE INDEX apple_gone_by_workspace ON apple_gone (workspace_id, not_after);
DROP TRIGGER apple_identity_gone;
CREATE TRIGGER apple_identity_gone AFTER DELETE ON apple_identity BEGIN
    INSERT OR IGNORE INTO apple_gone (fingerprint, workspace_id, invitation_id, not_after, serial, ended_at, ended)
        VALUES (old.fingerprint, old.workspace_id, old.invitation_id, old.not_after, old.serial,
            coalesce(old.ended_at, CAST(unixepoch('subsec') * 1000000 AS INTEGER)), coalesce(old.ended, 'withdrawn'));
END;
