-- search: what is hidden is not found
DROP TRIGGER search_post_changes ON posts;
CREATE OR REPLACE FUNCTION search_post_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF tg_op <> 'INSERT' THEN
    DELETE FROM search_texts WHERE post_id = old.id;
  END IF;
  IF tg_op <> 'DELETE' AND new.removed_at IS NULL AND new.hidden_at IS NULL THEN
    INSERT INTO search_texts (kind, thread_id, post_id, title, body, is_english)
    SELECT 'post', new.thread_id, new.id, '', new.body, l.is_english
    FROM threads t JOIN search_languages l ON l.cohort_id = t.cohort_id WHERE t.id = new.thread_id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER search_post_changes AFTER INSERT OR UPDATE OF body, removed_at, hidden_at, thread_id OR DELETE ON posts
  FOR EACH ROW EXECUTE FUNCTION search_post_changes();
