-- live: when a cohort meets, the way in, the recording, and who was there
CREATE TABLE live_sessions (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  cohort_id BIGINT NOT NULL REFERENCES cohorts (id) ON DELETE CASCADE,
  unit TEXT NOT NULL,
  step TEXT NOT NULL,
  local_time TIMESTAMP NOT NULL,
  starts_at TIMESTAMP NOT NULL,
  minutes INTEGER NOT NULL,
  link TEXT NOT NULL,
  recording TEXT NOT NULL,
  version INTEGER NOT NULL,
  called_off BOOLEAN NOT NULL,
  UNIQUE (cohort_id, unit, step)
);
CREATE TABLE attendances (
  enrolment_id BIGINT NOT NULL REFERENCES enrolments (id) ON DELETE CASCADE,
  unit TEXT NOT NULL,
  step TEXT NOT NULL,
  presence TEXT NOT NULL CHECK (presence IN ('there', 'caught-up')),
  said_at TIMESTAMP NOT NULL,
  PRIMARY KEY (enrolment_id, unit, step)
);
CREATE INDEX attendances_of_step ON attendances (unit, step, enrolment_id);
