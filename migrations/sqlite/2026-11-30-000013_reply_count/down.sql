ALTER TABLE posts DROP COLUMN reply_count;
