//! A Trellis of the test's own: the very binary, on a folder with a cohort of twelve in its sixth week. One whose clock
//! travels is in `travel`.

use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::process::{Running, free_port};
use crate::travel::Within;

/// The password of everybody whom `trellis seed` makes.
pub const PASSWORD: &str = "a quiet lattice of seven";
pub const LEARNER: &str = "learner0001@example.org";
pub const FACILITATOR: &str = "facilitator1@example.org";
pub const ADMINISTRATOR: &str = "admin@example.org";

const CONTENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/course_content");

pub struct Site {
    pub base: String,
    /// The path of its one cohort: `/cohorts/…`.
    pub cohort: String,
    #[expect(dead_code, reason = "held, so that it runs")]
    pub server: Server,
    pub folder: TempDir,
}

/// What answers; it ends with the site.
#[allow(dead_code, reason = "held, so that it runs")]
pub enum Server {
    Binary(Running),
    Within(Within),
}

impl Site {
    pub async fn start() -> Self {
        Self::start_in(tempfile::tempdir().unwrap()).await
    }

    /// Where the first step, a film script, has become a film.
    pub async fn with_a_film() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let content = Command::new("cp").args(["-r", CONTENT]).arg(folder.path()).status().unwrap();
        assert!(content.success());
        let step = folder.path().join("course_content/effective-networks/units/00-orientation/01-welcome.md");
        let text = std::fs::read_to_string(&step).unwrap();
        std::fs::write(&step, text.replacen("+++\n", "+++\nsrc = \"/films/welcome.webm\"\n", 1)).unwrap();
        Self::start_in(folder).await
    }

    async fn start_in(folder: TempDir) -> Self {
        let seed = ["seed", "--learners", "12", "--week", "6", "--password", PASSWORD];
        let seeded = trellis(&folder).args(seed).stdin(Stdio::null()).output().unwrap();
        assert!(seeded.status.success(), "trellis seed: {}", String::from_utf8_lossy(&seeded.stderr));
        let told = String::from_utf8(seeded.stdout).unwrap();
        let cohort = told.split([' ', ',', '.', '\n']).find(|word| word.starts_with("/cohorts/")).unwrap().to_owned();
        let port = free_port();
        let bind = format!("127.0.0.1:{port}");
        let server = Running::start(trellis(&folder).args(["serve", "--bind", &bind]), port, "").await;
        Self { base: format!("http://{bind}"), cohort, server: Server::Binary(server), folder }
    }
}

/// The command with nothing from our own surroundings but where to find things.
fn trellis(folder: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trellis"));
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("TRELLIS_LOG", "warn").env("TRELLIS_DATA", folder.path());
    let own = folder.path().join("course_content");
    command.env("TRELLIS_CONTENT", if own.exists() { own } else { CONTENT.into() });
    command
}
