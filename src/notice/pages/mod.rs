//! Which mails about discussions somebody gets, whom and what they follow, and what became of each notice.

mod own;

pub use own::{save, show, stop};

use crate::cohort::Cohort;

pub fn path(cohort: &Cohort) -> String {
    format!("{}/discussions/mails", cohort.path())
}
