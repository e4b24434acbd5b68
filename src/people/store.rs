//! Cards as they are kept, and the people of a cohort in the order in which a page lists them.

use diesel::prelude::*;

use super::{Card, Line, Member, Said, findable};
use crate::cohort::{CohortId, EnrolmentId, Role, Standing};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, OnBoth as _, escaped, lower, part};
use crate::schema::{accounts, cards, enrolments};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = cards)]
struct CardRow {
    role: String,
    shows_role: bool,
    network: String,
    shows_network: bool,
    offers: String,
    shows_offers: bool,
    needs: String,
    shows_needs: bool,
    place: String,
    shows_place: bool,
}

impl From<CardRow> for Card {
    fn from(row: CardRow) -> Self {
        let mut card = Self::default();
        for (line, text, is_shown) in [
            (Line::Role, row.role, row.shows_role),
            (Line::Network, row.network, row.shows_network),
            (Line::Offers, row.offers, row.shows_offers),
            (Line::Needs, row.needs, row.shows_needs),
            (Line::Place, row.place, row.shows_place),
        ] {
            card.set(line, Said { text, is_shown });
        }
        card
    }
}

impl From<&Card> for CardRow {
    fn from(card: &Card) -> Self {
        let said = |line| {
            let Said { text, is_shown } = card.get(line).clone();
            (text, is_shown)
        };
        let ((role, shows_role), (network, shows_network)) = (said(Line::Role), said(Line::Network));
        let ((offers, shows_offers), (needs, shows_needs)) = (said(Line::Offers), said(Line::Needs));
        let (place, shows_place) = said(Line::Place);
        Self { role, shows_role, network, shows_network, offers, shows_offers, needs, shows_needs, place, shows_place }
    }
}

/// The card of one enrolment.
pub fn card(conn: &mut Conn, enrolment: EnrolmentId) -> QueryResult<Card> {
    let row = cards::table.find(enrolment).select(CardRow::as_select()).first::<CardRow>(conn).optional()?;
    Ok(row.map(Into::into).unwrap_or_default())
}

/// Keeps the card in the place of the earlier one.
pub fn save_card(conn: &mut Conn, enrolment: EnrolmentId, card: &Card, now: Instant) -> QueryResult<()> {
    let kept = || (CardRow::from(card), cards::findable.eq(card.findable()), cards::saved_at.eq(now));
    diesel::insert_into(cards::table)
        .values((cards::enrolment_id.eq(enrolment), kept()))
        .on_conflict(cards::enrolment_id)
        .do_update()
        .set(kept())
        .on_both()
        .execute(conn)
        .map(drop)
}

type Row = (EnrolmentId, Role, String, Option<CardRow>);

fn member((enrolment, role, name, card): Row) -> Member {
    Member { enrolment, role, name, card: card.map(Into::into).unwrap_or_default() }
}

/// Active and not suspended: who is here.
macro_rules! present {
    ($cohort:expr) => {
        enrolments::table
            .inner_join(accounts::table)
            .filter(enrolments::cohort_id.eq($cohort))
            .filter(enrolments::state.eq(Standing::Active))
            .filter(accounts::suspended_at.is_null())
    };
}

/// How many people are here.
pub fn count(conn: &mut Conn, cohort: CohortId) -> QueryResult<i64> {
    present!(cohort).count().get_result(conn)
}

/// Facilitators first, then learners, each by name in small letters, so that 'de Vries' stands before 'Ek'; a page at a time
/// after the person seen last. `word`: those who have it in their name or in what their card shows. Two queries, one at the
/// beginning of the list.
pub fn list(
    conn: &mut Conn,
    cohort: CohortId,
    word: Option<&str>,
    after: Option<EnrolmentId>,
    most: i64,
) -> QueryResult<Vec<Member>> {
    let mut members = enrolments::table
        .inner_join(accounts::table)
        .left_join(cards::table)
        .filter(enrolments::cohort_id.eq(cohort))
        .filter(enrolments::state.eq(Standing::Active))
        .filter(accounts::suspended_at.is_null())
        .into_boxed();
    if let Some(id) = after {
        let Some((role, name)) = place_in_list(conn, cohort, id)? else { return Ok(Vec::new()) };
        let by_name =
            lower(accounts::name).gt(name.clone()).or(lower(accounts::name).eq(name).and(enrolments::id.gt(id)));
        members = members.filter(enrolments::role.gt(role).or(enrolments::role.eq(role).and(by_name)));
    }
    if let Some(word) = word {
        let pattern = part(&findable(word));
        let in_name = lower(accounts::name).like(pattern.clone()).escape('\\');
        let on_card = cards::findable.like(pattern).escape('\\').assume_not_null();
        members = members.filter(in_name.or(on_card));
    }
    let rows: Vec<Row> = members
        .order((enrolments::role, lower(accounts::name), enrolments::id))
        .limit(most)
        .select((enrolments::id, enrolments::role, accounts::name, Option::<CardRow>::as_select()))
        .load(conn)?;
    Ok(rows.into_iter().map(member).collect())
}

/// Names of which a word begins like what was typed, in their order, each once.
pub fn names(conn: &mut Conn, cohort: CohortId, typed: &str, most: i64) -> QueryResult<Vec<String>> {
    let typed = escaped(&findable(typed));
    let first = lower(accounts::name).like(format!("{typed}%")).escape('\\');
    let later = lower(accounts::name).like(format!("% {typed}%")).escape('\\');
    let rows: Vec<(String, String)> = present!(cohort)
        .filter(first.or(later))
        .distinct()
        .order((lower(accounts::name), accounts::name))
        .limit(most)
        .select((lower(accounts::name), accounts::name))
        .load(conn)?;
    Ok(rows.into_iter().map(|(_, name)| name).collect())
}

/// Whatever became of them since: the list goes on behind where they stood.
fn place_in_list(conn: &mut Conn, cohort: CohortId, id: EnrolmentId) -> QueryResult<Option<(Role, String)>> {
    enrolments::table
        .inner_join(accounts::table)
        .filter(enrolments::cohort_id.eq(cohort))
        .filter(enrolments::id.eq(id))
        .select((enrolments::role, lower(accounts::name)))
        .first(conn)
        .optional()
}

/// Somebody who is here.
pub fn find(conn: &mut Conn, cohort: CohortId, id: EnrolmentId) -> QueryResult<Option<Member>> {
    let row: Option<Row> = present!(cohort)
        .left_join(cards::table)
        .filter(enrolments::id.eq(id))
        .select((enrolments::id, enrolments::role, accounts::name, Option::<CardRow>::as_select()))
        .first(conn)
        .optional()?;
    Ok(row.map(member))
}
