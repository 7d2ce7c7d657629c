-- The certificate by which a workspace's enrolment profiles are signed in the place of Muster's own authority. The key is
-- sealed; the chain is a JSON array of DER in hexadecimal digits, the certificate itself first, without the root.
CREATE TABLE signing_certificate (
    workspace_id TEXT PRIMARY KEY REFERENCES workspace (id) ON DELETE CASCADE,
    chain TEXT NOT NULL,
    key BLOB NOT NULL,
    subject TEXT NOT NULL,
    issuer TEXT NOT NULL,
    not_before INTEGER NOT NULL,
    not_after INTEGER NOT NULL,
    uploaded_at INTEGER NOT NULL
) STRICT;
