//! Stories: Trellis from outside, on both databases.

mod person;
mod reminder;
mod smtp;
mod world;
