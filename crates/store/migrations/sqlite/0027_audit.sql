-- The audit log. An entry is its JSON (`record`), byte for byte as it was hashed; the other columns file it and are checked
-- against it by `muster audit verify`. There is no foreign key: whatever is deleted, its entries stay.

CREATE TABLE audit (
    workspace_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    area TEXT NOT NULL,
    author TEXT NOT NULL,
    search TEXT NOT NULL,
    record TEXT NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (workspace_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_by_area ON audit (workspace_id, area, seq);
CREATE INDEX audit_by_author ON audit (workspace_id, author, seq);

CREATE TRIGGER audit_stays_as_it_is BEFORE UPDATE ON audit BEGIN
    SELECT raise(ABORT, 'the audit log is only added to');
END;
CREATE TRIGGER audit_stays BEFORE DELETE ON audit BEGIN
    SELECT raise(ABORT, 'the audit log is only added to');
END;
