//! What a template may hold: text that is escaped, no script, no style of its own.

use crate::none;
use crate::source::{files, sources, text};

/// Where HTML goes out as it is, and why it is safe there.
const SAFE_IN: &[(&str, &str)] = &[
    ("templates/components/document.html", "course content, sanitised by programme::markdown"),
    ("templates/components/talk.html", "posts, sanitised by programme::markdown"),
    ("templates/announcement/list.html", "announcements, sanitised by programme::markdown"),
    ("templates/announcement/preview.html", "announcements, sanitised by programme::markdown"),
    ("templates/components/portfolio.html", "people's work, sanitised by programme::markdown"),
    ("templates/discussion/moderate.html", "posts, sanitised by programme::markdown"),
    ("templates/discussion/queue.html", "posts, sanitised by programme::markdown"),
    ("templates/discussion/report.html", "posts, sanitised by programme::markdown"),
    ("templates/emails/announcement/mail.html", "announcements, sanitised by programme::markdown"),
    ("templates/emails/notice/hidden.html", "posts, sanitised by programme::markdown"),
    ("templates/emails/notice/post.html", "posts, sanitised by programme::markdown"),
    ("templates/portfolio/own.html", "people's work, sanitised by programme::markdown"),
    ("templates/portfolio/product.html", "people's work, sanitised by programme::markdown"),
    ("templates/facilitator/assignment.html", "people's work, sanitised by programme::markdown"),
    ("templates/facilitator/learner.html", "posts, sanitised by programme::markdown"),
    ("templates/facilitator/write_preview.html", "a facilitator's words, sanitised by programme::markdown"),
    ("templates/facilitator/guide.html", "course content, sanitised by programme::markdown"),
    ("templates/learner/glossary.html", "course content, sanitised by programme::markdown"),
    ("templates/learner/library.html", "course content, sanitised by programme::markdown"),
    ("templates/learner/offline.html", "our own style sheet"),
    ("templates/learner/step.html", "course content, sanitised by programme::markdown"),
    ("templates/learner/unit.html", "course content, sanitised by programme::markdown"),
    ("templates/learner/work/assignment.html", "people's work, sanitised by programme::markdown"),
    ("templates/programme/syllabus.html", "course content, sanitised by programme::markdown"),
];

pub fn templates() -> Vec<String> {
    let mut all = files("templates", "html");
    all.extend(files("templates", "txt"));
    all
}

fn is_mail(path: &str) -> bool {
    path.starts_with("templates/emails/") || path == "templates/components/mail.html"
}

#[test]
fn html_goes_out_unescaped_only_where_it_was_sanitised() {
    let allowed = |path: &str| SAFE_IN.iter().any(|(file, _)| *file == path);
    let unsafe_ = |text: &str| text.split_whitespace().collect::<String>().contains("|safe");
    let found = templates().into_iter().filter(|path| !allowed(path) && unsafe_(&text(path)));
    none(found.map(|path| format!("{path} uses |safe: is that HTML sanitised? Then say so in SAFE_IN")).collect());
}

#[test]
fn each_exception_is_still_needed() {
    let idle = SAFE_IN.iter().filter(|(file, _)| !std::fs::read_to_string(file).is_ok_and(|t| t.contains("safe")));
    none(idle.map(|(file, _)| format!("{file} has no |safe any more: take it off SAFE_IN")).collect());
}

#[test]
fn pages_have_no_script_and_no_style_of_their_own() {
    let mut faults = Vec::new();
    for path in templates().into_iter().filter(|path| !is_mail(path)) {
        // Every page loads the little script; an author's preview one that shows the page again.
        let text = text(&path)
            .to_lowercase()
            .replace("<script src=\"/preview/reload.js\" defer></script>", "")
            .replace("<script type=\"module\" src=\"{{ frame.script() }}\"></script>", "");
        // A file that is kept and opened from a disk has no other way to its style sheet.
        let text = if path == "templates/learner/offline.html" { text.replacen("<style>", "", 1) } else { text };
        let banned =
            ["style=", "<style", "<script", "javascript:", " onclick=", " onchange=", " onsubmit=", " onload="];
        faults.extend(banned.iter().filter(|word| text.contains(**word)).map(|word| format!("{path} holds {word}")));
    }
    none(faults);
}

#[test]
fn every_form_that_posts_holds_the_token() {
    let mut faults = Vec::new();
    for path in templates().into_iter().filter(|path| !is_mail(path)) {
        let text = text(&path);
        for form in text.split("<form").skip(1).map(|rest| rest.split("</form>").next().unwrap_or(rest)) {
            let posts = form.split('>').next().is_some_and(|tag| tag.contains("\"post\""));
            if posts && !form.contains("token(") && !form.contains("form_token") {
                faults.push(format!("{path}: <form{}> has no form token", form.split('>').next().unwrap_or_default()));
            }
        }
    }
    none(faults);
}

#[test]
fn every_template_is_used() {
    let rust: String = sources().iter().flat_map(|source| source.quoted.clone()).collect::<Vec<_>>().join("\n");
    let all: Vec<(String, String)> = templates().into_iter().map(|path| (path.clone(), text(&path))).collect();
    let unused = all.iter().filter(|(path, _)| {
        let name = path.trim_start_matches("templates/");
        !rust.lines().any(|quoted| quoted == name)
            && !all.iter().any(|(other, text)| other != path && text.contains(&format!("\"{name}\"")))
    });
    none(unused.map(|(path, _)| format!("{path} is used by nobody")).collect());
}
