//! Who learns together: cohorts and their enrolments. How people come in is told by `enrolling`.

pub mod gate;
pub mod pages;
pub mod sender;
pub mod store;

use chrono::{NaiveDate, NaiveTime};

use crate::accounts::Person;
use crate::platform::clock::Instant;
use crate::platform::text::Slug;
use crate::platform::web::{Ask, Frame, Nav};
use crate::platform::zone::Zone;
use crate::{id, words};

id!(CohortId);
id!(EnrolmentId);

words! {
    /// What somebody is in a cohort.
    Role { Learner = "learner", Facilitator = "facilitator" }
}

words! {
    Standing { Active = "active", Withdrawn = "withdrawn" }
}

words! {
    /// Who may join. Who is invited may always.
    Joining { Open = "open", Code = "code", Approval = "approval", Invitation = "invitation" }
}

impl Joining {
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Open => "Everybody with an account",
            Self::Code => "Who has the enrolment code",
            Self::Approval => "Who asks, and is accepted by a facilitator",
            Self::Invitation => "Only who is invited",
        }
    }
}

/// One run of a programme: dates, zone, people.
#[derive(Debug, Clone)]
pub struct Cohort {
    pub id: CohortId,
    pub slug: Slug,
    pub programme: Slug,
    pub name: String,
    /// The first weekly unit opens then.
    pub starts_on: NaiveDate,
    /// Local.
    pub release_time: NaiveTime,
    pub zone: Zone,
    /// Unit 0 opens so many days before the start.
    pub orientation_days: i32,
    /// Set by hand; otherwise 4 weeks after the last release.
    pub closes_on: Option<NaiveDate>,
    /// Set by hand; otherwise a year after the start.
    pub access_ends_on: Option<NaiveDate>,
    pub joining: Joining,
    /// Counts every change of the schedule.
    pub schedule_version: i32,
    /// Where the cohort was read with one learner's place in it: the last day on which they may still take part, should that
    /// be later than for the others.
    pub extra_until: Option<NaiveDate>,
    /// What stands before its addresses, where somebody looks at it as another does. Empty: nothing.
    pub before: String,
}

impl Cohort {
    pub fn path(&self) -> String {
        format!("{}/cohorts/{}", self.before, self.slug)
    }

    /// The first instant without access to units.
    pub fn access_ends_at(&self) -> Instant {
        self.zone.instant(self.first_day_without_access().and_time(NaiveTime::MIN))
    }

    pub fn last_day_of_access(&self) -> NaiveDate {
        let day = self.first_day_without_access();
        day.pred_opt().unwrap_or(day)
    }

    fn first_day_without_access(&self) -> NaiveDate {
        let day = self.access_ends_on.or_else(|| self.starts_on.checked_add_months(chrono::Months::new(12)));
        day.max(self.extra_until.and_then(|last| last.succ_opt())).unwrap_or(NaiveDate::MAX)
    }
}

/// A range of days with no release, both days included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Break {
    pub name: String,
    pub first_day: NaiveDate,
    pub last_day: NaiveDate,
}

/// One person in one cohort.
#[derive(Debug, Clone)]
pub struct Enrolment {
    pub id: EnrolmentId,
    pub role: Role,
    pub enrolled_at: Instant,
    pub last_seen_at: Option<Instant>,
    pub reminders_stopped: bool,
    /// No announcements by mail; they stand on the course's pages all the same.
    pub announcements_stopped: bool,
    /// When they last looked at the announcements.
    pub announcements_seen_at: Option<Instant>,
    /// No mails about discussions.
    pub discussions_stopped: bool,
}

impl Enrolment {
    /// A learner's, and yet nobody's: nothing is kept of it.
    fn nobodys(enrolled_at: Instant, now: Instant) -> Self {
        Self {
            id: NOBODY,
            role: Role::Learner,
            enrolled_at,
            last_seen_at: Some(now),
            reminders_stopped: false,
            announcements_stopped: false,
            announcements_seen_at: Some(now),
            discussions_stopped: false,
        }
    }
}

/// Somebody within a cohort: made only by [`gate`], so whoever holds one may be there.
#[derive(Debug, Clone)]
pub struct Place {
    pub cohort: Cohort,
    pub person: Person,
    /// None for an administrator who is not enrolled.
    pub enrolment: Option<Enrolment>,
    /// A facilitator looks at the course as a learner does: the enrolment is nobody's then.
    pub looking: Option<Looking>,
}

/// As whom a facilitator looks at the course. What only a learner themselves may read is not seen.
#[derive(Debug, Clone)]
pub struct Looking {
    /// None: any learner.
    pub learner: Option<EnrolmentId>,
    /// 'You see the course as …'
    pub words: String,
}

/// An enrolment that nobody has: who is not enrolled, or only looks, has marks and texts nowhere.
pub const NOBODY: EnrolmentId = EnrolmentId(0);

impl Place {
    pub fn facilitates(&self) -> bool {
        self.looking.is_none() && self.is_staff()
    }

    fn is_staff(&self) -> bool {
        self.person.is_administrator || self.enrolment.as_ref().is_some_and(|e| e.role == Role::Facilitator)
    }

    /// The enrolment whose completions count: a learner's.
    pub fn learner(&self) -> Option<EnrolmentId> {
        self.enrolment.as_ref().filter(|e| e.role == Role::Learner).map(|e| e.id)
    }

    /// Whose progress and allowances a page shows: a learner's own, or those of whom a facilitator looks at.
    pub fn seen_as(&self) -> Option<EnrolmentId> {
        match &self.looking {
            Some(looking) => looking.learner.or(Some(NOBODY)),
            None => self.learner(),
        }
    }

    /// The page's frame, with the same items on every page of the cohort.
    pub fn frame(&self, ask: &Ask) -> Frame {
        let path = self.cohort.path();
        let here = |nav: Nav| nav.marked(&ask.path);
        let mut frame = Frame::of_person(ask, &self.person.name);
        let own = self.person.undeliverable_at.filter(|_| self.looking.is_none());
        frame.mail_returns = own.map(|_| self.person.email.clone());
        let mut programme = here(Nav::new("Programme", path.clone()));
        if programme.current == "true" && !ask.path.starts_with(&format!("{path}/units/")) {
            // The cohort's other pages begin with the same address.
            programme.current = "";
        }
        frame.nav.push(programme);
        frame.nav.push(here(Nav::new("Discussions", format!("{path}/discussions"))));
        if self.learner().is_some() {
            frame.own.push(Nav::new("Your progress", format!("{path}/progress")));
        }
        if self.looking.is_none() && self.learner().is_some() {
            frame.own.push(Nav::new("Your certificate", format!("{path}/certificate")));
            frame.own.push(Nav::new("Your portfolio", format!("{path}/portfolio")));
        }
        if self.looking.is_none() && self.enrolment.is_some() {
            frame.own.push(Nav::new("Your notes", format!("{path}/notes")));
            frame.own.push(Nav::new("Your card", format!("{path}/people/me")));
            frame.own.push(Nav::new("Your mails", format!("{path}/reminders")));
        }
        frame.nav.push(here(Nav::new("Library", format!("{path}/library"))));
        frame.nav.push(here(Nav::new("People", format!("{path}/people"))));
        frame.nav.push(here(Nav::new("Calendar", format!("{path}/calendar"))));
        if self.facilitates() {
            frame.staff_nav = vec![
                Nav::new("Who needs you", format!("{path}/manage")).only_at(&ask.path),
                here(Nav::new("Learners", format!("{path}/manage/learners"))),
                here(Nav::new("Enrol", format!("{path}/manage/enrol"))),
                here(Nav::new("Needs a reply", format!("{path}/manage/discussions"))),
                here(Nav::new("Schedule", format!("{path}/manage/schedule"))),
                here(Nav::new("Live sessions", format!("{path}/manage/live"))),
                here(Nav::new("Reminders", format!("{path}/manage/reminders"))),
                here(Nav::new("Announcements", format!("{path}/manage/announcements"))),
                here(Nav::new("Assignments", format!("{path}/manage/assignments"))),
                here(Nav::new("Analytics", format!("{path}/manage/analytics"))),
                here(Nav::new("Guide", format!("{path}/manage/guide"))),
            ];
        }
        frame.search = if self.looking.is_none() { format!("{path}/search") } else { String::new() };
        frame.looking = self
            .looking
            .as_ref()
            .map(|looking| (looking.words.clone(), format!("/cohorts/{}/manage/look", self.cohort.slug)));
        frame.foot = format!("{}. All times are {}.", self.cohort.name, zone_in_words(&self.cohort.zone));
        frame
    }
}

/// `UK time`, or the zone's own name.
pub fn zone_in_words(zone: &Zone) -> String {
    if zone.name() == "Europe/London" { "UK time".into() } else { format!("in the time zone {}", zone.name()) }
}
