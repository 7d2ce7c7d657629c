-- Who did what a step tells, as they were called then; none where a phone or the clock did it.
ALTER TABLE invitation_step ADD COLUMN author TEXT;
