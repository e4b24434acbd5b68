DROP INDEX threads_unanswered;
DROP TABLE announcement_recipients;
DELETE FROM announcements WHERE audience = 'chosen';
ALTER TABLE announcements DROP COLUMN audience;
DROP TABLE schedule_changes;
DROP TABLE early_access;
ALTER TABLE enrolments DROP COLUMN extra_until;
