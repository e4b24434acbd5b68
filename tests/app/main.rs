//! Stories: Trellis from outside, on both databases.

mod outbox;
mod person;
mod smtp;
mod world;
