//! Content that can be read, content that cannot, and content that nobody would write.

mod faults;
mod files;
mod grown;
mod mutations;

use tempfile::TempDir;

use super::*;
use crate::platform::text::Slug;
use crate::programme::StepKind;

const REAL: &str = "course_content";

/// A small programme without a fault: path below its folder, and text.
const FILES: &[(&str, &str)] = &[
    (
        "programme.toml",
        "title = \"Small\"\nlanguage = \"en-GB\"\nlead = \"A lead.\"\neffort = \"An hour\"\nabout = \"\"\"\nOne paragraph.\n\n\
         Two.\n\"\"\"\n\n[certificate]\nshare = 0.5\nunits = [\"start\"]\nsteps = [\"start/read\"]\ncounts = { quiz = 1 }\n\n\
         [[topic]]\nslug = \"papers\"\ntitle = \"Papers\"\n",
    ),
    (
        "sources.toml",
        "[one]\ncite = \"A *book*.\"\n\n[two]\ncite = \"A paper.\"\nurl = \"https://example.org/p\"\n\n\
         [three]\ncite = \"Three.\"\ntitle = \"Three\"\nyear = \"2014\"\nkind = \"case-study\"\ntopic = \"papers\"\n\
         summary = \"It counts.\"\nmark = \"S\"\n",
    ),
    (
        "glossary.toml",
        "[[term]]\nslug = \"tie\"\nterm = \"Tie\"\nalso = [\"ties\"]\ntext = \"A *link*.\"\nunit = 2\n\n\
         [[term]]\nslug = \"net\"\nterm = \"Net\"\ntext = \"Many ties.\"\nlink = false\n",
    ),
    (
        "pictures/wheel.svg",
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 720 300\" width=\"720\" height=\"300\">\n<circle r=\"9\"/>\n</svg>\n",
    ),
    ("pictures/wheel.md", "+++\ntitle = \"The wheel\"\n+++\nIt is round.\n"),
    (
        "facilitators/01-start.md",
        "+++\ntitle = \"Week 1\"\nsources = [\"two\"]\n+++\n## What to watch for\n\nSee [it](step:start/talk).[^two]\n",
    ),
    ("units/01-start/02-film.vtt", "WEBVTT\n\n00:00:02.000 --> 00:00:03.000\nHi.\n"),
    (
        "diagnostic.toml",
        "comment = \"What else?\"\nlook_back = \"And then?\"\n\n[[dimension]]\nletter = \"P\"\nname = \"Purpose\"\n\n\
         [dimension.advice]\nneeds-kindling = { text = \"A\", weeks = \"Week 1\" }\nwarming = { text = \"B\", weeks = \"Week 1\" }\n\
         warm = { text = \"C\", weeks = \"Week 1\" }\nglowing = { text = \"D\", weeks = \"Week 2\" }\n\n\
         [[dimension.statement]]\nslug = \"p1\"\ntext = \"We know.\"\n\n[[dimension.statement]]\nslug = \"p2\"\ntext = \"We agree.\"\n",
    ),
    (
        "units/01-start/unit.toml",
        "title = \"Start\"\nformerly = [\"beginning\"]\nblock = \"First\"\ndimension = \"Purpose\"\nminutes = 100\nsummary = \"It starts.\"\n\
         outcomes = [\"Begin.\"]\nprompt = \"Why?\"\nrunning_case = \"A scene.\"\n\n[practice]\ntitle = \"Try\"\nminutes = 10\n\
         text = \"Do it.\"\n\n[live]\nnumber = 1\ntitle = \"Meet\"\norder = \"Hello 5\"\n",
    ),
    (
        "units/01-start/01-read.md",
        "+++\ntitle = \"Read\"\nkind = \"article\"\nminutes = 10\nsummary = \"Words.\"\nformerly = [\"reading\"]\n\
         sources = [\"one\", \"two\"]\n+++\nFirst.[^one]\n\n## A heading\n\nSecond.[^two] See [it](step:start/talk).\n\n\
         ::: try Two minutes: write\nWrite.\n:::\n\n### Below\n\nEnd.\n",
    ),
    (
        "units/01-start/02-film.md",
        "+++\ntitle = \"Film\"\nkind = \"video\"\nminutes = 5\nsummary = \"S.\"\n+++\n## Transcript\n\nHi.\n",
    ),
    (
        "units/01-start/03-talk.md",
        "+++\ntitle = \"Talk\"\nkind = \"discussion\"\nminutes = 5\nsummary = \"S.\"\nprompt = \"What?\"\n+++\nTalk.\n",
    ),
    (
        "units/01-start/04-note.md",
        "+++\ntitle = \"Note\"\nkind = \"reflection\"\nminutes = 5\nsummary = \"S.\"\nprompts = [\"A hope\"]\n+++\n",
    ),
    (
        "units/01-start/05-measure.md",
        "+++\ntitle = \"Measure\"\nkind = \"diagnostic\"\nminutes = 5\nsummary = \"S.\"\nreading = \"baseline\"\n+++\n",
    ),
    (
        "units/01-start/06-show.md",
        "+++\ntitle = \"Show\"\nkind = \"peer-assignment\"\nminutes = 5\nsummary = \"S.\"\nquestions = [\"Clear?\"]\n+++\nShow.\n",
    ),
    ("units/01-start/07-check.md", "+++\ntitle = \"Check\"\nkind = \"quiz\"\nminutes = 5\nsummary = \"S.\"\n+++\n"),
    (
        "units/01-start/07-check.toml",
        "pass_mark = 1\nattempts = 2\n\n[[question]]\nslug = \"q\"\ntext = \"Which?\"\n\n[[question.option]]\nslug = \"a\"\n\
         text = \"This\"\nright = true\nfeedback = \"Yes.\"\n\n[[question.option]]\nslug = \"b\"\ntext = \"That\"\n\
         right = false\nfeedback = \"No.\"\n",
    ),
    (
        "units/01-start/08-meet.md",
        "+++\ntitle = \"Meet\"\nkind = \"live-session\"\nminutes = 50\nsummary = \"S.\"\n+++\n",
    ),
    (
        "units/02-more/unit.toml",
        "title = \"More\"\nblock = \"Second\"\nminutes = 20\nsummary = \"More.\"\noutcomes = [\"Go on.\"]\nprompt = \"And?\"\n\n\
         [reminders.opens]\nsubject = \"More\"\nabout = \"It is more.\"\nfirst = \"Do it.\"\nhook = \"You will.\"\n\n\
         [reminders.nudge]\nsubject = \"Still\"\nabout = \"It waits.\"\nfirst = \"Begin.\"\nhook = \"You may.\"\n",
    ),
    (
        "units/02-more/01-do.md",
        "+++\ntitle = \"Do\"\nkind = \"exercise\"\nminutes = 20\nsummary = \"S.\"\nrequired = false\nfurther = [\"three\"]\n\n\
         [[field]]\nslug = \"aim\"\nlabel = \"Our aim\"\nhint = \"One line\"\nrows = 2\n\n[[field]]\nslug = \"sign\"\n\
         label = \"A sign\"\n+++\nDo it with ties, and a tie.\n\n![A wheel](picture:wheel)\n",
    ),
];

/// The small programme on disk, in a folder `small`.
fn small() -> TempDir {
    let root = TempDir::new().unwrap();
    for (path, text) in FILES {
        let path = root.path().join("small").join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    root
}

#[test]
fn a_programme_is_read_whole() {
    let root = small();
    let catalogue = load(root.path()).unwrap();
    let programme = catalogue.programme(&Slug::parse("small").unwrap()).unwrap();
    assert_eq!((programme.title.as_str(), programme.language.as_str()), ("Small", "en-GB"));
    assert_eq!(programme.about_html, "<p>One paragraph.</p>\n<p>Two.</p>\n");
    assert_eq!(programme.certificate.share, Some(0.5));
    assert_eq!(programme.certificate.counts, BTreeMap::from([(StepKind::Quiz, 1)]));
    let unit = programme.unit(1).unwrap();
    assert_eq!((unit.minutes, unit.steps.len(), programme.weeks()), (100, 8, 2));
    let dimension = &programme.diagnostic.as_ref().unwrap().dimensions[0];
    assert_eq!((dimension.letter.as_str(), dimension.statements.len()), ("P", 2));
    assert_eq!((dimension.advice.glowing.text.as_str(), dimension.advice.glowing.weeks.as_slice()), ("D", &[2][..]));
    assert_eq!(unit.practice.as_ref().unwrap().html, "<p>Do it.</p>\n");
    let article = &unit.steps[0];
    assert_eq!(article.sources[0], "A <em>book</em>.");
    assert!(article.html.contains("<a href=\"../1/talk\">it</a>"));
    assert_eq!(article.words(), 12);
    assert_eq!(unit.steps[5].reviews, 2);
    let quiz = unit.steps[6].quiz.as_ref().unwrap();
    assert_eq!(
        (quiz.pass_mark, quiz.attempts, quiz.shuffle, quiz.questions[0].options.len()),
        (Some(1), Some(2), true, 2)
    );
    assert!(!programme.unit(2).unwrap().steps[0].required);
}

#[test]
fn what_was_renamed_is_known() {
    let programme = load_programme(&small().path().join("small")).unwrap();
    let slug = |word: &str| Slug::parse(word).unwrap();
    let (start, beginning, read, reading) = (slug("start"), slug("beginning"), slug("read"), slug("reading"));
    let of_read: Vec<_> =
        programme.renames().filter(|rename| rename.now == (&start, &read)).map(|rename| rename.former).collect();
    assert_eq!(of_read, [(&start, &reading), (&beginning, &read), (&beginning, &reading)]);
    let whole_unit = programme.renames().filter(|rename| rename.former.0 == &beginning).count();
    assert_eq!(whole_unit, programme.unit_called(&beginning).unwrap().steps.len() + 1);
}

#[test]
fn a_certificate_without_a_rule_asks_for_four_fifths() {
    let root = small();
    let path = root.path().join("small/programme.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(
        &path,
        text.replace(&text[text.find("[certificate]").unwrap()..text.find("[[topic]]").unwrap()], ""),
    )
    .unwrap();
    assert_eq!(load_programme(&root.path().join("small")).unwrap().certificate.share, Some(0.8));
}

#[test]
fn links_between_steps_can_be_written_for_other_pages() {
    let programme = load_programme(&small().path().join("small")).unwrap();
    let html = programme.units[0].steps[0].html_under("/cohorts/spring/units");
    assert!(html.contains("<a href=\"/cohorts/spring/units/1/talk\">it</a>"), "{html}");
}

#[test]
fn a_check_counts_what_there_is() {
    let root = small();
    let of_root = check(root.path()).unwrap();
    assert_eq!(of_root, check(&root.path().join("small")).unwrap());
    assert_eq!(of_root.to_string(), "1 programme, 2 units, 9 steps, 1 question, 23 words");
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_do_no_harm() {
    let root = small();
    for (path, text) in FILES {
        let text = format!("\u{feff}{}", text.replace('\n', "\r\n"));
        std::fs::write(root.path().join("small").join(path), text).unwrap();
    }
    let programme = load_programme(&root.path().join("small")).unwrap();
    assert!(!programme.units[0].steps[0].html.contains('\r'));
}

#[test]
fn the_real_content_has_no_fault() {
    check(Path::new(REAL)).unwrap_or_else(|faults| panic!("{}", faults[0]));
    let catalogue = load(Path::new(REAL)).unwrap_or_else(|faults| panic!("{}", faults[0]));
    let programme = catalogue.programme(&Slug::parse("effective-networks").unwrap()).unwrap();
    assert_eq!(programme.weeks(), 11);
    assert_eq!(Summary::of([programme]).steps, 84);
    for unit in &programme.units {
        for step in unit.steps.iter().filter(|step| step.kind == StepKind::Article) {
            assert!((600..=1200).contains(&step.words()), "{} has {} words", step.title, step.words());
        }
    }
}
