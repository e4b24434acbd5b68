-- outbox: when a mail that was tried in vain was first to go, however often it has been put off since
ALTER TABLE messages ADD COLUMN first_due_at TIMESTAMP;
CREATE INDEX messages_tried ON messages (state, first_due_at) WHERE first_due_at IS NOT NULL;
