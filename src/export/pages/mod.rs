//! `/cohorts/{cohort}/manage/export`: what there is to take along, and the file itself.

mod download;
mod show;

pub use download::download;
pub use show::show;
