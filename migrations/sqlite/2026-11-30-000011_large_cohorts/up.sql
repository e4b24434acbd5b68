-- discussion: what a week's posts are counted by holds all that is asked of them
DROP INDEX posts_by_time;
CREATE INDEX posts_by_time ON posts (created_at, enrolment_id, removed_at, hidden_at);
-- facilitator: who wrote, likewise
DROP INDEX writer_weeks_of;
CREATE INDEX writer_weeks_of ON writer_weeks (enrolment_id, posts);
