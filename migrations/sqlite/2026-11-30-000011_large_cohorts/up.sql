-- discussion: what a week's posts are counted by holds all that is asked of them
DROP INDEX posts_by_time;
CREATE INDEX posts_by_time ON posts (created_at, enrolment_id, removed_at, hidden_at);
-- facilitator: who wrote, likewise
DROP INDEX writer_weeks_of;
CREATE INDEX writer_weeks_of ON writer_weeks (enrolment_id, posts);

-- discussion: when somebody else first answered whoever started a thread. A post that is older than its thread came by a merge,
-- and answers what was asked elsewhere.
ALTER TABLE threads ADD COLUMN answered_at TIMESTAMP;
UPDATE threads SET answered_at = (SELECT p.created_at FROM posts p WHERE p.thread_id = threads.id
  AND p.enrolment_id <> threads.started_by AND (p.created_at >= threads.created_at) IS TRUE
  AND p.removed_at IS NULL AND p.hidden_at IS NULL ORDER BY p.id LIMIT 1);
