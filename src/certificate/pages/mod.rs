//! The holder's page with its downloads, and the public page that checks a certificate.

pub mod check;
pub mod files;
pub mod name;
pub mod own;

use crate::certificate::{Certificate, sentence, store};
use crate::cohort::{Cohort, EnrolmentId, Place, gate};
use crate::platform::db::Conn;
use crate::platform::web::{Ask, Error};

/// A learner at their own certificate's address.
struct Own {
    place: Place,
    learner: EnrolmentId,
    /// None: it is not issued yet.
    certificate: Option<Certificate>,
}

/// Two queries. Nobody else has such a page.
fn own(conn: &mut Conn, ask: &Ask, cohort: &str) -> Result<Own, Error> {
    let place = gate::place(conn, ask, cohort)?;
    let learner = place.learner().ok_or(Error::NotFound)?;
    let certificate = store::own(conn, learner)?;
    Ok(Own { place, learner, certificate })
}

/// The same, where it is issued.
fn issued(conn: &mut Conn, ask: &Ask, cohort: &str) -> Result<(Place, Certificate), Error> {
    let own = own(conn, ask, cohort)?;
    Ok((own.place, own.certificate.ok_or(Error::NotFound)?))
}

fn path(cohort: &Cohort) -> String {
    format!("{}/certificate", cohort.path())
}

/// What a certificate says, beside the words that name it.
fn facts(certificate: &Certificate, by: &str) -> Vec<(&'static str, String)> {
    let says = &certificate.says;
    vec![
        ("Course", says.title.clone()),
        ("Taken with", format!("{}, {}", says.cohort, says.dates())),
        ("Effort", sentence(&says.effort())),
        ("Done for it", sentence(&says.asked)),
        ("Issued", format!("{} by {by}", says.issued())),
        ("Code", certificate.code.to_string()),
    ]
}
