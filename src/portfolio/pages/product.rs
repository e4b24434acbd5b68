//! `/cohorts/{cohort}/portfolio/{unit}`: writing one product, sharing it, and taking it back.

use actix_web::web::{Data, Path};
use askama::Template;

use super::{Worked, state};
use crate::cohort::{EnrolmentId, Place, gate};
use crate::draft;
use crate::platform::db::{Conn, Db};
use crate::platform::web::{Answer, Ask, Error, Faults, Field, Fields, Frame};
use crate::portfolio::{Product, Sheet, named, path, product_text, starter, store};
use crate::programme::{Catalogue, Content};
use crate::schedule::gate::{OpenUnit, open_unit};
use crate::schedule::store::list_seen;

#[derive(Template)]
#[template(path = "portfolio/product.html")]
struct OneProduct {
    frame: Frame,
    faults: Faults,
    portfolio: String,
    eyebrow: String,
    title: String,
    state: String,
    look: &'static str,
    action: String,
    body: Field,
    draft: draft::Form,
    /// As it reads, from what was saved last. Empty: nothing was.
    html: String,
    is_shared: bool,
    sheets: Vec<Sheet>,
    /// Fills the text with what stands on the sheets. Empty: there is a text already, or nothing to fill it with.
    start: String,
}

/// The form's id in the page.
const FORM: &str = "product";

/// A learner before the product of a unit that is open to them.
struct Bench<'c> {
    place: Place,
    learner: EnrolmentId,
    open: OpenUnit<'c>,
    title: &'c str,
}

/// Cohort and unit, as addresses write them.
type Address = (String, String);

impl<'c> Bench<'c> {
    /// Two queries.
    fn find(conn: &mut Conn, ask: &Ask, catalogue: &'c Catalogue, address: &Address) -> Result<Self, Error> {
        let (cohort, unit) = address;
        let place = gate::place(conn, ask, cohort)?;
        let learner = place.learner().ok_or(Error::NotFound)?;
        let number = unit.parse().ok().filter(|n: &u16| n.to_string() == *unit).ok_or(Error::NotFound)?;
        let releases = list_seen(conn, &place)?;
        let open = open_unit(ask, &place, catalogue, &releases, number)?;
        let title = named(open.unit).ok_or(Error::NotFound)?;
        Ok(Self { place, learner, open, title })
    }

    fn path(&self) -> String {
        format!("{}/{}", path(&self.place.cohort), self.open.unit.number)
    }

    /// Three queries.
    fn page(
        &self,
        conn: &mut Conn,
        ask: &Ask,
        body: impl FnOnce(Option<&Product>, &[Sheet]) -> Field,
    ) -> Result<OneProduct, Error> {
        let written = store::find_own(conn, self.learner, &self.open.unit.slug)?;
        let sheets = Worked::read(conn, self.learner)?.sheets(&self.place.cohort, &self.open);
        let (state, look) = state(&self.place, written.as_ref(), ask.now);
        let can_start = written.is_none() && !sheets.is_empty();
        Ok(OneProduct {
            frame: self.place.frame(ask),
            faults: Faults::default(),
            portfolio: path(&self.place.cohort),
            eyebrow: self.open.unit.full_title(),
            title: self.title.to_owned(),
            state,
            look,
            action: self.path(),
            body: body(written.as_ref(), &sheets),
            draft: draft::Form::at(self.path(), FORM, "saved"),
            is_shared: written.as_ref().is_some_and(|product| product.shared_at.is_some()),
            html: written.map(|product| product.html).unwrap_or_default(),
            sheets,
            start: if can_start { format!("{}?from=sheet#body", self.path()) } else { String::new() },
        })
    }
}

fn field() -> Field {
    Field::new("body", "Your text")
        .hint("**Two stars** make bold; a line that begins with - is a list. To remove it all, empty the box and save.")
}

/// With `?from=sheet` the box is filled with what stands on the sheets, and nothing is saved.
pub async fn show(ask: Ask, db: Data<Db>, content: Data<Content>, address: Path<Address>) -> Answer {
    let (asked, catalogue) = (ask.clone(), content.current());
    let page = db.read(move |conn| {
        let parameters = asked.parameters()?;
        parameters.only(&["from"])?;
        let from_sheet = parameters.get("from") == "sheet";
        let bench = Bench::find(conn, &asked, &catalogue, &address)?;
        let mut page = bench.page(conn, &asked, |written, sheets| match written {
            Some(product) => field().value(&product.body),
            None if from_sheet => field().value(&starter(sheets)),
            None => field(),
        })?;
        let (writer, zone) = (bench.place.person.id, &bench.place.cohort.zone);
        let kept = draft::store::of_page(conn, writer, &bench.path(), zone, asked.now)?;
        page.draft.bring_back(&kept, [&mut page.body]);
        Ok::<_, Error>(page)
    });
    ask.page(page.await?)
}

pub async fn save(ask: Ask, db: Data<Db>, content: Data<Content>, address: Path<Address>, fields: Fields) -> Answer {
    fields.only(&["body"])?;
    // Before the database, for rendering takes time.
    let text = if fields.get("body").trim().is_empty() { None } else { Some(product_text(fields.get("body"))) };
    let (asked, catalogue) = (ask.clone(), content.current());
    let (path, done) = db
        .write(move |conn| {
            let bench = Bench::find(conn, &asked, &catalogue, &address)?;
            let (unit, learner) = (&bench.open.unit.slug, bench.learner);
            let done = match text {
                None => {
                    store::remove(conn, learner, unit)?;
                    "product-removed"
                }
                Some(Ok(text)) => {
                    store::save(conn, (bench.place.cohort.id, learner), unit, &text, asked.now)?;
                    "product-saved"
                }
                Some(Err(what)) => return Err(refused(conn, &asked, &bench, &fields, what)),
            };
            draft::store::forget(conn, bench.place.person.id, (&bench.path(), FORM))?;
            Ok((bench.path(), done))
        })
        .await?;
    ask.done(path, done)
}

fn refused(conn: &mut Conn, ask: &Ask, bench: &Bench<'_>, fields: &Fields, what: String) -> Error {
    let mut faults = Faults::default();
    faults.add("body", what);
    match bench.page(conn, ask, |_, _| field().sent(fields, &faults)) {
        Ok(page) => Error::refused(OneProduct { faults, ..page }),
        Err(error) => error,
    }
}

/// `shared=yes` lets the cohort read it; `shared=no` takes it back.
pub async fn share(ask: Ask, db: Data<Db>, content: Data<Content>, address: Path<Address>, fields: Fields) -> Answer {
    fields.only(&["shared"])?;
    let shared = match fields.get("shared") {
        "yes" => true,
        "no" => false,
        _ => return Err(Error::BadRequest("'shared' is yes or no.")),
    };
    let (asked, catalogue) = (ask.clone(), content.current());
    let path = db
        .write(move |conn| {
            let bench = Bench::find(conn, &asked, &catalogue, &address)?;
            store::set_shared(conn, bench.learner, &bench.open.unit.slug, shared, asked.now)?;
            Ok::<_, Error>(bench.path())
        })
        .await?;
    ask.done(path, if shared { "product-shared" } else { "product-private" })
}
