//! The learner's pages, a file an action.

mod home;
