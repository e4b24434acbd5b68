//! Trellis: courses that people take together.

pub mod platform;
pub mod schema;

pub mod heartbeat;
pub mod outbox;
pub mod programme;

pub mod accounts;

pub mod draft;

pub mod audit;
pub mod cohort;

pub mod schedule;

pub mod completion;
pub mod discussion;
pub mod live;

pub mod certificate;
pub mod portfolio;
pub mod reading;
pub mod reminder;
pub mod search;

pub mod announcement;
pub mod enrolling;
pub mod notice;
pub mod people;

pub mod admin;
pub mod export;
pub mod facilitator;
pub mod health;
pub mod learner;
pub mod preview;
pub mod report;

pub mod app;
pub mod cli;
pub mod routes;
pub mod worker;
