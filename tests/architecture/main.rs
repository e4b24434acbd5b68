//! The rules of ARCHITECTURE.md that a reader of the sources can check: who may import whom, where queries and pages
//! live, what templates may hold, and that both databases are one schema.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "what cannot be had fails the test")]

mod dependencies;
mod imports;
mod layers;
mod migrations;
mod schema;
mod source;
mod stylesheet;
mod templates;

/// Fails with every fault at once, one a line.
#[track_caller]
fn none(faults: Vec<String>) {
    assert!(faults.is_empty(), "{} to mend:\n  {}", faults.len(), faults.join("\n  "));
}
