//! `/admin/people/{account}`: one account, and what an administrator can do with it.

mod acts;

use actix_web::web::{Data, Path};
use askama::Template;

pub use acts::{change_administrator, change_standing, end_sessions, lift_address, send_letter};

use super::{ActRow, MailRow, act_row, frame, mail_row, number};
use crate::accounts::gate::administrator;
use crate::accounts::store::{Session, list_sessions};
use crate::accounts::{AccountId, Person};
use crate::admin::{Enrolled, Holder, store};
use crate::audit;
use crate::cohort::{Role, Standing};
use crate::outbox;
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, Db};
use crate::platform::text::{ago, count};
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields, Frame};
use crate::platform::zone::Zone;

/// How many mails and acts stand on the page: the newest.
const NEWEST: i64 = 10;

#[derive(Template)]
#[template(path = "admin/person.html")]
struct PersonPage {
    frame: Frame,
    faults: Faults,
    path: String,
    name: String,
    email: String,
    states: Vec<(&'static str, &'static str)>,
    /// About the account, in sentences.
    facts: Vec<String>,
    is_oneself: bool,
    is_administrator: bool,
    /// Whether they could be made one.
    may_administer: bool,
    is_suspended: bool,
    is_confirmed: bool,
    is_undeliverable: bool,
    reason: Field,
    /// Their own, of whoever changes who administers.
    password: Field,
    places: Vec<PlaceRow>,
    sessions: Vec<SessionRow>,
    /// The newest.
    mails: Vec<MailRow>,
    acts: Vec<ActRow>,
    all_acts: String,
}

struct PlaceRow {
    cohort: String,
    /// Their page among the cohort's learners, or the cohort's own.
    href: String,
    role: &'static str,
    is_in: bool,
    since: String,
    last_here: String,
}

struct SessionRow {
    began: String,
    used: String,
    ends: String,
}

pub async fn show(ask: Ask, db: Data<Db>, path: Path<String>) -> Answer {
    let asked = ask.clone();
    let page = db.report(move |conn| {
        let me = administrator(conn, &asked)?;
        page(conn, &asked, &me, AccountId(number(&path)?), &Fields::default(), Faults::default())
    });
    ask.page(page.await?)
}

/// Five queries.
fn page(
    conn: &mut Conn,
    ask: &Ask,
    me: &Person,
    id: AccountId,
    fields: &Fields,
    faults: Faults,
) -> Result<PersonPage, Error> {
    let them = store::find_person(conn, id)?.ok_or(Error::NotFound)?;
    let places = store::list_enrolments(conn, id)?;
    let sessions = list_sessions(conn, id, ask.now)?;
    let mails = outbox::store::list_to(conn, id.0, NEWEST)?;
    let wanted = audit::Wanted { account: Some(id), ..Default::default() };
    let acts = audit::store::list(conn, &wanted, None, NEWEST)?;
    Ok(PersonPage {
        frame: frame(ask, me),
        path: them.path(),
        states: them.states(),
        facts: facts(&them),
        is_oneself: me.id == id,
        is_administrator: them.is_administrator,
        may_administer: them.verified_at.is_some() && them.suspended_at.is_none(),
        is_suspended: them.suspended_at.is_some(),
        is_confirmed: them.verified_at.is_some(),
        is_undeliverable: them.undeliverable_at.is_some(),
        reason: Field::new("reason", "Why?")
            .hint("It is kept in the log of acts, which administrators read. They themselves do not read it.")
            .sent(fields, &faults),
        password: Field::new("password", "Your own password")
            .hint("So that nobody else does it from your browser. The other administrators are told by mail.")
            .sent(fields, &faults),
        places: places.into_iter().map(place).collect(),
        sessions: sessions.into_iter().map(|session| session_row(session, ask.now)).collect(),
        mails: mails.into_iter().map(mail_row).collect(),
        acts: acts.into_iter().map(act_row).collect(),
        all_acts: format!("/admin/audit?account={id}"),
        name: them.name,
        email: them.email,
        faults,
    })
}

fn facts(them: &Holder) -> Vec<String> {
    let exact = |at: Instant| Zone::utc().exact(at);
    let made = format!("Made {}.", exact(them.created_at));
    let confirmed = them
        .verified_at
        .map_or("The address was never confirmed.".into(), |at| format!("The address was confirmed {}.", exact(at)));
    let suspended = them.suspended_at.map(|at| format!("Suspended since {}.", exact(at)));
    let dead = them.undeliverable_at.map(|at| format!("Nothing is sent to the address since {}.", exact(at)));
    [made, confirmed].into_iter().chain(suspended).chain(dead).collect()
}

fn place(place: Enrolled) -> PlaceRow {
    let cohort = format!("/cohorts/{}", place.slug);
    let learns = place.role == Role::Learner;
    PlaceRow {
        cohort: place.cohort,
        href: if learns { format!("{cohort}/manage/learners/{}", place.enrolment) } else { cohort },
        role: if learns { "Learner" } else { "Facilitator" },
        is_in: place.standing == Standing::Active,
        since: Zone::utc().exact(place.enrolled_at),
        last_here: place.last_seen_at.map_or_else(|| "Never".into(), |at| Zone::utc().exact(at)),
    }
}

fn session_row(session: Session, now: Instant) -> SessionRow {
    SessionRow {
        began: Zone::utc().exact(session.began_at),
        used: ago(now.since(session.last_seen_at)),
        ends: Zone::utc().exact(session.expires_at),
    }
}

impl PersonPage {
    fn sessions_in_words(&self) -> String {
        format!("Signed in on {}.", count(self.sessions.len(), "browser"))
    }
}
