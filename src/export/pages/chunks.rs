//! A way from a thread that writes to a connection that sends, no faster than the connection takes it.

use std::io::{Error, ErrorKind, Result, Write};
use std::time::Duration;

use actix_web::web::Bytes;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::timeout;

/// Bytes in a piece, and pieces that wait for the connection.
const PIECE: usize = 64 * 1024;
const WAITING: usize = 4;
/// Who takes nothing for so long is given up, for their file holds one of the few places for reports.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Chunks {
    piece: Vec<u8>,
    to: Sender<Result<Bytes>>,
}

/// To break the file off once whoever wrote it has failed.
pub struct BreakOff(Sender<Result<Bytes>>);

pub fn chunks() -> (Chunks, Receiver<Result<Bytes>>) {
    let (to, from) = channel(WAITING);
    (Chunks { piece: Vec::with_capacity(PIECE), to }, from)
}

impl Chunks {
    pub fn to_break_off(&self) -> BreakOff {
        BreakOff(self.to.clone())
    }

    /// Sends what is left.
    pub fn finish(mut self) -> Result<()> {
        self.send()
    }

    /// On a thread of the blocking pool.
    fn send(&mut self) -> Result<()> {
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE));
        let sent = Handle::current().block_on(timeout(PATIENCE, self.to.send(Ok(piece.into()))));
        match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Error::new(ErrorKind::BrokenPipe, "the connection is gone")),
            Err(_) => Err(Error::new(ErrorKind::TimedOut, "the connection takes nothing any more")),
        }
    }
}

impl Write for Chunks {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.send()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

impl BreakOff {
    pub async fn break_off(self) {
        // Nobody may be there to hear it.
        let _ = self.0.send(Err(Error::other("the file broke off"))).await;
    }
}
