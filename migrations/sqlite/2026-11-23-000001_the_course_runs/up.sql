-- accounts: who someone is
CREATE TABLE accounts (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  email_key TEXT NOT NULL UNIQUE,
  password_hash TEXT,
  is_administrator BOOLEAN NOT NULL,
  created_at TIMESTAMP NOT NULL,
  verified_at TIMESTAMP,
  suspended_at TIMESTAMP,
  undeliverable_at TIMESTAMP
);
CREATE TABLE sessions (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  token_hash TEXT NOT NULL UNIQUE,
  created_at TIMESTAMP NOT NULL,
  last_seen_at TIMESTAMP NOT NULL,
  expires_at TIMESTAMP NOT NULL
);
CREATE INDEX sessions_of_account ON sessions (account_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
CREATE TABLE account_tokens (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  purpose TEXT NOT NULL CHECK (purpose IN ('verify', 'reset')),
  token_hash TEXT NOT NULL UNIQUE,
  created_at TIMESTAMP NOT NULL,
  expires_at TIMESTAMP NOT NULL,
  used_at TIMESTAMP
);
CREATE INDEX account_tokens_of_account ON account_tokens (account_id, purpose);

-- outbox: every email on its way
CREATE TABLE messages (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  message_id TEXT NOT NULL UNIQUE,
  class TEXT NOT NULL CHECK (class IN ('account', 'bulk')),
  account_id BIGINT REFERENCES accounts (id) ON DELETE SET NULL,
  recipient_name TEXT NOT NULL,
  recipient TEXT NOT NULL,
  subject TEXT NOT NULL,
  text_body TEXT NOT NULL,
  html_body TEXT,
  reply_to TEXT,
  list_id TEXT,
  unsubscribe_url TEXT,
  state TEXT NOT NULL CHECK (state IN ('pending', 'claimed', 'data_started', 'sent', 'failed', 'cancelled', 'missed', 'unknown')),
  reason TEXT,
  server_answer TEXT,
  attempts INTEGER NOT NULL,
  created_at TIMESTAMP NOT NULL,
  next_attempt_at TIMESTAMP NOT NULL,
  expires_at TIMESTAMP NOT NULL,
  lease_owner TEXT,
  lease_until TIMESTAMP,
  settled_at TIMESTAMP
);
CREATE INDEX messages_waiting ON messages (state, class, next_attempt_at);
CREATE INDEX messages_of_account ON messages (account_id, id);
CREATE TABLE outbox_halts (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  reason TEXT NOT NULL,
  halted_at TIMESTAMP NOT NULL,
  resumed_at TIMESTAMP
);

-- cohort: who learns together
CREATE TABLE cohorts (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  slug TEXT NOT NULL UNIQUE,
  programme TEXT NOT NULL,
  name TEXT NOT NULL,
  starts_on DATE NOT NULL,
  release_time TIME NOT NULL,
  time_zone TEXT NOT NULL,
  orientation_days INTEGER NOT NULL,
  closes_on DATE,
  access_ends_on DATE,
  joining TEXT NOT NULL CHECK (joining IN ('open', 'invitation')),
  schedule_version INTEGER NOT NULL,
  created_at TIMESTAMP NOT NULL
);
CREATE TABLE breaks (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  cohort_id BIGINT NOT NULL REFERENCES cohorts (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  first_day DATE NOT NULL,
  last_day DATE NOT NULL
);
CREATE INDEX breaks_of_cohort ON breaks (cohort_id, first_day);
CREATE TABLE enrolments (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  cohort_id BIGINT NOT NULL REFERENCES cohorts (id) ON DELETE CASCADE,
  account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  role TEXT NOT NULL CHECK (role IN ('learner', 'facilitator')),
  state TEXT NOT NULL CHECK (state IN ('active', 'withdrawn')),
  enrolled_at TIMESTAMP NOT NULL,
  last_seen_at TIMESTAMP,
  unsubscribe_token TEXT NOT NULL UNIQUE,
  reminders_stopped_at TIMESTAMP,
  UNIQUE (cohort_id, account_id)
);
CREATE INDEX enrolments_of_account ON enrolments (account_id);
CREATE INDEX enrolments_by_role ON enrolments (cohort_id, role, state);
CREATE TABLE invitations (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  cohort_id BIGINT NOT NULL REFERENCES cohorts (id) ON DELETE CASCADE,
  email TEXT NOT NULL,
  email_key TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('learner', 'facilitator')),
  token_hash TEXT NOT NULL UNIQUE,
  created_at TIMESTAMP NOT NULL,
  expires_at TIMESTAMP NOT NULL,
  accepted_at TIMESTAMP,
  UNIQUE (cohort_id, email_key)
);

-- schedule: what opens when
CREATE TABLE releases (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  cohort_id BIGINT NOT NULL REFERENCES cohorts (id) ON DELETE CASCADE,
  unit TEXT NOT NULL,
  local_time TIMESTAMP NOT NULL,
  opens_at TIMESTAMP NOT NULL,
  set_by_hand BOOLEAN NOT NULL,
  held BOOLEAN NOT NULL,
  opened_at TIMESTAMP,
  UNIQUE (cohort_id, unit)
);
CREATE INDEX releases_waiting ON releases (opened_at, opens_at);

-- completion: what a learner has done
CREATE TABLE completions (
  enrolment_id BIGINT NOT NULL REFERENCES enrolments (id) ON DELETE CASCADE,
  unit TEXT NOT NULL,
  step TEXT NOT NULL,
  completed_at TIMESTAMP NOT NULL,
  PRIMARY KEY (enrolment_id, unit, step)
) WITHOUT ROWID;
CREATE TABLE quiz_attempts (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  enrolment_id BIGINT NOT NULL REFERENCES enrolments (id) ON DELETE CASCADE,
  unit TEXT NOT NULL,
  step TEXT NOT NULL,
  answers TEXT NOT NULL,
  right_count INTEGER NOT NULL,
  question_count INTEGER NOT NULL,
  handed_in_at TIMESTAMP NOT NULL
);
CREATE INDEX quiz_attempts_of_step ON quiz_attempts (enrolment_id, unit, step, id);
CREATE TABLE reflections (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  enrolment_id BIGINT NOT NULL REFERENCES enrolments (id) ON DELETE CASCADE,
  unit TEXT NOT NULL,
  step TEXT NOT NULL,
  body TEXT NOT NULL,
  saved_at TIMESTAMP NOT NULL,
  UNIQUE (enrolment_id, unit, step)
);
CREATE TABLE submissions (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  enrolment_id BIGINT NOT NULL REFERENCES enrolments (id) ON DELETE CASCADE,
  cohort_id BIGINT NOT NULL REFERENCES cohorts (id) ON DELETE CASCADE,
  unit TEXT NOT NULL,
  step TEXT NOT NULL,
  body TEXT NOT NULL,
  html TEXT NOT NULL,
  handed_in_at TIMESTAMP NOT NULL,
  UNIQUE (enrolment_id, unit, step)
);
CREATE INDEX submissions_of_step ON submissions (cohort_id, unit, step, id);
CREATE TABLE peer_reviews (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  submission_id BIGINT NOT NULL REFERENCES submissions (id) ON DELETE CASCADE,
  reviewer_id BIGINT NOT NULL REFERENCES enrolments (id) ON DELETE CASCADE,
  answers TEXT NOT NULL,
  given_at TIMESTAMP NOT NULL,
  UNIQUE (submission_id, reviewer_id)
);
CREATE INDEX peer_reviews_by_reviewer ON peer_reviews (reviewer_id);

-- discussion
CREATE TABLE threads (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  cohort_id BIGINT NOT NULL REFERENCES cohorts (id) ON DELETE CASCADE,
  unit TEXT,
  step TEXT,
  title TEXT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  last_post_at TIMESTAMP NOT NULL,
  post_count INTEGER NOT NULL,
  UNIQUE (cohort_id, unit, step)
);
CREATE INDEX threads_by_activity ON threads (cohort_id, last_post_at, id);
CREATE INDEX threads_of_unit ON threads (cohort_id, unit, last_post_at, id);
CREATE TABLE posts (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  thread_id BIGINT NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
  enrolment_id BIGINT NOT NULL REFERENCES enrolments (id) ON DELETE CASCADE,
  parent_id BIGINT REFERENCES posts (id),
  body TEXT NOT NULL,
  html TEXT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  edited_at TIMESTAMP,
  removed_at TIMESTAMP
);
CREATE INDEX posts_of_thread ON posts (thread_id, parent_id, id);
CREATE INDEX posts_of_enrolment ON posts (enrolment_id, thread_id);
CREATE INDEX replies_of_post ON posts (parent_id, id);

-- reminder: which mail is due to whom, the ledger
CREATE TABLE reminder_runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  cohort_id BIGINT NOT NULL REFERENCES cohorts (id) ON DELETE CASCADE,
  unit TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('opens', 'nudge', 'wrap_up')),
  due_at TIMESTAMP NOT NULL,
  planned_at TIMESTAMP NOT NULL,
  missed BOOLEAN NOT NULL,
  UNIQUE (cohort_id, unit, kind)
);
CREATE TABLE reminders (
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
CREATE INDEX reminders_of_enrolment ON reminders (enrolment_id, decided_at);
CREATE INDEX reminders_of_cohort ON reminders (cohort_id, id);
CREATE INDEX reminders_by_message ON reminders (message_id);

-- reading: diagnostics
CREATE TABLE readings (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  enrolment_id BIGINT NOT NULL REFERENCES enrolments (id) ON DELETE CASCADE,
  point TEXT NOT NULL CHECK (point IN ('baseline', 'closing')),
  answers TEXT NOT NULL,
  handed_in_at TIMESTAMP NOT NULL,
  UNIQUE (enrolment_id, point)
);
