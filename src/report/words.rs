//! The report in plain words and finished tables: the page, the paper and the mail say the same.

use serde::{Deserialize, Serialize};

use super::{Facts, Sums, Week};
use crate::cohort::Cohort;
use crate::platform::chart::percent_words;
use crate::platform::measure::wait_in_words;
use crate::platform::text::count;
use crate::platform::zone::day_in_words;
use crate::programme::Programme;
use crate::schedule::{self, Release};

/// Units in the table, the newest; so the paper stays one page.
const UNITS: usize = 14;

/// Everything that is to be read, in its order; kept in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    pub cohort: String,
    pub programme: String,
    /// `Week to Friday 22 January 2027`.
    pub title: String,
    /// From when to when, exactly.
    pub span: String,
    pub lead: Vec<String>,
    pub numbers: Table,
    pub units: Table,
    /// What is to be said of the discussions, and of those who may be slipping.
    pub sections: Vec<(String, Vec<String>)>,
    pub notes: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    pub title: String,
    pub head: Vec<String>,
    /// The first cell names the row; the others are numbers.
    pub rows: Vec<Vec<String>>,
}

const MADE: &str =
    "Made when the week had ended, and kept: what is changed later changes nothing in it. It names nobody.";
const MADE_LATER: &str = "Made from what had happened by the end of the week. What was taken back since then, or moved in the \
    schedule, counts no more. It names nobody.";
const COUNTED: &str = "Everybody who had joined by then counts, also who has left since. A unit is finished when all its required \
    steps are done.";

impl Told {
    /// Of a week of which nothing was kept.
    pub fn made_later(self) -> Self {
        Self { notes: vec![MADE_LATER.into(), COUNTED.into()], ..self }
    }
}

/// As it is told when its week has ended.
pub fn told(cohort: &Cohort, programme: &Programme, releases: &[Release], week: &Week, facts: &Facts) -> Told {
    let zone = &cohort.zone;
    Told {
        cohort: cohort.name.clone(),
        programme: programme.title.clone(),
        title: title(week),
        span: format!("{} to {}", zone.exact(week.begins_at), zone.exact(week.ends_at)),
        lead: lead(facts),
        numbers: numbers(facts),
        units: units(cohort, programme, releases, week, facts),
        sections: vec![("Discussion".into(), discussion(facts)), ("Who may be slipping".into(), slipping(facts))],
        notes: vec![MADE.into(), COUNTED.into()],
    }
}

pub fn title(week: &Week) -> String {
    use chrono::Datelike as _;
    format!("Week to {} {}", day_in_words(week.friday), week.friday.year())
}

fn number(n: i64) -> usize {
    usize::try_from(n).unwrap_or(0)
}

fn lead(facts: &Facts) -> Vec<String> {
    let (this, all) = (&facts.this, facts.standings.all());
    let mut lead = vec![format!(
        "{} of {} took part this week ({}): they did {} and wrote {}.",
        this.took_part,
        count(number(all), "learner"),
        percent_words(this.took_part, all),
        count(number(this.steps), "step"),
        count(number(this.posts), "post"),
    )];
    lead.push(match facts.all.certificates {
        0 => "Nobody has the certificate yet.".into(),
        1 => "1 learner has the certificate.".into(),
        n => format!("{n} learners have the certificate."),
    });
    lead
}

fn numbers(facts: &Facts) -> Table {
    let row = |what: &str, of: fn(&Sums) -> i64| {
        [what.to_owned()]
            .into_iter()
            .chain([&facts.this, &facts.last, &facts.all].map(|sums| of(sums).to_string()))
            .collect()
    };
    Table {
        title: "The week in numbers".into(),
        head: ["Of learners", "This week", "Last week", "Since the start"].map(str::to_owned).into(),
        rows: vec![
            row("Took part", |sums| sums.took_part),
            row("Joined", |sums| sums.joined),
            row("Steps done", |sums| sums.steps),
            row("Posts", |sums| sums.posts),
            row("People who wrote", |sums| sums.writers),
            row("Threads started", |sums| sums.threads),
            row("Certificates", |sums| sums.certificates),
        ],
    }
}

/// The units that had opened by the end of the week.
fn units(cohort: &Cohort, programme: &Programme, releases: &[Release], week: &Week, facts: &Facts) -> Table {
    let all = facts.standings.all();
    let (units, releases) = schedule::in_order(programme, releases);
    let open = units.into_iter().zip(&releases).filter(|(_, release)| !release.held && release.opens_at < week.ends_at);
    let mut rows: Vec<Vec<String>> = open
        .map(|(unit, release)| {
            let own = || facts.reached.iter().filter(|reached| unit.is_called(&reached.unit));
            let required = i64::try_from(unit.required_count()).unwrap_or(i64::MAX);
            let begun: i64 = own().map(|reached| reached.learners).sum();
            let finished: i64 = own().filter(|reached| reached.steps >= required).map(|reached| reached.learners).sum();
            vec![
                unit.full_title(),
                crate::platform::zone::day_and_month(cohort.zone.local_date(release.opens_at)),
                begun.to_string(),
                format!("{finished} ({})", percent_words(finished, all)),
            ]
        })
        .collect();
    rows.drain(..rows.len().saturating_sub(UNITS));
    let head = ["Unit", "Opened", "Began it", "Finished it"].map(str::to_owned).into();
    Table { title: "Progress, unit by unit".into(), head, rows }
}

fn discussion(facts: &Facts) -> Vec<String> {
    let (this, answers) = (&facts.this, &facts.answers);
    let waiting = match answers.waiting {
        0 => "Nobody waits for a first answer.".into(),
        1 => "1 thread of a learner’s has no answer yet.".into(),
        n => format!("{n} threads of learners have no answer yet."),
    };
    let started = match this.threads {
        0 => "No learner started a thread this week.".into(),
        n => format!("Learners started {} this week.", count(number(n), "thread")),
    };
    let wait = answers.median_wait.map(|minutes| {
        format!(
            "A thread that was started this week and answered had its first answer after {} (median).",
            wait_in_words(minutes)
        )
    });
    [Some(started), wait, Some(waiting)].into_iter().flatten().collect()
}

fn slipping(facts: &Facts) -> Vec<String> {
    let standings = &facts.standings;
    let are = |n: i64, one: &str, many: &str| match n {
        1 => format!("1 learner {one}."),
        n => format!("{n} learners {many}."),
    };
    vec![
        are(
            standings.not_started,
            "joined before this week and has done nothing yet",
            "joined before this week and have done nothing yet",
        ),
        are(
            standings.quiet,
            "was here the week before, and did nothing this week",
            "were here the week before, and did nothing this week",
        ),
        are(standings.away, "began, and has done nothing for two weeks", "began, and have done nothing for two weeks"),
    ]
}
