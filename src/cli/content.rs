//! `content`: what authors ask.

mod against;
mod preview;

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
        /// Also name what people have done in this database and the content no longer has; takes the form of
        /// --database-url
        #[arg(long)]
        against: Option<String>,
    },
    /// Show programmes with all units open, on the loopback, and show what is saved at once
    Preview {
        /// The content folder, or one programme in it [default: what --content says]
        path: Option<PathBuf>,
    },
    /// Let the running `serve` read its content again; with faults in it the old stays
    Reload,
}

pub fn run(mut flags: Flags, command: Command) -> Outcome {
    match command {
        Command::Check { path, against } => {
            let path = path.unwrap_or_else(|| flags.content.clone());
            check(&path)?;
            let Some(url) = against else { return Ok(()) };
            (flags.content, flags.database_url) = (path, Some(url));
            let settings = flags.check().map_err(Failure::Settings)?;
            let catalogue = programme::load_at(&settings.content)
                .map_err(|faults| Failure::Settings(faults.iter().map(ToString::to_string).collect()))?;
            against::check(&settings, &catalogue)
        }
        Command::Preview { path } => {
            let path = path.unwrap_or_else(|| flags.content.clone());
            preview::run(flags, path)
        }
        Command::Reload => {
            check(&flags.content)?;
            Ok(super::serve::reload(&flags.data)?)
        }
    }
}

fn check(path: &Path) -> Outcome {
    let summary =
        programme::check(path).map_err(|faults| Failure::Settings(faults.iter().map(ToString::to_string).collect()))?;
    say(&summary.to_string());
    Ok(())
}
