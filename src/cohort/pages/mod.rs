//! How somebody stops a cohort's mails.

pub mod unsubscribe;
