//! What home tells besides the next step: the next live session, and what is new in the threads that somebody follows.

use super::course::Course;
use super::step_path;
use crate::discussion::store::News;
use crate::discussion::{Thread, counted};
use crate::live::{self, Moment, Session, steps};
use crate::platform::clock::Instant;
use crate::programme::Unit;

/// So many threads at most.
const MOST: usize = 4;

/// The next live session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meeting {
    pub when: String,
    /// For machines: the instant.
    pub at: String,
    pub title: String,
    /// Empty: its unit is not open yet.
    pub href: String,
    /// One may come in.
    pub is_near: bool,
}

/// The first session that is not over.
pub fn next_meeting(course: &Course<'_>, sessions: &[Session], now: Instant) -> Option<Meeting> {
    let cohort = &course.place.cohort;
    let session = sessions.iter().find(|session| !session.called_off && session.ends_at() > now)?;
    let (unit, step) = steps(&course.programme.units).find(|(unit, step)| session.is_of(unit, step))?;
    let is_open = is_open(course, unit);
    Some(Meeting {
        when: cohort.zone.plain(session.starts_at),
        at: session.starts_at.rfc3339(),
        title: live::title(unit, step, is_open),
        href: if is_open { step_path(cohort, unit, step) } else { String::new() },
        is_near: is_open && session.moment(now) == Moment::DoorsOpen && !session.link.is_empty(),
    })
}

/// A thread in which others have posted since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPosts {
    /// Leads to the first of them.
    pub href: String,
    pub title: String,
    /// `2 new posts`.
    pub count: String,
    /// `Week 3`.
    pub place: String,
}

/// Those of units that are open, newest activity first.
pub fn new_posts(course: &Course<'_>, news: Vec<News>) -> Vec<NewPosts> {
    news.into_iter().filter_map(|news| told(course, &news)).take(MOST).collect()
}

fn told(course: &Course<'_>, news: &News) -> Option<NewPosts> {
    let unit = match &news.thread.unit {
        Some(slug) => Some(course.programme.unit_called(slug)?),
        None => None,
    };
    if unit.is_some_and(|unit| !is_open(course, unit)) {
        return None;
    }
    Some(NewPosts {
        href: format!("{}?post={}", news.thread.path(&course.place.cohort), news.first),
        title: title(unit, &news.thread),
        count: if news.count == 1 { "1 new post".into() } else { format!("{} new posts", counted(news.count)) },
        place: unit.map_or("The whole course".into(), Unit::label),
    })
}

/// A step's own thread is called as the step is now.
fn title(unit: Option<&Unit>, thread: &Thread) -> String {
    let step = thread.step.as_ref().and_then(|slug| unit?.step_called(slug));
    step.map_or_else(|| thread.title.clone(), |step| step.title.clone())
}

fn is_open(course: &Course<'_>, unit: &Unit) -> bool {
    course.progress.units.iter().any(|u| u.unit.number == unit.number && u.is_open())
}
