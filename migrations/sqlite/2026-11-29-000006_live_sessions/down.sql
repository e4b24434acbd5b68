DROP TABLE attendances;
DROP TABLE live_sessions;
