//! An entry of the library as reference managers take it. Authors, journal, volume and pages are read from how the entry is
//! written; what cannot be told apart with certainty is not guessed: the whole citation goes along as a note.

mod bibtex;
mod ris;

use super::{Entry, Source};

pub use bibtex::bibtex;
pub use ris::ris;

/// A source of the library, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work<'s> {
    pub key: &'s str,
    /// The library's word for it.
    pub kind: &'s str,
    pub title: &'s str,
    pub authors: Authors,
    /// Four digits. None: not known so exactly.
    pub year: Option<&'s str>,
    /// Where an article stands.
    pub venue: Option<Venue>,
    pub doi: Option<&'s str>,
    pub url: Option<&'s str>,
    /// The whole citation in words.
    pub citation: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Authors {
    pub named: Vec<Author>,
    /// There are more, whom the entry does not name.
    pub and_others: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Author {
    /// `given`: initials with their full stops.
    Person { family: String, given: String },
    /// An organisation, or several under one name.
    Group(String),
}

/// A journal and the place in it; empty: not known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Venue {
    pub journal: String,
    pub volume: String,
    pub issue: String,
    pub pages: String,
}

impl<'s> Work<'s> {
    /// `None`: it is cited and not in the library.
    pub fn of(source: &'s Source) -> Option<Self> {
        let entry = source.entry.as_ref()?;
        let is_article = entry.kind.as_str() == "article";
        let url = source.url.as_deref();
        Some(Self {
            key: &source.key,
            kind: entry.kind.as_str(),
            title: &entry.title,
            authors: Authors::read(&entry.author),
            year: exact_year(entry),
            venue: is_article.then(|| Venue::read(&source.cite)).flatten(),
            doi: url.and_then(|url| url.strip_prefix("https://doi.org/")),
            url,
            citation: source.cite.replace('*', ""),
        })
    }

    /// What the fields do not say: the whole citation, unless journal, year and all authors are there.
    fn note(&self) -> Option<&str> {
        let is_whole = self.venue.is_some() && self.year.is_some() && !self.authors.and_others;
        (!is_whole).then_some(self.citation.as_str())
    }
}

fn exact_year(entry: &Entry) -> Option<&str> {
    let is_year = entry.year.len() == 4 && entry.year.bytes().all(|b| b.is_ascii_digit());
    is_year.then_some(entry.year.as_str())
}

impl Authors {
    /// From `Gale C, Modi N, and others`. Where not every part is a name with initials it is a group, and stays whole.
    fn read(text: &str) -> Self {
        if text.is_empty() {
            return Self::default();
        }
        let (names, and_others) = match text.strip_suffix(", and others") {
            Some(names) => (names, true),
            None => (text, false),
        };
        // Behind people's names stands for whom they wrote.
        let people = names.split_once(" (").filter(|_| names.ends_with(')')).map_or(names, |(people, _)| people);
        match people.split(", ").map(person).collect::<Option<Vec<_>>>() {
            Some(named) => Self { named, and_others },
            None => Self { named: vec![Author::Group(names.to_owned())], and_others },
        }
    }
}

/// `Olde Rikkert MGM`: a family name of any number of words, then up to four initials.
fn person(text: &str) -> Option<Author> {
    let (family, initials) = text.trim().rsplit_once(' ')?;
    let letters: Vec<char> = initials.chars().collect();
    let are_initials = letters.first().is_some_and(|c| c.is_uppercase())
        && letters.iter().all(|c| c.is_uppercase() || *c == '-')
        && letters.iter().filter(|c| **c != '-').count() <= 4;
    let mut given = String::new();
    for letter in letters {
        if letter != '-' && !given.is_empty() && !given.ends_with('-') {
            given.push(' ');
        }
        given.push(letter);
        if letter != '-' {
            given.push('.');
        }
    }
    are_initials.then(|| Author::Person { family: family.to_owned(), given })
}

impl Venue {
    /// From the end of a citation: `*BMJ* 2012;344(2):e2105.`, `*Science*, Winter 2011: 36–41.`
    fn read(cite: &str) -> Option<Self> {
        let (before, rest) = cite.rsplit_once('*')?;
        let (_, journal) = before.rsplit_once('*')?;
        // A title in italics ends with a full stop; a journal's name does not.
        if journal.ends_with(['.', '?', '!']) {
            return None;
        }
        let rest = rest.trim_end_matches('.');
        let (_, behind) = rest.split_at(year_in(rest)? + 4);
        let (volume, pages) = match behind.strip_prefix(';') {
            Some(place) => place.split_once(':').unwrap_or((place, "")),
            None => ("", behind.strip_prefix(':').unwrap_or_default()),
        };
        let (volume, issue) = volume.split_once('(').map_or((volume, ""), |(v, i)| (v, i.trim_end_matches(')')));
        let text = |part: &str| part.trim().to_owned();
        Some(Self { journal: text(journal), volume: text(volume), issue: text(issue), pages: text(pages) })
    }
}

/// Where four digits stand.
fn year_in(text: &str) -> Option<usize> {
    text.as_bytes().windows(4).position(|four| four.iter().all(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        let name = |author: &Author| match author {
            Author::Person { family, given } => format!("{family}|{given}"),
            Author::Group(name) => name.clone(),
        };
        Authors::read(text).named.iter().map(name).collect()
    }

    #[test]
    fn people_are_told_from_organisations() {
        assert_eq!(names("Olde Rikkert MGM, van der Marck MA"), ["Olde Rikkert|M. G. M.", "van der Marck|M. A."]);
        assert_eq!(names("Aveling E-L, O’Donovan R"), ["Aveling|E.-L.", "O’Donovan|R."]);
        assert_eq!(names("de Silva D (The Evidence Centre)"), ["de Silva|D."]);
        for group in [
            "NHS England",
            "Source4Networks",
            "NHS England, Improvement Hub",
            "The Health Foundation (review by McKinsey)",
        ] {
            assert_eq!(names(group), [group]);
        }
        assert!(Authors::read("Morris S, Hunter RM, and others").and_others);
        assert_eq!(names(""), [""; 0]);
    }

    #[test]
    fn a_journal_and_the_place_in_it_are_read_from_the_citation() {
        let read = |cite| {
            let venue = Venue::read(cite)?;
            Some([venue.journal, venue.volume, venue.issue, venue.pages].join("|"))
        };
        let full = "Burt RS. Holes. *American Journal of Sociology* 2004;110(2):349–399.";
        assert_eq!(read(full).unwrap(), "American Journal of Sociology|110|2|349–399");
        assert_eq!(read("Kania J. Impact. *SSIR*, Winter 2011: 36–41.").unwrap(), "SSIR|||36–41");
        assert_eq!(read("Noar AP. The aims. *PLOS ONE* 2023.").unwrap(), "PLOS ONE|||");
        assert_eq!(read("Provan. Is it? *BMC* 2015;15.").unwrap(), "BMC|15||");
        assert_eq!(read("Long JC. In: *Complex Phenomena.* Springer, 2018."), None);
        assert_eq!(read("A paper without italics, 2019."), None);
    }
}
