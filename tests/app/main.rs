//! Stories: Trellis from outside, on both databases.

mod learning;
mod person;
mod reminder;
mod schedule;
mod smtp;
mod world;
