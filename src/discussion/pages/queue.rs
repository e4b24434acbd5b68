//! What waits for the facilitators: threads that need a reply, posts that were reported; what they did lately; and the way
//! to take it all along.

use actix_web::web::{Data, Path};
use askama::Template;

use super::Room;
use super::claim::claimed;
use super::list::{Line, line};
use crate::audit::{self, Act};
use crate::discussion::store::{self, Reported, View};
use crate::discussion::{Claim, Mark, Thread};
use crate::platform::db::{Conn, Db};
use crate::platform::text::count;
use crate::platform::web::{Answer, Ask, Error, Frame};
use crate::programme::{Catalogue, Content};

#[derive(Template)]
#[template(path = "discussion/queue.html")]
struct Queue {
    frame: Frame,
    cohort: String,
    waiting: Vec<Waiting>,
    /// Where all of them are. Empty: here.
    all_waiting: String,
    reported: Vec<ShownReport>,
    acts: Vec<ShownAct>,
    export: String,
    answers_href: String,
}

/// A thread that needs a reply.
struct Waiting {
    line: Line,
    /// The post that waits is the first that its author wrote.
    is_first: bool,
    /// Who answers it, and since when. Empty: nobody said so.
    claimed: String,
    is_own: bool,
    /// Empty: the viewer cannot write here.
    action: String,
}

struct ShownReport {
    author: String,
    html: String,
    thread: String,
    href: String,
    moderate_href: String,
    is_hidden: bool,
    said: Vec<(String, String)>,
}

struct ShownAct {
    words: String,
    subject: String,
    path: String,
    reason: String,
    when: String,
}

/// How many acts are shown.
const ACTS: i64 = 20;

/// Eight queries.
pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, cohort: Path<String>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let page = db.read(move |conn| load(conn, &asked, &catalogue, &cohort));
    ask.page(page.await?)
}

fn load(conn: &mut Conn, ask: &Ask, catalogue: &Catalogue, cohort: &str) -> Result<Queue, Error> {
    let room = Room::enter(conn, ask, catalogue, cohort)?;
    if !room.place.facilitates() {
        return Err(Error::NotFound);
    }
    let (id, zone) = (room.place.cohort.id, &room.place.cohort.zone);
    let reader = room.place.enrolment.as_ref().map(|enrolment| enrolment.id);
    let mut waiting = store::list_waiting(conn, id, reader, room.now)?;
    let more = waiting.len() > store::THREADS;
    waiting.truncate(store::THREADS);
    let listed: Vec<_> = waiting.iter().map(|(thread, _)| thread.id).collect();
    let claims = store::list_claims(conn, &listed, room.now)?;
    let reported = store::list_reported(conn, id)?;
    let acts = audit::store::list_newest(conn, id, Act::is_of_discussions, ACTS)?;
    Ok(Queue {
        frame: room.place.frame(ask),
        cohort: room.place.cohort.name.clone(),
        waiting: waiting.into_iter().map(|(thread, mark)| waits(&room, thread, mark, &claims)).collect(),
        all_waiting: if more { format!("{}?show={}", room.path(), View::NeedsReply) } else { String::new() },
        reported: reported.into_iter().map(|reported| shown(&room, reported)).collect(),
        acts: acts
            .into_iter()
            .map(|entry| ShownAct {
                words: format!("{} {}", entry.actor, entry.act.words()),
                subject: entry.subject,
                path: entry.path,
                reason: entry.reason,
                when: zone.exact(entry.at),
            })
            .collect(),
        export: format!("{}/manage/discussions.jsonl", room.place.cohort.path()),
        answers_href: format!("{}/manage/answers", room.place.cohort.path()),
    })
}

fn waits(room: &Room<'_>, thread: Thread, mark: Option<Mark>, claims: &[Claim]) -> Waiting {
    let claim = claims.iter().find(|claim| claim.thread == thread.id);
    let path = thread.path(&room.place.cohort);
    Waiting {
        is_first: thread.first_post_waits,
        claimed: claim.map(|claim| claimed(room, claim)).unwrap_or_default(),
        is_own: claim.is_some_and(|claim| claim.by == room.place.person.id),
        action: room.poster().map(|_| format!("{path}/claim")).unwrap_or_default(),
        line: line(room, thread, mark, &[]),
    }
}

fn shown(room: &Room<'_>, Reported { thread, post, reports }: Reported) -> ShownReport {
    let (path, zone) = (thread.path(&room.place.cohort), &room.place.cohort.zone);
    let title = room.about(&thread).map_or_else(|| thread.title.clone(), |about| about.title(&thread));
    ShownReport {
        thread: title,
        href: format!("{path}?post={}", post.id),
        moderate_href: format!("{path}/posts/{}/moderate", post.id),
        is_hidden: post.hidden.is_some(),
        author: post.author.name,
        html: post.html,
        said: reports
            .into_iter()
            .map(|report| (format!("{}, {}", report.by, zone.recent(report.at, room.now)), report.reason))
            .collect(),
    }
}

impl Queue {
    fn summary(&self) -> String {
        let waiting = match self.waiting.len() {
            0 => "No thread needs a reply".into(),
            _ if !self.all_waiting.is_empty() => format!("More than {} threads need a reply", store::THREADS),
            1 => "1 thread needs a reply".to_owned(),
            n => format!("{n} threads need a reply"),
        };
        match self.reported.len() {
            0 => format!("{waiting}. Nothing is reported."),
            n => {
                format!("{waiting}. {} reported.", if n == 1 { "1 post is".into() } else { count(n, "post") + " are" })
            }
        }
    }
}
