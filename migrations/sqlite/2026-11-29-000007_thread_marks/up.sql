-- discussion: how far somebody has read a thread, and whether they follow it
CREATE TABLE thread_marks (
  enrolment_id BIGINT NOT NULL REFERENCES enrolments (id) ON DELETE CASCADE,
  thread_id BIGINT NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
  seen_post_id BIGINT NOT NULL,
  follows BOOLEAN NOT NULL,
  PRIMARY KEY (enrolment_id, thread_id)
);
CREATE INDEX thread_marks_of_thread ON thread_marks (thread_id);
INSERT INTO thread_marks (enrolment_id, thread_id, seen_post_id, follows)
  SELECT enrolment_id, thread_id, max(id), TRUE FROM posts GROUP BY enrolment_id, thread_id;
