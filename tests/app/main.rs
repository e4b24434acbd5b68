//! Stories: Trellis from outside, on both databases.

mod discussion;
mod person;
mod smtp;
mod world;
