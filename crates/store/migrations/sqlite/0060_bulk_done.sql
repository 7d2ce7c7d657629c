-- What an act on many rows has done, by its beginning: asked again, since an answer was lost, it answers the same.
CREATE TABLE bulk_done (
    workspace_id TEXT NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    begun INTEGER NOT NULL,
    row_id TEXT NOT NULL,
    deed TEXT NOT NULL,
    change TEXT,
    PRIMARY KEY (workspace_id, begun, row_id, deed)
) STRICT, WITHOUT ROWID;
