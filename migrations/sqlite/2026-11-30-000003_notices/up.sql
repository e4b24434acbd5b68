-- outbox: mails that belong to one conversation
ALTER TABLE messages ADD COLUMN conversation TEXT;

-- cohort: mails about discussions can be stopped
ALTER TABLE enrolments ADD COLUMN discussions_stopped_at TIMESTAMP;

-- discussion: what nobody has been told of yet, who is named in which post, and what somebody follows besides threads
CREATE TABLE untold_posts (
  post_id BIGINT NOT NULL PRIMARY KEY REFERENCES posts (id) ON DELETE CASCADE,
  is_edit BOOLEAN NOT NULL,
  due_at TIMESTAMP NOT NULL
);
CREATE INDEX untold_posts_due ON untold_posts (due_at);
CREATE TABLE post_mentions (
  post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
  enrolment_id BIGINT NOT NULL REFERENCES enrolments (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  PRIMARY KEY (post_id, enrolment_id)
);
CREATE INDEX post_mentions_of ON post_mentions (enrolment_id);
CREATE TABLE unit_follows (
  enrolment_id BIGINT NOT NULL REFERENCES enrolments (id) ON DELETE CASCADE,
  unit TEXT NOT NULL,
  followed_at TIMESTAMP NOT NULL,
  PRIMARY KEY (enrolment_id, unit)
);
CREATE TABLE person_follows (
  enrolment_id BIGINT NOT NULL REFERENCES enrolments (id) ON DELETE CASCADE,
  followed_id BIGINT NOT NULL REFERENCES enrolments (id) ON DELETE CASCADE,
  followed_at TIMESTAMP NOT NULL,
  PRIMARY KEY (enrolment_id, followed_id)
);
CREATE INDEX person_follows_of ON person_follows (followed_id);
CREATE INDEX thread_marks_followed ON thread_marks (thread_id, follows);

-- notice: who is told of which post, and how
CREATE TABLE notice_wishes (
  enrolment_id BIGINT NOT NULL PRIMARY KEY REFERENCES enrolments (id) ON DELETE CASCADE,
  mentions TEXT NOT NULL CHECK (mentions IN ('at-once', 'daily', 'weekly', 'never')),
  replies TEXT NOT NULL CHECK (replies IN ('at-once', 'daily', 'weekly', 'never')),
  threads TEXT NOT NULL CHECK (threads IN ('at-once', 'daily', 'weekly', 'never')),
  units TEXT NOT NULL CHECK (units IN ('at-once', 'daily', 'weekly', 'never')),
  people TEXT NOT NULL CHECK (people IN ('at-once', 'daily', 'weekly', 'never'))
);
CREATE TABLE notices (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  post_id BIGINT NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
  enrolment_id BIGINT NOT NULL REFERENCES enrolments (id) ON DELETE CASCADE,
  reason TEXT NOT NULL CHECK (reason IN ('mention', 'reply', 'thread', 'unit', 'person', 'hidden')),
  how TEXT NOT NULL CHECK (how IN ('at-once', 'daily', 'weekly', 'never')),
  due_at TIMESTAMP NOT NULL,
  made_at TIMESTAMP NOT NULL,
  settled_at TIMESTAMP,
  not_sent TEXT CHECK (not_sent IN ('read', 'gone', 'closed', 'stopped', 'unwanted', 'withdrawn', 'suspended', 'unverified', 'undeliverable')),
  message_id BIGINT REFERENCES messages (id) ON DELETE SET NULL,
  UNIQUE (post_id, enrolment_id)
);
CREATE INDEX notices_waiting ON notices (settled_at, due_at, enrolment_id);
CREATE INDEX notices_of_enrolment ON notices (enrolment_id, id);
CREATE INDEX notices_by_message ON notices (message_id);
CREATE TABLE received_mails (
  message_id TEXT NOT NULL PRIMARY KEY,
  enrolment_id BIGINT NOT NULL REFERENCES enrolments (id) ON DELETE CASCADE,
  received_at TIMESTAMP NOT NULL
);
CREATE INDEX received_mails_of ON received_mails (enrolment_id, received_at);
