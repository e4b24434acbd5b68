-- draft: what somebody has written in a form and not sent yet; page and part say which form, fields are as forms are sent
CREATE TABLE drafts (
  account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  page TEXT NOT NULL,
  part TEXT NOT NULL,
  fields TEXT NOT NULL,
  saved_at TIMESTAMP NOT NULL,
  PRIMARY KEY (account_id, page, part)
);
CREATE INDEX drafts_by_age ON drafts (saved_at);
