//! Announcements and their mails as they are kept.

mod mails;

use diesel::prelude::*;

pub use mails::*;

use super::{Announcement, AnnouncementId, Audience};
use crate::accounts::AccountId;
use crate::cohort::{CohortId, EnrolmentId};
use crate::each;
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, OnBoth as _};
use crate::programme::Written;
use crate::schema::{accounts, announcement_recipients, announcements};

type Row = (
    (AnnouncementId, String, String, String, String, bool, Audience),
    (Instant, Option<Instant>, Option<Instant>, Option<Instant>),
);

type WordColumns = (
    announcements::id,
    accounts::name,
    announcements::title,
    announcements::body,
    announcements::html,
    announcements::by_mail,
    announcements::audience,
);
type TimeColumns =
    (announcements::publish_at, announcements::published_at, announcements::changed_at, announcements::withdrawn_at);

/// The columns of a [`Row`], in its order.
const ROW: (WordColumns, TimeColumns) = (
    (
        announcements::id,
        accounts::name,
        announcements::title,
        announcements::body,
        announcements::html,
        announcements::by_mail,
        announcements::audience,
    ),
    (announcements::publish_at, announcements::published_at, announcements::changed_at, announcements::withdrawn_at),
);

fn announcement((what, when): Row) -> Announcement {
    let (id, author, title, body, html, by_mail, audience) = what;
    let (publish_at, published_at, changed_at, withdrawn_at) = when;
    Announcement { id, author, title, body, html, by_mail, audience, publish_at, published_at, changed_at, withdrawn_at }
}

/// An announcement to be kept.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
    pub title: &'a str,
    pub body: &'a Written,
    pub by_mail: bool,
    pub publish_at: Instant,
}

/// Keeps a new announcement; one whose time has come is published at once. The same form again changes nothing.
pub fn add(
    conn: &mut Conn,
    (cohort, author): (CohortId, AccountId),
    key: &str,
    draft: Draft<'_>,
    now: Instant,
) -> QueryResult<()> {
    insert(conn, (cohort, author), key, Audience::Everybody, draft, now).map(drop)
}

/// Whether it was not there yet.
fn insert(
    conn: &mut Conn,
    (cohort, author): (CohortId, AccountId),
    key: &str,
    audience: Audience,
    draft: Draft<'_>,
    now: Instant,
) -> QueryResult<bool> {
    let published_at = (draft.publish_at <= now).then_some(now);
    diesel::insert_into(announcements::table)
        .values((
            announcements::cohort_id.eq(cohort),
            announcements::author_id.eq(author),
            announcements::form_key.eq(key),
            announcements::title.eq(draft.title),
            announcements::body.eq(draft.body.text()),
            announcements::html.eq(draft.body.html()),
            announcements::by_mail.eq(draft.by_mail),
            announcements::publish_at.eq(draft.publish_at),
            announcements::published_at.eq(published_at),
            announcements::audience.eq(audience),
        ))
        .on_conflict(announcements::form_key)
        .do_nothing()
        .on_both()
        .execute(conn)
        .map(|made| made == 1)
}

/// Writes to some of a cohort's learners, by mail alone and at once. The same form again changes nothing; whether it did.
pub fn add_for_chosen(
    conn: &mut Conn,
    of: (CohortId, AccountId),
    key: &str,
    (title, body): (&str, &Written),
    to: &[EnrolmentId],
    now: Instant,
) -> QueryResult<bool> {
    let draft = Draft { title, body, by_mail: true, publish_at: now };
    if !insert(conn, of, key, Audience::Chosen, draft, now)? {
        return Ok(false);
    }
    let made = announcements::table.filter(announcements::form_key.eq(key)).select(announcements::id);
    let id = made.first::<AnnouncementId>(conn)?;
    // Neither database takes any number of values in one statement.
    for some in to.chunks(1_000) {
        let rows: Vec<_> = some
            .iter()
            .map(|who| (announcement_recipients::announcement_id.eq(id), announcement_recipients::enrolment_id.eq(who)))
            .collect();
        each!(conn, c => diesel::insert_into(announcement_recipients::table).values(&rows).execute(c))?;
    }
    Ok(true)
}

/// Changes one that is not published yet. False: it is by now, or withdrawn.
pub fn change_planned(conn: &mut Conn, id: AnnouncementId, draft: Draft<'_>, now: Instant) -> QueryResult<bool> {
    let planned = announcements::table
        .find(id)
        .filter(announcements::published_at.is_null())
        .filter(announcements::withdrawn_at.is_null());
    let published_at = (draft.publish_at <= now).then_some(now);
    diesel::update(planned)
        .set((
            announcements::title.eq(draft.title),
            announcements::body.eq(draft.body.text()),
            announcements::html.eq(draft.body.html()),
            announcements::by_mail.eq(draft.by_mail),
            announcements::publish_at.eq(draft.publish_at),
            announcements::published_at.eq(published_at),
        ))
        .execute(conn)
        .map(|changed| changed == 1)
}

/// Changes what a published one says. The same words again change nothing, so that it is not marked as changed.
pub fn change_published(
    conn: &mut Conn,
    id: AnnouncementId,
    title: &str,
    body: &Written,
    now: Instant,
) -> QueryResult<()> {
    let other = announcements::title.ne(title).or(announcements::body.ne(body.text()));
    diesel::update(announcements::table.find(id).filter(announcements::withdrawn_at.is_null()).filter(other))
        .set((
            announcements::title.eq(title),
            announcements::body.eq(body.text()),
            announcements::html.eq(body.html()),
            announcements::changed_at.eq(now),
        ))
        .execute(conn)
        .map(drop)
}

/// Nobody reads it any more, and no mail of it goes out from now on. The first time stands.
pub fn withdraw(conn: &mut Conn, id: AnnouncementId, now: Instant) -> QueryResult<()> {
    diesel::update(announcements::table.find(id).filter(announcements::withdrawn_at.is_null()))
        .set(announcements::withdrawn_at.eq(now))
        .execute(conn)
        .map(drop)
}

/// Whether there is something to publish: asked often, so it takes no lock.
pub fn is_due(conn: &mut Conn, now: Instant) -> QueryResult<bool> {
    let due = announcements::table
        .filter(announcements::published_at.is_null())
        .filter(announcements::withdrawn_at.is_null())
        .filter(announcements::publish_at.le(now));
    diesel::select(diesel::dsl::exists(due)).get_result(conn)
}

/// Publishes what is due, each once. How many that were.
pub fn publish_due(conn: &mut Conn, now: Instant) -> QueryResult<usize> {
    let due = announcements::table
        .filter(announcements::published_at.is_null())
        .filter(announcements::withdrawn_at.is_null())
        .filter(announcements::publish_at.le(now));
    diesel::update(due).set(announcements::published_at.eq(now)).execute(conn)
}

pub fn find(conn: &mut Conn, cohort: CohortId, id: AnnouncementId) -> QueryResult<Option<Announcement>> {
    announcements::table
        .inner_join(accounts::table)
        .filter(announcements::cohort_id.eq(cohort))
        .filter(announcements::id.eq(id))
        .select(ROW)
        .first(conn)
        .optional()
        .map(|row| row.map(announcement))
}

/// All of a cohort, planned and withdrawn ones too, the last written first. `before`: the last one seen.
pub fn list_all(
    conn: &mut Conn,
    cohort: CohortId,
    before: Option<AnnouncementId>,
    most: i64,
) -> QueryResult<Vec<Announcement>> {
    let rows: Vec<Row> = announcements::table
        .inner_join(accounts::table)
        .filter(announcements::cohort_id.eq(cohort))
        .filter(announcements::id.lt(before.unwrap_or(AnnouncementId(i64::MAX))))
        .order(announcements::id.desc())
        .limit(most)
        .select(ROW)
        .load(conn)?;
    Ok(rows.into_iter().map(announcement).collect())
}

/// A place in the list of what the cohort reads: the last one seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After {
    pub published_at: Instant,
    pub id: AnnouncementId,
}

/// What the cohort reads, newest first.
pub fn list_public(
    conn: &mut Conn,
    cohort: CohortId,
    after: Option<After>,
    most: i64,
) -> QueryResult<Vec<Announcement>> {
    let mut public = announcements::table
        .inner_join(accounts::table)
        .filter(announcements::cohort_id.eq(cohort))
        .filter(announcements::audience.eq(Audience::Everybody))
        .filter(announcements::published_at.is_not_null())
        .filter(announcements::withdrawn_at.is_null())
        .into_boxed();
    if let Some(after) = after {
        let earlier = announcements::published_at.lt(after.published_at).or(announcements::id.lt(after.id));
        public = public
            .filter(announcements::published_at.le(after.published_at).assume_not_null())
            .filter(earlier.assume_not_null());
    }
    let rows: Vec<Row> = public
        .order((announcements::published_at.desc(), announcements::id.desc()))
        .limit(most)
        .select(ROW)
        .load(conn)?;
    Ok(rows.into_iter().map(announcement).collect())
}
