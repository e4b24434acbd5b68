//! What the report asks, and who gets it.

mod numbers;
mod readers;

pub use numbers::facts;
pub use readers::{
    Reader, READERS, ask_again, confirm_or_stop, find_mailed, find_reader, holder, keep_mail, list_due, list_readers,
    list_read_cohorts, reserve, stop,
};
