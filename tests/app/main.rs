mod outbox;
mod smtp;
