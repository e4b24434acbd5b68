//! Stopping reminders, and reading what became of them.

pub mod manage;
pub mod own;
pub mod wishes;
