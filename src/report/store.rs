//! What the report asks and said, and who gets it.

mod numbers;
mod readers;
mod weeks;

pub use numbers::facts;
pub use readers::{
    READERS, Reader, ask_again, confirm_or_stop, find_mailed, find_reader, forget_old, holder, keep_mail, list_due,
    list_read_cohorts, list_readers, reserve, stop,
};
pub use weeks::{find_week, keep_week, list_untold};
