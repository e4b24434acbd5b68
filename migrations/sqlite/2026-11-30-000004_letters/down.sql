CREATE TABLE fuller_reminders (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  cohort_id BIGINT NOT NULL REFERENCES cohorts (id) ON DELETE CASCADE,
  unit TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('starting_soon', 'opens', 'nudge', 'wrap_up', 'live_day', 'live_hour', 'live_changed')),
  enrolment_id BIGINT NOT NULL REFERENCES enrolments (id) ON DELETE CASCADE,
  due_at TIMESTAMP NOT NULL,
  decided_at TIMESTAMP NOT NULL,
  not_sent_because TEXT,
  message_id BIGINT REFERENCES messages (id) ON DELETE SET NULL,
  occasion TEXT NOT NULL,
  UNIQUE (cohort_id, unit, kind, enrolment_id, occasion)
);
INSERT INTO fuller_reminders (cohort_id, unit, kind, enrolment_id, due_at, decided_at, not_sent_because, message_id, occasion)
  SELECT cohort_id, unit, kind, enrolment_id, due_at, decided_at, not_sent_because,
    (SELECT messages.id FROM messages WHERE messages.id = reminders.message_id), occasion
  FROM reminders ORDER BY id;
DROP TABLE reminders;
ALTER TABLE fuller_reminders RENAME TO reminders;
CREATE INDEX reminders_of_enrolment ON reminders (enrolment_id, decided_at);
CREATE INDEX reminders_of_cohort ON reminders (cohort_id, id);
CREATE INDEX reminders_by_message ON reminders (message_id);
DROP INDEX enrolments_in_order;
DROP INDEX messages_settled;
CREATE INDEX messages_settled ON messages (settled_at, state);
ALTER TABLE messages ADD COLUMN text_body TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN html_body TEXT;
ALTER TABLE messages ADD COLUMN reply_to TEXT;
ALTER TABLE messages ADD COLUMN list_id TEXT;
ALTER TABLE messages ADD COLUMN unsubscribe_url TEXT;
ALTER TABLE messages ADD COLUMN calendar TEXT;
UPDATE messages SET
  text_body = (SELECT text_body FROM letters WHERE message_id = messages.id),
  html_body = (SELECT html_body FROM letters WHERE message_id = messages.id),
  reply_to = (SELECT reply_to FROM letters WHERE message_id = messages.id),
  list_id = (SELECT list_id FROM letters WHERE message_id = messages.id),
  unsubscribe_url = (SELECT unsubscribe_url FROM letters WHERE message_id = messages.id),
  calendar = (SELECT calendar FROM letters WHERE message_id = messages.id)
  WHERE id IN (SELECT message_id FROM letters);
DROP TABLE letters;
