-- outbox: an event for the calendar of whoever gets the mail, with its method (RFC 5546)
ALTER TABLE messages ADD COLUMN calendar TEXT;

-- schedule: what facilitators chose about reminders, for the cohort (unit '') and for one unit; NULL: as the cohort has it, or as it comes
CREATE TABLE reminder_choices (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  cohort_id BIGINT NOT NULL REFERENCES cohorts (id) ON DELETE CASCADE,
  unit TEXT NOT NULL,
  version INTEGER NOT NULL,
  starting_soon BOOLEAN,
  opens BOOLEAN,
  nudge BOOLEAN,
  wrap_up BOOLEAN,
  live BOOLEAN,
  nudge_days INTEGER,
  hour TIME,
  opens_note TEXT NOT NULL,
  nudge_note TEXT NOT NULL,
  wrap_up_note TEXT NOT NULL,
  UNIQUE (cohort_id, unit)
);

-- reminder: what a learner wants, where it is not all of it
CREATE TABLE reminder_wishes (
  enrolment_id BIGINT PRIMARY KEY NOT NULL REFERENCES enrolments (id) ON DELETE CASCADE,
  opens BOOLEAN NOT NULL,
  nudge BOOLEAN NOT NULL,
  wrap_up BOOLEAN NOT NULL,
  live BOOLEAN NOT NULL,
  paused_until DATE,
  daily_cap INTEGER NOT NULL
);

-- reminder: more kinds, and the occasion of those that may come again: a live session at a time
CREATE TABLE fuller_reminder_runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  cohort_id BIGINT NOT NULL REFERENCES cohorts (id) ON DELETE CASCADE,
  unit TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('starting_soon', 'opens', 'nudge', 'wrap_up', 'live_day', 'live_hour', 'live_changed')),
  due_at TIMESTAMP NOT NULL,
  planned_at TIMESTAMP NOT NULL,
  missed BOOLEAN NOT NULL,
  occasion TEXT NOT NULL,
  UNIQUE (cohort_id, unit, kind, occasion)
);
INSERT INTO fuller_reminder_runs (cohort_id, unit, kind, due_at, planned_at, missed, occasion)
  SELECT cohort_id, unit, kind, due_at, planned_at, missed, '' FROM reminder_runs ORDER BY id;
DROP TABLE reminder_runs;
ALTER TABLE fuller_reminder_runs RENAME TO reminder_runs;
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
  SELECT cohort_id, unit, kind, enrolment_id, due_at, decided_at, not_sent_because, message_id, '' FROM reminders ORDER BY id;
DROP TABLE reminders;
ALTER TABLE fuller_reminders RENAME TO reminders;
CREATE INDEX reminders_of_enrolment ON reminders (enrolment_id, decided_at);
CREATE INDEX reminders_of_cohort ON reminders (cohort_id, id);
CREATE INDEX reminders_by_message ON reminders (message_id);
