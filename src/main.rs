//! The program: everything it can do stands in `cli`.

fn main() -> std::process::ExitCode {
    trellis::cli::run()
}
