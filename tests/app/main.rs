//! Stories: Trellis from outside, on both databases.

mod learning;
mod person;
mod smtp;
mod world;
