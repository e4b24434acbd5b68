//! The letter that says: your certificate is there.

use askama::Template;
use chrono::TimeDelta;
use diesel::QueryResult;

use super::Says;
use super::issue::Course;
use super::store::Holder;
use crate::cohort::EnrolmentId;
use crate::cohort::sender::{list_id, replies_to};
use crate::cohort::store::{list_facilitators, queue_about};
use crate::outbox::{Class, Letter, List};
use crate::platform::clock::Instant;
use crate::platform::db::Conn;

/// It keeps its meaning for long.
const KEEPS: TimeDelta = TimeDelta::days(7);

#[derive(Template)]
#[template(path = "emails/certificate/issued.txt")]
struct IssuedText<'a> {
    m: &'a Issued<'a>,
}

#[derive(Template)]
#[template(path = "emails/certificate/issued.html")]
struct IssuedHtml<'a> {
    m: &'a Issued<'a>,
}

struct Issued<'a> {
    name: &'a str,
    course: &'a str,
    cohort: &'a str,
    url: String,
    stop_url: String,
}

/// Queues the letter, unless the holder wants no mail from the course or cannot get any.
pub fn tell(
    conn: &mut Conn,
    course: &Course<'_>,
    (learner, holder): (EnrolmentId, &Holder),
    says: &Says,
    now: Instant,
) -> QueryResult<()> {
    if !is_wanted(holder) {
        return Ok(());
    }
    let facilitators = list_facilitators(conn, course.cohort.id)?;
    let letter = letter(course, holder, says, &facilitators, now);
    let letter = letter.map_err(|e| diesel::result::Error::SerializationError(Box::new(e)))?;
    queue_about(conn, learner, &letter, course.base_url.host(), now).map(drop)
}

fn is_wanted(holder: &Holder) -> bool {
    holder.verified_at.is_some()
        && holder.reminders_stopped_at.is_none()
        && holder.suspended_at.is_none()
        && holder.undeliverable_at.is_none()
}

fn letter(
    course: &Course<'_>,
    holder: &Holder,
    says: &Says,
    facilitators: &[(EnrolmentId, String, String)],
    now: Instant,
) -> Result<Letter, askama::Error> {
    let (base, path) = (course.base_url, course.cohort.path());
    let stop_url = base.join(&format!("/unsubscribe/{}", holder.unsubscribe_token));
    let issued = Issued {
        name: &holder.name,
        course: &says.title,
        cohort: &says.cohort,
        url: base.join(&format!("{path}/certificate")),
        stop_url: stop_url.clone(),
    };
    Ok(Letter {
        class: Class::Bulk,
        account: Some(holder.account.0),
        to_name: holder.name.clone(),
        to: holder.email.clone(),
        subject: "Your certificate is there".into(),
        text: IssuedText { m: &issued }.render()?,
        html: Some(IssuedHtml { m: &issued }.render()?),
        reply_to: replies_to(facilitators),
        list: Some(List { id: list_id("", course.cohort, base), unsubscribe_url: stop_url }),
        expires_at: now + KEEPS,
        calendar: None,
        attachment: None,
        conversation: None,
    })
}
