//! The facilitators' pages about who comes: who asks, who waits, who is invited; inviting many; and the settings.

mod answer;
mod invite;
mod overview;
mod settings;

pub use answer::{answer_request, change_invitation};
pub use invite::{form as invite_form, preview as preview_invitations, save as save_invitations};
pub use overview::show;
pub use settings::{change_code, save as save_settings, show as show_settings};

use crate::cohort::Cohort;
use crate::enrolling::people;

fn path(cohort: &Cohort) -> String {
    format!("{}/manage/enrol", cohort.path())
}
