-- completion: how a step came to be done; nothing for what was done before this was kept: the step's kind tells it
ALTER TABLE completions ADD COLUMN how TEXT;
-- completion: comments are counted as they come, so that nobody counts them to find the work that needs one
ALTER TABLE submissions ADD COLUMN review_count INTEGER NOT NULL DEFAULT 0;
UPDATE submissions SET review_count = (SELECT count(*) FROM peer_reviews WHERE peer_reviews.submission_id = submissions.id);
DROP INDEX submissions_of_step;
CREATE INDEX submissions_of_step ON submissions (cohort_id, unit, step, review_count, id);
-- completion: where somebody stopped in a film
CREATE TABLE film_positions (
  enrolment_id BIGINT NOT NULL REFERENCES enrolments (id) ON DELETE CASCADE,
  unit TEXT NOT NULL,
  step TEXT NOT NULL,
  seconds INTEGER NOT NULL,
  kept_at TIMESTAMP NOT NULL,
  PRIMARY KEY (enrolment_id, unit, step)
);
