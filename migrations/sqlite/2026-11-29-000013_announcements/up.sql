-- cohort: who wants no announcements by mail, and which of them somebody has seen
ALTER TABLE enrolments ADD COLUMN announcements_stopped_at TIMESTAMP;
ALTER TABLE enrolments ADD COLUMN announcements_seen_at TIMESTAMP;

-- announcement: what facilitators tell their cohort; form_key makes a form that is sent twice one announcement
CREATE TABLE announcements (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  cohort_id BIGINT NOT NULL REFERENCES cohorts (id) ON DELETE CASCADE,
  author_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  form_key TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  html TEXT NOT NULL,
  by_mail BOOLEAN NOT NULL,
  publish_at TIMESTAMP NOT NULL,
  published_at TIMESTAMP,
  changed_at TIMESTAMP,
  withdrawn_at TIMESTAMP,
  mailed_at TIMESTAMP
);
CREATE INDEX announcements_of_cohort ON announcements (cohort_id, published_at, id);
CREATE INDEX announcements_to_publish ON announcements (published_at, publish_at);
CREATE INDEX announcements_to_mail ON announcements (mailed_at, published_at);
CREATE TABLE announcement_mails (
  announcement_id BIGINT NOT NULL REFERENCES announcements (id) ON DELETE CASCADE,
  enrolment_id BIGINT NOT NULL REFERENCES enrolments (id) ON DELETE CASCADE,
  message_id BIGINT REFERENCES messages (id) ON DELETE SET NULL,
  PRIMARY KEY (announcement_id, enrolment_id)
);
CREATE INDEX announcement_mails_by_message ON announcement_mails (message_id);
