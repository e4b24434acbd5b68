-- facilitator: what the facilitators of a cohort tell one another about a learner, and numbers of a week
CREATE TABLE team_notes (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  enrolment_id BIGINT NOT NULL REFERENCES enrolments (id) ON DELETE CASCADE,
  author_id BIGINT REFERENCES accounts (id) ON DELETE SET NULL,
  author TEXT NOT NULL,
  body TEXT NOT NULL,
  written_at TIMESTAMP NOT NULL
);
CREATE INDEX team_notes_of_learner ON team_notes (enrolment_id, id);
CREATE INDEX completions_by_time ON completions (completed_at, enrolment_id);
CREATE INDEX posts_by_time ON posts (created_at, enrolment_id);
