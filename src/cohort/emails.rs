//! The invitation.

use askama::Template;

use super::{Cohort, Role};
use crate::outbox::{Class, Letter};
use crate::platform::clock::Instant;
use crate::platform::secret::Secret;
use crate::platform::text::EmailAddress;
use crate::platform::web::Site;
use crate::platform::zone::day_in_words;

#[derive(Template)]
#[template(path = "emails/cohort/invitation.txt")]
struct Invitation<'a> {
    name: &'a str,
    starts: String,
    facilitates: bool,
    link: String,
}

/// Invites an address to a cohort; the link holds for a week.
pub fn invitation(
    site: &Site,
    cohort: &Cohort,
    to: &EmailAddress,
    role: Role,
    secret: &Secret,
    now: Instant,
) -> Result<Letter, askama::Error> {
    let text = Invitation {
        name: &cohort.name,
        starts: day_in_words(cohort.starts_on),
        facilitates: role == Role::Facilitator,
        link: site.base_url.join(&format!("/invitations/{}", secret.as_str())),
    };
    Ok(Letter {
        class: Class::Account,
        account: None,
        to_name: String::new(),
        to: to.as_str().into(),
        subject: format!("You are invited: {}", cohort.name),
        text: text.render()?,
        html: None,
        reply_to: None,
        list: None,
        expires_at: now + chrono::TimeDelta::hours(72),
        calendar: None,
        attachment: None,
        conversation: None,
    })
}
