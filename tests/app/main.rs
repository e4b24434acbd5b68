//! Stories: Trellis from outside, on both databases.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "what cannot be had fails the test")]

mod access;
mod accounts;
mod administration;
mod allowances;
mod announcements;
mod calendar;
mod certificate;
mod content;
mod conversations;
mod discussion;
mod door;
mod drafts;
mod export;
mod facilitating;
mod figures;
mod fresh;
mod heartbeat;
mod home;
mod learning;
mod library;
mod live;
mod looking;
mod newcomers;
mod notes;
mod notices;
mod operating;
mod outbox;
mod people;
mod person;
mod portfolio;
mod print;
mod progress;
mod queries;
mod reminder;
mod reminder_choices;
mod reminder_times;
mod report;
mod replanning;
mod schedule;
mod search;
mod smtp;
mod words;
mod world;
mod writing;
