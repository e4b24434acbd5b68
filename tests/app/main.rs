//! Stories: Trellis from outside, on both databases.

mod discussion;
mod learning;
mod outbox;
mod person;
mod schedule;
mod smtp;
mod world;
