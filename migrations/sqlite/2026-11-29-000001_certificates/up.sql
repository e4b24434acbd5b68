-- certificate: proof of completion, with all that it says, for what was issued stays as it was
CREATE TABLE certificates (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  enrolment_id BIGINT NOT NULL UNIQUE REFERENCES enrolments (id) ON DELETE CASCADE,
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  name_changed_at TIMESTAMP,
  name_shown_since TIMESTAMP,
  programme TEXT NOT NULL,
  title TEXT NOT NULL,
  language TEXT NOT NULL,
  cohort TEXT NOT NULL,
  starts_on DATE NOT NULL,
  ends_on DATE NOT NULL,
  minutes INTEGER NOT NULL,
  asked TEXT NOT NULL,
  issued_on DATE NOT NULL,
  issued_at TIMESTAMP NOT NULL
);

-- certificate: what signs credentials; every process signs with the same
CREATE TABLE signing_keys (
  name TEXT NOT NULL PRIMARY KEY,
  seed TEXT NOT NULL,
  created_at TIMESTAMP NOT NULL
);
