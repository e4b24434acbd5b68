//! Stories: Trellis from outside, on both databases.

mod person;
mod schedule;
mod smtp;
mod world;
