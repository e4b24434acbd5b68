//! `/calendar/{token}.ics`: a course's dates for somebody's own calendar program, which holds the secret address and no
//! session. The address is a secret: it is never logged, and what it answers is kept by no cache.

use actix_web::HttpResponse;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{Data, Path};

use super::calendar::planned;
use crate::learner::calendar::dates;
use crate::learner::ics::Feed;
use crate::learner::store::cohort_of_calendar_token;
use crate::platform::db::{Conn, Db};
use crate::platform::secret::{Secret, SecretHash};
use crate::platform::web::{Answer, Ask, Error};
use crate::programme::{Catalogue, Content};
use crate::schedule::store::list_releases;

pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, token: Path<String>) -> Answer {
    let secret = Secret::parse(&token).ok_or(Error::NotFound)?.hash();
    let catalogue = content.current();
    let text = db.read(move |conn| text(conn, &ask, &catalogue, &secret)).await?;
    Ok(HttpResponse::Ok().insert_header((CONTENT_TYPE, "text/calendar; charset=utf-8")).body(text))
}

/// Four queries.
fn text(conn: &mut Conn, ask: &Ask, catalogue: &Catalogue, secret: &SecretHash) -> Result<String, Error> {
    let cohort = cohort_of_calendar_token(conn, secret)?.ok_or(Error::NotFound)?;
    if ask.now >= cohort.access_ends_at() {
        return Err(Error::NotFound);
    }
    let programme = catalogue.programme(&cohort.programme).ok_or(Error::NotFound)?;
    let releases = list_releases(conn, cohort.id)?;
    let planned = planned(conn, &cohort, releases)?;
    let dates = dates(&cohort, programme, &planned);
    let (releases, base) = (&planned.releases, &ask.site.base_url);
    let feed = Feed { cohort: &cohort, programme, releases, base, now: ask.now };
    Ok(feed.calendar(&dates).write(ask.now))
}
