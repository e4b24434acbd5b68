DROP TABLE heartbeats;
DROP INDEX accounts_undeliverable;
DROP INDEX messages_settled;
