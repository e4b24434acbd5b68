-- discussion: threads that need a reply, those with somebody's first post and the others
CREATE INDEX threads_first_waiting ON threads (cohort_id, first_post_waits, waiting_since, id);
