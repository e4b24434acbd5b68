-- learner: the private address of somebody's calendar, of which only the hash is kept
CREATE TABLE calendar_tokens (
  enrolment_id BIGINT NOT NULL PRIMARY KEY REFERENCES enrolments (id) ON DELETE CASCADE,
  token_hash TEXT NOT NULL UNIQUE,
  created_at TIMESTAMP NOT NULL
);
