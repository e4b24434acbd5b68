//! Word of new posts while a thread's page is open, as server-sent events. What rings is only a reason to look: each time
//! the database is asked, through the gate of the page itself, so nobody hears of what they may not see, and what came
//! while nobody listened is told as well. No connection to the database is held meanwhile.

use std::convert::Infallible;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::{self, HeaderName};
use actix_web::web::{Bytes, Data, Path};
use futures_util::stream;
use tokio::sync::broadcast;

use super::{Room, number};
use crate::accounts::AccountId;
use crate::discussion::listening::{Listeners, Seat};
use crate::discussion::{PostId, store};
use crate::platform::clock::Clock;
use crate::platform::db::{Bell, Db};
use crate::platform::text::count;
use crate::platform::web::{Answer, Ask, Error};
use crate::programme::Content;

/// A sign of life for proxies, and the way to notice a reader who has left.
const BEAT_EVERY: Duration = Duration::from_secs(20);
/// After so many of them it looks whether its reader may still listen, and whether a ring was lost.
const BEATS_A_LOOK: u32 = 3;
/// So long after a ring it looks: posts that come together are told together.
const QUIET: Duration = Duration::from_millis(300);
/// Where the connection is lost, the browser tries again after so many milliseconds.
const HELLO: &str = "retry: 5000\n\n";
const BEAT: &str = ":\n\n";

/// `?after=` is the newest post that the page knows of.
pub async fn listen(
    ask: Ask,
    (db, content, clock): (Data<Db>, Data<Content>, Data<Clock>),
    (bell, listeners): (Data<Bell>, Data<Listeners>),
    path: Path<(String, String)>,
) -> Answer {
    let asked = ask.parameters()?;
    asked.only(&["after"])?;
    let after = asked.get("after").parse().ok().filter(|after| *after >= 0).map(PostId);
    // Before the first look, so that nothing falls between the two.
    let rings = bell.listen();
    let page = OpenPage { ask, db, content, clock, path: path.into_inner(), after };
    let (reader, first) = page.look().await?;
    page.after.ok_or(Error::BadRequest("It does not say after which post."))?;
    let seat = listeners.sit(reader)?;
    let told = stream::unfold(Listening { page, rings, seat, told: None, next: Some(first), beats: 0 }, Listening::say);
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        // Neither our compression nor a proxy may keep it back.
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .insert_header((HeaderName::from_static("x-accel-buffering"), "no"))
        .streaming(told))
}

/// The page that somebody has open.
struct OpenPage {
    ask: Ask,
    db: Data<Db>,
    content: Data<Content>,
    clock: Data<Clock>,
    path: (String, String),
    after: Option<PostId>,
}

/// New posts of others: the first, and how many.
type New = Option<(PostId, usize)>;

impl OpenPage {
    /// Who reads, and what is new to them. An error: they may not see the thread, or not any more.
    async fn look(&self) -> Result<(AccountId, New), Error> {
        let ask = Ask { now: self.clock.now(), ..self.ask.clone() };
        let (catalogue, path, after) = (self.content.current(), self.path.clone(), self.after);
        self.db
            .read(move |conn| {
                let subject = Room::enter(conn, &ask, &catalogue, &path.0)?.subject(conn, &path.1)?;
                let reader = subject.room.place.enrolment.as_ref().map(|enrolment| enrolment.id);
                let new = match after {
                    Some(after) => store::newer(conn, subject.thread.id, after, reader)?,
                    None => None,
                };
                Ok((subject.room.place.person.id, new))
            })
            .await
    }

    fn event(&self, (first, n): (PostId, usize)) -> String {
        let (cohort, thread) = &self.path;
        let what = if n > store::TOLD { format!("more than {}", store::TOLD) } else { n.to_string() };
        let words = if n == 1 { count(1, "new post") } else { format!("{what} new posts") };
        let href = format!("/cohorts/{cohort}/discussions/{thread}?post={first}");
        format!("data: {}\n\n", serde_json::json!({ "words": format!("Show {words}"), "href": href }))
    }
}

struct Listening {
    page: OpenPage,
    rings: broadcast::Receiver<i64>,
    seat: Seat,
    told: New,
    /// What the first look found, until it is said.
    next: Option<New>,
    beats: u32,
}

enum Woken {
    Rung,
    Beat,
    Ended,
}

impl Listening {
    /// The next thing to say; nothing: it is over.
    async fn say(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        if let Some(first) = self.next.take() {
            let said = format!("{HELLO}{}", self.news(first).unwrap_or_default());
            return Some((Ok(said.into()), self));
        }
        loop {
            let looks = match self.wait().await {
                Woken::Ended => return None,
                Woken::Rung => true,
                Woken::Beat => {
                    self.beats += 1;
                    self.beats.is_multiple_of(BEATS_A_LOOK)
                }
            };
            let said = match looks {
                true => self.look_again().await?,
                false => Some(BEAT.into()),
            };
            if let Some(said) = said {
                return Some((Ok(said.into()), self));
            }
        }
    }

    /// Nothing: it is over. Nothing to say: nothing is new.
    async fn look_again(&mut self) -> Option<Option<String>> {
        match self.page.look().await {
            Ok((_, new)) => Some(self.news(new)),
            // It will be there again; until then there is nothing to tell.
            Err(Error::Unavailable(_)) => Some(Some(BEAT.into())),
            Err(_) => None,
        }
    }

    fn news(&mut self, new: New) -> Option<String> {
        let is_told = std::mem::replace(&mut self.told, new) == new;
        new.filter(|_| !is_told).map(|new| self.page.event(new))
    }

    async fn wait(&mut self) -> Woken {
        let thread = number(&self.page.path.1);
        let beat = tokio::time::sleep(BEAT_EVERY);
        tokio::pin!(beat);
        loop {
            tokio::select! {
                () = self.seat.ended() => return Woken::Ended,
                () = &mut beat => return Woken::Beat,
                rung = self.rings.recv() => match rung {
                    Ok(topic) if Some(topic) != thread => {}
                    Err(broadcast::error::RecvError::Closed) => return Woken::Ended,
                    // Its own thread, or it has missed some.
                    _ => {
                        tokio::time::sleep(QUIET).await;
                        self.rings = self.rings.resubscribe();
                        return Woken::Rung;
                    }
                },
            }
        }
    }
}
