//! What will be sent from now on: all of it on one page, each mail as a learner gets it, and once to whoever looks.

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use actix_web::web::{Data, Path};
use askama::Template;

use super::{facilitated, path};
use crate::accounts::Person;
use crate::cohort::store::list_facilitators;
use crate::cohort::{EnrolmentId, Place, Standing};
use crate::outbox::Letter;
use crate::outbox::store::queue;
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, Db};
use crate::platform::text::Slug;
use crate::platform::web::{Answer, Ask, Error, Fields, Frame};
use crate::programme::{Catalogue, Content, Programme, Unit};
use crate::reminder::Kind;
use crate::reminder::due::Due;
use crate::reminder::emails::Sender;
use crate::reminder::live;
use crate::reminder::preview::{Coming, Everybody, letter, list_coming, list_proposed};
use crate::reminder::store::{self, Course, Learner};
use crate::schedule::pages::Proposed;

#[derive(Template)]
#[template(path = "reminder/preview.html")]
struct Preview {
    frame: Frame,
    path: String,
    cohort: String,
    proposed: Option<Proposed>,
    rows: Vec<Row>,
    /// What a proposed schedule sends no more: the mail, and when it would have gone.
    gone: Vec<(String, String)>,
}

struct Row {
    href: String,
    what: String,
    when: String,
    /// When it goes as the schedule stands, where a proposed one has another time.
    was: String,
    when_at: String,
    is_on: bool,
    to: usize,
    /// Why the others get none.
    not: Vec<String>,
}

/// One mail, with what tells it apart from the others.
#[derive(Template)]
#[template(path = "reminder/mail.html")]
struct MailPage {
    frame: Frame,
    path: String,
    /// The page with all of them.
    list: String,
    /// The same mail for somebody who is further on, or less far.
    other: String,
    action: String,
    html: String,
    subject: String,
    text: String,
    what: String,
    /// When it goes out, as a sentence.
    when: String,
    is_proposed: bool,
    email: String,
    has_begun: bool,
    /// Whether it reads otherwise for who has begun.
    varies: bool,
}

/// Cohort, unit and kind, as addresses write them.
type Address = (String, String, String);

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, slug: Path<String>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let page = db.report(move |conn| page(conn, &asked, &catalogue, &slug));
    ask.page(page.await?)
}

/// Eight queries with the gate's, and six more for a schedule that is only proposed.
fn page(conn: &mut Conn, ask: &Ask, catalogue: &Catalogue, slug: &str) -> Result<Preview, Error> {
    let (place, programme) = facilitated(conn, ask, catalogue, slug)?;
    let proposed = Proposed::read(conn, ask, catalogue, slug, &ask.parameters()?)?;
    let (mut rows, mut gone) = (Vec::new(), Vec::new());
    if let Some(mut course) = store::course(conn, place.cohort.id)? {
        let mut stands = Vec::new();
        if let Some(proposed) = &proposed {
            stands = list_coming(&course, programme, ask.now);
            course.releases = proposed.releases.clone();
        }
        let dues = list_dues(&course, programme, proposed.as_ref(), ask.now);
        let zone = &course.cohort.zone;
        stands.retain(|old| {
            let goes = dues.iter().any(|due| old.is_about(&due.unit, due.kind, &due.occasion));
            if !goes {
                gone.push((what(old, programme), zone.exact(old.at)));
            }
            goes
        });
        let coming = everybody(conn, &place, (&course, programme), &dues)?.count(&course, programme, dues);
        let table = Table { course: &course, programme, path: path(&place), proposed: proposed.as_ref(), stands };
        rows = coming.into_iter().map(|coming| table.row(coming, ask.now)).collect();
    }
    Ok(Preview { frame: place.frame(ask), path: path(&place), cohort: place.cohort.name.clone(), proposed, rows, gone })
}

fn list_dues(course: &Course, programme: &Programme, proposed: Option<&Proposed>, now: Instant) -> Vec<Due> {
    match proposed {
        Some(_) => list_proposed(course, programme, now),
        None => list_coming(course, programme, now),
    }
}

/// Three queries, and one more where something falls due once more.
fn everybody(
    conn: &mut Conn,
    place: &Place,
    (course, programme): (&Course, &Programme),
    dues: &[Due],
) -> Result<Everybody, Error> {
    let learners = store::list_learners(conn, place.cohort.id, EnrolmentId(0), i64::MAX)?;
    let of = |learner: Option<&Learner>| learner.map_or(EnrolmentId(0), |learner| learner.enrolment);
    let span = store::Span { cohort: place.cohort.id, first: of(learners.first()), last: of(learners.last()) };
    let mut everybody = Everybody { learners, ..Everybody::default() };
    everybody.wishes = store::list_wishes(conn, span)?.into_iter().collect();
    let reminds = dues.iter().filter(|due| due.kind.is_of_work());
    let units: Vec<_> = reminds.filter_map(|due| programme.unit_called(&due.unit)).flat_map(Unit::names).collect();
    for (enrolment, unit, step) in store::list_done(conn, span, &units)? {
        everybody.done.entry(enrolment).or_default().push((unit, step));
    }
    let again: Vec<(&Unit, Kind)> = dues
        .iter()
        .filter_map(|due| Some((programme.unit_called(&due.unit)?, due.kind)))
        .filter(|(unit, kind)| course.has_run(unit, *kind))
        .collect();
    if !again.is_empty() {
        let units: Vec<&Slug> = again.iter().flat_map(|(unit, _)| unit.names()).collect();
        let kinds: Vec<Kind> = again.iter().map(|(_, kind)| *kind).collect();
        for row in store::list_decided(conn, span, &units, &kinds)? {
            everybody.decided.entry(row.enrolment).or_default().push(row);
        }
    }
    Ok(everybody)
}

/// What the rows of the page have in common.
struct Table<'a> {
    course: &'a Course,
    programme: &'a Programme,
    path: String,
    proposed: Option<&'a Proposed>,
    /// What comes as the schedule stands, if another one is proposed.
    stands: Vec<Due>,
}

impl Table<'_> {
    fn row(&self, coming: Coming, now: Instant) -> Row {
        let Coming { due, to, not, had } = coming;
        let zone = &self.course.cohort.zone;
        let had = (had > 0).then(|| format!("{had}: it went to them before the unit was moved"));
        let mut own = address(&due, self.course, self.programme);
        if let Some(proposed) = self.proposed {
            own = format!("{own}{}{}", if own.contains('?') { '&' } else { '?' }, proposed.change.encoded());
        }
        let stood = self.stands.iter().find(|old| old.is_about(&due.unit, due.kind, &due.occasion));
        Row {
            href: format!("{}/preview/{own}", self.path),
            what: what(&due, self.programme),
            when: if due.at > now { zone.exact(due.at) } else { "As soon as you save".into() },
            was: match (self.proposed, stood) {
                (Some(_), Some(old)) if old.at != due.at => zone.exact(old.at),
                (Some(_), None) => "Not as the schedule stands".into(),
                _ => String::new(),
            },
            when_at: due.at.rfc3339(),
            is_on: due.is_on,
            to,
            not: had.into_iter().chain(not.into_iter().map(|(why, n)| format!("{n}: {}", why.because()))).collect(),
        }
    }
}

/// `3/nudge`, `3/live_day?step=meet`.
fn address(due: &Due, course: &Course, programme: &Programme) -> String {
    let number = programme.unit_called(&due.unit).map(|unit| unit.number).unwrap_or_default();
    let step = live::find(course, programme, (&due.unit, due.kind, &due.occasion)).filter(|_| due.kind.is_live());
    let step = step.map(|planned| format!("?step={}", planned.step.slug)).unwrap_or_default();
    format!("{number}/{}{step}", due.kind)
}

fn what(due: &Due, programme: &Programme) -> String {
    let unit = programme.unit_called(&due.unit).map(|unit| unit.number).unwrap_or_default();
    format!("{}, unit {unit}", due.kind.heading())
}

pub async fn show_mail(ask: Ask, db: Data<Db>, content: Data<Content>, to: Path<Address>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let parameters = ask.parameters()?;
    let page = db.read(move |conn| {
        let one = One::find(conn, &asked, &catalogue, &to, &parameters)?;
        let letter = one.letter(conn)?;
        let query = if asked.query.is_empty() { String::new() } else { format!("?{}", asked.query) };
        Ok::<_, Error>(MailPage {
            frame: one.place.frame(&asked),
            path: path(&one.place),
            list: format!("{}/preview{}", path(&one.place), one.proposed_query()),
            other: one.other_query(&parameters),
            action: format!("{}/preview/{}/{}{query}", path(&one.place), to.1, to.2),
            html: format!("{}/preview/{}/{}/mail.html{query}", path(&one.place), to.1, to.2),
            subject: letter.subject,
            text: letter.text,
            what: what(&one.due, one.programme),
            when: one.when(),
            is_proposed: one.proposed.is_some(),
            email: one.place.person.email.clone(),
            has_begun: one.has_begun,
            varies: one.due.kind.is_of_work(),
        })
    });
    ask.page(page.await?)
}

/// The mail's other half, as mail programs draw it: it holds its own styles, and nothing else.
pub async fn show_html(ask: Ask, db: Data<Db>, content: Data<Content>, to: Path<Address>) -> Answer {
    let catalogue = content.current();
    let parameters = ask.parameters()?;
    let letter = db.read(move |conn| One::find(conn, &ask, &catalogue, &to, &parameters)?.letter(conn)).await?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; sandbox"))
        .body(letter.html.unwrap_or_default()))
}

/// Sends it to whoever asks, and to nobody else.
pub async fn send_test(ask: Ask, db: Data<Db>, content: Data<Content>, to: Path<Address>, fields: Fields) -> Answer {
    fields.only(&[])?;
    let (asked, catalogue) = (ask.clone(), content.current());
    let parameters = ask.parameters()?;
    let path = db.write(move |conn| {
        let one = One::find(conn, &asked, &catalogue, &to, &parameters)?;
        let letter = one.letter(conn)?;
        let expires_at = asked.now + chrono::TimeDelta::hours(72);
        let test = Letter { subject: format!("Test: {}", letter.subject), list: None, expires_at, ..letter };
        queue(conn, &test, asked.site.base_url.host(), asked.now)?;
        Ok::<_, Error>(format!("{}/preview{}", path(&one.place), one.proposed_query()))
    });
    ask.done(path.await?, "reminder-test-sent")
}

/// One of the mails that will be sent, and whoever looks at it.
struct One<'c> {
    ask: &'c Ask,
    place: Place,
    programme: &'c Programme,
    course: Course,
    due: Due,
    has_begun: bool,
    proposed: Option<Proposed>,
}

impl<'c> One<'c> {
    /// Five queries, and six more for a schedule that is only proposed.
    fn find(
        conn: &mut Conn,
        ask: &'c Ask,
        catalogue: &'c Catalogue,
        (slug, unit, kind): &Address,
        parameters: &Fields,
    ) -> Result<Self, Error> {
        let (place, programme) = facilitated(conn, ask, catalogue, slug)?;
        let mut course = store::course(conn, place.cohort.id)?.ok_or(Error::NotFound)?;
        let proposed = Proposed::read(conn, ask, catalogue, slug, parameters)?;
        if let Some(proposed) = &proposed {
            course.releases = proposed.releases.clone();
        }
        let step = parameters.get("step");
        let own = if step.is_empty() { format!("{unit}/{kind}") } else { format!("{unit}/{kind}?step={step}") };
        let mut coming = list_dues(&course, programme, proposed.as_ref(), ask.now).into_iter();
        let due = coming.find(|due| address(due, &course, programme) == own).ok_or(Error::NotFound)?;
        let has_begun = due.kind.is_of_work() && parameters.has("begun");
        Ok(Self { ask, place, programme, course, due, has_begun, proposed })
    }

    fn when(&self) -> String {
        let at = self.place.cohort.zone.exact(self.due.at);
        match (self.due.is_on, self.due.at > self.ask.now) {
            (false, _) => format!("It is switched off. It would go out on {at}."),
            (true, _) if self.proposed.is_none() => format!("It goes out on {at}."),
            (true, true) => format!("It would go out on {at}, if the change of the schedule is saved."),
            (true, false) => "It would go out as soon as the change of the schedule is saved.".into(),
        }
    }

    fn proposed_query(&self) -> String {
        self.proposed.as_ref().map(|proposed| format!("?{}", proposed.change.encoded())).unwrap_or_default()
    }

    fn other_query(&self, parameters: &Fields) -> String {
        let rest = parameters.without("begun");
        let begun = (!self.has_begun).then(|| ("begun".to_owned(), "1".to_owned()));
        let pairs = rest.pairs().map(|(name, value)| (name.to_owned(), value.to_owned()));
        format!("?{}", pairs.chain(begun).collect::<Fields>().encoded())
    }

    /// Two queries.
    fn letter(&self, conn: &mut Conn) -> Result<Letter, Error> {
        let cohort = &self.course.cohort;
        let facilitators = list_facilitators(conn, cohort.id)?;
        let base_url = &self.ask.site.base_url;
        let sender = Sender { cohort, programme: self.programme, facilitators: &facilitators, base_url };
        let enrolled = store::find_learner(conn, cohort.id, self.place.person.id)?;
        let to = enrolled.unwrap_or_else(|| stranger(&self.place.person, self));
        letter(&sender, &to, (&self.course, &self.due), self.has_begun)?.ok_or(Error::NotFound)
    }
}

/// An administrator who is not enrolled, as if they were.
fn stranger(person: &Person, one: &One<'_>) -> Learner {
    Learner {
        enrolment: EnrolmentId(0),
        standing: Standing::Active,
        enrolled_at: one.ask.now,
        unsubscribe_token: "test".into(),
        reminders_stopped_at: None,
        announcements_stopped_at: None,
        discussions_stopped_at: None,
        account: person.id,
        name: person.name.clone(),
        email: person.email.clone(),
        verified_at: None,
        suspended_at: None,
        undeliverable_at: None,
    }
}
