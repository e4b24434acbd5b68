-- completion: what a learner wrote on an exercise's sheet
CREATE TABLE exercise_answers (
  enrolment_id BIGINT NOT NULL REFERENCES enrolments (id) ON DELETE CASCADE,
  unit TEXT NOT NULL,
  step TEXT NOT NULL,
  answers TEXT NOT NULL,
  saved_at TIMESTAMP NOT NULL,
  PRIMARY KEY (enrolment_id, unit, step)
);
