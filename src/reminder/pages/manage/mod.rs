//! The facilitators' ledger: for each unit and kind when it is due and what became of it, down to each learner.

mod learners;
mod units;

use actix_web::web::{Data, Path};

use crate::cohort::{EnrolmentId, gate};
use crate::outbox;
use crate::platform::db::{Conn, Db};
use crate::platform::text::Slug;
use crate::platform::web::{Answer, Ask, Error, Fields};
use crate::programme::{Catalogue, Content, Programme, Unit};
use crate::reminder::{Kind, names, store};

/// The whole cohort, or with `?unit=3&kind=nudge` one reminder's learners (`&after=` the last enrolment seen).
pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, slug: Path<String>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let parameters = ask.parameters()?;
    match db.report(move |conn| page(conn, &asked, &catalogue, &slug, &parameters)).await? {
        Page::Units(page) => ask.page(page),
        Page::Learners(page) => ask.page(page),
    }
}

enum Page {
    Units(units::Units),
    Learners(learners::Learners),
}

fn page(conn: &mut Conn, ask: &Ask, catalogue: &Catalogue, slug: &str, parameters: &Fields) -> Result<Page, Error> {
    let place = gate::facilitated(conn, ask, slug)?;
    let programme = catalogue.programme(&place.cohort.programme).ok_or(Error::NotFound)?;
    if !parameters.has("unit") && !parameters.has("kind") {
        return units::page(conn, ask, &place, programme).map(Page::Units);
    }
    let (unit, kind) = chosen(programme, parameters)?;
    let after = match parameters.get("after") {
        "" => EnrolmentId(0),
        text => EnrolmentId(text.parse().map_err(|_| Error::BadRequest("'after' is a number."))?),
    };
    learners::page(conn, ask, &place, (unit, kind), after).map(Page::Learners)
}

/// Sends a mail once more that failed, or of which nobody knows whether it arrived. What is wanted no more is still not
/// sent: the outbox asks as it always does.
pub async fn send_again(ask: Ask, db: Data<Db>, content: Data<Content>, slug: Path<String>, fields: Fields) -> Answer {
    fields.only(&["unit", "kind", "enrolment"])?;
    let (asked, catalogue) = (ask.clone(), content.current());
    let (path, again) = db
        .write(move |conn| {
            let place = gate::facilitated(conn, &asked, &slug)?;
            let programme = catalogue.programme(&place.cohort.programme).ok_or(Error::NotFound)?;
            let (unit, kind) = chosen(programme, &fields)?;
            let enrolment = EnrolmentId(fields.get("enrolment").parse().map_err(|_| Error::NotFound)?);
            let slugs: Vec<&Slug> = names(unit).collect();
            let mail = store::find_mail(conn, place.cohort.id, (&slugs, kind), enrolment)?.ok_or(Error::NotFound)?;
            let again = outbox::store::retry(conn, mail, asked.now)?;
            let path = format!("{}/manage/reminders?unit={}&kind={kind}", place.cohort.path(), unit.number);
            Ok::<_, Error>((path, again))
        })
        .await?;
    ask.done(path, if again { "reminder-again" } else { "" })
}

fn chosen<'p>(programme: &'p Programme, fields: &Fields) -> Result<(&'p Unit, Kind), Error> {
    let number = fields.get("unit").parse().map_err(|_| Error::NotFound)?;
    let kind: Kind = fields.get("kind").parse().map_err(|_| Error::NotFound)?;
    Ok((programme.unit(number).ok_or(Error::NotFound)?, kind))
}
