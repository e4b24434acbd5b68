-- completion: that a step was opened, or done
CREATE TABLE step_openings (
  enrolment_id BIGINT NOT NULL REFERENCES enrolments (id) ON DELETE CASCADE,
  unit TEXT NOT NULL,
  step TEXT NOT NULL,
  opened_at TIMESTAMP NOT NULL,
  PRIMARY KEY (enrolment_id, unit, step)
) WITHOUT ROWID;

-- facilitator: sums that many rows would be counted for, kept by the triggers below. Days, hours and weeks are those of UTC.
-- They refer to no cohort: a new row would wait for whoever holds the cohort's, with a learner's row in its own hand.
CREATE TABLE step_days (
  cohort_id BIGINT NOT NULL,
  unit TEXT NOT NULL,
  step TEXT NOT NULL,
  day DATE NOT NULL,
  opened BIGINT NOT NULL,
  done BIGINT NOT NULL,
  PRIMARY KEY (cohort_id, unit, step, day)
) WITHOUT ROWID;
CREATE TABLE done_hours (
  cohort_id BIGINT NOT NULL,
  hour TIMESTAMP NOT NULL,
  done BIGINT NOT NULL,
  PRIMARY KEY (cohort_id, hour)
) WITHOUT ROWID;
CREATE TABLE last_steps (
  enrolment_id BIGINT NOT NULL PRIMARY KEY REFERENCES enrolments (id) ON DELETE CASCADE,
  unit TEXT NOT NULL,
  step TEXT NOT NULL,
  completed_at TIMESTAMP NOT NULL
);
CREATE TABLE first_answers (
  cohort_id BIGINT NOT NULL,
  unit TEXT NOT NULL,
  step TEXT NOT NULL,
  answers TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  PRIMARY KEY (cohort_id, unit, step, answers)
) WITHOUT ROWID;
CREATE TABLE writer_weeks (
  cohort_id BIGINT NOT NULL,
  week DATE NOT NULL,
  enrolment_id BIGINT NOT NULL REFERENCES enrolments (id) ON DELETE CASCADE,
  posts BIGINT NOT NULL,
  PRIMARY KEY (cohort_id, week, enrolment_id)
) WITHOUT ROWID;
CREATE INDEX writer_weeks_of ON writer_weeks (enrolment_id);

-- report: who gets the weekly report, and that a week's was mailed to them
CREATE TABLE report_readers (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  cohort_id BIGINT NOT NULL REFERENCES cohorts (id) ON DELETE CASCADE,
  email TEXT NOT NULL,
  email_key TEXT NOT NULL,
  token TEXT NOT NULL UNIQUE,
  added_at TIMESTAMP NOT NULL,
  confirmed_at TIMESTAMP,
  stopped_at TIMESTAMP,
  UNIQUE (cohort_id, email_key)
);
CREATE TABLE report_mails (
  reader_id BIGINT NOT NULL REFERENCES report_readers (id) ON DELETE CASCADE,
  week DATE NOT NULL,
  message_id BIGINT REFERENCES messages (id) ON DELETE SET NULL,
  PRIMARY KEY (reader_id, week)
);
CREATE INDEX report_mails_by_message ON report_mails (message_id);
-- what a week's said, as JSON, when it ended
CREATE TABLE report_weeks (
  cohort_id BIGINT NOT NULL REFERENCES cohorts (id) ON DELETE CASCADE,
  week DATE NOT NULL,
  told TEXT NOT NULL,
  PRIMARY KEY (cohort_id, week)
);
ALTER TABLE letters ADD COLUMN attached_name TEXT;
ALTER TABLE letters ADD COLUMN attached BLOB;

-- The sums, counted from the facts: for `trellis check`, and for what is there already.
CREATE VIEW counted_step_days AS
  SELECT e.cohort_id, s.unit, s.step, s.day, sum(s.opened) AS opened, sum(s.done) AS done FROM (
    SELECT enrolment_id, unit, step, date(opened_at) AS day, 1 AS opened, 0 AS done FROM step_openings
    UNION ALL
    SELECT enrolment_id, unit, step, date(completed_at), 0, 1 FROM completions
  ) s JOIN enrolments e ON e.id = s.enrolment_id WHERE e.role = 'learner' AND e.state = 'active'
  GROUP BY e.cohort_id, s.unit, s.step, s.day;
CREATE VIEW counted_done_hours AS
  SELECT e.cohort_id, strftime('%Y-%m-%d %H:00:00', d.completed_at) AS hour, count(*) AS done
  FROM completions d JOIN enrolments e ON e.id = d.enrolment_id WHERE e.role = 'learner' AND e.state = 'active'
  GROUP BY e.cohort_id, strftime('%Y-%m-%d %H:00:00', d.completed_at);
CREATE VIEW counted_last_steps AS
  SELECT enrolment_id, unit, step, completed_at FROM (
    SELECT enrolment_id, unit, step, completed_at,
      row_number() OVER (PARTITION BY enrolment_id ORDER BY completed_at DESC, unit DESC, step DESC) AS n FROM completions
  ) d WHERE n = 1;
CREATE VIEW counted_first_answers AS
  SELECT e.cohort_id, q.unit, q.step, q.answers, count(*) AS attempts FROM quiz_attempts q JOIN enrolments e ON e.id = q.enrolment_id
  WHERE NOT EXISTS (SELECT 1 FROM quiz_attempts f
    WHERE f.enrolment_id = q.enrolment_id AND f.unit = q.unit AND f.step = q.step AND f.id < q.id)
  GROUP BY e.cohort_id, q.unit, q.step, q.answers;
CREATE VIEW counted_writer_weeks AS
  SELECT e.cohort_id, date(p.created_at, 'weekday 0', '-6 days') AS week, p.enrolment_id, count(*) AS posts
  FROM posts p JOIN enrolments e ON e.id = p.enrolment_id WHERE p.removed_at IS NULL AND p.hidden_at IS NULL
  GROUP BY e.cohort_id, date(p.created_at, 'weekday 0', '-6 days'), p.enrolment_id;

-- Whoever did a step has opened it; whoever opened one and did not do it was not noted so far.
INSERT INTO step_openings (enrolment_id, unit, step, opened_at)
  SELECT enrolment_id, unit, step, completed_at FROM completions;
INSERT INTO step_days SELECT * FROM counted_step_days;
INSERT INTO done_hours SELECT * FROM counted_done_hours;
INSERT INTO last_steps SELECT * FROM counted_last_steps;
INSERT INTO first_answers SELECT * FROM counted_first_answers;
INSERT INTO writer_weeks SELECT * FROM counted_writer_weeks;

-- A row counts for its cohort while it is a learner's who is in the course.
CREATE VIEW counted_people AS SELECT id, cohort_id FROM enrolments WHERE role = 'learner' AND state = 'active';

CREATE TRIGGER opening_is_counted AFTER INSERT ON step_openings BEGIN
  INSERT INTO step_days (cohort_id, unit, step, day, opened, done)
  SELECT cohort_id, new.unit, new.step, date(new.opened_at), 1, 0 FROM counted_people WHERE id = new.enrolment_id
  ON CONFLICT (cohort_id, unit, step, day) DO UPDATE SET opened = opened + 1;
END;
CREATE TRIGGER opening_goes AFTER DELETE ON step_openings BEGIN
  UPDATE step_days SET opened = opened - 1 WHERE unit = old.unit AND step = old.step AND day = date(old.opened_at)
  AND cohort_id = (SELECT cohort_id FROM counted_people WHERE id = old.enrolment_id);
END;
CREATE TRIGGER opening_moves AFTER UPDATE OF unit, step ON step_openings BEGIN
  UPDATE step_days SET opened = opened - 1 WHERE unit = old.unit AND step = old.step AND day = date(old.opened_at)
  AND cohort_id = (SELECT cohort_id FROM counted_people WHERE id = old.enrolment_id);
  INSERT INTO step_days (cohort_id, unit, step, day, opened, done)
  SELECT cohort_id, new.unit, new.step, date(new.opened_at), 1, 0 FROM counted_people WHERE id = new.enrolment_id
  ON CONFLICT (cohort_id, unit, step, day) DO UPDATE SET opened = opened + 1;
END;

CREATE TRIGGER completion_is_counted AFTER INSERT ON completions BEGIN
  INSERT INTO step_openings (enrolment_id, unit, step, opened_at)
  VALUES (new.enrolment_id, new.unit, new.step, new.completed_at) ON CONFLICT DO NOTHING;
  INSERT INTO step_days (cohort_id, unit, step, day, opened, done)
  SELECT cohort_id, new.unit, new.step, date(new.completed_at), 0, 1 FROM counted_people WHERE id = new.enrolment_id
  ON CONFLICT (cohort_id, unit, step, day) DO UPDATE SET done = done + 1;
  INSERT INTO done_hours (cohort_id, hour, done)
  SELECT cohort_id, strftime('%Y-%m-%d %H:00:00', new.completed_at), 1 FROM counted_people WHERE id = new.enrolment_id
  ON CONFLICT (cohort_id, hour) DO UPDATE SET done = done + 1;
  INSERT INTO last_steps (enrolment_id, unit, step, completed_at)
  VALUES (new.enrolment_id, new.unit, new.step, new.completed_at)
  ON CONFLICT (enrolment_id) DO UPDATE SET unit = excluded.unit, step = excluded.step, completed_at = excluded.completed_at
  WHERE (excluded.completed_at, excluded.unit, excluded.step) >= (completed_at, unit, step);
END;
CREATE TRIGGER completion_goes AFTER DELETE ON completions BEGIN
  UPDATE step_days SET done = done - 1 WHERE unit = old.unit AND step = old.step AND day = date(old.completed_at)
  AND cohort_id = (SELECT cohort_id FROM counted_people WHERE id = old.enrolment_id);
  UPDATE done_hours SET done = done - 1 WHERE hour = strftime('%Y-%m-%d %H:00:00', old.completed_at)
  AND cohort_id = (SELECT cohort_id FROM counted_people WHERE id = old.enrolment_id);
  DELETE FROM last_steps WHERE enrolment_id = old.enrolment_id;
  INSERT INTO last_steps (enrolment_id, unit, step, completed_at)
  SELECT d.enrolment_id, d.unit, d.step, d.completed_at FROM completions d JOIN enrolments e ON e.id = d.enrolment_id
  WHERE e.id = old.enrolment_id ORDER BY d.completed_at DESC, d.unit DESC, d.step DESC LIMIT 1;
END;
CREATE TRIGGER completion_moves AFTER UPDATE OF unit, step ON completions BEGIN
  UPDATE step_days SET done = done - 1 WHERE unit = old.unit AND step = old.step AND day = date(old.completed_at)
  AND cohort_id = (SELECT cohort_id FROM counted_people WHERE id = old.enrolment_id);
  INSERT INTO step_days (cohort_id, unit, step, day, opened, done)
  SELECT cohort_id, new.unit, new.step, date(new.completed_at), 0, 1 FROM counted_people WHERE id = new.enrolment_id
  ON CONFLICT (cohort_id, unit, step, day) DO UPDATE SET done = done + 1;
  UPDATE last_steps SET unit = new.unit, step = new.step
  WHERE enrolment_id = new.enrolment_id AND unit = old.unit AND step = old.step;
END;

-- Who leaves takes everything out of the sums, and who is back brings it in again.
CREATE TRIGGER person_is_counted AFTER UPDATE OF role, state ON enrolments
WHEN (old.role = 'learner' AND old.state = 'active') <> (new.role = 'learner' AND new.state = 'active') BEGIN
  INSERT INTO step_days (cohort_id, unit, step, day, opened, done)
  SELECT new.cohort_id, s.unit, s.step, s.day, sum(s.opened), sum(s.done) FROM (
    SELECT unit, step, date(opened_at) AS day, iif(new.role = 'learner' AND new.state = 'active', 1, -1) AS opened, 0 AS done
    FROM step_openings WHERE enrolment_id = new.id
    UNION ALL
    SELECT unit, step, date(completed_at), 0, iif(new.role = 'learner' AND new.state = 'active', 1, -1)
    FROM completions WHERE enrolment_id = new.id
  ) s WHERE TRUE GROUP BY s.unit, s.step, s.day
  ON CONFLICT (cohort_id, unit, step, day) DO UPDATE SET opened = opened + excluded.opened, done = done + excluded.done;
  INSERT INTO done_hours (cohort_id, hour, done)
  SELECT new.cohort_id, strftime('%Y-%m-%d %H:00:00', completed_at), sum(iif(new.role = 'learner' AND new.state = 'active', 1, -1))
  FROM completions WHERE enrolment_id = new.id GROUP BY 2
  ON CONFLICT (cohort_id, hour) DO UPDATE SET done = done + excluded.done;
END;
CREATE TRIGGER counted_person_goes BEFORE DELETE ON enrolments WHEN old.role = 'learner' AND old.state = 'active' BEGIN
  UPDATE step_days SET
    opened = opened - (SELECT count(*) FROM step_openings o WHERE o.enrolment_id = old.id AND o.unit = step_days.unit
      AND o.step = step_days.step AND date(o.opened_at) = step_days.day),
    done = done - (SELECT count(*) FROM completions d WHERE d.enrolment_id = old.id AND d.unit = step_days.unit
      AND d.step = step_days.step AND date(d.completed_at) = step_days.day)
  WHERE cohort_id = old.cohort_id;
  UPDATE done_hours SET done = done - (SELECT count(*) FROM completions d WHERE d.enrolment_id = old.id
    AND strftime('%Y-%m-%d %H:00:00', d.completed_at) = done_hours.hour)
  WHERE cohort_id = old.cohort_id;
END;
CREATE TRIGGER person_goes BEFORE DELETE ON enrolments BEGIN
  INSERT INTO first_answers (cohort_id, unit, step, answers, attempts)
  SELECT old.cohort_id, q.unit, q.step, q.answers, -1 FROM quiz_attempts q WHERE q.enrolment_id = old.id
  AND NOT EXISTS (SELECT 1 FROM quiz_attempts f WHERE f.enrolment_id = old.id AND f.unit = q.unit AND f.step = q.step AND f.id < q.id)
  ON CONFLICT (cohort_id, unit, step, answers) DO UPDATE SET attempts = attempts - 1;
END;

CREATE TRIGGER first_attempt_is_counted AFTER INSERT ON quiz_attempts
WHEN NOT EXISTS (SELECT 1 FROM quiz_attempts
  WHERE enrolment_id = new.enrolment_id AND unit = new.unit AND step = new.step AND id < new.id) BEGIN
  INSERT INTO first_answers (cohort_id, unit, step, answers, attempts)
  SELECT cohort_id, new.unit, new.step, new.answers, 1 FROM enrolments WHERE id = new.enrolment_id
  ON CONFLICT (cohort_id, unit, step, answers) DO UPDATE SET attempts = attempts + 1;
END;
-- An attempt leaves a step and comes to another: if it is the first there, it counts, and the one after it again, or no more.
CREATE TRIGGER attempt_moves AFTER UPDATE OF unit, step ON quiz_attempts BEGIN
  INSERT INTO first_answers (cohort_id, unit, step, answers, attempts)
  SELECT e.cohort_id, old.unit, old.step, f.answers, sum(f.more) FROM enrolments e, (
    SELECT old.answers AS answers, -1 AS more
    UNION ALL
    SELECT * FROM (SELECT q.answers, 1 FROM quiz_attempts q WHERE q.enrolment_id = old.enrolment_id
      AND q.unit = old.unit AND q.step = old.step AND q.id <> old.id ORDER BY q.id LIMIT 1)
  ) f WHERE e.id = old.enrolment_id AND NOT EXISTS (SELECT 1 FROM quiz_attempts q
    WHERE q.enrolment_id = old.enrolment_id AND q.unit = old.unit AND q.step = old.step AND q.id < old.id)
  GROUP BY e.cohort_id, f.answers
  ON CONFLICT (cohort_id, unit, step, answers) DO UPDATE SET attempts = attempts + excluded.attempts;
  INSERT INTO first_answers (cohort_id, unit, step, answers, attempts)
  SELECT e.cohort_id, new.unit, new.step, f.answers, sum(f.more) FROM enrolments e, (
    SELECT new.answers AS answers, 1 AS more
    UNION ALL
    SELECT * FROM (SELECT q.answers, -1 FROM quiz_attempts q WHERE q.enrolment_id = new.enrolment_id
      AND q.unit = new.unit AND q.step = new.step AND q.id <> new.id ORDER BY q.id LIMIT 1)
  ) f WHERE e.id = new.enrolment_id AND NOT EXISTS (SELECT 1 FROM quiz_attempts q
    WHERE q.enrolment_id = new.enrolment_id AND q.unit = new.unit AND q.step = new.step AND q.id < new.id)
  GROUP BY e.cohort_id, f.answers
  ON CONFLICT (cohort_id, unit, step, answers) DO UPDATE SET attempts = attempts + excluded.attempts;
END;

CREATE TRIGGER written_is_counted AFTER INSERT ON posts WHEN new.removed_at IS NULL AND new.hidden_at IS NULL BEGIN
  INSERT INTO writer_weeks (cohort_id, week, enrolment_id, posts)
  SELECT cohort_id, date(new.created_at, 'weekday 0', '-6 days'), id, 1 FROM enrolments WHERE id = new.enrolment_id
  ON CONFLICT (cohort_id, week, enrolment_id) DO UPDATE SET posts = posts + 1;
END;
CREATE TRIGGER written_goes AFTER DELETE ON posts WHEN old.removed_at IS NULL AND old.hidden_at IS NULL BEGIN
  UPDATE writer_weeks SET posts = posts - 1
  WHERE enrolment_id = old.enrolment_id AND week = date(old.created_at, 'weekday 0', '-6 days');
END;
CREATE TRIGGER written_changes AFTER UPDATE OF removed_at, hidden_at ON posts
WHEN (old.removed_at IS NULL AND old.hidden_at IS NULL) <> (new.removed_at IS NULL AND new.hidden_at IS NULL) BEGIN
  INSERT INTO writer_weeks (cohort_id, week, enrolment_id, posts)
  SELECT cohort_id, date(new.created_at, 'weekday 0', '-6 days'), id, iif(new.removed_at IS NULL AND new.hidden_at IS NULL, 1, -1)
  FROM enrolments WHERE id = new.enrolment_id
  ON CONFLICT (cohort_id, week, enrolment_id) DO UPDATE SET posts = posts + excluded.posts;
END;
