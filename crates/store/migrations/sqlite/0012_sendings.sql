-- The number of an invitation's message. What a person sends again is another message with an id of its own, which
-- receivers would otherwise drop as a copy of the first; a retry keeps the number. 0: there is no message, the link was
-- given out by hand, and nothing was sent.
ALTER TABLE invitation ADD COLUMN sending INTEGER NOT NULL DEFAULT 1;
UPDATE invitation SET sending = generation;
UPDATE invitation SET sending = 0, sent_at = NULL
WHERE EXISTS (SELECT 1 FROM invitation_step s WHERE s.workspace_id = invitation.workspace_id
        AND s.invitation_id = invitation.id AND s.seq = 1 AND s.state = 'sent')
    AND NOT EXISTS (SELECT 1 FROM invitation_step s WHERE s.workspace_id = invitation.workspace_id
        AND s.invitation_id = invitation.id AND s.state = 'queued');
