//! The job that makes mails of notices that are due: one for each post that is to be told at once, one digest for all the
//! rest, and a reason for each that goes into none.

use diesel::QueryResult;

use super::emails::Sender;
use super::store::{self, Reader, Waiting};
use super::{How, NotSent, NoticeId, Reason, due_at, refusal};
use crate::cohort::store::list_facilitators;
use crate::cohort::{Cohort, CohortId, EnrolmentId, Role};
use crate::outbox;
use crate::platform::clock::Instant;
use crate::platform::config::BaseUrl;
use crate::platform::db::{Conn, Db, DbError};
use crate::platform::text::Slug;
use crate::programme::{Catalogue, Content, Unit};
use crate::reminder::emails::unwritable;
use crate::reminder::store::{Course, course, find_wishes, lock};
use crate::schedule::gate::released_units;
use crate::schedule::store::list_early_access;

/// How many people one round looks up, and for how many one transaction writes.
const PEOPLE: i64 = 1_000;
const AT_A_TIME: usize = 50;
/// Facilitators have no reminders to leave room for: so many mails a day may come at once.
const FACILITATORS_CAP: i64 = 20;

/// What the mails need besides the database.
#[derive(Clone)]
pub struct Post {
    pub base_url: BaseUrl,
    /// Whether an answer by mail becomes a post.
    pub takes_answers: bool,
}

/// Settles every notice that is due, and gives how many people that was about. Safe to run again, and anywhere else at the
/// same time.
pub async fn write_due(db: &Db, content: &Content, post: &Post, now: Instant) -> Result<usize, DbError> {
    let mut done = 0;
    loop {
        let people = db.read(move |conn| store::list_with_notices(conn, now, PEOPLE).map_err(DbError::from)).await?;
        for cohort in people.chunk_by(|one, other| one.0 == other.0) {
            for some in cohort.chunks(AT_A_TIME) {
                let ids: Vec<EnrolmentId> = some.iter().map(|(_, person)| *person).collect();
                let (post, catalogue, of) = (post.clone(), content.current(), some.first().map(|(cohort, _)| *cohort));
                db.write(move |conn| write(conn, &catalogue, &post, (of, &ids), now).map_err(DbError::from)).await?;
            }
        }
        done += people.len();
        if (people.len() as i64) < PEOPLE {
            return Ok(done);
        }
    }
}

fn write(
    conn: &mut Conn,
    catalogue: &Catalogue,
    post: &Post,
    (cohort, people): (Option<CohortId>, &[EnrolmentId]),
    now: Instant,
) -> QueryResult<()> {
    let Some(cohort) = cohort else { return Ok(()) };
    lock(conn, cohort)?;
    // Read under the lock: another process may have been faster.
    let waiting = store::list_waiting(conn, people, now)?;
    let readers = store::list_readers(conn, people)?;
    let course = course(conn, cohort)?;
    let known = course.as_ref().and_then(|course| Some((course, catalogue.programme(&course.cohort.programme)?)));
    let Some((course, programme)) = known else {
        return waiting.iter().try_for_each(|one| store::settle_not_sent(conn, one.id, NotSent::Closed, now));
    };
    let facilitators = list_facilitators(conn, cohort)?;
    let sender = Sender {
        cohort: &course.cohort,
        programme,
        facilitators: &facilitators,
        base_url: &post.base_url,
        takes_answers: post.takes_answers,
    };
    let open = released_units(programme, &course.releases, now);
    let early = list_early_access(conn, people)?;
    let round = Round { course, sender, open, early, now };
    for reader in &readers {
        let of: Vec<&Waiting> = waiting.iter().filter(|one| one.reader == reader.to.enrolment).collect();
        round.settle(conn, reader, &of)?;
    }
    Ok(())
}

/// What one transaction works with.
struct Round<'a> {
    course: &'a Course,
    sender: Sender<'a>,
    /// What learners may see now.
    open: Vec<&'a Unit>,
    /// And what some of them were let into before its time.
    early: Vec<(EnrolmentId, Slug)>,
    now: Instant,
}

impl Round<'_> {
    fn settle(&self, conn: &mut Conn, reader: &Reader, waiting: &[&Waiting]) -> QueryResult<()> {
        let (mut at_once, mut digest) = (Vec::new(), Vec::new());
        for notice in waiting {
            match self.unwanted(reader, notice) {
                Some(why) => store::settle_not_sent(conn, notice.id, why, self.now)?,
                // However much came today: who cannot see their own words any more is told why.
                None if notice.reason == Reason::Hidden => {
                    let letter = self.sender.hidden(&reader.to, notice, self.now);
                    self.send(conn, &letter.map_err(unwritable)?, &[notice.id])?;
                }
                None if notice.how == How::AtOnce => at_once.push(*notice),
                None => digest.push(*notice),
            }
        }
        let most = if at_once.is_empty() { 0 } else { self.room(conn, reader)? };
        let later = at_once.split_off(at_once.len().min(most));
        if !later.is_empty() {
            let next = due_at(How::Daily, &self.course.cohort, self.hour(), self.now);
            store::postpone(conn, &ids(&later), How::Daily, next)?;
        }
        for notice in at_once {
            let letter = self.sender.post(&reader.to, notice, self.now);
            self.send(conn, &letter.map_err(unwritable)?, &[notice.id])?;
        }
        if !digest.is_empty() {
            let letter = self.sender.digest(&reader.to, &digest, self.now);
            self.send(conn, &letter.map_err(unwritable)?, &ids(&digest))?;
        }
        Ok(())
    }

    fn unwanted(&self, reader: &Reader, notice: &Waiting) -> Option<NotSent> {
        if let Some(why) = refusal(&reader.to) {
            return Some(why);
        }
        let (post, is_hidden) = (&notice.about, notice.about.hidden_at.is_some());
        if post.removed_at.is_some() || is_hidden != (notice.reason == Reason::Hidden) {
            return Some(NotSent::Gone);
        }
        if notice.reason == Reason::Hidden {
            return None;
        }
        if reader.role == Role::Learner && !self.may_see(reader, notice.thread.unit.as_ref()) {
            return Some(NotSent::Closed);
        }
        if reader.wishes.of(notice.reason) == How::Never {
            return Some(NotSent::Unwanted);
        }
        notice.seen.is_some_and(|seen| seen >= post.id).then_some(NotSent::Read)
    }

    /// Whether a learner may see what a thread is about.
    fn may_see(&self, reader: &Reader, unit: Option<&Slug>) -> bool {
        let own = Cohort { extra_until: reader.extra_until, ..self.course.cohort.clone() };
        let is_open = |slug: &Slug| {
            let is_early = self.early.iter().any(|(who, unit)| *who == reader.to.enrolment && unit == slug);
            is_early || self.open.iter().any(|unit| unit.is_called(slug))
        };
        self.now < own.access_ends_at() && unit.is_none_or(is_open)
    }

    /// How many mails may go out at once today: one is left for a reminder. What is too much waits for the digest.
    fn room(&self, conn: &mut Conn, reader: &Reader) -> QueryResult<usize> {
        let zone = &self.course.cohort.zone;
        let midnight = zone.instant(zone.local_date(self.now).and_time(chrono::NaiveTime::MIN));
        let most = match reader.role {
            Role::Facilitator => FACILITATORS_CAP,
            Role::Learner => i64::from(find_wishes(conn, reader.to.enrolment)?.daily_cap) - 1,
        };
        let gone = store::count_mails_today(conn, reader.to.account, midnight, self.now)?;
        Ok(usize::try_from(most - gone).unwrap_or(0))
    }

    fn hour(&self) -> chrono::NaiveTime {
        self.course.settings.cohort.hour.unwrap_or(self.course.cohort.release_time)
    }

    fn send(&self, conn: &mut Conn, letter: &outbox::Letter, notices: &[NoticeId]) -> QueryResult<()> {
        let message = outbox::store::queue(conn, letter, self.sender.base_url.host(), self.now)?;
        store::settle_mailed(conn, notices, message, self.now)
    }
}

fn ids(notices: &[&Waiting]) -> Vec<NoticeId> {
    notices.iter().map(|notice| notice.id).collect()
}
