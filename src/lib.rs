//! Trellis: courses that people take together.

pub mod platform;
pub mod schema;
