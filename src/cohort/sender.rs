//! From whom the mails of a cohort come: who is reached by a reply, and the names of its lists.

use super::{Cohort, EnrolmentId};
use crate::outbox::deliver::answerable;
use crate::platform::config::BaseUrl;

/// Name and address of each facilitator.
pub type Facilitators = [(EnrolmentId, String, String)];

/// So many addresses stand in a mail at most.
const ADDRESSES: usize = 4;

/// Where the mails of a cohort come from.
#[derive(Clone, Copy)]
pub struct Sender<'a> {
    pub cohort: &'a Cohort,
    /// Replies go to them.
    pub facilitators: &'a Facilitators,
    pub base_url: &'a BaseUrl,
}

/// What a mail's `Reply-To` says. `None`: there is nobody. Whose address cannot stand there is left out.
pub fn replies_to(facilitators: &Facilitators) -> Option<String> {
    let addresses: Vec<String> =
        facilitators.iter().filter_map(|(.., email)| answerable(email)).take(ADDRESSES).collect();
    (!addresses.is_empty()).then(|| addresses.join(", "))
}

/// The name of a list for its `List-Id`: `announcements.spring.learn.example.org`, or without a kind the cohort's own.
pub fn list_id(kind: &str, cohort: &Cohort, base_url: &BaseUrl) -> String {
    let host = base_url.host();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let dot = if kind.is_empty() { "" } else { "." };
    format!("{kind}{dot}{}.{name}", cohort.slug)
}
