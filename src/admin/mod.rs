//! The administrator's pages: cohorts are made here, and facilitators appointed.

pub mod pages;
