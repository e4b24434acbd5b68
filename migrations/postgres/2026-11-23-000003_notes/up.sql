-- completion: what somebody noted for themselves on a step
CREATE TABLE notes (
  enrolment_id BIGINT NOT NULL REFERENCES enrolments (id) ON DELETE CASCADE,
  unit TEXT NOT NULL,
  step TEXT NOT NULL,
  body TEXT NOT NULL,
  saved_at TIMESTAMP NOT NULL,
  PRIMARY KEY (enrolment_id, unit, step)
);
