//! What some people say of themselves, keep and share, and what a facilitator announces: a few of each, so that a newcomer
//! sees what they look like. All of it is made up.

use chrono::TimeDelta;
use diesel::prelude::*;

use super::open_units;
use super::people::People;
use crate::accounts::AccountId;
use crate::announcement;
use crate::cohort::{Cohort, EnrolmentId};
use crate::people::{self, Card, Line, Said};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::portfolio::{self, product_text};
use crate::programme::{Programme, Unit};
use crate::schedule::Release;
use crate::schema::enrolments;

/// Role, network, what they can help with, what they are looking for, where; empty: not said.
type Lines = [&'static str; 5];

/// For the first learners, one each.
const CARDS: &[Lines] = &[
    [
        "Community nurse",
        "Safe at Home: people from two councils and three trusts who prevent falls",
        "Minutes that people read, on one page",
        "How to keep members who never come",
        "By the sea, in the east",
    ],
    [
        "Pharmacist in general practice",
        "",
        "A template for a first meeting",
        "Reasons to write when nothing is wrong",
        "",
    ],
    ["", "Carers’ leads in mental health services", "Honesty about lived experience on committees", "", ""],
    [
        "Network manager",
        "Stroke rehabilitation in a rural area",
        "Meetings by telephone that work",
        "A signal, and company on long roads",
        "Hills, no trains",
    ],
    ["Paramedic", "", "", "How to write down what we know", ""],
    ["", "", "The wording of our policy on paying carers", "", ""],
];
/// For the facilitators, in their order.
const STAFF_CARDS: &[Lines] =
    &[["", "", "Whatever holds you up: ask early", "", ""], ["", "", "Putting two people in touch", "", ""]];
const PROFILE: &str = "**Safe at Home** is 60 people from two councils, three trusts and a housing association.\n\n\
     We began four years ago. I do the arranging, half a day a week, and I would like to do less of it.";
const SHARED: &str = "**So that** nobody goes home with a bag of tablets and nobody to ask.\n\n\
     - For people who leave hospital with five medicines or more\n\
     - Together, because the ward, the surgery and the chemist each know a third of it\n\
     - We would notice first: a telephone call before the second day";
const TITLE: &str = "Start with the newest week";
const NEWS: &str = "If a week has slipped past you, leave it and start with the newest: **that is where everybody is \
     talking**. The earlier ones stay open and will wait.\n\nNew on the site: *People*. Fill in your card if you like, and \
     look for somebody who needs what you can offer.";

pub fn write(
    conn: &mut Conn,
    (cohort, releases): (&Cohort, &[Release]),
    programme: &Programme,
    people: &People,
    now: Instant,
) -> QueryResult<()> {
    let open: Vec<(&Unit, Instant)> = open_units(programme, releases, now).collect();
    let (Some((_, begun)), Some((_, newest))) = (open.first(), open.last()) else { return Ok(()) };
    let carded = people.learners.iter().zip(CARDS).chain(people.facilitators.iter().zip(STAFF_CARDS));
    for (who, lines) in carded {
        people::store::save_card(conn, *who, &card(lines), *begun)?;
    }
    if let Some(own) = people.learners.first() {
        make(conn, cohort, (*own, false), &open, PROFILE)?;
    }
    if let Some(other) = people.learners.get(1) {
        make(conn, cohort, (*other, true), open.get(2..).unwrap_or_default(), SHARED)?;
    }
    match people.facilitators.first() {
        Some(by) => announce(conn, cohort, *by, (*newest + TimeDelta::minutes(90)).min(now)),
        None => Ok(()),
    }
}

/// All that is said is shown.
fn card(lines: &Lines) -> Card {
    let mut card = Card::default();
    for (line, text) in Line::ALL.iter().zip(lines) {
        card.set(*line, Said { text: (*text).to_owned(), is_shown: !text.is_empty() });
    }
    card
}

/// The product of the first of the units, two days after it opened.
fn make(
    conn: &mut Conn,
    cohort: &Cohort,
    (by, shared): (EnrolmentId, bool),
    units: &[(&Unit, Instant)],
    text: &str,
) -> QueryResult<()> {
    let (Some((unit, opened)), Ok(text)) = (units.first(), product_text(text)) else { return Ok(()) };
    let at = *opened + TimeDelta::days(2);
    portfolio::store::save(conn, (cohort.id, by), &unit.slug, &text, at)?;
    if shared { portfolio::store::set_shared(conn, by, &unit.slug, true, at) } else { Ok(()) }
}

fn announce(conn: &mut Conn, cohort: &Cohort, by: EnrolmentId, at: Instant) -> QueryResult<()> {
    let Ok(body) = announcement::body(NEWS) else { return Ok(()) };
    let author: AccountId = enrolments::table.find(by).select(enrolments::account_id).first(conn)?;
    let draft = announcement::store::Draft { title: TITLE, body: &body, by_mail: false, publish_at: at };
    announcement::store::add(conn, (cohort.id, author), "seed", draft, at)
}
