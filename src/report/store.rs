//! What the report asks, and who gets it.

mod numbers;
mod readers;

pub use numbers::facts;
pub use readers::{
    READERS, Reader, ask_again, confirm_or_stop, find_mailed, find_reader, holder, keep_mail, list_due,
    list_read_cohorts, list_readers, reserve, stop,
};
