//! One cohort: its dates, its facilitators, its invitations.

use actix_web::web::{Data, Path};
use askama::Template;

use super::{frame, note};
use crate::accounts::gate::administrator;
use crate::accounts::{AccountId, Person};
use crate::audit::{Act, Deed};
use crate::cohort::{Break, Cohort, EnrolmentId, Place, Role, store};
use crate::discussion;
use crate::enrolling;
use crate::enrolling::inviting::{hindrance, invite as invite_by_mail};
use crate::enrolling::list::Invitee;
use crate::platform::db::{Conn, Db};
use crate::platform::text::{EmailAddress, Slug, count};
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields, Frame};
use crate::platform::zone::day_in_words;
use crate::schedule;
use crate::schedule::pages::day_with_year;

#[derive(Template)]
#[template(path = "admin/cohort.html")]
struct CohortPage {
    frame: Frame,
    name: String,
    /// The course's own address.
    path: String,
    /// This page's address.
    own: String,
    starts: String,
    hour: String,
    zone: String,
    joining: &'static str,
    last_day: String,
    last_look: String,
    learners: String,
    breaks: Vec<String>,
    facilitators: Vec<Facilitator>,
    facilitator: Field,
    invited: Field,
    faults: Faults,
}

struct Facilitator {
    enrolment: EnrolmentId,
    name: String,
    email: String,
}

pub async fn show(ask: Ask, db: Data<Db>, slug: Path<String>) -> Answer {
    let asked = ask.clone();
    let page = db
        .read(move |conn| {
            let person = administrator(conn, &asked)?;
            let cohort = find(conn, &slug)?;
            page(conn, &asked, &person, &cohort, &Fields::default(), Faults::default())
        })
        .await?;
    ask.page(page)
}

/// Appoints the holder of an address: at once if there is such an account, otherwise by an invitation.
pub async fn appoint(ask: Ask, db: Data<Db>, slug: Path<String>, fields: Fields) -> Answer {
    bring_in(ask, db, slug.into_inner(), fields, Role::Facilitator).await
}

pub async fn invite(ask: Ask, db: Data<Db>, slug: Path<String>, fields: Fields) -> Answer {
    bring_in(ask, db, slug.into_inner(), fields, Role::Learner).await
}

async fn bring_in(ask: Ask, db: Data<Db>, slug: String, fields: Fields, role: Role) -> Answer {
    let field = if role == Role::Facilitator { "facilitator" } else { "invited" };
    fields.only(&[field])?;
    let asked = ask.clone();
    let (cohort, flash) = db
        .write(move |conn| {
            let person = administrator(conn, &asked)?;
            let cohort = find(conn, &slug)?;
            let mut faults = Faults::default();
            let Some(email) = faults.check(field, EmailAddress::parse(fields.get(field))) else {
                return Err(Error::refused(page(conn, &asked, &person, &cohort, &fields, faults)?));
            };
            enrolling::store::lock(conn, cohort.id)?;
            if role == Role::Learner
                && let Some(why) = hindrance(conn, cohort.id, &email, asked.now)?
            {
                faults.add(field, why);
                return Err(Error::refused(page(conn, &asked, &person, &cohort, &fields, faults)?));
            }
            let place = Place { cohort, person, enrolment: None, looking: None };
            let flash = enrol_or_invite(conn, &asked, &place, email, role)?;
            Ok::<_, Error>((place.cohort, flash))
        })
        .await?;
    ask.done(format!("/admin/cohorts/{}", cohort.slug), flash)
}

fn enrol_or_invite(
    conn: &mut Conn,
    ask: &Ask,
    place: &Place,
    email: EmailAddress,
    role: Role,
) -> Result<&'static str, Error> {
    if role == Role::Facilitator
        && let Some(account) = store::account_of(conn, email.key())?
    {
        appoint_account(conn, ask, place, (email.as_str(), account))?;
        return Ok("facilitator-appointed");
    }
    invite_by_mail(conn, place, role, &[Invitee { name: String::new(), email }], ask.now)?;
    Ok("invited")
}

/// Whatever they were or waited for before, they facilitate now; who does already, still does.
fn appoint_account(
    conn: &mut Conn,
    ask: &Ask,
    place: &Place,
    (address, account): (&str, AccountId),
) -> Result<(), Error> {
    let cohort = place.cohort.id;
    enrolling::store::settle(conn, cohort, account, ask.now)?;
    if store::role_in(conn, cohort, account)? == Some(Role::Facilitator) {
        return Ok(());
    }
    store::enrol(conn, cohort, account, Role::Facilitator, ask.now)?;
    keep(conn, ask, (&place.person, &place.cohort), Act::AppointFacilitator, (address, account))
}

/// Keeps an act on somebody in the log.
fn keep(
    conn: &mut Conn,
    ask: &Ask,
    (person, cohort): (&Person, &Cohort),
    act: Act,
    (name, account): (&str, AccountId),
) -> Result<(), Error> {
    let path = format!("/admin/cohorts/{}", cohort.slug);
    let deed = Deed { act, subject: name, path: &path, reason: "", about: Some(account) };
    note(conn, person, Some(cohort.id), deed, ask.now)
}

pub async fn dismiss(ask: Ask, db: Data<Db>, path: Path<(String, i64)>, fields: Fields) -> Answer {
    fields.only(&[])?;
    let asked = ask.clone();
    let (slug, enrolment) = path.into_inner();
    let cohort = db
        .write(move |conn| {
            let person = administrator(conn, &asked)?;
            let cohort = find(conn, &slug)?;
            let enrolment = EnrolmentId(enrolment);
            enrolling::store::lock(conn, cohort.id)?;
            if let Some((account, name)) = store::dismiss_facilitator(conn, cohort.id, enrolment)? {
                enrolling::store::withdraw_invitation_of(conn, cohort.id, account, asked.now)?;
                discussion::store::give_up_claims(conn, Some(cohort.id), account)?;
                keep(conn, &asked, (&person, &cohort), Act::DismissFacilitator, (&name, account))?;
            } else if !store::was_facilitator(conn, cohort.id, enrolment)? {
                return Err(Error::NotFound);
            }
            Ok::<_, Error>(cohort)
        })
        .await?;
    ask.done(format!("/admin/cohorts/{}", cohort.slug), "facilitator-dismissed")
}

pub(super) fn find(conn: &mut Conn, slug: &str) -> Result<Cohort, Error> {
    let slug = Slug::parse(slug).ok_or(Error::NotFound)?;
    store::find(conn, &slug)?.ok_or(Error::NotFound)
}

fn page(
    conn: &mut Conn,
    ask: &Ask,
    person: &Person,
    cohort: &Cohort,
    fields: &Fields,
    faults: Faults,
) -> Result<CohortPage, Error> {
    let facilitators = store::list_facilitators(conn, cohort.id)?
        .into_iter()
        .map(|(enrolment, name, email)| Facilitator { enrolment, name, email });
    let releases = schedule::store::list_releases(conn, cohort.id)?;
    let learners = usize::try_from(store::count_learners(conn, cohort.id)?).unwrap_or(0);
    Ok(CohortPage {
        frame: frame(ask, person),
        name: cohort.name.clone(),
        path: cohort.path(),
        own: format!("/admin/cohorts/{}", cohort.slug),
        starts: day_with_year(cohort.starts_on),
        hour: cohort.release_time.format("%H:%M").to_string(),
        zone: cohort.zone.name().into(),
        joining: cohort.joining.in_words(),
        last_day: day_with_year(schedule::last_day(cohort, &releases)),
        last_look: day_with_year(cohort.last_day_of_access()),
        learners: count(learners, "learner"),
        breaks: store::list_breaks(conn, cohort.id)?.iter().map(break_in_words).collect(),
        facilitators: facilitators.collect(),
        facilitator: Field::new("facilitator", "Email address of a facilitator")
            .hint("With an account they facilitate at once; without one they get an invitation.")
            .sent(fields, &faults),
        invited: Field::new("invited", "Email address of a learner")
            .hint("They get a mail with a link that works for 14 days.")
            .sent(fields, &faults),
        faults,
    })
}

fn break_in_words(pause: &Break) -> String {
    let year = pause.last_day.format("%Y");
    format!("{}: {} to {} {year}", pause.name, day_in_words(pause.first_day), day_in_words(pause.last_day))
}
