//! How somebody comes into a cohort: by joining an open one, or by an invitation.

pub mod invitation;
pub mod join;
