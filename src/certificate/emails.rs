//! The letter that says: your certificate is there.

use askama::Template;
use chrono::TimeDelta;
use diesel::QueryResult;

use super::Says;
use super::issue::Course;
use super::store::Holder;
use crate::cohort::{EnrolmentId, store::list_facilitators};
use crate::outbox::{Class, Letter, List, store::queue};
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
pub fn tell(conn: &mut Conn, course: &Course<'_>, holder: &Holder, says: &Says, now: Instant) -> QueryResult<()> {
    if !is_wanted(holder) {
        return Ok(());
    }
    let facilitators = list_facilitators(conn, course.cohort.id)?;
    let letter = letter(course, holder, says, &facilitators, now);
    let letter = letter.map_err(|e| diesel::result::Error::SerializationError(Box::new(e)))?;
    queue(conn, &letter, course.base_url.host(), now).map(drop)
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
    let addresses: Vec<&str> = facilitators.iter().map(|(_, _, email)| email.as_str()).take(4).collect();
    let host = base.host().rsplit_once(':').map_or(base.host(), |(name, _)| name);
    Ok(Letter {
        class: Class::Bulk,
        account: Some(holder.account.0),
        to_name: holder.name.clone(),
        to: holder.email.clone(),
        subject: "Your certificate is there".into(),
        text: IssuedText { m: &issued }.render()?,
        html: Some(IssuedHtml { m: &issued }.render()?),
        reply_to: (!addresses.is_empty()).then(|| addresses.join(", ")),
        list: Some(List { id: format!("{}.{host}", course.cohort.slug), unsubscribe_url: stop_url }),
        expires_at: now + KEEPS,
        calendar: None,
        attachment: None,
        conversation: None,
    })
}
