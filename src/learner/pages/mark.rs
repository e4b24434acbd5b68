//! POST `…/complete` and `…/incomplete`: a learner says that a step is done, or takes it back.

use actix_web::web::{Data, Path};

use crate::completion::store;
use crate::learner::here::{Here, StepAddress, here};
use crate::platform::db::{Conn, Db};
use crate::platform::web::{Answer, Ask, Error, Fields};
use crate::programme::{Catalogue, Content};

pub async fn complete(
    ask: Ask,
    db: Data<Db>,
    content: Data<Content>,
    address: Path<StepAddress>,
    fields: Fields,
) -> Answer {
    fields.only(&[])?;
    let (asked, catalogue) = (ask.clone(), content.current());
    let path = db
        .write(move |conn| {
            let here = markable(conn, &asked, &catalogue, &address)?;
            store::mark(conn, here.learner(&asked)?, here.key(), asked.now)?;
            Ok::<_, Error>(here.path())
        })
        .await?;
    ask.done(path, "completed")
}

pub async fn incomplete(
    ask: Ask,
    db: Data<Db>,
    content: Data<Content>,
    address: Path<StepAddress>,
    fields: Fields,
) -> Answer {
    fields.only(&[])?;
    let (asked, catalogue) = (ask.clone(), content.current());
    let path = db
        .write(move |conn| {
            let here = markable(conn, &asked, &catalogue, &address)?;
            store::unmark(conn, here.learner(&asked)?, here.key())?;
            Ok::<_, Error>(here.path())
        })
        .await?;
    ask.done(path, "incompleted")
}

/// A step of a kind that learners mark themselves; for another kind there is no such address.
fn markable<'c>(
    conn: &mut Conn,
    ask: &Ask,
    catalogue: &'c Catalogue,
    address: &StepAddress,
) -> Result<Here<'c>, Error> {
    let here = here(conn, ask, catalogue, address)?;
    if here.step().kind.is_marked() { Ok(here) } else { Err(Error::NotFound) }
}
