//! How somebody stops a cohort's mails; and its breaks as forms have them.

pub mod breaks;
pub mod unsubscribe;
