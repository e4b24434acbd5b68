//! BibTeX, in UTF-8.

use std::fmt::Write as _;

use super::{Author, Work};

/// The works as a file of BibTeX entries.
pub fn bibtex(works: &[Work<'_>]) -> String {
    works.iter().map(entry).collect::<Vec<_>>().join("\n")
}

fn entry(work: &Work<'_>) -> String {
    let kind = match (work.kind, &work.venue) {
        ("article", Some(_)) => "article",
        ("book", _) => "book",
        _ => "misc",
    };
    let mut out = format!("@{kind}{{{},\n", work.key);
    let mut field = |name: &str, value: &str| {
        if !value.is_empty() {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "  {name} = {{{value}}},");
        }
    };
    field("author", &authors(work));
    // The second pair of braces keeps capitals: styles would write 'nhs'.
    field("title", &format!("{{{}}}", escaped(work.title)));
    if let Some(venue) = &work.venue {
        field("journal", &escaped(&venue.journal));
        field("volume", &escaped(&venue.volume));
        field("number", &escaped(&venue.issue));
        field("pages", &escaped(&venue.pages).replace('–', "--"));
    }
    if kind == "misc" {
        field("howpublished", &escaped(&work.kind_in_words()));
    }
    field("year", work.year.unwrap_or_default());
    field("doi", &plain(work.doi.unwrap_or_default()));
    field("url", &plain(work.url.unwrap_or_default()));
    field("note", &escaped(work.note().unwrap_or_default()));
    out.push_str("}\n");
    out
}

fn authors(work: &Work<'_>) -> String {
    let name = |author: &Author| match author {
        Author::Person { family, given } => format!("{}, {}", escaped(family), escaped(given)),
        Author::Group(name) => format!("{{{}}}", escaped(name)),
    };
    let others = work.authors.and_others.then(|| "others".to_owned());
    work.authors.named.iter().map(name).chain(others).collect::<Vec<_>>().join(" and ")
}

impl Work<'_> {
    fn kind_in_words(&self) -> String {
        let mut letters = self.kind.chars();
        let first = letters.next().map(|c| c.to_ascii_uppercase());
        first.into_iter().chain(letters).map(|c| if c == '-' { ' ' } else { c }).collect()
    }
}

/// Text for LaTeX: what means something to it is written so that it is shown. Letters of any language stay as they are.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\textbackslash{}"),
            '~' => out.push_str("\\textasciitilde{}"),
            '^' => out.push_str("\\textasciicircum{}"),
            '{' | '}' | '$' | '&' | '#' | '_' | '%' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

/// An address, which is set as it stands; braces and backslashes would end it.
fn plain(address: &str) -> String {
    address.replace('{', "%7B").replace('}', "%7D").replace('\\', "%5C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programme::citation::{Authors, Venue};

    #[test]
    fn what_latex_would_obey_is_shown_instead() {
        assert_eq!(escaped("R&D: 50 % of {a_b} #1 \\ ~ ^ $"), {
            "R\\&D: 50 \\% of \\{a\\_b\\} \\#1 \\textbackslash{} \\textasciitilde{} \\textasciicircum{} \\$"
        });
        assert_eq!(escaped("De Brún’s"), "De Brún’s");
    }

    #[test]
    fn an_article_has_the_fields_of_one() {
        let work = Work {
            key: "gale2012",
            kind: "article",
            title: "Managed networks & care",
            authors: Authors {
                named: vec![
                    Author::Person { family: "Gale".into(), given: "C.".into() },
                    Author::Group("NHS England and others".into()),
                ],
                and_others: true,
            },
            year: Some("2012"),
            venue: Some(Venue {
                journal: "BMJ".into(), volume: "344".into(), pages: "1–5".into(), ..Venue::default()
            }),
            doi: Some("10.1136/bmj.e2105"),
            url: None,
            citation: "All of it.".into(),
        };
        let lines = [
            "@article{gale2012,",
            "  author = {Gale, C. and {NHS England and others} and others},",
            "  title = {{Managed networks \\& care}},",
            "  journal = {BMJ},",
            "  volume = {344},",
            "  pages = {1--5},",
            "  year = {2012},",
            "  doi = {10.1136/bmj.e2105},",
            "  note = {All of it.},",
            "}\n",
        ];
        assert_eq!(bibtex(&[work]), lines.join("\n"));
    }
}
