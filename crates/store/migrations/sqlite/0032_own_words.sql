-- The message in the company's own words, by language; its colour, logo and whom to ask.
CREATE TABLE wording (
    workspace_id TEXT NOT NULL REFERENCES workspace (id) ON DELETE CASCADE,
    language TEXT NOT NULL,
    words TEXT NOT NULL,
    PRIMARY KEY (workspace_id, language)
) STRICT;

CREATE TABLE look (
    workspace_id TEXT PRIMARY KEY REFERENCES workspace (id) ON DELETE CASCADE,
    look TEXT NOT NULL
) STRICT;

-- Found by its name too, which is made of the workspace and the picture: no two are the same.
CREATE TABLE logo (
    workspace_id TEXT PRIMARY KEY REFERENCES workspace (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    png BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX logo_by_name ON logo (name);
