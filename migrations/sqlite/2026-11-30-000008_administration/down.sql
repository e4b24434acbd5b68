DROP TABLE saved_answers;
DROP TABLE thread_claims;
ALTER TABLE threads DROP COLUMN first_post_waits;
DROP INDEX accounts_by_name;
-- What refers to accounts and cohorts that are gone refers to nothing.
CREATE TABLE audit_log_before (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  at TIMESTAMP NOT NULL,
  account_id BIGINT REFERENCES accounts (id) ON DELETE SET NULL,
  actor TEXT NOT NULL,
  cohort_id BIGINT REFERENCES cohorts (id) ON DELETE CASCADE,
  act TEXT NOT NULL,
  subject TEXT NOT NULL,
  path TEXT NOT NULL,
  reason TEXT NOT NULL
);
INSERT INTO audit_log_before (id, at, account_id, actor, cohort_id, act, subject, path, reason)
  SELECT l.id, l.at, a.id, l.actor, c.id, l.act, l.subject, l.path, l.reason
  FROM audit_log l LEFT JOIN accounts a ON a.id = l.account_id LEFT JOIN cohorts c ON c.id = l.cohort_id;
DROP TABLE audit_log;
ALTER TABLE audit_log_before RENAME TO audit_log;
CREATE INDEX audit_log_of_cohort ON audit_log (cohort_id, id);
