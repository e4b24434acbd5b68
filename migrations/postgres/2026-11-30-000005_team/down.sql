DROP INDEX posts_by_time;
DROP INDEX completions_by_time;
DROP TABLE team_notes;
