CREATE TABLE plainer_reminders (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  cohort_id BIGINT NOT NULL REFERENCES cohorts (id) ON DELETE CASCADE,
  unit TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('opens', 'nudge', 'wrap_up')),
  enrolment_id BIGINT NOT NULL REFERENCES enrolments (id) ON DELETE CASCADE,
  due_at TIMESTAMP NOT NULL,
  decided_at TIMESTAMP NOT NULL,
  not_sent_because TEXT,
  message_id BIGINT REFERENCES messages (id) ON DELETE SET NULL,
  UNIQUE (cohort_id, unit, kind, enrolment_id)
);
INSERT INTO plainer_reminders (cohort_id, unit, kind, enrolment_id, due_at, decided_at, not_sent_because, message_id)
  SELECT cohort_id, unit, kind, enrolment_id, due_at, decided_at, not_sent_because, message_id FROM reminders
  WHERE kind IN ('opens', 'nudge', 'wrap_up') ORDER BY id;
DROP TABLE reminders;
ALTER TABLE plainer_reminders RENAME TO reminders;
CREATE INDEX reminders_of_enrolment ON reminders (enrolment_id, decided_at);
CREATE INDEX reminders_of_cohort ON reminders (cohort_id, id);
CREATE INDEX reminders_by_message ON reminders (message_id);
CREATE TABLE plainer_reminder_runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  cohort_id BIGINT NOT NULL REFERENCES cohorts (id) ON DELETE CASCADE,
  unit TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('opens', 'nudge', 'wrap_up')),
  due_at TIMESTAMP NOT NULL,
  planned_at TIMESTAMP NOT NULL,
  missed BOOLEAN NOT NULL,
  UNIQUE (cohort_id, unit, kind)
);
INSERT INTO plainer_reminder_runs (cohort_id, unit, kind, due_at, planned_at, missed)
  SELECT cohort_id, unit, kind, due_at, planned_at, missed FROM reminder_runs
  WHERE kind IN ('opens', 'nudge', 'wrap_up') ORDER BY id;
DROP TABLE reminder_runs;
ALTER TABLE plainer_reminder_runs RENAME TO reminder_runs;
DROP TABLE reminder_wishes;
DROP TABLE reminder_choices;
ALTER TABLE messages DROP COLUMN calendar;
