//! Stories: Trellis from outside, on both databases.

mod access;
mod administration;
mod discussion;
mod door;
mod learning;
mod operating;
mod outbox;
mod person;
mod queries;
mod reminder;
mod schedule;
mod smtp;
mod world;
