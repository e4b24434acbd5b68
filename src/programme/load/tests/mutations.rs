//! Real content with a few bytes changed at random: whatever the bytes, there are only programmes and faults.

use std::fs;

use super::*;

/// A unit of the real programme with everything it needs, by path.
fn a_real_unit() -> (TempDir, Vec<(PathBuf, Vec<u8>)>) {
    let root = TempDir::new().unwrap();
    let (from, to) = (Path::new(REAL).join("effective-networks"), root.path().join("effective-networks"));
    let unit = "units/01-what-networks-are-for";
    fs::create_dir_all(to.join(unit)).unwrap();
    let mut files = Vec::new();
    for folder in ["", unit] {
        for entry in fs::read_dir(from.join(folder)).unwrap().map(Result::unwrap).filter(|e| e.path().is_file()) {
            let (bytes, path) = (fs::read(entry.path()).unwrap(), to.join(folder).join(entry.file_name()));
            fs::write(&path, &bytes).unwrap();
            files.push((path, bytes));
        }
    }
    files.sort();
    (root, files)
}

fn mutate(bytes: &mut Vec<u8>, dice: &mut fastrand::Rng) {
    const MARKS: &[&str] = &[
        "+++",
        "\n+++\n",
        ":::",
        "\n::: case x\n",
        "[^",
        "]",
        "](step:",
        "\"\"\"",
        "[[question]]",
        "[",
        "{",
        "=",
        "|",
        "\n\n",
        "\t",
        "# ",
        "<",
        "\u{0}",
        "\u{202e}",
        "\r",
        "é",
        "\\u{",
        "999999999999",
        ">>>>>>>>",
        "- - - ",
        "```",
    ];
    for _ in 0..dice.usize(1..6) {
        let at = dice.usize(..=bytes.len());
        let end = (at + dice.usize(..40)).min(bytes.len());
        match dice.u8(..5) {
            0 => _ = bytes.drain(at..end),
            1 => _ = bytes.splice(at..at, MARKS[dice.usize(..MARKS.len())].bytes()).count(),
            2 => bytes[at..end].iter_mut().for_each(|b| *b = dice.u8(..)),
            3 => bytes.extend_from_within(at..end),
            _ => bytes.truncate(at.max(1)),
        }
    }
}

#[test]
fn no_bytes_bring_the_loader_down() {
    let (root, files) = a_real_unit();
    let mut dice = fastrand::Rng::with_seed(20_190_107);
    let mut refused = 0;
    for _ in 0..250 {
        let (path, original) = &files[dice.usize(..files.len())];
        let mut bytes = original.clone();
        mutate(&mut bytes, &mut dice);
        fs::write(path, &bytes).unwrap();
        let faults = load(root.path()).err().unwrap_or_default();
        refused += usize::from(!faults.is_empty());
        for fault in faults {
            let text = fs::read(&fault.file).unwrap_or_default();
            let lines = text.iter().filter(|b| **b == b'\n').count() + 1;
            assert!((1..=lines).contains(&fault.line), "{fault} is beyond line {lines}");
            assert!(!fault.what.contains("cannot be read as Markdown"), "{fault}");
        }
        fs::write(path, original).unwrap();
    }
    assert!(refused > 80, "only {refused} were refused: this test finds nothing");
}
