//! Real Chromium on a running Trellis: the paths that matter most, and every page by axe-core.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "what cannot be had fails the test")]

mod accessible;
mod axe;
mod browser;
mod eleven_weeks;
mod enrolling;
mod facilitator;
mod fresh;
mod html;
mod keys;
mod learner;
mod mail;
mod names;
mod pages;
mod process;
mod script;
mod site;
mod travel;
mod weight;
