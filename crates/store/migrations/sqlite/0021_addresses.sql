-- The addresses under which phones have reached a workspace, the newest first: mails and agents keep the one that they
-- were given, and sign their requests for it.

ALTER TABLE workspace ADD COLUMN addresses TEXT NOT NULL DEFAULT '[]';

UPDATE workspace SET addresses = json_array(settings ->> 'public_url') WHERE settings ->> 'public_url' IS NOT NULL;
