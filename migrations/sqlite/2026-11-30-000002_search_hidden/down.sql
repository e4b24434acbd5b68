DROP TRIGGER search_post_comes;
DROP TRIGGER search_post_changes;
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
