//! The facilitators' reminders: when each is due and what became of it, down to each learner; what will be sent; and
//! what they choose about it.

mod choices;
mod ledger;
mod ledger_csv;
mod preview;
mod settings;
mod units;

use actix_web::web::{Data, Path};

pub use ledger::{send_again, show as show_ledger};
pub use ledger_csv::show as show_ledger_csv;
pub use preview::{send_test, show as show_preview, show_html as show_mail_html, show_mail};
pub use settings::{save as save_settings, save_unit as save_unit_settings};
pub use settings::{show as show_settings, show_unit as show_unit_settings};

use crate::cohort::{Place, gate};
use crate::platform::db::{Conn, Db};
use crate::platform::web::{Answer, Ask, Error};
use crate::programme::{Catalogue, Content, Programme, Unit};

/// The whole cohort, unit by unit.
pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, slug: Path<String>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let page = db.report(move |conn| {
        let (place, programme) = facilitated(conn, &asked, &catalogue, &slug)?;
        units::page(conn, &asked, &place, programme)
    });
    ask.page(page.await?)
}

/// For facilitators alone.
fn facilitated<'c>(
    conn: &mut Conn,
    ask: &Ask,
    catalogue: &'c Catalogue,
    slug: &str,
) -> Result<(Place, &'c Programme), Error> {
    let place = gate::facilitated(conn, ask, slug)?;
    let programme = catalogue.programme(&place.cohort.programme).ok_or(Error::NotFound)?;
    Ok((place, programme))
}

fn path(place: &Place) -> String {
    format!("{}/manage/reminders", place.cohort.path())
}

fn unit_of<'p>(programme: &'p Programme, number: &str) -> Result<&'p Unit, Error> {
    number.parse().ok().and_then(|number| programme.unit(number)).ok_or(Error::NotFound)
}
