//! A list of people as it is pasted: addresses with names or without, or a spreadsheet's CSV; and who of it can be invited.

use std::collections::{HashMap, HashSet};

use super::domains::Domains;
use crate::platform::text::{EmailAddress, line};

/// The most rows of one list.
pub const MOST: usize = 10_000;
/// How much of what was typed is shown again.
const SHOWN: usize = 100;
const LONGEST_NAME: usize = 80;

/// One row of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Of the line, or of the spreadsheet's row; the first is 1.
    pub number: usize,
    /// As it was typed, shortened.
    pub typed: String,
    /// Empty: none was given.
    pub name: String,
    pub email: Option<EmailAddress>,
}

/// What is wrong with the list as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    Empty,
    TooLong(usize),
    /// With why.
    Csv(String),
}

impl Unreadable {
    pub fn in_words(&self) -> String {
        match self {
            Self::Empty => "Paste at least one email address".into(),
            Self::TooLong(rows) => {
                format!("The list has {rows} rows, and {MOST} are the most at once. Send it in parts")
            }
            Self::Csv(what) => format!("The table cannot be read: {what}"),
        }
    }
}

/// Somebody to invite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitee {
    pub name: String,
    pub email: EmailAddress,
}

/// Why somebody of the list is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LeftOut {
    NoAddress,
    Twice,
    AlreadyHere,
    AlreadyInvited,
    OtherDomain,
    NoPlace,
}

impl LeftOut {
    pub const ALL: [Self; 6] =
        [Self::NoAddress, Self::Twice, Self::AlreadyHere, Self::AlreadyInvited, Self::OtherDomain, Self::NoPlace];

    pub fn in_words(self) -> &'static str {
        match self {
            Self::NoAddress => "Not an email address",
            Self::Twice => "In the list before",
            Self::AlreadyHere => "In the course already",
            Self::AlreadyInvited => "Invited already",
            Self::OtherDomain => "At a domain that is not welcome",
            Self::NoPlace => "No place left",
        }
    }
}

/// What is known of the cohort before a list is looked at.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Keys of addresses.
    pub here: HashSet<String>,
    pub invited: HashSet<String>,
    pub domains: Domains,
    /// None: no limit.
    pub free: Option<i64>,
}

/// Who of the list is invited and who is not.
#[derive(Debug, Clone, Default)]
pub struct Verdict {
    pub invite: Vec<Invitee>,
    pub left_out: Vec<(LeftOut, Row)>,
}

impl Verdict {
    /// Whether everybody who is left out was reached before: the list had been sent already.
    pub fn is_known_already(&self) -> bool {
        let known = |why: &LeftOut| matches!(why, LeftOut::AlreadyHere | LeftOut::AlreadyInvited | LeftOut::Twice);
        self.invite.is_empty() && self.left_out.iter().all(|(why, _)| known(why))
    }
}

/// Judges each row by itself, in order: of two alike the first counts.
pub fn judge(rows: Vec<Row>, known: &Known) -> Verdict {
    let (mut verdict, mut seen) = (Verdict::default(), HashSet::new());
    let mut free = known.free;
    for row in rows {
        let why = match &row.email {
            None => Some(LeftOut::NoAddress),
            Some(email) if !seen.insert(email.key().to_owned()) => Some(LeftOut::Twice),
            Some(email) if known.here.contains(email.key()) => Some(LeftOut::AlreadyHere),
            Some(email) if known.invited.contains(email.key()) => Some(LeftOut::AlreadyInvited),
            Some(email) if !known.domains.welcome(email.key()) => Some(LeftOut::OtherDomain),
            Some(_) if free == Some(0) => Some(LeftOut::NoPlace),
            Some(_) => None,
        };
        match (why, row.email) {
            (None, Some(email)) => {
                free = free.map(|free| free - 1);
                verdict.invite.push(Invitee { name: row.name, email });
            }
            (why, email) => verdict.left_out.push((why.unwrap_or(LeftOut::NoAddress), Row { email, ..row })),
        }
    }
    verdict
}

/// The people as [`read`] reads them.
pub fn written(people: &[Invitee]) -> String {
    let mut table = csv::Writer::from_writer(Vec::new());
    // Writing to memory does not fail.
    let _ = table.write_record(["email", "name"]);
    for one in people {
        let _ = table.write_record([one.email.as_str(), &one.name]);
    }
    table.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

/// Reads a list: CSV if its first line names a column of addresses, otherwise addresses by lines, commas and semicolons.
pub fn read(text: &str) -> Result<Vec<Row>, Unreadable> {
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
    let rows = match Heading::of(&text) {
        Some(heading) => table(&text, &heading)?,
        None => plain(&text),
    };
    match rows.len() {
        0 => Err(Unreadable::Empty),
        1..=MOST => Ok(rows),
        many => Err(Unreadable::TooLong(many)),
    }
}

/// Where a table has what.
struct Heading {
    separator: u8,
    email: usize,
    /// Put together, with a space between: a first name and a last name may have columns of their own.
    names: Vec<usize>,
}

const EMAIL_HEADINGS: &[&str] = &["email", "e-mail", "mail", "email address", "e-mail address", "emailaddress"];
const NAME_HEADINGS: &[&str] = &["name", "full name", "display name"];
const HALVES: [&[&str]; 2] =
    [&["first name", "firstname", "forename", "given name"], &["last name", "lastname", "surname", "family name"]];

impl Heading {
    fn of(text: &str) -> Option<Self> {
        let first = text.lines().find(|line| !line.trim().is_empty())?;
        let separator = *[b',', b';', b'\t'].iter().max_by_key(|mark| first.bytes().filter(|b| b == *mark).count())?;
        let mut reader = reader(first, separator);
        let record = reader.records().next()?.ok()?;
        let cells: Vec<String> = record.iter().map(|cell| cell.trim().to_lowercase()).collect();
        let at = |names: &[&str]| cells.iter().position(|cell| names.contains(&cell.as_str()));
        let names = match at(NAME_HEADINGS) {
            Some(name) => vec![name],
            None => HALVES.iter().filter_map(|half| at(half)).collect(),
        };
        Some(Self { separator, email: at(EMAIL_HEADINGS)?, names })
    }
}

fn reader(text: &str, separator: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().delimiter(separator).flexible(true).has_headers(false).from_reader(text.as_bytes())
}

fn table(text: &str, heading: &Heading) -> Result<Vec<Row>, Unreadable> {
    let (mut rows, mut place) = (Vec::new(), RowNumbers::default());
    for (nth, record) in reader(text, heading.separator).records().enumerate() {
        let record = record.map_err(|error| Unreadable::Csv(error.to_string()))?;
        let number = place.of(text, &record);
        let cell = |at: usize| record.get(at).unwrap_or_default().trim();
        let is_blank = record.iter().all(|cell| cell.trim().is_empty());
        if nth == 0 || is_blank {
            continue;
        }
        let name = heading.names.iter().map(|at| cell(*at)).collect::<Vec<_>>().join(" ");
        let shown = if cell(heading.email).is_empty() { name.trim() } else { cell(heading.email) };
        rows.push(row(number, shown, &name, cell(heading.email)));
    }
    Ok(rows)
}

/// Which row of a spreadsheet a record is: an empty line counts, a line break within quotes does not.
#[derive(Default)]
struct RowNumbers {
    /// So far the text has been counted.
    read: usize,
    lines: usize,
    within_quotes: usize,
}

impl RowNumbers {
    fn of(&mut self, text: &str, record: &csv::StringRecord) -> usize {
        let begins = record.position().map_or(self.read, |at| usize::try_from(at.byte()).unwrap_or(self.read));
        let rest = text.as_bytes().get(begins..).unwrap_or_default();
        let begins = begins + rest.iter().take_while(|byte| **byte == b'\n').count();
        let passed = text.as_bytes().get(self.read..begins).unwrap_or_default();
        self.lines += passed.iter().filter(|byte| **byte == b'\n').count();
        self.read = begins;
        let number = self.lines + 1 - self.within_quotes;
        self.within_quotes += record.iter().map(|cell| cell.matches('\n').count()).sum::<usize>();
        number
    }
}

fn plain(text: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        let entries = entries(line).into_iter().map(str::trim).filter(|entry| !entry.is_empty());
        rows.extend(entries.map(|entry| {
            let (name, address) = name_and_address(entry);
            row(number, entry, name, address)
        }));
    }
    rows
}

/// The line between its commas and semicolons; those in quotes belong to a name.
fn entries(line: &str) -> Vec<&str> {
    let mut quoted = false;
    // Without an end to a quote it is none.
    let quotes = line.matches('"').count().is_multiple_of(2);
    line.split(|c: char| {
        quoted ^= quotes && c == '"';
        !quoted && matches!(c, ',' | ';' | '\t')
    })
    .collect()
}

/// `Ada Lovelace <ada@example.org>` taken apart.
fn name_and_address(entry: &str) -> (&str, &str) {
    let inner = entry.strip_suffix('>').and_then(|rest| rest.rsplit_once('<'));
    inner.map_or(("", entry), |(name, address)| (name.trim().trim_matches('"'), address.trim()))
}

fn row(number: usize, typed: &str, name: &str, address: &str) -> Row {
    // A name that cannot be one is left away: the address is what counts.
    let name = line(name, LONGEST_NAME, "a name").unwrap_or_default();
    Row { number, typed: typed.chars().take(SHOWN).collect(), name, email: EmailAddress::parse(address).ok() }
}

/// `3, 5–9 and 12`: where each row stands, however many they are.
pub fn numbers_in_words(numbers: impl IntoIterator<Item = usize>) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((_, last)) if *last == number || *last + 1 == number => *last = number,
            _ => runs.push((number, number)),
        }
    }
    let words = runs.iter().map(|(first, last)| match first == last {
        true => first.to_string(),
        false => format!("{first}–{last}"),
    });
    words.collect::<Vec<_>>().join(", ")
}

/// How many rows were left out for which reason, in the order of [`LeftOut::ALL`].
pub fn by_reason(left_out: &[(LeftOut, Row)]) -> Vec<(LeftOut, Vec<&Row>)> {
    let mut found: HashMap<LeftOut, Vec<&Row>> = HashMap::new();
    for (why, row) in left_out {
        found.entry(*why).or_default().push(row);
    }
    LeftOut::ALL.into_iter().filter_map(|why| Some((why, found.remove(&why)?))).collect()
}

#[cfg(test)]
mod tests;
