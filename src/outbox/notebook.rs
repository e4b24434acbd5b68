//! What a courier notes on its own machine while a mail is in its hands. Whoever finds the notebook after a crash knows
//! more than the database can say: that nothing had been handed over yet, or that the mail server had taken it.
//!
//! There are two notes at most: on the mail in hand, and on the one before it until the database has what became of it.
//! They are one small write without an fsync, so they outlive the process but not the machine's power: they count until
//! the system is started again. Then, and wherever there is no notebook, the lease alone decides.

use std::cell::RefCell;
use std::fs::{self, File};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::MessageId;

/// How far the mail in hand has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The mail server would take it; the database is being told that it gets it.
    Offered,
    /// The mail itself is on its way to the server.
    HandedOver,
    /// The server has it, and answered this.
    Taken(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub message: MessageId,
    pub step: Step,
}

/// Locked as long as its courier lives: the system lets go of the lock whatever way a process ends.
pub struct Notebook {
    file: Option<File>,
    path: PathBuf,
    heading: String,
    notes: RefCell<Vec<(MessageId, String)>>,
}

/// Behind it may still stand what was noted earlier.
const END: &str = ".";

impl Notebook {
    /// `owner`: as on the leases. Without a folder that can be written to there are no notes, and mail goes out all the same.
    pub fn open(folder: &Path, owner: &str) -> Self {
        let path = folder.join(owner.rsplit('/').next().unwrap_or(owner));
        let heading = format!("{}\n{owner}\n", system_start().unwrap_or_default());
        let file = system_start().and_then(|_| {
            let opened = fresh(folder, &path, &heading);
            opened
                .inspect_err(|e| tracing::warn!(error = %e, path = %path.display(), "mail goes out without notes"))
                .ok()
        });
        Self { file, path, heading, notes: RefCell::default() }
    }

    /// What cannot be noted must not be done: a note that is behind would tell an untruth.
    pub fn note(&self, message: MessageId, step: &Step) -> io::Result<()> {
        let Some(mut file) = self.file.as_ref() else { return Ok(()) };
        let line = match step {
            Step::Offered => format!("{message} offered"),
            Step::HandedOver => format!("{message} handed over"),
            Step::Taken(answer) => format!("{message} taken {answer}"),
        };
        let mut notes = self.notes.borrow_mut();
        notes.retain(|(of, _)| *of != message);
        notes.push((message, line));
        let lines: String = notes.iter().map(|(_, line)| format!("{line}\n")).collect();
        file.seek(SeekFrom::Start(0))?;
        // In one write and well within a page, so that no crash leaves half a note.
        file.write_all(format!("{}{lines}{END}\n", self.heading).as_bytes())
    }

    /// The database has what became of it: the next note is written in the place of this one.
    pub fn forget(&self, message: MessageId) {
        self.notes.borrow_mut().retain(|(of, _)| *of != message);
    }

    /// Everything in it is in the database now.
    pub fn close(self) {
        if self.file.is_some() {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn fresh(folder: &Path, path: &Path, heading: &str) -> io::Result<File> {
    fs::create_dir_all(folder)?;
    let mut file = File::create_new(path)?;
    file.try_lock()?;
    file.write_all(heading.as_bytes())?;
    Ok(file)
}

/// A name for the time since the system was started. `None` where the system does not give it one.
fn system_start() -> Option<String> {
    let name = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

/// A notebook whose courier is no more. Locked, so that it is taken over by one.
pub struct LeftBehind {
    pub owner: String,
    pub notes: Vec<Note>,
    path: PathBuf,
    _lock: File,
}

impl LeftBehind {
    pub fn remove(self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// The notebooks of couriers that ended without closing them, since the system was started.
pub fn left_behind(folder: &Path) -> Vec<LeftBehind> {
    let (Ok(entries), Some(start)) = (fs::read_dir(folder), system_start()) else { return Vec::new() };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    paths.filter_map(|path| read(path, &start)).collect()
}

fn read(path: PathBuf, start: &str) -> Option<LeftBehind> {
    let lock = File::options().read(true).write(true).open(&path).ok()?;
    lock.try_lock().ok()?;
    let text = fs::read_to_string(&path).ok()?;
    match parse(&text, start) {
        Some((owner, notes)) => Some(LeftBehind { owner, notes, path, _lock: lock }),
        None => {
            let _ = fs::remove_file(&path);
            None
        }
    }
}

fn parse(text: &str, start: &str) -> Option<(String, Vec<Note>)> {
    let mut lines = text.split('\n');
    let (began, owner, notes) = (lines.next()?, lines.next()?, lines);
    let notes = notes.take_while(|line| *line != END).filter_map(parse_note);
    (began == start && !owner.is_empty()).then(|| (owner.to_owned(), notes.collect()))
}

fn parse_note(line: &str) -> Option<Note> {
    let (message, step) = line.split_once(' ')?;
    let step = match step {
        "offered" => Step::Offered,
        "handed over" => Step::HandedOver,
        other => Step::Taken(other.strip_prefix("taken ")?.to_owned()),
    };
    Some(Note { message: MessageId(message.parse().ok()?), step })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(number: i64, step: Step) -> Note {
        Note { message: MessageId(number), step }
    }

    #[test]
    fn the_newest_notes_are_found_once_their_courier_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let book = Notebook::open(folder.path(), "host/one");
        for (message, step) in [(7, Step::Offered), (7, Step::HandedOver), (7, Step::Taken("250 Ok: as 9".into()))] {
            book.note(MessageId(message), &step).unwrap();
        }
        book.note(MessageId(8), &Step::Offered).unwrap();
        assert!(left_behind(folder.path()).is_empty(), "a living courier keeps its own");
        drop(book);
        let mut found = left_behind(folder.path());
        let found = found.pop().unwrap();
        let notes = vec![note(7, Step::Taken("250 Ok: as 9".into())), note(8, Step::Offered)];
        assert_eq!((found.owner.as_str(), &found.notes), ("host/one", &notes));
        assert!(left_behind(folder.path()).is_empty(), "one takes it over");
        found.remove();
        assert!(left_behind(folder.path()).is_empty());
    }

    #[test]
    fn what_the_database_has_is_noted_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let book = Notebook::open(folder.path(), "host/one");
        book.note(MessageId(7), &Step::Taken("250 a long answer".into())).unwrap();
        book.forget(MessageId(7));
        book.note(MessageId(8), &Step::HandedOver).unwrap();
        drop(book);
        assert_eq!(left_behind(folder.path()).pop().unwrap().notes, [note(8, Step::HandedOver)]);
    }

    #[test]
    fn what_is_closed_leaves_nothing_and_what_cannot_be_written_stops_nothing() {
        let folder = tempfile::tempdir().unwrap();
        Notebook::open(folder.path(), "host/one").close();
        assert!(fs::read_dir(folder.path()).unwrap().next().is_none());
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(Notebook::open(&file, "host/one").note(MessageId(1), &Step::Offered).is_ok());
    }

    #[test]
    fn a_notebook_from_before_the_system_was_started_says_nothing() {
        for text in ["", "x", "then\nhost/one\n7 offered\n.\n", "now\n\n7 offered\n.\n", "now"] {
            assert_eq!(parse(text, "now"), None, "{text}");
        }
        for (line, read) in [
            ("", None),
            ("7 offe", None),
            ("7 offered", Some(note(7, Step::Offered))),
            ("7 handed over", Some(note(7, Step::HandedOver))),
            ("7 taken 250 Ok", Some(note(7, Step::Taken("250 Ok".into())))),
        ] {
            let (owner, notes) = parse(&format!("now\nhost/one\n{line}\n.\n6 taken of old\n"), "now").unwrap();
            assert_eq!((owner.as_str(), notes), ("host/one", read.into_iter().collect()));
        }
    }
}
