//! RIS: a line for each fact, in UTF-8.

use super::{Author, Work};

/// The works as a file of RIS records.
pub fn ris(works: &[Work<'_>]) -> String {
    works.iter().map(record).collect()
}

fn record(work: &Work<'_>) -> String {
    let mut lines = vec![("TY", kind(work).to_owned()), ("ID", work.key.to_owned())];
    lines.extend(work.authors.named.iter().map(|author| ("AU", name(author))));
    lines.push(("TI", work.title.to_owned()));
    if let Some(venue) = &work.venue {
        let (first, last) = venue.pages.split_once('–').unwrap_or((&venue.pages, ""));
        lines.extend([
            ("T2", venue.journal.clone()),
            ("VL", venue.volume.clone()),
            ("IS", venue.issue.clone()),
            ("SP", first.to_owned()),
            ("EP", last.to_owned()),
        ]);
    }
    let facts = [("PY", work.year), ("DO", work.doi), ("UR", work.url), ("N1", work.note())];
    lines.extend(facts.into_iter().filter_map(|(tag, value)| Some((tag, value?.to_owned()))));
    let said = lines.iter().filter(|(_, value)| !value.is_empty());
    let said =
        said.map(|(tag, value)| format!("{tag}  - {}\r\n", value.split_whitespace().collect::<Vec<_>>().join(" ")));
    said.chain(["ER  - \r\n\r\n".to_owned()]).collect()
}

fn kind(work: &Work<'_>) -> &'static str {
    match work.kind {
        "article" if work.venue.is_some() => "JOUR",
        "book" => "BOOK",
        "report" | "guide" => "RPRT",
        "blog" => "BLOG",
        "website" => "ELEC",
        _ => "GEN",
    }
}

/// A comma would part family and given names, so a group's name has none.
fn name(author: &Author) -> String {
    match author {
        Author::Person { family, given } => format!("{family}, {given}"),
        Author::Group(name) => name.replace(',', ";"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programme::citation::{Authors, Venue};

    #[test]
    fn a_record_is_a_line_for_each_fact() {
        let work = Work {
            key: "burt2004",
            kind: "article",
            title: "Structural holes",
            authors: Authors {
                named: vec![
                    Author::Person { family: "Burt".into(), given: "R. S.".into() },
                    Author::Group("NHS England, Improvement Hub".into()),
                ],
                and_others: false,
            },
            year: Some("2004"),
            venue: Some(Venue { journal: "AJS".into(), pages: "349–399".into(), ..Venue::default() }),
            doi: None,
            url: Some("https://example.org"),
            citation: String::new(),
        };
        let lines = [
            "TY  - JOUR",
            "ID  - burt2004",
            "AU  - Burt, R. S.",
            "AU  - NHS England; Improvement Hub",
            "TI  - Structural holes",
            "T2  - AJS",
            "SP  - 349",
            "EP  - 399",
            "PY  - 2004",
            "UR  - https://example.org",
            "ER  - ",
            "\r\n",
        ];
        assert_eq!(ris(&[work]), lines.join("\r\n"));
    }
}
