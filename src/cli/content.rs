//! `content`: what authors ask.

use std::path::PathBuf;

use super::{Failure, Outcome, say};
use crate::platform::config::Flags;
use crate::programme;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Look for every fault, and say how to mend it
    Check {
        /// The content folder, or one programme in it [default: what --content says]
        path: Option<PathBuf>,
    },
}

pub fn run(flags: &Flags, command: Command) -> Outcome {
    let Command::Check { path } = command;
    let path = path.unwrap_or_else(|| flags.content.clone());
    let summary = programme::check(&path)
        .map_err(|faults| Failure::Settings(faults.iter().map(ToString::to_string).collect()))?;
    say(&summary.to_string());
    Ok(())
}
