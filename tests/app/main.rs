//! Stories: Trellis from outside, on both databases.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "what cannot be had fails the test")]

mod access;
mod accounts;
mod administration;
mod calendar;
mod content;
mod discussion;
mod door;
mod drafts;
mod home;
mod learning;
mod live;
mod notes;
mod operating;
mod outbox;
mod person;
mod progress;
mod queries;
mod reminder;
mod schedule;
mod smtp;
mod world;
