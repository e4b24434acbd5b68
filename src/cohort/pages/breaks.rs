//! The breaks of a cohort as a form has them: a name and two days each, in rows of which some are empty.

use chrono::{Datelike as _, NaiveDate};

use crate::cohort::Break;
use crate::platform::text::line;
use crate::platform::web::{Faults, Field, Fields};

/// One row of the form.
pub struct BreakFields {
    pub number: usize,
    pub name: Field,
    pub first: Field,
    pub last: Field,
}

const PARTS: [&str; 3] = ["name", "first", "last"];

fn id(part: &str, n: usize) -> String {
    format!("break_{part}_{n}")
}

/// Whether a field belongs to one of so many rows.
pub fn is_field(name: &str, rows: usize) -> bool {
    (1..=rows).any(|n| PARTS.iter().any(|part| name == id(part, n)))
}

/// Rows with what was sent, and what is wrong with it.
pub fn sent(fields: &Fields, faults: &Faults, rows: usize) -> Vec<BreakFields> {
    let field = |part, n, label| Field::new(&id(part, n), label).sent(fields, faults);
    let row = |n| BreakFields {
        number: n,
        name: field("name", n, "Name of the break"),
        first: field("first", n, "First day"),
        last: field("last", n, "Last day"),
    };
    (1..=rows).map(row).collect()
}

/// Rows with these breaks, and empty ones behind them.
pub fn filled(breaks: &[Break], rows: usize) -> Vec<BreakFields> {
    let mut blank = sent(&Fields::default(), &Faults::default(), rows);
    for (row, pause) in blank.iter_mut().zip(breaks) {
        row.name.value.clone_from(&pause.name);
        row.first.value = pause.first_day.to_string();
        row.last.value = pause.last_day.to_string();
    }
    blank
}

/// What somebody would type for these breaks.
pub fn typed(breaks: &[Break]) -> Vec<(String, String)> {
    let row = |(n, pause): (usize, &Break)| {
        let values = [pause.name.clone(), pause.first_day.to_string(), pause.last_day.to_string()];
        PARTS.map(|part| id(part, n + 1)).into_iter().zip(values)
    };
    breaks.iter().enumerate().flat_map(row).collect()
}

/// What was typed, by its first day. A row whose three fields are all empty is none.
pub fn read(fields: &Fields, rows: usize, faults: &mut Faults) -> Vec<Break> {
    let mut breaks: Vec<Break> = (1..=rows).filter_map(|n| read_row(fields, n, faults)).collect();
    breaks.sort_by_key(|pause| pause.first_day);
    breaks
}

fn read_row(fields: &Fields, n: usize, faults: &mut Faults) -> Option<Break> {
    let [name, first, last] = PARTS.map(|part| id(part, n));
    if [&name, &first, &last].iter().all(|field| fields.get(field).trim().is_empty()) {
        return None;
    }
    let said = faults.check(&name, line(fields.get(&name), 60, "a name for the break"));
    let first_day = faults.check(&first, date(fields.get(&first), "the break's first day"));
    let last_day = faults.check(&last, date(fields.get(&last), "the break's last day"));
    let (said, first_day, last_day) = (said?, first_day?, last_day?);
    if last_day < first_day {
        faults.add(last, "The break's last day lies before its first");
        return None;
    }
    Some(Break { name: said, first_day, last_day })
}

/// A day of a course, as forms of cohorts have it.
pub fn date(text: &str, what: &str) -> Result<NaiveDate, String> {
    let day = NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d");
    let day = day.map_err(|_| format!("Enter {what} as year-month-day, like 2027-01-11"))?;
    match (2000..=2199).contains(&day.year()) {
        true => Ok(day),
        false => Err(format!("Enter {what} with a year from 2000 to 2199")),
    }
}
