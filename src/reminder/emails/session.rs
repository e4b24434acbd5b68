//! The mail about a live session, with a file for the reader's calendar.

use askama::Template as _;

use super::Sender;
use super::views::{Session as Facts, SessionHtml, SessionText};
use crate::live::{self, Session};
use crate::outbox::Letter;
use crate::platform::clock::Instant;
use crate::platform::ics::{Event, Invitation, When};
use crate::platform::text::duration;
use crate::platform::zone::{Zone, day_and_month, hour_in_words, weekday};
use crate::reminder::Kind;
use crate::reminder::live::Planned;
use crate::reminder::store::{Course, Learner};
use crate::schedule::release_of;

const OF_SESSION: &str = "Each live session sends one the day before, one in the hour before, and one if it moves.";
/// How long a subject may be: telephones show no more.
const SUBJECT: usize = 60;

/// What one mail is about.
pub struct SessionMail<'a> {
    pub planned: Planned<'a>,
    pub kind: Kind,
    /// Whether the unit is open: of one that is not, nothing is told but its number.
    pub is_open: bool,
    pub now: Instant,
}

impl<'a> SessionMail<'a> {
    /// As it is written at that moment.
    pub fn of(course: &'a Course, planned: Planned<'a>, kind: Kind, now: Instant) -> Self {
        let release = release_of(planned.unit, &course.releases);
        Self { planned, kind, is_open: release.is_some_and(|release| release.is_open(now)), now }
    }
}

pub fn session(
    sender: &Sender<'_>,
    to: &Learner,
    mail: &SessionMail<'_>,
    expires_at: Instant,
) -> Result<Letter, askama::Error> {
    let Planned { unit, step, session } = mail.planned;
    let zone = &sender.cohort.zone;
    let title = live::title(unit, step, mail.is_open);
    let heading = heading(mail, zone);
    let invitation = sender.invitation(to, mail, &title);
    let facts = Facts {
        course: &sender.programme.title,
        name: &to.name,
        what: if mail.is_open { format!("{title}, {}", unit.full_title()) } else { title.clone() },
        when: when(session, zone),
        time: duration(session.minutes.unsigned_abs()),
        has_moved: mail.kind == Kind::LiveChanged,
        called_off: session.called_off,
        has_calendar: invitation.is_some(),
        button: if mail.is_open { "Open the session’s page" } else { "Open the unit’s page" },
        url: sender.session_url(mail),
        signed: sender.signed(),
        foot: sender.foot(to, OF_SESSION),
        heading,
    };
    let subject = subject(&facts.heading, &if mail.is_open { title } else { unit.label() });
    let (text, html) = (SessionText { m: &facts }.render()?, SessionHtml { m: &facts }.render()?);
    let calendar = invitation.map(|invitation| invitation.write(mail.now));
    Ok(Letter { calendar, ..sender.letter(to, subject, &text, html, expires_at) })
}

/// 'Live session on Thursday at 12:30pm', 'Live session today at 12:30pm', 'Live session called off'.
fn heading(mail: &SessionMail<'_>, zone: &Zone) -> String {
    let session = mail.planned.session;
    let local = zone.local(session.starts_at);
    let (day, hour) = (local.date(), hour_in_words(local.time()));
    match mail.kind {
        Kind::LiveChanged if session.called_off => "Live session called off".into(),
        Kind::LiveChanged => format!("Live session moved to {} at {hour}", day_and_month(day)),
        _ if day == zone.local_date(mail.now) => format!("Live session today at {hour}"),
        _ => format!("Live session on {} at {hour}", weekday(day)),
    }
}

fn when(session: &Session, zone: &Zone) -> String {
    let time = zone.plain_with_year(session.starts_at);
    if session.called_off { format!("It was to be {time}.") } else { format!("{time}.") }
}

/// With what it is about where there is room for it.
fn subject(heading: &str, title: &str) -> String {
    let both = format!("{heading}: {title}");
    if both.chars().count() <= SUBJECT { both } else { heading.to_owned() }
}

impl Sender<'_> {
    fn session_url(&self, mail: &SessionMail<'_>) -> String {
        let Planned { unit, step, .. } = mail.planned;
        let unit = format!("{}/units/{}", self.cohort.path(), unit.number);
        self.base_url.join(&if mail.is_open { format!("{unit}/{}", step.slug) } else { unit })
    }

    /// For the reader's calendar, under the name that the course's feed gives it. There must be somebody who asks for it:
    /// the facilitator who has been
    /// there longest, so that a change comes from whom the invitation came from.
    fn invitation(&self, to: &Learner, mail: &SessionMail<'_>, title: &str) -> Option<Invitation> {
        let Planned { unit, step, session } = mail.planned;
        let (_, name, address) = self.facilitators.iter().min_by_key(|(enrolment, ..)| enrolment.0)?;
        let minutes = session.minutes.unsigned_abs();
        let event = Event {
            uid: live::calendar_uid(self.cohort, unit, step, self.base_url.host()),
            sequence: session.version,
            when: When::At { instant: session.starts_at, minutes },
            summary: title.to_owned(),
            url: self.session_url(mail),
            busy: true,
            called_off: session.called_off,
        };
        let attendee = (to.name.clone(), to.email.clone());
        Some(Invitation { event, organizer: (name.clone(), address.clone()), attendee })
    }
}
