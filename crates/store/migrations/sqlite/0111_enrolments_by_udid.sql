-- Whether a device is enrolled by another link is asked at each Authenticate, of those that may move too.
CREATE INDEX apple_enrolment_by_udid ON apple_enrolment (udid) WHERE ended_at IS NULL;
