//! Stories: Trellis from outside, on both databases.

mod discussion;
mod look;
mod person;
mod smtp;
mod world;
