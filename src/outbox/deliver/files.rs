//! Mail that becomes a file instead: for trying things out, and for reading what would be sent.

use std::io;
use std::path::{Path, PathBuf};

use super::compose::Mail;
use super::verdict::{Phase, Refusal, Trouble};
use crate::outbox::MessageId;

/// Writes the mail beside its place; it is not delivered by this.
pub async fn offer(folder: &Path, id: MessageId, mail: &Mail) -> Result<(), Refusal> {
    let (unfinished, content) = (unfinished(folder, id), mail.content.clone());
    blocking(move || {
        if let Some(folder) = unfinished.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(unfinished, content)
    })
    .await
}

/// Moves it to its place, whole or not at all. Learners read what it says: the file's name, not where it lies on the machine.
pub async fn deliver(folder: &Path, id: MessageId, mail: &Mail) -> Result<String, Refusal> {
    let name = format!("{id}-{}.eml", file_name(mail.to.as_ref()));
    let (from, to) = (unfinished(folder, id), folder.join(&name));
    blocking(move || std::fs::rename(from, to)).await?;
    Ok(format!("written to the file {name}"))
}

fn unfinished(folder: &Path, id: MessageId) -> PathBuf {
    folder.join(format!(".{id}.unfinished"))
}

fn file_name(recipient: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '@' | '+') { c } else { '_' };
    recipient.chars().map(plain).take(100).collect()
}

async fn blocking(work: impl FnOnce() -> io::Result<()> + Send + 'static) -> Result<(), Refusal> {
    let done = tokio::task::spawn_blocking(work).await;
    let done = done.map_err(|e| e.to_string()).and_then(|done| done.map_err(|e| e.to_string()));
    done.map_err(|why| Refusal::new(Phase::File, Trouble::Lost(why)))
}
