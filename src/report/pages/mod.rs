//! The weekly report: its list with those who get it by mail, a week as a page and as paper, and the link in its mails.

pub mod list;
pub mod readers;
pub mod stop;
pub mod week;

use crate::cohort::Cohort;

fn path(cohort: &Cohort) -> String {
    format!("{}/manage/reports", cohort.path())
}
