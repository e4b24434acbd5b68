-- discussion: how many replies a post has, removed ones included; counted anew for each page they were a third of what a thread with
-- thousands of them took
ALTER TABLE posts ADD COLUMN reply_count INTEGER NOT NULL DEFAULT 0;
UPDATE posts SET reply_count = (SELECT count(*) FROM posts reply WHERE reply.parent_id = posts.id) WHERE parent_id IS NULL;
