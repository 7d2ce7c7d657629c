-- Nonces in the order in which they came. Ordered by themselves, which are random, each cost a page of the write-ahead log
-- and another at the next checkpoint. Whether one was seen is known to the writer's memory, which reads this at its start.

CREATE TABLE nonce_log (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL,
    nonce TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

INSERT INTO nonce_log (key, nonce, at) SELECT key, nonce, at FROM nonce ORDER BY at;
DROP TABLE nonce;
