-- The APNs certificate of a workspace, the request for the next one, and the vendor's certificate. Keys are sealed;
-- chains are JSON arrays of DER in hexadecimal digits, the certificate itself first.
CREATE TABLE push_certificate (
    workspace_id TEXT PRIMARY KEY REFERENCES workspace (id) ON DELETE CASCADE,
    chain TEXT NOT NULL,
    key BLOB NOT NULL,
    topic TEXT NOT NULL,
    serial TEXT NOT NULL,
    not_before INTEGER NOT NULL,
    not_after INTEGER NOT NULL,
    account TEXT,
    uploaded_at INTEGER NOT NULL
) STRICT;

CREATE TABLE push_request (
    workspace_id TEXT PRIMARY KEY REFERENCES workspace (id) ON DELETE CASCADE,
    csr BLOB NOT NULL,
    key BLOB NOT NULL,
    made_at INTEGER NOT NULL
) STRICT;

CREATE TABLE push_vendor (
    workspace_id TEXT PRIMARY KEY REFERENCES workspace (id) ON DELETE CASCADE,
    chain TEXT NOT NULL,
    key BLOB NOT NULL,
    name TEXT NOT NULL,
    not_after INTEGER NOT NULL,
    uploaded_at INTEGER NOT NULL
) STRICT;

-- What owners were told of a certificate's end: within how many days it is, 0 once it is past.
CREATE TABLE push_reminder (
    workspace_id TEXT NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    not_after INTEGER NOT NULL,
    days INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, account_id, not_after, days)
) STRICT, WITHOUT ROWID;
