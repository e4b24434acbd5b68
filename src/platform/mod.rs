//! What every slice stands on, and what knows no word of the course: settings, clock, zones, database, mail
//! addresses, secrets, and the plumbing of pages and forms.

pub mod chart;
pub mod clock;
pub mod config;
pub mod db;
pub mod dkim;
pub mod ics;
pub mod ids;
pub mod measure;
pub mod secret;
pub mod text;
pub mod web;
pub mod zone;
