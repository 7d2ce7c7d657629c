-- For which topic a device is enrolled: a certificate for another one cannot call it, and its status says so.
UPDATE device SET facts = json_set(facts, '$.apple.topic', (
        SELECT e.topic FROM apple_enrolment e
        WHERE e.workspace_id = device.workspace_id AND e.device_id = device.id AND e.ended_at IS NULL))
WHERE EXISTS (
    SELECT 1 FROM apple_enrolment e
    WHERE e.workspace_id = device.workspace_id AND e.device_id = device.id AND e.ended_at IS NULL);

-- A message that tells who waited with an iPhone or iPad that it works now.
ALTER TABLE mail_job ADD COLUMN works_now INTEGER NOT NULL DEFAULT 0;
