//! Stories: Trellis from outside, on both databases.

mod access;
mod discussion;
mod learning;
mod outbox;
mod person;
mod reminder;
mod schedule;
mod smtp;
mod world;
