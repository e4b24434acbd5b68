//! Who has done what, as a page and as a table for a spreadsheet.

pub mod learners;
pub mod learners_csv;
