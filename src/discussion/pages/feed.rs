//! A cohort's discussions as an Atom feed (RFC 4287) at a private address, for programs that hold no session. The address
//! is a secret: it is never logged, and what it answers is kept by no cache.

use actix_web::HttpResponse;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{Data, Path};
use askama::Template;

use super::list::about_units;
use crate::cohort::{Role, gate};
use crate::discussion::store::{self, About, Reader};
use crate::discussion::{Post, Thread};
use crate::platform::clock::Instant;
use crate::platform::db::{Conn, Db};
use crate::platform::secret::{Secret, SecretHash};
use crate::platform::web::{Answer, Ask, Error, Fields, Frame};
use crate::programme::{Catalogue, Content};
use crate::schedule::gate::released_units;
use crate::schedule::store::list_held;

#[derive(Template)]
#[template(path = "discussion/feed.html")]
struct Address {
    frame: Frame,
    cohort: String,
    discussions: String,
    path: String,
    /// The address itself, when it has just been made; otherwise empty.
    fresh: String,
    /// Empty: there is none.
    made_on: String,
}

pub async fn show_address(ask: Ask, db: Data<Db>, cohort: Path<String>) -> Answer {
    let asked = ask.clone();
    let page = db.read(move |conn| address(conn, &asked, &cohort, None));
    ask.page(page.await?)
}

/// Makes a private address in the place of any earlier one. The answer is the page itself, not a way to it: the secret is
/// on it, this once.
pub async fn make_address(ask: Ask, db: Data<Db>, cohort: Path<String>, fields: Fields) -> Answer {
    fields.only(&[])?;
    let asked = ask.clone();
    let page = db.write(move |conn| {
        let place = gate::place(conn, &asked, &cohort)?;
        let own = place.enrolment.as_ref().ok_or(Error::NotFound)?;
        let secret = Secret::random();
        store::keep_feed_token(conn, own.id, &secret.hash(), asked.now)?;
        address(conn, &asked, &cohort, Some(&secret))
    });
    ask.page(page.await?)
}

pub async fn stop(ask: Ask, db: Data<Db>, cohort: Path<String>, fields: Fields) -> Answer {
    fields.only(&[])?;
    let asked = ask.clone();
    let stop = db.write(move |conn| {
        let place = gate::place(conn, &asked, &cohort)?;
        let own = place.enrolment.as_ref().ok_or(Error::NotFound)?;
        store::revoke_feed_token(conn, own.id)?;
        Ok::<_, Error>(format!("{}/discussions/feed", place.cohort.path()))
    });
    ask.done(stop.await?, "feed-stopped")
}

fn address(conn: &mut Conn, ask: &Ask, cohort: &str, fresh: Option<&Secret>) -> Result<Address, Error> {
    let place = gate::place(conn, ask, cohort)?;
    let own = place.enrolment.as_ref().ok_or(Error::NotFound)?;
    let made = store::feed_made_at(conn, own.id)?;
    let at = |secret: &Secret| ask.site.base_url.join(&format!("/feeds/{}.atom", secret.as_str()));
    Ok(Address {
        frame: place.frame(ask),
        cohort: place.cohort.name.clone(),
        discussions: format!("{}/discussions", place.cohort.path()),
        path: format!("{}/discussions/feed", place.cohort.path()),
        fresh: fresh.map(at).unwrap_or_default(),
        made_on: made.map(|at| place.cohort.zone.plain_with_year(at)).unwrap_or_default(),
    })
}

/// How many posts a feed holds.
const POSTS: i64 = 50;

#[derive(Template)]
#[template(path = "discussion/feed.xml")]
struct Feed {
    id: String,
    title: String,
    site: String,
    updated: String,
    entries: Vec<Entry>,
}

struct Entry {
    id: String,
    title: String,
    href: String,
    author: String,
    published: String,
    updated: String,
    html: String,
}

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, token: Path<String>) -> Answer {
    let secret = Secret::parse(&token).ok_or(Error::NotFound)?.hash();
    let catalogue = content.current();
    let feed = db.read(move |conn| feed(conn, &ask, &catalogue, &secret)).await?;
    let text = feed.render().map_err(|e| Error::Unexpected(e.into()))?;
    Ok(HttpResponse::Ok().insert_header((CONTENT_TYPE, "application/atom+xml; charset=utf-8")).body(text))
}

/// Three queries.
fn feed(conn: &mut Conn, ask: &Ask, catalogue: &Catalogue, secret: &SecretHash) -> Result<Feed, Error> {
    let Reader { cohort, enrolment } = store::reader_of_feed(conn, secret)?.ok_or(Error::NotFound)?;
    if ask.now >= cohort.access_ends_at() {
        return Err(Error::NotFound);
    }
    let programme = catalogue.programme(&cohort.programme).ok_or(Error::NotFound)?;
    let releases = list_held(conn, cohort.id, enrolment.id)?;
    let open = released_units(programme, &releases, ask.now);
    let about = if enrolment.role == Role::Facilitator { About::Everything } else { about_units(open.iter().copied()) };
    let posts = store::newest_posts(conn, cohort.id, about, POSTS)?;
    let path = format!("{}/discussions", cohort.path());
    let site = ask.site.base_url.join(&path);
    let updated = posts.iter().map(|(_, post)| changed(post)).max().unwrap_or(ask.now);
    let entry = |(thread, post): (Thread, Post)| {
        let unit = thread.unit.as_ref().and_then(|slug| open.iter().find(|unit| unit.is_called(slug)));
        let step = thread.step.as_ref().and_then(|slug| unit.and_then(|unit| unit.step_called(slug)));
        let title = step.map_or_else(|| thread.title.clone(), |step| step.title.clone());
        Entry {
            id: ask.site.base_url.join(&format!("{path}/posts/{}", post.id)),
            href: ask.site.base_url.join(&format!("{}?post={}", thread.path(&cohort), post.id)),
            title,
            author: post.author.name.clone(),
            published: post.created_at.rfc3339(),
            updated: changed(&post).rfc3339(),
            html: post.html,
        }
    };
    Ok(Feed {
        id: site.clone(),
        title: format!("Discussions of {}", cohort.name),
        site,
        updated: updated.rfc3339(),
        entries: posts.into_iter().map(entry).collect(),
    })
}

fn changed(post: &Post) -> Instant {
    post.edited_at.unwrap_or(post.created_at)
}
