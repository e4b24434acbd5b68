//! One small fault at a time: it is found, on its line, and nothing else is.

use super::*;

const READ: &str = "units/01-start/01-read.md";
const FILM: &str = "units/01-start/02-film.md";
const TALK: &str = "units/01-start/03-talk.md";
const NOTE: &str = "units/01-start/04-note.md";
const MEASURE: &str = "units/01-start/05-measure.md";
const SHOW: &str = "units/01-start/06-show.md";
const QUIZ: &str = "units/01-start/07-check.toml";
const MEET: &str = "units/01-start/08-meet.md";
const UNIT: &str = "units/01-start/unit.toml";
const PROGRAMME: &str = "programme.toml";
const DIAGNOSTIC: &str = "diagnostic.toml";
const SOURCES: &str = "sources.toml";

/// In this file, this becomes that; the fault is on this line and says this.
type Case = (&'static str, &'static str, &'static str, usize, &'static str);

const CASES: &[Case] = &[
    // keys
    (PROGRAMME, "title = \"Small\"\n", "", 1, "title is missing"),
    (PROGRAMME, "title = \"Small\"", "title = 5", 1, "title is a whole number"),
    (PROGRAMME, "title = \"Small\"", "title = \" \"", 1, "title is empty"),
    (PROGRAMME, "lead =", "teaser = 1\nlead =", 3, "there is no key 'teaser' here"),
    (PROGRAMME, "en-GB", "English, mostly", 2, "'English, mostly' is no language tag"),
    (PROGRAMME, "title = \"Small\"", "title = \"Small", 1, "this is no TOML"),
    (PROGRAMME, "lead =", "title = \"Twice\"\nlead =", 3, "this is no TOML"),
    (PROGRAMME, "title = \"Small\"", "title = \"Sm\\u0007all\"", 1, "title holds an invisible character"),
    (UNIT, "minutes = 100", "minutes = \"100\"", 5, "minutes is a text"),
    (UNIT, "minutes = 100", "minutes = -1", 5, "minutes is -1"),
    (UNIT, "minutes = 100", "minutes = 110", 5, "the steps (90) and practice (10) make 100"),
    (UNIT, "[\"Begin.\"]", "[]", 7, "outcomes is empty"),
    (UNIT, "[\"Begin.\"]", "[\"Begin.\", 5]", 7, "outcomes is a whole number"),
    (UNIT, "[\"Begin.\"]", "\"Begin.\"", 7, "outcomes is a text"),
    (UNIT, "prompt = \"Why?\"\n", "", 1, "prompt is missing"),
    (UNIT, "text = \"Do it.\"\n", "", 11, "text is missing"),
    (UNIT, "order =", "place = \"Here\"\norder =", 19, "there is no key 'place' here"),
    (UNIT, "[live]", "[[live]]", 16, "live is a list"),
    (READ, "summary =", "required = \"no\"\nsummary =", 5, "required is a text"),
    (READ, "summary =", "prompt = \"x\"\nsummary =", 5, "there is no key 'prompt' here"),
    (SOURCES, "cite = \"A *book*.\"", "cite = \"A book\"\ntitle = \"A\"", 3, "there is no key 'title' here"),
    (SOURCES, "[one]", "loose = 1\n[one]", 1, "loose is a whole number"),
    (SOURCES, "https://example.org/p", "example.org/p", 6, "is no web address"),
    (SOURCES, "[two]", "[\"two words\"]\ncite = \"x\"\n[two]", 4, "the key 'two words' cannot be cited"),
    // kinds
    (READ, "\"article\"", "\"essay\"", 3, "kind 'essay' is none of: article"),
    (READ, "kind = \"article\"\n", "", 2, "kind is missing"),
    (READ, "minutes = 10", "minutes = 36", 4, "the step takes 36 minutes"),
    (TALK, "prompt = \"What?\"\n", "", 2, "prompt is missing"),
    (NOTE, "prompts = [\"A hope\"]\n", "", 2, "prompts is missing"),
    (MEASURE, "reading = \"baseline\"\n", "", 2, "reading is missing"),
    (MEASURE, "\"baseline\"", "\"middle\"", 6, "there is no reading 'middle'"),
    (SHOW, "questions = [\"Clear?\"]\n", "", 2, "questions is missing"),
    (SHOW, "summary =", "reviews = 0\nsummary =", 5, "reviews is 0"),
    (FILM, "## Transcript", "## Script", 7, "the film has no transcript"),
    (FILM, "summary =", "src = \"film.mp4\"\nsummary =", 5, "src is no address"),
    (FILM, "summary =", "src = \"http://films.example.org/a.mp4\"\nsummary =", 5, "src is no address"),
    (FILM, "summary =", "src = \"//films.example.org/a.mp4\"\nsummary =", 5, "src is no address"),
    (FILM, "summary =", "src = \"https://a;b/a.mp4\"\nsummary =", 5, "src is no address"),
    (FILM, "summary =", "src = \"https://me@films.example.org/a.mp4\"\nsummary =", 5, "src is no address"),
    (TALK, "prompt =", "shows_again = \"start/gone\"\nprompt =", 6, "there is no step 'start/gone' to show again"),
    (MEASURE, "reading =", "shows_again = \"start/talk\"\nreading =", 6, "there is no key 'shows_again' here"),
    (NOTE, "prompts =", "shows_again = \"start/talk\"\nprompts =", 6, "'start/talk' is no reflection but discussion"),
    (TALK, "prompt =", "shows_again = \"start/note\"\nprompt =", 6, "'start/note' does not come before this step"),
    (NOTE, "prompts =", "shows_again = \"start/note\"\nprompts =", 6, "'start/note' does not come before this step"),
    (MEET, "minutes = 50", "minutes = 0", 4, "minutes is 0"),
    // front matter
    (TALK, "+++\ntitle", "title", 1, "the step does not begin with +++"),
    (TALK, "+++\nTalk", "++\nTalk", 1, "the front matter has no end"),
    (TALK, "Talk.\n", "Ta\u{7}lk.\n", 8, "an invisible character (U+0007)"),
    (TALK, "Talk.\n", "Ta\u{202e}lk.\n", 8, "an invisible character (U+202E)"),
    // slugs
    (READ, "\"reading\"", "\"Reading\"", 6, "formerly has 'Reading', which is no slug"),
    (READ, "\"reading\"", "\"print\"", 6, "the step slug 'print' is an address of Trellis's own"),
    (READ, "\"reading\"", "\"talk\"", 6, "the step slug 'talk' is or was that of"),
    (UNIT, "\"beginning\"", "\"more\"", 2, "the unit slug 'more' is or was that of"),
    (UNIT, "\"beginning\"", "\"beginning\", \"beginning\"", 2, "the unit slug 'beginning' is or was that of"),
    // the certificate
    (PROGRAMME, "share = 0.5", "share = 1.5", 12, "share is no share"),
    (PROGRAMME, "[\"start\"]", "[\"end\"]", 13, "the certificate asks for a unit 'end' that is not there"),
    (PROGRAMME, "start/read", "start/write", 14, "the certificate asks for a step 'start/write'"),
    (PROGRAMME, "{ quiz = 1 }", "{ quiz = 2 }", 15, "asks for 2 of quiz, and there are 1"),
    (PROGRAMME, "{ quiz = 1 }", "{ exam = 1 }", 15, "there is no key 'exam' here"),
    // quizzes
    (QUIZ, "pass_mark = 1", "pass_mark = 2", 1, "pass_mark is 2, and there are only 1"),
    (QUIZ, "right = true", "right = false", 4, "no option of the question is right"),
    (QUIZ, "right = false", "right = true", 4, "2 options of the question are right"),
    (QUIZ, "feedback = \"No.\"\n", "", 14, "feedback is missing"),
    (QUIZ, "slug = \"b\"", "slug = \"a\"", 15, "two options have the slug 'a'"),
    (QUIZ, "slug = \"q\"", "slug = \"Q!\"", 5, "slug has 'Q!', which is no slug"),
    (QUIZ, "text = \"Which?\"", "text = \"Which?\"\nhint = \"b\"", 7, "there is no key 'hint' here"),
    (
        QUIZ,
        "[[question.option]]\nslug = \"b\"\ntext = \"That\"\nright = false\nfeedback = \"No.\"\n",
        "",
        4,
        "only one option",
    ),
    // sources
    (READ, "\"two\"]", "\"two\", \"four\"]", 7, "there is no source 'four'"),
    (READ, "Second.[^two]", "Second.", 7, "the source 'two' is not cited"),
    (READ, "\"two\"]", "\"two\", \"one\"]", 7, "the source 'one' is listed twice"),
    (READ, "First.[^one]", "First.[^one] [^tree]", 9, "[^tree] is not in the step's sources"),
    (READ, "## A heading", "## A heading [^one]", 11, "[^one] stands in a heading or a link"),
    // the diagnostic
    (DIAGNOSTIC, "letter = \"P\"", "letter = \"Pu\"", 5, "letter is 'Pu'"),
    (DIAGNOSTIC, "slug = \"p2\"", "slug = \"p1\"", 19, "the slug 'p1' is taken"),
    (DIAGNOSTIC, "slug = \"p2\"", "slug = \"comment\"", 19, "the slug 'comment' is taken"),
    (DIAGNOSTIC, "warm = { text = \"C\", weeks = \"Week 1\" }\n", "", 8, "warm is missing"),
    (
        DIAGNOSTIC,
        "text = \"D\", weeks = \"Week 2\"",
        "text = \"D\", weeks = \"Weeks 2 and 9\"",
        12,
        "there is no week 9",
    ),
    (DIAGNOSTIC, "look_back = \"And then?\"\n", "", 1, "look_back is missing"),
    // Markdown
    (READ, "step:start/talk", "step:start/walk", 13, "the link step:start/walk leads nowhere"),
    (READ, "step:start/talk", "talk.html", 13, "the link 'talk.html' leads nowhere"),
    (READ, "step:start/talk", "javascript:alert(1)", 13, "the link 'javascript:alert(1)' leads nowhere"),
    (READ, "[it](step", "[](step", 13, "the link has no words"),
    (READ, "Second.", "![](/static/a.svg) Second.", 13, "the picture has no text alternative"),
    (READ, "Second.", "![a](https://example.org/a.svg) Second.", 13, "the picture lies on another site"),
    (READ, "## A heading", "# A heading", 11, "a heading begins with one #"),
    (READ, "### Below", "#### Below", 19, "the heading #### skips a level"),
    (READ, "Second.", "<b>Second.</b>", 13, "raw HTML does not work here"),
    (READ, "End.", "<div>\nEnd.\n</div>", 21, "raw HTML does not work here"),
    (READ, "::: try Two", "::: tip Two", 15, "there is no callout 'tip'"),
    (READ, "Write.\n:::", "Write.", 15, "the callout has no end"),
    (READ, "End.", "End.\n\n:::\n", 23, "::: without a kind"),
    (READ, "Write.\n:::", "::: note In\nWrite.\n:::", 16, "a callout stands in another"),
    (PROGRAMME, "Two.\n", "## Two\n", 8, "a heading cannot stand in this text"),
    (PROGRAMME, "Two.\n", "::: try it\nTwo.\n:::\n", 8, "a callout cannot stand in this text"),
    (UNIT, "A scene.", "A scene.[^one]", 9, "[^one] cannot be cited in this text"),
    (UNIT, "Do it.", "[Do it](step:start/read).", 14, "a link to a step works only in a step"),
];

/// All faults of the small programme after a change.
pub(super) fn faults_after(change: impl FnOnce(&Path)) -> Vec<String> {
    let root = small();
    let folder = root.path().join("small");
    change(&folder);
    let faults = load(root.path()).err().unwrap_or_default();
    let prefix = format!("{}/", folder.display());
    faults.iter().map(|fault| fault.to_string().replace(&prefix, "")).collect()
}

#[test]
fn each_fault_is_found_on_its_line() {
    let mut missed = Vec::new();
    for (file, from, to, line, what) in CASES.iter() {
        let faults = faults_after(|folder| {
            let text = std::fs::read_to_string(folder.join(file)).unwrap();
            assert!(text.contains(from), "{file} does not hold {from}");
            std::fs::write(folder.join(file), text.replacen(from, to, 1)).unwrap();
        });
        let follows = |fault: &String| fault.contains("and practice (10) make") && !what.contains("make");
        let faults: Vec<_> = faults.into_iter().filter(|fault| !follows(fault)).collect();
        let is_it = |fault: &String| fault.starts_with(&format!("{file}:{line}: ")) && fault.contains(what);
        if faults.len() != 1 || !is_it(&faults[0]) {
            missed.push(format!("{file}:{line}: {what}\n    found: {faults:#?}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn all_faults_are_named_at_once_in_order() {
    let faults = faults_after(|folder| {
        std::fs::write(folder.join(SOURCES), "[one]\n[two]\n[three]\ncite = \"Three.\"\n").unwrap();
        std::fs::write(folder.join(TALK), "+++\nkind = \"discussion\"\n+++\n# One\n\n<p>\n").unwrap();
    });
    let starts: Vec<_> = faults.iter().map(|fault| fault.split("; ").next().unwrap()).collect();
    assert_eq!(
        starts,
        [
            "sources.toml:1: cite is missing",
            "sources.toml:2: cite is missing",
            "units/01-start/03-talk.md:2: minutes is missing",
            "units/01-start/03-talk.md:2: prompt is missing",
            "units/01-start/03-talk.md:2: summary is missing",
            "units/01-start/03-talk.md:2: title is missing",
            "units/01-start/03-talk.md:4: a heading begins with one #",
            "units/01-start/03-talk.md:6: raw HTML does not work here",
            "units/01-start/unit.toml:5: minutes is 100, and the steps (85) and practice (10) make 95",
        ]
    );
}
