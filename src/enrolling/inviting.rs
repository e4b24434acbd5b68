//! Inviting people by name, with the act in the audit log.

use diesel::QueryResult;

use super::list::{self, Invitee, Known, Row, Verdict};
use super::store;
use crate::audit::{self, Act, Deed};
use crate::cohort::{Place, Role};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::text::count;

/// Judges a list against who is here and invited now. Four queries and two counts.
pub fn judge(conn: &mut Conn, place: &Place, rows: Vec<Row>, now: Instant) -> QueryResult<Verdict> {
    let cohort = place.cohort.id;
    let settings = store::settings(conn, cohort)?;
    let free = store::places(conn, cohort, &settings, now)?.free();
    let (here, invited) = (store::keys_here(conn, cohort)?, store::keys_invited(conn, cohort, now)?);
    Ok(list::judge(rows, &Known { here, invited, domains: settings.domains, free }))
}

/// Invites them all, or, where something fails, nobody. Their mails follow.
pub fn invite(conn: &mut Conn, place: &Place, role: Role, people: &[Invitee], now: Instant) -> QueryResult<()> {
    store::lock(conn, place.cohort.id)?;
    store::invite_all(conn, place.cohort.id, role, people, now)?;
    let subject = match people {
        [one] => one.email.as_str().to_owned(),
        many => format!("{} and {}", many.first().map_or("", |one| one.email.as_str()), count(many.len() - 1, "other")),
    };
    note(conn, place, Act::InvitePeople, &subject, "", now)
}

/// Keeps an act at the page of enrolling.
pub fn note(conn: &mut Conn, place: &Place, act: Act, subject: &str, reason: &str, now: Instant) -> QueryResult<()> {
    let path = format!("{}/manage/enrol", place.cohort.path());
    audit::store::note(conn, place, Deed { act, subject, path: &path, reason }, now)
}
