//! `/cohorts/{cohort}/manage/enrol`: how one gets in, who asks for a place, who waits, and who is invited and has not come.

use actix_web::web::{Data, Path};
use askama::Template;

use super::{path, people};
use crate::audit::{self, Act};
use crate::cohort::{Joining, Place, Role, gate};
use crate::enrolling::{Invitation, InvitationId, Places, Request, RequestId, Settings, Wish, join_path, store};
use crate::outbox::State;
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, Db};
use crate::platform::text::count;
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields, Frame};
use crate::platform::zone::Zone;

/// How many invitations a page shows.
const PAGE: usize = 50;
/// How many of those who ask, and of those who wait, a page shows: the first.
const MOST: i64 = 50;
const ACTS: i64 = 10;

#[derive(Template)]
#[template(path = "enrolling/manage.html")]
pub(super) struct Enrol {
    frame: Frame,
    faults: Faults,
    cohort: String,
    path: String,
    facts: Vec<(&'static str, Vec<String>)>,
    asked: Vec<Asker>,
    waiting: Vec<Asker>,
    /// How many ask and wait in all; the lists show the first.
    all_asked: usize,
    all_waiting: usize,
    words: Field,
    is_filtered: bool,
    invited: Vec<Invited>,
    next: Option<String>,
    is_first: bool,
    acts: Vec<String>,
}

/// Somebody who wants a place.
struct Asker {
    id: RequestId,
    name: String,
    email: String,
    when: String,
    why: String,
    /// What was typed to them, and what is wrong with it.
    answer: Field,
}

struct Invited {
    id: InvitationId,
    email: String,
    /// Empty: none is known.
    name: String,
    facilitates: bool,
    /// Invited again, or no more.
    may_change: bool,
    when: Vec<String>,
    mail: &'static str,
    look: &'static str,
}

pub async fn show(ask: Ask, db: Data<Db>, cohort: Path<String>) -> Answer {
    let asked = ask.clone();
    let sent = ask.parameters()?;
    let page = db.report(move |conn| {
        let place = gate::facilitated(conn, &asked, &cohort)?;
        Enrol::read(conn, &asked, &place, &sent)
    });
    ask.page(page.await?)
}

impl Enrol {
    /// Seven queries, besides that of the gate.
    fn read(conn: &mut Conn, ask: &Ask, place: &Place, sent: &Fields) -> Result<Self, Error> {
        sent.only(&["words", "before"])?;
        let before = match sent.get("before") {
            "" => None,
            text => Some(InvitationId(text.parse().map_err(|_| Error::BadRequest("'before' is a number."))?)),
        };
        let (id, zone, path) = (place.cohort.id, &place.cohort.zone, path(&place.cohort));
        let words = sent.get("words").trim();
        let settings = store::settings(conn, id)?;
        let places = store::places(conn, id, &settings, ask.now)?;
        let (asked, all_asked) = store::list_and_count(conn, id, Wish::Asked, MOST)?;
        let (waiting, all_waiting) = store::list_and_count(conn, id, Wish::Waiting, MOST)?;
        let mut invited = store::list_unanswered(conn, id, words, before, PAGE as i64 + 1)?;
        let acts = audit::store::list_newest(conn, id, Act::is_of_enrolling, ACTS)?;
        let more = invited.len() > PAGE;
        invited.truncate(PAGE);
        let next = invited.last().filter(|_| more).map(|last| {
            let words = serde_urlencoded::to_string([("words", words)]).unwrap_or_default();
            format!("{path}?{words}&before={}#invited", last.id)
        });
        Ok(Self {
            frame: place.frame(ask),
            faults: Faults::default(),
            cohort: place.cohort.name.clone(),
            facts: facts(ask, place, &settings, &places),
            all_asked: usize::try_from(all_asked).unwrap_or(0),
            all_waiting: usize::try_from(all_waiting).unwrap_or(0),
            asked: asked.into_iter().map(|request| Asker::of(request, zone)).collect(),
            waiting: waiting.into_iter().map(|request| Asker::of(request, zone)).collect(),
            words: Field::new("words", "Part of an address").value(words),
            is_filtered: !words.is_empty(),
            invited: invited.into_iter().map(|one| Invited::of(one, place, ask.now)).collect(),
            next,
            is_first: before.is_none(),
            acts: acts.iter().map(|act| act_in_words(act, zone)).collect(),
            path,
        })
    }

    /// The page again, with the words that were typed to somebody and why they were not taken.
    pub(super) fn refused(
        conn: &mut Conn,
        ask: &Ask,
        place: &Place,
        (request, typed): (RequestId, &str),
        why: String,
    ) -> Result<Error, Error> {
        let mut page = Self::read(conn, ask, place, &Fields::default())?;
        for asker in page.asked.iter_mut().chain(&mut page.waiting).filter(|asker| asker.id == request) {
            asker.answer.value = typed.into();
            asker.answer.error.clone_from(&why);
            page.faults.add(asker.answer.id.clone(), why.clone());
        }
        Ok(Error::refused(page))
    }
}

/// How one gets in.
fn facts(ask: &Ask, place: &Place, settings: &Settings, places: &Places) -> Vec<(&'static str, Vec<String>)> {
    let cohort = &place.cohort;
    let mut who = vec![format!("{}. Who is invited may always.", cohort.joining.in_words())];
    let mut facts = Vec::new();
    if cohort.joining != Joining::Invitation {
        let url = ask.site.base_url.join(&join_path(cohort));
        match &settings.code {
            Some(code) if cohort.joining == Joining::Code => {
                facts.push((
                    "Code",
                    vec![code.as_str().into(), format!("With it in the address: {url}?code={}", code.as_str())],
                ));
            }
            _ if cohort.joining == Joining::Code => {
                facts.push(("Code", vec!["It is switched off, so nobody can join.".into()]))
            }
            _ => facts.push(("Address to pass on", vec![url])),
        }
    }
    if !settings.domains.is_empty() {
        let domains = settings.domains.in_words();
        who.push(format!("Whoever joins or is invited by a list has an address at {domains}."));
    }
    facts.insert(0, ("Who may join", who));
    facts.push(("Places", vec![places_in_words(places)]));
    facts.push((
        "Invitations",
        vec![match settings.remind_after_days {
            Some(days) => {
                let days = count(usize::try_from(days).unwrap_or(0), "day");
                format!("Each holds for 14 days. Who has not answered is reminded once, after {days}.")
            }
            None => "Each holds for 14 days. Nobody is reminded.".into(),
        }],
    ));
    facts
}

fn places_in_words(places: &Places) -> String {
    let learners = count(usize::try_from(places.learners).unwrap_or(0), "learner");
    let invited = usize::try_from(places.invited).unwrap_or(0);
    let taken = match invited {
        0 => learners,
        1 => format!("{learners}, and 1 invitation that keeps a place"),
        many => format!("{learners}, and {many} invitations that keep a place"),
    };
    match (places.limit, places.free()) {
        (Some(limit), Some(free)) => format!("{taken}. Of {limit} places {free} are free."),
        _ => format!("{taken}. There is no limit."),
    }
}

impl Asker {
    fn of(request: Request, zone: &Zone) -> Self {
        let label = "A few words to them, if you like. They come by mail.";
        Self {
            answer: Field::new(&format!("answer-{}", request.id), label),
            id: request.id,
            name: request.name,
            email: request.email,
            when: zone.plain(request.since),
            why: request.why,
        }
    }
}

impl Invited {
    fn of(one: Invitation, place: &Place, now: Instant) -> Self {
        let zone = &place.cohort.zone;
        let mut when = vec![format!("Invited {}", zone.plain(one.invited_at))];
        when.extend(one.reminded_at.map(|at| format!("Reminded {}", zone.plain(at))));
        let expired = one.expires_at <= now;
        when.push(format!("{} {}", if expired { "Expired" } else { "Holds until" }, zone.plain(one.expires_at)));
        let (mail, look) = match (expired, one.mailed_at, one.mail) {
            (true, ..) => ("Expired", ""),
            (_, _, Some(State::Failed)) => ("Not delivered", "app-badge app-badge--warn"),
            (_, None, _) | (_, _, Some(State::Pending | State::Claimed | State::DataStarted)) => {
                ("On its way", "app-state")
            }
            (_, _, Some(State::Cancelled | State::Missed)) => ("Not sent", "app-badge app-badge--warn"),
            (_, _, Some(State::Unknown)) => ("Perhaps sent", "app-badge app-badge--warn"),
            (_, Some(_), Some(State::Sent) | None) => ("Sent", "app-state app-state--done"),
        };
        let facilitates = one.role == Role::Facilitator;
        let may_change = !facilitates || place.person.is_administrator;
        Self { id: one.id, email: one.email, name: one.name, facilitates, may_change, when, mail, look }
    }
}

/// `Priya Raman invited people: 4 people, today at 09:00`
fn act_in_words(entry: &audit::Entry, zone: &Zone) -> String {
    let reason = if entry.reason.is_empty() { String::new() } else { format!(" ({})", entry.reason) };
    format!("{} {}: {}{reason}, {}", entry.actor, entry.act.words(), entry.subject, zone.plain(entry.at))
}

/// Of those who ask and those who wait.
impl Enrol {
    fn summary(&self) -> String {
        match (self.all_asked, self.all_waiting) {
            (0, 0) => "Nobody waits for an answer.".into(),
            (asked, 0) => format!("{} for an answer.", wait(asked)),
            (0, waiting) => format!("{} for a place.", wait(waiting)),
            (asked, waiting) => format!("{} for an answer, and {} for a place.", wait(asked), people(waiting)),
        }
    }
}

fn wait(number: usize) -> String {
    format!("{} {}", people(number), if number == 1 { "waits" } else { "wait" })
}
