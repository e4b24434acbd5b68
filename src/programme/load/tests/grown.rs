//! Pictures, captions, glossary, library, sheets, guides and mails: read whole, and each fault on its line.

use super::faults::faults_after;
use super::*;

const GLOSSARY: &str = "glossary.toml";
const WHEEL: &str = "pictures/wheel.svg";
const WORDS: &str = "pictures/wheel.md";
const GUIDE: &str = "facilitators/01-start.md";
const CAPTIONS: &str = "units/01-start/02-film.vtt";
const SOURCES: &str = "sources.toml";
const UNIT: &str = "units/02-more/unit.toml";
const DO: &str = "units/02-more/01-do.md";

/// In this file, this becomes that; the fault is in this file, on this line, and says this.
type Case = (&'static str, &'static str, &'static str, &'static str, usize, &'static str);

const CASES: &[Case] = &[
    // the glossary
    (GLOSSARY, "slug = \"net\"", "slug = \"tie\"", GLOSSARY, 9, "the slug 'tie' is taken"),
    (GLOSSARY, "term = \"Net\"", "term = \"Ties\"", GLOSSARY, 8, "'Ties' is explained twice"),
    (GLOSSARY, "unit = 2", "unit = 9", GLOSSARY, 1, "'Tie' names unit 9, which is not there"),
    (GLOSSARY, "text = \"Many ties.\"\n", "", GLOSSARY, 8, "text is missing"),
    (GLOSSARY, "link = false", "linked = false", GLOSSARY, 12, "there is no key 'linked' here"),
    // pictures
    (WHEEL, "<circle", "<script>x</script><circle", WHEEL, 2, "the picture holds <script"),
    (WHEEL, " width=\"720\" height=\"300\"", "", WHEEL, 1, "does not say how large it is"),
    (WORDS, "It is round.\n", "", WORDS, 4, "the picture has no words"),
    (WORDS, "title = \"The wheel\"\n", "", WORDS, 2, "title is missing"),
    (DO, "picture:wheel", "picture:wheels", DO, 21, "there is no picture 'wheels'"),
    (DO, "![A wheel]", "See ![A wheel]", DO, 21, "the picture does not stand alone"),
    (DO, "![A wheel]", "![]", DO, 21, "the picture has no text alternative"),
    (DO, "![A wheel](picture:wheel)", "", WHEEL, 1, "no text shows this picture"),
    // captions
    (CAPTIONS, "00:00:03.000", "00:00:01.000", CAPTIONS, 3, "are no two times"),
    (CAPTIONS, "WEBVTT", "WEB", CAPTIONS, 1, "captions begin with WEBVTT"),
    // the library
    (SOURCES, "year = \"2014\"\n", "", SOURCES, 8, "year is missing"),
    (SOURCES, "mark = \"S\"", "mark = \"X\"", SOURCES, 15, "there is no mark 'X'"),
    (SOURCES, "topic = \"papers\"", "topic = \"books\"", "programme.toml", 17, "has entries on 'books'"),
    (DO, "[\"three\"]", "[\"four\"]", DO, 7, "there is no source 'four'"),
    // sheets
    (DO, "slug = \"sign\"", "slug = \"aim\"", DO, 16, "the slug 'aim' is taken"),
    (DO, "rows = 2", "rows = 13", DO, 13, "rows is 13"),
    (DO, "hint = \"One line\"\n", "help = \"One line\"\n", DO, 12, "there is no key 'help' here"),
    // guides
    (GUIDE, "[^two]", "", GUIDE, 3, "the source 'two' is not cited"),
    (GUIDE, "step:start/talk", "step:start/walk", GUIDE, 7, "the link step:start/walk leads nowhere"),
    // mails
    (UNIT, "hook = \"You will.\"\n", "", UNIT, 8, "hook is missing"),
    (UNIT, "[reminders.nudge]", "[reminders.prod]", UNIT, 14, "there is no key 'prod' here"),
];

fn changed(file: &'static str, from: &'static str, to: &'static str) -> Vec<String> {
    faults_after(|folder| {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        assert!(text.contains(from), "{file} does not hold {from}");
        std::fs::write(folder.join(file), text.replacen(from, to, 1)).unwrap();
    })
}

#[test]
fn each_fault_is_found_on_its_line() {
    let mut missed = Vec::new();
    for (file, from, to, named, line, what) in CASES {
        let faults = changed(file, from, to);
        let is_it = |fault: &String| fault.starts_with(&format!("{named}:{line}: ")) && fault.contains(what);
        // What cannot be read is missing where it is shown.
        if faults.len() > 2 || !faults.iter().any(is_it) {
            missed.push(format!("{named}:{line}: {what}\n    found: {faults:#?}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn files_without_their_other_half_are_named() {
    let gone = |file: &'static str| faults_after(|folder| std::fs::remove_file(folder.join(file)).unwrap());
    let first = |faults: Vec<String>| faults.first().cloned().unwrap_or_default();
    assert!(gone(WHEEL).iter().any(|f| f.starts_with("pictures/wheel.md:1: these words belong to no picture")));
    assert!(gone(WORDS).iter().any(|f| f.starts_with("pictures/wheel.md:1: the picture has no words")));
    let moved = faults_after(|folder| {
        std::fs::rename(folder.join(GUIDE), folder.join("facilitators/01-begin.md")).unwrap();
        std::fs::rename(folder.join(CAPTIONS), folder.join("units/01-start/03-talk.vtt")).unwrap();
        std::fs::write(folder.join("units/02-more/09-lost.vtt"), "WEBVTT\n").unwrap();
    });
    assert_eq!(moved.len(), 3, "{moved:#?}");
    assert!(moved[0].starts_with("facilitators/01-begin.md:1: this guide belongs to no unit"), "{}", moved[0]);
    assert!(moved[1].contains("these captions belong to a step that is no video but discussion"), "{}", moved[1]);
    assert!(moved[2].contains("these captions belong to no step"), "{}", moved[2]);
    let long = "x".repeat(61);
    let long = faults_after(|folder| {
        let text = std::fs::read_to_string(folder.join(UNIT)).unwrap();
        std::fs::write(folder.join(UNIT), text.replace("\"Still\"", &format!("\"{long}\""))).unwrap();
    });
    assert!(first(long).contains("the subject has 61 characters"));
}

#[test]
fn a_sheet_is_no_longer_than_a_page() {
    let faults = changed(
        DO,
        "label = \"A sign\"\n",
        "label = \"A sign\"\nrows = 12\n\n[[field]]\nslug = \"a\"\nlabel = \"A\"\nrows = 12\n\n[[field]]\nslug = \"b\"\nlabel = \"B\"\nrows = 12\n",
    );
    assert_eq!(faults.len(), 1, "{faults:#?}");
    assert!(faults[0].contains("the fields have 38 rows together, and 34 are the most"), "{}", faults[0]);
}

#[test]
fn it_is_all_read() {
    let programme = load_programme(&small().path().join("small")).unwrap();
    let source = &programme.sources["three"];
    let entry = source.entry.as_ref().unwrap();
    assert_eq!(
        (entry.kind_in_words().as_str(), entry.topic.as_str(), entry.year.as_str()),
        ("Case study", "papers", "2014")
    );
    assert!(programme.sources["one"].entry.is_none());
    let step = &programme.units[1].steps[0];
    assert_eq!(
        (step.draws_on.as_slice(), step.further.as_slice()),
        (&["three".to_owned()][..], &["Three.".to_owned()][..])
    );
    assert_eq!(step.fields.iter().map(|f| (f.slug.as_str(), f.rows)).collect::<Vec<_>>(), [("aim", 2), ("sign", 3)]);
    let term = "Do it with <a class=\"app-term\" href=\"../../glossary#tie\">ties</a>, and a tie.";
    assert!(step.html.contains(term), "the first use alone: {}", step.html);
    let svg = programme.files.values().find(|file| file.content_type == "image/svg+xml").unwrap();
    let shown =
        format!("<img src=\"/programmes/small/files/{}\" alt=\"A wheel\" width=\"720\" height=\"300\">", svg.name);
    assert!(step.html.contains(&shown) && step.html.contains("<p>It is round.</p>"), "{}", step.html);
    let film = &programme.units[0].steps[1];
    assert!(film.captions.as_ref().unwrap().ends_with(".vtt"));
    assert_eq!(programme.glossary.iter().map(|t| t.term.as_str()).collect::<Vec<_>>(), ["Net", "Tie"]);
    assert!(programme.guides[&1].html.contains("<a href=\"../1/talk\">it</a>"), "{}", programme.guides[&1].html);
    let reminders = &programme.units[1].reminders;
    assert_eq!(reminders.nudge.as_ref().unwrap().hook, "You may.");
    assert!(reminders.wrap_up.is_none());
}

/// What can be taught and should be better is said by the check alone.
#[test]
fn a_check_reads_as_an_editor_does() {
    let checked = |file: &str, from: &str, to: &str| {
        let root = small();
        let path = root.path().join("small").join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} does not hold {from}");
        std::fs::write(&path, text.replacen(from, to, 1)).unwrap();
        assert!(load(root.path()).is_ok(), "it can be taught");
        let faults = check(root.path()).unwrap_err();
        assert_eq!(faults.len(), 1, "{faults:?}");
        faults[0].to_string().split_once("small/").unwrap().1.to_owned()
    };
    let unused = checked(DO, "further = [\"three\"]\n", "");
    assert!(unused.starts_with("sources.toml:8: no step draws on 'three'"), "{unused}");
    let other_words = checked(CAPTIONS, "Hi.", "Hello.");
    assert!(other_words.contains("the captions say '… hello …' where the transcript says '… hi …'"), "{other_words}");
    let french = "Nous sommes tous ici pour apprendre les uns des autres, et ce texte est assez long pour que l’on puisse \
                  reconnaître sans aucun doute la langue dans laquelle il a été écrit par son auteur.";
    let other_language = checked(DO, "Do it with", &format!("{french}\n\nDo it with"));
    assert!(other_language.starts_with("units/02-more/01-do.md:19: this paragraph is in French"), "{other_language}");
    let hard = "Organisational transformation necessitates interdisciplinary communication notwithstanding institutional \
                complexity, consequently facilitating multidimensional collaboration opportunities";
    let hard = checked(DO, "Do it with", &format!("{}.\n\nDo it with", [hard; 8].join(" and furthermore ")));
    assert!(hard.contains("the text asks for a reading age of") && hard.contains("14 is the most"), "{hard}");
    let alike = checked(UNIT, "about = \"It waits.\"", "about = \"It is more.\"");
    assert!(alike.contains("'It is more.' stands in a mail of unit 2 too"), "{alike}");
}
