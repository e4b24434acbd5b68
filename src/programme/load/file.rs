//! Files as text, with the faults that any text may have.

use std::cell::RefCell;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::ContentFault;

const LONGEST: u64 = 1024 * 1024;

/// What was found so far.
#[derive(Default)]
pub(super) struct Faults(RefCell<Vec<ContentFault>>);

impl Faults {
    pub fn add(&self, file: &Path, line: usize, what: impl Into<String>, mend: impl Into<String>) {
        let fault = ContentFault { file: file.to_owned(), line, what: what.into(), mend: mend.into() };
        self.0.borrow_mut().push(fault);
    }

    pub fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// What was read, if nothing is wrong with it.
    pub fn or<T>(self, read: Option<T>) -> Result<T, Vec<ContentFault>> {
        let mut faults = self.0.into_inner();
        faults.sort();
        faults.dedup();
        read.filter(|_| faults.is_empty()).ok_or(faults)
    }
}

/// A text, and where in its file it begins.
pub(super) struct Source<'f> {
    pub path: PathBuf,
    pub text: String,
    /// Of the file, from 1.
    pub first_line: usize,
    pub faults: &'f Faults,
    /// Where lines end, in bytes of the text.
    ends: Vec<usize>,
}

impl<'f> Source<'f> {
    pub fn read(path: &Path, faults: &'f Faults) -> Option<Self> {
        match text_of(path) {
            Ok(text) => {
                remark_on_controls(path, &text, faults);
                Some(Self::new(path, text, 1, faults))
            }
            Err((line, what, mend)) => {
                faults.add(path, line, what, mend);
                None
            }
        }
    }

    fn new(path: &Path, text: String, first_line: usize, faults: &'f Faults) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i).collect();
        Self { path: path.to_owned(), text, first_line, faults, ends }
    }

    /// A part of the same file.
    pub fn part(&self, text: &str, first_line: usize) -> Self {
        Self::new(&self.path, text.to_owned(), first_line, self.faults)
    }

    /// The line in the file on which a byte of the text lies.
    pub fn line_at(&self, byte: usize) -> usize {
        self.first_line + self.ends.partition_point(|end| *end < byte)
    }

    pub fn fault(&self, line: usize, what: impl Into<String>, mend: impl Into<String>) {
        self.faults.add(&self.path, line, what, mend);
    }
}

type Refusal = (usize, String, &'static str);

/// UTF-8 without a byte order mark, its lines ended by `\n`.
fn text_of(path: &Path) -> Result<String, Refusal> {
    let unreadable =
        |e: std::io::Error| (1, format!("it cannot be read ({e})"), "check that it is there, and its permissions");
    let about = fs::metadata(path).map_err(unreadable)?;
    if !about.is_file() {
        return Err((1, "this is no file".into(), "put a text file in its place"));
    }
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(LONGEST + 1).read_to_end(&mut bytes)).map_err(unreadable)?;
    if bytes.len() as u64 > LONGEST {
        return Err((1, "the file is longer than 1 MiB".into(), "split it, or take out what is no text"));
    }
    let text = String::from_utf8(bytes).map_err(|e| {
        let valid = &e.as_bytes()[..e.utf8_error().valid_up_to()];
        let line = 1 + valid.iter().filter(|b| **b == b'\n').count();
        (line, "a character is not UTF-8".to_owned(), "save the file as UTF-8")
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).replace("\r\n", "\n"))
}

fn remark_on_controls(path: &Path, text: &str, faults: &Faults) {
    for (i, line) in text.split('\n').enumerate() {
        if let Some(c) = line.chars().find(|c| is_forbidden(*c)) {
            let what = format!("an invisible character (U+{:04X}) stands in this line", u32::from(c));
            faults.add(path, i + 1, what, "delete it");
        }
    }
}

/// Control characters, and those that turn the direction of text round.
pub(super) fn is_forbidden(c: char) -> bool {
    (c.is_control() && c != '\t') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What lies in a folder, by name, without hidden files.
pub(super) fn entries(folder: &Path, faults: &Faults) -> Vec<PathBuf> {
    let read = fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match read {
        Ok(entries) => {
            let mut paths: Vec<_> =
                entries.iter().map(fs::DirEntry::path).filter(|path| !name(path).starts_with('.')).collect();
            paths.sort();
            paths
        }
        Err(e) => {
            let what = format!("the folder cannot be read ({e})");
            faults.add(folder, 1, what, "check that it is there, and its permissions");
            Vec::new()
        }
    }
}

/// The last part of a path, as it can be shown; that of `.` is the name of the folder one is in.
pub(super) fn name(path: &Path) -> String {
    let whole = if path.file_name().is_none() { path.canonicalize().ok() } else { None };
    let last = whole.as_deref().unwrap_or(path).file_name();
    last.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
