-- Messages whose link was opened on an iPhone or iPad while there was no valid APNs certificate.
CREATE TABLE apple_waiting (
    workspace_id TEXT NOT NULL,
    invitation_id TEXT NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, invitation_id),
    FOREIGN KEY (workspace_id, invitation_id) REFERENCES invitation (workspace_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
-- Until now there was none, so whoever opened a link so waits.
INSERT INTO apple_waiting SELECT workspace_id, id, coalesce(opened_at, state_at) FROM invitation WHERE state = 'opened' AND platform IN ('ios', 'ipados');
