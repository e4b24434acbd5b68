-- cohort: the last day on which one learner may still take part, after the others may no more
ALTER TABLE enrolments ADD COLUMN extra_until DATE;

-- schedule: units that are open to one learner before their time
CREATE TABLE early_access (
  enrolment_id BIGINT NOT NULL REFERENCES enrolments (id) ON DELETE CASCADE,
  unit TEXT NOT NULL,
  given_at TIMESTAMP NOT NULL,
  PRIMARY KEY (enrolment_id, unit)
);

-- schedule: what was changed, by whom and why; before and after are the releases and breaks that it touched, as JSON
CREATE TABLE schedule_changes (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  cohort_id BIGINT NOT NULL REFERENCES cohorts (id) ON DELETE CASCADE,
  version INTEGER NOT NULL,
  changed_at TIMESTAMP NOT NULL,
  actor TEXT NOT NULL,
  title TEXT NOT NULL,
  reason TEXT NOT NULL,
  before TEXT NOT NULL,
  after TEXT NOT NULL,
  UNIQUE (cohort_id, version)
);

-- announcement: one for some learners alone goes to them by mail and stands on no page
ALTER TABLE announcements ADD COLUMN audience TEXT NOT NULL DEFAULT 'everybody' CHECK (audience IN ('everybody', 'chosen'));
CREATE TABLE announcement_recipients (
  announcement_id BIGINT NOT NULL REFERENCES announcements (id) ON DELETE CASCADE,
  enrolment_id BIGINT NOT NULL REFERENCES enrolments (id) ON DELETE CASCADE,
  PRIMARY KEY (announcement_id, enrolment_id)
);
CREATE INDEX announcement_recipients_by_enrolment ON announcement_recipients (enrolment_id);

-- discussion: threads that nobody has answered, by activity
CREATE INDEX threads_unanswered ON threads (cohort_id, is_answered, last_post_at, id);
