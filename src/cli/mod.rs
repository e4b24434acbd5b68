//! The command line: `trellis --help` is its reference. Exit: 0 done, 1 failed, 2 wrong usage, 78 wrong settings or content;
//! from `mail receive` 75 (`EX_TEMPFAIL`) for all but a message that cannot be taken: mail servers keep that and come again.

mod admin;
mod content;
mod demo;
mod keep;
mod mail;
mod posts;
mod seed;
mod serve;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::app::App;
use crate::platform::clock::Clock;
use crate::platform::config::{Flags, Settings};
use crate::platform::db;
use crate::platform::web::Mode;
use crate::programme::{self, Content};

/// What the shell is told.
const FAILED: u8 = 1;
const TRY_LATER: u8 = 75;
const WRONG_SETTINGS: u8 = 78;

/// Courses that people take together.
#[derive(Parser)]
#[command(name = "trellis", version, about, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// The web server and the jobs (also without any command)
    Serve {
        /// Leave the jobs to `trellis work`
        #[arg(long)]
        no_jobs: bool,
    },
    /// The jobs alone: opening units, planning reminders, sending mail
    Work {
        /// Do all that is due now, then end
        #[arg(long)]
        once: bool,
    },
    /// A course under way in data/demo, on the loopback, with people to sign in as
    Demo,
    /// Fill an empty database, the same way each time
    Seed(seed::Plan),
    /// Bring the schema up to this version, or take migrations back
    Migrate {
        /// To this migration, up or back: the beginning of its name, such as 2026-11-23-000001
        #[arg(long, conflicts_with = "down")]
        to: Option<String>,
        /// Take back this many migrations instead
        #[arg(long)]
        down: Option<usize>,
    },
    /// The programmes in the content folder
    #[command(subcommand)]
    Content(content::Command),
    /// Administrators
    #[command(subcommand)]
    Admin(admin::Command),
    /// The outbox
    #[command(subcommand)]
    Mail(mail::Command),
    /// What people have written
    #[command(subcommand)]
    Posts(posts::Command),
    /// Copy the embedded database, while it is in use, into a file that must not exist
    Backup { file: PathBuf },
    /// Put a copy in the place of the embedded database; mail stays on hold until `mail resume`
    Restore { file: PathBuf },
    /// Recount what is counted, and look for damage
    Check,
    /// Say how the installation is: settings, database, content, mail
    Doctor,
}

/// Why a command did not do its work.
enum Failure {
    /// All faults of the settings or of the content.
    Settings(Vec<String>),
    /// What was piped in is at fault: it is no better later.
    Message(anyhow::Error),
    Other(anyhow::Error),
}

impl Failure {
    /// `piped`: by a mail server.
    fn code(&self, piped: bool) -> u8 {
        match self {
            Self::Message(_) => FAILED,
            _ if piped => TRY_LATER,
            Self::Settings(_) => WRONG_SETTINGS,
            Self::Other(_) => FAILED,
        }
    }

    fn complain(&self) {
        match self {
            Self::Settings(faults) => faults.iter().for_each(|fault| complain(fault)),
            Self::Message(e) | Self::Other(e) => complain(&format!("trellis: {e:#}")),
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(e: anyhow::Error) -> Self {
        Self::Other(e)
    }
}

type Outcome = Result<(), Failure>;

/// Does what the command line says.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_env("TRELLIS_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let command = cli.command.unwrap_or(Command::Serve { no_jobs: false });
    let piped = matches!(command, Command::Mail(mail::Command::Receive { .. }));
    match carry_out(cli.flags, command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.complain();
            ExitCode::from(failure.code(piped))
        }
    }
}

fn carry_out(flags: Flags, command: Command) -> Outcome {
    match command {
        Command::Content(command) => return content::run(flags, command),
        Command::Demo => return demo::run(flags),
        _ => {}
    }
    let settings = flags.check().map_err(Failure::Settings)?;
    match command {
        Command::Serve { no_jobs } => serve::serve(settings, !no_jobs),
        Command::Work { once } => serve::work(settings, once),
        Command::Seed(plan) => seed::run(&settings, &plan),
        Command::Migrate { down: Some(steps), .. } => Ok(db::downgrade(&settings.database, steps)?),
        Command::Migrate { to: Some(version), .. } => {
            let count = db::migrate_to(&settings.database, &version)?;
            say(&format!("{count} migrations were done or taken back."));
            Ok(())
        }
        Command::Migrate { .. } => {
            let count = db::migrate(&settings.database)?;
            say(&format!("{} migrations were missing and are done.", count));
            Ok(())
        }
        Command::Admin(command) => admin::run(settings, command),
        Command::Mail(command) => mail::run(settings, command),
        Command::Posts(command) => posts::run(settings, &command),
        Command::Backup { file } => keep::backup(&settings, &file),
        Command::Restore { file } => keep::restore(settings, &file),
        Command::Check => keep::check(settings),
        Command::Doctor => keep::doctor(settings),
        Command::Content(_) | Command::Demo => Ok(()),
    }
}

/// The content and everything else, opened for a command.
fn open(settings: Settings, mode: Mode) -> Result<App, Failure> {
    let catalogue = programme::load(&settings.content)
        .map_err(|faults| Failure::Settings(faults.iter().map(ToString::to_string).collect()))?;
    Ok(App::open(settings, Content::new(catalogue), Clock::system(), mode)?)
}

/// Runs a command that waits for the database.
fn block_on<T>(work: impl Future<Output = T>) -> T {
    actix_web::rt::System::new().block_on(work)
}

/// Whoever started it may have stopped reading, as `head` does: that is no failure.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

#[expect(clippy::print_stderr, reason = "why a command failed")]
fn complain(line: &str) {
    eprintln!("{line}");
}
