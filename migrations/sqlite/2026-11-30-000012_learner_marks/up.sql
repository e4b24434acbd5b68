-- facilitator: what a learner's stage is told by, kept beside the enrolment: looked up for each of ten thousand learners it was
-- most of what their pages took
ALTER TABLE enrolments ADD COLUMN has_certificate BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE enrolments ADD COLUMN has_begun BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE enrolments ADD COLUMN has_written BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE enrolments SET
  has_certificate = EXISTS (SELECT 1 FROM certificates c WHERE c.enrolment_id = enrolments.id),
  has_begun = EXISTS (SELECT 1 FROM last_steps l WHERE l.enrolment_id = enrolments.id),
  has_written = EXISTS (SELECT 1 FROM writer_weeks w WHERE w.enrolment_id = enrolments.id AND w.posts > 0);

CREATE TRIGGER certificate_is_marked AFTER INSERT ON certificates BEGIN
  UPDATE enrolments SET has_certificate = TRUE WHERE id = new.enrolment_id;
END;
CREATE TRIGGER certificate_is_unmarked AFTER DELETE ON certificates BEGIN
  UPDATE enrolments SET has_certificate = FALSE WHERE id = old.enrolment_id;
END;
CREATE TRIGGER beginning_is_marked AFTER INSERT ON completions BEGIN
  UPDATE enrolments SET has_begun = TRUE WHERE id = new.enrolment_id AND NOT has_begun;
END;
CREATE TRIGGER beginning_is_unmarked AFTER DELETE ON completions
WHEN NOT EXISTS (SELECT 1 FROM completions c WHERE c.enrolment_id = old.enrolment_id) BEGIN
  UPDATE enrolments SET has_begun = FALSE WHERE id = old.enrolment_id;
END;
CREATE TRIGGER first_week_is_marked AFTER INSERT ON writer_weeks WHEN new.posts > 0 BEGIN
  UPDATE enrolments SET has_written = TRUE WHERE id = new.enrolment_id AND NOT has_written;
END;
CREATE TRIGGER week_is_marked AFTER UPDATE OF posts ON writer_weeks WHEN (old.posts > 0) <> (new.posts > 0) BEGIN
  UPDATE enrolments SET has_written = EXISTS (SELECT 1 FROM writer_weeks w WHERE w.enrolment_id = enrolments.id AND w.posts > 0)
  WHERE id = new.enrolment_id;
END;
CREATE TRIGGER week_is_unmarked AFTER DELETE ON writer_weeks BEGIN
  UPDATE enrolments SET has_written = EXISTS (SELECT 1 FROM writer_weeks w WHERE w.enrolment_id = enrolments.id AND w.posts > 0)
  WHERE id = old.enrolment_id;
END;
