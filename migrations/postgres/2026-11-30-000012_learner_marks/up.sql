-- facilitator: what a learner's stage is told by, kept beside the enrolment: looked up for each of ten thousand learners it was
-- most of what their pages took
ALTER TABLE enrolments ADD COLUMN has_certificate BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE enrolments ADD COLUMN has_begun BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE enrolments ADD COLUMN has_written BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE enrolments SET
  has_certificate = EXISTS (SELECT 1 FROM certificates c WHERE c.enrolment_id = enrolments.id),
  has_begun = EXISTS (SELECT 1 FROM last_steps l WHERE l.enrolment_id = enrolments.id),
  has_written = EXISTS (SELECT 1 FROM writer_weeks w WHERE w.enrolment_id = enrolments.id AND w.posts > 0);

CREATE FUNCTION certificate_is_marked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF tg_op = 'INSERT' THEN
    UPDATE enrolments SET has_certificate = TRUE WHERE id = new.enrolment_id;
  ELSE
    UPDATE enrolments SET has_certificate = FALSE WHERE id = old.enrolment_id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER certificate_is_marked AFTER INSERT OR DELETE ON certificates
  FOR EACH ROW EXECUTE FUNCTION certificate_is_marked();

-- Whoever takes a mark away waits for who is just adding to what it is for, whose row holds the enrolment it refers to; and the
-- other way round. By its name it comes before completion_is_counted: an enrolment first, then the sums, as where somebody leaves.
CREATE FUNCTION beginning_is_marked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF tg_op = 'INSERT' THEN
    UPDATE enrolments SET has_begun = TRUE WHERE id = new.enrolment_id AND NOT has_begun;
  ELSE
    PERFORM 1 FROM enrolments WHERE id = old.enrolment_id FOR UPDATE;
    UPDATE enrolments SET has_begun = EXISTS (SELECT 1 FROM completions c WHERE c.enrolment_id = old.enrolment_id)
    WHERE id = old.enrolment_id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER beginning_is_marked AFTER INSERT OR DELETE ON completions
  FOR EACH ROW EXECUTE FUNCTION beginning_is_marked();

-- The same of posts.
CREATE FUNCTION week_is_marked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  person BIGINT;
BEGIN
  IF tg_op <> 'DELETE' AND new.posts > 0 THEN
    UPDATE enrolments SET has_written = TRUE WHERE id = new.enrolment_id AND NOT has_written;
    RETURN NULL;
  END IF;
  IF tg_op = 'DELETE' THEN
    person := old.enrolment_id;
  ELSE
    person := new.enrolment_id;
  END IF;
  PERFORM 1 FROM enrolments WHERE id = person FOR UPDATE;
  UPDATE enrolments SET has_written = EXISTS (SELECT 1 FROM writer_weeks w WHERE w.enrolment_id = person AND w.posts > 0)
  WHERE id = person;
  RETURN NULL;
END $$;
CREATE TRIGGER first_week_is_marked AFTER INSERT OR DELETE ON writer_weeks
  FOR EACH ROW EXECUTE FUNCTION week_is_marked();
CREATE TRIGGER week_is_marked AFTER UPDATE OF posts ON writer_weeks
  FOR EACH ROW WHEN ((old.posts > 0) <> (new.posts > 0)) EXECUTE FUNCTION week_is_marked();
