//! Who has done what, as a page and as a table for a spreadsheet; what to do each week, and whose work
//! waits for comments.

pub mod assignments;
pub mod guide;
pub mod learners;
pub mod learners_csv;
