//! Who has done what, as a page and as a table for a spreadsheet; and what to do each week.

pub mod guide;
pub mod learners;
pub mod learners_csv;
