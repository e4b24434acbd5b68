//! Stories: Trellis from outside, on both databases.

mod person;
mod smtp;
mod world;
