//! Programs that a test starts, and ends again whatever happens.

use std::fs;
use std::io::ErrorKind;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Ends with the value that holds it.
pub struct Running(Child);

impl Running {
    /// Starts it and waits until it takes connections on the port. `install`: the package that brings it, if one does.
    pub async fn start(command: &mut Command, port: u16, install: &str) -> Self {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = match command.stdin(Stdio::null()).stdout(Stdio::null()).spawn() {
            Ok(child) => child,
            Err(e) if e.kind() == ErrorKind::NotFound && !install.is_empty() => {
                panic!("{name} is missing: apt-get install {install}")
            }
            Err(e) => panic!("{name}: {e}"),
        };
        let mut running = Self(child);
        let patience = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if let Some(status) = running.0.try_wait().unwrap() {
                panic!("{name} ended at once: {status}");
            }
            assert!(Instant::now() < patience, "{name} takes no connections on port {port}");
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        running
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let started = children(self.0.id());
        let _ = self.0.kill();
        let _ = self.0.wait();
        for child in started {
            let _ = Command::new("kill").args(["-9", &child]).stderr(Stdio::null()).status();
            // Its files are ours to remove once it is gone; it is not ours to wait for.
            let gone = || !Path::new("/proc").join(&child).exists();
            (0..100).take_while(|_| !gone()).for_each(|_| std::thread::sleep(Duration::from_millis(20)));
        }
    }
}

/// What the process started and has not ended itself: the browser of a test that failed.
fn children(pid: u32) -> Vec<String> {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let lists = threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    lists.flat_map(|list| list.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// A port that nobody has just now.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
