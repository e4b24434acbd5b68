-- search: what can be found, a row for each text; its words are in the tables below, kept in step by triggers, so that
-- whoever writes or removes a post or a note writes or removes here too, in the same transaction
CREATE TABLE search_programmes (
  programme TEXT PRIMARY KEY NOT NULL,
  fingerprint TEXT NOT NULL,
  is_english BOOLEAN NOT NULL
);
CREATE TABLE search_texts (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('unit', 'step', 'library', 'glossary', 'thread', 'post', 'note')),
  programme TEXT,
  thread_id BIGINT,
  post_id BIGINT,
  enrolment_id BIGINT,
  unit TEXT,
  step TEXT,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  is_english BOOLEAN NOT NULL
);
CREATE INDEX search_texts_of_programme ON search_texts (programme);
CREATE INDEX search_texts_of_thread ON search_texts (thread_id);
CREATE INDEX search_texts_of_post ON search_texts (post_id);
CREATE INDEX search_texts_of_enrolment ON search_texts (enrolment_id, unit, step);

-- English words by their stems, others as they are; accents fold in both.
CREATE VIRTUAL TABLE search_words_english USING fts5 (title, body, content = 'search_texts', content_rowid = 'id',
  tokenize = 'porter unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE search_words_simple USING fts5 (title, body, content = 'search_texts', content_rowid = 'id',
  tokenize = 'unicode61 remove_diacritics 2');

-- A text is never changed here: it goes, and another comes.
CREATE TRIGGER search_english_comes AFTER INSERT ON search_texts WHEN new.is_english BEGIN
  INSERT INTO search_words_english (rowid, title, body) VALUES (new.id, new.title, new.body);
END;
CREATE TRIGGER search_english_goes AFTER DELETE ON search_texts WHEN old.is_english BEGIN
  INSERT INTO search_words_english (search_words_english, rowid, title, body) VALUES ('delete', old.id, old.title, old.body);
END;
CREATE TRIGGER search_simple_comes AFTER INSERT ON search_texts WHEN NOT new.is_english BEGIN
  INSERT INTO search_words_simple (rowid, title, body) VALUES (new.id, new.title, new.body);
END;
CREATE TRIGGER search_simple_goes AFTER DELETE ON search_texts WHEN NOT old.is_english BEGIN
  INSERT INTO search_words_simple (search_words_simple, rowid, title, body) VALUES ('delete', old.id, old.title, old.body);
END;

-- Whether a cohort is taught in English; while nobody knows: yes.
CREATE VIEW search_languages AS
  SELECT c.id AS cohort_id, coalesce(p.is_english, TRUE) AS is_english
  FROM cohorts c LEFT JOIN search_programmes p ON p.programme = c.programme;

CREATE TRIGGER search_thread_comes AFTER INSERT ON threads WHEN new.step IS NULL BEGIN
  INSERT INTO search_texts (kind, thread_id, title, body, is_english)
  SELECT 'thread', new.id, new.title, '', l.is_english FROM search_languages l WHERE l.cohort_id = new.cohort_id;
END;
CREATE TRIGGER search_thread_changes AFTER UPDATE OF title ON threads WHEN new.step IS NULL BEGIN
  DELETE FROM search_texts WHERE thread_id = old.id AND kind = 'thread';
  INSERT INTO search_texts (kind, thread_id, title, body, is_english)
  SELECT 'thread', new.id, new.title, '', l.is_english FROM search_languages l WHERE l.cohort_id = new.cohort_id;
END;
CREATE TRIGGER search_thread_goes AFTER DELETE ON threads BEGIN
  DELETE FROM search_texts WHERE thread_id = old.id;
END;
CREATE TRIGGER search_post_comes AFTER INSERT ON posts WHEN new.removed_at IS NULL BEGIN
  INSERT INTO search_texts (kind, thread_id, post_id, title, body, is_english)
  SELECT 'post', new.thread_id, new.id, '', new.body, l.is_english
  FROM threads t JOIN search_languages l ON l.cohort_id = t.cohort_id WHERE t.id = new.thread_id;
END;
CREATE TRIGGER search_post_changes AFTER UPDATE OF body, removed_at, thread_id ON posts BEGIN
  DELETE FROM search_texts WHERE post_id = old.id;
  INSERT INTO search_texts (kind, thread_id, post_id, title, body, is_english)
  SELECT 'post', new.thread_id, new.id, '', new.body, l.is_english
  FROM threads t JOIN search_languages l ON l.cohort_id = t.cohort_id
  WHERE t.id = new.thread_id AND new.removed_at IS NULL;
END;
CREATE TRIGGER search_post_goes AFTER DELETE ON posts BEGIN
  DELETE FROM search_texts WHERE post_id = old.id;
END;
CREATE TRIGGER search_note_comes AFTER INSERT ON notes BEGIN
  INSERT INTO search_texts (kind, enrolment_id, unit, step, title, body, is_english)
  SELECT 'note', new.enrolment_id, new.unit, new.step, '', new.body, l.is_english
  FROM enrolments e JOIN search_languages l ON l.cohort_id = e.cohort_id WHERE e.id = new.enrolment_id;
END;
CREATE TRIGGER search_note_changes AFTER UPDATE ON notes BEGIN
  DELETE FROM search_texts WHERE enrolment_id = old.enrolment_id AND unit = old.unit AND step = old.step;
  INSERT INTO search_texts (kind, enrolment_id, unit, step, title, body, is_english)
  SELECT 'note', new.enrolment_id, new.unit, new.step, '', new.body, l.is_english
  FROM enrolments e JOIN search_languages l ON l.cohort_id = e.cohort_id WHERE e.id = new.enrolment_id;
END;
CREATE TRIGGER search_note_goes AFTER DELETE ON notes BEGIN
  DELETE FROM search_texts WHERE enrolment_id = old.enrolment_id AND unit = old.unit AND step = old.step;
END;

-- What is there already.
INSERT INTO search_texts (kind, thread_id, title, body, is_english)
  SELECT 'thread', id, title, '', TRUE FROM threads WHERE step IS NULL;
INSERT INTO search_texts (kind, thread_id, post_id, title, body, is_english)
  SELECT 'post', thread_id, id, '', body, TRUE FROM posts WHERE removed_at IS NULL;
INSERT INTO search_texts (kind, enrolment_id, unit, step, title, body, is_english)
  SELECT 'note', enrolment_id, unit, step, '', body, TRUE FROM notes;
