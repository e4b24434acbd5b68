-- discussion: what waits for an answer, what helped, what was said before, and what facilitators do about it
ALTER TABLE threads ADD COLUMN started_by BIGINT REFERENCES enrolments (id) ON DELETE SET NULL;
ALTER TABLE threads ADD COLUMN last_post_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE threads ADD COLUMN is_answered BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE threads ADD COLUMN waiting_since TIMESTAMP;
ALTER TABLE threads ADD COLUMN pinned_at TIMESTAMP;
ALTER TABLE threads ADD COLUMN locked_at TIMESTAMP;
CREATE INDEX threads_waiting ON threads (cohort_id, waiting_since, id);
CREATE INDEX threads_pinned ON threads (cohort_id, pinned_at);
ALTER TABLE posts ADD COLUMN answers_id BIGINT REFERENCES posts (id) ON DELETE SET NULL;
ALTER TABLE posts ADD COLUMN hidden_at TIMESTAMP;
ALTER TABLE posts ADD COLUMN hidden_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE posts ADD COLUMN helpful_count INTEGER NOT NULL DEFAULT 0;
CREATE INDEX posts_in_order ON posts (thread_id, id, enrolment_id, removed_at, hidden_at);
ALTER TABLE thread_marks ADD COLUMN declined BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE thread_marks ADD COLUMN seen_at TIMESTAMP;
CREATE TABLE merged_threads (
  thread_id BIGINT NOT NULL PRIMARY KEY,
  cohort_id BIGINT NOT NULL REFERENCES cohorts (id) ON DELETE CASCADE,
  into_id BIGINT NOT NULL REFERENCES threads (id) ON DELETE CASCADE
);
CREATE TABLE post_versions (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
  html TEXT NOT NULL,
  replaced_at TIMESTAMP NOT NULL
);
CREATE INDEX post_versions_of_post ON post_versions (post_id, id);
CREATE TABLE helpful_marks (
  post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
  enrolment_id BIGINT NOT NULL REFERENCES enrolments (id) ON DELETE CASCADE,
  marked_at TIMESTAMP NOT NULL,
  PRIMARY KEY (post_id, enrolment_id)
);
CREATE TABLE post_reports (
  post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
  enrolment_id BIGINT NOT NULL REFERENCES enrolments (id) ON DELETE CASCADE,
  reason TEXT NOT NULL,
  reported_at TIMESTAMP NOT NULL,
  settled_at TIMESTAMP,
  PRIMARY KEY (post_id, enrolment_id)
);
CREATE INDEX post_reports_open ON post_reports (settled_at, reported_at);
CREATE TABLE discussion_feeds (
  enrolment_id BIGINT NOT NULL PRIMARY KEY REFERENCES enrolments (id) ON DELETE CASCADE,
  token_hash TEXT NOT NULL UNIQUE,
  created_at TIMESTAMP NOT NULL
);

-- audit: who did what to whom, and is never changed
CREATE TABLE audit_log (
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
CREATE INDEX audit_log_of_cohort ON audit_log (cohort_id, id);

UPDATE posts SET answers_id = parent_id;
UPDATE threads SET
  last_post_id = coalesce((SELECT max(p.id) FROM posts p WHERE p.thread_id = threads.id AND p.removed_at IS NULL), 0),
  started_by = CASE WHEN step IS NULL
    THEN (SELECT p.enrolment_id FROM posts p WHERE p.thread_id = threads.id ORDER BY p.id LIMIT 1) END,
  is_answered = EXISTS (SELECT 1 FROM posts p WHERE p.thread_id = threads.id AND p.removed_at IS NULL AND p.enrolment_id <>
    (SELECT f.enrolment_id FROM posts f WHERE f.thread_id = threads.id ORDER BY f.id LIMIT 1));
UPDATE threads SET waiting_since = (SELECT p.created_at FROM posts p JOIN enrolments e ON e.id = p.enrolment_id
  WHERE p.id = threads.last_post_id AND e.role = 'learner');
