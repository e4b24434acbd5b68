DROP TABLE film_positions;
DROP INDEX submissions_of_step;
CREATE INDEX submissions_of_step ON submissions (cohort_id, unit, step, id);
ALTER TABLE submissions DROP COLUMN review_count;
ALTER TABLE completions DROP COLUMN how;
