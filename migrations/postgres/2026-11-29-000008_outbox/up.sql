-- outbox: what was settled in the last day is counted
CREATE INDEX messages_settled ON messages (settled_at, state);

-- accounts: the addresses that take no mail
CREATE INDEX accounts_undeliverable ON accounts (undeliverable_at);

-- heartbeat: when each process last came round with its jobs
CREATE TABLE heartbeats (
  process TEXT NOT NULL,
  job TEXT NOT NULL CHECK (job IN ('plan', 'send')),
  beat_at TIMESTAMP NOT NULL,
  PRIMARY KEY (process, job)
);
