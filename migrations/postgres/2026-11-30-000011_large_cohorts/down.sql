ALTER TABLE threads DROP COLUMN answered_at;
ALTER TABLE reminders
  ALTER COLUMN unit TYPE TEXT COLLATE "default",
  ALTER COLUMN kind TYPE TEXT COLLATE "default",
  ALTER COLUMN occasion TYPE TEXT COLLATE "default";
ALTER TABLE messages
  ALTER COLUMN message_id TYPE TEXT COLLATE "default",
  ALTER COLUMN class TYPE TEXT COLLATE "default",
  ALTER COLUMN state TYPE TEXT COLLATE "default";
DROP TRIGGER reminded_goes ON enrolments;
DROP FUNCTION reminded_goes();
-- A mail or a reminder may have come in the moment in which whom it is for was deleted.
DELETE FROM reminders WHERE enrolment_id NOT IN (SELECT id FROM enrolments);
ALTER TABLE reminders ADD CONSTRAINT lighter_reminders_enrolment_id_fkey
  FOREIGN KEY (enrolment_id) REFERENCES enrolments (id) ON DELETE CASCADE;
DROP TRIGGER account_goes ON accounts;
DROP FUNCTION account_goes();
UPDATE messages SET account_id = NULL WHERE account_id NOT IN (SELECT id FROM accounts);
ALTER TABLE messages ADD CONSTRAINT messages_account_id_fkey
  FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE SET NULL;
DROP INDEX posts_by_time;
CREATE INDEX posts_by_time ON posts (created_at, enrolment_id);
DROP INDEX writer_weeks_of;
CREATE INDEX writer_weeks_of ON writer_weeks (enrolment_id);
