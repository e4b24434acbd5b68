-- discussion: what a week's posts are counted by holds all that is asked of them
DROP INDEX posts_by_time;
CREATE INDEX posts_by_time ON posts (created_at, enrolment_id, removed_at, hidden_at);
-- facilitator: who wrote, likewise
DROP INDEX writer_weeks_of;
CREATE INDEX writer_weeks_of ON writer_weeks (enrolment_id, posts);

-- A reference is looked up at every row that refers: of what planning a release takes that was a third. What goes with an
-- account or an enrolment goes with it still; both are hardly ever deleted.
ALTER TABLE messages DROP CONSTRAINT messages_account_id_fkey;
CREATE FUNCTION account_goes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE messages SET account_id = NULL WHERE account_id = old.id;
  RETURN NULL;
END $$;
CREATE TRIGGER account_goes AFTER DELETE ON accounts FOR EACH ROW EXECUTE FUNCTION account_goes();
ALTER TABLE reminders DROP CONSTRAINT lighter_reminders_enrolment_id_fkey;
CREATE FUNCTION reminded_goes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM reminders WHERE enrolment_id = old.id;
  RETURN NULL;
END $$;
CREATE TRIGGER reminded_goes AFTER DELETE ON enrolments FOR EACH ROW EXECUTE FUNCTION reminded_goes();

-- Words of a program, in no language: compared as bytes, as SQLite does, they cost their indexes less.
ALTER TABLE messages
  ALTER COLUMN message_id TYPE TEXT COLLATE "C",
  ALTER COLUMN class TYPE TEXT COLLATE "C",
  ALTER COLUMN state TYPE TEXT COLLATE "C";
ALTER TABLE reminders
  ALTER COLUMN unit TYPE TEXT COLLATE "C",
  ALTER COLUMN kind TYPE TEXT COLLATE "C",
  ALTER COLUMN occasion TYPE TEXT COLLATE "C";

-- discussion: when somebody else first answered whoever started a thread. A post that is older than its thread came by a merge,
-- and answers what was asked elsewhere.
ALTER TABLE threads ADD COLUMN answered_at TIMESTAMP;
UPDATE threads SET answered_at = (SELECT p.created_at FROM posts p WHERE p.thread_id = threads.id
  AND p.enrolment_id <> threads.started_by AND (p.created_at >= threads.created_at) IS TRUE
  AND p.removed_at IS NULL AND p.hidden_at IS NULL ORDER BY p.id LIMIT 1);
