-- outbox: the words of a mail stand beside it, and only where they are kept: many a mail is written as it leaves
CREATE TABLE letters (
  message_id BIGINT NOT NULL PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
  text_body TEXT NOT NULL,
  html_body TEXT,
  reply_to TEXT,
  list_id TEXT,
  unsubscribe_url TEXT,
  calendar TEXT
);
INSERT INTO letters (message_id, text_body, html_body, reply_to, list_id, unsubscribe_url, calendar)
  SELECT id, text_body, html_body, reply_to, list_id, unsubscribe_url, calendar FROM messages WHERE text_body <> '';
ALTER TABLE messages DROP COLUMN html_body;
ALTER TABLE messages DROP COLUMN text_body;
ALTER TABLE messages DROP COLUMN calendar;
ALTER TABLE messages DROP COLUMN reply_to;
ALTER TABLE messages DROP COLUMN list_id;
ALTER TABLE messages DROP COLUMN unsubscribe_url;
-- What waits has not been settled: it costs this index nothing.
DROP INDEX messages_settled;
CREATE INDEX messages_settled ON messages (settled_at, state) WHERE settled_at IS NOT NULL;

-- cohort: its people by their role, in the order in which they came
CREATE INDEX enrolments_in_order ON enrolments (cohort_id, role, id);

-- reminder: a row goes with its enrolment, and that with its cohort; of a mail that is gone, the ledger says so. Each further
-- reference would be looked up at every row that is planned.
CREATE TABLE lighter_reminders (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  cohort_id BIGINT NOT NULL,
  unit TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('starting_soon', 'opens', 'nudge', 'wrap_up', 'live_day', 'live_hour', 'live_changed')),
  enrolment_id BIGINT NOT NULL REFERENCES enrolments (id) ON DELETE CASCADE,
  due_at TIMESTAMP NOT NULL,
  decided_at TIMESTAMP NOT NULL,
  not_sent_because TEXT,
  message_id BIGINT,
  occasion TEXT NOT NULL,
  UNIQUE (cohort_id, unit, kind, enrolment_id, occasion)
);
INSERT INTO lighter_reminders (cohort_id, unit, kind, enrolment_id, due_at, decided_at, not_sent_because, message_id, occasion)
  SELECT cohort_id, unit, kind, enrolment_id, due_at, decided_at, not_sent_because, message_id, occasion FROM reminders ORDER BY id;
DROP TABLE reminders;
ALTER TABLE lighter_reminders RENAME TO reminders;
CREATE INDEX reminders_of_enrolment ON reminders (enrolment_id, decided_at);
CREATE INDEX reminders_of_cohort ON reminders (cohort_id, id);
CREATE INDEX reminders_by_message ON reminders (message_id);
