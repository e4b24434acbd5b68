//! Real Chromium on a running Trellis: the paths that matter most, and every page by axe-core.

mod accessible;
mod axe;
mod browser;
mod facilitator;
mod learner;
mod mail;
mod pages;
mod process;
mod site;
