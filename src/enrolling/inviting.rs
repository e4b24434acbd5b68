//! Inviting people by name, with the act in the audit log.

use diesel::QueryResult;

use super::list::{self, Invitee, Known, Row, Verdict};
use super::store;
use crate::accounts::AccountId;
use crate::audit::{self, Act, Deed};
use crate::cohort::{self, CohortId, Place, Role};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;
use crate::platform::text::EmailAddress;

/// Judges a list against who is here and invited now. Three queries and two counts.
pub fn judge(conn: &mut Conn, place: &Place, rows: Vec<Row>, now: Instant) -> QueryResult<Verdict> {
    let cohort = place.cohort.id;
    let settings = store::settings(conn, cohort)?;
    let free = store::places(conn, cohort, &settings, now)?.free();
    let (here, invited) = (store::keys_here(conn, cohort)?, store::keys_invited(conn, cohort, now)?);
    Ok(list::judge(rows, &Known { here, invited, domains: settings.domains, free }))
}

/// Why one person cannot be invited as a learner, wherever their address is. Whoever is invited already may be once more:
/// they keep one place. The caller holds [`store::lock`].
pub fn hindrance(
    conn: &mut Conn,
    cohort: CohortId,
    email: &EmailAddress,
    now: Instant,
) -> QueryResult<Option<&'static str>> {
    if let Some(account) = cohort::store::account_of(conn, email.key())?
        && cohort::store::is_in(conn, cohort, account)?
    {
        return Ok(Some("They are in the course already"));
    }
    let settings = store::settings(conn, cohort)?;
    let is_full = store::places(conn, cohort, &settings, now)?.free() == Some(0);
    let needs_another = is_full && !store::keeps_a_place(conn, cohort, email.key(), now)?;
    Ok(needs_another.then_some("All places are taken. Raise the number of places first"))
}

/// Invites them all, or, where something fails, nobody. Their mails follow.
pub fn invite(conn: &mut Conn, place: &Place, role: Role, people: &[Invitee], now: Instant) -> QueryResult<()> {
    store::lock(conn, place.cohort.id)?;
    store::invite_all(conn, place.cohort.id, role, people, now)?;
    let reason = if role == Role::Facilitator { "as a facilitator" } else { "" };
    note(conn, place, Act::InvitePeople, (&super::people(people.len()), None), reason, now)
}

/// Keeps an act at the page of enrolling. The log is for good, so of somebody who has no account it keeps no address.
pub fn note(
    conn: &mut Conn,
    place: &Place,
    act: Act,
    (subject, about): (&str, Option<AccountId>),
    reason: &str,
    now: Instant,
) -> QueryResult<()> {
    let path = format!("{}/manage/enrol", place.cohort.path());
    audit::store::note(conn, place, Deed { act, subject, path: &path, reason, about }, now)
}
