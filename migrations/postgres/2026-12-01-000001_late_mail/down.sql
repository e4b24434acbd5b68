DROP INDEX messages_tried;
ALTER TABLE messages DROP COLUMN first_due_at;
