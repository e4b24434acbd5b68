ALTER TABLE threads DROP COLUMN answered_at;
DROP INDEX posts_by_time;
CREATE INDEX posts_by_time ON posts (created_at, enrolment_id);
DROP INDEX writer_weeks_of;
CREATE INDEX writer_weeks_of ON writer_weeks (enrolment_id);
