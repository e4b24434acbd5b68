-- people: what somebody says of themselves to their cohort; a line is shown only where its owner said so. findable holds
-- the lines that are shown, in small letters
CREATE TABLE cards (
  enrolment_id BIGINT NOT NULL PRIMARY KEY REFERENCES enrolments (id) ON DELETE CASCADE,
  role TEXT NOT NULL,
  shows_role BOOLEAN NOT NULL,
  network TEXT NOT NULL,
  shows_network BOOLEAN NOT NULL,
  offers TEXT NOT NULL,
  shows_offers BOOLEAN NOT NULL,
  needs TEXT NOT NULL,
  shows_needs BOOLEAN NOT NULL,
  place TEXT NOT NULL,
  shows_place BOOLEAN NOT NULL,
  findable TEXT NOT NULL,
  saved_at TIMESTAMP NOT NULL
);

-- portfolio: what learners make of a unit, theirs alone until they share it
CREATE TABLE products (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  enrolment_id BIGINT NOT NULL REFERENCES enrolments (id) ON DELETE CASCADE,
  cohort_id BIGINT NOT NULL REFERENCES cohorts (id) ON DELETE CASCADE,
  unit TEXT NOT NULL,
  body TEXT NOT NULL,
  html TEXT NOT NULL,
  saved_at TIMESTAMP NOT NULL,
  shared_at TIMESTAMP,
  UNIQUE (enrolment_id, unit)
);
CREATE INDEX products_shared ON products (cohort_id, shared_at, id);
