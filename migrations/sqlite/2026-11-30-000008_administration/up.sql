-- audit: who did what, on whom, from where, in cohorts and outside them. What is kept outlives the account and the cohort that
-- it names, so it refers to neither: nothing has to change in it when one of them goes
CREATE TABLE audit_log_anew (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  at TIMESTAMP NOT NULL,
  account_id BIGINT,
  actor TEXT NOT NULL,
  cohort_id BIGINT,
  act TEXT NOT NULL,
  subject TEXT NOT NULL,
  path TEXT NOT NULL,
  reason TEXT NOT NULL,
  about_id BIGINT,
  came_from TEXT NOT NULL DEFAULT ''
);
INSERT INTO audit_log_anew (id, at, account_id, actor, cohort_id, act, subject, path, reason)
  SELECT id, at, account_id, actor, cohort_id, act, subject, path, reason FROM audit_log;
DROP TABLE audit_log;
ALTER TABLE audit_log_anew RENAME TO audit_log;
CREATE INDEX audit_log_of_cohort ON audit_log (cohort_id, id);
CREATE INDEX audit_log_of_actor ON audit_log (account_id, id);
CREATE INDEX audit_log_about ON audit_log (about_id, id);
CREATE INDEX audit_log_of_act ON audit_log (act, id);
CREATE INDEX audit_log_by_time ON audit_log (at, id);

-- Rows come and stay. One thing alone may change: where somebody came from is forgotten in time.
CREATE TRIGGER audit_log_stays BEFORE DELETE ON audit_log BEGIN
  SELECT RAISE(ABORT, 'the audit log is never changed');
END;
CREATE TRIGGER audit_log_says_what_it_said
BEFORE UPDATE OF id, at, account_id, actor, cohort_id, act, subject, path, reason, about_id ON audit_log BEGIN
  SELECT RAISE(ABORT, 'the audit log is never changed');
END;
CREATE TRIGGER audit_log_address_goes BEFORE UPDATE OF came_from ON audit_log WHEN new.came_from <> '' BEGIN
  SELECT RAISE(ABORT, 'the audit log is never changed');
END;
-- INSERT OR REPLACE would delete without a word.
CREATE TRIGGER audit_log_replaces_nothing BEFORE INSERT ON audit_log
WHEN EXISTS (SELECT 1 FROM audit_log WHERE id = new.id) BEGIN
  SELECT RAISE(ABORT, 'the audit log is never changed');
END;

-- accounts: how administrators find people
CREATE INDEX accounts_by_name ON accounts (name, id);

-- discussion: who has just written for the first time is answered first; who answers what; texts that facilitators keep
ALTER TABLE threads ADD COLUMN first_post_waits BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE threads SET first_post_waits = TRUE WHERE waiting_since IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM posts p JOIN posts o ON o.enrolment_id = p.enrolment_id AND o.id < p.id
  WHERE p.id = threads.last_post_id AND o.removed_at IS NULL AND o.hidden_at IS NULL);
CREATE TABLE thread_claims (
  thread_id BIGINT NOT NULL PRIMARY KEY REFERENCES threads (id) ON DELETE CASCADE,
  account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  claimed_at TIMESTAMP NOT NULL
);
CREATE TABLE saved_answers (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  cohort_id BIGINT NOT NULL REFERENCES cohorts (id) ON DELETE CASCADE,
  account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  is_shared BOOLEAN NOT NULL,
  saved_at TIMESTAMP NOT NULL
);
CREATE INDEX saved_answers_of_cohort ON saved_answers (cohort_id, is_shared);
CREATE INDEX saved_answers_of_account ON saved_answers (account_id);
