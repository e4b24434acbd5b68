//! The administrator's pages.
