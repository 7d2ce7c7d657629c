-- People get their number with the row itself, so that many are added by one statement: the search index flushes what
-- it has gathered with each statement, and did so for each of 100,000 people of an import.
DROP TRIGGER user_search_insert;
CREATE TRIGGER user_search_insert AFTER INSERT ON user BEGIN
    INSERT INTO user_search (rowid, search) VALUES (new.number, new.search);
END;
