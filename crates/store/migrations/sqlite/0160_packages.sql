-- Android packages that phones fetch; the files lie in the data folder, by their SHA-256.
CREATE TABLE package (
    workspace_id TEXT NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    -- SHA-256 of the secret in its address.
    address BLOB NOT NULL,
    version_code INTEGER NOT NULL,
    version_name TEXT,
    min_sdk INTEGER NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    -- JSON: the signing certificates' SHA-256.
    certificates TEXT NOT NULL,
    several INTEGER NOT NULL,
    checksum TEXT NOT NULL,
    receiver TEXT,
    uploaded_at INTEGER NOT NULL,
    uploaded_by TEXT,
    PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE UNIQUE INDEX package_name ON package (workspace_id, name);
CREATE UNIQUE INDEX package_address ON package (address);
