-- cohort: more ways to join
ALTER TABLE cohorts ADD COLUMN way_in TEXT NOT NULL DEFAULT 'invitation' CHECK (way_in IN ('open', 'code', 'approval', 'invitation'));
UPDATE cohorts SET way_in = joining;
ALTER TABLE cohorts DROP COLUMN joining;
ALTER TABLE cohorts RENAME COLUMN way_in TO joining;

-- enrolling: who may come and how many; a cohort without a row has the usual settings
CREATE TABLE enrolling_settings (
  cohort_id BIGINT NOT NULL PRIMARY KEY REFERENCES cohorts (id) ON DELETE CASCADE,
  code TEXT,
  places INTEGER,
  domains TEXT NOT NULL,
  remind_after_days INTEGER
);

-- enrolling: an invitation is mailed by a job, reminded of once, and may be taken back
ALTER TABLE invitations ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE invitations ADD COLUMN second_token_hash TEXT;
ALTER TABLE invitations ADD COLUMN mailed_at TIMESTAMP;
ALTER TABLE invitations ADD COLUMN reminded_at TIMESTAMP;
ALTER TABLE invitations ADD COLUMN withdrawn_at TIMESTAMP;
ALTER TABLE invitations ADD COLUMN message_id BIGINT;
UPDATE invitations SET mailed_at = created_at;
CREATE UNIQUE INDEX invitations_by_second_token ON invitations (second_token_hash);
CREATE INDEX invitations_by_message ON invitations (message_id);
CREATE INDEX invitations_of_cohort ON invitations (cohort_id, id) WHERE accepted_at IS NULL AND withdrawn_at IS NULL;
CREATE INDEX invitations_to_mail ON invitations (cohort_id, id) WHERE mailed_at IS NULL AND accepted_at IS NULL AND withdrawn_at IS NULL;
CREATE INDEX invitations_to_remind ON invitations (cohort_id, mailed_at) WHERE reminded_at IS NULL AND accepted_at IS NULL AND withdrawn_at IS NULL;

-- enrolling: who asks for a place or waits for one; a row for each person says how their wish stands
CREATE TABLE place_requests (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  cohort_id BIGINT NOT NULL REFERENCES cohorts (id) ON DELETE CASCADE,
  account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  state TEXT NOT NULL CHECK (state IN ('asked', 'waiting', 'declined', 'placed', 'taken-back')),
  since TIMESTAMP NOT NULL,
  why TEXT NOT NULL,
  answer TEXT NOT NULL,
  UNIQUE (cohort_id, account_id)
);
CREATE INDEX place_requests_in_line ON place_requests (state, cohort_id, since, id);
CREATE INDEX place_requests_of_account ON place_requests (account_id);
