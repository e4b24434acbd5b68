//! `content`: what authors ask.

use std::path::{Path, PathBuf};

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
    /// Let the running `serve` read its content again; with faults in it the old stays
    Reload,
}

pub fn run(flags: &Flags, command: Command) -> Outcome {
    let path = match command {
        Command::Check { path } => path,
        Command::Reload => {
            check(&flags.content)?;
            return Ok(super::serve::reload(&flags.data)?);
        }
    };
    let path = path.unwrap_or_else(|| flags.content.clone());
    check(&path)
}

fn check(path: &Path) -> Outcome {
    let summary =
        programme::check(path).map_err(|faults| Failure::Settings(faults.iter().map(ToString::to_string).collect()))?;
    say(&summary.to_string());
    Ok(())
}
