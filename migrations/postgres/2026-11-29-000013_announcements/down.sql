DROP TABLE announcement_mails;
DROP TABLE announcements;
ALTER TABLE enrolments DROP COLUMN announcements_seen_at;
ALTER TABLE enrolments DROP COLUMN announcements_stopped_at;
