//! Faults of files and folders: missing, misnamed, unreadable, twice there.

use std::fs;

use super::faults::faults_after;
use super::*;
use Change::{Copy, Delete, Folder, Move, Write};

enum Change {
    Delete(&'static str),
    Move(&'static str, &'static str),
    Copy(&'static str, &'static str),
    Write(&'static str, &'static [u8]),
    /// In the place of a file.
    Folder(&'static str),
}

const TALK: &str = "units/01-start/03-talk.md";
const QUIZ: &str = "units/01-start/07-check.toml";
const MEET: &str = "units/01-start/08-meet.md";
const MORE: &str = "units/02-more";

/// After the change, this file has a fault that says this.
const CASES: &[(Change, &str, &str)] = &[
    (Delete(QUIZ), "units/01-start/07-check.md", "the quiz has no questions: there is no 07-check.toml"),
    (Write("units/02-more/09-x.toml", b""), "units/02-more/09-x.toml", "belong to no step"),
    (Copy(QUIZ, "units/02-more/01-do.toml"), "units/02-more/01-do.toml", "that is no quiz but exercise"),
    (Write(QUIZ, b""), QUIZ, "the quiz has no question"),
    (Copy(MEET, "units/02-more/01-other.md"), "units/02-more/01-other.md", "two steps have the number 1"),
    (Move(MORE, "units/01-more"), "units/01-start", "two units have the number 1"),
    (Move(MORE, "units/02-start"), "units/02-start", "the unit slug 'start' is or was that of"),
    (Move(MORE, "units/more"), "units/more", "the name 'more' is no number and slug"),
    (Move(MEET, "units/01-start/08-Meet.md"), "units/01-start/08-Meet.md", "the name '08-Meet' is no number and slug"),
    (Move(MEET, "units/01-start/00-meet.md"), "units/01-start/00-meet.md", "the step has the number 0"),
    (Move(MEET, "units/01-start/09-talk.md"), "units/01-start/09-talk.md", "the step slug 'talk' is or was that of"),
    (Write(TALK, b"+++\n\xff\n"), "units/01-start/03-talk.md:2", "a character is not UTF-8"),
    (Write(TALK, &[b'a'; 1024 * 1024 + 1]), TALK, "the file is longer than 1 MiB"),
    (Delete("units/02-more/unit.toml"), "units/02-more/unit.toml", "it cannot be read"),
    (Delete("units/02-more/01-do.md"), MORE, "the unit has no step"),
    (Delete("diagnostic.toml"), "diagnostic.toml", "the step 'measure' asks its questions"),
    (Delete("programme.toml"), "programme.toml", "it cannot be read"),
    (Folder("programme.toml"), "programme.toml", "this is no file"),
    (Delete("sources.toml"), "units/01-start/01-read.md:7", "there is no source 'one'"),
];

impl Change {
    fn make(&self, folder: &Path) {
        let at = |path: &str| folder.join(path);
        match self {
            Delete(path) => fs::remove_file(at(path)),
            Move(from, to) => fs::rename(at(from), at(to)),
            Copy(from, to) => fs::copy(at(from), at(to)).map(drop),
            Write(path, bytes) => fs::write(at(path), bytes),
            Folder(path) => fs::remove_file(at(path)).and_then(|()| fs::create_dir(at(path))),
        }
        .unwrap();
    }
}

#[test]
fn files_and_folders_have_faults_too() {
    for (change, file, what) in CASES {
        let faults = faults_after(|folder| change.make(folder));
        let found = faults.iter().any(|fault| fault.starts_with(&format!("{file}:")) && fault.contains(what));
        assert!(found, "{file}: {what}\nfound: {faults:#?}");
    }
}

#[test]
fn a_place_without_a_programme_says_so() {
    let empty = TempDir::new().unwrap();
    for path in [empty.path().to_owned(), empty.path().join("nowhere")] {
        let faults = check(&path).unwrap_err();
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert_eq!(faults[0].file, path);
    }
}

#[test]
fn the_folders_name_is_the_programmes_address() {
    let root = small();
    std::fs::rename(root.path().join("small"), root.path().join("Small one")).unwrap();
    let faults = load(root.path()).unwrap_err();
    assert!(faults[0].what.contains("the folder's name 'Small one' is no slug"), "{faults:?}");
}
